"""The device's memory: how much of it is free, and what to do when it is too small.

Depends on JAX and the errors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from steepest.engines.xla.library import jax
from steepest.errors import NotEnoughMemory


def free_bytes() -> int | None:
    """The bytes of the device's memory that are free; None where it is the host's memory.

    >>> free_bytes() is None or free_bytes() > 0
    True
    """
    device = jax.config.jax_default_device or jax.local_devices()[0]
    known = getattr(device, "memory_stats", lambda: None)() or {}
    if "bytes_limit" not in known:
        return None
    return int(known["bytes_limit"]) - int(known.get("bytes_in_use", 0))


@contextmanager
def enough_memory(rows: int, variables: Sequence[Any]) -> Iterator[None]:
    """Raises what to change if a batch of so many rows does not fit into the device's memory."""
    try:
        yield
    except Exception as error:  # the class of JAX's error has another place in each version
        if "RESOURCE_EXHAUSTED" not in str(error):
            raise
        size = sum(values.nbytes for values in variables) / 1e9
        raise NotEnoughMemory(
            f"a batch of {rows:,} rows needs more memory than the device has free, beside "
            f"{size:.2f} GB of weights and other variables ({str(error).splitlines()[0]}); use "
            "smaller batches or layers, the policy 'mixed_bfloat16', or more devices. The weights "
            "may be lost: continue from a checkpoint"
        ) from error
