"""Layers that bring activations to a common scale. Leans on the layer contract.

Batch normalisation looks at one feature over the batch, layer normalisation at one example over
its features.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from steepest import constraints, initializers, regularizers
from steepest.arguments import as_tuple, one_or_tuple, require_within
from steepest.core import ops
from steepest.core.dtype import is_float
from steepest.core.primitives import Shape
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.errors import ArgumentError, ShapeError
from steepest.functions import composed, nn
from steepest.layers.layer import Layer


class BatchNormalization(Layer):
    """gamma (x - mean) / sqrt(variance + epsilon) + beta, along one axis (Ioffe, Szegedy, 2015).

    In training mean and variance are those of the batch, and moving averages of them are kept:
    moving = momentum moving + (1 - momentum) batch. Otherwise, and in a frozen layer, the moving
    averages are used.

    >>> layer = BatchNormalization()
    >>> layer([[1.0], [3.0]], training=True).numpy().round(2).tolist()
    [[-1.0], [1.0]]
    >>> layer.moving_mean
    Variable('moving_mean', [0.02], shape=(1,), dtype=float32)
    """

    gamma: Variable
    beta: Variable
    moving_mean: Variable
    moving_variance: Variable

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        require_within(self, "[0, 1]", momentum=momentum)
        require_within(self, "(0, inf)", epsilon=epsilon)
        self.axis, self.momentum, self.epsilon = axis, momentum, epsilon
        self.center, self.scale = center, scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)

    def build(self, input_shape: Any) -> None:
        """Make scale and shift, and the moving averages, one of each a feature."""
        sizes = (self.size_along(input_shape, self.axis),)
        _add_scale_and_shift(self, sizes)
        for name in ("moving_mean", "moving_variance"):
            start = getattr(self, f"{name}_initializer")
            setattr(self, name, self.add_weight(name, sizes, start, trainable=False))

    def check_shapes(self, shapes: Any) -> None:
        """The normalised axis must be the one that the layer was built for."""
        super().check_shapes(shapes)
        self.require_size(shapes, self.axis)

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """The normalised inputs."""
        x = _fractions(self, inputs)
        if training and self.trainable:
            mean, variance = self._batch_moments(x)
        else:
            mean, variance = self.moving_mean.value, self.moving_variance.value
        factor = ops.rsqrt(variance + self.epsilon)
        factor = factor * self.gamma if self.scale else factor
        normal = (x - self._spread(mean, x)) * self._spread(factor, x)
        return normal + self._spread(self.beta.value, x) if self.center else normal

    def _batch_moments(self, x: Tensor) -> tuple[Tensor, Tensor]:
        others = tuple(axis for axis in range(x.ndim) if axis != self.axis % x.ndim)
        mean, variance = nn.moments(x, others)
        self._follow(self.moving_mean, mean)
        self._follow(self.moving_variance, variance)
        return mean, variance

    def _follow(self, moving: Variable, batch: Tensor) -> None:
        old, new = moving.value, ops.cast(batch, moving.dtype)
        moving.assign(old * self.momentum + new * (1.0 - self.momentum))

    def _spread(self, feature: Tensor, x: Tensor) -> Tensor:
        """One number a feature, in a shape that meets the inputs along the feature axis."""
        after = x.ndim - 1 - self.axis % x.ndim
        return ops.reshape(feature, (*feature.shape, *(1,) * after)) if after else feature


def _fractions(layer: Layer, inputs: Tensor) -> Tensor:
    return inputs if is_float(inputs.dtype) else ops.cast(inputs, layer.dtype)


def _add_scale_and_shift(layer: Any, sizes: Sequence[int]) -> None:
    """The weights gamma and beta of a normalisation, as far as it is configured to have them."""
    for name, wanted in (("gamma", layer.scale), ("beta", layer.center)):
        if wanted:
            weight = layer.add_weight(
                name,
                sizes,
                getattr(layer, f"{name}_initializer"),
                regularizer=getattr(layer, f"{name}_regularizer"),
                constraint=getattr(layer, f"{name}_constraint"),
            )
            setattr(layer, name, weight)


def _axes(axis: int | Sequence[int]) -> tuple[int, ...]:
    return as_tuple(axis)


class LayerNormalization(Layer):
    """gamma (x - mean) / sqrt(variance + epsilon) + beta, over the features of each example.

    Ba, Kiros, Hinton, "Layer normalization", 2016.

    >>> LayerNormalization()([[1.0, 3.0]]).numpy().round(2).tolist()
    [[-1.0, 1.0]]
    """

    gamma: Variable
    beta: Variable

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        require_within(self, "[0, inf)", epsilon=epsilon)
        self.axis = one_or_tuple(axis)
        self.epsilon, self.center, self.scale = epsilon, center, scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)

    def build(self, input_shape: Any) -> None:
        """Make scale and shift, one of each a feature."""
        self.size_along(input_shape, _axes(self.axis)[0])
        places = sorted(axis % len(input_shape) for axis in _axes(self.axis))
        _add_scale_and_shift(self, [self.size_along(input_shape, place) for place in places])

    def check_shapes(self, shapes: Any) -> None:
        """The normalised axes must be those that the layer was built for."""
        super().check_shapes(shapes)
        for axis in _axes(self.axis):
            self.require_size(shapes, axis)

    def call(self, inputs: Tensor) -> Tensor:
        """The normalised inputs."""
        x = _fractions(self, inputs)
        normal = self._normalized(x)
        normal = normal * self._spread(self.gamma.value, x) if self.scale else normal
        return normal + self._spread(self.beta.value, x) if self.center else normal

    def _normalized(self, x: Tensor) -> Tensor:
        mean, variance = nn.moments(x, self.axis, keepdims=True)
        return (x - mean) * ops.rsqrt(variance + self.epsilon)

    def _spread(self, feature: Tensor, x: Tensor) -> Tensor:
        """The features in a shape that meets the inputs along the normalised axes."""
        places = {axis % x.ndim for axis in _axes(self.axis)}
        shape: Shape = tuple(x.shape[axis] if axis in places else 1 for axis in range(x.ndim))
        return ops.reshape(feature, shape[min(places) :])


class RMSNormalization(LayerNormalization):
    """gamma x / sqrt(mean of x^2 + epsilon), over the features of each example.

    Zhang and Sennrich, "Root mean square layer normalization", 2019.

    >>> RMSNormalization()([[1.0, 1.0]]).numpy().round(3).tolist()
    [[1.0, 1.0]]
    """

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        epsilon: float = 1e-6,
        gamma_initializer: Any = "ones",
        **kwargs: Any,
    ) -> None:
        if any(kwargs.get(name) for name in ("center", "beta_regularizer", "beta_constraint")):
            raise ArgumentError("RMSNormalization scales and does not shift: it has no beta")
        kwargs |= {"center": False, "gamma_initializer": gamma_initializer}
        super().__init__(axis, epsilon, **kwargs)

    def _normalized(self, x: Tensor) -> Tensor:
        square = ops.reduce_mean(x * x, self.axis, keepdims=True)
        return x * ops.rsqrt(square + self.epsilon)


class GroupNormalization(Layer):
    """gamma (x - mean) / sqrt(variance + epsilon) + beta, over groups of each example's features.

    `groups=-1` makes a group of each feature. Wu and He, "Group normalization", 2018.

    >>> GroupNormalization(2)([[1.0, 3.0, 10.0, 30.0]]).numpy().round(2).tolist()
    [[-1.0, 1.0, -1.0, 1.0]]
    """

    gamma: Variable
    beta: Variable

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        require_within(self, "[0, inf)", epsilon=epsilon)
        if groups < 1 and groups != -1:
            raise ArgumentError(f"GroupNormalization: groups from 1 on, or -1, got {groups}")
        self.groups, self.axis = groups, axis
        self.epsilon, self.center, self.scale = epsilon, center, scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)

    def build(self, input_shape: Any) -> None:
        """Make scale and shift, one of each a feature."""
        size = self.size_along(input_shape, self.axis)
        if size % self._count(size):
            raise ShapeError(
                f"layer {self.name!r}: {size} features do not make {self.groups} equal groups; "
                "give a number of groups that divides them"
            )
        _add_scale_and_shift(self, (size,))

    def _count(self, size: int) -> int:
        return size if self.groups == -1 else self.groups

    def check_shapes(self, shapes: Any) -> None:
        """The grouped axis must be the one that the layer was built for."""
        super().check_shapes(shapes)
        self.require_size(shapes, self.axis)

    def call(self, inputs: Tensor) -> Tensor:
        """The normalised inputs."""
        x = composed.move_axis(_fractions(self, inputs), self.axis, -1)
        size = int(x.shape[-1] or 0)
        count = self._count(size)
        grouped = ops.reshape(x, (*x.shape[:-1], count, size // count))
        others = tuple(axis for axis in range(1, grouped.ndim) if axis != grouped.ndim - 2)
        mean, variance = nn.moments(grouped, others, keepdims=True)
        normal = ops.reshape((grouped - mean) * ops.rsqrt(variance + self.epsilon), x.shape)
        normal = normal * self.gamma if self.scale else normal
        normal = normal + self.beta if self.center else normal
        return composed.move_axis(normal, -1, self.axis)


class UnitNormalization(Layer):
    """Each example over its Euclidean length.

    >>> UnitNormalization()([[3.0, 4.0]])
    Tensor([[0.6 0.8]], shape=(1, 2), dtype=float32)
    """

    def __init__(self, axis: int | Sequence[int] = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: Tensor) -> Tensor:
        """The inputs of length 1."""
        return nn.l2_normalize(inputs, _axes(self.axis))
