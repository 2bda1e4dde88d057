"""Elements addressed by coordinates: gather_nd, scatter_nd and the functions made of them.

Coordinates become indices into the flattened tensor. Depends on ops.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.arguments import as_tuple
from steepest.core import ops, tree
from steepest.core.numpy_rules import check_indices
from steepest.core.primitives import Shape, known_count, show
from steepest.core.tensor import Operators, Tensor, TensorLike
from steepest.errors import ShapeError

__all__ = [
    "gather_nd", "scatter_nd", "slice", "tensor_scatter_nd_add", "tensor_scatter_nd_sub",
    "tensor_scatter_nd_update",
]  # fmt: skip


def slice(input_: TensorLike, begin: Any, size: Any) -> Tensor:
    """The part that starts at `begin` and has `size` entries along each axis; -1 means the rest.

    >>> slice([[1, 2, 3], [4, 5, 6]], [0, 1], [2, -1]).tolist()
    [[2, 3], [5, 6]]
    """
    tensor = ops.as_tensor(input_)
    starts, counts = as_tuple(begin), as_tuple(size)
    if not len(starts) == len(counts) == tensor.ndim:
        raise ShapeError(
            f"slice: a begin and a size for each of the {tensor.ndim} axes were expected, got "
            f"{begin} and {size}"
        )
    ranges = []
    for whole, start, count in zip(tensor.shape, map(int, starts), counts, strict=True):
        taken = ops.as_size(count)
        if taken == -1:
            taken = None if whole is None else whole - start
        fits = start == 0 if whole is None else 0 <= start <= start + (taken or 0) <= whole
        if not fits or (whole is None) != (taken is None):
            raise ShapeError(
                f"slice: begin {begin} and size {size} do not lie inside of {show(tensor.shape)}"
            )
        ranges.append((start, taken, 1))
    return ops.take_ranges(tensor, tuple(ranges))


def gather_nd(params: TensorLike, indices: TensorLike) -> Tensor:
    """The elements (or slices) at the coordinates along the last axis of `indices`.

    >>> gather_nd([[1, 2], [3, 4]], [[0, 1], [1, 0]]).tolist()
    [2, 3]
    """
    table, wanted = ops.as_tensor(params), ops.as_tensor(indices)
    depth = _depth("gather_nd", wanted, table.shape)
    rows = ops.reshape(table, (known_count(table.shape[:depth]), *table.shape[depth:]))
    return ops.gather(rows, _flat(wanted, table.shape[:depth]))


def scatter_nd(indices: TensorLike, updates: TensorLike, shape: Any) -> Tensor:
    """Zeros of a shape with each update added at its coordinates.

    >>> scatter_nd([[1], [3], [1]], [1.0, 2.0, 5.0], (4,)).tolist()
    [0.0, 6.0, 0.0, 2.0]
    """
    wanted, target = ops.as_tensor(indices), tuple(int(size) for size in shape)
    depth = _depth("scatter_nd", wanted, target)
    flat = _flat(wanted, target[:depth])
    table = ops.scatter_add(flat, updates, known_count(target[:depth]))
    return ops.reshape(table, target)


def tensor_scatter_nd_add(tensor: TensorLike, indices: TensorLike, updates: TensorLike) -> Tensor:
    """The tensor with each update added at its coordinates.

    >>> tensor_scatter_nd_add([1, 1, 1], [[0], [2]], [5, 6]).tolist()
    [6, 1, 7]
    """
    base = ops.as_tensor(tensor)
    return base + scatter_nd(indices, updates, base.shape)


def tensor_scatter_nd_sub(tensor: TensorLike, indices: TensorLike, updates: TensorLike) -> Tensor:
    """The tensor with each update subtracted at its coordinates.

    >>> tensor_scatter_nd_sub([9, 9, 9], [[0], [2]], [5, 6]).tolist()
    [4, 9, 3]
    """
    base = ops.as_tensor(tensor)
    return base - scatter_nd(indices, updates, base.shape)


def tensor_scatter_nd_update(
    tensor: TensorLike, indices: TensorLike, updates: TensorLike
) -> Tensor:
    """The tensor with the elements at the coordinates replaced; each may occur once.

    >>> tensor_scatter_nd_update([1, 1, 1], [[0], [2]], [5, 6]).tolist()
    [5, 1, 6]
    """
    base, wanted = ops.meet(tensor, updates)
    ones = ops.broadcast_to(ops.constant(1, "int32"), wanted.shape)
    named = scatter_nd(indices, ones, base.shape) > 0
    return ops.where(named, scatter_nd(indices, wanted, base.shape), base)


def with_part(x: Tensor, key: Any, value: TensorLike) -> Tensor:
    """The tensor with the part that an index selects replaced, as NumPy's `x[key] = value`.

    >>> with_part(st.constant([[1, 2], [3, 4]]), (0, 1), 9).tolist()
    [[1, 9], [3, 4]]
    """
    numbers = tree.transform(
        lambda leaf: np.asarray(leaf) if isinstance(leaf, Operators) else leaf, key
    )
    places = np.arange(x.size).reshape([size or 0 for size in x.shape])[numbers]
    new = ops.broadcast_to(ops.as_tensor(value, x.dtype), places.shape)
    flat = tensor_scatter_nd_update(
        ops.reshape(x, (-1,)), places.reshape(-1, 1), ops.reshape(new, (-1,))
    )
    return ops.reshape(flat, x.shape)


def _depth(name: str, indices: Tensor, shape: Shape) -> int:
    depth = indices.shape[-1] if indices.ndim else None
    if depth is None or depth > len(shape):
        raise ShapeError(
            f"{name}: coordinates {show(indices.shape)} have more entries than {show(shape)} axes"
        )
    return depth


def _flat(indices: Tensor, shape: Shape) -> Tensor:
    """Indices into the flattened tensor; each coordinate is checked against its axis."""
    if not indices.is_symbolic:
        for axis, size in enumerate(shape):
            check_indices(indices.data[..., axis], size or 0)
    steps = np.cumprod([1, *[size or 0 for size in shape[:0:-1]]])[::-1][: len(shape)]
    return ops.reduce_sum(ops.cast(indices, "int64") * steps.astype(np.int64), axis=-1)
