"""Waiting for the page: its policy forbids the evaluation that the library's own waiting uses."""

from __future__ import annotations

import time
from typing import Any

LONGEST = 60.0


def until(page: Any, expression: str) -> None:
    """Waits until an expression is true in the page; fails with the expression."""
    end = time.monotonic() + LONGEST
    while not page.evaluate(expression):
        if time.monotonic() > end:
            raise AssertionError(f"not true in {LONGEST} s: {expression}")
        page.wait_for_timeout(30)
