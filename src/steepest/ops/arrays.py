"""Functions of `keras.ops` that give tensors other shapes, orders and parts.

Depends on the functions of tensors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest.arguments import as_tuple
from steepest.core import ops
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ArgumentError
from steepest.functions import composed, linalg


def moveaxis(
    x: TensorLike, source: int | Sequence[int], destination: int | Sequence[int]
) -> Tensor:
    """The tensor with one or several axes moved to other positions.

    >>> moveaxis(np.zeros((2, 3, 4)), (0, 1), (1, 2)).shape
    (4, 2, 3)
    """
    tensor = ops.as_tensor(x)
    origins, targets = (
        [ops.axes_of(axis, tensor.ndim)[0] for axis in as_tuple(axes)]
        for axes in (source, destination)
    )
    if len(origins) != len(targets) or len(set(origins)) < len(origins):
        raise ArgumentError(
            f"moveaxis: as many different axes as positions were expected, got {source} and "
            f"{destination}"
        )
    order = [axis for axis in range(tensor.ndim) if axis not in origins]
    for target, origin in sorted(zip(targets, origins, strict=True)):
        order.insert(target, origin)
    return ops.transpose(tensor, order)


def expand_dims(x: TensorLike, axis: int | Sequence[int]) -> Tensor:
    """The tensor with new axes of size 1 at one or several positions of the result.

    >>> expand_dims([1, 2], 0).shape, expand_dims([1, 2], (0, 2)).shape
    ((1, 2), (1, 2, 1))
    """
    tensor = ops.convert_to_tensor(x)
    sizes = list(tensor.shape)
    wanted = as_tuple(axis)
    for along in ops.axes_of(wanted, tensor.ndim + len(wanted)):
        sizes.insert(along, 1)
    return ops.reshape(tensor, sizes)


def copy(x: TensorLike) -> Tensor:
    """The tensor: as it cannot be changed, no copy is needed.

    >>> copy([1, 2]).tolist()
    [1, 2]
    """
    return ops.as_tensor(x)


def tril(x: TensorLike, k: int = 0) -> Tensor:
    """The lower triangles of matrices.

    >>> tril([[1, 2], [3, 4]]).tolist()
    [[1, 0], [3, 4]]
    """
    tensor = ops.as_tensor(x)
    return ops.where(np.tri(tensor.shape[-2] or 0, tensor.shape[-1], k, dtype=bool), tensor, 0)


def triu(x: TensorLike, k: int = 0) -> Tensor:
    """The upper triangles of matrices.

    >>> triu([[1, 2], [3, 4]]).tolist()
    [[1, 2], [0, 4]]
    """
    tensor = ops.as_tensor(x)
    below = np.tri(tensor.shape[-2] or 0, tensor.shape[-1], k - 1, dtype=bool)
    return ops.where(below, 0, tensor)


def diag(x: TensorLike, k: int = 0) -> Tensor:
    """A matrix with x on a diagonal, or the diagonal of a matrix.

    >>> diag([1, 2]).tolist(), diag([[1, 2], [3, 4]]).tolist()
    ([[1, 0], [0, 2]], [1, 4])
    """
    tensor = ops.as_tensor(x)
    if tensor.ndim > 1:
        return diagonal(tensor, k)
    size = (tensor.shape[0] or 0) + abs(k)
    rows = np.arange(tensor.shape[0] or 0) + max(-k, 0)
    return composed.scatter_nd(np.stack([rows, rows + k], -1), tensor, (size, size))


def diagflat(x: TensorLike, k: int = 0) -> Tensor:
    """A matrix with all values of x on a diagonal.

    >>> diagflat([[1], [2]]).tolist()
    [[1, 0], [0, 2]]
    """
    return diag(ravel(x), k)


def diagonal(x: TensorLike, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The diagonals of the matrices that two axes form.

    >>> diagonal([[1, 2], [3, 4]], 1).tolist()
    [2]
    """
    tensor = ops.as_tensor(x)
    places = [axis % tensor.ndim for axis in (axis1, axis2)]
    rest = [axis for axis in np.arange(tensor.ndim).tolist() if axis not in places]
    turned = ops.transpose(tensor, [*rest, *places])
    if offset > 0:
        turned = turned[..., :, offset:]
    elif offset < 0:
        turned = turned[..., -offset:, :]
    return linalg.diag_part(turned)


def trace(x: TensorLike, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The sums of diagonals.

    >>> trace([[1.0, 2.0], [3.0, 4.0]]).item()
    5.0
    """
    return ops.reduce_sum(diagonal(x, offset, axis1, axis2), -1)


def diff(a: TensorLike, n: int = 1, axis: int = -1) -> Tensor:
    """Differences of neighbours along an axis, n times.

    >>> diff([1, 4, 9]).tolist()
    [3, 5]
    """
    tensor = composed.move_axis(a, axis, -1)
    for _ in np.arange(n):
        tensor = tensor[..., 1:] - tensor[..., :-1]
    return composed.move_axis(tensor, -1, axis)


def fliplr(x: TensorLike) -> Tensor:
    """The columns in reverse order.

    >>> fliplr([[1, 2]]).tolist()
    [[2, 1]]
    """
    return ops.flip(x, 1)


def flipud(x: TensorLike) -> Tensor:
    """The rows in reverse order.

    >>> flipud([[1], [2]]).tolist()
    [[2], [1]]
    """
    return ops.flip(x, 0)


def get_item(x: TensorLike, key: Any) -> Tensor:
    """x[key].

    >>> get_item([1, 2, 3], slice(1, None)).tolist()
    [2, 3]
    """
    return ops.as_tensor(x)[key]


def ndim(x: TensorLike) -> int:
    """The number of axes.

    >>> ndim([[1.0]])
    2
    """
    return ops.as_tensor(x).ndim


def rot90(array: TensorLike, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Tensor:
    """The tensor turned k times by a quarter, from the first of two axes towards the second.

    >>> rot90([[1, 2], [3, 4]]).tolist()
    [[2, 4], [1, 3]]
    """
    tensor, (first, second) = ops.as_tensor(array), axes
    for _ in np.arange(k % 4):
        tensor = ops.flip(tensor.swapaxes(first, second), first)
    return tensor


def transpose(x: TensorLike, axes: Sequence[int] | None = None) -> Tensor:
    """The axes in another order, reversed without one.

    >>> transpose([[1, 2]]).tolist()
    [[1], [2]]
    """
    return ops.transpose(x, axes)


def tile(x: TensorLike, repeats: Any) -> Tensor:
    """The tensor repeated along its axes: `repeats` times each, counted from the last one.

    >>> tile([1, 2], 2).tolist(), tile([1, 2], (2, 1)).tolist()
    ([1, 2, 1, 2], [[1, 2], [1, 2]])
    """
    tensor, counts = ops.as_tensor(x), as_tuple(repeats)
    lacking = len(counts) - tensor.ndim
    tensor = ops.reshape(tensor, (*[1] * lacking, *tensor.shape)) if lacking > 0 else tensor
    return composed.tile(tensor, (*[1] * -lacking, *counts))


def pad(
    x: TensorLike, pad_width: Any, mode: str = "constant", constant_values: Any = None
) -> Tensor:
    """Padding before and after each axis: one number, one pair, or a pair for each axis.

    >>> pad([1, 2], 1).tolist()
    [0, 1, 2, 0]
    """
    tensor = ops.as_tensor(x)
    pairs = np.broadcast_to(np.asarray(pad_width), (tensor.ndim, 2)).tolist()
    return composed.pad(tensor, pairs, mode, constant_values or 0)


def ravel(x: TensorLike) -> Tensor:
    """All values along one axis.

    >>> ravel([[1], [2]]).tolist()
    [1, 2]
    """
    return ops.reshape(x, (-1,))


def reshape(x: TensorLike, newshape: Any) -> Tensor:
    """The same values in another shape; one size may be -1 and is inferred.

    >>> reshape([1, 2, 3, 4], (2, -1)).tolist()
    [[1, 2], [3, 4]]
    """
    return ops.reshape(x, newshape)


def swapaxes(x: TensorLike, axis1: int, axis2: int) -> Tensor:
    """Two axes exchanged.

    >>> swapaxes([[1, 2]], 0, 1).tolist()
    [[1], [2]]
    """
    return ops.as_tensor(x).swapaxes(axis1, axis2)


def take(x: TensorLike, indices: TensorLike, axis: int | None = None) -> Tensor:
    """The entries at indices along an axis, of the flattened tensor without one.

    Negative indices count from the end.

    >>> take([10, 20, 30], [-1, 0]).tolist()
    [30, 10]
    """
    table = ops.as_tensor(x) if axis is not None else ravel(x)
    along = 0 if axis is None else axis
    wanted = ops.as_tensor(indices)
    size = table.shape[along]
    if size is not None:
        wanted = ops.where(ops.less(wanted, 0), wanted + size, wanted)
    return ops.gather(table, wanted, along)


def take_along_axis(x: TensorLike, indices: TensorLike, axis: int | None = None) -> Tensor:
    """The entries at indices along an axis, paired along all others.

    >>> take_along_axis([[1, 2], [3, 4]], [[1], [0]], 1).tolist()
    [[2], [3]]
    """
    if axis is None:
        return take(x, indices)
    table, wanted = composed.move_axis(x, axis, -1), composed.move_axis(indices, axis, -1)
    lead = np.broadcast_shapes(table.shape[:-1], wanted.shape[:-1])  # type: ignore[arg-type]
    table = ops.broadcast_to(table, (*lead, table.shape[-1]))
    wanted = ops.broadcast_to(wanted, (*lead, wanted.shape[-1]))
    wanted = ops.where(ops.less(wanted, 0), wanted + (table.shape[-1] or 0), wanted)
    found = ops.gather(table, wanted, axis=-1, batch_dims=table.ndim - 1)
    return composed.move_axis(found, -1, axis)
