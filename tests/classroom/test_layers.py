"""The layers of the course: their steps by hand, and hand-written layers beside them."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.classroom import SGD, DenseLayer, Layer, LibraryLayer
from steepest.classroom.layers import is_overridden
from steepest.errors import ArgumentError, ShapeError


def test_they_compute_with_layers_of_the_library() -> None:
    layer = DenseLayer(2, (3,))
    assert isinstance(layer.wrapped, st.layers.Dense) and layer.library_layer() is layer.wrapped
    assert layer.wrapped.dtype == np.float64
    layer.weights = np.ones((3, 2))
    assert layer.wrapped.kernel.numpy().tolist() == np.ones((3, 2)).tolist()


def test_a_dense_layer_goes_forward_and_backward_as_by_hand() -> None:
    layer = DenseLayer(2, (3,))
    layer.initialize(SGD(0.1, momentum=0.0))
    x, error = np.arange(12.0).reshape(4, 3), np.arange(8.0).reshape(4, 2)
    w, b = layer.weights.copy(), layer.biases.copy()
    assert (layer.layer_name(), layer.parameters()) == ("DenseLayer", 8)
    assert (layer.input_shape(), layer.output_shape()) == ((3,), (2,))
    np.testing.assert_allclose(layer.forward_propagation(x), x @ w + b, rtol=1e-14)
    np.testing.assert_allclose(layer.input, x)
    np.testing.assert_allclose(layer.output, x @ w + b, rtol=1e-14)
    np.testing.assert_allclose(layer.backward_propagation(error), error @ w.T, rtol=1e-14)
    np.testing.assert_allclose(layer.weights, w - 0.1 * x.T @ error, rtol=1e-12)
    np.testing.assert_allclose(layer.biases, b - 0.1 * error.sum(axis=0), rtol=1e-12)


def test_the_weights_are_the_arrays_themselves() -> None:
    layer, x = DenseLayer(2, (3,)), np.ones((1, 3))
    layer.forward_propagation(x)
    layer.weights[:] = 0.0
    layer.weights[0, 1] += 5.0
    layer.biases -= 1.0
    assert layer.forward_propagation(x).tolist() == [[-1.0, 4.0]]
    layer.biases = np.array([[2.0, 3.0]])  # (1, units), as some courses have it
    assert layer.biases.tolist() == [2.0, 3.0]


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("biases", np.ones((4, 2)), r"\(2,\), got \(4, 2\); sum the error over the rows, axis=0"),
        ("weights", np.ones((2, 3)), r"\(3, 2\), got \(2, 3\); transpose"),
    ],
)
def test_weights_of_a_wrong_shape_are_refused(name: str, values: Any, message: str) -> None:
    with pytest.raises(ShapeError, match=f"DenseLayer: {name} has shape {message}"):
        setattr(DenseLayer(2, (3,)), name, values)


def test_a_layer_that_was_not_forward_does_not_go_backward() -> None:
    with pytest.raises(ArgumentError, match="DenseLayer: call forward_propagation before"):
        DenseLayer(2, (3,)).backward_propagation(np.ones((1, 2)))


def test_a_layer_without_a_shape_has_no_weights_yet() -> None:
    with pytest.raises(ArgumentError, match=r"DenseLayer\(2, input_shape=\(3,\)\)"):
        _ = DenseLayer(2).weights
    with pytest.raises(ArgumentError, match=r"call initialize\(SGD\(0.1\)\)"):
        _ = DenseLayer(2, (3,)).w_opt


def test_a_forward_step_by_hand_and_a_backward_step_of_ours() -> None:
    class Forward(DenseLayer):
        def forward_propagation(self, input: Any, training: bool = True) -> Any:
            self.input = input
            return input @ self.weights + self.biases

    ours, by_hand = DenseLayer(2, (3,)), Forward(2, (3,))
    by_hand.weights = ours.weights
    for step in range(3):  # each input is a new one
        x, error = np.full((2, 3), step + 1.0), np.ones((2, 2))
        for layer in (ours, by_hand):
            layer.initialize(SGD(0.1, 0.0))
            layer.forward_propagation(x)
            layer.backward_propagation(error)
        np.testing.assert_array_equal(ours.weights, by_hand.weights)
    assert by_hand.library_layer() is None


def test_any_layer_of_the_library_has_the_steps() -> None:
    layer = LibraryLayer(st.layers.PReLU(input_shape=(2,)))
    layer.set_input_shape((2,))
    layer.initialize(st.optimizers.Adam(0.1))
    assert (layer.input_shape(), layer.output_shape(), layer.parameters()) == ((2,), (2,), 2)
    layer.forward_propagation(np.array([[-1.0, 2.0]]))
    assert layer.backward_propagation(np.ones((1, 2))).tolist() == [[0.0, 1.0]]
    np.testing.assert_allclose(layer.wrapped.weights[0].numpy(), [0.1, 0.0], atol=1e-6)


def test_copies_have_weights_of_their_own() -> None:
    layer = DenseLayer(2, (3,)).initialize(SGD(0.1))
    layer.forward_propagation(np.ones((1, 3)))
    before = layer.weights.copy()
    for copied in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        copied.backward_propagation(np.ones((1, 2)))
        assert (copied.weights != before).all() and (layer.weights == before).all()


def test_the_base_says_what_to_write() -> None:
    class Unwritten(Layer):
        pass

    layer = Unwritten()
    layer.set_input_shape([3])
    assert (layer.input_shape(), layer.output_shape(), layer.parameters()) == ((3,), (3,), 0)
    with pytest.raises(NotImplementedError, match="Unwritten: write forward_propagation"):
        layer.forward_propagation(np.ones(3))
    with pytest.raises(NotImplementedError, match="Unwritten: write backward_propagation"):
        layer.backward_propagation(np.ones(3))


def test_a_method_is_overridden_anywhere_below_the_base() -> None:
    class One(Layer):
        def parameters(self) -> int:
            return 1

    class Two(One):
        pass

    assert is_overridden(Two(), Layer, "layer_name", "parameters")
    assert not is_overridden(Two(), Layer, "layer_name")
