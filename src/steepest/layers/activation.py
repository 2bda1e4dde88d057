"""Activations as layers: any by name, and those that have parameters.

Depends on the Layer base and the activation functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from steepest import activations, constraints, initializers, regularizers
from steepest.arguments import as_tuple, require_within
from steepest.core import ops
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.errors import ArgumentError
from steepest.layers.layer import Layer


class Activation(Layer):
    """An activation as a layer, given by name or as a function.

    >>> Activation("relu")([[-1.0, 1.0]]).tolist()
    [[0.0, 1.0]]
    """

    single_input = True
    supports_masking = True
    output_depends_on = ("activation",)

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.activation = activations.get(activation)

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the activation of the inputs."""
        return self.activation(inputs)


class ReLU(Layer):
    """x above the threshold, negative_slope (x - threshold) below, at most max_value.

    >>> ReLU(max_value=6.0)([[-1.0, 9.0]]).tolist()
    [[0.0, 6.0]]
    """

    single_input = True
    supports_masking = True

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        require_within(self, "[0, inf]", max_value=max_value)
        require_within(self, "[0, inf)", negative_slope=negative_slope, threshold=threshold)
        self.max_value, self.negative_slope = max_value, negative_slope
        self.threshold = threshold

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the activation of the inputs."""
        return activations.relu(inputs, self.negative_slope, self.max_value, self.threshold)


class LeakyReLU(Layer):
    """x above 0, negative_slope x below; `alpha` is an older name of the slope.

    >>> LeakyReLU(0.5)([[-1.0, 9.0]]).tolist()
    [[-0.5, 9.0]]
    """

    single_input = True
    supports_masking = True

    def __init__(
        self, negative_slope: float = 0.3, alpha: float | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        slope = negative_slope if alpha is None else alpha
        require_within(self, "[0, inf)", negative_slope=slope)
        self.negative_slope = slope

    def argument(self, name: str) -> Any:
        """Returns the constructor's argument of a name; `alpha` is another name of the slope."""
        return None if name == "alpha" else super().argument(name)

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the activation of the inputs."""
        return activations.leaky_relu(inputs, self.negative_slope)


class PReLU(Layer):
    """x above 0, alpha x below, with a learned alpha for each input (He et al., 2015).

    Inputs along `shared_axes` (counted from 1) share one alpha.

    >>> PReLU("ones")([[-1.0, 9.0]]).tolist()
    [[-1.0, 9.0]]
    """

    single_input = True
    supports_masking = True

    alpha: Variable

    def __init__(
        self,
        alpha_initializer: Any = "zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: int | Sequence[int] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        self.shared_axes = None if shared_axes is None else as_tuple(shared_axes)

    def build(self, input_shape: Any) -> None:
        """Creates the slopes alpha."""
        shared = self.shared_axes or ()
        if not all(1 <= axis < len(input_shape) for axis in shared):
            raise ArgumentError(
                f"layer {self.name!r}: shared_axes {shared} are not axes 1 to "
                f"{len(input_shape) - 1} of its inputs"
            )
        sizes = [1 if axis in shared else size for axis, size in enumerate(input_shape)]
        self.alpha = self.add_weight(
            "alpha",
            sizes[1:],
            self.alpha_initializer,
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
        )

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the activation of the inputs."""
        return ops.where(inputs <= 0.0, inputs * self.alpha, inputs)


class ELU(Layer):
    """x above 0, alpha (e^x - 1) below.

    >>> ELU()([[0.0, 9.0]]).tolist()
    [[0.0, 9.0]]
    """

    single_input = True
    supports_masking = True

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        require_within(self, "[0, inf)", alpha=alpha)
        self.alpha = alpha

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the activation of the inputs."""
        return activations.elu(inputs, self.alpha)


class Softmax(Layer):
    """e^x divided by its sum along an axis.

    >>> Softmax()([[1000.0, 1000.0]]).tolist()
    [[0.5, 0.5]]
    """

    single_input = True
    supports_masking = True

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the softmax of the inputs."""
        return activations.softmax(inputs, self.axis)
