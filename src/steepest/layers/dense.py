"""Dense, Embedding, Activation, Lambda, Identity. Leans on the layer contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from steepest import activations, constraints, initializers, regularizers
from steepest.arguments import whole
from steepest.core import ops
from steepest.core.dtype import is_float
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError
from steepest.finding import Finding, Rule, Severity, Where, report
from steepest.layers.layer import Layer
from steepest.registry import Registry

FUNCTIONS = Registry("function")
NO_VECTOR = Rule(
    "number-without-vector",
    Severity.ERROR,
    "An Embedding is given a number for which it has no vector.",
    "layer {where.layer!r} has vectors for the numbers 0 to {greatest}, got {number}",
    "raise input_dim or check how the numbers are made",
    ArgumentError,
)


class Dense(Layer):
    """activation(x @ kernel + bias): every unit sees every input.

    >>> layer = Dense(2, "relu", kernel_initializer="ones")
    >>> layer([[1.0, 2.0, 3.0]]).tolist()
    [[6.0, 6.0]]
    >>> layer.kernel.shape, layer.count_params()
    ((3, 2), 8)
    """

    single_input = True

    def __init__(
        self,
        units: int,
        activation: Any = "linear",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.units = whole("units", units, 1)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)

    def build(self, input_shape: Any) -> None:
        """Make the kernel, one column a unit, and the bias."""
        self.kernel = self.add_weight(
            "kernel",
            (self.size_along(input_shape), self.units),
            self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        if self.use_bias:
            self.bias = self.add_weight(
                "bias",
                (self.units,),
                self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    def check_shapes(self, shapes: Any) -> None:
        """The last axis must be the one that the kernel was made for."""
        super().check_shapes(shapes)
        self.require_size(shapes)

    def call(self, inputs: Tensor) -> Tensor:
        """The outputs of all units."""
        x = inputs if is_float(inputs.dtype) else ops.cast(inputs, self.dtype)
        product = ops.matmul(x, self.kernel)
        return self.activation(product + self.bias if self.use_bias else product)


class Embedding(Layer):
    """A learned vector for each of the whole numbers 0 to input_dim - 1.

    >>> Embedding(10, 4)([[1, 2, 3]]).shape
    (1, 3, 4)
    """

    single_input = True
    inspects_inputs = True

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if mask_zero:
            raise ArgumentError(
                "Embedding: mask_zero=True is for recurrent networks, which are not here; leave "
                "it out, and let the number 0 have a vector of its own"
            )
        self.input_dim = whole("input_dim", input_dim, 1)
        self.output_dim = whole("output_dim", output_dim, 1)
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = mask_zero

    def build(self, input_shape: Any) -> None:
        """Make the table, one row a number."""
        self.embeddings = self.add_weight(
            "embeddings",
            (self.input_dim, self.output_dim),
            self.embeddings_initializer,
            regularizer=self.embeddings_regularizer,
            constraint=self.embeddings_constraint,
        )

    def call(self, inputs: Tensor) -> Tensor:
        """The vectors of the numbers."""
        numbers = ops.cast(inputs, "int32") if is_float(inputs.dtype) else inputs
        if not numbers.is_symbolic and numbers.size:
            report(self.findings_in(np.asarray(numbers)))
        return ops.gather(self.embeddings, numbers)

    def findings_in(self, values: np.ndarray) -> Iterator[Finding]:
        """Numbers without a vector."""
        if not values.size:
            return
        low, high = values.min().item(), values.max().item()
        if low < 0 or high >= self.input_dim:
            yield NO_VECTOR.finding(
                Where("x", layer=self.name),
                number=low if low < 0 else high,
                greatest=self.input_dim - 1,
            )


class Activation(Layer):
    """An activation, by name or as a function, as a layer of its own.

    >>> Activation("relu")([[-1.0, 1.0]]).tolist()
    [[0.0, 1.0]]
    """

    single_input = True

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.activation = activations.get(activation)

    def call(self, inputs: Tensor) -> Tensor:
        """The activation of the inputs."""
        return self.activation(inputs)


class Lambda(Layer):
    """A function of tensors as a layer; `arguments` are given to it by name.

    To be saved, the function needs a name: see `register_serializable`.

    >>> Lambda(lambda x: x * 2.0)([[1.0]]).tolist()
    [[2.0]]
    """

    def __init__(
        self,
        function: Callable[..., Any] | str,
        arguments: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.function = FUNCTIONS.find(function) if isinstance(function, str) else function
        if not callable(self.function):
            raise ArgumentError(f"Lambda: a function of tensors was expected, got {function!r}")
        if arguments is not None and not isinstance(arguments, dict):
            raise ArgumentError(f"Lambda: arguments is a dictionary by name, got {arguments!r}")
        self.arguments = arguments

    def call(self, inputs: Any) -> Any:
        """The function of the inputs."""
        return self.function(inputs, **(self.arguments or {}))


class Identity(Layer):
    """The inputs as they are.

    >>> Identity()([[1.0]]).tolist()
    [[1.0]]
    """

    def call(self, inputs: Any) -> Any:
        """The inputs."""
        return inputs
