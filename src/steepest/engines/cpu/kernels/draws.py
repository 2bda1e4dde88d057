"""Eager random numbers by machine code, on all threads, with the bits that NumPy gives.

Depends on the JIT; draws_code.py writes the code, and is imported if it is not cached.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np

from steepest.engines.cores import most_threads
from steepest.engines.cpu.machine.addresses import address
from steepest.engines.cpu.machine.jit import CompiledModule, cached_module, compile_module
from steepest.engines.cpu.machine.processor import processor

_KEY = "random numbers"
_PIECE = 1 << 17  # numbers that a thread draws at a time; a multiple of 16
_DRAW = ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_void_p] * 2, *[ctypes.c_int64] * 5)
_KINDS = {"fractions": np.float32, "normals": np.float32}


def draw(kernel: str, seed: np.ndarray, shape: tuple[int, ...]) -> tuple[np.ndarray, int]:
    """Numbers by one of the kernels, and how many of them are NaN as their rounding is in doubt.

    >>> numbers, _ = draw("fractions", np.zeros(3, np.int64), (2,))
    >>> numbers
    array([0.39904642, 0.88052016], dtype=float32)
    """
    out, seed = np.empty(shape, _KINDS.get(kernel, np.int32)), seed.astype(np.int64)
    _, calls = _kernels()
    rows = shape[0] if len(shape) > 1 else 1
    columns = out.size // max(rows, 1)

    def work(piece: tuple[int, int, int, int]) -> int:
        first_row, count, first, stop = piece
        return calls[kernel](address(seed), address(out), first_row, count, columns, first, stop)

    pieces = list(_pieces(rows, columns))
    threads = most_threads(processor().cores)
    if threads == 1 or len(pieces) == 1:
        return out, sum(map(work, pieces))
    with ThreadPoolExecutor(threads) as pool:
        return out, sum(pool.map(work, pieces))


def _pieces(rows: int, columns: int) -> Iterator[tuple[int, int, int, int]]:
    """(first row, rows, first column, stop) of parts of about equal size."""
    together = max(1, _PIECE // max(columns, 1))
    for row in range(0, rows, together):
        for column in range(0, columns, _PIECE):
            yield row, min(together, rows - row), column, min(column + _PIECE, columns)


@lru_cache(maxsize=1)
def _kernels() -> tuple[CompiledModule, dict[str, Callable[..., int]]]:
    """The code and its functions; without a reference to the code it would be freed."""

    def text() -> str:
        from steepest.engines.cpu.kernels.draws_code import draws_text

        return draws_text()

    module = compile_module(text, key=_KEY)
    names = ("bits0", "bits1", "bits2", "bits3", "fractions", "normals")
    return module, {name: _DRAW(module.address(name)) for name in names}


@lru_cache(maxsize=1)
def is_cached() -> bool:
    """Whether the code was cached when this process first asked."""
    return cached_module(_KEY) is not None
