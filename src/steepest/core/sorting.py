"""What needs the values at once: sorting, choosing. Not inside a recorded program. Leans on ops."""

from __future__ import annotations

import numpy as np

from steepest.core import ops
from steepest.core.dtype import as_dtype
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ArgumentError


def sort(values: TensorLike, axis: int = -1, direction: str = "ASCENDING") -> Tensor:
    """The values in order, computed at once (not inside a recorded program).

    >>> sort([3, 1, 2]).tolist()
    [1, 2, 3]
    """
    ordered = np.sort(ops.as_tensor(values).numpy(), axis=axis)
    return ops.constant(np.flip(ordered, axis) if _descends(direction) else ordered)


def argsort(values: TensorLike, axis: int = -1, direction: str = "ASCENDING") -> Tensor:
    """The places of the values in order, computed at once; equal ones keep their order.

    >>> argsort([3, 1, 2]).tolist()
    [1, 2, 0]
    """
    array = ops.as_tensor(values).numpy()
    if _descends(direction):
        places = np.flip(
            array.shape[axis] - 1 - np.argsort(np.flip(array, axis), axis=axis, kind="stable"), axis
        )
    else:
        places = np.argsort(array, axis=axis, kind="stable")
    return ops.constant(places, as_dtype("int32"))


def _descends(direction: str) -> bool:
    if direction not in ("ASCENDING", "DESCENDING"):
        raise ArgumentError(f"direction: 'ASCENDING' or 'DESCENDING', got {direction!r}")
    return direction == "DESCENDING"


def top_k(x: TensorLike, k: int = 1) -> tuple[Tensor, Tensor]:
    """The k greatest values along the last axis and their places, computed at once.

    >>> values, places = top_k([1.0, 3.0, 2.0], 2)
    >>> values.tolist(), places.tolist()
    ([3.0, 2.0], [1, 2])
    """
    places = argsort(x, direction="DESCENDING")[..., :k]
    array = ops.as_tensor(x).numpy()
    return ops.constant(np.take_along_axis(array, places.numpy(), -1)), places


def boolean_mask(x: TensorLike, mask: TensorLike) -> Tensor:
    """The entries where the mask is true, computed at once.

    >>> boolean_mask([1, 2, 3], [True, False, True]).tolist()
    [1, 3]
    """
    return ops.as_tensor(x)[ops.as_tensor(mask)]
