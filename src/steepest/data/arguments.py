"""The seed of a pipeline's shuffle. Depends on functions/random."""

from __future__ import annotations

import secrets

from steepest.arguments import whole
from steepest.functions import random


def seed_or_drawn(seed: int | None) -> int:
    """The given seed, or one drawn from the global generator if set_seed was called.

    >>> seed_or_drawn(7)
    7
    """
    if seed is not None:
        return whole("seed", seed)
    if not random.is_seeded():
        return secrets.randbits(31)
    return int(random.uniform((), 0, 2**31 - 1, dtype="int64").item())
