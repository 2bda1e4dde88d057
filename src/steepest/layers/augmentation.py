"""Random changes of images in training: flips, contrast, brightness, erased rectangles.

Images are (batch, height, width, channels), or (batch, height, width). The changes are recorded
and compiled with the training step; outside of training, images pass unchanged. Depends on the
base of noise layers, noise.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from steepest.arguments import require_within
from steepest.core import ops
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError, ShapeError
from steepest.functions import elementary, shapes
from steepest.functions.generators import Seed
from steepest.layers.inputs import as_float
from steepest.layers.noise import Noise

MODES = {"horizontal": (2,), "vertical": (1,), "horizontal_and_vertical": (1, 2)}


class Augmentation(Noise):
    """The base of augmentation layers: a subclass writes `augment(x)`.

    Its x is a float tensor of shape (batch, height, width, channels).

    >>> class Darken(Augmentation):
    ...     def augment(self, x):
    ...         return x * self.random.uniform((x.shape[0], 1, 1, 1), 0.5, 1.0, x.dtype)
    >>> Darken(seed=1)([[[1.0, 2.0]]]).shape
    (1, 1, 2)
    """

    def augment(self, x: Tensor) -> Tensor:
        """Returns the images, changed."""
        raise NotImplementedError

    def perturb(self, x: Tensor) -> Tensor:
        """Returns the images, changed as floats with a channel axis, in their own shape."""
        if x.ndim not in (3, 4):
            raise ShapeError(
                f"layer {self.name!r} takes images of shape (batch, height, width, channels) or "
                f"(batch, height, width), got {x.ndim} axes"
            )
        images = as_float(x, self.dtype)
        four = images if x.ndim == 4 else shapes.expand_dims(images, -1)
        return ops.reshape(self.augment(four), x.shape)

    def draw(self, x: Tensor, low: float, high: float) -> Tensor:
        """Draws a number from low to high for each image, of shape (batch, 1, 1, 1)."""
        return self.random.uniform((x.shape[0], 1, 1, 1), low, high, x.dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the shape of the inputs."""
        return input_shape


def symmetric_range(
    layer: Augmentation, name: str, factor: float | Sequence[float]
) -> tuple[float, float]:
    """Returns (low, high) of a factor: one number f means (-f, f).

    >>> symmetric_range(RandomFlip(), "factor", 0.5)
    (-0.5, 0.5)
    """
    ends = tuple(factor) if isinstance(factor, Sequence) else (-factor, factor)
    if len(ends) != 2 or not -1 <= ends[0] <= ends[1]:
        raise ArgumentError(
            f"{type(layer).__name__}: {name} is a number or (low, high), got {factor!r}"
        )
    return float(ends[0]), float(ends[1])


class RandomFlip(Augmentation):
    """Flips images along an axis, each with probability one half.

    >>> RandomFlip("horizontal")([[[1.0, 2.0]]]).shape
    (1, 1, 2)
    """

    def __init__(
        self, mode: str = "horizontal_and_vertical", seed: Seed = None, **kwargs: Any
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        if mode not in MODES:
            raise ArgumentError(f"RandomFlip: mode is one of {tuple(MODES)}, got {mode!r}")
        self.mode = mode

    def augment(self, x: Tensor) -> Tensor:
        """Returns the images, flipped or not."""
        for axis in MODES[self.mode]:
            x = ops.where(self.draw(x, 0.0, 1.0) < 0.5, ops.flip(x, axis), x)
        return x


class RandomContrast(Augmentation):
    """(x - mean) f + mean for each channel, with a random f from 1 - factor to 1 + factor.

    >>> RandomContrast((0.5, 0.5))([[[1.0, 3.0]]], training=True).shape
    (1, 1, 2)
    """

    def __init__(self, factor: float | Sequence[float], seed: Seed = None, **kwargs: Any) -> None:
        super().__init__(seed=seed, **kwargs)
        self.factor = factor
        ends = tuple(factor) if isinstance(factor, Sequence) else (factor, factor)
        if len(ends) != 2 or not (0 <= ends[0] <= 1 and ends[1] >= 0):
            raise ArgumentError(f"RandomContrast: factor is f, or (lower, upper), got {factor!r}")
        self._range = (1.0 - ends[0], 1.0 + ends[1])

    def augment(self, x: Tensor) -> Tensor:
        """Returns the images with more or less contrast."""
        mean = ops.reduce_mean(x, (1, 2), keepdims=True)
        return (x - mean) * self.draw(x, *self._range) + mean


class RandomBrightness(Augmentation):
    """Makes images brighter or darker by a fraction of `value_range`, and clips to that range.

    >>> RandomBrightness((0.5, 0.5), (0.0, 1.0))([[[0.25, 0.75]]], training=True).tolist()
    [[[0.75, 1.0]]]
    """

    def __init__(
        self,
        factor: float | Sequence[float],
        value_range: Sequence[float] = (0.0, 255.0),
        seed: Seed = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.factor, self.value_range = factor, tuple(value_range)
        if len(self.value_range) != 2 or not value_range[0] < value_range[1]:
            raise ArgumentError(f"RandomBrightness: value_range is (low, high), got {value_range}")
        self._range = symmetric_range(self, "factor", factor)

    def augment(self, x: Tensor) -> Tensor:
        """Returns the images, brighter or darker."""
        low, high = self.value_range
        brighter = x + self.draw(x, *self._range) * (high - low)
        return elementary.clip_by_value(brighter, low, high)


class RandomErasing(Augmentation):
    """Fills a random rectangle with one value, in each image with probability `factor`.

    `scale` bounds its area as a fraction of the image, whose aspect ratio it has. DeVries and
    Taylor, "Improved regularization of convolutional neural networks with cutout", 2017.

    >>> x = RandomErasing(1.0, scale=(0.25, 0.25), seed=1)([[[1.0] * 8] * 8], training=True)
    >>> 1 <= int((x.numpy() == 0).sum()) <= 16
    True
    """

    def __init__(
        self,
        factor: float = 1.0,
        scale: Sequence[float] = (0.02, 0.33),
        fill_value: float = 0.0,
        seed: Seed = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        require_within(self, "[0, 1]", factor=factor)
        if len(scale) != 2 or not 0 <= scale[0] <= scale[1] <= 1:
            raise ArgumentError(f"RandomErasing: scale is two fractions, low and high, got {scale}")
        self.factor, self.scale, self.fill_value = factor, tuple(scale), fill_value

    def augment(self, x: Tensor) -> Tensor:
        """Returns the images with a rectangle erased."""
        side = ops.sqrt(self.draw(x, *self.scale))
        chosen = self.draw(x, 0.0, 1.0) < self.factor
        erased = ops.logical_and(self._band(x, 1, side), self._band(x, 2, side))
        return ops.where(ops.logical_and(chosen, erased), self.fill_value, x)

    def _band(self, x: Tensor, axis: int, side: Tensor) -> Tensor:
        """Whether the rectangle covers each row, or column; its center is drawn uniformly."""
        size = x.shape[axis]
        assert size is not None
        shape = tuple(size if other == axis else 1 for other in range(4))
        pixels = ops.cast(ops.iota(shape, axis), x.dtype)
        center = self.draw(x, 0.0, 1.0) * size
        return abs(pixels + 0.5 - center) * 2.0 < side * size
