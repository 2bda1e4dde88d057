"""Dense, the fully connected layer, and the base of layers with a kernel and a bias.

Depends on the Layer base and the functions it is built of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from steepest import activations, constraints, initializers, regularizers
from steepest.arguments import whole
from steepest.core import ops
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.layers.inputs import as_float
from steepest.layers.layer import Layer


class KernelAndBias(Layer):
    """The base of layers with a kernel and a bias: initial values, regularizers and constraints.

    >>> layer = Dense(2, bias_initializer="ones")
    >>> layer.add_bias((2,))
    >>> layer.bias.tolist()
    [1.0, 1.0]
    """

    kernel: Variable
    bias: Variable = None  # type: ignore[assignment]  # None without one, as in Keras

    def __init__(
        self,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)

    def add_kernel(self, shape: Sequence[int]) -> None:
        """Creates the kernel."""
        self.kernel = self.add_weight(
            "kernel",
            shape,
            self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )

    def add_bias(self, shape: Sequence[int]) -> None:
        """Creates the bias."""
        self.bias = self.add_weight(
            "bias",
            shape,
            self.bias_initializer,
            regularizer=self.bias_regularizer,
            constraint=self.bias_constraint,
        )


class Dense(KernelAndBias):
    """A fully connected layer: activation(x @ kernel + bias).

    >>> layer = Dense(2, "relu", kernel_initializer="ones")
    >>> layer([[1.0, 2.0, 3.0]]).tolist()
    [[6.0, 6.0]]
    >>> layer.kernel.shape, layer.count_params()
    ((3, 2), 8)
    """

    single_input = True
    supports_masking = True
    output_depends_on = ("units", "activation", "use_bias")

    bias: Variable = None  # type: ignore[assignment]  # None without one, as in Keras

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
        super().__init__(
            kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
            kernel_constraint, bias_constraint,
            activity_regularizer=activity_regularizer, **kwargs,
        )  # fmt: skip
        self.units = whole("units", units, 1)
        self.activation = activations.get(activation)
        self.use_bias = use_bias

    def build(self, input_shape: Any) -> None:
        """Creates the kernel, one column for each unit, and the bias."""
        self.add_kernel((self.size_along(input_shape), self.units))
        if self.use_bias:
            self.add_bias((self.units,))

    def check_shapes(self, shapes: Any) -> None:
        """Raises unless the last axis has the size that the kernel was built for."""
        super().check_shapes(shapes)
        self.require_size(shapes)

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the outputs of all units."""
        x = as_float(inputs, self.dtype)
        product = self.rounded(ops.matmul(self.rounded(x), self.rounded(self.kernel)))
        return self.activation(product + self.bias if self.use_bias else product)
