"""The base class of initializers. Depends on the random numbers and the registry."""

from __future__ import annotations

from typing import Any

from steepest.configurable import Configurable
from steepest.core.dtype import DTypeLike, as_dtype, float32, is_float, name_of
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError
from steepest.functions import generators
from steepest.registry import Registry

INITIALIZERS = Registry("initializer")


class Initializer(Configurable):
    """The base class of initializers: `__call__(shape, dtype)` returns the initial values.

    >>> class Sevens(Initializer):
    ...     def __call__(self, shape, dtype="float32"):
    ...         return st.fill(shape, 7, dtype)
    >>> Sevens()((2,)).tolist()
    [7.0, 7.0]
    """

    def __call__(self, shape: Any, dtype: DTypeLike = float32) -> Tensor:
        """The initial values of a weight."""
        raise NotImplementedError


def require_fractions(owner: Initializer, dtype: DTypeLike) -> None:
    """Raises if random fractions are requested for weights of an integer dtype."""
    wanted = as_dtype(dtype)
    if not is_float(wanted):
        raise ArgumentError(
            f"{type(owner).__name__} draws fractions, and weights of {name_of(wanted)} are whole "
            "numbers; give the layer dtype='float32', or initialize them by 'zeros' or 'ones'"
        )


def generator(seed: int | generators.Generator | None) -> generators.Generator:
    """The given generator, one with a seed, or the default generator."""
    if isinstance(seed, generators.Generator):
        return seed
    return generators.default_generator() if seed is None else generators.Generator(seed)
