"""Every public function by its row of the table, and its behaviour at extreme inputs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.core import tree
from steepest.errors import ArgumentError, DataError, DTypeError, ShapeError
from steepest.functions import linalg, nn, public
from tests.core.meanings import INF, NAN
from tests.core.primitive_table import EDGES
from tests.functions.function_table import MATHS
from tests.functions.unit_table import LINEAR, UNITS

TABLES = {"math": MATHS, "nn": UNITS, "linalg": LINEAR}
ROWS = {f"{room}.{name}": row for room, table in TABLES.items() for name, row in table.items()}
SMOOTH = sorted(name for name, row in ROWS.items() if row.slope)


def function_of(name: str) -> Callable[..., Any]:
    room, _, own = name.partition(".")
    return getattr(getattr(st, room), own)


def test_every_public_function_has_a_row() -> None:
    assert set(MATHS) == set(public.__all__)
    assert set(UNITS) == set(nn.__all__)
    assert set(LINEAR) == set(linalg.__all__)
    assert all(getattr(st, name) is getattr(st.math, name) for name in MATHS)


def narrowed(inputs: Any) -> Any:
    """The arguments with float64 arrays in float32."""
    return tree.transform(
        lambda leaf: leaf.astype(np.float32) if _fractions(leaf) else leaf, list(inputs)
    )


def _fractions(leaf: Any) -> bool:
    return isinstance(leaf, np.ndarray | np.generic) and leaf.dtype == np.float64


@pytest.mark.parametrize("name", sorted(ROWS))
def test_values(name: str) -> None:
    row = ROWS[name]
    for inputs, options in row.calls:
        with np.errstate(all="ignore"):
            meant = tree.leaves(row.meaning(*inputs, **options))
        for given, near in ((inputs, 1e-12), (narrowed(inputs), 3e-6)):
            found = tree.leaves(function_of(name)(*given, **options))
            assert len(found) == len(meant)
            near = 3e-6 if any(np.asarray(f).dtype == np.float32 for f in found) else near
            for ours, theirs in zip(found, meant, strict=True):
                assert np.shape(ours) == np.shape(theirs), (inputs, options)
                np.testing.assert_allclose(ours, theirs, rtol=near, atol=near)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_fractions_stay_in_their_dtype(name: str) -> None:
    """float32 in, float32 out, whatever constants the formula has."""
    for inputs, options in ROWS[name].calls:
        for leaf in tree.leaves(function_of(name)(*narrowed(inputs), **options)):
            if isinstance(leaf, st.Tensor) and "dtype" not in options and name != "math.cast":
                assert leaf.dtype != np.float64, (inputs, options)


def closed(name: str, inputs: Any, options: Any) -> tuple[Callable[..., Any], list[Any]]:
    """The function of its fractional arrays alone, entries of its outputs weighted."""
    leaves = tree.leaves(list(inputs))
    places = [place for place, leaf in enumerate(leaves) if _fractions(leaf)]

    def function(*floats: Any) -> Any:
        filled = list(leaves)
        for place, value in zip(places, floats, strict=True):
            filled[place] = value
        result = function_of(name)(*tree.rebuild(list(inputs), iter(filled)), **options)
        parts = [st.cast(part, "float64") for part in tree.leaves(result)]
        return [part * np.cos(np.arange(part.size)).reshape(part.shape) for part in parts]

    return function, [leaves[place] for place in places]


def smooth_calls(name: str) -> Any:
    for inputs, options in ROWS[name].calls:
        function, floats = closed(name, inputs, options)
        if floats and all(np.isfinite(array).all() and (array != 0).all() for array in floats):
            yield function, floats


@pytest.mark.parametrize("name", SMOOTH)
def test_derivatives(name: str) -> None:
    for function, floats in smooth_calls(name):
        check = st.gradcheck(function, *floats, directions=1)
        assert check, f"{check}; {floats}"


@pytest.mark.parametrize("name", SMOOTH)
def test_second_derivatives(name: str) -> None:
    for function, floats in smooth_calls(name):
        first = lambda *x, f=function: [  # noqa: E731
            g for g in st.gradients(lambda *y: sum(map(st.reduce_sum, f(*y))), *x) if g is not None
        ]
        check = st.gradcheck(first, *floats, directions=1, tolerance=2e-5)
        assert check, f"{check}; {floats}"


# ---------------------------------------------------------------- known answers


def test_the_courses_numbers() -> None:
    assert st.sigmoid(2.0).item() == pytest.approx(0.8807971, abs=1e-7)
    x = st.range(-6, 7, dtype="float64")
    (slopes,) = st.gradients(st.sigmoid, x)
    known = [0.00246651, 0.00664806, 0.01766271, 0.04517666, 0.10499359, 0.19661193, 0.25]
    np.testing.assert_allclose(slopes.numpy(), [*known, *known[-2::-1]], atol=5e-9)
    (single,) = st.gradients(st.sigmoid, st.range(-6.0, 1.0))
    course = [0.00246653, 0.00664812, 0.01766273, 0.04517666, 0.10499357, 0.19661194, 0.25]
    np.testing.assert_allclose(single.numpy(), course, atol=1e-7)
    perceptron = 1.0 + st.reduce_sum(st.constant([3.0, -2.0]) * st.constant([-2.0, 2.0]))
    assert perceptron.item() == -9.0
    assert st.sigmoid(perceptron).item() == pytest.approx(0.00012339, abs=5e-9)


def test_the_derivative_of_relu_at_0_is_0() -> None:
    for function in (st.nn.relu, st.nn.relu6, lambda x: st.nn.relu(x, max_value=1.0)):
        assert st.gradients(function, [0.0, -0.0])[0].tolist() == [0.0, 0.0]
    assert st.gradients(st.nn.leaky_relu, 0.0)[0].item() == pytest.approx(0.2)
    assert st.gradients(st.nn.elu, 0.0)[0].item() == 1.0
    assert math.isnan(st.nn.relu(math.nan).item())


def test_softmax_has_the_full_jacobian() -> None:
    x = st.constant([0.3, -1.0, 2.0], "float64")
    with st.GradientTape() as tape:
        tape.watch(x)
        s = st.softmax(x)
    p = s.numpy()
    np.testing.assert_allclose(
        tape.jacobian(s, x).numpy(), p[:, None] * (np.eye(3) - p), atol=1e-15
    )


# ---------------------------------------------------------------- extremes

ENTRYWISE = [name for name, row in sorted(ROWS.items()) if row.entrywise]
ENTRYWISE += [
    f"nn.{name}"
    for name in """celu elu gelu hard_sigmoid hard_silu leaky_relu linear log_sigmoid mish relu6
    selu sigmoid silu softplus softsign swish tanh tanh_shrink""".split()
]
EXTREMES = [*EDGES, 88.0, -104.0]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ENTRYWISE)
def test_values_at_the_edges(name: str, dtype: str) -> None:
    """Zeros of both signs, ties, infinities, NaN, tiny and huge numbers, in every pairing."""
    row, edges = ROWS[name], np.array(EXTREMES, dtype)
    two = len(row.calls[0][0]) == 2
    given = [a.reshape(-1) for a in np.meshgrid(edges, edges)] if two else [edges]
    found = function_of(name)(*given).numpy()
    with np.errstate(all="ignore"):
        meant = np.asarray(row.meaning(*[a.astype(np.float64) for a in given])).astype(found.dtype)
    near, least = (4e-6, 1e-40) if dtype == "float32" else (1e-12, 0.0)
    np.testing.assert_allclose(found, meant, rtol=near, atol=least)


OF_ONE_TENSOR = sorted(
    name for name, row in UNITS.items()
    if name not in ("l2_loss", "l2_normalize", "top_k", "zero_fraction")
    and all(len(inputs) == 1 for inputs, _ in row.calls[:1])
)  # fmt: skip
BIG = [-1e4, -1000.0, -90.0, 0.0, 90.0, 1000.0, 1e4]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", OF_ONE_TENSOR)
def test_units_and_their_derivatives_stay_finite(name: str, dtype: str) -> None:
    x = st.constant(BIG, dtype)
    function = getattr(st.nn, name)
    value, (slope,) = st.value_and_gradients(function, x)
    assert np.isfinite(value.numpy()).all() and np.isfinite(slope.numpy()).all()


@pytest.mark.parametrize("shift", [0.0, 1000.0, -1000.0])
def test_exponentials_are_taken_below_the_greatest(shift: float) -> None:
    x = st.constant(np.array([0.0, 1.0, -2.0]) + shift, "float64")
    s = np.exp([0.0, 1.0, -2.0]) / np.exp([0.0, 1.0, -2.0]).sum()
    np.testing.assert_allclose(st.softmax(x).numpy(), s, rtol=1e-12)
    np.testing.assert_allclose(st.nn.log_softmax(x).numpy(), np.log(s), rtol=1e-12)
    total = shift + math.log(np.exp([0.0, 1.0, -2.0]).sum())
    assert st.math.reduce_logsumexp(x).item() == pytest.approx(total, rel=1e-14)


def test_logsumexp_of_infinities() -> None:
    assert st.math.reduce_logsumexp([-math.inf, -math.inf]).item() == -math.inf
    assert st.math.reduce_logsumexp([math.inf, 0.0]).item() == math.inf
    assert st.math.reduce_logsumexp([-math.inf, 2.0]).item() == 2.0


def test_variance_survives_a_large_mean() -> None:
    x = st.constant([10_000.0, 10_001.0, 10_002.0])
    assert st.math.reduce_variance(x).item() == pytest.approx(2 / 3, rel=1e-5)


def test_products_with_zeros_have_right_derivatives() -> None:
    (slope,) = st.gradients(st.reduce_prod, [2.0, 0.0, 3.0])
    assert slope.tolist() == [0.0, 6.0, 0.0]
    assert st.gradients(st.reduce_prod, [0.0, 0.0, 3.0])[0].tolist() == [0.0, 0.0, 0.0]


def test_safe_quotients_and_products_have_safe_derivatives() -> None:
    by_x, by_y = st.gradients(st.divide_no_nan, [1.0, 1.0], [0.0, 2.0])
    assert by_x.tolist() == [0.0, 0.5] and by_y.tolist() == [0.0, -0.25]
    assert st.gradients(lambda x: st.multiply_no_nan(x, 0.0), math.inf)[0].item() == 0.0
    assert st.gradients(st.norm, [0.0, 0.0])[0].tolist() == [0.0, 0.0]
    by_x, by_y = st.gradients(st.xlogy, [0.0, 0.0], [0.0, 2.0])
    assert np.isfinite(by_x.numpy()).all() and by_y.tolist() == [0.0, 0.0]


def test_small_values_are_accurate() -> None:
    tiny = st.constant([1e-12, -1e-12], "float64")
    for function in (st.sinh, st.expm1, st.log1p, st.tanh):
        np.testing.assert_allclose(function(tiny).numpy(), tiny.numpy(), rtol=1e-11)
    assert st.sigmoid(-89.0).item() == pytest.approx(math.exp(-89.0), rel=1e-4, abs=0)
    assert st.sigmoid(st.constant(-710.0, "float64")).item() == pytest.approx(
        math.exp(-710.0), abs=0
    )
    assert st.nn.log_sigmoid(50.0).item() == pytest.approx(-math.exp(-50.0), rel=1e-5, abs=0)
    assert st.nn.softplus(-50.0).item() == pytest.approx(math.exp(-50.0), rel=1e-5, abs=0)


def test_the_error_function_to_the_last_digits() -> None:
    from scipy import special

    x = np.concatenate([np.linspace(-6.5, 6.5, 4001), [0.5, -0.5, np.inf, -np.inf, np.nan]])
    np.testing.assert_allclose(st.erf(x).numpy(), special.erf(x), rtol=5e-16)


def test_the_inverse_error_function_at_the_ends() -> None:
    ends = st.math.erfinv(st.constant([-1.0, 1.0], "float64")).tolist()
    assert ends == [-math.inf, math.inf]
    assert math.isnan(st.math.erfinv(1.5).item())


def test_dropout_stays_finite() -> None:
    value, (slope,) = st.value_and_gradients(lambda x: st.nn.dropout(x, 0.5, seed=1), BIG)
    assert np.isfinite(value.numpy()).all() and set(slope.tolist()) == {0.0, 2.0}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_inverse_functions_at_their_ends(dtype: str) -> None:
    """Ends of their intervals, beyond them, infinities, NaN, -0.0, tiny and huge numbers."""
    x = np.array([0.0, -0.0, 1.0, -1.0, 1.5, -2.0, INF, -INF, NAN, 1e-12, -1e-5, 0.999, 3e8], dtype)
    x = np.append(x, [(dtype == "float32" and 1e38) or 1e300]).astype(dtype)
    near = 2e-15 if dtype == "float64" else 4e-7
    with np.errstate(all="ignore"):
        for name in ("acos", "acosh", "asin", "asinh", "atan", "atanh"):
            found = getattr(st.math, name)(x).numpy()
            meant = getattr(np, f"arc{name[1:]}")(x.astype(np.float64))
            np.testing.assert_allclose(found, meant, rtol=near, err_msg=name)
            assert (np.signbit(found) == np.signbit(meant))[found == 0].all(), name
        y, x = (a.reshape(-1) for a in np.meshgrid(x, x))
        angles = st.math.atan2(y, x).numpy()
        np.testing.assert_allclose(angles, np.arctan2(y, x), rtol=near)
        assert (np.signbit(angles) == np.signbit(np.arctan2(y, x)))[angles == 0].all()


def test_slopes_of_inverse_functions() -> None:
    for name, slope in (("asin", 1 / np.sqrt(0.75)), ("acos", -1 / np.sqrt(0.75)),
                        ("atan", 0.8), ("asinh", 1 / np.sqrt(1.25)), ("atanh", 4 / 3)):  # fmt: skip
        found = st.gradients(getattr(st.math, name), st.constant(0.5, "float64"))[0].item()
        assert found == pytest.approx(slope, rel=1e-14), name
    assert [g.item() for g in st.gradients(st.math.atan2, 1.0, 0.0)] == [0.0, -1.0]
    assert st.gradients(st.math.atan, math.inf)[0].item() == 0.0


def test_dropout_keeps_the_mean() -> None:
    x = st.ones((200, 100))
    for rate in (0.2, 0.5, 0.9):
        dropped = st.nn.dropout(x, rate, seed=3).numpy()
        assert set(np.unique(dropped).round(4)) == {0.0, np.float32(1 / (1 - rate)).round(4)}
        assert dropped.mean() == pytest.approx(1.0, abs=0.06)
        assert (dropped == 0).mean() == pytest.approx(rate, abs=0.02)


# ---------------------------------------------------------------- arguments


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ArgumentError, match=r"axis 2 is not one of the 2 axes.*-2 to 1"):
        st.reduce_sum([[1.0]], axis=2)
    with pytest.raises(ArgumentError, match="axis 0: a number has no axes"):
        st.reduce_sum(1.0, axis=0)
    with pytest.raises(ArgumentError, match="axis: a whole number, several or None, got 'x'"):
        st.reduce_sum([[1.0]], axis="x")
    with pytest.raises(ArgumentError, match="stack: nothing to join"):
        st.stack([])
    with pytest.raises(ArgumentError, match="where: give both x and y, or neither"):
        st.where([True], 1.0)
    with pytest.raises(ArgumentError, match="einsum: 'i->ii' repeats a letter"):
        st.einsum("i->ii", [1.0])
    with pytest.raises(ArgumentError, match=r"einsum: 'ij,jk->i\?' is not of the form"):
        st.einsum("ij,jk->i?", [[1.0]], [[1.0]])
    with pytest.raises(ArgumentError, match="einsum: 'i,j' has 2 operands, 1 were given"):
        st.einsum("i,j", [1.0])
    with pytest.raises(ArgumentError, match=r"dropout: rate must lie in \[0, 1\), got 1\.5"):
        st.nn.dropout([1.0], 1.5)
    with pytest.raises(ArgumentError, match="confusion_matrix: a class is not below num_classes=2"):
        st.math.confusion_matrix([0, 2], [0, 1], 2)
    with pytest.raises(DataError, match=r"index 3 at \(0,\) is outside 0\.\.1"):
        st.gather_nd([[1, 2], [3, 4]], [[0, 3]])
    with pytest.raises(ArgumentError, match="concat: nothing to join"):
        st.concat([])
    with pytest.raises(ArgumentError, match="add_n: nothing to add"):
        st.add_n([])
    with pytest.raises(ArgumentError, match="delta must not be 0"):
        st.range(0, 5, 0)
    with pytest.raises(ArgumentError, match="direction: 'ASCENDING' or 'DESCENDING', got 'UP'"):
        st.sort([1], direction="UP")
    with pytest.raises(ArgumentError, match="norm: ord must be"):
        st.norm([1.0], "longest")
    with pytest.raises(ArgumentError, match=r"transpose: \(0, 1, 5\) is not an order of the 3"):
        st.transpose(np.zeros((2, 3, 4)), (0, 1, 5))
    assert st.transpose(np.zeros((2, 3, 4)), (-1, 0, -2)).shape == (4, 2, 3)
    with pytest.raises(ArgumentError, match=r"transpose: \(0, 0\) is not an order of the 2 axes"):
        st.transpose([[1]], (0, 0))
    with pytest.raises(ArgumentError, match=r"only one size of \(-1, -1\)"):
        st.reshape([1], (-1, -1))
    with pytest.raises(DTypeError, match="one_hot: indices must be whole numbers, got float32"):
        st.one_hot([0.5], 2)
    with pytest.raises(DTypeError, match="logical_and: bool was expected, got float32"):
        st.logical_and([1.0], [True])


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: st.split([1, 2, 3], 2), "3 entries do not divide into 2 equal parts"),
        (lambda: st.split([1, 2, 3], [1, 1]), r"sizes \[1, 1\] do not add up to 3"),
        (lambda: st.squeeze([[1, 2]], 1), r"axis 1 of shape \(1, 2\) is not of size 1"),
        (lambda: st.tile([1], [1, 2]), r"one multiple per axis \(1\)"),
        (lambda: st.pad([1], [(1, 1), (0, 0)]), r"one pair per axis \(1\)"),
        (lambda: st.reshape([1, 2, 3], (2, -1)), r"\(3,\) does not divide into \(2, -1\)"),
        (lambda: st.stack([[1], [1, 2]]), r"stack: shapes \(1,\) and \(2,\) must be equal"),
        (lambda: st.tensordot([[1]], [[1], [2]], 1), r"axes \[1\] of shape \(1, 1\) and \[0\]"),
        (lambda: st.split([1, 2], [3, -1]), r"sizes \[3, -1\] do not add up to 2"),
        (lambda: st.pad([1, 2], [(2, 0)], "REFLECT"), "REFLECT can add at most 1 entries"),
        (lambda: st.repeat([1, 2], [1, 2, 3]), "one count for each of the 2 entries"),
        (lambda: st.gather([[1], [2]], [[0]], batch_dims=1), "the first 1 axes .* must be equal"),
        (lambda: st.top_k([1, 2], 3), r"k=3 is more than the last axis of \(2,\) holds"),
        (lambda: st.unique([[1]]), r"one axis was expected, got shape \(1, 1\)"),
        (lambda: st.einsum("ij,jk", [[1]], [[1], [2]]), "axis 'j' .* has sizes 1 and 2"),
        (lambda: st.einsum("i", [[1]]), r"names 1 axes, the tensor has shape \(1, 1\)"),
        (lambda: st.gather_nd([1, 2], [[0, 0]]), r"have more entries than \(2,\) axes"),
        (lambda: st.constant([1, 2, 3], shape=(2, 2)), r"reshape: \(3,\) does not hold"),
        (lambda: st.constant([st.ones(2), st.ones(3)]), r"unequal shapes .* \(2,\), \(3,\)"),
        (lambda: st.nn.bias_add([[1.0]], [1.0, 2.0]), r"a bias of shape \(1,\) fits \(1, 1\)"),
        (lambda: st.linalg.trace([1.0]), r"at least two axes, got shape \(1,\)"),
        (
            lambda: st.nn.sigmoid_cross_entropy_with_logits([1.0], [[1.0]]),
            "must have the same shape",
        ),
        (lambda: st.matmul(1.0, [1.0]), r"a single number is not a matrix; use \*"),
        (lambda: st.matmul([1.0], [1.0, 2.0]), r"matmul: shapes \(1, 1\) and \(2, 1\)"),
    ],
)
def test_shapes_that_make_no_sense(act: Callable[[], Any], message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        act()


# ---------------------------------------------------------------- inside programs


def test_einsum_works_with_a_batch_of_unknown_size() -> None:
    """An axis of unknown size is never merged with another."""
    x, y, z = np.ones((3, 2, 4)), np.ones((4, 5)), np.ones((3, 4, 2))
    for equation, given in (
        ("bij,jk->bik", (x, y)), ("bij,bjk->bik", (x, z)), ("bij,bij->b", (x, x)),
        ("bij,bij->", (x, x)), ("bij->bj", (x,)), ("bi,bj->bij", (x[:, 0], z[:, :, 0])),
        ("bi,bj->ij", (x[:, 0], z[:, :, 0])), ("bij,kj->bik", (x, y.T)),
    ):  # fmt: skip
        specs = [st.TensorSpec((None, *a.shape[1:]) if len(a) == 3 else a.shape, "float64")
                 for a in given]  # fmt: skip
        program = st.function(
            lambda *a, e=equation: st.einsum(e, *a), input_signature=specs, engine="numpy"
        )
        np.testing.assert_allclose(program(*given).numpy(), np.einsum(equation, *given))


def test_functions_that_need_no_values_can_be_recorded() -> None:
    specs = [st.TensorSpec((None, 3))]
    for function in (
        lambda x: st.math.in_top_k(st.argmax(x, 1), x, 2),
        lambda x: st.searchsorted([0.0, 1.0], x),
        lambda x: st.math.cumprod(x, axis=1),
        lambda x: st.linalg.diag(x),
        lambda x: st.gather(x, [[0, 1]], axis=1),
        lambda x: st.roll(x, 1, 1),
        lambda x: st.math.atan2(x, 2.0),
        lambda x: st.constant([x[:, 0] * 2.0, x[:, 1]]),
    ):
        x = np.float32([[0.5, 2.0, -1.0], [3.0, 1.0, 0.25]])
        run = st.function(function, input_signature=specs, engine="numpy")
        np.testing.assert_array_equal(run(x).numpy(), function(st.constant(x)).numpy())


def test_derivatives_of_sorted_values_are_at_their_origins() -> None:
    (slope,) = st.gradients(lambda x: st.sort(x) * [1.0, 2.0, 3.0], [5.0, 1.0, 4.0])
    assert slope.tolist() == [3.0, 1.0, 2.0]
    (slope,) = st.gradients(lambda x: st.top_k(x, 2).values, [[5.0, 1.0, 4.0]])
    assert slope.tolist() == [[1.0, 0.0, 1.0]]


def test_lists_of_tensors_pass_derivatives_on() -> None:
    x = st.Variable([1.0, 2.0])
    with st.GradientTape() as tape:
        y = st.reduce_sum([x[0] * 2.0, x[1] * 3.0, 1.0])
    assert tape.gradient(y, x).tolist() == [2.0, 3.0]
    assert st.constant([[st.constant(1), 2], [3, 4.5]]).dtype == st.float32


def test_empty_things() -> None:
    assert st.gather(np.zeros((2, 0, 4)), np.zeros((2, 0, 1), int), batch_dims=2).shape == (2, 0, 1)
    assert st.unique([]).y.shape == (0,) and st.sort([]).shape == (0,)
    assert st.math.bincount(np.zeros(0, int)).shape == (0,)
    assert st.where([False]).shape == (0, 1) and st.range(0).dtype == st.int32
    assert st.cumsum([]).shape == st.math.cumprod([]).shape == (0,)
    assert st.roll(np.zeros((0, 2)), 1, 0).shape == (0, 2)


def test_polynomials_of_infinity_and_of_no_degree() -> None:
    assert st.math.polyval([2.0, 1.0], [np.inf]).tolist() == [np.inf]
    assert st.math.polyval([3.0], [[np.inf], [1.0]]).tolist() == [[3.0], [3.0]]
    assert st.math.polyval([], [np.inf]).tolist() == [0.0]


def test_argmin_of_the_least_integer() -> None:
    least = np.iinfo(np.int64).min
    assert st.argmin([5, least, least + 1]).item() == 1


@pytest.mark.parametrize("label", [-1, 3])
def test_a_label_outside_the_classes_is_refused(label: int) -> None:
    logits = np.zeros((2, 3), np.float32)
    with pytest.raises(st.errors.DataError, match=rf"labels\[1\] is {label}, outside the classes"):
        st.nn.sparse_softmax_cross_entropy_with_logits([0, label], logits)


@pytest.mark.parametrize("size, products", [(1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (8, 3), (9, 4)])
def test_cumprod_takes_as_many_products_as_doublings(size: int, products: int) -> None:
    graph = st.trace(st.math.cumprod, [st.TensorSpec((size,))])
    assert sum(node.op == "multiply" for node in graph.nodes) == products


X3 = np.arange(24, dtype=np.float32).reshape(2, 3, 4)


def run_over_a_batch(function, *arrays):
    """The result of a function recorded for batches of any size."""
    specs = [st.TensorSpec((None, *array.shape[1:]), array.dtype) for array in arrays]
    return st.function(function, input_signature=specs)(*arrays)


@pytest.mark.parametrize(
    ("shapes", "axes"),
    [
        (((2, 3), (2, 3)), 2),
        (((2, 3, 4), (4, 5)), 1),
        (((2, 3, 4), (2, 5)), [[0], [0]]),
        (((2, 3, 4), (2, 4, 3)), [[0, 2], [0, 1]]),
    ],
)
def test_tensordot_over_the_batch(shapes, axes) -> None:
    a, b = (np.random.default_rng(0).random(shape, np.float32) for shape in shapes)
    wanted = np.tensordot(a, b, axes)
    if len(shapes[1]) == 2 and shapes[1][0] == 4:  # a weight, not a batch
        found = run_over_a_batch(lambda x: st.tensordot(x, b, axes), a)
    else:
        found = run_over_a_batch(lambda x, y: st.tensordot(x, y, axes), a, b)
    np.testing.assert_allclose(found.numpy(), wanted, rtol=1e-5)


@pytest.mark.parametrize(
    ("equation", "shapes"),
    [
        ("bi,bj->ij", ((2, 3), (2, 4))),
        ("bij,bij->", ((2, 3, 4), (2, 3, 4))),
        ("...i,...i->...", ((2, 3, 4), (2, 3, 4))),
        ("b...,b...->...", ((2, 3), (2, 3))),
        ("...i", ((2, 3),)),
    ],
)
def test_einsum_over_the_batch_and_with_dots(equation, shapes) -> None:
    arrays = [np.random.default_rng(1).random(shape, np.float32) for shape in shapes]
    found = run_over_a_batch(lambda *xs: st.einsum(equation, *xs), *arrays)
    np.testing.assert_allclose(found.numpy(), np.einsum(equation, *arrays), rtol=1e-5)
    eager = st.einsum(equation, *arrays)
    np.testing.assert_allclose(eager.numpy(), np.einsum(equation, *arrays), rtol=1e-5)


def test_the_size_of_the_batch_inside_a_program() -> None:
    def sizes(x):
        batch = st.shape(x)[0]
        return (
            st.size(x), x.size, batch, st.range(batch), st.tile([[1.0, 2.0]], (batch, 1)),
            st.repeat([[1.0, 2.0]], batch, axis=0), st.zeros((batch, 2)),
            st.random.normal((batch,)),
        )  # fmt: skip

    size, again, batch, places, tiled, repeated, zeros, drawn = run_over_a_batch(sizes, X3)
    assert size.item() == again.item() == 24 and batch.item() == 2
    assert places.tolist() == [0, 1] and zeros.shape == (2, 2) and drawn.shape == (2,)
    assert tiled.tolist() == repeated.tolist() == [[1.0, 2.0], [1.0, 2.0]]


def test_a_size_computed_from_the_batch_is_refused_by_a_program() -> None:
    with pytest.raises(st.errors.UnknownSizeError, match="only the batch itself"):
        run_over_a_batch(lambda x: st.zeros((2 * st.shape(x)[0], 2)), X3)
    with pytest.raises(st.errors.UnknownSizeError, match="only an axis of size 1"):
        run_over_a_batch(lambda x: st.tile([[1.0], [2.0]], (st.shape(x)[0], 1)), X3)
    with pytest.raises(st.errors.UnknownSizeError, match="cannot be lengthened"):
        run_over_a_batch(lambda x: st.concat([x, x], 0), X3)


@pytest.mark.parametrize("order", [(0, 1, 5), (0, 1, -4), (0, 0, 1), (0, 1)])
def test_transpose_refuses_what_is_no_order_of_the_axes(order) -> None:
    with pytest.raises(ArgumentError, match="is not an order of the 3 axes"):
        st.transpose(X3, order)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: st.zeros(1, 1), r"as in zeros\(\(1, 1\)\)"),
        (lambda: st.zeros((None, 3)), r"zeros: the size None in \(None, 3\) stands for the batch"),
        (lambda: st.fill([2, None], 1.0), r"fill: the size None in \(2, None\)"),
        (lambda: st.random.normal((None, 3)), r"random: the size None in \(None, 3\)"),
        (lambda: st.ones(None), "ones: a shape such as"),
        (lambda: st.fill("ab", 1.0), "fill: a shape such as"),
        (lambda: st.TensorSpec(None), "TensorSpec: a shape is a tuple of sizes"),
        (lambda: st.TensorSpec((2, "a")), "TensorSpec: a shape is a tuple of sizes"),
        (lambda: st.layers.Concatenate()([]), "an empty list"),
    ],
)
def test_wrong_shapes_are_named(call, words) -> None:
    with pytest.raises(ArgumentError, match=words):
        call()


def test_a_tensor_of_an_ended_recording_is_refused_as_an_argument() -> None:
    leaked = []
    st.function(lambda x: leaked.append(x * 2.0) or x)(np.ones(2))
    with pytest.raises(st.errors.TraceError, match="recording has ended"):
        st.function(lambda x: x)(leaked[0])


def test_print_shows_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    st.print("x =", st.constant([1.0, 2.0]), [st.constant(1), "a"], sep=" | ")
    assert capsys.readouterr().err == "x = | [1. 2.] | [1, a]\n"


def test_slice_takes_a_begin_and_a_size() -> None:
    assert st.slice(X3, [0, 1, 2], [1, -1, 2]).tolist() == X3[:1, 1:, 2:].tolist()
    found = run_over_a_batch(lambda x: st.slice(x, [0, 1, 0], [-1, 1, 2]), X3)
    assert found.tolist() == X3[:, 1:2, :2].tolist()
    for begin, size in (([0, 0], [1, 1]), ([0, 3, 0], [1, 2, 1]), ([-1, 0, 0], [1, 1, 1])):
        with pytest.raises(ShapeError, match="slice:"):
            st.slice(X3, begin, size)


def test_subtracting_at_coordinates() -> None:
    assert st.tensor_scatter_nd_sub([9, 9, 9], [[0], [2]], [5, 6]).tolist() == [4, 9, 3]


def test_argsort_without_an_axis_is_of_the_flattened_tensor():
    assert st.argsort([[3, 1], [2, 0]], axis=None).tolist() == [3, 1, 2, 0]
