"""The effect of initial weights on a network: the demonstrations of the courses, as numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest import initializers, layers

rng = np.random.default_rng(3)
X = rng.normal(size=(200, 100)).astype("float32")


def spreads(initializer: Any, activation: str, depth: int = 10) -> list[float]:
    """The deviation of the activations, layer by layer."""
    st.random.set_seed(1)
    x, found = X, []
    for _ in range(depth):
        x = layers.Dense(100, activation, kernel_initializer=initializer)(x)
        found.append(float(x.numpy().std()))
    return found


def slopes(initializer: Any, activation: str, depth: int = 10) -> list[float]:
    """The deviation of the derivatives by each layer's input, from the first layer to the last."""
    st.random.set_seed(1)
    with st.GradientTape() as tape:
        x: Any = st.constant(X)
        inputs = []
        for _ in range(depth):
            tape.watch(x)
            inputs.append(x)
            x = layers.Dense(100, activation, kernel_initializer=initializer)(x)
        total = st.reduce_sum(x * np.sign(rng.normal(size=(200, 100))).astype("float32"))
    return [float(slope.numpy().std()) for slope in tape.gradient(total, inputs)]


@pytest.mark.parametrize("value", [0.0, 0.5])
def test_equal_weights_never_separate(value: float) -> None:
    hidden = layers.Dense(4, "tanh", kernel_initializer=initializers.Constant(value))
    model = st.Sequential([st.Input((100,)), hidden, layers.Dense(1, kernel_initializer="ones")])
    model.compile(st.optimizers.Adam(0.01), "mse")
    model.fit(X, X[:, :1] * X[:, 1:2], epochs=5, verbose=0, shuffle=False)
    kernel = hidden.kernel.numpy()
    assert np.abs(kernel - value).max() > 1e-3
    np.testing.assert_allclose(kernel, np.repeat(kernel[:, :1], 4, axis=1), rtol=1e-4, atol=1e-6)


def test_different_weights_do() -> None:
    hidden = layers.Dense(4, "tanh")
    model = st.Sequential([st.Input((100,)), hidden, layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(X, X[:, :1], epochs=1, verbose=0)
    kernel = hidden.kernel.numpy()
    assert np.abs(kernel - kernel[:, :1])[:, 1:].max() > 0.01


def test_small_weights_leave_sigmoid_in_its_linear_part() -> None:
    narrow = layers.Dense(50, kernel_initializer=initializers.RandomUniform(-0.1, 0.1, seed=1))
    sums = narrow(X / 10.0).numpy()  # inputs of deviation 0.1
    straight = 0.5 + sums / 4.0
    assert np.abs(st.sigmoid(sums).numpy() - straight).max() < 1e-3


def test_too_small_vanishes_and_too_large_saturates_or_explodes() -> None:
    small, large = initializers.RandomNormal(stddev=0.01), initializers.RandomNormal(stddev=1.0)
    vanishing = spreads(small, "tanh")
    assert vanishing == sorted(vanishing, reverse=True) and vanishing[-1] < 1e-8
    assert spreads(large, "tanh")[-1] > 0.9  # all at -1 and 1
    exploding = spreads(large, "relu")
    assert exploding == sorted(exploding) and exploding[-1] > 1e6


@pytest.mark.parametrize(
    ("initializer", "activation"),
    [("glorot_uniform", "tanh"), ("glorot_normal", "tanh"), ("he_normal", "relu"),
     ("he_uniform", "relu"), ("lecun_normal", "selu")],
)  # fmt: skip
def test_weights_of_the_right_size_carry_through_ten_layers(
    initializer: str, activation: str
) -> None:
    found = spreads(initializer, activation)
    assert 0.1 < found[-1] / found[0] < 3.0
    back = slopes(initializer, activation)
    assert 0.05 < back[0] / back[-1] < 20.0


def test_small_weights_let_derivatives_vanish_on_their_way_back() -> None:
    back = slopes(initializers.RandomNormal(stddev=0.01), "tanh")
    assert back == sorted(back) and back[0] / back[-1] < 1e-7
