"""The orders of epochs, by machine code where a process draws so many that it pays.

Leans on core.epochs, which defines them, and on the CPU engine's kernel of the same bits.
"""

from __future__ import annotations

import numpy as np

from steepest.config import config
from steepest.core import epochs as definition
from steepest.errors import EngineUnavailable

WORTH_CODE = 20_000  # numbers drawn by NumPy before the kernel is compiled
WORTH_LOADING = 2_000  # numbers, those asked for among them, for which it is fetched from disk
_drawn = 0


def epoch_orders(seed: int, first: int, epochs: int, count: int) -> np.ndarray:
    """The orders of several epochs that follow one another, a row each.

    >>> bool((epoch_orders(1, 0, 3, 5) == definition.epoch_orders(1, 0, 3, 5)).all())
    True
    """
    global _drawn
    if _drawn + epochs * count > WORTH_LOADING and config.engine != "numpy":
        try:
            from steepest.engines.cpu.kernels import epoch_orders as ordering

            if _drawn > WORTH_CODE or ordering.is_kept():
                return ordering.epoch_orders(seed, first, epochs, count)
        except EngineUnavailable:
            pass  # the definition will do
    _drawn += epochs * count
    return definition.epoch_orders(seed, first, epochs, count)


def epoch_order(seed: int, epoch: int, count: int) -> np.ndarray:
    """The order of rows in one epoch.

    >>> sorted(epoch_order(1, 0, 4).tolist())
    [0, 1, 2, 3]
    """
    return epoch_orders(seed, epoch, 1, count)[0]
