"""Which worker computes what: rows, parts of an axis, everyone, the first; by the plans made."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import steepest as st
from steepest.core.primitives import Shape
from steepest.engines.cpu.loops.form import Kernel, Share
from steepest.engines.cpu.loops.spaces import Coordinate, Size, Stored
from steepest.engines.cpu.plan import plan
from steepest.engines.cpu.plan.index_expressions import Fetch
from steepest.engines.cpu.plan.sharing import granularity, is_own, parted_axis
from steepest.program.graph import Node
from steepest.program.passes import clean
from steepest.program.trace import TensorSpec, record
from tests.agreement.test_training_steps import (
    crossentropy,
    dense_net,
    gradient_descent,
    training_step,
)

FIRST, EVERYONE, ROWS = Share("first"), Share("everyone"), Share("rows", 0)
FLOAT = np.dtype("float32")


def parts(axis: int) -> Share:
    return Share("parts", axis)


def kernels(
    function: Callable[..., object], *specs: TensorSpec, storage: tuple[Stored, ...] | None = None
) -> list[Kernel]:
    loops = plan(clean(st.trace(function, list(specs))), storage).loops
    return [kernel for phase in loops.phases for kernel in phase]


def share(function: Callable[..., object], *shapes: Shape, dtype: str = "float32") -> Share:
    """The share of the last kernel."""
    return kernels(function, *(TensorSpec(shape, dtype) for shape in shapes))[-1].share


@pytest.mark.parametrize(
    ("function", "shapes", "wanted"),
    [
        (st.exp, [(None, 3)], ROWS),
        (st.exp, [(None,)], ROWS),
        (lambda x: st.reduce_sum(x, 1), [(None, 3)], ROWS),
        (st.matmul, [(None, 3), (3, 4)], ROWS),
        (lambda x: st.reduce_sum(x, 0), [(None, 30)], parts(0)),
        (lambda x: st.reduce_sum(x, 0), [(None, 8)], parts(0)),
        (lambda x: st.reduce_sum(x, 0), [(None, 7)], FIRST),
        (st.reduce_sum, [(None, 30)], FIRST),
        (st.exp, [()], FIRST),
        (st.exp, [(7,)], FIRST),
        (st.exp, [(8,)], parts(0)),
        (st.exp, [(1, 8)], parts(0)),
        (st.exp, [(2, 5000)], parts(1)),
        (st.exp, [(5000, 2)], parts(0)),
        (st.exp, [(2, 8)], parts(0)),
        (st.exp, [(7, 6, 5000)], parts(2)),
        (lambda x: st.cumsum(x, 0), [(40, 40)], FIRST),
        (lambda x: st.cumsum(x, 1), [(None, 40)], ROWS),
        (lambda x: st.cumsum(x, 0), [(None, 40)], FIRST),
        (lambda x: st.concat([x, x * 2.0], 1), [(None, 4)], ROWS),
        (lambda x: st.concat([x, x * 2.0], 0), [(40, 40)], FIRST),
        (lambda x: st.pad(x, [(0, 0), (1, 1)]), [(None, 4)], ROWS),
        (lambda x: st.pad(x, [(1, 1), (0, 0)]), [(40, 40)], FIRST),
        (lambda x, g: st.matmul(x.T, g), [(None, 30), (None, 4)], parts(0)),
        (lambda x, g: st.matmul(x.T, g), [(None, 2), (None, 3)], FIRST),
        (lambda x, g: st.matmul(x.T, g), [(None, 1), (None, 3)], FIRST),
    ],
)
def test_the_share_follows_from_the_shape(
    function: Callable[..., object], shapes: list[Shape], wanted: Share
) -> None:
    assert share(function, *shapes) == wanted


@pytest.mark.parametrize(
    ("width", "units", "wanted"), [(30, 4, parts(0)), (2, 1100, parts(0)), (1, 30, FIRST)]
)
def test_the_gradient_of_sparse_rows_is_split_by_the_columns_that_entries_name(
    width: int, units: int, wanted: Share
) -> None:
    specs = TensorSpec((None, width)), TensorSpec((None, units))
    stored: tuple[tuple[Stored, ...], ...] = ("sparse", "dense"), ("ones", "dense")
    for storage in stored:
        (kernel,) = kernels(lambda x, g: x.T @ g, *specs, storage=storage)
        assert kernel.share == wanted
    if width == 2:  # dense rows are split by the longer axis
        assert share(lambda x, g: x.T @ g, (None, 2), (None, 1100)) == parts(1)


def test_rows_that_indices_name_are_split() -> None:
    def gradient(rows: int) -> Share:
        def function(table: st.Tensor, n: st.Tensor) -> st.Tensor:
            with st.GradientTape() as tape:
                tape.watch(table)
                loss = st.reduce_sum(st.gather(table, n) * 2.0)
            return tape.gradient(loss, table)

        found = kernels(function, TensorSpec((rows, 3)), TensorSpec((None,), "int64"))
        (scatter,) = (kernel for kernel in found if "scatter" in kernel.name)
        return scatter.share

    assert [gradient(rows) for rows in (1, 2, 50)] == [FIRST, parts(0), parts(0)]


def test_small_values_that_others_read_are_computed_by_everyone() -> None:
    """Each worker then has them without waiting; they are 64 numbers at most."""

    def scaled(x: st.Tensor, w: st.Tensor) -> st.Tensor:
        return x @ st.exp(w)

    def first(*shape: int) -> Kernel:
        return kernels(
            lambda x, w: st.gather(st.sin(w) * st.cos(w), x), TensorSpec((None,), "int64"),
            TensorSpec(shape),
        )[0]  # fmt: skip

    assert first(64).share == EVERYONE
    assert first(65).share == parts(0)
    assert first(8, 8).share == EVERYONE
    assert share(lambda x: st.exp(x), (64,)) == parts(0), "an output is read by no kernel"


# ---------------------------------------------------------------- axes and parts


@pytest.mark.parametrize(
    ("sizes", "axis"),
    [
        ((784, 50), 0), ((2, 5000), 1), ((2, 8), 0), ((7, 5000), 1), ((8, 5000), 0),
        ((7, 7, 7, 7), 0), ((6, 7, 7, 7), 1), ((7, 292), 0), ((7, 293), 1), ((2, 1024), 1),
        ((2, 1023), 0),
    ],
)  # fmt: skip
def test_the_axis_that_is_split_is_the_first_long_one_where_there_is_much_to_do(
    sizes: tuple[int, ...], axis: int
) -> None:
    assert parted_axis(tuple(map(Size, sizes))) == axis


def test_an_axis_of_the_batch_is_long() -> None:
    assert parted_axis((Size(2), Size(1, 1), Size(5000))) == 1


def test_long_axes_are_split_at_multiples_of_eight() -> None:
    assert [granularity(size) for size in (1, 63, 64, 65, 1000)] == [1, 1, 8, 8, 8]


def test_what_a_worker_computed_itself() -> None:
    node = Node("exp", (), {}, (20, 1, 30), FLOAT)
    spaces = (Size(20), Size(30)), (Size(20), Size(30))
    zero = Coordinate(None, 0, 0)

    def own(source: Share, reader: Share, *at: Coordinate, shape: Shape = node.shape) -> bool:
        return is_own(Fetch(node, shape, at), source, reader, spaces)

    straight, turned = (Coordinate(0), zero, Coordinate(1)), (Coordinate(1), zero, Coordinate(0))
    assert own(EVERYONE, parts(0), *turned) and own(EVERYONE, FIRST, *turned)
    assert own(FIRST, FIRST, *turned) and not own(FIRST, parts(0), *straight)
    assert own(parts(0), parts(0), *straight) and own(parts(1), parts(1), *straight)
    assert not own(parts(0), parts(0), *turned) and not own(parts(0), parts(1), *straight)
    assert not own(parts(0), FIRST, *straight) and not own(ROWS, parts(0), *straight)
    moved = (Coordinate(0, 1, 1), zero, Coordinate(1))
    assert not own(parts(0), parts(0), *moved) and own(parts(1), parts(1), *moved)
    rows = (Coordinate(0), Coordinate(1), Coordinate(2))
    assert own(parts(0), parts(0), *rows, shape=(20, 5, 6))
    assert not own(parts(1), parts(1), *rows, shape=(20, 5, 6))
    assert not own(parts(0), parts(0), *rows, shape=(10, 10, 6))
    assert not own(parts(0), parts(0), Coordinate(1), *rows[1:], shape=(20, 5, 6))


# ---------------------------------------------------------------- columns of large products


def test_a_training_splits_the_columns_of_large_products() -> None:
    # Forward and backward through 400 x 400 weights, with what joins them; not 5 x 400 and 400 x 5.
    split = [kernel.name.split("_", 1)[1] for kernel in trained(400) if kernel.share == parts(1)]
    assert split == ["matmul_add_less_equal", "matmul_select"]


def test_small_products_predictions_and_long_batches_split_rows() -> None:
    weights = [st.Variable(np.ones((400, 400), np.float32))] * 2
    predicted = kernels(lambda x: x @ weights[0] @ weights[1], TensorSpec((None, 400)))
    for made in (trained(300), trained(400, long=True), predicted):
        assert [k.share for k in made if k.share.kind == "rows"]
        assert not [k.name for k in made if k.share == parts(1)]


def trained(width: int, long: bool = False) -> list[Kernel]:
    variables = dense_net((5, width, width, 5), "float32")
    step = training_step(variables, crossentropy, gradient_descent, st.nn.relu)
    recording = record(step, [TensorSpec((None, 5)), TensorSpec((None,), "int64")])
    loops = plan(clean(recording.graph), long=long).loops
    return [kernel for phase in loops.phases for kernel in phase]
