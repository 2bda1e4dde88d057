"""Whether text is read by machine code."""

from __future__ import annotations

import pytest

import steepest as st
from steepest.engines.cpu.kernels.fields import run_fields
from steepest.engines.fields import WORTH_CODE, WORTH_LOADING, fields_kernel


def test_machine_code_reads_large_texts_only() -> None:
    assert fields_kernel(WORTH_LOADING - 1) is None
    assert fields_kernel(WORTH_CODE) is run_fields


def test_the_numpy_engine_uses_no_machine_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st.config, "engine", "numpy")
    assert fields_kernel(WORTH_CODE) is None
