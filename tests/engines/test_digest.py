"""The digest of arrays: of their numbers, with machine code or without."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import steepest as st
from steepest.engines.cpu.kernels.digest import digest as by_machine_code
from steepest.engines.digest import digest


@pytest.fixture(params=["machine code", "numpy", "no llvmlite"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Computes digests by the kernel or by hashlib."""
    if request.param == "numpy":
        monkeypatch.setattr(st.config, "engine", "numpy")
    if request.param == "no llvmlite":
        monkeypatch.setitem(sys.modules, "steepest.engines.cpu.kernels.digest", _Refusing())
    return str(request.param)


class _Refusing:
    """Replaces the module on a machine without code generation."""

    @staticmethod
    def digest(*arrays: np.ndarray) -> bytes:
        raise st.errors.EngineUnavailable("llvmlite is not installed")


@pytest.mark.parametrize("kind", ["float32", "uint8", "int64"])
@pytest.mark.parametrize("shape", [(), (0,), (5,), (300, 7)])
def test_equal_for_equal_numbers_and_other_for_others(
    way: str, kind: str, shape: tuple[int, ...]
) -> None:
    array = np.ones(shape, kind)
    assert digest(array, array) == digest(array.copy(), array)
    assert (digest(array) == by_machine_code(array)) == (way == "machine code")
    if array.size:
        changed = array.copy()
        changed.reshape(-1)[-1] = 2
        assert digest(array, array) != digest(array, changed) != digest(changed, array)


def test_the_ends_of_arrays_count(way: str) -> None:
    numbers = np.arange(10.0)
    assert digest(numbers[:4], numbers[4:]) != digest(numbers[:5], numbers[5:])
