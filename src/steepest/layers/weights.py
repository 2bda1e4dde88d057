"""How a layer comes by its weights and random numbers. Leans on initializers and holding."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, overload

from steepest import constraints, initializers, regularizers
from steepest.arguments import as_tuple, by_first, is_whole
from steepest.core.dtype import DType, DTypeLike, as_dtype, is_float
from steepest.core.variable import Variable
from steepest.errors import ShapeError
from steepest.functions import random
from steepest.layers import call_context
from steepest.layers.tracking import Holder

# The places of add_weight's arguments.
_NAME_FIRST = ("name", "shape", "initializer", "dtype", "regularizer", "constraint", "trainable")
_SHAPE_FIRST = ("shape", "initializer", "dtype", "trainable")


class Weighted(Holder):
    """The half of a Layer that makes variables; the other half builds and calls.

    >>> layer = st.layers.Layer(name="one")
    >>> layer.add_weight("w", [2, 3]).path
    'one/w'
    """

    _dtype: DType

    @overload
    def add_weight(
        self,
        name: str | None = None,
        shape: int | Sequence[int] = (),
        initializer: Any = None,
        dtype: DTypeLike = None,
        regularizer: Any = None,
        constraint: Any = None,
        trainable: bool = True,
    ) -> Variable: ...

    @overload
    def add_weight(
        self,
        shape: int | Sequence[int],
        initializer: Any = None,
        dtype: DTypeLike = None,
        trainable: bool = True,
        *,
        regularizer: Any = None,
        constraint: Any = None,
        name: str | None = None,
    ) -> Variable: ...

    def add_weight(self, *given: Any, **options: Any) -> Variable:
        """A variable of the layer; fractions start by `glorot_uniform`, other kinds at 0.

        The name comes first, or else the shape: `add_weight("w", [3, 2])`,
        `add_weight((3, 2), "zeros", name="w")`.
        """
        return self._made_weight(**by_first(given, _NAME_FIRST, _SHAPE_FIRST), **options)

    def _made_weight(
        self,
        name: str | None = None,
        shape: int | Sequence[int] = (),
        initializer: Any = None,
        dtype: DTypeLike = None,
        regularizer: Any = None,
        constraint: Any = None,
        trainable: bool = True,
    ) -> Variable:
        kind = self._dtype if dtype is None else as_dtype(dtype)
        usual = "glorot_uniform" if is_float(kind) else "zeros"
        start = initializers.get(usual if initializer is None else initializer)
        sizes = self._sizes(name, shape)
        call_context.take_room(name, math.prod(sizes))
        weight = Variable(
            lambda: start(sizes, dtype=kind),
            trainable,
            name or f"weight_{len(self._weights)}",
            kind,
        )
        weight.path = f"{self.name}/{weight.name}"
        weight.regularizer = regularizers.get(regularizer)
        weight.constraint = constraints.get(constraint)
        self._weights.append(weight)
        return weight

    def add_generator(self, seed: int | None = None) -> random.Generator:
        """Random numbers for the layer: of a seed, or a stream of the common one."""
        generator = random.new_generator(seed)
        generator.state.path = f"{self.name}/{generator.state.name}"
        return generator

    def _sizes(self, name: str | None, shape: Any) -> tuple[int, ...]:
        sizes = as_tuple(shape)
        if not all(map(is_whole, sizes)):
            raise ShapeError(
                f"weight {name!r} of layer {self.name!r}: every size must be a whole number, "
                f"got {sizes}; a weight's shape cannot depend on the batch"
            )
        return tuple(int(size) for size in sizes)
