"""The verifier of the loop form: a legal plan passes, and each way of breaking one is found.

By hand, one broken rule at a time; and by changing real plans wherever a change is always wrong.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.engines.cpu.loops.form import (
    Bits,
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
    Scan,
    Scatter,
    Share,
    Store,
)
from steepest.engines.cpu.loops.races import Indices
from steepest.engines.cpu.loops.spaces import SHARES, Access, Buffer, Coordinate, Size, Stored
from steepest.engines.cpu.loops.verify import IllegalLoops, verify_loops
from steepest.engines.cpu.plan import CHECKS, plan
from steepest.engines.cpu.plan.verify import verify_plan

FLOAT, LONG, BOOL = np.dtype("float32"), np.dtype("int64"), np.dtype("bool")
BATCH = Size(1, 1)
ROWS, PARTS, FIRST, EVERYONE = Share("rows"), Share("parts"), Share("first"), Share("everyone")
I0, I1, I2, ONLY = Coordinate(0), Coordinate(1), Coordinate(2), Coordinate(None)

x = Buffer("x", "input", 0, FLOAT, (BATCH, Size(3)))
n = Buffer("n", "input", 1, LONG, (BATCH,))
w = Buffer("w", "state", 0, FLOAT, (Size(3), Size(20)))
c = Buffer("c", "constant", 0, FLOAT, (Size(20),))
h = Buffer("h", "scratch", 0, FLOAT, (BATCH, Size(20)))
p = Buffer("p", "private", 0, BOOL, ())
y = Buffer("y", "output", 0, FLOAT, (BATCH, Size(20)))
BUFFERS = (x, n, w, c, h, p, y)


def at(buffer: Buffer, *coordinates: Coordinate, shape: tuple[Size, ...] | None = None) -> Access:
    return Access(buffer, buffer.shape if shape is None else shape, coordinates)


def number(value: float, dtype: Any = FLOAT) -> Constant:
    return Constant(dtype.type(value), dtype)


# p <- True by everyone; h <- x @ w; the guard; then y <- h * c by rows. Then w <- w - x.T @ h.
decides = Kernel(
    "decides", EVERYONE, (), None, (number(1, BOOL),), (Store(at(p), 0),), guards=at(p)
)
hidden = Kernel(
    "hidden",
    ROWS,
    (BATCH, Size(20)),
    Product(Factor(at(x, I0, I2)), Factor(at(w, I2, I1)), Size(3), 0, 1, FLOAT),
    (Result(FLOAT),),
    (Store(at(h, I0, I1), 0),),
)
scaled = Kernel(
    "scaled",
    ROWS,
    (BATCH, Size(20)),
    None,
    (Load(at(h, I0, I1), FLOAT), Load(at(c, I1), FLOAT), Compute("multiply", (0, 1), FLOAT)),
    (Store(at(y, I0, I1), 2),),
)
learns = Kernel(
    "learns",
    PARTS,
    (Size(3), Size(20)),
    Product(Factor(at(x, I2, I0)), Factor(at(h, I2, I1)), BATCH, 0, 1, FLOAT),
    (Result(FLOAT), Load(at(w, I0, I1), FLOAT), Compute("subtract", (1, 0), FLOAT)),
    (Store(at(w, I0, I1), 2),),
)
SOUND = Loops(BUFFERS, ((hidden, scaled, decides), (learns,)))


def changed(kernel: Kernel, **fields: Any) -> Loops:
    """The sound loops with fields of one kernel replaced."""
    new = replace(kernel, **fields)
    phases = tuple(tuple(new if k is kernel else k for k in phase) for phase in SOUND.phases)
    return replace(SOUND, phases=phases)


def with_buffer(old: Buffer, **fields: Any) -> Loops:
    """The sound loops with one buffer replaced in the declarations but in no kernel."""
    new = replace(old, **fields)
    return replace(SOUND, buffers=tuple(new if buffer is old else buffer for buffer in BUFFERS))


def with_kernel(kernel: Kernel, *buffers: Buffer) -> Loops:
    """The sound loops with one more kernel in its own phase, and its buffers."""
    return Loops((*BUFFERS, *buffers), (*SOUND.phases, (kernel,)))


def filling(steps: tuple[Any, ...], share: Share = FIRST, **fields: Any) -> Loops:
    """One more kernel, which stores its last step in 20 elements of scratch."""
    made = scratch(20)
    kernel = Kernel("more", share, (Size(20),), None, steps, (Store(at(made, I0), len(steps) - 1),))
    return with_kernel(replace(kernel, **fields), made)


def scratch(*sizes: int | Size, dtype: Any = FLOAT, place: int = 1) -> Buffer:
    shape = tuple(size if isinstance(size, Size) else Size(size) for size in sizes)
    return Buffer(f"m{place}", "scratch", place, dtype, shape)


def added(root: Any, share: Share, *sizes: int | Size, dtype: Any = FLOAT) -> Loops:
    """One more kernel with a root, whose result is stored."""
    made = scratch(*sizes, dtype=dtype)
    own = tuple(Coordinate(axis) for axis in range(len(sizes)))
    store = Store(at(made, *own), 0)
    return with_kernel(Kernel("more", share, made.shape, root, (Result(dtype),), (store,)), made)


WHERE = at(n, I1), at(x, I1, Coordinate(None))
SCATTER = Scatter(at(n, I1), at(h, I1, I0), (BATCH,), FLOAT)


def sparse(stored: Stored = "sparse") -> Buffer:
    return Buffer("e", "input", 2, FLOAT, (BATCH, Size(4)), stored)


def test_sound_loops_pass() -> None:
    verify_loops(SOUND)


@pytest.mark.parametrize(
    "loops",
    [
        added(Scan(at(h, I0, I1), 1, FLOAT), ROWS, BATCH, 20),
        added(Scatter(at(n, I2), at(h, I2, I1), (BATCH,), FLOAT), PARTS, 5, 20),
        added(
            Reduce("argmax", (Size(20),), (Load(at(h, I0, I1), FLOAT),), 0, LONG),
            ROWS,
            BATCH,
            dtype=LONG,
        ),
        filling((number(0, LONG), Load(at(c, Coordinate(looked=0)), FLOAT))),
        filling((Load(at(w, Coordinate(None, 0, 2), I0), FLOAT),)),
        filling((Load(at(c, Coordinate(0, -1, 19)), FLOAT),)),
        filling((Load(at(w, I0, shape=(Size(60),)), FLOAT),)),
        filling((number(0, LONG), Compute("cast", (0,), FLOAT))),
    ],
)
def test_further_kernels_pass(loops: Loops) -> None:
    verify_loops(loops)


def on_sparse_rows(root: Any, share: Share, *sizes: int | Size, dtype: Any = FLOAT) -> Loops:
    """One more kernel on sparse rows `e`, and their partition."""
    loops = added(root, share, *sizes, dtype=dtype)
    return replace(loops, buffers=(x, n, E, MIDDLES, SHARE_BOUNDS, *loops.buffers[2:], MATRIX))


E = Buffer("e", "input", 2, FLOAT, (BATCH, Size(4)), "sparse")
MIDDLES = Buffer("middles", "middles", 2, LONG, (BATCH,))
SHARE_BOUNDS = Buffer("shares", "shares", 2, LONG, (Size(SHARES + 1),))
MATRIX = Buffer("b", "constant", 1, FLOAT, (Size(4), Size(7)))
HALVED = Product(
    Factor(at(E, I0, I2)), Factor(at(MATRIX, I2, I1)), Size(4), 0, 1, FLOAT,
    Cut(at(MIDDLES, I0), at(SHARE_BOUNDS, ONLY)),
)  # fmt: skip


def cut_at(middles: Buffer) -> Product:
    """The product in halves, with other middles."""
    assert HALVED.cut is not None
    return replace(HALVED, cut=replace(HALVED.cut, middles=at(middles, I0)))


def test_kernels_on_sparse_rows_pass() -> None:
    """Made dense; and multiplied in two halves, so that there are twice as many rows."""
    verify_loops(on_sparse_rows(Expand(E, FLOAT), ROWS, BATCH, 4))
    verify_loops(on_sparse_rows(HALVED, PARTS, Size(2, 1), 7))


@pytest.mark.parametrize(
    ("loops", "fault"),
    [
        (on_sparse_rows(Expand(E, LONG), ROWS, BATCH, 4, dtype=LONG), "another space or dtype"),
        (on_sparse_rows(Expand(E, FLOAT), ROWS, BATCH, 5), "another space or dtype"),
        (on_sparse_rows(HALVED, ROWS, BATCH, 7), "batch rows are not 2 halves"),
        (on_sparse_rows(HALVED, PARTS, Size(4, 1), 7), "is outside batch"),
        (on_sparse_rows(cut_at(replace(MIDDLES, place=1)), PARTS, Size(2, 1), 7), "middles of e"),
        (on_sparse_rows(cut_at(SHARE_BOUNDS), PARTS, Size(2, 1), 7), "middles of e"),
        (on_sparse_rows(cut_at(replace(MIDDLES)), PARTS, Size(2, 1), 7), "middles of e"),
    ],
)
def test_kernels_on_sparse_rows_of_another_space_are_found(loops: Loops, fault: str) -> None:
    with pytest.raises(IllegalLoops, match=fault):
        verify_loops(loops)


def test_an_empty_buffer_may_be_seen_in_any_empty_shape() -> None:
    empty, other = Size(0), Buffer("o", "constant", 1, FLOAT, (BATCH, Size(0)))

    def reads(buffer: Buffer, *shape: Size) -> Loops:
        loops = filling((Load(Access(buffer, shape, (I0,)), FLOAT),))
        return replace(loops, buffers=(*BUFFERS[:4], other, *loops.buffers[4:]))

    verify_loops(reads(other, empty))
    with pytest.raises(IllegalLoops, match="sees 0 elements, not 20"):
        verify_loops(reads(c, empty))
    with pytest.raises(IllegalLoops, match=r"sees 20 elements, not 0\*batch"):
        verify_loops(reads(other, Size(20)))


def test_constants_beside_values_and_products_of_parts_pass() -> None:
    """A piece that is a constant is written after its neighbours; ones are written over zeros."""

    def slope(x: st.Tensor) -> st.Tensor:
        with st.GradientTape() as tape:
            tape.watch(x)
            y = x[:, 2:5]
        return tape.gradient(y, x)

    for function, shape in (
        (slope, (None, 9)),
        (lambda x: st.transpose(x[3:4, 0:3:2]) @ x[3:4, 0:3:2], (9, 3)),
        (lambda x: st.concat([st.cumsum(x), [0.0]], 0), (9,)),
        (lambda x: st.pad(x, [(0, 0), (2, 3)]), (None, 9)),
    ):
        verify_plan(plan(st.trace(function, [st.TensorSpec(shape)])))


# ---------------------------------------------------------------- broken by hand

HALF_Y = Store(at(y, I0, I1), 2)
Broken = dict[str, tuple[Loops, str]]


def broken_buffers() -> Broken:
    middles = Buffer("middles", "middles", 0, LONG, (BATCH,))
    return {
        "declared twice": (replace(SOUND, buffers=(*BUFFERS, x)), "declared twice"),
        "not declared": (replace(SOUND, buffers=BUFFERS[:3] + BUFFERS[4:]), "c is not declared"),
        "places": (with_buffer(h, place=1), "the places of scratch buffers are"),
        "sparse scratch": (with_buffer(h, stored="ones"), "no input matrix"),
        "a partition of dense rows": (
            replace(SOUND, buffers=(*BUFFERS, middles)),
            "middles belongs to no sparse input",
        ),
        "a partition of another dtype": (
            replace(SOUND, buffers=(*BUFFERS, replace(middles, dtype=FLOAT))),
            "does not hold",
        ),
        "a partition before an input": (
            replace(SOUND, buffers=(x, n, replace(middles, place=2), sparse(), *BUFFERS[2:])),
            "before an input",
        ),
    }


def broken_steps() -> Broken:
    load, two = Load(at(c, I0), FLOAT), number(2.0)
    word = number(0, LONG)
    return {
        "reads what comes later": (
            filling((Compute("negative", (0,), FLOAT),)),
            "t0 is no earlier step",
        ),
        "no primitive": (filling((two, Compute("twice", (0,), FLOAT))), "no elementwise primitive"),
        "no elementwise primitive": (filling((two, Compute("sum", (0,), FLOAT))), "no elementwise"),
        "too many inputs": (filling((two, Compute("exp", (0, 0), FLOAT))), "exp: .*"),
        "dtypes that do not agree": (
            filling((two, word, Compute("add", (0, 1), FLOAT))),
            "dtypes must agree",
        ),
        "another dtype results": (filling((two, Compute("exp", (0,), LONG))), "exp gives float32"),
        "a load of another dtype": (filling((Load(at(n, ONLY), FLOAT),)), "is int64, not float32"),
        "a constant of another dtype": (filling((Constant(np.float64(1), FLOAT),)), "no single"),
        "a constant of several": (filling((Constant(np.ones(3, "f4"), FLOAT),)), "no single"),
        "a position of no axis": (filling((Position(I1, FLOAT),)), "there is no axis i1"),
        "a position looked up": (filling((word, Position(Coordinate(looked=0), FLOAT))), "looked"),
        "a result without a root": (filling((Result(FLOAT),)), "no root gives float32"),
        "a looked-up row of fractions": (
            filling((two, Load(at(c, Coordinate(looked=0)), FLOAT))),
            "t0 is no integer",
        ),
        "a row looked up later": (
            filling((Load(at(c, Coordinate(looked=1)), FLOAT), word, load)),
            "t1 is no earlier",
        ),
        "a row looked up by itself": (
            filling((Load(at(c, Coordinate(looked=0)), FLOAT),)),
            "t0 is no earlier",
        ),
        "two rows looked up": (
            filling((word, Load(at(w, Coordinate(looked=0), Coordinate(looked=0)), FLOAT))),
            "more than one index",
        ),
        "a seed of fractions": (
            filling((two, Bits((0, 0, 0), (Size(20),), (I0,), 32, 0, FLOAT))),
            "no word of a seed",
        ),
        "bits of another dtype": (
            filling((word, Bits((0, 0, 0), (Size(20),), (I0,), 32, 0, LONG))),
            "bits are int32",
        ),
        "a seed of two words": (
            filling((word, Bits((0, 0), (Size(20),), (I0,), 32, 0, FLOAT))),
            "three words",
        ),
        "bits beyond their array": (
            filling((word, Bits((0, 0, 0), (Size(9),), (I0,), 32, 0, FLOAT))),
            "outside 9",
        ),
    }


def broken_accesses() -> Broken:
    def reads(access: Access) -> Loops:
        return filling((Load(access, access.buffer.dtype),))

    stored = sparse()
    return {
        "too few coordinates": (reads(at(w, I0)), "1 coordinates for 2 dimensions"),
        "more elements": (reads(at(c, I0, ONLY, shape=(Size(20), Size(2)))), "sees 40 elements"),
        "behind the end": (reads(at(c, Coordinate(0, 1, 1))), "outside 20"),
        "before the beginning": (reads(at(c, Coordinate(0, 1, -1))), "outside 20"),
        "a step too wide": (reads(at(c, Coordinate(0, 2))), "outside 20"),
        "a point behind the end": (reads(at(c, Coordinate(None, 0, 20))), "20 is outside 20"),
        "an axis too long": (reads(at(w, I0, ONLY)), "i0 for i0 < 20 is outside 3"),
        "an axis that does not move": (reads(at(c, Coordinate(0, 0))), "does not move"),
        "no such axis": (reads(at(c, I1)), "there is no axis i1"),
        "part of the batch": (reads(at(n, I0)), "i0 for i0 < 20 is outside batch"),
        "rows read as other than rows": (
            reads(at(x, ONLY, ONLY, shape=(Size(3), BATCH))),
            "stay rows",
        ),
        "elements of sparse rows": (
            replace(reads(at(stored, ONLY, ONLY)), buffers=(*BUFFERS, stored, scratch(20))),
            "no elements to be read one by one",
        ),
    }


def broken_roots() -> Broken:
    load = Load(at(h, I0, I1), FLOAT)
    product, rows = learns.root, at(h, I2, I1)
    assert isinstance(product, Product) and isinstance(hidden.root, Product)
    stored = sparse()
    dense = added(Expand(stored, FLOAT), ROWS, BATCH, 5)
    cut = Cut(at(n, I0), at(n, ONLY))
    return {
        "no reduction": (
            added(Reduce("mean", (Size(20),), (load,), 0, FLOAT), ROWS, BATCH),
            "no reduction",
        ),
        "nothing reduced": (
            added(Reduce("sum", (Size(20),), (load,), 1, FLOAT), ROWS, BATCH),
            "no step",
        ),
        "a sum of another dtype": (
            added(Reduce("sum", (Size(20),), (load,), 0, LONG), ROWS, BATCH, dtype=LONG),
            "sum gives",
        ),
        "argmax of two axes": (
            added(Reduce("argmax", (BATCH, Size(20)), (load,), 0, LONG), FIRST, dtype=LONG),
            "one axis",
        ),
        "a result inside its root": (
            added(Reduce("sum", (Size(20),), (Result(FLOAT),), 0, FLOAT), ROWS, BATCH),
            "no root",
        ),
        "a product of further axes": (
            changed(learns, share=FIRST, root=replace(product, rows=None)),
            "not the axes",
        ),
        "a product of other dtypes": (
            changed(learns, root=replace(product, dtype=LONG)),
            "int64 are sums of steps",
        ),
        "a product along another side": (
            changed(learns, root=replace(product, right=Factor(at(h, I2, I0)))),
            "along a side",
        ),
        "a product over more": (
            changed(hidden, root=replace(hidden.root, over=Size(4))),
            "i2 for i2 < 4 is outside 3",
        ),
        "a product of a factor of another dtype": (
            changed(hidden, root=replace(hidden.root, dtype=np.dtype("float64"))),
            "in a product of",
        ),
        "a factor scaled": (
            changed(learns, root=replace(product, right=Factor(rows, 2.0))),
            "holds no bytes",
        ),
        "a cut of dense rows": (changed(learns, root=replace(product, cut=cut)), "of x"),
        "a running sum along no axis": (
            added(Scan(at(h, I0, I1), 2, FLOAT), ROWS, BATCH, 20),
            "no axis",
        ),
        "a running sum that is split": (
            added(Scan(at(h, I0, I1), 0, FLOAT), ROWS, BATCH, 20),
            "workers split",
        ),
        "rows named by fractions": (
            added(Scatter(at(h, I2, ONLY), at(h, I2, I1), (BATCH,), FLOAT), PARTS, 5, 20),
            "no integer",
        ),
        "rows that depend on where they go": (
            added(Scatter(at(n, I2), at(h, I2, I0), (BATCH,), FLOAT), PARTS, 20, 20),
            "depends on the row",
        ),
        "scattered along another axis": (
            added(Scatter(at(n, I2), at(h, I2, I1), (BATCH,), FLOAT), Share("parts", 1), 5, 20),
            "split along axis 0",
        ),
        "dense rows in another space": (
            replace(dense, buffers=(x, n, stored, *dense.buffers[2:])),
            "another space",
        ),
        "dense rows made dense": (
            added(Expand(x, FLOAT), ROWS, BATCH, 3),
            "no declared buffer of sparse",
        ),
    }


def broken_shares() -> Broken:
    private = Buffer("q", "private", 1, FLOAT, (Size(20),))
    fill = Kernel("more", FIRST, (Size(20),), None, (number(0),), (Store(at(private, I0), 0),))
    return {
        "no axis to split": (changed(scaled, share=Share("parts", 2)), "no axis i2 to split"),
        "rows of something else": (changed(learns, share=ROWS), "as many as the batch"),
        "everyone writes what all see": (changed(scaled, share=EVERYONE), "private memory"),
        "one worker writes what each has": (with_kernel(fill, private), "private memory"),
        "a product split along its sum": (changed(learns, share=Share("parts", 5)), "no axis i5"),
    }


def broken_stores() -> Broken:
    (store,) = scaled.stores
    return {
        "nothing": (changed(scaled, stores=()), "stores nothing"),
        "twice into one buffer": (changed(scaled, stores=(store, store)), "one buffer twice"),
        "into an input": (
            filling((number(0),), stores=(Store(at(c, I0), 0),)),
            "constant c is written",
        ),
        "no step": (changed(scaled, stores=(replace(store, step=3),)), "no step to store"),
        "another dtype": (changed(decides, steps=(number(1),)), "is bool, not float32"),
        "again and again": (
            filling((number(0),), space=(Size(20), Size(2))),
            "written again for every i1",
        ),
        "a guard that is no bool": (changed(learns, guards=at(h, ONLY, ONLY)), "is no bool"),
        "read at another place": (
            changed(
                learns,
                space=(Size(3), Size(3)),
                root=None,
                steps=(Load(at(w, I1, I0), FLOAT),),
                stores=(Store(at(w, I0, I1), 0),),
            ),
            "another element of it",
        ),
        "read by the root": (
            changed(learns, root=Reduce("sum", (), (Load(at(w, I0, I1), FLOAT),), 0, FLOAT)),
            "read by the root while",
        ),
        "two kernels of one name": (changed(scaled, name="hidden"), "hidden names two kernels"),
    }


def broken_order() -> Broken:
    second = SOUND.phases[1]
    part = (Size(19),)
    zeros = Store(at(w, I0, I1), 0)
    late = replace(decides, name="again", stores=(Store(at(p), 0),))
    return {
        "read before it is written": (
            replace(SOUND, phases=((scaled, hidden, decides), second)),
            "not written as a whole before",
        ),
        "an output that is missing": (
            replace(SOUND, phases=((hidden, replace(decides, guards=None)), second)),
            "y is not written as a whole in a batch",
        ),
        "an output with holes": (
            changed(scaled, space=(BATCH, *part)),
            "y is not written as a whole when the guard",
        ),
        "a variable with holes": (
            changed(learns, space=(Size(2), Size(20))),
            "i0 < 2|has not|w is not written as a whole",
        ),
        "written twice": (
            replace(SOUND, phases=(*SOUND.phases, (replace(learns, name="again"),))),
            "learns has written there before",
        ),
        "a fill over values": (
            with_kernel(
                replace(learns, name="more", root=None, steps=(number(0),), stores=(zeros,))
            ),
            "learns has written there before",
        ),
        "an update before the guard": (
            replace(SOUND, phases=((hidden, scaled), (learns,), (decides,))),
            "before the guard",
        ),
        "a stop before the guard is read": (
            changed(scaled, may_stop=True),
            "scaled may stop before the guard",
        ),
        "a stop after an update": (
            changed(learns, may_stop=True),
            "learns may stop after a variable",
        ),
        "two guards": (
            replace(SOUND, phases=(*SOUND.phases, (late,))),
            "two kernels read the guard",
        ),
    }


def broken_by_races() -> Broken:
    first, second = SOUND.phases
    row = Reduce("sum", (Size(20),), (Load(at(h, I0, I1), FLOAT),), 0, FLOAT)
    means = added(row, ROWS, BATCH)
    made, total = means.buffers[-1], scratch(place=2)
    over_rows = Reduce("sum", (BATCH,), (Load(at(made, I0), FLOAT),), 0, FLOAT)
    whole = Kernel("whole", FIRST, (), over_rows, (Result(FLOAT),), (Store(at(total), 0),))
    buffers = (*means.buffers, total)
    verify_loops(Loops(buffers, (*means.phases, (whole,))))
    seen = Buffer("seen", "scratch", 1, BOOL, ())
    alone = replace(decides, share=FIRST, stores=(Store(at(seen), 0),), guards=at(seen))
    return {
        "two phases in one": (
            replace(SOUND, phases=((*first, *second),)),
            "phase 0: two workers may use the same element.*: hidden reads w.*learns writes w",
        ),
        "worker 0 reads what all write": (
            Loops(buffers, (*means.phases[:2], (*means.phases[2], whole))),
            "phase 2: .*more writes m1.*whole reads m1",
        ),
        "worker 0 goes on with what all wrote": (
            replace(SOUND, phases=((hidden, replace(scaled, share=FIRST), decides), second)),
            "hidden writes h.*scaled reads h",
        ),
        "a guard that one worker decides": (
            Loops((*BUFFERS[:5], y, seen), ((hidden, scaled, alone), second)),
            r"decides writes seen\[\] \(first\), decides reads seen\[\] \(everyone\)",
        ),
        "other parts of the same rows": (
            changed(scaled, share=Share("parts", 1)),
            "hidden writes h.*scaled reads h",
        ),
    }


BROKEN = {
    **broken_buffers(),
    **broken_steps(),
    **broken_accesses(),
    **broken_roots(),
    **broken_shares(),
    **broken_stores(),
    **broken_order(),
    **broken_by_races(),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_breaks_a_rule_is_found(name: str) -> None:
    loops, fault = BROKEN[name]
    with pytest.raises(IllegalLoops) as raised:
        verify_loops(loops)
    assert re.search(fault, str(raised.value).splitlines()[0]), raised.value


# ---------------------------------------------------------------- where it runs


def test_every_plan_is_verified_in_tests_and_none_otherwise() -> None:
    assert verify_plan in CHECKS
    done = subprocess.run(
        [sys.executable, "-c", "from steepest.engines.cpu.plan import CHECKS; print(CHECKS)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "one, other, never",
    [
        (Indices(0, 1, Size(3)), Indices(3, 1, Size(3)), True),
        (Indices(0, 1, Size(4)), Indices(3, 1, Size(3)), False),
        (Indices(0, 1, BATCH), Indices(3, 1, Size(1)), False),
        (Indices(5, -1, Size(3)), Indices(0, 1, Size(3)), True),
        (Indices(5, -1, Size(4)), Indices(0, 1, Size(3)), False),
        (Indices(0, 2, BATCH), Indices(1, 2, BATCH), True),
        (Indices(0, 2, BATCH), Indices(1, 3, BATCH), False),
        (Indices(0, 2, Size(9)), Indices(4, 1, Size(1)), False),
        (Indices(0, 2, Size(9)), Indices(5, 1, Size(1)), True),
        (Indices(), Indices(0, 1, Size(3)), False),
        (Indices(0, 1, Size(0)), Indices(0, 1, Size(3)), True),
    ],
)
def test_ranges_that_never_overlap(one: Indices, other: Indices, never: bool) -> None:
    assert one.never_overlap(other) is never and other.never_overlap(one) is never
