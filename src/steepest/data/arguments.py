"""Arguments of pipelines: the seed of a shuffle, the path of a file. Depends on functions."""

from __future__ import annotations

import os
from typing import Any

from steepest.arguments import whole
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError
from steepest.functions import generators, random
from steepest.processes import random_seed


def seed_or_drawn(seed: int | None) -> int:
    """The given seed, or one drawn from the global generator if set_seed was called.

    >>> seed_or_drawn(7)
    7
    """
    if seed is not None:
        return whole("seed", seed)
    if not generators.is_seeded():
        return random_seed(31)
    return int(random.uniform((), 0, 2**31 - 1, dtype="int64").item())


def path_of(where: str, given: Any) -> str:
    """The path that a text, an object with a path or a tensor of one text names.

    >>> path_of("read_file", "a.csv")
    'a.csv'
    """
    path = given.item() if isinstance(given, Tensor) and given.size == 1 else given
    if not isinstance(path, (str, os.PathLike)):
        raise ArgumentError(f"{where}: the path of a file was expected, got {given!r:.60}")
    return os.fspath(path)
