"""Layers that change pictures at random while training: shift, turn, zoom, flip, contrast, cut-out.

Leans on the noise layers. Pictures are (batch, height, width, channels), or (batch, height,
width). All is written in the language, so that it becomes part of the compiled step; outside of
training pictures stay as they are.

Resampling is linear: the weight of pixel j in a pixel that comes from place s is
max(0, 1 - |s - j|), which makes each pass along an axis a matrix product.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from steepest.arguments import require_within
from steepest.core import ops
from steepest.core.dtype import is_float
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError, ShapeError
from steepest.functions import elementary, shapes
from steepest.layers.regularization import Noise

FILL_MODES = ("reflect", "constant", "nearest", "wrap")


class Augmentation(Noise):
    """The base: `change(x)` is what a subclass writes, for x of four axes, of fractions.

    >>> class Darken(Augmentation):
    ...     def change(self, x):
    ...         return x * self.random.uniform((x.shape[0], 1, 1, 1), 0.5, 1.0, x.dtype)
    >>> Darken(seed=1)([[[1.0, 2.0]]]).shape
    (1, 1, 2)
    """

    def change(self, x: Tensor) -> Tensor:
        """The pictures, changed."""
        raise NotImplementedError

    def disturb(self, x: Tensor) -> Tensor:
        """The pictures as fractions with a channel axis, changed, in their own shape again."""
        if x.ndim not in (3, 4):
            raise ShapeError(
                f"layer {self.name!r} takes pictures of shape (batch, height, width, channels) or "
                f"(batch, height, width), got {x.ndim} axes"
            )
        fractions = x if is_float(x.dtype) else ops.cast(x, self.dtype)
        four = fractions if x.ndim == 4 else shapes.expand_dims(fractions, -1)
        return ops.reshape(self.change(four), x.shape)

    def draw(self, x: Tensor, low: float, high: float) -> Tensor:
        """A number between two for each picture, of shape (batch, 1, 1, 1)."""
        return self.random.uniform((x.shape[0], 1, 1, 1), low, high, x.dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of the inputs."""
        return input_shape


def _range(
    kind: str, name: str, factor: float | Sequence[float], least: float = -1.0
) -> tuple[float, float]:
    """(low, high) of a factor: one number f stands for (-f, f)."""
    ends = tuple(factor) if isinstance(factor, Sequence) else (-factor, factor)
    if len(ends) != 2 or not -1 <= ends[0] <= ends[1]:
        raise ArgumentError(f"{kind}: {name} is a number or (low, high), got {factor!r}")
    return float(ends[0]), float(ends[1])


# ---------------------------------------------------------------- resampling


def resampled(x: Tensor, places: Tensor, fill_mode: str) -> Tensor:
    """Each row's pixels taken from `places` along the width; (..., width) for x (..., width, c).

    >>> x = ops.constant([[[1.0], [2.0], [4.0]]])
    >>> resampled(x, ops.constant([[0.5, 1.0, 3.0]]), "constant").tolist()
    [[[1.5], [2.0], [0.0]]]
    """
    size = x.shape[-2]
    assert size is not None
    pixels = ops.cast(ops.iota((size,), 0), x.dtype)
    apart = abs(shapes.expand_dims(_inside(places, size, fill_mode), -1) - pixels)
    if fill_mode == "wrap":
        apart = ops.minimum(apart, size - apart)
    return ops.matmul(ops.maximum(1.0 - apart, 0.0), x)


def _inside(places: Tensor, size: int, fill_mode: str) -> Tensor:
    """Places beyond the border brought back, as the fill mode says."""
    if fill_mode == "constant":
        return places
    if fill_mode == "wrap":
        return places - ops.floor(places / size) * size
    if fill_mode == "reflect":
        turned = places + 0.5
        turned = turned - ops.floor(turned / (2 * size)) * (2 * size)
        places = ops.minimum(turned, 2 * size - turned) - 0.5
    return elementary.clip_by_value(places, 0.0, size - 1.0)


def _along_height(x: Tensor, places: Tensor, fill_mode: str) -> Tensor:
    """One pass along the height; places are (batch, width or 1, height)."""
    turned = ops.transpose(x, (0, 2, 1, 3))
    return ops.transpose(resampled(turned, places, fill_mode), (0, 2, 1, 3))


def _counted(size: int | None, like: Tensor, more: int = 0) -> Tensor:
    """The places along an axis, and so many more before and after, as (1, 1, places)."""
    assert size is not None
    return ops.cast(ops.iota((1, 1, size + 2 * more), 2) - more, like.dtype)


def _centred(size: int | None, like: Tensor) -> Tensor:
    assert size is not None
    return _counted(size, like) - (size - 1) / 2.0


def _flat(values: Tensor) -> Tensor:
    """(batch, 1, 1, 1) as (batch, 1, 1)."""
    return ops.reshape(values, values.shape[:3])


class Geometric(Augmentation):
    """The base of what moves pixels: checks `fill_mode`.

    "reflect": a b c d | d c b a; "nearest": d d d d; "wrap": a b c d; "constant": 0.

    >>> Geometric(fill_mode="wrap").fill_mode
    'wrap'
    """

    def __init__(self, fill_mode: str = "reflect", seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(seed=seed, **kwargs)
        if fill_mode not in FILL_MODES:
            raise ArgumentError(f"fill_mode: one of {FILL_MODES} was expected, got {fill_mode!r}")
        self.fill_mode = fill_mode


class RandomTranslation(Geometric):
    """Shifted by shares of height and width: 0.1 means between -10% and 10%; down and right are +.

    >>> layer = RandomTranslation((0.5, 0.5), (0.0, 0.0), fill_mode="constant")
    >>> layer([[[1.0, 2.0], [3.0, 4.0]]], training=True).tolist()
    [[[0.0, 0.0], [1.0, 2.0]]]
    """

    def __init__(
        self,
        height_factor: float | Sequence[float],
        width_factor: float | Sequence[float],
        fill_mode: str = "reflect",
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, seed, **kwargs)
        self.height_factor, self.width_factor = height_factor, width_factor
        self._height = _range("RandomTranslation", "height_factor", height_factor)
        self._width = _range("RandomTranslation", "width_factor", width_factor)

    def change(self, x: Tensor) -> Tensor:
        """The pictures, shifted."""
        height, width = x.shape[1], x.shape[2]
        assert height is not None and width is not None
        down = _flat(self.draw(x, *self._height)) * height
        right = _flat(self.draw(x, *self._width)) * width
        moved = _along_height(x, _counted(height, x) - down, self.fill_mode)
        return resampled(moved, _counted(width, x) - right, self.fill_mode)


class RandomZoom(Geometric):
    """Seen from nearer or farther: 0.2 means 20% smaller to 20% larger an outcut; - is nearer.

    Without `width_factor` the width follows the height.

    >>> layer = RandomZoom((-0.5, -0.5), fill_mode="nearest")
    >>> layer([[[1.0, 2.0, 3.0]] * 3], training=True).tolist()[0][0]
    [1.5, 2.0, 2.5]
    """

    def __init__(
        self,
        height_factor: float | Sequence[float],
        width_factor: float | Sequence[float] | None = None,
        fill_mode: str = "reflect",
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, seed, **kwargs)
        self.height_factor, self.width_factor = height_factor, width_factor
        self._height = _range("RandomZoom", "height_factor", height_factor)
        self._width = None
        if width_factor is not None:
            self._width = _range("RandomZoom", "width_factor", width_factor)

    def change(self, x: Tensor) -> Tensor:
        """The pictures, zoomed."""
        height, width = x.shape[1], x.shape[2]
        assert height is not None and width is not None
        tall = _flat(self.draw(x, *self._height)) + 1.0
        wide = tall if self._width is None else _flat(self.draw(x, *self._width)) + 1.0
        rows = _centred(height, x) * tall + (height - 1) / 2.0
        columns = _centred(width, x) * wide + (width - 1) / 2.0
        zoomed = _along_height(x, rows, self.fill_mode)
        return resampled(zoomed, columns, self.fill_mode)


class RandomRotation(Geometric):
    """Turned by shares of a full turn: 0.1 means between -36 and 36 degrees; + is anticlockwise.

    Three shears make a rotation (Paeth, "A fast algorithm for general raster rotation", 1986):
    along the width by tan(a / 2), along the height by -sin(a), along the width by tan(a / 2).
    Beyond a quarter of a turn, the picture is put upside down first.

    >>> layer = RandomRotation((0.5, 0.5))
    >>> layer([[[1.0, 2.0], [3.0, 4.0]]], training=True).numpy().round(4).tolist()
    [[[4.0, 3.0], [2.0, 1.0]]]
    """

    def __init__(
        self,
        factor: float | Sequence[float],
        fill_mode: str = "reflect",
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, seed, **kwargs)
        self.factor = factor
        self._range = _range("RandomRotation", "factor", factor)

    def change(self, x: Tensor) -> Tensor:
        """The pictures, turned."""
        share = self.draw(x, *self._range)
        share = share - ops.round(share)  # -0.5 to 0.5 of a turn
        far = abs(share) > 0.25
        turned = ops.where(far, ops.flip(ops.flip(x, 1), 2), x)
        rest = ops.where(far, share - ops.sign(share) * 0.5, share)
        return self._sheared(turned, _flat(rest) * (2.0 * math.pi))

    def _sheared(self, x: Tensor, angle: Tensor) -> Tensor:
        """Three passes over a canvas wide enough for what comes in from beyond the border."""
        height, width = x.shape[1], x.shape[2]
        assert height is not None and width is not None
        above, beside = self._margins(height, width)
        slope, climb = elementary.tan(angle / 2.0), ops.sin(angle)
        tall, wide = _counted(height, x, above), _counted(width, x, beside)
        rows, columns = (
            ops.transpose(places - (size - 1) / 2.0, (0, 2, 1))
            for places, size in ((tall, height), (wide, width))
        )
        canvas = _along_height(x, tall, self.fill_mode)
        once = resampled(canvas, wide - slope * rows, self.fill_mode)
        down = _counted(height, x) + above + climb * columns
        twice = _along_height(once, down, "nearest")
        across = _counted(width, x) + beside - slope * rows[:, above : above + height]
        return resampled(twice, across, "nearest")

    def _margins(self, height: int, width: int) -> tuple[int, int]:
        """What the canvas has above and below, and at the sides, for the greatest angle."""
        greatest = 2.0 * math.pi * min(max(map(abs, self._range)), 0.25)
        beside = math.tan(greatest / 2.0) * height / 2.0
        above = math.sin(greatest) * (width / 2.0 + beside)
        return math.ceil(above), math.ceil(beside)


# ---------------------------------------------------------------- flips, light, gaps

MODES = {"horizontal": (2,), "vertical": (1,), "horizontal_and_vertical": (1, 2)}


class RandomFlip(Augmentation):
    """Mirrored or not, each with probability one half.

    >>> RandomFlip("horizontal")([[[1.0, 2.0]]]).shape
    (1, 1, 2)
    """

    def __init__(
        self, mode: str = "horizontal_and_vertical", seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        if mode not in MODES:
            raise ArgumentError(f"RandomFlip: mode is one of {tuple(MODES)}, got {mode!r}")
        self.mode = mode

    def change(self, x: Tensor) -> Tensor:
        """The pictures, mirrored or not."""
        for axis in MODES[self.mode]:
            x = ops.where(self.draw(x, 0.0, 1.0) < 0.5, ops.flip(x, axis), x)
        return x


class RandomContrast(Augmentation):
    """(x - mean) f + mean by channel, with f between 1 - factor and 1 + factor.

    >>> RandomContrast((0.5, 0.5))([[[1.0, 3.0]]], training=True).shape
    (1, 1, 2)
    """

    def __init__(
        self, factor: float | Sequence[float], seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.factor = factor
        ends = tuple(factor) if isinstance(factor, Sequence) else (factor, factor)
        if len(ends) != 2 or not (0 <= ends[0] <= 1 and ends[1] >= 0):
            raise ArgumentError(f"RandomContrast: factor is f, or (lower, upper), got {factor!r}")
        self._range = (1.0 - ends[0], 1.0 + ends[1])

    def change(self, x: Tensor) -> Tensor:
        """The pictures with more or less contrast."""
        mean = ops.reduce_mean(x, (1, 2), keepdims=True)
        return (x - mean) * self.draw(x, *self._range) + mean


class RandomBrightness(Augmentation):
    """Lighter or darker by a share of the range of values, within that range.

    >>> RandomBrightness((0.5, 0.5), (0.0, 1.0))([[[0.25, 0.75]]], training=True).tolist()
    [[[0.75, 1.0]]]
    """

    def __init__(
        self,
        factor: float | Sequence[float],
        value_range: Sequence[float] = (0.0, 255.0),
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.factor, self.value_range = factor, tuple(value_range)
        if len(self.value_range) != 2 or not value_range[0] < value_range[1]:
            raise ArgumentError(f"RandomBrightness: value_range is (low, high), got {value_range}")
        self._range = _range("RandomBrightness", "factor", factor)

    def change(self, x: Tensor) -> Tensor:
        """The pictures, lighter or darker."""
        low, high = self.value_range
        lighter = x + self.draw(x, *self._range) * (high - low)
        return elementary.clip_by_value(lighter, low, high)


class RandomErasing(Augmentation):
    """A rectangle cut out of a share `factor` of the pictures and filled with one value.

    `scale` bounds its area as a share of the picture; its sides keep the picture's proportions.
    DeVries and Taylor, "Improved regularization of convolutional neural networks with cutout",
    2017.

    >>> x = RandomErasing(1.0, scale=(0.25, 0.25), seed=1)([[[1.0] * 8] * 8], training=True)
    >>> 1 <= int((x.numpy() == 0).sum()) <= 16
    True
    """

    def __init__(
        self,
        factor: float = 1.0,
        scale: Sequence[float] = (0.02, 0.33),
        fill_value: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        require_within(self, "[0, 1]", factor=factor)
        if len(scale) != 2 or not 0 <= scale[0] <= scale[1] <= 1:
            raise ArgumentError(f"RandomErasing: scale is two shares, low and high, got {scale}")
        self.factor, self.scale, self.fill_value = factor, tuple(scale), fill_value

    def change(self, x: Tensor) -> Tensor:
        """The pictures with a gap."""
        side = ops.sqrt(self.draw(x, *self.scale))
        chosen = self.draw(x, 0.0, 1.0) < self.factor
        hidden = ops.logical_and(self._band(x, 1, side), self._band(x, 2, side))
        return ops.where(ops.logical_and(chosen, hidden), self.fill_value, x)

    def _band(self, x: Tensor, axis: int, side: Tensor) -> Tensor:
        """Whether a row, or column, is crossed by the rectangle; its middle is anywhere."""
        size = x.shape[axis]
        assert size is not None
        shape = tuple(size if other == axis else 1 for other in range(4))
        places = ops.cast(ops.iota(shape, axis), x.dtype)
        middle = self.draw(x, 0.0, 1.0) * size
        return abs(places + 0.5 - middle) * 2.0 < side * size
