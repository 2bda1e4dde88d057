"""Rows of one form are converted a column at a time: the same arrays and errors as row by row."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.core import tree
from steepest.data import Dataset
from steepest.data.stages import blocks
from steepest.data.stages.alike import AlikeRows

VALUES: dict[str, list[Any]] = {
    "floats": [0.1, 1e39, -1e-46, float("nan"), 3.0],
    "integers": [0, -7, 2**31 - 1, -(2**31), 5],
    "long integers": [1, 2**31, 2**40, -(2**62) - 1, 3],
    "truths": [True, False, True, True, False],
    "float64": [np.float64(0.1), np.float64(1e300), np.float64(2.0)],
    "int64": [np.int64(2**40), np.int64(-3), np.int64(0)],
    "uint8": [np.uint8(200), np.uint8(0), np.uint8(7)],
    "int8": [np.int8(-5), np.int8(5), np.int8(0)],
    "numbers of several types": [1, 2.5, True, np.float32(0.25), 2**40],
    "lists": [[0.1, 0.2], [1e39, 2.0], [3.0, -0.0]],
    "lists of integers": [[1, 2], [3, 2**24 + 1], [5, 6]],
    "lists of several types": [[1, 2.0], [2**24 + 1, 3], [True, 0.5]],
    "lists of lists": [[[1, 2]], [[3, 4]], [[5, 6]]],
    "lists of several lengths": [[1], [1, 2], [3]],
    "lists whose lengths add up": [[1], [1, 2, 3], [4, 5]],
    "arrays": [np.arange(2.0), np.full(2, 0.1), np.array([-0.0, 1e39])],
    "arrays of several dtypes": [np.arange(2), np.arange(2.0), np.arange(2, dtype=np.uint8)],
    "arrays of several shapes": [np.arange(2), np.arange(3), np.zeros((2, 1))],
    "arrays without axes": [np.array(1.5), np.array(2.5), np.array(0.1)],
    "arrays in Fortran's order": [np.asfortranarray(np.eye(2) + n) for n in range(3)],
    "tensors": [st.constant([1.0, n]) for n in range(3)],
    "texts": ["a", "bc", "d"],
    "texts and numbers": ["a", 1, 2.0],
}
DTYPES = [None, "bool", "uint8", "int32", "int64", "float16", "float32", "float64"]


def outcome(read: Callable[[], Any]) -> Any:
    """What a reading gives: arrays by dtype, shape and bits, or the error with its notes."""
    try:
        with np.errstate(all="ignore"):
            found = read()
    except Exception as error:
        return type(error), str(error), getattr(error, "__notes__", [])
    return [
        [(a.dtype, a.shape, a.tobytes() if a.dtype != object else a.tolist()) for a in row]
        for row in found
    ]


def rows_of(blocks_of_rows: Iterator[Any]) -> list[Any]:
    return [
        [np.asarray(leaf) for leaf in tree.leaves(row)]
        for block in blocks_of_rows
        for row in blocks.rows(block)
    ]


@pytest.mark.filterwarnings("ignore:(invalid|overflow):RuntimeWarning")
@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [None, (), (2,), (None,)])
def test_blocks_of_a_generator_hold_what_its_rows_hold(kind, dtype, shape) -> None:
    values = VALUES[kind]
    types = None if dtype is None else dtype
    rows = Dataset.from_generator(lambda: iter(values), types, shape if types else None)._stage
    singly = outcome(lambda: rows_of(rows.blocks(0)))
    for count in (2, 3, 10):
        together = rows.together(count)
        assert outcome(lambda stage=together: rows_of(stage.blocks(0))) == singly


@pytest.mark.parametrize("kind", VALUES)
def test_results_of_a_function_are_those_of_each_row(kind) -> None:
    values = VALUES[kind]
    rows = Dataset.range(len(values)).map(lambda n: (values[int(n)], int(n)))
    singly = outcome(
        lambda: [
            [np.asarray(leaf) for leaf in tree.leaves(blocks.arrays((value, number)))]
            for number, value in enumerate(values)
        ]
    )
    assert outcome(lambda: rows_of(rows._stage.run(0))) == singly


NESTS: list[Any] = [
    (1.0, 2),
    {"b": 1.0, "a": 2},
    ({"b": 1.0, "a": [1.0, 2.0]}, 3),
    (({"x": (1.0,)}, 2.0), True),
    {"only": 1},
]


@pytest.mark.parametrize("nest", NESTS)
def test_rows_keep_their_nest(nest) -> None:
    (block,) = AlikeRows(lambda row, number: blocks.arrays(row)).blocks([nest] * 3)
    singly = [blocks.arrays(nest)] * 3
    assert tree.transform(lambda leaf: leaf.tolist(), block) == tree.transform(
        lambda leaf: leaf.tolist(), blocks.stacked(singly)
    )
    assert list(block) == list(nest) if isinstance(nest, dict) else type(block) is type(nest)


PAIR = (st.TensorSpec((2,), "float32"), st.TensorSpec((), "int32"))
TABLE = {"a": st.TensorSpec((), "float32"), "b": st.TensorSpec((), "int32")}
GOOD_PAIR, GOOD_TABLE = ([1.0, 2.0], 3), {"a": 1.0, "b": 2}


@pytest.mark.parametrize(
    ("signature", "good", "odd"),
    [
        (PAIR, GOOD_PAIR, ([1.0, 2.0], 3, 4)),
        (PAIR, GOOD_PAIR, ([1.0], 3)),
        (PAIR, GOOD_PAIR, ([1.0, "a"], 3)),
        (PAIR, GOOD_PAIR, ([1.0, 2.0], 2**31)),
        (PAIR, GOOD_PAIR, ([1.0, 2.0], 2**70)),
        (PAIR, GOOD_PAIR, ([1.0, 2.0], None)),
        (PAIR, GOOD_PAIR, ([1.0, 2.0], float("nan"))),
        (PAIR, GOOD_PAIR, 5),
        (PAIR, GOOD_PAIR, None),
        (TABLE, GOOD_TABLE, {"a": 1.0}),
        (TABLE, GOOD_TABLE, {"a": 1.0, "c": 2}),
        (TABLE, GOOD_TABLE, {"a": 1.0, "b": 2, "c": 3}),
        (TABLE, GOOD_TABLE, [1.0, 2]),
        (TABLE, GOOD_TABLE, {"a": 1.0, "b": [1, 2]}),
    ],
)
@pytest.mark.parametrize("place", [0, 1, 5, 6])
def test_an_odd_row_has_the_error_that_it_has_alone(signature, good, odd, place) -> None:
    def made() -> Iterator[Any]:
        yield from itertools.repeat(good, place)
        yield odd
        raise ValueError("the generator went on")

    dataset = Dataset.from_generator(made, output_signature=signature)
    singly = outcome(lambda: [list(dataset)])
    assert singly[2] == [f"in the generator of a Dataset, at element {place}"]
    assert outcome(lambda: list(dataset.batch(4))) == singly


def test_an_odd_row_that_fits_is_accepted() -> None:
    rows = [GOOD_PAIR, GOOD_PAIR, [np.arange(2), np.float64(7.0)], GOOD_PAIR]
    batches = Dataset.from_generator(lambda: iter(rows), output_signature=PAIR).batch(3)
    assert [y.tolist() for _, y in batches] == [[3, 3, 7], [3]]
    assert [x.tolist()[-1] for x, _ in batches] == [[0, 1], [1, 2]]


def test_an_error_of_a_function_comes_after_those_of_the_rows_before() -> None:
    def of(number: st.Tensor) -> Any:
        if int(number) == 3:
            raise KeyError("the function")
        return 2**70 if int(number) == 2 else int(number)

    with pytest.raises(st.errors.DataError, match="at most 64 bits") as found:
        list(Dataset.range(5).map(of).batch(5))
    assert found.value.__notes__ == ["in Dataset.map, of at element 2"]


@pytest.mark.parametrize("signature", [None, PAIR])
def test_lists_and_arrays_may_be_used_again(signature) -> None:
    for reused in ([0.0, 0.0], np.zeros(2)):

        def made(row: Any = reused) -> Iterator[Any]:
            for number in range(3):
                row[:] = [number, number]
                yield row, number

        dataset = Dataset.from_generator(made, output_signature=signature)
        ((x, _),) = dataset.batch(3)
        assert x.tolist() == [[0, 0], [1, 1], [2, 2]]


def test_a_list_that_is_used_again_is_copied_before_an_odd_row() -> None:
    def made() -> Iterator[Any]:
        row = [0.0, 0.0]
        for number in range(3):
            row[:] = [number * 1.0, 1.0]
            yield row, number if number < 2 else np.int64(number)

    ((x, _),) = Dataset.from_generator(made, output_signature=PAIR).batch(3)
    assert x.tolist() == [[0, 1], [1, 1], [2, 1]]


def test_alike_rows_are_not_converted_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AlikeRows, "_singly", None)
    rows = [(np.arange(2.0), [1.0, 2.0], 3, 0.5)] * 5
    signature = (*(st.TensorSpec((2,)),) * 2, st.TensorSpec((), "int64"), st.TensorSpec(()))
    for given in (signature, None):
        dataset = Dataset.from_generator(lambda: iter(rows), output_signature=given)
        assert [y.tolist() for *_, y in dataset.batch(3)] == [[0.5] * 3, [0.5] * 2]
    mapped = Dataset.range(3).map(lambda n: {"a": float(n), "b": st.constant([1.0])})
    assert [x["a"].tolist() for x in mapped.batch(3)] == [[0, 1, 2]]


def test_a_number_beyond_float32_is_infinite_without_a_warning() -> None:
    (batch,) = Dataset.from_generator(lambda: iter([1e39, 1.0])).batch(2)
    assert batch.tolist() == [float("inf"), 1.0]
