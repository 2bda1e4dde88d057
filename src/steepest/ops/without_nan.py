"""Functions of `keras.ops` that leave NaN out: sums, means, order statistics.

Depends on the functions that reduce axes.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from steepest.core import ops
from steepest.core.dtype import DTypeLike, is_float
from steepest.core.tensor import Axis, Tensor, TensorLike
from steepest.functions import composed
from steepest.ops import reducing
from steepest.ops.arrays import take_along_axis


def nansum(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The sum without NaN.

    >>> nansum([1.0, np.nan]).item()
    1.0
    """
    return ops.reduce_sum(_filled(x, 0.0), axis, keepdims)


def nanprod(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The product without NaN.

    >>> nanprod([2.0, np.nan]).item()
    2.0
    """
    return composed.reduce_prod(_filled(x, 1.0), axis, keepdims)


def nanmax(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The maximum without NaN.

    >>> nanmax([1.0, np.nan]).item()
    1.0
    """
    return ops.reduce_max(_filled(x, -math.inf), axis, keepdims)


def nanmin(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The minimum without NaN.

    >>> nanmin([1.0, np.nan]).item()
    1.0
    """
    return ops.reduce_min(_filled(x, math.inf), axis, keepdims)


def nanmean(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The mean without NaN.

    >>> nanmean([1.0, 3.0, np.nan]).item()
    2.0
    """
    tensor = ops.meet(x, floating=True)[0]
    there = ops.cast(ops.logical_not(composed.is_nan(tensor)), tensor.dtype)
    return nansum(tensor, axis, keepdims) / ops.reduce_sum(there, axis, keepdims)


def nanvar(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The variance without NaN.

    >>> nanvar([1.0, 3.0, np.nan]).item()
    1.0
    """
    tensor = ops.meet(x, floating=True)[0]
    return nanmean(composed.square(tensor - nanmean(tensor, axis, keepdims=True)), axis, keepdims)


def nanstd(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The standard deviation without NaN.

    >>> nanstd([1.0, 3.0, np.nan]).item()
    1.0
    """
    return ops.sqrt(nanvar(x, axis, keepdims))


def nanargmax(x: TensorLike, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The index of the maximum without NaN, in the flattened tensor if no axis is given.

    Where all are NaN it is -1.

    >>> nanargmax([1.0, np.nan, 3.0]).item(), nanargmax([np.nan]).item()
    (2, -1)
    """
    found = reducing.argmax(_without_nan(x, -math.inf), axis, keepdims)
    return _where_any(x, found, axis, keepdims)


def nanargmin(x: TensorLike, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The index of the minimum without NaN, in the flattened tensor if no axis is given.

    Where all are NaN it is -1.

    >>> nanargmin([4.0, np.nan, 3.0]).item()
    2
    """
    found = reducing.argmin(_without_nan(x, math.inf), axis, keepdims)
    return _where_any(x, found, axis, keepdims)


def nancumsum(x: TensorLike, axis: int | None = None, dtype: DTypeLike = None) -> Tensor:
    """Cumulative sums along an axis, or over the flattened tensor, in which NaN counts as 0.

    >>> nancumsum([1.0, np.nan, 3.0]).tolist()
    [1.0, 1.0, 4.0]
    """
    return reducing.cumsum(_without_nan(x, 0.0), axis, dtype)


def nancumprod(x: TensorLike, axis: int | None = None, dtype: DTypeLike = None) -> Tensor:
    """Cumulative products along an axis, or over the flattened tensor, in which NaN counts as 1.

    >>> nancumprod([2.0, np.nan, 3.0]).tolist()
    [2.0, 2.0, 6.0]
    """
    return reducing.cumprod(_without_nan(x, 1.0), axis, dtype)


def nanquantile(
    x: TensorLike, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Tensor:
    """The values below which the shares `q` of the values without NaN lie, interpolated.

    >>> nanquantile([1.0, np.nan, 3.0], 0.5).item()
    2.0
    """

    def at(ordered: Tensor, share: float) -> Tensor:  # NaN is sorted as the greatest
        there = ops.cast(ops.logical_not(composed.is_nan(ordered)), ordered.dtype)
        place = (ops.reduce_sum(there, -1, keepdims=True) - 1.0) * share
        chosen = {"lower": ops.floor, "higher": composed.ceil, "nearest": ops.round}
        if method in chosen:
            return _entry(ordered, chosen[method](place))
        low, high = _entry(ordered, ops.floor(place)), _entry(ordered, composed.ceil(place))
        part = 0.5 if method == "midpoint" else (place - ops.floor(place))[..., 0]
        return low + (high - low) * part

    return reducing.quantiles(at, x, q, axis, method, keepdims)


def nanpercentile(
    x: TensorLike, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Tensor:
    """The values below which `q` percent of the values without NaN lie.

    >>> nanpercentile([1.0, np.nan, 3.0], 50).item()
    2.0
    """
    return nanquantile(x, np.asarray(q) / 100.0, axis, method, keepdims)


def nanmedian(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The middle value without NaN.

    >>> nanmedian([1.0, np.nan, 3.0]).item()
    2.0
    """
    return nanquantile(x, 0.5, axis, keepdims=keepdims)


def _entry(ordered: Tensor, place: Tensor) -> Tensor:
    """The entries at a place along the last axis; the first, NaN, where all are NaN."""
    return take_along_axis(ordered, ops.cast(ops.maximum(place, 0.0), "int32"), -1)[..., 0]


def _where_any(x: TensorLike, found: Tensor, axis: int | None, keepdims: bool) -> Tensor:
    """Indices, and -1 where all values are NaN."""
    tensor = ops.as_tensor(x)
    if not is_float(tensor.dtype):
        return found
    return ops.where(composed.reduce_all(composed.is_nan(tensor), axis, keepdims), -1, found)


def _without_nan(x: TensorLike, value: float) -> Tensor:
    """The tensor, whose NaN are replaced by a value; integers stay as they are."""
    tensor = ops.as_tensor(x)
    return _filled(tensor, value) if is_float(tensor.dtype) else tensor


def _filled(x: TensorLike, value: float) -> Tensor:
    tensor = ops.meet(x, floating=True)[0]
    return ops.where(composed.is_nan(tensor), value, tensor)
