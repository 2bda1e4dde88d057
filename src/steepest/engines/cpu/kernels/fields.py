"""Splits delimited text into fields and converts its numbers, by machine code.

Depends on the JIT; fields_code.py writes the code, and is imported if it is not cached.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from steepest.engines.cpu.kernels.power_table import power_table
from steepest.engines.cpu.machine.addresses import address
from steepest.engines.cpu.machine.jit import CompiledModule, cached_module, compile_module

_KEY = "fields of delimited text"
_FIELDS = ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_void_p] * 7)


def run_fields(
    text: np.ndarray,
    kinds: np.ndarray,
    targets: np.ndarray,
    state: np.ndarray,
    listed: np.ndarray,
    marked: np.ndarray,
) -> int:
    """Reads rows; fields_layout.py describes the arrays and the statuses that are returned.

    >>> from steepest.engines.fields_layout import STATE, TEXT
    >>> text = np.frombuffer(b"Ada\\n", np.uint8)
    >>> column, listed = np.zeros((1, 2), np.int64), np.zeros((1, 4), np.int64)
    >>> given = {"end": 4, "width": 1, "delimiter": 44, "most_rows": 1, "most_found": 1}
    >>> state = np.array([given.get(name, 9 if name == "longest" else 0) for name in STATE])
    >>> kinds, targets = np.array([TEXT], np.uint8), np.array([address(column)])
    >>> run_fields(text, kinds, targets, state, listed, listed)
    0
    >>> column.tolist()
    [[0, 3]]
    """
    _, run, powers = _kernel()
    arrays = (text, kinds, targets, state, listed, marked, powers)
    return run(*map(address, arrays))


@lru_cache(maxsize=1)
def _kernel() -> tuple[CompiledModule, Callable[..., int], np.ndarray]:
    """The code, its function and its table; without a reference to the code it would be freed."""

    def text() -> str:
        from steepest.engines.cpu.kernels.fields_code import fields_text

        return fields_text()

    module = compile_module(text, key=_KEY)
    return module, _FIELDS(module.address("fields")), power_table()


@lru_cache(maxsize=1)
def is_cached() -> bool:
    """Whether the code was cached when this process first asked."""
    return cached_module(_KEY) is not None
