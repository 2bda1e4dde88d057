"""What counts as classes, as ordered rows and as times, at the bounds of each rule."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from steepest.data import SplitWarning
from steepest.data.splitting.split_warnings import class_labels, warn_about_order, warn_about_parts


def messages(call: Any, *arguments: Any, **options: Any) -> list[str]:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        call(*arguments, **options)
    assert all(warning.category is SplitWarning for warning in seen)
    return [str(warning.message) for warning in seen]


@pytest.mark.parametrize(
    ("classes", "rows", "found"),
    [(1, 1, True), (2, 2, True), (3, 3, False), (3, 7, False), (3, 8, True), (4, 9, False),
     (4, 10, True), (8, 20, True), (9, 20, False)],
)  # fmt: skip
def test_two_classes_or_two_of_five_rows_are_the_most_that_labels_are(
    classes: int, rows: int, found: bool
) -> None:
    labels = np.arange(rows) % classes
    assert (class_labels(labels) is not None) is found
    assert (class_labels(labels.astype(str)) is not None) is found
    assert class_labels(labels.astype(float)) is None


@pytest.mark.parametrize(
    ("y", "labels"),
    [
        ([True, False], [True, False]),
        ([b"a", b"b"], [b"a", b"b"]),
        ([[1], [2], [2]], [1, 2, 2]),
        ([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]], [1, 0]),
        ([[False, True], [True, False]], [1, 0]),
        ([[2, -1], [1, 0]], None),
        ([[1, 1], [1, 0]], None),
        ([[0, 0], [1, 0]], None),
        ([["a", "b"], ["b", "a"]], None),
        (np.zeros((2, 2, 2), int), None),
        (None, None),
        ([np.zeros(2, int), np.zeros(2, int)], None),
    ],
    ids=str,
)
def test_labels_are_numbers_texts_or_one_hot_rows(y: Any, labels: list[Any] | None) -> None:
    found = class_labels(y)
    assert (found if found is None else found.tolist()) == labels


def test_sparse_rows_are_no_labels() -> None:
    scipy = pytest.importorskip("scipy.sparse")
    assert class_labels(scipy.csr_array(np.eye(2, dtype=int))) is None


@pytest.mark.parametrize(
    ("y", "ordered"),
    [
        ([0, 0, 0, 0, 1, 1, 1], False),
        ([0, 0, 0, 0, 1, 1, 1, 1], True),
        ([0, 0, 1, 1, 1, 1, 0, 0], False),
        ([0, 0, 0, 0, 1, 1, 1, 1] * 2, True),
        ([0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1], False),
        ([0] * 12 + [1] * 4, True),
        ([0] * 6 + [1] * 3 + [0] * 7, True),
        ([0] * 6 + [1] * 2 + [0] * 7 + [1], False),
        ([0] * 8, False),
        (np.eye(2)[[0, 0, 0, 0, 1, 1, 1, 1]], True),
        (np.arange(7.0), False),
        (np.arange(8.0), True),
        (np.arange(8)[::-1], True),
        (np.arange(8, dtype="uint8"), True),
        (np.arange(8.0)[:, None], True),
        (np.arange(16.0).reshape(8, 2), False),
        ([0.5, 1.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0], True),
        ([0.5, 1.0, 0.9, 2.0, 3.0, 4.0, 5.0, 6.0], False),
        ([6.0, 5.0, 5.0, 4.0, 3.0, 2.0, 1.0, 0.5], True),
        ([6.0, 5.0, 4.0, 5.0, 3.0, 2.0, 1.0, 0.5], False),
        ([0.5, 1.0, 2.0, 1.5, 3.0, 4.0, 5.0, 6.0], False),
        (list(range(8)), True),
        (list("abcdefgh"), False),
        (np.zeros(8), False),
        ({"a": np.arange(8.0)}, False),
        ([np.arange(8.0), np.arange(8.0)], False),
        (3.0, False),
        (None, False),
    ],
    ids=str,
)
def test_rows_are_ordered_if_labels_change_less_than_half_as_often_as_shuffled_ones(
    y: Any, ordered: bool
) -> None:
    found = messages(warn_about_order, None, y, shuffle=False, by_time=False)
    assert ["ordered by label" in message for message in found] == [True] * ordered
    assert not messages(warn_about_order, None, y, shuffle=True, by_time=False)
    assert not messages(warn_about_order, None, y, shuffle=False, by_time=True)


DAYS = np.array(["2024-01-01", "2024-01-02", "2024-01-03"], "M8[D]")


@pytest.mark.parametrize(
    ("x", "rising"),
    [
        (DAYS, True),
        (DAYS[:2], False),
        (DAYS[[0, 0, 1]], True),
        (DAYS[[0, 1, 0, 2]], False),
        (DAYS[[2, 1, 0]], False),
        (DAYS[[0, 0, 0]], False),
        (DAYS - DAYS[0], False),
        (np.stack([DAYS, DAYS]), False),
        (np.arange(3), False),
        ({"a": np.zeros(3), "b": DAYS}, True),
        ([np.zeros(3), DAYS], True),
    ],
    ids=str,
)
def test_three_times_that_never_go_back_are_ordered(x: Any, rising: bool) -> None:
    found = messages(warn_about_order, x, None, shuffle=True, by_time=False)
    assert ["ordered by time" in message for message in found] == [True] * rising
    assert not messages(warn_about_order, x, None, shuffle=True, by_time=True)
    assert not messages(warn_about_order, x, None, shuffle=False, by_time=False)


def test_the_index_of_a_frame_counts_and_the_method_of_a_list_does_not() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": range(3)}, index=DAYS.astype("M8[ns]"))
    assert messages(warn_about_order, frame, None, shuffle=True, by_time=False)
    assert not messages(warn_about_order, list(DAYS), None, shuffle=True, by_time=False)


def test_parts_are_named_by_their_numbers() -> None:
    x, parts = np.array([1.0, 2.0, 3.0, 2.0, 3.0, 3.0]), [np.array([0]), np.array([1, 2])]
    found = messages(warn_about_parts, x, None, [*parts, np.array([3, 4, 5])])
    assert len(found) == 1
    assert "3 of the 3 rows of part 3 are in part 2 too, such as row 3 = row 1" in found[0]


def test_rows_without_numbers_are_not_compared() -> None:
    parts = [np.array([0, 1]), np.array([2])]
    assert not messages(warn_about_parts, np.ones((3, 0)), None, parts)
    assert messages(warn_about_parts, np.ones((3, 1)), None, parts)


def test_absent_classes_are_named_up_to_five() -> None:
    x, labels = np.arange(20.0), np.repeat(np.arange(8), [3, 3, 3, 3, 2, 2, 2, 2])
    parts = [np.flatnonzero(labels < 2), np.flatnonzero(labels >= 2)]
    first, second = messages(warn_about_parts, x, labels, parts)
    assert "part 1 (6 rows) has no row of the class 2, 3, 4, 5, 6; pass" in first
    assert "part 2 (14 rows) has no row of the class 0, 1; pass" in second
