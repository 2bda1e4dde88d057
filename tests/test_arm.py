"""What `make test-arm` runs is there, and where it cannot run the reason is printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import arm
from scripts.arm_environment import ROOT, Missing


def test_the_tests_that_are_selected_exist():
    assert [name for name in arm.SELECTION if not (ROOT / name).exists()] == []


def test_the_reason_is_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def interpreter() -> Path:
        raise Missing("no dpkg here")

    monkeypatch.setattr(arm, "interpreter", interpreter)
    monkeypatch.setattr(arm.sys, "argv", ["arm"])
    assert arm.main() == 1
    assert capsys.readouterr().err == "cannot run the tests on ARM: no dpkg here\n"
