"""Sizes with TensorFlow's methods: a shape is a tuple, a number of axes or values an int.

Depends on NumPy only.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np


class TensorShape(tuple[int | None, ...]):
    """The shape of a tensor: a tuple of sizes, None for the batch of a recorded program.

    It has TensorFlow's methods besides those of tuples; a part of it is a plain tuple.

    >>> shape = st.zeros((2, 3)).shape
    >>> shape == (2, 3), shape.as_list(), shape.rank, shape.num_elements()
    (True, [2, 3], 2, 6)
    """

    __slots__ = ()

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self)

    ndims = rank

    def as_list(self) -> list[int | None]:
        """The sizes as a list."""
        return list(self)

    def num_elements(self) -> int | None:
        """The number of values; None while the batch is unknown."""
        known = [size for size in self if size is not None]
        return math.prod(known) if len(known) == len(self) else None

    def is_fully_defined(self) -> bool:
        """Whether every size is known."""
        return None not in self

    def is_compatible_with(self, other: Any) -> bool:
        """Whether another shape has as many axes, and the same size where both know it.

        >>> st.TensorShape((None, 3)).is_compatible_with((2, 3))
        True
        """
        sizes = tuple(other)
        pairs = zip(self, sizes, strict=False)
        return len(self) == len(sizes) and all(
            mine is None or theirs is None or mine == theirs for mine, theirs in pairs
        )

    def numpy(self) -> np.ndarray:
        """The sizes as an array, as of the tensor that TensorFlow's `shape(x)` gives.

        >>> st.shape([[1.0, 2.0]]).numpy().tolist()
        [1, 2]
        """
        return np.array([int(size) for size in self], np.int32)  # type: ignore[arg-type]


class _Shapes(dict[tuple[int, ...], TensorShape]):
    """The TensorShape of each shape that arrays had: to look one up is faster than to make it."""

    MOST = 4096

    def __missing__(self, sizes: tuple[int, ...]) -> TensorShape:
        if len(self) >= self.MOST:
            self.clear()
        return self.setdefault(sizes, TensorShape(sizes))


SHAPES = _Shapes()


class Size(int):
    """A number of axes or values: an int that has `numpy()`, as TensorFlow's scalars do.

    >>> st.size([1.0, 2.0]), int(st.rank([1.0, 2.0]).numpy())
    (2, 1)
    """

    __slots__ = ()

    def numpy(self) -> np.int32:
        """The number as one of NumPy."""
        return np.int32(self)
