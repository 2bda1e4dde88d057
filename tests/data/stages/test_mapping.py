"""map, filter, take_while and enumerate, by known answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from steepest.data import UNKNOWN_CARDINALITY, Dataset
from steepest.errors import ShapeError
from steepest.program.trace import TensorSpec


def stream(count: int) -> Dataset:
    return Dataset.from_generator(lambda: iter(range(count)), TensorSpec((), "int64"))


def listed(dataset: Dataset) -> list[Any]:
    return [x.tolist() for x in dataset]


BOTH = pytest.mark.parametrize("make", [Dataset.range, stream], ids=["columns", "stream"])


@BOTH
@pytest.mark.parametrize("limit", [0, 1, 3, 5, 9])
def test_take_while_ends_at_the_first_that_is_not(make: Any, limit: int) -> None:
    assert listed(make(5).take_while(lambda x: x < limit)) == [*range(5)][:limit]
    in_python = make(5).take_while(lambda x: int(x) < limit)
    assert listed(in_python) == [*range(5)][:limit]
    again = make(5).map(lambda x: x % 3).take_while(lambda x: x < 2)
    assert listed(again) == [0, 1]
    assert again.cardinality() == UNKNOWN_CARDINALITY


def test_take_while_reads_no_further() -> None:
    def numbers() -> Any:
        yield from range(5)
        raise AssertionError("read too far")

    endless = Dataset.range(3).repeat().take_while(lambda x: x < 2)
    assert listed(endless) == [0, 1]
    some = Dataset.from_generator(numbers, TensorSpec((), "int64")).batch(1)
    assert listed(some.take_while(lambda x: int(x[0]) < 2)) == [[0], [1]]


@BOTH
def test_a_filter_leaves_what_is_true(make: Any) -> None:
    assert listed(make(7).filter(lambda x: x % 3 == 0)) == [0, 3, 6]
    assert listed(make(7).filter(lambda x: int(x) % 3 == 0)) == [0, 3, 6]
    assert listed(make(7).filter(lambda x: x > 9)) == []
    assert listed(make(7).filter(lambda x: x < 9)) == [*range(7)]


def test_the_number_of_rows_after_a_filter_is_known_of_columns() -> None:
    assert Dataset.range(7).filter(lambda x: x % 3 == 0).cardinality() == 3
    assert stream(7).filter(lambda x: x % 3 == 0).cardinality() == UNKNOWN_CARDINALITY
    many = Dataset.range(20_000).filter(lambda x: x % 2 == 1)
    assert many.cardinality() == 10_000 and int(next(iter(many.skip(9_999)))) == 19_999


def test_a_filter_needs_one_truth_value_an_element() -> None:
    rows = Dataset.from_tensor_slices(np.zeros((4, 3)))
    with pytest.raises(ShapeError, match="one truth value an element"):
        list(rows.filter(lambda x: x > 0))


@BOTH
def test_an_error_names_its_element(make: Any) -> None:
    def wrong(x: Any) -> Any:
        if int(x) == 3:
            raise ValueError("no three")
        return x

    for dataset, place in (
        (make(5).filter(lambda x: int(wrong(x)) >= 0), "in Dataset.filter,"),
        (make(5).map(wrong), "in Dataset.map, wrong"),
    ):
        with pytest.raises(ValueError, match="no three") as caught:
            list(dataset)
        assert [note.split(" at ") for note in caught.value.__notes__] == [[place, "element 3"]]


@BOTH
def test_elements_are_numbered(make: Any) -> None:
    pairs = [(int(n), int(x)) for n, x in make(4).map(lambda x: x * 2).enumerate()]
    assert pairs == [(0, 0), (1, 2), (2, 4), (3, 6)]
    assert [int(n) for n, _ in make(2).enumerate(start=5)] == [5, 6]
