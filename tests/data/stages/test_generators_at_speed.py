"""Generators under batches: elements are joined to blocks, and none is made before it is needed."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.data.stages import blocks


def counting(made: list[int], count: int = 10):
    for number in range(count):
        made.append(number)
        yield np.full(2, number, np.float32), number


@pytest.mark.parametrize("signature", [None, (st.TensorSpec((2,)), st.TensorSpec((), "int64"))])
def test_a_batch_makes_no_element_of_the_next(signature) -> None:
    made: list[int] = []
    dataset = st.data.Dataset.from_generator(lambda: counting(made), output_signature=signature)
    batches = dataset.map(lambda x, y: (x.numpy() + 1, y)).batch(4)._stage.run(0)
    x, y = next(batches)
    assert made == [0, 1, 2, 3]
    assert x.tolist() == [[[n + 1.0] * 2 for n in range(4)]] and y.tolist() == [[0, 1, 2, 3]]
    assert [y.shape for _, y in batches] == [(1, 4), (1, 2)]


def test_elements_of_several_shapes_stay_in_order() -> None:
    sizes = [1, 1, 2, 1, 3, 3]
    dataset = st.data.Dataset.from_generator(lambda: (np.zeros(n) for n in sizes))
    assert [x.shape for x in dataset.padded_batch(4)] == [(4, 2), (2, 3)]


def test_a_fault_of_a_generator_names_its_element() -> None:
    def broken():
        yield 1
        yield 2
        raise ValueError("broken")

    dataset = st.data.Dataset.from_generator(broken).batch(4)
    with pytest.raises(ValueError, match="broken") as caught:
        list(dataset)
    assert any("element 2" in note for note in caught.value.__notes__)


def test_an_array_of_the_generator_can_be_used_again() -> None:
    def reusing():
        row = np.zeros(2, np.float32)
        for number in range(3):
            row[:] = number
            yield row

    for signature in (None, st.TensorSpec((2,))):
        dataset = st.data.Dataset.from_generator(reusing, output_signature=signature)
        (batch,) = dataset.batch(3)
        assert batch.tolist() == [[0, 0], [1, 1], [2, 2]]


def test_a_function_whose_sizes_depend_on_values_runs_on_each_element() -> None:
    dataset = st.data.Dataset.range(4).map(lambda x: st.fill([x], x))
    assert [x.tolist() for x in dataset.padded_batch(2)] == [
        [[0], [1]],
        [[2, 2, 0], [3, 3, 3]],
    ]


def test_rows_of_a_nest_keep_its_form() -> None:
    block = ({"a": np.arange(2)}, np.arange(2))
    assert [(x["a"].item(), y.item()) for x, y in blocks.rows(block)] == [(0, 0), (1, 1)]
