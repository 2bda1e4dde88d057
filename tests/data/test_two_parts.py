"""Data sets in two parts; sizes and orders are those of Keras 3.15.1."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from steepest.data import Dataset
from steepest.data.two_parts import split_dataset
from steepest.errors import ArgumentError, DataError, ShapeError


def plain(element: Any) -> Any:
    if isinstance(element, dict):
        return {key: plain(part) for key, part in element.items()}
    return tuple(map(plain, element)) if isinstance(element, tuple) else element.tolist()


def both(*given: Any, **options: Any) -> tuple[list[Any], list[Any]]:
    left, right = split_dataset(*given, **options)
    return [plain(x) for x in left], [plain(x) for x in right]


def test_sizes_in_rows_and_shares() -> None:
    seven = np.arange(7)
    assert both(np.arange(10), left_size=0.7) == ([0, 1, 2, 3, 4, 5, 6], [7, 8, 9])
    assert both(seven, left_size=0.5) == ([0, 1, 2, 3], [4, 5, 6])
    assert both(seven, right_size=0.5) == ([0, 1, 2], [3, 4, 5, 6])
    assert both(seven, left_size=0.3, right_size=0.3) == ([0, 1], [5, 6])
    assert both(seven, right_size=3) == ([0, 1, 2, 3], [4, 5, 6])


def test_kinds_of_data() -> None:
    pairs = ([(0, 0.0)], [(2, 4.0), (3, 6.0)])
    for kind in (list, tuple):
        arrays = kind([np.arange(4), np.arange(4) * 2.0])
        assert both(arrays, left_size=1, right_size=2) == pairs
    assert both({"a": np.arange(4)}, 0.5)[0] == [{"a": 0}, {"a": 1}]
    rows = Dataset.from_tensor_slices({"a": np.arange(4), "b": list("wxyz")})
    left, right = split_dataset(rows, left_size=0.5)
    assert [row["b"] for row in right] == ["y", "z"] and left.cardinality() == 2


def test_batches_are_taken_into_rows_and_batched_again() -> None:
    batches = Dataset.range(10).batch(4)
    for given in (batches, batches.prefetch(2)):
        assert both(given, left_size=0.5) == ([[0, 1, 2, 3], [4]], [[5, 6, 7, 8], [9]])


def test_the_order_of_a_seed_is_that_of_keras() -> None:
    assert both(np.arange(10), 4, shuffle=True, seed=3) == ([1, 5, 6, 0], [9, 4, 7, 2, 8, 3])
    left, right = both(np.arange(100), 0.5, shuffle=True)
    assert sorted(left + right) == list(range(100)) and left != sorted(left)


def test_parts_are_rows_in_memory_that_fit_reads_in_place() -> None:
    left, _ = split_dataset((np.zeros((8, 2), "float32"), np.zeros(8)), 0.5)
    assert left.batch(2).as_columns() is not None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "give left_size=, right_size=, or both"),
        ({"left_size": 1.5}, "a share between 0 and 1, was expected, got 1.5"),
        ({"left_size": 0}, "a number of rows from 1 to 6"),
        ({"left_size": 7}, "a number of rows from 1 to 6"),
        ({"left_size": -1}, "got -1"),
        ({"left_size": True}, "got True"),
        ({"right_size": "a"}, "right_size: .* got 'a'"),
        ({"left_size": 4, "right_size": 4}, "4 and 4; each must have a row, and both together"),
        ({"left_size": 0.6, "right_size": 0.6}, "both together at most 7"),
        ({"left_size": 0.01}, "are 0 and 7; each must have a row"),
        ({"left_size": 0.5, "preferred_backend": "torch"}, "preferred_backend='torch'"),
    ],
)
def test_wrong_sizes(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        split_dataset(np.arange(7), **options)


def test_wrong_data() -> None:
    with pytest.raises(ShapeError, match=r"equally many rows, got \[3, 4\]"):
        split_dataset((np.zeros(3), np.zeros(4)), 0.5)
    for given in ("text", [1, 2], None, []):
        with pytest.raises(ArgumentError, match="a Dataset, an array, or"):
            split_dataset(given, 0.5)
    with pytest.raises(DataError, match="has no elements"):
        split_dataset(Dataset.range(0), 0.5)
