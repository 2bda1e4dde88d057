"""The activation layers of the numpy course: a function and its derivative, entry by entry.

Depends on the layers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest import activations
from steepest.classroom.layers import Layer, LibraryLayer, RowShape, is_overridden
from steepest.core import ops
from steepest.core.tape import GradientTape
from steepest.core.tensor import TensorLike
from steepest.functions import nn
from steepest.layers.activation import Activation
from steepest.layers.layer import Layer as BaseLayer

__all__ = [
    "ActivationLayer",
    "ReLUActivation",
    "SigmoidActivation",
    "TanhActivation",
    "SoftmaxActivation",
]

Array = np.ndarray
METHODS = ("activation_function", "derivative", "forward_propagation", "backward_propagation")


class ActivationLayer(LibraryLayer):
    """A layer that applies one function: one by name, or that of a subclass, with its derivative.

    >>> ActivationLayer("relu").forward_propagation(np.array([[-1.0, 2.0]])).tolist()
    [[0.0, 2.0]]
    >>> class Square(ActivationLayer):
    ...     def activation_function(self, input):
    ...         return input**2
    ...     def derivative(self, input):
    ...         return 2 * input
    >>> square = Square()
    >>> square.forward_propagation(np.array([[3.0]])).tolist()
    [[9.0]]
    >>> square.backward_propagation(np.array([[0.5]])).tolist()
    [[3.0]]
    """

    def __init__(self, activation: Any = None) -> None:
        super().__init__(Activation(activation or "linear", dtype="float64"))
        self._is_given = activation is not None

    def activation_function(self, input: Array) -> Array:
        """The function's values."""
        self._require_function("activation_function")
        return self.wrapped.activation(ops.as_tensor(input)).numpy()

    def derivative(self, input: Array) -> Array:
        """The function's derivative, entry by entry; for softmax the diagonal of its Jacobian."""
        self._require_function("derivative")
        x = ops.as_tensor(np.asarray(input, np.float64))
        if self.wrapped.activation in (activations.softmax, nn.softmax):
            shares = nn.softmax(x)
            return (shares * (1.0 - shares)).numpy()
        with GradientTape() as tape:
            tape.watch(x)
            y = self.wrapped.activation(x)
        return tape.gradient(y, x).numpy()

    def _require_function(self, method: str) -> None:
        if not getattr(self, "_is_given", False):
            raise NotImplementedError(
                f"{self.layer_name()}: write {method}(self, input), which returns an array of the "
                'shape of the input, or give a name, as in ActivationLayer("relu")'
            )

    def forward_propagation(self, input: TensorLike, training: bool = True) -> Array:
        """The values of `activation_function`."""
        self.input = np.asarray(input)
        self.output = np.asarray(self.activation_function(self.input))
        return self.output

    def backward_propagation(self, output_error: TensorLike) -> Array:
        """The error of the input: that of the output times the derivative.

        A function by name, such as softmax, is differentiated as a whole, by its full Jacobian.
        """
        if self.input is not None and is_overridden(self, ActivationLayer, "derivative"):
            return np.asarray(self.derivative(self.input)) * np.asarray(output_error)
        self._require_function("derivative")
        return super().backward_propagation(output_error)

    def output_shape(self) -> RowShape | None:
        """The shape of one row of the input."""
        return self.input_shape()

    def input_shape(self) -> RowShape | None:
        """The shape of one row of the input; None if it is unknown."""
        return Layer.input_shape(self)

    def set_input_shape(self, input_shape: Any) -> None:
        """Sets the shape of one row of the input."""
        Layer.set_input_shape(self, input_shape)

    def library_layer(self) -> BaseLayer | None:
        """The layer of `st.layers`; None if a subclass has a function or steps of its own."""
        return None if is_overridden(self, ActivationLayer, *METHODS) else self.wrapped


class ReLUActivation(ActivationLayer):
    """max(x, 0).

    >>> ReLUActivation().derivative(np.array([-1.0, 2.0])).tolist()
    [0.0, 1.0]
    """

    def __init__(self) -> None:
        super().__init__("relu")


class SigmoidActivation(ActivationLayer):
    """1 / (1 + e^-x), with derivative s (1 - s).

    >>> SigmoidActivation().derivative(np.array([0.0])).tolist()
    [0.25]
    """

    def __init__(self) -> None:
        super().__init__("sigmoid")


class TanhActivation(ActivationLayer):
    """The hyperbolic tangent, with derivative 1 - tanh^2.

    >>> TanhActivation().derivative(np.array([0.0])).tolist()
    [1.0]
    """

    def __init__(self) -> None:
        super().__init__("tanh")


class SoftmaxActivation(ActivationLayer):
    """Shares that add up to 1 in each row.

    >>> SoftmaxActivation().forward_propagation(np.zeros((1, 2))).tolist()
    [[0.5, 0.5]]
    """

    def __init__(self) -> None:
        super().__init__("softmax")
