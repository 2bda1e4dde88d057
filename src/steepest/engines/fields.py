"""The kernel that reads delimited text, where machine code may be used and pays.

Depends on the config, and on the CPU engine where it can run.
"""

from __future__ import annotations

from collections.abc import Callable

from steepest.config import config
from steepest.errors import EngineUnavailable

WORTH_CODE = 1 << 20  # bytes of text for which the kernel is compiled
WORTH_LOADING = 1 << 15  # bytes for which it is loaded from disk


def fields_kernel(size: int) -> Callable[..., int] | None:
    """`run_fields` of the CPU engine for a text of `size` bytes; None where Python should read it.

    >>> fields_kernel(100) is None
    True
    """
    if config.engine == "numpy" or size < WORTH_LOADING:
        return None
    try:
        from steepest.engines.cpu.kernels import fields

        return fields.run_fields if size >= WORTH_CODE or fields.is_cached() else None
    except EngineUnavailable:
        return None
