"""The answers of the exercises, and the source of the file that students complete.

`exercises.write` writes this file without the code of the methods: their docstrings are the tasks.
Depends on the other files of the classroom.
"""

# mypy: disable-error-code="override"

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.classroom.activations import ReLUActivation, SigmoidActivation
from steepest.classroom.layers import DenseLayer
from steepest.classroom.losses import BinaryCrossEntropy, MeanSquaredError
from steepest.classroom.neuralnet import NeuralNetwork
from steepest.classroom.optimizer import SGD

Array = np.ndarray


class MyDenseLayer(DenseLayer):
    """Has self.weights (inputs, units), self.biases (units,), self.w_opt and self.b_opt."""

    def forward_propagation(self, input: Array, training: bool = True) -> Array:
        """Store the input (rows, inputs) as self.input, and return the output (rows, units)."""
        self.input = input
        self.output = input @ self.weights + self.biases
        return self.output

    def backward_propagation(self, output_error: Array) -> Array:
        """Update weights and biases, and return the error of the input (rows, inputs).

        output_error (rows, units) is the derivative of the loss by each output. Compute the
        derivatives by the input, the weights and the biases. Then self.w_opt.update(self.weights,
        gradient) gives the new weights, and self.b_opt the new biases.
        """
        input_error = output_error @ self.weights.T
        weights_gradient = self.input.T @ output_error
        biases_gradient = output_error.sum(axis=0)
        self.weights = self.w_opt.update(self.weights, weights_gradient)
        self.biases = self.b_opt.update(self.biases, biases_gradient)
        return input_error


class MyReLU(ReLUActivation):
    """max(x, 0)."""

    def derivative(self, input: Array) -> Array:
        """Return the derivative of max(x, 0) for each entry of the input; 0 at x = 0."""
        return (input > 0).astype(np.float64)


class MySigmoid(SigmoidActivation):
    """1 / (1 + e^-x)."""

    def derivative(self, input: Array) -> Array:
        """Return the derivative of the sigmoid for each entry of the input.

        self.activation_function(input) gives the sigmoid.
        """
        s = self.activation_function(input)
        return s * (1 - s)


class MyMeanSquaredError(MeanSquaredError):
    """The mean of (y_pred - y_true)^2 over all entries."""

    def derivative(self, y_true: Array, y_pred: Array, *_: Any) -> Any:
        """Return the derivative of the loss by each prediction, an array like y_pred."""
        return 2 * (y_pred - y_true) / y_pred.size


class MyBinaryCrossEntropy(BinaryCrossEntropy):
    """The mean of -(y_true log(y_pred) + (1 - y_true) log(1 - y_pred)) over all entries."""

    def derivative(self, y_true: Array, y_pred: Array, *_: Any) -> Any:
        """Return the derivative of the loss by each prediction; bound y_pred away from 0 and 1."""
        p = np.clip(y_pred, 1e-7, 1 - 1e-7)
        return ((1 - y_true) / (1 - p) - y_true / p) / y_pred.size


class MySGD(SGD):
    """V = b V + (1 - b) g, w = w - a V, with the momentum b and the rate a."""

    def update(self, w: Array, grad: Array) -> Array:
        """Return the new weights, and store V as self.retained_gradient, which is None at first.

        self.momentum is b, self.learning_rate is a.
        """
        before = 0.0 if self.retained_gradient is None else self.retained_gradient
        self.retained_gradient = self.momentum * before + (1 - self.momentum) * grad
        return w - self.learning_rate * self.retained_gradient


class MyNeuralNetwork(NeuralNetwork):
    """Has self.layers, a list, first layer first."""

    def forward_propagation(self, X: Array, training: bool = True) -> Array:
        """Return the output of the last layer for the inputs X, layer by layer.

        layer.forward_propagation(input, training) gives the output of one layer.
        """
        for layer in self.layers:
            X = layer.forward_propagation(X, training)
        return X

    def backward_propagation(self, output_error: Array) -> Array:
        """Update all layers, and return the error of the network's input.

        layer.backward_propagation(output_error) updates one layer and returns its input's error.
        """
        for layer in reversed(self.layers):
            output_error = layer.backward_propagation(output_error)
        return output_error
