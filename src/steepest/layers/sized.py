"""Sized, what a layer knows of the sizes of its inputs, with the errors about them.

Depends on tracking.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest.arguments import is_whole
from steepest.core.primitives import Shape, show
from steepest.errors import ArgumentError, ShapeError
from steepest.layers.inputs import format_shapes
from steepest.layers.tracking import Trackable


class Sized(Trackable):
    """The base of Layer that checks the sizes of inputs.

    >>> st.layers.Dense(1).size_along((None, 3))
    3
    """

    @property
    def input_shape(self) -> Any:
        """The shape that the layer was built for; None if it is unknown."""
        raise NotImplementedError

    def size_along(self, shape: Any, axis: int = -1) -> int:
        """Returns the size of an axis of the inputs; raises if there is no such size."""
        if not isinstance(shape, tuple) or any(isinstance(size, (tuple, list)) for size in shape):
            raise self._not_one_tensor(shape)
        if len(shape) > 1 and not -len(shape) <= axis < len(shape):
            raise ArgumentError(
                f"layer {self.name!r}: axis {axis} is not one of the {len(shape)} axes of inputs "
                f"of shape {show(shape)}; give {-len(shape)} to {len(shape) - 1}"
            )
        if len(shape) > 1 and shape[axis] is None:
            raise ShapeError(
                f"layer {self.name!r} needs to know the size of axis {axis} of its inputs, which "
                "the declared shape leaves open (None)"
            )
        if len(shape) < 2:
            raise ShapeError(
                f"layer {self.name!r} takes inputs of at least two axes, (batch, features), got "
                f"{show(shape)}; a single example becomes a batch by x[None]"
            )
        return int(shape[axis])

    def require_size(self, shape: Any, axis: int = -1) -> None:
        """Raises if the size of an axis differs from that of the shape the layer was built for."""
        if self.size_along(shape, axis) != self.input_shape[axis]:
            raise self.misfit(shape, self.input_shape)

    def misfit(self, shape: Shape, wanted: Shape) -> ShapeError:
        """Returns the error for inputs of a shape where another was expected."""
        inner = [size for size in shape[1:] if size is not None]
        flat = len(wanted) == 2 and len(shape) > 2 and np.prod(inner) == wanted[-1]
        remedy = "put Flatten() before it" if flat else f"give it inputs of shape {show(wanted)}"
        return ShapeError(
            f"layer {self.name!r} was built for inputs of shape {show(wanted)}, "
            f"got {show(shape)}; {remedy}"
        )

    def _not_one_tensor(self, shapes: Any) -> ArgumentError:
        return ArgumentError(
            f"layer {self.name!r} takes one tensor, got {format_shapes(shapes)}; join several with "
            "Concatenate() or Add()"
        )


def declared_sizes(shape: int | Sequence[int | None] | None) -> tuple[int | None, ...] | None:
    """Returns the sizes of `input_shape=` as a tuple; raises unless they are sizes.

    >>> declared_sizes(784), declared_sizes((None, 3)), declared_sizes(None)
    ((784,), (None, 3), None)
    """
    if shape is None:
        return None
    sizes = tuple(shape) if isinstance(shape, Sequence) else (shape,)
    known = [size for size in sizes if size is not None]
    if isinstance(shape, str) or not all(is_whole(size) and size >= 1 for size in known):
        raise ArgumentError(
            f"input_shape: the sizes of one example without the batch, as in (784,), got {shape!r}"
        )
    return sizes
