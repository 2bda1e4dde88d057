"""Every public function by its row of the table, and what keeps it within the numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.core import nn, tree, vocabulary
from steepest.errors import ArgumentError, DTypeError, ShapeError
from tests.core.function_table import MATHS, UNITS

ROWS = {f"math.{name}": row for name, row in MATHS.items()} | {
    f"nn.{name}": row for name, row in UNITS.items()
}
SMOOTH = sorted(name for name, row in ROWS.items() if row.slope)


def function_of(name: str) -> Callable[..., Any]:
    room, _, own = name.partition(".")
    return getattr(getattr(st, room), own)


def test_every_public_function_has_a_row() -> None:
    assert set(MATHS) == set(vocabulary.__all__)
    assert set(UNITS) == set(nn.__all__)
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
def test_fractions_stay_in_their_kind(name: str) -> None:
    """float32 in, float32 out, whatever numbers stand in the formula."""
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

BIG = [-1e4, -1000.0, -90.0, 0.0, 90.0, 1000.0, 1e4]


@pytest.mark.parametrize("kind", ["float32", "float64"])
@pytest.mark.parametrize(
    "name",
    [n for n in sorted(UNITS) if n not in ("moments", "l2_normalize") and "entropy" not in n],
)
def test_units_and_their_derivatives_stay_finite(name: str, kind: str) -> None:
    x = st.constant(BIG, kind)
    function = (lambda x: st.nn.dropout(x, 0.5)) if name == "dropout" else getattr(st.nn, name)
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


def test_small_values_keep_their_digits() -> None:
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
    with pytest.raises(ArgumentError, match=r"transpose: \(0, 0\) is not an order of the 2 axes"):
        st.transpose([[1]], (0, 0))
    with pytest.raises(ArgumentError, match=r"only one size of \(-1, -1\)"):
        st.reshape([1], (-1, -1))
    with pytest.raises(DTypeError, match="one_hot: indices must be whole numbers, got float32"):
        st.one_hot([0.5], 2)
    with pytest.raises(DTypeError, match="logical_and: takes true and false, got float32"):
        st.logical_and([1.0], [True])


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda: st.split([1, 2, 3], 2), "3 entries do not divide into 2 equal parts"),
        (lambda: st.split([1, 2, 3], [1, 1]), r"sizes \[1, 1\] do not add up to 3"),
        (lambda: st.squeeze([[1, 2]], 1), r"axis 1 of shape \(1, 2\) is not of size 1"),
        (lambda: st.tile([1], [1, 2]), "one multiple an axis, 1"),
        (lambda: st.pad([1], [(1, 1), (0, 0)]), "one pair an axis, 1"),
        (lambda: st.reshape([1, 2, 3], (2, -1)), r"\(3,\) does not divide into \(2, -1\)"),
        (lambda: st.matmul(1.0, [1.0]), r"a single number is no matrix; use \*"),
        (lambda: st.matmul([1.0], [1.0, 2.0]), r"matmul: shapes \(1, 1\) and \(2, 1\)"),
    ],
)
def test_shapes_that_make_no_sense(act: Callable[[], Any], told: str) -> None:
    with pytest.raises(ShapeError, match=told):
        act()
