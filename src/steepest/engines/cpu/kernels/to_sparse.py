"""Converts a dense matrix that is mostly zero to sparse rows.

A sample of rows decides whether it is. Products with sparse rows take a time that is proportional
to the entries: pixels of digits are four fifths zero, words of a text 99%. The matrix is read once,
in pieces, by several threads, at the speed of memory. Depends on to_sparse_code.py and the JIT.
"""

from __future__ import annotations

import ctypes
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial

import numpy as np

from steepest.config import config
from steepest.engines.cpu.machine.jit import CompiledModule, compile_module
from steepest.engines.cpu.machine.processor import processor
from steepest.engines.engine import column_numbers
from steepest.engines.to_sparse import SparseArrays

DENSEST = 0.3  # the largest share of entries for which sparse products are quicker
LOOKED_AT = 1 << 20  # numbers, in evenly spaced rows, from which the share is estimated
PIECE = 1 << 20  # numbers that a thread takes at a time
_KINDS = ("float32", "float64", "uint8")


def squeezed(array: np.ndarray, densest: float = DENSEST) -> SparseArrays | None:
    """Converts a matrix to sparse rows; None if it has too few zeros or another dtype or layout.

    >>> rows = squeezed(np.array([[0, 0, 1, 0], [0, 0, 0, 0], [1, 0, 0, 0]], np.float32))
    >>> rows.indptr, rows.indices, rows.values
    (array([0, 1, 1, 2]), array([2, 0], dtype=uint16), None)
    >>> squeezed(np.ones((3, 4), np.float32)) is None
    True
    """
    if array.ndim != 2 or array.dtype.name not in _KINDS or not array.flags.c_contiguous:
        return None
    if not array.size:
        return None
    some = rows_to_judge(array)
    if np.count_nonzero(some) > densest * some.size:
        return None
    ones = bool(((some == 0) | (some == 1)).all())
    found = _squeezed(array, "pack_ones") if ones else None
    return found or _squeezed(array, "pack")


def rows_to_judge(array: np.ndarray) -> np.ndarray:
    """Evenly spaced rows of a matrix.

    >>> rows_to_judge(np.eye(4)).shape
    (4, 4)
    """
    count = min(len(array), max(64, LOOKED_AT // max(array.shape[1], 1)))
    return array[np.linspace(0, len(array) - 1, count).astype(np.int64)]


def _squeezed(array: np.ndarray, kernel: str) -> SparseArrays | None:
    """Converts the rows by one of the kernels; None if it finds an entry that it cannot store."""
    rows, width = array.shape
    indptr = np.zeros(rows + 1, np.int64)
    step = max(1, PIECE // width)
    module = _module(array.dtype.name, column_numbers(width).name)
    work = partial(_piece, module, kernel, array, indptr, step)
    pieces = []
    with ThreadPoolExecutor(config.threads or processor().cores) as threads:
        for piece in threads.map(work, range(0, rows, step)):
            if piece is None:
                threads.shutdown(cancel_futures=True)
                return None
            pieces.append(piece)
    np.cumsum(indptr, out=indptr)
    indices, values = (np.concatenate(parts) for parts in zip(*pieces, strict=True))
    return SparseArrays(indptr, indices, values if kernel == "pack" else None, width)


def _piece(
    module: CompiledModule,
    kernel: str,
    array: np.ndarray,
    indptr: np.ndarray,
    step: int,
    first: int,
) -> tuple[np.ndarray, np.ndarray] | None:
    """The entries of `step` rows from `first` on; the number in each row is written to `indptr`."""
    part, width = array[first : first + step], array.shape[1]
    # As large as rows without a zero need: memory that is never written costs nothing.
    indices = np.empty(part.size, column_numbers(width))
    values = np.empty(part.size if kernel == "pack" else 0, array.dtype)
    counts = indptr[first + 1 : first + 1 + len(part)]
    found = _call(module, kernel, part, counts, indices, values, len(part), width)
    return None if found < 0 else (indices[:found].copy(), values[:found].copy())


def _call(module: CompiledModule, name: str, *arguments: np.ndarray | int) -> int:
    types = [ctypes.c_void_p if isinstance(a, np.ndarray) else ctypes.c_int64 for a in arguments]
    entry = ctypes.CFUNCTYPE(ctypes.c_int64, *types)(module.address(name))
    return int(entry(*[a.ctypes.data if isinstance(a, np.ndarray) else a for a in arguments]))


@lru_cache(maxsize=8)
def _module(name: str, numbers: str) -> CompiledModule:
    """The kernels for a dtype of values and one of column numbers."""
    return compile_module(partial(_text, name, numbers), key=f"sparse rows of {name} by {numbers}")


def _text(name: str, numbers: str) -> str:
    from steepest.engines.cpu.kernels.to_sparse_code import packing_text

    return packing_text(name, numbers)
