"""Small pictures side by side on one pair of axes, with a text below each.

Depends on figure_style and NumPy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest.arguments import sizes_of
from steepest.core.primitives import show
from steepest.errors import ShapeError
from steepest.figure_style import look_of

GAP = 0.12  # of the width of a picture, between two
LINE = 0.125  # of the width of a picture, of a line of text
LEAST_SIDE = 8  # of a square that rows of numbers are taken for
PANEL = 1.25  # inches of a picture's width


def picture_shape(
    who: str, size: int, known: tuple[int | None, ...], given: Sequence[int] | None
) -> tuple[int, ...] | None:
    """The shape of a picture of so many numbers: the given one, that of the inputs, or a square.

    None if the inputs are not pictures: rows of less than 8 times 8 numbers are none.

    >>> picture_shape("plot", 784, (784,), None), picture_shape("plot", 784, (14, 56), None)
    ((28, 28), (14, 56))
    >>> picture_shape("plot", 13, (13,), None) is None
    True
    """
    if given is not None:
        shape = tuple(int(each or 0) for each in sizes_of(who, tuple(given)))
        if math.prod(shape) != size or not _is_picture(shape):
            raise ShapeError(
                f"{who}: shape: the sizes of a picture of {size} numbers were expected, such as "
                f"(height, width) or (height, width, 3), got {show(shape)}"
            )
        return shape
    if _is_picture(known):
        return tuple(int(each or 0) for each in known)
    side = math.isqrt(size)
    return (side, side) if side * side == size and side >= LEAST_SIDE else None


def _is_picture(shape: tuple[int | None, ...]) -> bool:
    return all(shape) and (len(shape) == 2 or (len(shape) == 3 and shape[-1] in (1, 3)))


def columns_of(count: int) -> int:
    """How many pictures are side by side, of so many.

    >>> columns_of(1), columns_of(12), columns_of(25)
    (1, 4, 5)
    """
    return max(1, math.ceil(math.sqrt(count)))


def size_of(count: int, shape: Sequence[int], lines: int) -> tuple[float, float]:
    """The width and height in inches of so many pictures with lines of text."""
    columns = columns_of(count)
    rows = math.ceil(count / columns)
    height = shape[0] / shape[1] + GAP + LINE * lines
    return PANEL * columns * (1 + GAP) + 0.2, PANEL * rows * height + 0.3


def draw_tiles(axes: Any, pictures: np.ndarray, texts: Sequence[str], **options: Any) -> Any:
    """Draws pictures (count, height, width) or (count, height, width, 3); returns the last image.

    `options` are those of `imshow`: the scale of colours.
    """
    look, columns = look_of(axes), columns_of(len(pictures))
    high = pictures.shape[1] / pictures.shape[2]
    step = high + GAP + LINE * max((text.count("\n") + 1 for text in texts if text), default=0)
    image = None
    for place, (picture, text) in enumerate(zip(pictures, texts, strict=True)):
        left, top = (place % columns) * (1 + GAP), (place // columns) * step
        extent = (left, left + 1, top + high, top)
        image = axes.imshow(picture, extent=extent, interpolation="nearest", **options)
        axes.text(
            left + 0.5, top + high + 0.03, text, ha="center", va="top", size=7.5, color=look.ink
        )
    rows = math.ceil(len(pictures) / columns)
    axes.set(xlim=(0, columns * (1 + GAP) - GAP), ylim=(rows * step, 0), aspect="equal")
    axes.axis("off")
    return image
