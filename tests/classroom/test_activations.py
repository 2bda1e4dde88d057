"""The activation layers of the course: values and derivatives by their formulas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.classroom import (
    ActivationLayer,
    ReLUActivation,
    SigmoidActivation,
    SoftmaxActivation,
    TanhActivation,
)

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
    np.testing.assert_allclose(layer.activation_function(X), values, rtol=1e-12)
    np.testing.assert_allclose(layer.derivative(X), slopes, rtol=1e-12)
    np.testing.assert_allclose(layer.forward_propagation(X[None])[0], values, rtol=1e-12)
    back = layer.backward_propagation(np.full((1, 13), 2.0))
    np.testing.assert_allclose(back[0], 2 * slopes, rtol=1e-12)


def test_softmax_goes_backward_by_its_full_jacobian() -> None:
    layer, error = SoftmaxActivation(), np.array([[1.0, -2.0, 0.5]])
    s = layer.forward_propagation(np.array([[0.1, 1.0, -0.4]]))[0]
    jacobian = np.diag(s) - np.outer(s, s)
    np.testing.assert_allclose(layer.backward_propagation(error)[0], error[0] @ jacobian, rtol=1e-5)
    np.testing.assert_allclose(layer.derivative(np.array([[0.1, 1.0, -0.4]]))[0], s * (1 - s), 1e-5)


def test_a_function_by_name_is_a_layer_of_the_library() -> None:
    layer = ActivationLayer("gelu")
    assert isinstance(layer.library_layer(), st.layers.Activation)
    layer.set_input_shape((4,))
    assert (layer.input_shape(), layer.output_shape(), layer.parameters()) == ((4,), (4,), 0)


def test_a_derivative_of_a_subclass_is_used() -> None:
    class Straight(ReLUActivation):
        def derivative(self, input: Any) -> Any:
            return np.ones_like(input)

    layer = Straight()
    assert layer.forward_propagation(np.array([[-1.0]])).tolist() == [[0.0]]
    assert layer.backward_propagation(np.array([[3.0]])).tolist() == [[3.0]]
    assert layer.library_layer() is None


def test_a_subclass_may_have_a_constructor_of_its_own() -> None:
    class Leaky(ActivationLayer):
        def __init__(self, slope: float) -> None:
            self.slope = slope

        def activation_function(self, input: Any) -> Any:
            return np.where(input > 0, input, self.slope * input)

        def derivative(self, input: Any) -> Any:
            return np.where(input > 0, 1.0, self.slope)

    layer = Leaky(0.5)
    layer.set_input_shape((1,))
    layer.initialize(None)
    assert layer.forward_propagation(np.array([[-2.0]])).tolist() == [[-1.0]]
    assert layer.backward_propagation(np.array([[3.0]])).tolist() == [[1.5]]


@pytest.mark.parametrize("method", ["activation_function", "derivative"])
def test_a_function_that_is_not_written_is_named(method: str) -> None:
    class Unwritten(ActivationLayer):
        pass

    with pytest.raises(NotImplementedError, match=f"Unwritten: write {method}"):
        getattr(Unwritten(), method)(X)
    with pytest.raises(NotImplementedError, match="Unwritten: write derivative"):
        Unwritten().backward_propagation(X)
