"""Activations against formulas in float64 NumPy: values, derivatives, edges, names."""

from __future__ import annotations

import gc
import math
import weakref
from collections.abc import Callable

import numpy as np
import pytest

import steepest as st
from steepest import activations
from steepest.errors import ArgumentError, UnknownNameError

Array = np.ndarray
X = np.concatenate([np.linspace(-7.0, 7.0, 57) + 0.013, [-30.0, 30.0]])


def s(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def phi(x: Array) -> Array:
    """The normal distribution function."""
    return np.array([0.5 * math.erfc(-v / math.sqrt(2)) for v in x])


def density(x: Array) -> Array:
    return np.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def softplus(x: Array) -> Array:
    return np.logaddexp(0, x)


def mish_slope(x: Array) -> Array:
    t = np.tanh(softplus(x))
    return t + x * (1 - t * t) * s(x)


LAMBDA, ALPHA = 1.0507009873554805, 1.6732632423543772


# The formula and its derivative, as books give them.
TABLE: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "linear": (lambda x: x, np.ones_like),
    "sigmoid": (s, lambda x: s(x) * (1 - s(x))),
    "tanh": (np.tanh, lambda x: 4 / (np.exp(x) + np.exp(-x)) ** 2),
    "relu": (lambda x: np.maximum(x, 0), lambda x: np.where(x > 0, 1.0, 0.0)),
    "relu6": (lambda x: np.clip(x, 0, 6), lambda x: np.where((x > 0) & (x < 6), 1.0, 0.0)),
    "leaky_relu": (lambda x: np.where(x > 0, x, 0.2 * x), lambda x: np.where(x > 0, 1, 0.2)),
    "elu": (
        lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
        lambda x: np.where(x > 0, 1, np.exp(np.minimum(x, 0))),
    ),
    "celu": (
        lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
        lambda x: np.where(x > 0, 1, np.exp(np.minimum(x, 0))),
    ),
    "selu": (
        lambda x: LAMBDA * np.where(x > 0, x, ALPHA * np.expm1(np.minimum(x, 0))),
        lambda x: LAMBDA * np.where(x > 0, 1, ALPHA * np.exp(np.minimum(x, 0))),
    ),
    "gelu": (lambda x: x * phi(x), lambda x: phi(x) + x * density(x)),
    "silu": (lambda x: x * s(x), lambda x: s(x) * (1 + x * (1 - s(x)))),
    "softplus": (softplus, s),
    "softsign": (lambda x: x / (1 + np.abs(x)), lambda x: 1 / (1 + np.abs(x)) ** 2),
    "hard_sigmoid": (
        lambda x: np.clip(x / 6 + 0.5, 0, 1),
        lambda x: np.where(np.abs(x) < 3, 1 / 6, 0.0),
    ),
    "hard_silu": (
        lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
        lambda x: np.where(np.abs(x) < 3, x / 3 + 0.5, np.where(x > 0, 1.0, 0.0)),
    ),
    "exponential": (np.exp, np.exp),
    "mish": (lambda x: x * np.tanh(softplus(x)), mish_slope),
    "tanh_shrink": (lambda x: x - np.tanh(x), lambda x: np.tanh(x) ** 2),
    "log_sigmoid": (lambda x: -softplus(-x), lambda x: s(-x)),
    "soft_shrink": (
        lambda x: np.sign(x) * np.maximum(np.abs(x) - 0.5, 0),
        lambda x: np.where(np.abs(x) > 0.5, 1.0, 0.0),
    ),
    "hard_shrink": (
        lambda x: np.where(np.abs(x) > 0.5, x, 0),
        lambda x: np.where(np.abs(x) > 0.5, 1.0, 0.0),
    ),
    "hard_tanh": (lambda x: np.clip(x, -1, 1), lambda x: np.where(np.abs(x) < 1, 1.0, 0.0)),
    "threshold": (lambda x: np.where(x > 0, x, 0), lambda x: np.where(x > 0, 1.0, 0.0)),
    "squareplus": (
        lambda x: (x + np.sqrt(x * x + 4)) / 2,
        lambda x: 0.5 + 0.5 * x / np.sqrt(x * x + 4),
    ),
    "sparse_plus": (
        lambda x: np.where(x <= -1, 0, np.where(x < 1, (x + 1) ** 2 / 4, x)),
        lambda x: np.where(x <= -1, 0, np.where(x < 1, (x + 1) / 2, 1.0)),
    ),
    "sparse_sigmoid": (
        lambda x: np.clip((x + 1) / 2, 0, 1),
        lambda x: np.where(np.abs(x) < 1, 0.5, 0.0),
    ),
}
OF_ROWS = {"softmax", "log_softmax", "glu", "sparsemax"}


def slope(function: Callable[..., st.Tensor], x: Array) -> Array:
    """The derivative of each value by its own input."""
    (found,) = st.gradients(lambda t: st.reduce_sum(function(t)), x)
    return found.numpy()


def test_the_table_is_complete():
    named = {f.__name__ for f in map(activations.ACTIVATIONS.find, activations.ACTIVATIONS.names())}
    assert named == set(TABLE) | OF_ROWS


@pytest.mark.parametrize("name", TABLE)
def test_value_is_the_formula(name: str):
    found = activations.get(name)(X)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found.numpy(), TABLE[name][0](X), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", TABLE)
def test_derivative_is_the_formula(name: str):
    wanted = TABLE[name][1](X)
    np.testing.assert_allclose(slope(activations.get(name), X), wanted, rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("name", TABLE)
def test_float32_stays_near_and_float32(name: str):
    x = X.astype(np.float32)
    found = activations.get(name)(x)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found.numpy(), TABLE[name][0](x.astype(float)), 1e-5, 1e-6)


@pytest.mark.parametrize("name", sorted(set(TABLE) - {"exponential"}))
def test_huge_inputs_give_no_nan(name: str):
    huge = np.array([-1e30, -1000.0, 1000.0, 1e30], np.float32)
    value, change = activations.get(name)(huge).numpy(), slope(activations.get(name), huge)
    assert not np.isnan(value).any()
    assert not np.isnan(change).any()


@pytest.mark.parametrize("name", sorted(TABLE))
def test_nan_stays_nan(name: str):
    assert np.isnan(activations.get(name)(np.array([np.nan])).numpy()).all()


def test_values_of_the_course():
    assert round(activations.sigmoid(st.constant(2.0, "float64")).item(), 7) == 0.8807971
    at = np.arange(-6.0, 1.0)
    known = [0.00246653, 0.00664812, 0.01766273, 0.04517666, 0.10499357, 0.19661194, 0.25]
    np.testing.assert_allclose(slope(activations.sigmoid, at), known, atol=1e-7)


def test_derivatives_at_the_kinks_are_0_or_the_left_one():
    assert slope(activations.relu, np.array([0.0])) == [0.0]
    assert slope(activations.leaky_relu, np.array([0.0])) == [0.2]
    assert slope(activations.elu, np.array([0.0])) == [1.0]
    assert slope(activations.softplus, np.array([0.0])) == [0.5]


@pytest.mark.parametrize("size", [1, 2, 7])
def test_softmax_has_its_full_jacobian(size: int, rng: np.random.Generator):
    x = rng.normal(size=size)
    shares = np.exp(x) / np.exp(x).sum()
    wanted = shares[:, None] * (np.eye(size) - shares[None, :])
    tensor = st.constant(x)
    with st.GradientTape() as tape:
        tape.watch(tensor)
        y = activations.softmax(tensor)
    np.testing.assert_allclose(tape.jacobian(y, tensor).numpy(), wanted, rtol=1e-12, atol=1e-16)


def test_log_softmax_is_accurate_where_softmax_underflows(rng: np.random.Generator):
    x = np.array([[0.0, -1000.0, 3.0]])
    wanted = x - (3 + np.log(1 + np.exp(-3.0)))
    np.testing.assert_allclose(activations.get("log_softmax")(x).numpy(), wanted, rtol=1e-14)


def test_softmax_along_another_axis(rng: np.random.Generator):
    x = rng.normal(size=(3, 4))
    wanted = np.exp(x) / np.exp(x).sum(0)
    np.testing.assert_allclose(activations.softmax(x, axis=0).numpy(), wanted, rtol=1e-12)


def test_glu_is_half_times_gate(rng: np.random.Generator):
    x = rng.normal(size=(3, 4))
    wanted = x[:, :2] * s(x[:, 2:])
    np.testing.assert_allclose(activations.glu(x).numpy(), wanted, rtol=1e-12)


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"negative_slope": 0.5}, [-1.0, -0.25, 0.0, 0.5, 2.0, 9.0]),
        ({"max_value": 1.0}, [0.0, 0.0, 0.0, 0.5, 1.0, 1.0]),
        ({"threshold": 1.0}, [0.0, 0.0, 0.0, 0.0, 2.0, 9.0]),
        (
            {"threshold": 1.0, "negative_slope": 0.5, "max_value": 3.0},
            [-1.5, -0.75, -0.5, -0.25, 2.0, 3.0],
        ),
    ],
)
def test_relu_with_options(options: dict[str, float], wanted: list[float]):
    x = np.array([-2.0, -0.5, 0.0, 0.5, 2.0, 9.0])
    np.testing.assert_allclose(activations.relu(x, **options).numpy(), wanted)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("ReLU", "relu"), ("LeakyReLU", "leaky_relu"), ("leaky_relu", "leaky_relu"),
        ("SELU", "selu"), ("swish", "silu"), ("hard_swish", "hard_silu"), ("identity", "linear"),
        ("LogSoftmax", "log_softmax"), (None, "linear"), ("HardSigmoid", "hard_sigmoid"),
    ],
)  # fmt: skip
def test_names_are_found_in_any_spelling(given: str | None, meant: str):
    assert activations.get(given).__name__ == meant


def test_functions_are_themselves_and_twins_are_one():
    def mine(x: st.Tensor) -> st.Tensor:
        return x

    assert activations.get(mine) is mine
    assert activations.get(st.nn.softmax) is activations.softmax
    assert activations.get(st.nn.sigmoid) is activations.sigmoid
    assert activations.get(st.math.tanh) is activations.tanh


def test_a_misspelt_name_suggests_a_similar_one():
    with pytest.raises(UnknownNameError, match="did you mean 'relu'"):
        activations.get("rellu")
    with pytest.raises(ArgumentError, match="expected a name, a function"):
        activations.get(3)


def test_logits_are_stored_with_the_output():
    x = st.constant([[1.0, 2.0]])
    y = activations.softmax(x)
    noted = activations.logits_of(y)
    assert noted is not None and noted.tensor is x and noted.activation == "softmax"
    assert activations.logits_of(y + 0.0) is None
    assert activations.logits_of(st.stop_gradient(y)) is None
    behind = weakref.ref(x)
    del x, noted
    assert behind() is not None
    del y
    gc.collect()
    assert behind() is None


def test_a_variable_that_starts_as_an_output_leaves_the_output_its_logits():
    y = activations.softmax(st.constant([[1.0, 2.0]]))
    variable = st.Variable(y)
    assert variable.value.tolist() == y.tolist()
    assert activations.logits_of(y) is not None
    assert activations.logits_of(variable.value) is None


def test_sparsemax_is_the_nearest_point_of_the_simplex(rng):
    x = rng.normal(size=(7, 5)) * 2.0
    shares = activations.sparsemax(x).numpy()
    np.testing.assert_allclose(shares.sum(1), 1.0, rtol=1e-12)
    assert (shares == 0.0).any() and (shares >= 0.0).all()
    for row, share in zip(x, shares, strict=True):
        for other in rng.dirichlet(np.ones(5), 200):
            assert ((row - share) ** 2).sum() <= ((row - other) ** 2).sum() + 1e-12
    np.testing.assert_allclose(activations.sparsemax(x.T, axis=0).numpy().T, shares)
    assert st.gradcheck(activations.sparsemax, x)
    assert activations.sparsemax([2e30, 2e30]).tolist() == [0.5, 0.5]
    assert activations.sparsemax([2e30, -2e30]).tolist() == [1.0, 0.0]
    np.testing.assert_allclose(st.function(activations.sparsemax)(x).numpy(), shares)
