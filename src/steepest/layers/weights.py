"""Weighted, a layer's weights, their dtype and its random generators.

Depends on tracking, initializers, regularizers and constraints.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, overload

from steepest import constraints, initializers, regularizers
from steepest.arguments import as_tuple, by_first, is_whole, suggests_arguments
from steepest.config import MIXED, DTypePolicy
from steepest.core import ops
from steepest.core.dtype import (
    DType,
    DTypeLike,
    as_dtype,
    bfloat16,
    computing,
    float32,
    is_float,
    name_of,
)
from steepest.core.memory_limit import require_memory
from steepest.core.primitives import show
from steepest.core.tensor import TensorLike
from steepest.core.variable import Variable
from steepest.errors import ShapeError
from steepest.functions import generators
from steepest.layers.tracking import Trackable
from steepest.layers.weight_limit import count_weight

# The order of add_weight's positional arguments, by whether the name or the shape comes first.
NAME_FIRST = ("name", "shape", "initializer", "dtype", "regularizer", "constraint", "trainable")
SHAPE_FIRST = ("shape", "initializer", "dtype", "trainable")


class Weighted(Trackable):
    """The base of Layer that creates weights and random generators.

    >>> st.layers.Layer().add_weight((3, 2), "zeros", name="w").shape
    (3, 2)
    """

    _dtype: DType = float32
    _is_mixed = False  # whether products are rounded to bfloat16

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
        """Creates a variable of the layer; by default floats use `glorot_uniform`, integers 0.

        The name comes first, or else the shape: `add_weight("w", [3, 2])`,
        `add_weight((3, 2), "zeros", name="w")`.
        """
        return add_weight(self, **by_first(given, NAME_FIRST, SHAPE_FIRST), **options)

    def add_variable(
        self,
        shape: int | Sequence[int],
        initializer: Any,
        dtype: DTypeLike = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        name: str | None = None,
    ) -> Variable:
        """Creates a variable of the layer, as `add_weight` does; `autocast` changes nothing."""
        return add_weight(self, name, shape, initializer, dtype, regularizer, constraint, trainable)

    def add_generator(self, seed: int | generators.Generator | None = None) -> generators.Generator:
        """Creates a random generator: from a seed, or a new stream of the global generator."""
        generator = generators.new_generator(seed)
        generator.state.path = f"{self.name}/{generator.state.name}"
        return generator

    @property
    def dtype(self) -> DType:
        """The dtype of the weights, to which float inputs are cast."""
        return self._dtype

    @property
    def dtype_policy(self) -> DTypePolicy:
        """The dtypes of weights and of products as Keras's object.

        >>> st.layers.Dense(1).dtype_policy
        DTypePolicy('float32')
        """
        return DTypePolicy(MIXED if self._is_mixed else name_of(self.dtype))

    @property
    def autocast(self) -> bool:
        """Whether float inputs are cast to the layer's dtype: they always are."""
        return True

    @property
    def compute_dtype(self) -> DType:
        """The dtype of the computation; under a mixed policy that of products, bfloat16."""
        return bfloat16 if self._is_mixed else computing(self.dtype)

    def rounded(self, x: TensorLike) -> TensorLike:
        """Rounds a factor or a result of a product to bfloat16, if the layer's policy is mixed.

        >>> layer = st.layers.Dense(1, dtype="mixed_bfloat16")
        >>> layer.rounded(st.constant([1.001, 3.14159])).tolist()
        [1.0, 3.140625]
        """
        return ops.cast(ops.cast(x, bfloat16), self.dtype) if self._is_mixed else x

    @property
    def variable_dtype(self) -> DType:
        """The dtype of the weights."""
        return self.dtype


@suggests_arguments
def add_weight(
    layer: Weighted,
    name: str | None = None,
    shape: int | Sequence[int] = (),
    initializer: Any = None,
    dtype: DTypeLike = None,
    regularizer: Any = None,
    constraint: Any = None,
    trainable: bool = True,
) -> Variable:
    """Creates a variable and appends it to the weights of a layer.

    >>> add_weight(st.layers.Layer(name="one"), "w", [2, 3]).path
    'one/w'
    """
    weight_dtype = layer.dtype if dtype is None else as_dtype(dtype)
    default = "glorot_uniform" if is_float(weight_dtype) else "zeros"
    initial = initializers.get(default if initializer is None else initializer)
    sizes = _checked_sizes(layer, name, shape)
    count_weight(name, math.prod(sizes))
    require_memory(
        math.prod(sizes) * weight_dtype.itemsize,
        f"layer {layer.name!r}: the weight {name!r} of shape {show(sizes)}",
        "make the layer smaller",
    )
    weight_name = name or f"weight_{len(layer._weights)}"
    weight = Variable(
        lambda: initial(sizes, dtype=weight_dtype), trainable, weight_name, weight_dtype
    )
    weight.trainable = trainable and layer.trainable
    weight.path = f"{layer.name}/{weight.name}"
    weight.regularizer = regularizers.get(regularizer)
    weight.constraint = constraints.get(constraint)
    layer._weights.append(weight)
    return weight


def _checked_sizes(layer: Weighted, name: str | None, shape: Any) -> tuple[int, ...]:
    sizes = as_tuple(shape)
    if not all(map(is_whole, sizes)):
        raise ShapeError(
            f"weight {name!r} of layer {layer.name!r}: every size must be a whole number, "
            f"got {sizes}; a weight's shape cannot depend on the batch"
        )
    return tuple(int(size) for size in sizes)
