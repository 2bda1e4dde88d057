"""The courses' table for linear regression: eight days of one stock, in five columns.

The columns have very different scales. Depends on NumPy only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Pair = tuple[NDArray[np.float32], NDArray[np.float32]]

COLUMNS = ("open", "high", "volume", "low", "close")
TABLE = (
    (828.659973, 833.450012, 908100, 828.349976, 831.659973),
    (823.02002, 828.070007, 1828100, 821.655029, 828.070007),
    (819.929993, 824.400024, 1438100, 818.97998, 824.159973),
    (816, 820.958984, 1008100, 815.48999, 819.23999),
    (819.359985, 823, 1188100, 818.469971, 818.97998),
    (819, 823, 1198100, 816, 820.450012),
    (811.700012, 815.25, 1098100, 809.780029, 813.669983),
    (809.51001, 816.659973, 1398100, 804.539978, 809.559998),
)


def load_table() -> NDArray[np.float64]:
    """The whole table, shape (8, 5), in the order of `COLUMNS`.

    >>> load_table()[0, 2].item()
    908100.0
    """
    return np.array(TABLE)


def load_data() -> tuple[Pair, Pair]:
    """((x, y), (x, y)): open, high, volume and low of each day, and its close, shape (8, 1).

    There are no other days to test on, so the test rows are the training rows. The volume is a
    thousand times the prices: unscaled, gradient descent diverges, which is the lesson.

    >>> (x, y), _ = load_data()
    >>> x.shape, y.shape
    ((8, 4), (8, 1))
    """
    table = load_table().astype(np.float32)
    return (table[:, :4], table[:, 4:]), (table[:, :4].copy(), table[:, 4:].copy())
