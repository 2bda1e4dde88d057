"""The orders of rows in epochs: functions of a seed and the epoch's number.

`defined_orders` defines them by NumPy's Philox generator, whose words never change; machine code
draws the same bits faster, in a process that needs so many that it pays. Depends on the config.
"""

from __future__ import annotations

import numpy as np

from steepest.config import config
from steepest.errors import EngineUnavailable

WORTH_CODE = 20_000  # numbers drawn by NumPy before the kernel is compiled
WORTH_LOADING = 2_000  # numbers, those asked for among them, for which it is loaded from disk
_drawn = 0


def epoch_order(seed: int, epoch: int, count: int) -> np.ndarray:
    """The order of rows in one epoch.

    >>> sorted(epoch_order(1, 0, 4).tolist())
    [0, 1, 2, 3]
    """
    return epoch_orders(seed, epoch, 1, count)[0]


def epoch_orders(seed: int, first: int, epochs: int, count: int) -> np.ndarray:
    """The orders of consecutive epochs, a row each.

    >>> bool((epoch_orders(1, 0, 3, 5) == defined_orders(1, 0, 3, 5)).all())
    True
    """
    global _drawn
    if _drawn + epochs * count > WORTH_LOADING and config.engine != "numpy":
        try:
            from steepest.engines.cpu.kernels import epoch_orders as ordering

            if _drawn > WORTH_CODE or ordering.is_cached():
                return ordering.epoch_orders(seed, first, epochs, count)
        except EngineUnavailable:
            pass  # NumPy draws them
    _drawn += epochs * count
    return defined_orders(seed, first, epochs, count)


def defined_orders(seed: int, first: int, epochs: int, count: int) -> np.ndarray:
    """The orders of several epochs, a row each: those that sort the words of a generator.

    The generator is Philox 4x64 with the key (seed, epoch).

    >>> bool((defined_orders(1, 0, 3, 5)[2] == defined_orders(1, 2, 1, 5)[0]).all())
    True
    """
    words = np.empty((epochs, count), np.uint64)
    source = np.random.Philox(key=philox_key(seed, first))
    state = source.state
    for place in range(epochs):
        if place:  # a new key costs a sixth of a new generator
            state["state"]["key"] = philox_key(seed, first + place)
            source.state = state
        words[place] = source.random_raw(count)
    return np.argsort(words, axis=1).astype(np.int64, copy=False)


def philox_key(seed: int, epoch: int) -> np.ndarray:
    """The key of the random numbers of one epoch; any integer is a seed.

    >>> philox_key(-1, 3)
    array([18446744073709551615,                    3], dtype=uint64)
    """
    return np.array([seed & (2**64 - 1), epoch], np.uint64)  # a list would go through float64
