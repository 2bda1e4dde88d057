"""Batches, padded batches and their inverse, by known answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from steepest.data import Dataset
from steepest.errors import DataError, ShapeError
from steepest.program.trace import TensorSpec


def stream(count: int) -> Dataset:
    return Dataset.from_generator(lambda: iter(range(count)), TensorSpec((), "int64"))


def arrays(*elements: Any) -> Dataset:
    return Dataset.from_generator(lambda: iter(np.array(x) for x in elements))


def listed(dataset: Dataset) -> list[Any]:
    return [x.tolist() for x in dataset]


BOTH = pytest.mark.parametrize("make", [Dataset.range, stream], ids=["columns", "stream"])


@BOTH
def test_batches_are_in_order_and_the_last_may_be_short(make: Any) -> None:
    assert listed(make(5).batch(2)) == [[0, 1], [2, 3], [4]]
    assert listed(make(5).batch(2, drop_remainder=True)) == [[0, 1], [2, 3]]
    assert listed(make(4).batch(2)) == [[0, 1], [2, 3]]
    assert listed(make(2).batch(5)) == [[0, 1]]
    assert listed(make(2).batch(5, drop_remainder=True)) == []
    assert listed(make(0).batch(5)) == []
    assert listed(make(8).batch(2).batch(3)) == [[[0, 1], [2, 3], [4, 5]], [[6, 7]]]


@pytest.mark.parametrize(
    ("dataset", "orders"),
    [
        (Dataset.range(6).batch(2), 6),
        (Dataset.range(7).batch(2), 7),
        (Dataset.range(7).batch(2, drop_remainder=True), 6),
        (Dataset.range(6).repeat().batch(2), 6),
        (Dataset.range(6).repeat(2).batch(2, drop_remainder=True), 12),
        (Dataset.range(6).repeat().batch(4), None),
        (Dataset.range(6).repeat().batch(2, drop_remainder=True), None),
        (Dataset.range(6).batch(2).batch(2), None),
        (Dataset.range(6).padded_batch(2), None),
        (stream(6).batch(2), None),
    ],
)
def test_which_batches_are_rows_of_columns(dataset: Dataset, orders: int | None) -> None:
    """Where every batch of an endless data set is full, and no batch is made of batches."""
    plan = dataset.as_columns()
    assert (None if plan is None else len(plan.order(0))) == orders


@pytest.mark.parametrize(("count", "whole", "full"), [(0, 0, 0), (4, 2, 2), (5, 3, 2), (1, 1, 0)])
def test_the_number_of_batches_is_known(count: int, whole: int, full: int) -> None:
    assert Dataset.range(count).batch(2).cardinality() == whole
    assert Dataset.range(count).batch(2, drop_remainder=True).cardinality() == full
    assert Dataset.range(count + 1).repeat().batch(2).cardinality() < 0


def test_the_spec_of_a_batch_has_an_axis_more() -> None:
    pairs = Dataset.from_tensor_slices((np.zeros((4, 3), np.float32), np.arange(4))).batch(2)
    x, y = pairs.element_spec
    assert (x.shape, y.shape, y.dtype) == ((None, 3), (None,), np.int64)
    x, y = pairs.unbatch().element_spec
    assert (x.shape, y.shape, y.dtype) == ((3,), (), np.int64)


def test_elements_of_unequal_shapes_are_no_batch() -> None:
    with pytest.raises(ShapeError, match=r"element 4 has shape \(2,\), element 3 \(1,\)"):
        list(arrays([1], [2], [3], [4], [5, 6]).batch(3))


# ---------------------------------------------------------------- padding


def padded(dataset: Dataset, *arguments: Any, **options: Any) -> list[Any]:
    return listed(dataset.padded_batch(*arguments, **options))


def test_elements_are_padded_to_the_longest_of_their_batch() -> None:
    rows = arrays([1], [2, 3], [4, 5, 6], [7])
    assert padded(rows, 2) == [[[1, 0], [2, 3]], [[4, 5, 6], [7, 0, 0]]]
    assert padded(rows, 3) == [[[1, 0, 0], [2, 3, 0], [4, 5, 6]], [[7]]]
    assert padded(rows, 3, drop_remainder=True) == padded(rows, 3)[:1]
    assert padded(rows, 2, padding_values=-1)[1] == [[4, 5, 6], [7, -1, -1]]
    assert padded(arrays(1, 2, 3), 2) == [[1, 2], [3]]
    assert padded(arrays([], [8]), 2) == [[[0.0], [8.0]]]


def test_each_axis_is_padded() -> None:
    rows = arrays([[1, 2]], [[3], [4], [5]])
    assert padded(rows, 2) == [[[[1, 2], [0, 0], [0, 0]], [[3, 0], [4, 0], [5, 0]]]]


@pytest.mark.parametrize(
    ("shape", "found"),
    [
        ([None, None], (2, 3, 2)),
        ([-1, -1], (2, 3, 2)),
        ([None, 2], (2, 3, 2)),
        ([3, None], (2, 3, 2)),
        ([4, 5], (2, 4, 5)),
        ((-1, 4), (2, 3, 4)),
    ],
)
def test_sizes_that_are_wanted(shape: Any, found: tuple[int, ...]) -> None:
    (batch,) = arrays([[1, 2]], [[3], [4], [5]]).padded_batch(2, shape)
    assert batch.shape == found
    assert batch.numpy()[0, 0, :2].tolist() == [1, 2]
    assert int(batch.numpy().sum()) == 1 + 2 + 3 + 4 + 5


@pytest.mark.parametrize("shape", [[2, None], [None, 1], [0, 0], [-1, 1], [3], [3, 2, 1], []])
def test_sizes_that_do_not_hold_the_elements_are_errors(shape: Any) -> None:
    rows = arrays([[1, 2]], [[3], [4], [5]])
    with pytest.raises(ShapeError, match=r"does not hold elements of shape \(3, 2\)"):
        list(rows.padded_batch(2, shape))


def test_what_cannot_be_padded_is_an_error() -> None:
    with pytest.raises(ShapeError, match="differ in their axes"):
        list(arrays([1], [[2]]).padded_batch(2))
    texts = Dataset.from_generator(lambda: iter(["a", "bc"]))
    with pytest.raises(DataError, match="'a' cannot be padded"):
        list(texts.padded_batch(2))


def test_options_may_be_one_for_each_part_of_an_element() -> None:
    def elements() -> Any:
        yield {"a": (np.array([1]), np.array([1.0])), "b": np.array([7])}
        yield {"a": (np.array([2, 3]), np.array([2.0])), "b": np.array([8, 9])}

    rows = Dataset.from_generator(elements)
    (batch,) = rows.padded_batch(
        2, {"a": ([3], None), "b": [None]}, {"a": (-1, -2.0), "b": 5}
    )  # fmt: skip
    first, second = batch["a"]
    assert first.tolist() == [[1, -1, -1], [2, 3, -1]]
    assert second.tolist() == [[1.0], [2.0]]
    assert batch["b"].tolist() == [[7, 5], [8, 9]]


# ---------------------------------------------------------------- unbatch


def test_unbatching_gives_the_elements_again() -> None:
    assert listed(stream(5).batch(2).unbatch()) == [0, 1, 2, 3, 4]
    pairs = Dataset.from_tensor_slices((np.arange(3), np.arange(6).reshape(3, 2))).batch(2)
    assert [(x.tolist(), y.tolist()) for x, y in pairs.unbatch()] == [
        (0, [0, 1]), (1, [2, 3]), (2, [4, 5]),
    ]  # fmt: skip


def test_elements_of_batches_have_a_spec_where_the_batches_have_axes() -> None:
    batches = Dataset.from_tensor_slices((np.arange(4), np.ones((4, 2)))).batch(2)
    x, y = batches.unbatch().element_spec
    assert (x.shape, y.shape) == ((), (2,))
    for without in (stream(3), Dataset.range(3).map(float, None)):
        assert without.unbatch().element_spec is None
    assert Dataset.from_tensor_slices((np.ones((2, 3)), np.ones(2))).unbatch().element_spec is None


def test_parts_of_a_batch_are_equally_long() -> None:
    uneven = Dataset.from_generator(lambda: iter([(np.zeros(2), np.zeros(3))]))
    for dataset in (uneven, stream(3)):
        with pytest.raises(DataError, match="element 0 is no batch"):
            list(dataset.unbatch())
