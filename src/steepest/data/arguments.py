"""Arguments of pipelines: whole numbers and seeds. Leans on the common random numbers."""

from __future__ import annotations

import secrets
from typing import Any

import numpy as np

from steepest.errors import ArgumentError
from steepest.functions import random


def whole(method: str, name: str, value: Any, least: int) -> int:
    """A number of at least so much, from anything that stands for a whole number.

    >>> whole("take", "count", np.int64(3), -1)
    3
    """
    is_whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not is_whole and hasattr(value, "__index__") and not isinstance(value, bool):
        value, is_whole = int(value.__index__()), True
    if not is_whole or value < least:
        raise ArgumentError(
            f"Dataset.{method}: {name} must be a whole number from {least}, got {value!r}"
        )
    return int(value)


def seed_or_drawn(seed: int | None) -> int:
    """A seed of the shuffle's own: as given, or of the common one, which set_seed fixes.

    >>> seed_or_drawn(7)
    7
    """
    if seed is not None:
        return int(seed)
    if not random.is_seeded():
        return secrets.randbits(31)
    return int(random.uniform((), 0, 2**31 - 1, dtype="int64").item())
