"""Functions of `keras.ops` about order: sorted values, places, distinct values, counts.

Those whose results have a size that depends on the values do not run inside a recorded program.
Depends on the functions of tensors.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.core import ops
from steepest.core.tensor import Tensor, TensorLike
from steepest.functions import composed
from steepest.functions.sorting import TopK
from steepest.ops.arrays import ravel
from steepest.ops.creation import refuse_sparse


def sort(x: TensorLike, axis: int | None = -1) -> Tensor:
    """The sorted values along an axis; of the flattened tensor for None.

    >>> sort([3, 1, 2]).tolist()
    [1, 2, 3]
    """
    return composed.sort(x, axis)


def argsort(x: TensorLike, axis: int | None = -1) -> Tensor:
    """The places of the sorted values along an axis; equal values keep their order.

    >>> argsort([3, 1, 2]).tolist()
    [1, 2, 0]
    """
    return composed.argsort(x, axis)


def argpartition(x: TensorLike, kth: int, axis: int | None = -1) -> Tensor:
    """The places of the values along an axis, the `kth` smallest first: here all are sorted.

    >>> argpartition([5, 3, 1, 4], 1)[:2].tolist()
    [2, 1]
    """
    return composed.argsort(x, axis)


def top_k(x: TensorLike, k: int, sorted: bool = True) -> TopK:
    """The k greatest values along the last axis and their places, sorted in any case.

    >>> values, places = top_k([1.0, 3.0, 2.0], 2)
    >>> values.tolist(), places.tolist()
    ([3.0, 2.0], [1, 2])
    """
    return composed.top_k(x, k)


def unique(
    x: TensorLike,
    sorted: bool = True,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    size: int | None = None,
    fill_value: Any = None,
) -> Any:
    """The distinct values, or entries along an axis, sorted or in the order of their occurrence.

    With them, where asked for: the place of the first occurrence, the place of each entry among the
    distinct ones, the counts. `size` cuts the result, or fills it up with `fill_value`.

    >>> unique([5, 3, 5], return_counts=True)[1].tolist()
    [1, 2]
    """
    values, first, inverse, counts = np.unique(
        ops.as_tensor(x).numpy(), return_index=True, return_inverse=True, return_counts=True,
        axis=axis,
    )  # fmt: skip
    if not sorted:
        order = np.argsort(first)
        values, first, counts = np.take(values, order, axis or 0), first[order], counts[order]
        inverse = np.argsort(order)[inverse]
    if size is not None:
        filler = 0 if fill_value is None else fill_value
        values = _resized(np.moveaxis(values, axis or 0, 0), size, filler)
        values = np.moveaxis(values, 0, axis or 0)
        first, counts = _resized(first, size, first[:1]), _resized(counts, size, 0)
    asked = ((first, return_index), (inverse, return_inverse), (counts, return_counts))
    found = [ops.constant(values)]
    found += [ops.constant(part, "int32") for part, wanted in asked if wanted]
    return tuple(found) if len(found) > 1 else found[0]


def _resized(values: np.ndarray, size: int, filler: Any) -> np.ndarray:
    lacking = (max(size - len(values), 0), *values.shape[1:])
    return np.concatenate([values[:size], np.full(lacking, filler, values.dtype)])


def where(condition: TensorLike, x1: TensorLike | None = None, x2: TensorLike | None = None) -> Any:
    """`x1` where the condition holds, else `x2`; without the two, what `nonzero` gives.

    >>> where([True, False], 1.0, [5.0, 6.0]).tolist()
    [1.0, 6.0]
    """
    return nonzero(condition) if x1 is None and x2 is None else ops.where(condition, x1, x2)


def nonzero(x: TensorLike) -> tuple[Tensor, ...]:
    """The places of the values other than 0, for each axis; not inside a recorded program.

    >>> [places.tolist() for places in nonzero([[0, 5], [7, 0]])]
    [[0, 1], [1, 0]]
    """
    return tuple(ops.constant(places, "int32") for places in np.nonzero(ops.as_tensor(x).numpy()))


def unravel_index(indices: TensorLike, shape: Any) -> tuple[Tensor, ...]:
    """The coordinates, in a tensor of a shape, of places in the flattened tensor.

    >>> [axis.tolist() for axis in unravel_index([5, 1], (2, 3))]
    [[1, 0], [2, 1]]
    """
    places, found = ops.as_tensor(indices), []
    for size in reversed(tuple(shape)):
        found.append(ops.remainder(places, size))
        places = ops.floor_divide(places, size)
    return tuple(reversed(found))


def digitize(x: TensorLike, bins: TensorLike) -> Tensor:
    """The number of the bin of each value: how many of the sorted `bins` are at most as great.

    >>> digitize([0.0, 1.5, 9.0], [1.0, 2.0]).tolist()
    [0, 1, 2]
    """
    tensor = ops.as_tensor(x)
    found = composed.searchsorted(bins, ravel(tensor), side="right")
    return ops.reshape(ops.cast(found, "int32"), tensor.shape)


def histogram(
    x: TensorLike, bins: int = 10, range: tuple[float, float] | None = None
) -> tuple[Tensor, Tensor]:
    """How many values fall in bins of equal width, and the edges of the bins.

    Without a range it goes from the least value to the greatest one; not inside a recorded program.

    >>> counts, edges = histogram([1.0, 2.0, 2.0, 4.0], 3)
    >>> counts.tolist(), edges.tolist()
    ([1.0, 2.0, 1.0], [1.0, 2.0, 3.0, 4.0])
    """
    tensor = ops.as_tensor(x)
    counts, edges = np.histogram(tensor.numpy(), bins, range)
    return ops.constant(counts, tensor.dtype), ops.constant(edges, "float32")


def bincount(
    x: TensorLike, weights: TensorLike | None = None, minlength: int = 0, sparse: bool = False
) -> Tensor:
    """How often each integer occurs, or the sum of its weights, in each row of a matrix.

    The greatest integer decides the size, so it does not run inside a recorded program.

    >>> bincount([1, 1, 3]).tolist(), bincount([[0, 1], [1, 1]]).tolist()
    ([0, 2, 0, 1], [[1, 1], [0, 2]])
    """
    refuse_sparse("bincount", sparse)
    numbers = ops.as_tensor(x)
    if numbers.ndim < 2:
        return composed.bincount(numbers, weights, minlength)
    rows, length = numbers.shape[0] or 0, np.max(numbers.numpy(), initial=minlength - 1) + 1
    shifted = numbers + np.arange(rows)[:, None] * length
    counts = composed.bincount(shifted, weights, int(rows * length))
    return ops.reshape(counts, (rows, int(length)))
