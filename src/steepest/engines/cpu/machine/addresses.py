"""The address of a NumPy array's data, as machine code takes it. Depends on numpy alone."""

from __future__ import annotations

import numpy as np


def address(array: np.ndarray) -> int:
    """The address of an array's first element; quicker than `array.ctypes.data`.

    >>> numbers = np.arange(3)
    >>> address(numbers) == numbers.ctypes.data
    True
    """
    return int(array.__array_interface__["data"][0])
