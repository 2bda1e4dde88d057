"""Copies arrays to memory aligned to cache lines. Depends on NumPy only."""

from __future__ import annotations

import numpy as np

LINE = 64


def aligned_copy(array: np.ndarray) -> np.ndarray:
    """A copy in C order whose numbers begin at a cache line.

    NumPy aligns arrays to 16 bytes only, so that vectors of 64 bytes may cross two cache lines.

    >>> copied = aligned_copy(np.arange(6.0).reshape(2, 3))
    >>> copied.ctypes.data % LINE, copied.tolist()
    (0, [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]])
    """
    padded = np.empty(array.nbytes + LINE, np.uint8)
    start = -padded.ctypes.data % LINE
    copied = padded[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
    np.copyto(copied, array)
    return copied
