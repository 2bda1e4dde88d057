"""Random translation, zoom and rotation of images in training, by linear resampling.

The weight of pixel j in a pixel taken from coordinate s is max(0, 1 - |s - j|): each pass along an
axis is a matrix product. Depends on the base of augmentation layers, augmentation.py.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from steepest.core import ops
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError
from steepest.functions import elementary, shapes
from steepest.functions.generators import Seed
from steepest.layers.augmentation import Augmentation, symmetric_range

FILL_MODES = ("reflect", "constant", "nearest", "wrap")


def resample(x: Tensor, coordinates: Tensor, fill_mode: str) -> Tensor:
    """Takes the pixels of each row of x, (..., width, c), from `coordinates`, (..., new width).

    >>> x = ops.constant([[[1.0], [2.0], [4.0]]])
    >>> resample(x, ops.constant([[0.5, 1.0, 3.0]]), "constant").tolist()
    [[[1.5], [2.0], [0.0]]]
    """
    size = x.shape[-2]
    assert size is not None
    pixels = ops.cast(ops.iota((size,), 0), x.dtype)
    distance = abs(shapes.expand_dims(_inside(coordinates, size, fill_mode), -1) - pixels)
    if fill_mode == "wrap":
        distance = ops.minimum(distance, size - distance)
    return ops.matmul(ops.maximum(1.0 - distance, 0.0), x)


def _inside(coordinates: Tensor, size: int, fill_mode: str) -> Tensor:
    """Maps coordinates beyond the border into the image, by the fill mode."""
    if fill_mode == "constant":
        return coordinates
    if fill_mode == "wrap":
        return coordinates - ops.floor(coordinates / size) * size
    if fill_mode == "reflect":
        shifted = coordinates + 0.5
        shifted = shifted - ops.floor(shifted / (2 * size)) * (2 * size)
        coordinates = ops.minimum(shifted, 2 * size - shifted) - 0.5
    return elementary.clip_by_value(coordinates, 0.0, size - 1.0)


def _resample_height(x: Tensor, coordinates: Tensor, fill_mode: str) -> Tensor:
    """Resamples along the height; coordinates are (batch, width or 1, height)."""
    transposed = ops.transpose(x, (0, 2, 1, 3))
    return ops.transpose(resample(transposed, coordinates, fill_mode), (0, 2, 1, 3))


def _pixel_coordinates(size: int, like: Tensor, margin: int = 0) -> Tensor:
    """The coordinates -margin to size - 1 + margin of an axis, of shape (1, 1, their number)."""
    return ops.cast(ops.iota((1, 1, size + 2 * margin), 2) - margin, like.dtype)


def _for_rows(values: Tensor) -> Tensor:
    """Reshapes (batch, 1, 1, 1) to (batch, 1, 1), which broadcasts with coordinates."""
    return ops.reshape(values, values.shape[:3])


class Geometric(Augmentation):
    """The base of layers that move pixels; `fill_mode` fills in from beyond the border.

    "reflect": a b c d | d c b a; "nearest": d d d d; "wrap": a b c d; "constant": 0.

    >>> Geometric(fill_mode="wrap").fill_mode
    'wrap'
    """

    def __init__(self, fill_mode: str = "reflect", seed: Seed = None, **kwargs: Any) -> None:
        super().__init__(seed=seed, **kwargs)
        if fill_mode not in FILL_MODES:
            raise ArgumentError(f"fill_mode: one of {FILL_MODES} was expected, got {fill_mode!r}")
        self.fill_mode = fill_mode


class RandomTranslation(Geometric):
    """Shifts by random fractions of height and width; positive is down and to the right.

    A factor of 0.1 means from -10% to 10%.

    >>> layer = RandomTranslation((0.5, 0.5), (0.0, 0.0), fill_mode="constant")
    >>> layer([[[1.0, 2.0], [3.0, 4.0]]], training=True).tolist()
    [[[0.0, 0.0], [1.0, 2.0]]]
    """

    def __init__(
        self,
        height_factor: float | Sequence[float],
        width_factor: float | Sequence[float],
        fill_mode: str = "reflect",
        seed: Seed = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, seed, **kwargs)
        self.height_factor, self.width_factor = height_factor, width_factor
        self._height = symmetric_range(self, "height_factor", height_factor)
        self._width = symmetric_range(self, "width_factor", width_factor)

    def augment(self, x: Tensor) -> Tensor:
        """Returns the images, shifted."""
        height, width = x.shape[1], x.shape[2]
        assert height is not None and width is not None
        down = _for_rows(self.draw(x, *self._height)) * height
        right = _for_rows(self.draw(x, *self._width)) * width
        moved = _resample_height(x, _pixel_coordinates(height, x) - down, self.fill_mode)
        return resample(moved, _pixel_coordinates(width, x) - right, self.fill_mode)


class RandomZoom(Geometric):
    """Zooms in or out by a random factor: negative zooms in, positive zooms out.

    A factor of 0.2 means that from 80% to 120% of the height is shown. Without `width_factor` the
    width is zoomed like the height.

    >>> layer = RandomZoom((-0.5, -0.5), fill_mode="nearest")
    >>> layer([[[1.0, 2.0, 3.0]] * 3], training=True).tolist()[0][0]
    [1.5, 2.0, 2.5]
    """

    def __init__(
        self,
        height_factor: float | Sequence[float],
        width_factor: float | Sequence[float] | None = None,
        fill_mode: str = "reflect",
        seed: Seed = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, seed, **kwargs)
        self.height_factor, self.width_factor = height_factor, width_factor
        self._height = symmetric_range(self, "height_factor", height_factor)
        self._width = None
        if width_factor is not None:
            self._width = symmetric_range(self, "width_factor", width_factor)

    def augment(self, x: Tensor) -> Tensor:
        """Returns the images, zoomed."""
        height, width = x.shape[1], x.shape[2]
        assert height is not None and width is not None
        tall = _for_rows(self.draw(x, *self._height)) + 1.0
        wide = tall if self._width is None else _for_rows(self.draw(x, *self._width)) + 1.0
        rows = (_pixel_coordinates(height, x) - (height - 1) / 2.0) * tall + (height - 1) / 2.0
        columns = (_pixel_coordinates(width, x) - (width - 1) / 2.0) * wide + (width - 1) / 2.0
        zoomed = _resample_height(x, rows, self.fill_mode)
        return resample(zoomed, columns, self.fill_mode)


class RandomRotation(Geometric):
    """Rotates by a random fraction of a full turn; positive is anticlockwise.

    A factor of 0.1 means from -36 to 36 degrees.

    Three shears make a rotation (Paeth, "A fast algorithm for general raster rotation", 1986):
    along the width by tan(a / 2), along the height by -sin(a), along the width by tan(a / 2).
    Beyond a quarter of a turn, the image is rotated by 180 degrees first.

    >>> layer = RandomRotation((0.5, 0.5))
    >>> layer([[[1.0, 2.0], [3.0, 4.0]]], training=True).numpy().round(4).tolist()
    [[[4.0, 3.0], [2.0, 1.0]]]
    """

    def __init__(
        self,
        factor: float | Sequence[float],
        fill_mode: str = "reflect",
        seed: Seed = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, seed, **kwargs)
        self.factor = factor
        self._range = symmetric_range(self, "factor", factor)

    def augment(self, x: Tensor) -> Tensor:
        """Returns the images, rotated."""
        share = self.draw(x, *self._range)
        share = share - ops.round(share)  # -0.5 to 0.5 of a turn
        far = abs(share) > 0.25
        turned = ops.where(far, ops.flip(ops.flip(x, 1), 2), x)
        rest = ops.where(far, share - ops.sign(share) * 0.5, share)
        return self._sheared(turned, _for_rows(rest) * (2.0 * math.pi))

    def _sheared(self, x: Tensor, angle: Tensor) -> Tensor:
        """Applies the three shears, on a canvas with margins for pixels from beyond the border."""
        height, width = x.shape[1], x.shape[2]
        assert height is not None and width is not None
        above, beside = self._margins(height, width)
        slope, climb = elementary.tan(angle / 2.0), ops.sin(angle)
        tall, wide = _pixel_coordinates(height, x, above), _pixel_coordinates(width, x, beside)
        rows, columns = (
            ops.transpose(coordinates - (size - 1) / 2.0, (0, 2, 1))
            for coordinates, size in ((tall, height), (wide, width))
        )
        canvas = _resample_height(x, tall, self.fill_mode)
        once = resample(canvas, wide - slope * rows, self.fill_mode)
        down = _pixel_coordinates(height, x) + above + climb * columns
        twice = _resample_height(once, down, "nearest")
        across = _pixel_coordinates(width, x) + beside - slope * rows[:, above : above + height]
        return resample(twice, across, "nearest")

    def _margins(self, height: int, width: int) -> tuple[int, int]:
        """Returns the canvas's margins, above and below and at the sides, for the largest angle."""
        greatest = 2.0 * math.pi * min(max(map(abs, self._range)), 0.25)
        beside = math.tan(greatest / 2.0) * height / 2.0
        above = math.sin(greatest) * (width / 2.0 + beside)
        return math.ceil(above), math.ceil(beside)
