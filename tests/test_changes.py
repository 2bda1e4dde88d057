"""Values that are the same, and the number that grows with each assignment of another."""

from __future__ import annotations

from typing import Any

import pytest

from steepest.changes import is_same, latest_change, note_change


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        (1, 1, True), (1, 2, False), (1, 1.0, False), (True, 1, False), ("a", "a", True),
        (None, None, True), (None, 0, False), ([1], [1], False), (0.5, 0.5, True),
        ((1,), (1.0,), False),
    ],
)  # fmt: skip
def test_plain_values_of_one_type_are_compared(before: Any, after: Any, same: bool) -> None:
    assert is_same(before, after) is same


def test_an_object_is_the_same_as_itself() -> None:
    values = [1]
    assert is_same(values, values)
    nan = float("nan")
    assert is_same(nan, nan) and not is_same(nan, float("nan"))


def test_each_change_has_a_greater_number() -> None:
    first = latest_change()
    assert latest_change() == first
    note_change()
    second = latest_change()
    note_change()
    assert first < second < latest_change()
