"""Tests of the command line do not depend on the terminal and folders of whoever runs them."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Removes the variables that change what the program prints."""
    for name in ("COLUMNS", "NO_COLOR", "STEEPEST_DATA", "STEEPEST_THREADS", "STEEPEST_ENGINE"):
        monkeypatch.delenv(name, raising=False)
