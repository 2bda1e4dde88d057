"""The normal form of planning: which nodes are copied, split or read as they are stored."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import steepest as st
from steepest.core.primitives import Shape
from steepest.engines.cpu.loops.spaces import Stored
from steepest.engines.cpu.plan.normal import SMALL, Normal, normal_form
from steepest.program.graph import Node
from steepest.program.passes import clean
from steepest.program.trace import TensorSpec, guard, record


def normal(
    function: Callable[..., object], *specs: TensorSpec, storage: tuple[Stored, ...] | None = None
) -> Normal:
    graph = clean(st.trace(function, list(specs)))
    return normal_form(graph, storage or ("dense",) * len(specs))


def the(form: Normal, op: str) -> Node:
    (found,) = (node for node in form.nodes if node.op == op)
    return found


def computed(form: Normal) -> list[str]:
    return [node.op for node in form.nodes if node.op not in ("input", "constant")]


# ---------------------------------------------------------------- sums


SUMS: list[tuple[Shape, tuple[int, ...], list[tuple[int, ...]]]] = [
    # shape, summed axes, the axes of the sums that are made
    ((None, 5), (0, 1), [(1,), (0,)]),
    ((None, 5), (0,), [(0,)]),
    ((None, 5), (1,), [(1,)]),
    ((None, 1), (0, 1), [(0, 1)]),
    ((None, 1, 5), (0, 1, 2), [(2,), (0,)]),
    ((None, 5, 3), (0, 2), [(2,), (0,)]),
    ((None, 5, 3), (1, 2), [(1, 2)]),
    ((1, 100), (0, 1), [(0, 1)]),
    ((100, 1), (0, 1), [(0, 1)]),
    ((SMALL, 1, 1), (0, 1, 2), [(0, 1, 2)]),
    ((SMALL // 2, 2), (0, 1), [(0, 1)]),
    ((SMALL + 1, 1, 2), (0, 1, 2), [(2,), (0,)]),
    ((SMALL // 2 + 1, 2), (0, 1), [(1,), (0,)]),
]


@pytest.mark.parametrize(("shape", "axes", "made"), SUMS, ids=str)
def test_a_sum_over_everything_is_one_of_rows_and_one_of_the_results(
    shape: Shape, axes: tuple[int, ...], made: list[tuple[int, ...]]
) -> None:
    """Small arrays, single rows and sums that do not cross rows stay one sum."""
    form = normal(lambda x: st.reduce_sum(x, axes, keepdims=True), TensorSpec(shape))
    sums = [node for node in form.nodes if node.op == "sum"]
    assert [tuple(node.params["axes"]) for node in sums] == made
    result = tuple(1 if axis in axes else size for axis, size in enumerate(shape))
    assert sums[-1].shape == result
    if len(made) == 2:
        assert sums[1].inputs == (sums[0],) and sums[0].shape[0] == shape[0]


# ---------------------------------------------------------------- products


def test_sparse_rows_need_a_matrix_in_memory() -> None:
    """A view of the other factor is copied; a matrix that is computed or stored is read."""
    rows, storage = TensorSpec((None, 30)), ("sparse", "dense")
    for function, shape, ops in (
        (lambda x, b: x @ b, (30, 4), ["matmul"]),
        (lambda x, b: x @ b.T, (4, 30), ["transpose", "copy", "matmul"]),
        (lambda x, b: x @ st.exp(b), (30, 4), ["exp", "matmul"]),
    ):
        form = normal(function, rows, TensorSpec(shape), storage=storage)
        assert computed(form) == ops
        assert the(form, "matmul").inputs[0].op == "input"


@pytest.mark.parametrize("dtype", ["float32", "int32", "float64"])
def test_rows_are_made_dense_where_no_product_reads_them(dtype: str) -> None:
    rows, matrix = TensorSpec((None, 30), dtype), TensorSpec((30, 4), dtype)
    form = normal(lambda x, b: x @ b, rows, matrix, storage=("sparse", "dense"))
    assert computed(form) == (["matmul"] if dtype == "float32" else ["to_dense", "matmul"])
    form = normal(lambda x, b: (x + 1) * b, rows, TensorSpec((30,), dtype),
                  storage=("sparse", "dense"))  # fmt: skip
    assert computed(form)[0] == "to_dense"


SPARSE: tuple[Stored, ...] = ("sparse", "dense")
ROWS = TensorSpec((None, 30)), TensorSpec((None, 4))  # X and the gradient of X @ W


@pytest.mark.parametrize(
    ("function", "ops"),
    [
        (lambda x, g: x.T @ g, ["transpose", "matmul"]),
        (lambda x, g: x.T @ g * 2.0, ["transpose", "matmul", "multiply"]),
        (lambda x, g: (x / 4.0).T @ g, ["transpose", "matmul", "multiply"]),
        (lambda x, g: (3.0 * x.T) @ g, ["transpose", "matmul", "multiply"]),
        (lambda x, g: x.T @ x, ["to_dense", "transpose", "matmul"]),
        (lambda x, g: g.T @ x, ["transpose", "to_dense", "matmul"]),
        (lambda x, g: st.exp(x.T), ["to_dense", "transpose", "exp"]),
    ],
    ids=["gradient", "scaled result", "scaled rows", "scaled transpose", "both", "right", "other"],
)
def test_the_gradient_of_a_product_reads_sparse_rows_too(
    function: Callable[..., st.Tensor], ops: list[str]
) -> None:
    form = normal(function, *ROWS, storage=SPARSE)
    assert sorted(computed(form)) == sorted(ops)
    if "to_dense" not in ops:
        product = the(form, "matmul")
        assert product.inputs[0].op == "transpose" and product.inputs[0].inputs[0].op == "input"


def test_dense_rows_are_never_made_dense() -> None:
    for function in (lambda x, g: x.T @ g, lambda x, g: (x / 4.0).T @ g, lambda x, g: g.T @ x):
        assert "to_dense" not in computed(normal(function, *ROWS))


def test_other_products_of_the_program_read_views_in_place() -> None:
    def function(x: st.Tensor, g: st.Tensor, w: st.Tensor) -> list[st.Tensor]:
        return [x.T @ g, g.T @ g[:, ::2], g @ w.T]

    form = normal(function, *ROWS, TensorSpec((30, 4)), storage=(*SPARSE, "dense"))
    assert not {"copy", "to_dense"} & set(computed(form))


MULTIPLES: list[tuple[str, Callable[[st.Tensor], st.Tensor], float]] = [
    ("over", lambda x: x / 4.0, 0.25),
    ("times", lambda x: x * 3.0, 3.0),
    ("times, from the left", lambda x: 3.0 * x, 3.0),
    ("twice", lambda x: 3.0 * (x * 2.0), 6.0),
    ("twice over", lambda x: x / 2.0 / 4.0, 0.125),
]


@pytest.mark.parametrize(("scaled", "scale"), [row[1:] for row in MULTIPLES],
                         ids=[row[0] for row in MULTIPLES])  # fmt: skip
def test_a_product_of_scaled_sparse_rows_is_scaled_itself(
    scaled: Callable[[st.Tensor], st.Tensor], scale: float
) -> None:
    matrix = TensorSpec((30, 4))
    form = normal(lambda x, b: scaled(x) @ b, ROWS[0], matrix, storage=SPARSE)
    assert computed(form) == ["matmul", "multiply"]
    (product, number) = the(form, "multiply").inputs
    assert product.inputs[0].op == "input" and number.params["value"] == np.float32(scale)


def test_stacks_of_matrices_need_dense_rows_and_keep_their_scale() -> None:
    stack = TensorSpec((3, 30, 4))
    form = normal(lambda x, b: (x / 4.0) @ b, ROWS[0], stack, storage=SPARSE)
    assert sorted(computed(form)) == ["divide", "matmul", "to_dense"]


def test_a_product_with_the_rows_of_another_input_reads_sparse_rows() -> None:
    form = normal(lambda x, y: x @ y.T, ROWS[0], ROWS[0], storage=SPARSE)
    assert computed(form) == ["transpose", "copy", "matmul"]


@pytest.mark.parametrize(
    "scaled",
    [
        lambda x, b: x + 1.0,
        lambda x, b: 4.0 / (x + 1.0),
        lambda x, b: x * b[:, 0],
        lambda x, b: x * x,
        lambda x, b: st.exp(x) * 2.0,
    ],
)
def test_other_functions_of_sparse_rows_are_computed_from_dense_ones(
    scaled: Callable[..., st.Tensor],
) -> None:
    matrix = TensorSpec((30, 4))
    form = normal(lambda x, b: scaled(x, b) @ b, ROWS[0], matrix, storage=SPARSE)
    assert "to_dense" in computed(form) and the(form, "matmul").inputs[0].op != "input"


SCALED: list[tuple[str, Callable[[st.Tensor], st.Tensor], tuple[float, float]]] = [
    ("bytes", lambda x: x, (1.0, 0.0)),
    ("over", lambda x: x / 4.0, (0.25, 0.0)),
    ("times, from either side", lambda x: 3.0 * (x * 2.0), (6.0, 0.0)),
    ("shifted", lambda x: x / 4.0 + 1.0, (0.25, 1.0)),
    ("shifted first", lambda x: (1.0 + x) * 2.0, (2.0, 2.0)),
    ("less", lambda x: (x - 2.0) / 4.0, (0.25, -0.5)),
]


@pytest.mark.parametrize(("scaled", "numbers"), [row[1:] for row in SCALED],
                         ids=[row[0] for row in SCALED])  # fmt: skip
def test_a_product_reads_bytes_and_scales_them(
    scaled: Callable[[st.Tensor], st.Tensor], numbers: tuple[float, float]
) -> None:
    specs = TensorSpec((None, 6), "uint8"), TensorSpec((6, 3))
    form = normal(lambda x, b: scaled(st.cast(x, "float32")) @ b, *specs)
    product = the(form, "matmul")
    assert computed(form) == ["matmul"]
    assert product.inputs[0].dtype.name == "uint8"
    assert product.params["scales"] == (numbers, (1.0, 0.0))


def test_what_is_no_number_is_no_scale() -> None:
    for function in (
        lambda x, b: (st.cast(x, "float32") * b[:, 0]) @ b,
        lambda x, b: (2.0 - st.cast(x, "float32")) @ b,
        lambda x, b: (2.0 / st.cast(x, "float32")) @ b,
        lambda x, b: st.exp(st.cast(x, "float32")) @ b,
    ):
        form = normal(function, TensorSpec((None, 6), "uint8"), TensorSpec((6, 3)))
        assert the(form, "matmul").params["scales"] == ((1.0, 0.0), (1.0, 0.0))
        assert the(form, "matmul").inputs[0].dtype.name == "float32"


@pytest.mark.parametrize(
    ("function", "shape", "copied"),
    [
        (lambda x, b: st.reshape(st.cast(x, "float32") / 2.0, (-1, 6)) @ b, (None, 2, 3), False),
        (lambda x, b: st.reshape(st.cast(x, "float32") / 2.0, (4, 6)) @ b, (8, 3), False),
        (lambda x, b: st.reshape(st.cast(x.T, "float32") / 2.0, (4, 6)) @ b, (8, 3), True),
        (lambda x, b: (st.cast(x, "float32") / 2.0).T @ b, (6, 4), False),
    ],
    ids=["rows of a picture", "an array", "a transposed array", "transposed last"],
)
def test_views_of_bytes_are_read_in_place_if_their_memory_has_that_shape(
    function: Callable[..., st.Tensor], shape: Shape, copied: bool
) -> None:
    form = normal(function, TensorSpec(shape, "uint8"), TensorSpec((6, 3)))
    product = the(form, "matmul")
    assert product.params["scales"][0] == (0.5, 0.0)
    assert product.inputs[0].dtype.name == "uint8"
    assert ("copy" in computed(form)) == copied


# ---------------------------------------------------------------- what needs memory


MATRIX = np.arange(12, dtype=np.float32).reshape(6, 2)


@pytest.mark.parametrize(
    ("function", "shape", "copied"),
    [
        (lambda x: st.reshape(x, (-1, 6)) * 2.0, (None, 2, 3), False),
        (lambda x: st.reshape(x, (3, 8)) * 2.0, (4, 6), False),
        (lambda x: st.reshape(x.T, (3, 8)) * 2.0, (4, 6), True),
        (lambda x: st.reshape(x[:2], (3, 4)) * 2.0, (4, 6), True),
        (lambda x: st.reshape(st.exp(x), (3, 8)) * 2.0, (4, 6), False),
        (lambda x: st.expand_dims(x.T, 1) * 2.0, (4, 6), False),
        (lambda x: st.gather(x, [1, 0]) * 2.0, (4, 6), False),
        (lambda x: st.gather(x.T, [1, 0]) * 2.0, (4, 6), True),
        (lambda x: st.cumsum(x, 1), (None, 6), False),
        (lambda x: st.cumsum(x * 2.0, 1), (None, 6), False),
        (lambda x: st.cumsum(st.ones((4, 6)), 1) * x, (4, 6), True),
        (lambda x: x @ MATRIX, (None, 6), False),
        (lambda x: x @ st.ones((6, 2)), (None, 6), True),
        (lambda x: st.exp(x) @ MATRIX, (None, 6), False),
        (lambda x: x[:, ::2] @ MATRIX[:3], (None, 6), False),
        (lambda x: st.matmul(x.T, x), (None, 6), False),
    ],
)
def test_views_and_formulas_are_copied_where_memory_is_read(
    function: Callable[[st.Tensor], st.Tensor], shape: Shape, copied: bool
) -> None:
    form = normal(function, TensorSpec(shape))
    assert ("copy" in computed(form)) == copied, computed(form)


# ---------------------------------------------------------------- roots


def test_each_array_of_the_caller_has_a_root_of_its_own() -> None:
    def twice(x: st.Tensor) -> list[st.Tensor]:
        y = st.exp(x)
        return [y, y, x, y.T]

    form = normal(twice, TensorSpec((None, 3)))
    assert [node.op for node in form.outputs] == ["exp", "copy", "copy", "copy"]
    assert len(set(form.roots)) == 4


def test_a_value_that_others_read_is_copied_if_workers_may_each_compute_it() -> None:
    def read_again(x: st.Tensor) -> list[st.Tensor]:
        y = st.exp(x)
        return [y, st.sin(y)]

    fixed = normal(read_again, TensorSpec((8,)))
    assert [node.op for node in fixed.outputs] == ["copy", "sin"]
    rows = normal(read_again, TensorSpec((None, 8)))
    assert [node.op for node in rows.outputs] == ["exp", "sin"]


def test_the_normal_form_of_a_guard_is_computed() -> None:
    held = st.Variable(np.float32(0))

    def step(ok: st.Tensor) -> None:
        guard(ok)
        held.assign(held + 1.0)

    form = normal_form(clean(record(step, [TensorSpec((), "bool")]).graph), ("dense",))
    assert form.guard is not None and form.guard.op == "copy"
    assert form.before_updates == (form.guard,)


def test_updates_do_not_overwrite_what_comes_before_a_guard() -> None:
    held = st.Variable(np.ones(3, np.float32))

    def step(x: st.Tensor) -> st.Tensor:
        doubled = held * 2.0
        guard(st.reduce_all(doubled < 9.0))
        held.assign(doubled)
        return x

    form = normal_form(clean(record(step, [TensorSpec((3,))]).graph), ("dense",))
    ((_, root),) = form.updates
    assert root.op == "copy" and root.inputs[0].op == "multiply"
    assert root not in form.before_updates and form.roots == (*form.outputs, root)

    def unguarded(x: st.Tensor) -> st.Tensor:
        held.assign(held * 2.0)
        return x

    free = normal_form(clean(record(unguarded, [TensorSpec((3,))]).graph), ("dense",))
    assert free.guard is None and free.before_updates == free.outputs
    assert free.updates[0][1].op == "multiply"
