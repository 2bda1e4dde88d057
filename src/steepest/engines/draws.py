"""Eager random numbers by machine code, where it may be used and pays.

The numbers are the bits that `functions.random_numbers` draws by NumPy. Depends on the config, and
on the CPU engine where it can run.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from steepest.config import config
from steepest.errors import EngineUnavailable
from steepest.functions.random_numbers import set_draw, truncated_of

if TYPE_CHECKING:
    from steepest.core.tensor import Tensor
    from steepest.engines.engine import Program

WORTH_CODE = 1 << 20  # numbers drawn by NumPy before the kernels are compiled
WORTH_LOADING = 1 << 17  # numbers, those asked for among them, for which they are loaded from disk
DOUBT = 2.0**-46  # relative, many times the error of the formula of truncated normal numbers
FEWEST = 512  # numbers for which NumPy's draw takes longer than the call
_drawn = 0


def draw(kernel: str, seed: np.ndarray, shape: tuple[int, ...]) -> tuple[np.ndarray, int] | None:
    """Numbers by one of the kernels; None where NumPy should draw them.

    >>> draw("fractions", np.zeros(3, np.int64), (3,)) is None
    True
    """
    global _drawn
    count = math.prod(shape)
    if count < FEWEST or config.engine == "numpy":
        return None
    _drawn += count
    if _drawn < WORTH_LOADING:
        return None
    try:
        from steepest.engines.cpu.kernels import draws

        if _drawn >= WORTH_CODE or draws.is_cached():
            return (
                _truncated(seed, shape)
                if kernel == "truncated"
                else draws.draw(kernel, seed, shape)
            )
    except EngineUnavailable:
        pass
    return None


def _truncated(seed: np.ndarray, shape: tuple[int, ...]) -> tuple[np.ndarray, int]:
    from steepest.engines.cpu.kernels import draws

    bits = []
    for lane, width in enumerate((27, 26)):
        words, _ = draws.draw(f"bits{lane}", seed, shape)
        bits.append((words.view(np.uint32) >> np.uint32(32 - width)).view(np.int32).reshape(-1))
    low, high = _truncated_program().call(bits, [])
    unsure = np.flatnonzero(low != high)
    low[unsure] = np.nan
    return low.reshape(shape), len(unsure)


@lru_cache(maxsize=1)
def _truncated_program() -> Program:
    """The formula of truncated normal numbers, a little less and a little more, both rounded."""
    from steepest.core import ops
    from steepest.engines.choose import prepare
    from steepest.program.trace import TensorSpec, trace

    def both(high: Tensor, low: Tensor) -> tuple[Tensor, ...]:
        number = truncated_of(high, low)
        return tuple(ops.cast(number * (1.0 + sign * DOUBT), "float32") for sign in (-1, 1))

    return prepare(trace(both, [TensorSpec((None,), "int32")] * 2), engine="cpu")


set_draw(draw)
