"""Batch, layer, RMS, group and unit normalization. Depends on the Layer base.

Batch normalization averages each feature over the batch; layer normalization averages the
features of each example.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from steepest import constraints, initializers, regularizers
from steepest.arguments import as_tuple, one_or_tuple, require_within
from steepest.core import ops
from steepest.core.primitives import Shape, show
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.errors import ArgumentError, ShapeError
from steepest.functions import composed, nn
from steepest.layers.inputs import as_float
from steepest.layers.layer import Layer


class ScaleAndShift(Layer):
    """The base of normalizations with a learned scale gamma and a learned shift beta.

    >>> layer = LayerNormalization(center=False)
    >>> layer.build((None, 3))
    >>> [weight.name for weight in layer.weights]
    ['gamma']
    """

    single_input = True
    supports_masking = True

    gamma: Variable
    beta: Variable

    def __init__(
        self,
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
        self.center, self.scale = center, scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)

    def add_scale_and_shift(self, sizes: Sequence[int]) -> None:
        """Creates gamma where `scale` is True, and beta where `center` is True."""
        if self.scale:
            self.gamma = self.add_weight(
                "gamma",
                sizes,
                self.gamma_initializer,
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
            )
        if self.center:
            self.beta = self.add_weight(
                "beta",
                sizes,
                self.beta_initializer,
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
            )


class BatchNormalization(ScaleAndShift):
    """gamma (x - mean) / sqrt(variance + epsilon) + beta, along one axis (Ioffe, Szegedy, 2015).

    In training, mean and variance are those of the batch, and their moving averages are updated:
    moving = momentum moving + (1 - momentum) batch. Otherwise, and in a frozen layer, the moving
    averages are used. Steps that the inputs' mask leaves out do not enter mean and variance.

    >>> layer = BatchNormalization()
    >>> layer([[1.0], [3.0]], training=True).numpy().round(2).tolist()
    [[-1.0], [1.0]]
    >>> layer.moving_mean
    Variable('moving_mean', [0.02], shape=(1,), dtype=float32)
    """

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
        super().__init__(
            center, scale, beta_initializer, gamma_initializer, beta_regularizer,
            gamma_regularizer, beta_constraint, gamma_constraint, **kwargs,
        )  # fmt: skip
        require_within(self, "[0, 1]", momentum=momentum)
        require_within(self, "(0, inf)", epsilon=epsilon)
        self.axis, self.momentum, self.epsilon = axis, momentum, epsilon
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)

    @property
    def scales(self) -> bool:  # type: ignore[override]
        """Whether it normalizes by the batch in training, which a frozen layer does not."""
        return self.trainable

    def build(self, input_shape: Any) -> None:
        """Creates gamma, beta and the moving averages, one number of each for each feature."""
        sizes = (self.size_along(input_shape, self.axis),)
        self.add_scale_and_shift(sizes)
        self.moving_mean = self.add_weight(
            "moving_mean", sizes, self.moving_mean_initializer, trainable=False
        )
        self.moving_variance = self.add_weight(
            "moving_variance", sizes, self.moving_variance_initializer, trainable=False
        )

    def check_shapes(self, shapes: Any) -> None:
        """Raises unless the normalized axis has the size that the layer was built for."""
        super().check_shapes(shapes)
        self.require_size(shapes, self.axis)

    def call(self, inputs: Tensor, training: bool = False, mask: Any = None) -> Tensor:
        """Returns the normalized inputs."""
        x = as_float(inputs, self.dtype)
        if training and self.trainable:
            mean, variance = self._batch_moments(x, mask)
        else:
            mean, variance = self.moving_mean.value, self.moving_variance.value
        factor = ops.rsqrt(variance + self.epsilon)
        factor = factor * self.gamma if self.scale else factor
        normal = (x - self._broadcastable(mean, x)) * self._broadcastable(factor, x)
        return normal + self._broadcastable(self.beta.value, x) if self.center else normal

    def _batch_moments(self, x: Tensor, mask: Any) -> tuple[Tensor, Tensor]:
        """Returns the mean and variance of the batch, and updates the moving averages."""
        others = tuple(axis for axis in range(x.ndim) if axis != self.axis % x.ndim)
        if mask is None:
            mean, variance = nn.moments(x, others)
        else:
            weights = ops.cast(self._full_mask(ops.as_tensor(mask), x), x.dtype)
            mean, variance = nn.weighted_moments(x, others, weights)
        self._update(self.moving_mean, mean)
        self._update(self.moving_variance, variance)
        return mean, variance

    def _full_mask(self, mask: Tensor, x: Tensor) -> Tensor:
        """Returns the mask, which has no last axis, in the shape of the inputs."""
        if mask.shape != x.shape[:-1]:
            raise ShapeError(
                f"layer {self.name!r}: a mask of shape {show(mask.shape)} does not fit inputs of "
                f"shape {show(x.shape)}; give it one entry for each step"
            )
        return ops.broadcast_to(composed.expand_dims(mask, -1), x.shape)

    def _update(self, moving: Variable, batch: Tensor) -> None:
        old, new = moving.value, ops.cast(batch, moving.dtype)
        moving.assign(old * self.momentum + new * (1.0 - self.momentum))

    def _broadcastable(self, feature: Tensor, x: Tensor) -> Tensor:
        """One number for each feature, in a shape that broadcasts along the feature axis of x."""
        after = x.ndim - 1 - self.axis % x.ndim
        return ops.reshape(feature, (*feature.shape, *(1,) * after)) if after else feature


class LayerNormalization(ScaleAndShift):
    """gamma (x - mean) / sqrt(variance + epsilon) + beta, over the features of each example.

    Ba, Kiros, Hinton, "Layer normalization", 2016.

    >>> LayerNormalization()([[1.0, 3.0]]).numpy().round(2).tolist()
    [[-1.0, 1.0]]
    """

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
        super().__init__(
            center, scale, beta_initializer, gamma_initializer, beta_regularizer,
            gamma_regularizer, beta_constraint, gamma_constraint, **kwargs,
        )  # fmt: skip
        require_within(self, "[0, inf)", epsilon=epsilon)
        self.axis, self.epsilon = one_or_tuple(axis), epsilon

    def build(self, input_shape: Any) -> None:
        """Creates gamma and beta, one number of each for each feature."""
        axes = as_tuple(self.axis)
        if not axes:
            raise ArgumentError(f"layer {self.name!r}: axis: at least one axis, got {self.axis!r}")
        self.size_along(input_shape, axes[0])
        ordered = sorted(axis % len(input_shape) for axis in axes)
        self.add_scale_and_shift([self.size_along(input_shape, axis) for axis in ordered])

    def check_shapes(self, shapes: Any) -> None:
        """Raises unless the normalized axes have the sizes that the layer was built for."""
        super().check_shapes(shapes)
        for axis in as_tuple(self.axis):
            self.require_size(shapes, axis)

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the normalized inputs."""
        x = as_float(inputs, self.dtype)
        normal = self.normalize(x)
        normal = normal * self._broadcastable(self.gamma.value, x) if self.scale else normal
        return normal + self._broadcastable(self.beta.value, x) if self.center else normal

    def normalize(self, x: Tensor) -> Tensor:
        """Returns x with mean 0 and variance 1 over the features, before gamma and beta."""
        mean, variance = nn.moments(x, self.axis, keepdims=True)
        return (x - mean) * ops.rsqrt(variance + self.epsilon)

    def _broadcastable(self, feature: Tensor, x: Tensor) -> Tensor:
        """The numbers of the features in a shape that broadcasts along the normalized axes of x."""
        axes = {axis % x.ndim for axis in as_tuple(self.axis)}
        shape: Shape = tuple(x.shape[axis] if axis in axes else 1 for axis in range(x.ndim))
        return ops.reshape(feature, shape[min(axes) :])


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

    def normalize(self, x: Tensor) -> Tensor:
        """Returns x divided by its root mean square over the features, before gamma."""
        square = ops.reduce_mean(x * x, self.axis, keepdims=True)
        return x * ops.rsqrt(square + self.epsilon)


class GroupNormalization(ScaleAndShift):
    """gamma (x - mean) / sqrt(variance + epsilon) + beta, over groups of each example's features.

    `groups=-1` makes each feature a group. Wu and He, "Group normalization", 2018.

    >>> GroupNormalization(2)([[1.0, 3.0, 10.0, 30.0]]).numpy().round(2).tolist()
    [[-1.0, 1.0, -1.0, 1.0]]
    """

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
        super().__init__(
            center, scale, beta_initializer, gamma_initializer, beta_regularizer,
            gamma_regularizer, beta_constraint, gamma_constraint, **kwargs,
        )  # fmt: skip
        require_within(self, "[0, inf)", epsilon=epsilon)
        if groups < 1 and groups != -1:
            raise ArgumentError(f"GroupNormalization: groups from 1 on, or -1, got {groups}")
        self.groups, self.axis, self.epsilon = groups, axis, epsilon

    def build(self, input_shape: Any) -> None:
        """Creates gamma and beta, one number of each for each feature."""
        size = self.size_along(input_shape, self.axis)
        if size % self._group_count(size):
            raise ShapeError(
                f"layer {self.name!r}: {size} features do not make {self.groups} equal groups; "
                "give a number of groups that divides them"
            )
        self.add_scale_and_shift((size,))

    def _group_count(self, size: int) -> int:
        return size if self.groups == -1 else self.groups

    def check_shapes(self, shapes: Any) -> None:
        """Raises unless the grouped axis has the size that the layer was built for."""
        super().check_shapes(shapes)
        self.require_size(shapes, self.axis)

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the normalized inputs."""
        x = composed.move_axis(as_float(inputs, self.dtype), self.axis, -1)
        size = int(x.shape[-1] or 0)
        count = self._group_count(size)
        grouped = ops.reshape(x, (*x.shape[:-1], count, size // count))
        others = tuple(axis for axis in range(1, grouped.ndim) if axis != grouped.ndim - 2)
        mean, variance = nn.moments(grouped, others, keepdims=True)
        normal = ops.reshape((grouped - mean) * ops.rsqrt(variance + self.epsilon), x.shape)
        normal = normal * self.gamma if self.scale else normal
        normal = normal + self.beta if self.center else normal
        return composed.move_axis(normal, -1, self.axis)


class UnitNormalization(Layer):
    """Divides each example by its Euclidean length.

    >>> UnitNormalization()([[3.0, 4.0]])
    Tensor([[0.6 0.8]], shape=(1, 2), dtype=float32)
    """

    single_input = True
    supports_masking = True

    def __init__(self, axis: int | Sequence[int] = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the inputs, scaled to length 1."""
        return nn.l2_normalize(inputs, as_tuple(self.axis))
