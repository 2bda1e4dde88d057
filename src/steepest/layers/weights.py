"""Creates the weights of layers. Depends on initializers, regularizers and constraints."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from steepest import constraints, initializers, regularizers
from steepest.arguments import as_tuple, is_whole, suggests_arguments
from steepest.core.dtype import DTypeLike, as_dtype, is_float
from steepest.core.memory_limit import require_memory
from steepest.core.primitives import show
from steepest.core.variable import Variable
from steepest.errors import ShapeError
from steepest.layers.weight_limit import count_weight

if TYPE_CHECKING:
    from steepest.layers.layer import Layer

# The order of add_weight's positional arguments, by whether the name or the shape comes first.
NAME_FIRST = ("name", "shape", "initializer", "dtype", "regularizer", "constraint", "trainable")
SHAPE_FIRST = ("shape", "initializer", "dtype", "trainable")


@suggests_arguments
def add_weight(
    layer: Layer,
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


def _checked_sizes(layer: Layer, name: str | None, shape: Any) -> tuple[int, ...]:
    sizes = as_tuple(shape)
    if not all(map(is_whole, sizes)):
        raise ShapeError(
            f"weight {name!r} of layer {layer.name!r}: every size must be a whole number, "
            f"got {sizes}; a weight's shape cannot depend on the batch"
        )
    return tuple(int(size) for size in sizes)
