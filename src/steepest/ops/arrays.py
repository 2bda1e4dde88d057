"""Functions of `keras.ops` that make, shape, join and divide tensors.

Depends on the functions of tensors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest.arguments import as_tuple, is_whole
from steepest.core import ops
from steepest.core.dtype import DTypeLike
from steepest.core.tensor import Tensor, TensorLike
from steepest.functions import composed, linalg, public

array = public.convert_to_tensor
concatenate = public.concat
moveaxis = public.move_axis
full = public.fill


def arange(start: Any, stop: Any = None, step: Any = 1, dtype: DTypeLike = None) -> Tensor:
    """Numbers from `start` up to (not including) `stop`.

    >>> arange(3).tolist()
    [0, 1, 2]
    """
    return composed.range(start, stop, 1 if step is None else step, dtype)


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


def copy(x: TensorLike) -> Tensor:
    """The tensor: as it cannot be changed, no copy is needed.

    >>> copy([1, 2]).tolist()
    [1, 2]
    """
    return ops.as_tensor(x)


def empty(shape: Any, dtype: DTypeLike = None) -> Tensor:
    """Zeros of a shape.

    >>> empty((2,)).shape
    (2,)
    """
    return composed.zeros(shape, dtype or "float32")


def full_like(x: TensorLike, fill_value: TensorLike, dtype: DTypeLike = None) -> Tensor:
    """One value in the shape and dtype of another tensor.

    >>> full_like([1.0, 2.0], 7).tolist()
    [7.0, 7.0]
    """
    like = ops.as_tensor(x)
    return composed.fill(like.shape, fill_value, dtype or like.dtype)


def identity(n: int, dtype: DTypeLike = None) -> Tensor:
    """The identity matrix.

    >>> identity(2).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    return composed.eye(n, dtype=dtype or "float32")


def eye(N: int, M: int | None = None, k: int = 0, dtype: DTypeLike = None) -> Tensor:
    """Ones on a diagonal, zeros elsewhere.

    >>> eye(2, k=1).tolist()
    [[0.0, 1.0], [0.0, 0.0]]
    """
    return ops.constant(np.eye(N, M, k), dtype or "float32")


def logspace(
    start: float, stop: float, num: int = 50, endpoint: bool = True, base: float = 10,
    dtype: DTypeLike = None,
) -> Tensor:  # fmt: skip
    """Powers of `base` with evenly spaced exponents.

    >>> logspace(0, 2, 3).tolist()
    [1.0, 10.0, 100.0]
    """
    return ops.constant(np.logspace(start, stop, num, endpoint, base), dtype or "float32")


def linspace(
    start: float, stop: float, num: int = 50, endpoint: bool = True, retstep: bool = False,
    dtype: DTypeLike = None, axis: int = 0,
) -> Any:  # fmt: skip
    """Evenly spaced numbers; with `retstep` their distance too.

    >>> linspace(0.0, 1.0, 4, endpoint=False).tolist()
    [0.0, 0.25, 0.5, 0.75]
    """
    numbers, step = np.linspace(start, stop, num, endpoint, retstep=True, axis=axis)
    made = ops.constant(numbers, dtype or "float32")
    return (made, step) if retstep else made


def tri(N: int, M: int | None = None, k: int = 0, dtype: DTypeLike = None) -> Tensor:
    """Ones on and below a diagonal.

    >>> tri(2).tolist()
    [[1.0, 0.0], [1.0, 1.0]]
    """
    return ops.constant(np.tri(N, M, k), dtype or "float32")


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


def hstack(xs: Sequence[TensorLike]) -> Tensor:
    """Tensors side by side.

    >>> hstack([[1, 2], [3]]).tolist()
    [1, 2, 3]
    """
    parts = [ops.as_tensor(x) for x in xs]
    return ops.concat(parts, 1 if parts[0].ndim > 1 else 0)


def unstack(x: TensorLike, num: int | None = None, axis: int = 0) -> list[Tensor]:
    """The entries along an axis as a list.

    >>> [part.tolist() for part in unstack([[1, 2], [3, 4]], axis=1)]
    [[1, 3], [2, 4]]
    """
    return composed.unstack(x, axis)


def unique(x: TensorLike, return_inverse: bool = False, return_counts: bool = False) -> Any:
    """The sorted distinct values; with them each entry's place among them and their counts.

    >>> unique([5, 3, 5], return_counts=True)[1].tolist()
    [1, 2]
    """
    array = ops.as_tensor(x).numpy()
    values, places, counts = np.unique(array, return_inverse=True, return_counts=True)
    found = [ops.constant(values)]
    found += [ops.constant(places, "int32")] if return_inverse else []
    found += [ops.constant(counts, "int32")] if return_counts else []
    return tuple(found) if len(found) > 1 else found[0]


def vstack(xs: Sequence[TensorLike]) -> Tensor:
    """Tensors below each other.

    >>> vstack([[1, 2], [3, 4]]).tolist()
    [[1, 2], [3, 4]]
    """
    parts = [ops.as_tensor(x) for x in xs]
    return ops.concat([x if x.ndim > 1 else ops.reshape(x, (1, -1)) for x in parts], 0)


def append(x1: TensorLike, x2: TensorLike, axis: int | None = None) -> Tensor:
    """Two tensors joined, flattened if no axis is given.

    >>> append([1, 2], [[3]]).tolist()
    [1, 2, 3]
    """
    if axis is None:
        return ops.concat([ops.reshape(x1, (-1,)), ops.reshape(x2, (-1,))])
    return ops.concat([x1, x2], axis)


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
