"""The root of each kind of value: what its kernel computes by loops of its own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import steepest as st
from steepest.core.primitives import Shape
from steepest.engines.cpu.loops.form import (
    Compute,
    Expand,
    Kernel,
    Product,
    Reduce,
    Root,
    Scan,
    Scatter,
)
from steepest.engines.cpu.loops.spaces import Size, Stored
from steepest.engines.cpu.plan import plan
from steepest.program.passes import clean
from steepest.program.trace import TensorSpec

BATCH = Size(1, 1)


def kernels(
    function: Callable[..., object], *specs: TensorSpec, storage: tuple[Stored, ...] | None = None
) -> list[Kernel]:
    loops = plan(clean(st.trace(function, list(specs))), storage).loops
    return [kernel for phase in loops.phases for kernel in phase]


def root(function: Callable[..., object], *shapes: Shape, dtype: str = "float32") -> Root | None:
    (kernel,) = kernels(function, *(TensorSpec(shape, dtype) for shape in shapes))
    return kernel.root


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_product_of_two_matrices_of_floats_is_a_product(dtype: str) -> None:
    found = root(st.matmul, (None, 5), (5, 3), dtype=dtype)
    assert isinstance(found, Product)
    assert (found.over, found.rows, found.cols) == (Size(5), 0, 1)
    gradient = root(lambda x, g: st.matmul(x.T, g), (None, 5), (None, 3), dtype=dtype)
    assert isinstance(gradient, Product) and gradient.over == BATCH


@pytest.mark.parametrize(
    ("left", "right", "over"),
    [
        ((None, 4, 5), (5, 3), (Size(5),)),
        ((None, 4, 5), (None, 5, 3), (Size(5),)),
        ((4, 5), (7, 5, 3), (Size(5),)),
        ((None, 4, 1), (1, 3), ()),
    ],
)
def test_stacks_of_matrices_are_sums_of_products(
    left: Shape, right: Shape, over: tuple[Size, ...]
) -> None:
    found = root(st.matmul, left, right)
    assert isinstance(found, Reduce) and (found.op, found.over) == ("sum", over)
    last = found.steps[found.value]
    assert isinstance(last, Compute) and last.op == "multiply"


@pytest.mark.parametrize("dtype", ["int32", "int64"])
def test_products_of_integers_are_sums_of_products(dtype: str) -> None:
    found = root(st.matmul, (None, 5), (5, 3), dtype=dtype)
    assert isinstance(found, Reduce) and (found.op, found.over) == ("sum", (Size(5),))


def test_a_product_with_one_column_runs_along_the_rows_of_what_is_adjacent() -> None:
    """The gradient of a layer of one unit is computed as a row."""
    row = root(lambda x, g: st.matmul(x.T, g), (None, 5), (None, 1))
    assert isinstance(row, Product) and (row.rows, row.cols) == (None, 0)
    column = root(st.matmul, (None, 5), (5, 1))
    assert isinstance(column, Product) and (column.rows, column.cols) == (0, None)
    specs = TensorSpec((None, 5), "uint8"), TensorSpec((None, 1))
    (of_bytes,) = kernels(lambda x, g: st.matmul(st.cast(x.T, "float32"), g), *specs)
    assert isinstance(of_bytes.root, Product)
    assert (of_bytes.root.rows, of_bytes.root.cols) == (0, None)


def test_bytes_in_stacks_are_scaled_one_by_one() -> None:
    specs = TensorSpec((None, 4, 5), "uint8"), TensorSpec((5, 3))
    (kernel,) = kernels(lambda x, w: (st.cast(x, "float32") / 4.0 + 1.0) @ w, *specs)
    assert isinstance(kernel.root, Reduce)
    ops = [step.op for step in kernel.root.steps if isinstance(step, Compute)]
    assert ops == ["cast", "multiply", "add", "multiply"]


@pytest.mark.parametrize(
    ("function", "op", "over"),
    [
        (lambda x: st.reduce_sum(x, 1), "sum", (Size(4), )),
        (lambda x: st.reduce_sum(x, (1, 2)), "sum", (Size(4), Size(5))),
        (lambda x: st.reduce_max(x, 2), "max", (Size(5),)),
        (lambda x: st.reduce_min(x, 0), "min", (BATCH,)),
        (lambda x: st.argmax(x, 2), "argmax", (Size(5),)),
        (lambda x: st.argmax(x[:, :1], 1), "argmax", ()),
    ],
)  # fmt: skip
def test_reductions(
    function: Callable[[st.Tensor], st.Tensor], op: str, over: tuple[Size, ...]
) -> None:
    found = root(function, (None, 4, 5))
    assert isinstance(found, Reduce) and (found.op, found.over) == (op, over)


def test_running_sums() -> None:
    for axis in (0, 1):
        found = root(lambda x, axis=axis: st.cumsum(x, axis), (None, 6))
        assert isinstance(found, Scan) and found.axis == axis
    for shape, axis, own in (
        ((None, 1, 6), 1, -1),
        ((None, 1, 6), 2, 1),
        ((1, 4, 6), 1, 0),
        ((2, 4, 6), 1, 1),
        ((2, 2, 6), 2, 2),
    ):
        scan = root(lambda x, axis=axis: st.cumsum(x, axis), shape)
        assert isinstance(scan, Scan) and scan.axis == own, shape


def test_rows_added_by_index() -> None:
    def gradient(table: st.Tensor, n: st.Tensor) -> st.Tensor:
        with st.GradientTape() as tape:
            tape.watch(table)
            loss = st.reduce_sum(st.gather(table, n) * np.arange(3.0, dtype=np.float32))
        return tape.gradient(loss, table)

    found = kernels(gradient, TensorSpec((9, 3)), TensorSpec((None,), "int64"))
    (scatter,) = (k.root for k in found if isinstance(k.root, Scatter))
    assert scatter.over == (BATCH,)


def test_sparse_rows_are_expanded_where_a_formula_reads_them() -> None:
    first, *_ = kernels(lambda x: x + 1.0, TensorSpec((None, 6)), storage=("sparse",))
    assert isinstance(first.root, Expand) and first.root.buffer.stored == "sparse"


def test_a_formula_has_no_root() -> None:
    assert root(lambda x: st.exp(x) + 1.0, (None, 6)) is None
