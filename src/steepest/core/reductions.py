"""Sums, means, extremes and cumulative sums over axes. Depends on elementwise and movement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest.core.conversion import as_tensor, axes_of, in_dtype, meet
from steepest.core.dispatch import bind
from steepest.core.dtype import (
    DType,
    DTypeLike,
    as_dtype,
    bool_,
    computing,
    int32,
    int64,
    is_float,
)
from steepest.core.elementwise import cast, negative, subtract
from steepest.core.movement import flip, without_axes
from steepest.core.primitives import PRIMITIVES, Shape
from steepest.core.tensor import Axis, Tensor, TensorLike

__all__ = ["argmax", "argmin", "cumsum", "reduce_max", "reduce_mean", "reduce_min", "reduce_sum"]

_P = PRIMITIVES


def _reduction(
    name: str, x: TensorLike, axis: Axis, keepdims: bool, numeric: bool = True
) -> Tensor:
    tensor = as_tensor(x)
    dtype = computing(tensor.dtype)
    tensor = in_dtype(tensor, int32 if numeric and dtype == bool_ else dtype)
    axes = axes_of(axis, tensor.ndim)
    reduced = bind(_P[name], tensor, axes=axes) if axes else tensor
    return reduced if keepdims else without_axes(reduced, axes)


def reduce_sum(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The sum over all or some axes.

    >>> reduce_sum([[1.0, 2.0], [3.0, 4.0]], axis=0).tolist()
    [4.0, 6.0]
    """
    return _reduction("sum", x, axis, keepdims)


def reduce_max(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The maximum over all or some axes.

    >>> reduce_max([[1.0, 2.0], [3.0, 4.0]], axis=1).tolist()
    [2.0, 4.0]
    """
    return _reduction("max", x, axis, keepdims, numeric=False)


def reduce_min(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The minimum over all or some axes.

    >>> reduce_min([3, 1, 2]).item()
    1
    """
    return _reduction("min", x, axis, keepdims, numeric=False)


def reduce_mean(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The mean over all or some axes; integers become float32.

    >>> reduce_mean([1, 2]).item()
    1.5
    """
    tensor = as_tensor(x)
    total = reduce_sum(in_dtype(tensor, meet(tensor, floating=True)[0].dtype), axis, keepdims)
    return total / count_of(tensor.shape, axes_of(axis, tensor.ndim), total.dtype)


def count_of(shape: Shape, axes: Sequence[int], dtype: DType) -> Any:
    """The number of values along the axes: a tensor if the batch is among them."""
    sizes = [shape[axis] for axis in axes]
    known = float(np.prod([size for size in sizes if size is not None]))
    return cast(bind(_P["batch_size"], of=None), dtype) * known if None in sizes else known


def argmax(
    x: TensorLike,
    axis: int | None = None,
    output_type: DTypeLike = int64,
    *,
    keepdims: bool = False,
) -> Tensor:
    """The index of the maximum along an axis: along the first one if none is given.

    That is TensorFlow's rule; NumPy's searches the flattened array instead, as
    `argmax(reshape(x, -1))` does. Among equal values it is the first.

    >>> argmax([[1.0, 3.0], [4.0, 2.0]], axis=1).tolist()
    [1, 0]
    >>> argmax([[1.0, 3.0], [4.0, 2.0]]).tolist()
    [1, 0]
    """
    tensor = as_tensor(x)
    along = axes_of(0 if axis is None else axis, tensor.ndim)
    reduced = bind(_P["argmax"], in_dtype(tensor, computing(tensor.dtype)), axis=along[0])
    found = in_dtype(reduced, as_dtype(output_type))
    return found if keepdims else without_axes(found, along)


def argmin(
    x: TensorLike,
    axis: int | None = None,
    output_type: DTypeLike = int64,
    *,
    keepdims: bool = False,
) -> Tensor:
    """The index of the minimum along an axis: along the first one if none is given.

    >>> argmin([4.0, 2.0, 3.0]).item()
    1
    """
    tensor = as_tensor(x)
    # -x would overflow for the least integer
    turned = negative(tensor) if is_float(tensor.dtype) else subtract(-1, cast(tensor, int64))
    return argmax(turned, axis, output_type, keepdims=keepdims)


def cumsum(x: TensorLike, axis: int = 0, exclusive: bool = False, reverse: bool = False) -> Tensor:
    """Cumulative sums along an axis.

    >>> cumsum([1, 2, 3]).tolist()
    [1, 3, 6]
    >>> cumsum([1, 2, 3], reverse=True).tolist()
    [6, 5, 3]
    """
    (tensor,) = meet(as_tensor(x))
    axes = axes_of(axis, tensor.ndim)
    turned = flip(tensor, axes[0]) if reverse else tensor
    sums = bind(_P["cumsum"], turned, axes=axes)
    sums = subtract(sums, turned) if exclusive else sums
    return flip(sums, axes[0]) if reverse else sums
