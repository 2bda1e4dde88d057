"""Functions of `keras.ops` that join and divide tensors. Depends on the functions of tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest.arguments import as_tuple, is_whole
from steepest.core import ops
from steepest.core.tensor import Tensor, TensorLike
from steepest.functions import composed


def concatenate(xs: Sequence[TensorLike], axis: int = 0) -> Tensor:
    """Tensors joined along an axis.

    >>> concatenate([[1, 2], [3]]).tolist()
    [1, 2, 3]
    """
    return ops.concat(xs, axis)


def stack(x: Sequence[TensorLike], axis: int = 0) -> Tensor:
    """Tensors joined along a new axis.

    >>> stack([[1, 2], [3, 4]], axis=1).tolist()
    [[1, 3], [2, 4]]
    """
    return composed.stack(x, axis)


def append(x1: TensorLike, x2: TensorLike, axis: int | None = None) -> Tensor:
    """Two tensors joined, flattened if no axis is given.

    >>> append([1, 2], [[3]]).tolist()
    [1, 2, 3]
    """
    if axis is None:
        return ops.concat([ops.reshape(x1, (-1,)), ops.reshape(x2, (-1,))])
    return ops.concat([x1, x2], axis)


def hstack(xs: Sequence[TensorLike]) -> Tensor:
    """Tensors side by side.

    >>> hstack([[1, 2], [3]]).tolist()
    [1, 2, 3]
    """
    parts = [ops.as_tensor(x) for x in xs]
    return ops.concat(parts, 1 if parts[0].ndim > 1 else 0)


def vstack(xs: Sequence[TensorLike]) -> Tensor:
    """Tensors below each other.

    >>> vstack([[1, 2], [3, 4]]).tolist()
    [[1, 2], [3, 4]]
    """
    parts = [ops.as_tensor(x) for x in xs]
    return ops.concat([x if x.ndim > 1 else ops.reshape(x, (1, -1)) for x in parts], 0)


def dstack(xs: Sequence[TensorLike]) -> Tensor:
    """Tensors joined along their third axis, which those of fewer axes get.

    >>> dstack([[1, 2], [3, 4]]).tolist()
    [[[1, 3], [2, 4]]]
    """
    parts = [ops.as_tensor(x) for x in xs]
    rows = [x if x.ndim > 1 else ops.reshape(x, (1, -1)) for x in parts]
    return ops.concat([x if x.ndim > 2 else composed.expand_dims(x, -1) for x in rows], 2)


def unstack(x: TensorLike, num: int | None = None, axis: int = 0) -> list[Tensor]:
    """The entries along an axis as a list.

    >>> [part.tolist() for part in unstack([[1, 2], [3, 4]], axis=1)]
    [[1, 3], [2, 4]]
    """
    return composed.unstack(x, axis)


def array_split(x: TensorLike, indices_or_sections: Any, axis: int = 0) -> list[Tensor]:
    """Parts along an axis: nearly equal ones, or those between indices.

    >>> [part.tolist() for part in array_split([1, 2, 3], 2)]
    [[1, 2], [3]]
    """
    tensor = ops.as_tensor(x)
    sizes = np.array_split(np.arange(tensor.shape[axis] or 0), indices_or_sections)
    return ops.split(tensor, [len(part) for part in sizes], axis)


def split(x: TensorLike, indices_or_sections: Any, axis: int = 0) -> list[Tensor]:
    """Equal parts along an axis, or those between indices.

    >>> [part.tolist() for part in split([1, 2, 3], [1])]
    [[1], [2, 3]]
    """
    if is_whole(indices_or_sections):
        return ops.split(x, indices_or_sections, axis)
    return array_split(x, list(as_tuple(indices_or_sections)), axis)


def hsplit(x: TensorLike, indices_or_sections: Any) -> list[Tensor]:
    """Parts along the second axis, along the only one of a vector.

    >>> [part.tolist() for part in hsplit([[1, 2, 3]], [1])]
    [[[1]], [[2, 3]]]
    """
    tensor = ops.as_tensor(x)
    return split(tensor, indices_or_sections, 1 if tensor.ndim > 1 else 0)


def vsplit(x: TensorLike, indices_or_sections: Any) -> list[Tensor]:
    """Parts along the first axis.

    >>> [part.tolist() for part in vsplit([[1], [2]], 2)]
    [[[1]], [[2]]]
    """
    return split(x, indices_or_sections, 0)


def dsplit(x: TensorLike, indices_or_sections: Any) -> list[Tensor]:
    """Parts along the third axis.

    >>> [part.tolist() for part in dsplit([[[1, 2]]], 2)]
    [[[[1]]], [[[2]]]]
    """
    return split(x, indices_or_sections, 2)
