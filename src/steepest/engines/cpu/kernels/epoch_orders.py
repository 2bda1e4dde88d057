"""The orders of epochs by machine code, of the same bits as `orders.defined_orders`.

Depends on the JIT; epoch_orders_code.py writes the code, and is imported if it is not cached.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from steepest.engines.cpu.machine.addresses import address
from steepest.engines.cpu.machine.jit import CompiledModule, cached_module, compile_module

_KEY = "orders of epochs"
_BLOCK = 4  # words that the generator makes at a time
_ORDERS = ctypes.CFUNCTYPE(None, ctypes.c_uint64, *[ctypes.c_int64] * 6)


def epoch_orders(seed: int, first: int, epochs: int, count: int) -> np.ndarray:
    """The orders of consecutive epochs, a row each.

    >>> bool((np.sort(epoch_orders(3, 0, 2, 5)) == np.arange(5)).all())
    True
    """
    orders = np.empty((epochs, count), np.int64)
    words, bins = np.empty(count + _BLOCK, np.uint64), np.empty(count + 1, np.int64)
    _, run = _kernel()
    run(seed & (2**64 - 1), first, epochs, count, address(orders), address(words), address(bins))
    return orders


@lru_cache(maxsize=1)
def _kernel() -> tuple[CompiledModule, Callable[..., None]]:
    """The code and its function; without a reference to the code it would be freed."""
    module = compile_module(_text, key=_KEY)
    return module, _ORDERS(module.address("orders"))


@lru_cache(maxsize=1)
def is_cached() -> bool:
    """Whether the code was cached when this process first asked."""
    return cached_module(_KEY) is not None


def _text() -> str:
    from steepest.engines.cpu.kernels.epoch_orders_code import orders_text

    return orders_text()
