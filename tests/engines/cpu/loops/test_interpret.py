"""The interpreter of the loop form, by known answers of kernels written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from steepest.engines.cpu.loops.form import (
    BatchSize,
    Compute,
    Constant,
    Cut,
    Expand,
    Factor,
    Kernel,
    Load,
    Loops,
    Position,
    Product,
    Reduce,
    Result,
    Root,
    Scan,
    Scatter,
    Share,
    Step,
    Store,
)
from steepest.engines.cpu.loops.interpret import BatchArrays, run_batch, run_kernel
from steepest.engines.cpu.loops.spaces import Access, Buffer, Coordinate, Role, Size

FLOAT, LONG, BOOL = np.dtype("float32"), np.dtype("int64"), np.dtype("bool")
BATCH, FIRST = Size(1, 1), Share("first")
I0, I1, I2, ONLY = Coordinate(0), Coordinate(1), Coordinate(2), Coordinate(None)


def buffer(role: Role, dtype: Any, *shape: Size) -> Buffer:
    return Buffer("b", role, 0, dtype, shape)


def at(buffer: Buffer, *coordinates: Coordinate, shape: tuple[Size, ...] | None = None) -> Access:
    return Access(buffer, shape or buffer.shape, coordinates)


def run(
    space: Sequence[Size],
    arrays: dict[Buffer, Any],
    steps: Sequence[Step] = (Result(FLOAT),),
    root: Root | None = None,
    batch: int = 3,
    order: Sequence[int] | None = None,
    into: tuple[Coordinate, ...] | None = None,
) -> list[Any]:
    """Runs a kernel that stores its last step; the array that it wrote, filled with -9 before."""
    dtype = steps[-1].dtype
    out = Buffer("out", "output", 0, dtype, tuple(space))
    where = into or tuple(Coordinate(axis) for axis in range(len(space)))
    made = np.full([size.at(batch) for size in space], -9, dtype)
    kernel = Kernel(
        "k", FIRST, tuple(space), root, tuple(steps), (Store(at(out, *where), len(steps) - 1),)
    )
    known = {b: np.asarray(values, b.dtype) for b, values in arrays.items()} | {out: made}
    run_kernel(kernel, BatchArrays(known, np.array(order or range(batch)), batch))
    return made.tolist()


X = buffer("scratch", FLOAT, BATCH, Size(2))
ROWS = [[1, 2], [3, 4], [5, 6]]


def test_loads_and_formulas() -> None:
    double = (Load(at(X, I0, I1), FLOAT), Compute("add", (0, 0), FLOAT))
    assert run((BATCH, Size(2)), {X: ROWS}, double) == [[2, 4], [6, 8], [10, 12]]
    turned = (Load(at(X, I1, I0), FLOAT),)
    assert run((Size(2), BATCH), {X: ROWS}, turned) == [[1, 3, 5], [2, 4, 6]]
    back = (Load(at(X, Coordinate(0, -1, 2), Coordinate(None, 0, 1)), FLOAT),)
    assert run((BATCH,), {X: ROWS}, back) == [6, 4, 2]
    flat = (Load(at(X, I0, shape=(Size(6),)), FLOAT),)
    assert run((Size(6),), {X: ROWS}, flat) == [1, 2, 3, 4, 5, 6]


def test_the_rows_of_an_input_are_read_in_the_order_of_the_epoch() -> None:
    x = buffer("input", FLOAT, BATCH, Size(2))
    load = (Load(at(x, I0, I1), FLOAT),)
    assert run((BATCH, Size(2)), {x: ROWS}, load, order=[2, 0, 1]) == [[5, 6], [1, 2], [3, 4]]
    assert run((BATCH, Size(2)), {x: ROWS}, load, batch=1, order=[1]) == [[3, 4]]


def test_what_is_looked_up_outside_of_a_table_is_nan_or_0() -> None:
    n, looked = buffer("scratch", LONG, BATCH), Coordinate(looked=0)
    for dtype, missing in ((FLOAT, "nan"), (LONG, "0")):
        table = buffer("constant", dtype, Size(2))
        steps = (Load(at(n, I0), LONG), Load(at(table, looked), dtype))
        found = run((BATCH,), {n: [1, -1, 2], table: [5, 7]}, steps)
        assert [str(value) for value in found] == [str(dtype.type(7).item()), missing, missing]
        assert run((BATCH,), {n: [0, 0, 1], table: [5, 7]}, steps) == [5, 5, 7]


def test_positions_constants_and_the_size_of_the_batch() -> None:
    steps = (
        Position(Coordinate(0, 2, 1), LONG), Constant(np.int64(100), LONG), BatchSize(LONG),
        Compute("add", (0, 1), LONG), Compute("multiply", (3, 2), LONG),
    )  # fmt: skip
    assert run((BATCH,), {}, steps) == [303, 309, 315]


@pytest.mark.parametrize(
    ("op", "found"), [("sum", [3, 7, 11]), ("max", [2, 4, 6]), ("min", [1, 3, 5])]
)
def test_reductions(op: str, found: list[float]) -> None:
    root = Reduce(op, (Size(2),), (Load(at(X, I0, I1), FLOAT),), 0, FLOAT)
    assert run((BATCH,), {X: ROWS}, root=root) == found


def test_reductions_over_two_axes_one_and_none() -> None:
    loads = (Load(at(X, I0, I1), FLOAT),)
    assert run((), {X: ROWS}, root=Reduce("sum", (BATCH, Size(2)), loads, 0, FLOAT)) == 21
    assert run((BATCH, Size(2)), {X: ROWS}, root=Reduce("sum", (), loads, 0, FLOAT)) == ROWS
    column = (Load(at(X, I1, I0), FLOAT),)
    assert run((Size(2),), {X: ROWS}, root=Reduce("sum", (BATCH,), column, 0, FLOAT)) == [9, 12]


def test_the_place_of_the_greatest_is_the_first_of_equals() -> None:
    root = Reduce("argmax", (Size(2),), (Load(at(X, I0, I1), FLOAT),), 0, LONG)
    rows = [[1, 2], [4, 4], [6, 5]]
    assert run((BATCH,), {X: rows}, (Result(LONG),), root) == [1, 0, 0]
    alone = Reduce("argmax", (), (Load(at(X, I0, I1), FLOAT),), 0, LONG)
    assert run((BATCH, Size(2)), {X: rows}, (Result(LONG),), alone) == [[0, 0]] * 3


def test_products_of_scaled_factors() -> None:
    w = buffer("state", FLOAT, Size(2), Size(2))
    left = Factor(at(X, I0, I2), 2.0, 1.0)
    root = Product(left, Factor(at(w, I2, I1)), Size(2), 0, 1, FLOAT)
    found = run((BATCH, Size(2)), {X: ROWS, w: [[1, 10], [0, 1]]}, root=root)
    assert found == [[3, 35], [7, 79], [11, 123]]


def test_a_product_in_halves_has_the_first_entries_of_each_row_and_then_the_rest() -> None:
    middles, shares = buffer("scratch", LONG, BATCH), buffer("shares", LONG, Size(65))
    w = buffer("state", FLOAT, Size(2))
    cut = Cut(at(middles, I0), at(shares, ONLY))
    root = Product(Factor(at(X, I0, I1)), Factor(at(w, I1)), Size(2), 0, None, FLOAT, cut)
    given = {X: ROWS, w: [1, 1], middles: [0, 1, 2], shares: np.zeros(65)}
    assert run((Size(2, 1),), given, root=root) == [0, 3, 11, 3, 4, 0]


@pytest.mark.parametrize(
    ("axis", "found"),
    [(0, [[1, 2], [4, 6], [9, 12]]), (1, [[1, 3], [3, 7], [5, 11]]), (-1, ROWS)],
)
def test_running_sums(axis: int, found: list[Any]) -> None:
    root = Scan(at(X, I0, I1), axis, FLOAT)
    assert run((BATCH, Size(2)), {X: ROWS}, root=root) == found


def test_updates_are_added_to_the_rows_that_indices_name() -> None:
    """Indices outside of the table are left out."""
    n = buffer("scratch", LONG, BATCH)
    root = Scatter(at(n, I2), at(X, I2, I1), (BATCH,), FLOAT)
    for indices, found in {
        (0, 2, 0): [[6, 8], [0, 0], [3, 4], [0, 0]],
        (3, 3, 3): [[0, 0], [0, 0], [0, 0], [9, 12]],
        (-1, 4, 1): [[0, 0], [5, 6], [0, 0], [0, 0]],
    }.items():
        assert run((Size(4), Size(2)), {X: ROWS, n: indices}, root=root) == found


def test_numbers_are_added_to_the_elements_that_indices_name() -> None:
    n, v = buffer("scratch", LONG, BATCH), buffer("scratch", FLOAT, BATCH)
    root = Scatter(at(n, I1), at(v, I1), (BATCH,), FLOAT)
    assert run((Size(2),), {n: [1, 0, 1], v: [1, 2, 4]}, root=root) == [2, 5]


def test_rows_are_expanded_in_the_order_of_the_epoch() -> None:
    x = buffer("input", FLOAT, BATCH, Size(2))
    found = run((BATCH, Size(2)), {x: ROWS}, root=Expand(x, FLOAT), order=[1, 1, 0])
    assert found == [[3, 4], [3, 4], [1, 2]]


def test_a_store_may_have_coordinates_of_its_own() -> None:
    back = (Coordinate(0, -1, 2),)
    position = (Position(I0, LONG),)
    assert run((BATCH,), {}, position, into=back) == [2, 1, 0]


@pytest.mark.parametrize(("allowed", "done"), [(True, 5.0), (False, 1.0)])
def test_a_false_guard_stops_the_batch(allowed: bool, done: float) -> None:
    flag, total = buffer("scratch", BOOL), buffer("state", FLOAT)
    decides = Kernel(
        "decides", FIRST, (), None, (Constant(np.bool_(allowed), BOOL),), (Store(at(flag), 0),),
        at(flag),
    )  # fmt: skip
    adds = Kernel(
        "adds", FIRST, (), None, (Constant(np.float32(5), FLOAT),), (Store(at(total), 0),)
    )
    arrays = {flag: np.array(False), total: np.array(1, np.float32)}
    memory = BatchArrays(arrays, np.arange(1), 1)
    assert run_batch(Loops((flag, total), ((decides,), (adds,))), memory) is allowed
    assert arrays[total] == done
