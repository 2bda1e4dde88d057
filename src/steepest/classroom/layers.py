"""The layers of the numpy course: forward and backward steps on arrays.

A layer written by hand subclasses `Layer`. The other classes compute with a layer of `st.layers`,
and the gradient tape gives their backward step. Depends on layers and optimizers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import numpy as np

from steepest.classroom.optimizer import rule_for_one_array
from steepest.core import ops
from steepest.core.tape import GradientTape
from steepest.core.tensor import Tensor, TensorLike
from steepest.core.variable import Variable
from steepest.errors import ArgumentError, ShapeError
from steepest.layers.dense import Dense
from steepest.layers.layer import Layer as BaseLayer

__all__ = ["Layer", "LibraryLayer", "DenseLayer"]

Array = np.ndarray
RowShape = tuple[int, ...]


class Layer:
    """The base of layers: subclass it with a forward and a backward step in NumPy.

    >>> class Halve(Layer):
    ...     def forward_propagation(self, input, training=True):
    ...         return input / 2
    ...     def backward_propagation(self, output_error):
    ...         return output_error / 2
    >>> Halve().forward_propagation(np.array([[2.0, 6.0]])).tolist()
    [[1.0, 3.0]]
    """

    input: Any = None
    output: Any = None
    _input_shape: RowShape | None = None

    def forward_propagation(self, input: Array, training: bool = True) -> Array:
        """Returns the outputs for a batch of inputs."""
        raise NotImplementedError(
            f"{self.layer_name()}: write forward_propagation(self, input, training), "
            "which returns the outputs"
        )

    def backward_propagation(self, output_error: Array) -> Array:
        """Updates the weights by the error of the output; returns the error of the input.

        The error is the derivative of the loss with respect to each output.
        """
        raise NotImplementedError(
            f"{self.layer_name()}: write backward_propagation(self, output_error), "
            "which updates the weights and returns the error of the input"
        )

    def initialize(self, optimizer: Any) -> Self:
        """Prepares for training; a layer with weights makes them and copies the optimizer here."""
        return self

    def layer_name(self) -> str:
        """The name of the class."""
        return type(self).__name__

    def input_shape(self) -> RowShape | None:
        """The shape of one row of the input; None if it is unknown."""
        return self._input_shape

    def set_input_shape(self, input_shape: Sequence[int]) -> None:
        """Sets the shape of one row of the input."""
        self._input_shape = tuple(input_shape)

    def output_shape(self) -> RowShape | None:
        """The shape of one row of the output: that of the input, unless a subclass differs."""
        return self.input_shape()

    def parameters(self) -> int:
        """The number of weights."""
        return 0

    def library_layer(self) -> BaseLayer | None:
        """The layer of `st.layers` that computes the same; None if the steps are hand-written."""
        return None


class Recording(NamedTuple):
    """A forward step on the tape, and the array that it was given."""

    tape: GradientTape
    inputs: Tensor
    outputs: Tensor
    array: Array


class LibraryLayer(Layer):
    """A layer of `st.layers` with the methods of the course.

    >>> layer = LibraryLayer(st.layers.LayerNormalization())
    >>> layer.forward_propagation(np.array([[1.0, 3.0]])).round(2).tolist()
    [[-1.0, 1.0]]
    >>> layer.backward_propagation(np.array([[1.0, 1.0]])).shape
    (1, 2)
    """

    wrapped: Any = None
    _optimizer: Any = None
    _recorded: Recording | None = None

    def __init__(self, layer: BaseLayer) -> None:
        self.wrapped = layer
        self._rules: list[Any] = []

    def forward_propagation(self, input: TensorLike, training: bool = True) -> Array:
        """Returns the outputs for a batch; stores the inputs, outputs and the tape."""
        array = np.asarray(input, self.wrapped.dtype)
        inputs = ops.as_tensor(array)
        with GradientTape(persistent=True) as tape:
            tape.watch(inputs)
            outputs = self.wrapped(inputs, training=training)
        self._recorded = Recording(tape, inputs, outputs, array)
        self.input, self.output = array, outputs.numpy()
        return self.output

    def backward_propagation(self, output_error: TensorLike) -> Array:
        """Updates the weights by the error of the output; returns the error of the input."""
        tape, inputs, outputs, _ = self._recording()
        error = ops.as_tensor(np.asarray(output_error, self.wrapped.dtype))
        weights = self.wrapped.trainable_weights
        slopes = tape.gradient(outputs, [inputs, *weights], error, unconnected_gradients="zero")
        if self._optimizer is not None:
            for rule, weight, slope in zip(self.rules(), weights, slopes[1:], strict=True):
                weight.assign(rule.update(weight.numpy(), slope.numpy()))
        return slopes[0].numpy()

    def _recording(self) -> Recording:
        """The recorded forward step; a forward step by hand is recorded now, from `input`."""
        recorded = self._recorded
        if recorded is None or recorded.array is not self.input:
            if self.input is None:
                raise ArgumentError(
                    f"{self.layer_name()}: call forward_propagation before backward_propagation; "
                    "one of your own must store its argument as self.input"
                )
            LibraryLayer.forward_propagation(self, self.input)
        assert self._recorded is not None
        return self._recorded

    def __getstate__(self) -> dict[str, Any]:
        """Returns what is copied: all except for the tape of these weights."""
        return {**vars(self), "_recorded": None}

    def initialize(self, optimizer: Any) -> Self:
        """Sets the optimizer, of which each weight gets a copy."""
        self._optimizer, self._rules = optimizer, []
        return self

    def rules(self) -> list[Any]:
        """A copy of the optimizer for each weight, with the method update(w, gradient)."""
        if self._optimizer is None:
            raise ArgumentError(
                f"{self.layer_name()} has no optimizer yet: call initialize(SGD(0.1)); "
                "NeuralNetwork.add does so"
            )
        for _ in self.wrapped.trainable_weights[len(self._rules) :]:
            self._rules.append(rule_for_one_array(self._optimizer))
        return self._rules

    def input_shape(self) -> RowShape | None:
        """The shape of one row of the input; None if it is unknown."""
        shape = self.wrapped.input_shape
        return None if shape is None else shape[1:]

    def set_input_shape(self, input_shape: Sequence[int]) -> None:
        """Builds the layer for the shape of one row."""
        self.wrapped.ensure_built((None, *input_shape))

    def output_shape(self) -> RowShape | None:
        """The shape of one row of the output; None if that of the input is unknown."""
        shape = self.wrapped.output_shape
        return None if shape is None else shape[1:]

    def parameters(self) -> int:
        """The number of weights."""
        return sum(weight.size for weight in self.wrapped.weights)

    def library_layer(self) -> BaseLayer | None:
        """The layer of `st.layers`; None if a subclass has steps of its own."""
        return None if is_overridden(self, LibraryLayer, *STEPS) else self.wrapped


class DenseLayer(LibraryLayer):
    """A fully connected layer without an activation: output = input @ weights + biases.

    It computes in float64, as NumPy does.

    >>> layer = DenseLayer(2, input_shape=(3,)).initialize(st.classroom.SGD(0.1))
    >>> layer.weights.shape, layer.biases.shape, layer.parameters()
    ((3, 2), (2,), 8)
    >>> layer.forward_propagation(np.ones((5, 3))).shape
    (5, 2)
    >>> layer.backward_propagation(np.ones((5, 2))).shape
    (5, 3)
    """

    wrapped: Dense

    def __init__(self, n_units: int, input_shape: Any = None) -> None:
        super().__init__(Dense(n_units, input_shape=input_shape, dtype="float64"))
        self.n_units = n_units
        if input_shape is not None:
            self.wrapped.ensure_built(None)

    def output_shape(self) -> RowShape:
        """The shape of one row of the output: (n_units,)."""
        return (self.n_units,)

    def _weight(self, name: str) -> Variable:
        if not self.wrapped.built:
            raise ArgumentError(
                f"{self.layer_name()} has no weights yet: give input_shape=, "
                f"as in {self.layer_name()}({self.n_units}, input_shape=(3,))"
            )
        weight: Variable = getattr(self.wrapped, name)
        return weight

    @property
    def weights(self) -> Array:
        """The matrix, of shape (inputs, units); the array itself, which may be changed."""
        return self._weight("kernel").buffer()

    @weights.setter
    def weights(self, values: TensorLike) -> None:
        self._assign("weights", self._weight("kernel"), np.asarray(values))

    @property
    def biases(self) -> Array:
        """The vector, one number a unit; the array itself, which may be changed."""
        return self._weight("bias").buffer()

    @biases.setter
    def biases(self, values: TensorLike) -> None:
        given = np.asarray(values)
        self._assign(
            "biases", self._weight("bias"), given[0] if given.shape[:-1] == (1,) else given
        )

    def _assign(self, name: str, weight: Variable, values: Array) -> None:
        if values.shape != weight.shape:
            many = name == "biases" and values.shape[1:] == weight.shape
            raise ShapeError(
                f"{self.layer_name()}: {name} has shape {weight.shape}, got {values.shape}"
                + ("; sum the error over the rows, axis=0" if many else "")
                + ("; transpose the array" if values.shape[::-1] == weight.shape else "")
            )
        weight.assign(values)

    @property
    def w_opt(self) -> Any:
        """The optimizer's copy for the weights: `w_opt.update(w, gradient)` gives the new ones."""
        return self.rules()[0]

    @property
    def b_opt(self) -> Any:
        """The optimizer's copy for the biases."""
        return self.rules()[1]


STEPS = ("forward_propagation", "backward_propagation")


def is_overridden(made: Any, base: type, *names: str) -> bool:
    """Whether the class of an object has methods of its own in place of those of a base class.

    >>> class Silent(Layer):
    ...     def layer_name(self):
    ...         return ""
    >>> is_overridden(Silent(), Layer, "layer_name"), is_overridden(Silent(), Layer, "parameters")
    (True, False)
    """
    return any(getattr(type(made), name) is not getattr(base, name) for name in names)
