"""Which changes of the playground's settings have a mark of their own, and which are joined."""

from __future__ import annotations

import pytest

from steepest.studio.fields import State
from steepest.studio.views.playground_changes import MARKED, MOST_MARKS, Mark, with_mark


def settings(**changed: object) -> State:
    return {**dict.fromkeys(MARKED, 0), **changed}


ONE, OTHER = "batch", "seed"


def marks(*steps: tuple[float, State]) -> tuple[Mark, ...]:
    """The marks of changes made one after the other, from settings of zeros on."""
    found, before = (), settings()
    for at, after in steps:
        found, before = with_mark(found, at, before, after), after
    return found


def test_a_setting_that_changes_twice_nearby_has_one_mark_from_the_first_to_the_last() -> None:
    (mark,) = marks((100.0, settings(**{ONE: 1})), (101.0, settings(**{ONE: 2})))
    assert mark.before == settings() and "0 → 2" in mark.text and mark.at == 101.0


def test_a_setting_that_returns_nearby_has_no_mark() -> None:
    assert marks((100.0, settings(**{ONE: 1})), (101.0, settings())) == ()


def test_another_setting_has_a_mark_of_its_own() -> None:
    found = marks((100.0, settings(**{ONE: 1})), (101.0, settings(**{ONE: 1, OTHER: 1})))
    assert [mark.at for mark in found] == [100.0, 101.0]


@pytest.mark.parametrize(("at", "count"), [(102.0, 1), (103.0, 2)])
def test_changes_within_a_fiftieth_of_the_curve_are_joined(at: float, count: int) -> None:
    assert len(marks((100.0, settings(**{ONE: 1})), (at, settings(**{ONE: 2})))) == count


def test_the_newest_marks_are_left() -> None:
    found = marks(*((2.0**at, settings(**{ONE: at})) for at in range(1, MOST_MARKS + 3)))
    assert [mark.at for mark in found] == [2.0**at for at in range(3, MOST_MARKS + 3)]


def test_settings_without_a_change_have_no_mark() -> None:
    assert marks((5.0, settings())) == ()
