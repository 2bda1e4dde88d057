"""Statistics of whole pictures: brightness, contrast, detail. Depends on NumPy only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

LEAST_SIDE = 4
MOST_CHANNELS = 4


def is_picture(shape: Sequence[int]) -> bool:
    """Whether rows of a shape look like pictures: height, width, and at most a few channels.

    >>> is_picture((28, 28)), is_picture((64, 64, 3)), is_picture((100,)), is_picture((9, 2))
    (True, True, False, False)
    """
    few = len(shape) == 2 or (len(shape) == 3 and shape[2] <= MOST_CHANNELS)
    return few and min(shape[:2]) >= LEAST_SIDE


def traits(pictures: NDArray[np.float64]) -> tuple[NDArray[np.float64], list[str]]:
    """Columns of each channel's mean, deviation and mean step to the next pixel, and their names.

    A blurred picture has small steps, a noisy one large ones, whatever it shows.

    >>> columns, names = traits(np.zeros((2, 8, 8, 1)))
    >>> columns.shape, names[0], names[3]
    ((2, 4), 'brightness', 'detail downwards')
    """
    if pictures.ndim == 3:
        pictures = pictures[..., None]
    found = {
        "brightness": pictures.mean(axis=(1, 2)),
        "contrast": pictures.std(axis=(1, 2)),
        "detail across": np.abs(np.diff(pictures, axis=2)).mean(axis=(1, 2)),
        "detail downwards": np.abs(np.diff(pictures, axis=1)).mean(axis=(1, 2)),
    }
    channels = pictures.shape[3]
    names = [
        name if channels == 1 else f"{name} of channel {channel}"
        for name in found
        for channel in range(channels)
    ]
    return np.concatenate(list(found.values()), axis=1), names


def pixel_names(shape: Sequence[int]) -> list[str]:
    """A name for each pixel of a picture, row by row.

    >>> pixel_names((2, 2))
    ['pixel (0, 0)', 'pixel (0, 1)', 'pixel (1, 0)', 'pixel (1, 1)']
    """
    return [f"pixel {place}" for place in np.ndindex(*shape)]
