"""The course's classes: their formulas by hand, and that they are the library's own objects."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.classroom import (
    SGD,
    ActivationLayer,
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    DenseLayer,
    LossFunction,
    MeanSquaredError,
    NeuralNetwork,
    ReLUActivation,
    SigmoidActivation,
    SoftmaxActivation,
    TanhActivation,
)
from steepest.errors import ArgumentError

XOR = SimpleNamespace(
    X=np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32), y=np.array([[0], [1], [1], [0]])
)


def network(**options: Any) -> NeuralNetwork:
    st.random.set_seed(3)
    net = NeuralNetwork(batch_size=4, learning_rate=0.5, loss=MeanSquaredError, **options)
    net.add(DenseLayer(8, (2,))).add(TanhActivation())
    return net.add(DenseLayer(1)).add(SigmoidActivation())


def test_they_are_the_objects_of_the_library() -> None:
    assert issubclass(DenseLayer, st.layers.Dense) and issubclass(SGD, st.optimizers.SGD)
    assert issubclass(ActivationLayer, st.layers.Activation)
    assert (LossFunction, MeanSquaredError) == (st.losses.Loss, st.losses.MeanSquaredError)
    assert BinaryCrossEntropy is st.losses.BinaryCrossentropy
    assert CategoricalCrossEntropy is st.losses.CategoricalCrossentropy


def test_a_dense_layer_goes_forward_and_backward_as_by_hand() -> None:
    layer = DenseLayer(2, (3,))
    layer.initialize(SGD(0.1, momentum=0.0))
    x, error = np.arange(12, dtype=np.float32).reshape(4, 3), np.ones((4, 2), np.float32)
    w, b = layer.kernel.numpy(), layer.biases.numpy()
    assert (layer.layer_name(), layer.parameters()) == ("DenseLayer", 8)
    assert (layer.input_shape[1:], layer.output_shape[1:]) == ((3,), (2,))
    np.testing.assert_allclose(layer.forward_propagation(x), x @ w + b, rtol=1e-6)
    np.testing.assert_allclose(layer.input, x)
    np.testing.assert_allclose(layer.output, x @ w + b, rtol=1e-6)
    np.testing.assert_allclose(layer.backward_propagation(error), error @ w.T, rtol=1e-6)
    np.testing.assert_allclose(layer.kernel, w - 0.1 * x.T @ error, rtol=1e-6)
    np.testing.assert_allclose(layer.biases, b - 0.1 * error.sum(axis=0), rtol=1e-6)


def test_a_layer_that_was_not_forward_does_not_go_backward() -> None:
    with pytest.raises(ArgumentError, match="DenseLayer: call forward_propagation before"):
        DenseLayer(2, (3,)).backward_propagation(np.ones((1, 2)))


X = np.linspace(-3, 3, 13)
SIGMOID = 1 / (1 + np.exp(-X))


@pytest.mark.parametrize(
    ("layer", "values", "slopes"),
    [
        (ReLUActivation(), np.maximum(X, 0), (X > 0).astype(float)),
        (SigmoidActivation(), SIGMOID, SIGMOID * (1 - SIGMOID)),
        (TanhActivation(), np.tanh(X), 4 / (np.exp(X) + np.exp(-X)) ** 2),
    ],
)
def test_activations_and_their_derivatives(layer: Any, values: np.ndarray, slopes: Any) -> None:
    np.testing.assert_allclose(layer.activation_function(X), values, rtol=1e-6)
    np.testing.assert_allclose(layer.derivative(X), slopes, rtol=1e-6)
    np.testing.assert_allclose(layer.forward_propagation(X[None])[0], values, rtol=1e-5)
    back = layer.backward_propagation(np.full((1, 13), 2.0))
    np.testing.assert_allclose(back[0], 2 * slopes, rtol=1e-4, atol=1e-6)


def test_softmax_goes_backward_by_its_full_jacobian() -> None:
    layer, error = SoftmaxActivation(), np.array([[1.0, -2.0, 0.5]])
    s = layer.forward_propagation(np.array([[0.1, 1.0, -0.4]]))[0]
    jacobian = np.diag(s) - np.outer(s, s)
    np.testing.assert_allclose(layer.backward_propagation(error)[0], error[0] @ jacobian, rtol=1e-5)
    np.testing.assert_allclose(layer.derivative(np.array([[0.1, 1.0, -0.4]]))[0], s * (1 - s), 1e-5)


def test_the_averaged_momentum() -> None:
    rule, w = SGD(learning_rate=0.1, momentum=0.9), np.array([1.0, 2.0])
    retained = np.zeros(2)
    for gradient in (np.array([1.0, -1.0]), np.array([0.5, 3.0])):
        retained = 0.9 * retained + 0.1 * gradient
        expected = w - 0.1 * retained
        w = rule.update(w, gradient)
        np.testing.assert_allclose(w, expected)
        np.testing.assert_allclose(rule.retained_gradient, retained)


def test_steps_by_hand_are_the_steps_of_fit() -> None:
    by_hand, fitted = network(epochs=3), network(epochs=3)
    for _ in range(3):
        output = by_hand.forward_propagation(XOR.X)
        by_hand.backward_propagation(np.asarray(by_hand.loss.derivative(XOR.y, output)))
    fitted.fit(XOR)
    for ours, theirs in zip(by_hand.layers, fitted.layers, strict=True):
        for one, other in zip(ours.weights, theirs.weights, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-7)


def test_xor_is_learned_and_scored() -> None:
    net = network(epochs=800, metric="binary_accuracy").fit(XOR)
    assert list(net.history) == list(range(1, 801))
    assert net.history[800]["loss"] < net.history[1]["loss"] / 10
    assert net.score(XOR) == 1.0
    net.metric = lambda y, made: np.mean(np.abs(y - made))
    assert net.score(XOR) < 0.2 and net.score(XOR, np.ones((4, 1))) == 0.5


def test_a_score_needs_a_metric() -> None:
    with pytest.raises(ArgumentError, match=r"NeuralNetwork\(metric=\.\.\.\)"):
        network().score(XOR)


@pytest.mark.parametrize("shuffle", [True, False])
def test_mini_batches_hold_every_row_once(shuffle: bool) -> None:
    net, x = NeuralNetwork(batch_size=4), np.arange(10)
    batches = list(net.get_mini_batches(x, x * 2, shuffle))
    assert [len(part) for part, _ in batches] == [4, 4, 2]
    rows = np.concatenate([part for part, _ in batches])
    assert sorted(rows.tolist()) == x.tolist() and (shuffle or rows.tolist() == x.tolist())
    assert all((labels == part * 2).all() for part, labels in batches)
