"""Typical training steps: machine code and loop form do what NumPy does, step after step."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

import steepest as st
from steepest.program.graph import Graph
from steepest.program.trace import record
from tests.agreement.compare import assert_agree

Loss = Callable[[st.Tensor, st.Tensor], st.Tensor]


def crossentropy(logits: st.Tensor, labels: st.Tensor) -> st.Tensor:
    wanted = st.one_hot(labels, logits.shape[-1])
    return -st.reduce_mean(st.reduce_sum(wanted * st.nn.log_softmax(logits), axis=-1))


def squares(outputs: st.Tensor, targets: st.Tensor) -> st.Tensor:
    return st.reduce_mean(st.square(outputs[:, 0] - targets))


def dense_net(sizes: tuple[int, ...], dtype: str) -> list[st.Variable]:
    rng = np.random.default_rng(0)
    variables = []
    for number, (before, after) in enumerate(pairwise(sizes)):
        scale = np.sqrt(2 / before)
        weights = (rng.standard_normal((before, after)) * scale).astype(dtype)
        variables.append(st.Variable(weights, name=f"w{number}"))
        variables.append(st.Variable(np.zeros(after, dtype), name=f"b{number}"))
    return variables


def forward(variables: list[st.Variable], x: st.Tensor, activation: Callable) -> st.Tensor:
    for weights, bias in zip(variables[:-2:2], variables[1:-2:2], strict=True):
        x = activation(x @ weights + bias)
    return x @ variables[-2] + variables[-1]


def gradient_descent(variables: list[st.Variable], gradients: list[st.Tensor]) -> None:
    for variable, gradient in zip(variables, gradients, strict=True):
        variable.assign(variable - 0.1 * gradient)


class Adam:
    def __init__(self, variables: list[st.Variable]) -> None:
        zeros = [np.zeros(v.shape, v.dtype) for v in variables]
        self.means = [st.Variable(zero) for zero in zeros]
        self.squares = [st.Variable(zero) for zero in zeros]
        self.count = st.Variable(np.int64(0), name="count")

    def __call__(self, variables: list[st.Variable], gradients: list[st.Tensor]) -> None:
        self.count.assign(self.count + 1)
        for v, g, m, s in zip(variables, gradients, self.means, self.squares, strict=True):
            n = st.cast(self.count, v.dtype)
            m.assign(m * 0.9 + g * 0.1)
            s.assign(s * 0.999 + g * g * 0.001)
            step = 0.01 * st.sqrt(1 - 0.999**n) / (1 - 0.9**n)
            v.assign(v - step * m / (st.sqrt(s) + 1e-7))


def training_step(
    variables: list[st.Variable], loss: Loss, update: Callable, activation: Callable
) -> Callable:
    total = st.Variable(np.zeros((), variables[0].dtype), name="total")

    def step(x: st.Tensor, y: st.Tensor) -> None:
        with st.GradientTape() as tape:
            value = loss(forward(variables, x, activation), y)
        update(variables, tape.gradient(value, variables))
        total.assign(total + value * st.cast(st.shape(x)[0], value.dtype))

    return step


def recorded(step: Callable, width: int, dtype: str, labels: str) -> tuple[Graph, list]:
    recording = record(step, [st.TensorSpec((None, width), dtype), st.TensorSpec((None,), labels)])
    return recording.graph, recording.state()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("batch", [1, 2, 7, 32])
@pytest.mark.parametrize("optimizer", ["descent", "adam"])
def test_classifier(dtype: str, batch: int, optimizer: str) -> None:
    rng = np.random.default_rng(1)
    variables = dense_net((13, 20, 9, 5), dtype)
    update = gradient_descent if optimizer == "descent" else Adam(variables)
    graph, state = recorded(
        training_step(variables, crossentropy, update, st.nn.relu), 13, dtype, "int64"
    )
    x = rng.standard_normal((batch, 13)).astype(dtype)
    assert_agree(graph, [x, rng.integers(0, 5, batch)], state)


@pytest.mark.parametrize("sizes", [(2, 8, 1), (1, 1), (3, 1, 1), (30, 16, 16, 1), (70, 130, 1)])
@pytest.mark.parametrize("activation", [st.tanh, st.sigmoid, st.nn.relu])
def test_regression(sizes: tuple[int, ...], activation: Callable) -> None:
    rng = np.random.default_rng(2)
    variables = dense_net(sizes, "float32")
    step = training_step(variables, squares, Adam(variables), activation)
    graph, state = recorded(step, sizes[0], "float32", "float32")
    x = rng.standard_normal((6, sizes[0])).astype("float32")
    assert_agree(graph, [x, rng.standard_normal(6).astype("float32")], state)
