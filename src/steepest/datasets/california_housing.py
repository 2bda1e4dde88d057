"""California housing: 20,640 districts, eight measures each, and their median price (1990).

Depends on housing.py.
"""

from __future__ import annotations

from steepest.datasets.housing import load_houses, npz_file
from steepest.datasets.tables import Pair
from steepest.errors import ArgumentError

FILE = npz_file(
    "california_housing", "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f"
)
FILES = (FILE,)
SMALL = 600


def load_data(
    version: str = "large", *, test_split: float = 0.2, seed: int = 113
) -> tuple[Pair, Pair]:
    """((x_train, y_train), (x_test, y_test)): the measures, and the price in dollars.

    `version="small"` has the first 600 districts. The same seed gives the same parts as in Keras.
    Reads STEEPEST_DATA/california_housing/california_housing.npz, or downloads it.

    >>> (x_train, y_train), (x_test, y_test) = load_data("small")  # doctest: +SKIP
    >>> x_train.shape, x_test.shape  # doctest: +SKIP
    ((480, 8), (120, 8))
    """
    if version not in ("small", "large"):
        raise ArgumentError(f"version: 'small' or 'large' was expected, got {version!r}")
    return load_houses(FILE, test_split, seed, SMALL if version == "small" else None)
