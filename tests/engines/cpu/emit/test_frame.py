"""Reading and writing memory: every dtype, adjacent elements and others, tables looked up."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import steepest as st
from steepest.program.trace import TensorSpec, record
from tests.agreement.compare import assert_agree

KINDS = ["float16", "float32", "float64", "uint8", "int32", "int64", "bool"]


def values(shape: tuple[int, ...], dtype: str) -> np.ndarray:
    numbers = np.random.default_rng(0).integers(0, 100, shape)
    return (numbers % 2 if dtype == "bool" else numbers).astype(dtype)


@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize(
    "view",
    [
        lambda x: x,
        lambda x: x[:, ::-1],
        lambda x: x[:, 3:40:3],
        lambda x: x.T,
        lambda x: st.gather(x, [3, 0, 3, 1, 2]),
        lambda x: st.gather(x.T, [36, 0, 9]),
        lambda x: x[2:3, 4:5],
    ],
    ids=["adjacent", "backwards", "every third", "columns", "rows by index", "columns by index",
         "one"],
)  # fmt: skip
def test_elements_are_read_as_they_lie(view: Callable[[st.Tensor], st.Tensor], dtype: str) -> None:
    """37 elements a row: whole vectors and some left over."""
    wide = "float64" if dtype == "float64" else "float32"
    for function in (view, lambda x: st.cast(view(x), wide) * 2.0):
        graph = st.trace(function, [TensorSpec((4, 37), dtype)])
        assert_agree(graph, [values((4, 37), dtype)])


@pytest.mark.parametrize("dtype", KINDS)
def test_elements_are_written_as_they_lie(dtype: str) -> None:
    held = st.Variable(values((5, 37), dtype))

    def step(x: st.Tensor) -> st.Tensor:
        old = held.read_value()
        held.assign(st.cast(x, dtype))
        return old[:, ::2]

    recording = record(step, [TensorSpec((5, 37), "int32")])
    assert_agree(recording.graph, [values((5, 37), "int32")], recording.state())


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "uint8", "int64"])
@pytest.mark.parametrize("batch", [1, 7, 40])
def test_rows_are_looked_up_by_number(dtype: str, batch: int) -> None:
    table = st.constant(values((9, 21), dtype))

    def function(n: st.Tensor, column: st.Tensor) -> list[st.Tensor]:
        return [st.gather(table, n), st.gather(table[:, 5], n) * column]

    specs = [TensorSpec((None,), "int64"), TensorSpec((None,), dtype)]
    numbers = np.random.default_rng(1).integers(0, 9, batch)
    assert_agree(st.trace(function, specs), [numbers, values((batch,), dtype)])
