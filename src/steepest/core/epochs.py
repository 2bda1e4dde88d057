"""The orders in which epochs go through rows: functions of a seed and the epoch's number alone.

Leans on NumPy, whose Philox words are the same for ever. engines/orders.py draws them faster.
"""

from __future__ import annotations

import numpy as np


def epoch_order(seed: int, epoch: int, count: int) -> np.ndarray:
    """The order of rows in an epoch: a function of the seed and the epoch's number alone.

    The keys are raw Philox 4x64 words, which NumPy keeps the same for ever.

    >>> sorted(epoch_order(1, 0, 4).tolist())
    [0, 1, 2, 3]
    """
    return epoch_orders(seed, epoch, 1, count)[0]


def epoch_orders(seed: int, first: int, epochs: int, count: int) -> np.ndarray:
    """The orders of several epochs that follow one another, a row each.

    >>> bool((epoch_orders(1, 0, 3, 5)[2] == epoch_order(1, 2, 5)).all())
    True
    """
    words = np.empty((epochs, count), np.uint64)
    source = np.random.Philox(key=_key(seed, first))
    state = source.state
    for place in range(epochs):
        if place:  # a new key costs a sixth of a new generator
            state["state"]["key"] = _key(seed, first + place)
            source.state = state
        words[place] = source.random_raw(count)
    return np.argsort(words, axis=1).astype(np.int64, copy=False)


def _key(seed: int, epoch: int) -> np.ndarray:
    return np.array([seed & (2**64 - 1), epoch], np.uint64)  # a list would go through float64
