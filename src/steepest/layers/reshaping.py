"""Flatten, Reshape, Permute and RepeatVector; the batch axis always stays first and unchanged.

Depends on the Layer base.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from steepest.arguments import as_tuple, require_within
from steepest.core import ops
from steepest.core.primitives import Shape, show
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError, ShapeError
from steepest.functions import composed
from steepest.layers.layer import Layer


def _example_sizes(shape: Shape) -> list[int]:
    """The sizes of one example, without the batch."""
    return [int(size) for size in shape[1:] if size is not None]


class Flatten(Layer):
    """Flattens each example to one row of numbers.

    >>> Flatten(input_shape=(2, 2))([[[1.0, 2.0], [3.0, 4.0]]]).tolist()
    [[1.0, 2.0, 3.0, 4.0]]
    """

    single_input = True
    output_depends_on = ()

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the rows."""
        if not inputs.ndim:
            raise ShapeError(f"layer {self.name!r} takes a batch, got a single number")
        return ops.reshape(inputs, (inputs.shape[0], math.prod(_example_sizes(inputs.shape))))


class Reshape(Layer):
    """Gives each example another shape; one size may be -1 and is inferred.

    >>> Reshape((2, -1))([[1.0, 2.0, 3.0, 4.0]]).tolist()
    [[[1.0, 2.0], [3.0, 4.0]]]
    """

    single_input = True

    def __init__(self, target_shape: int | Sequence[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        sizes = as_tuple(target_shape)
        if sizes.count(-1) > 1 or any(size < 1 and size != -1 for size in sizes):
            raise ArgumentError(f"target_shape: sizes from 1, at most one of them -1, got {sizes}")
        self.target_shape = sizes

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the inputs in the new shape."""
        total = math.prod(_example_sizes(inputs.shape))
        known = math.prod(size for size in self.target_shape if size != -1)
        target = tuple(total // known if size == -1 else size for size in self.target_shape)
        if math.prod(target) != total:
            raise ShapeError(
                f"layer {self.name!r}: {total} numbers an example, of shape {show(inputs.shape)}, "
                f"do not fill {self.target_shape}"
            )
        return ops.reshape(inputs, (inputs.shape[0], *target))


class Permute(Layer):
    """Reorders the axes of each example, which are counted from 1.

    >>> Permute((2, 1))([[[1.0, 2.0], [3.0, 4.0]]]).tolist()
    [[[1.0, 3.0], [2.0, 4.0]]]
    """

    single_input = True

    def __init__(self, dims: Sequence[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ArgumentError(f"dims: an order of the numbers 1, 2, ... was expected, got {dims}")

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the inputs with their axes reordered."""
        if inputs.ndim != len(self.dims) + 1:
            raise ShapeError(
                f"layer {self.name!r} orders {len(self.dims)} axes and the batch, "
                f"got {show(inputs.shape)}"
            )
        return ops.transpose(inputs, (0, *self.dims))


class RepeatVector(Layer):
    """Repeats the vector of each example n times along a new axis.

    >>> RepeatVector(2)([[1.0, 2.0]]).tolist()
    [[[1.0, 2.0], [1.0, 2.0]]]
    """

    single_input = True

    def __init__(self, n: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        require_within(self, "[1, inf)", n=n)
        self.n = n

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the repeated vectors."""
        wide = composed.expand_dims(inputs, 1)
        return ops.broadcast_to(wide, (inputs.shape[0], self.n, *inputs.shape[1:]))
