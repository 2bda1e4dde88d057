"""Functions of `keras.ops` that reduce axes: sums, means, order statistics.

Depends on the functions of tensors.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from steepest.core import ops
from steepest.core.dtype import DTypeLike
from steepest.core.matmul import matmul
from steepest.core.tensor import Axis, Tensor, TensorLike
from steepest.errors import ArgumentError
from steepest.functions import composed, linalg, public

mean, std, var = public.reduce_mean, public.reduce_std, public.reduce_variance
amax, amin = public.reduce_max, public.reduce_min
logsumexp = public.reduce_logsumexp
sum = public.reduce_sum


def all(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Whether all entries are true, or not 0, over all or some axes.

    >>> all([True, False]).item(), all([1.0, 2.0]).item()
    (False, True)
    """
    return public.reduce_all(ops.cast(x, "bool"), axis, keepdims)


def any(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Whether any entry is true, or not 0, over all or some axes.

    >>> any([True, False]).item(), any([0.0, 0.0]).item()
    (True, False)
    """
    return public.reduce_any(ops.cast(x, "bool"), axis, keepdims)


def prod(
    x: TensorLike, axis: Axis = None, keepdims: bool = False, dtype: DTypeLike = None
) -> Tensor:
    """The product over all or some axes.

    >>> prod([2, 3]).item(), prod([2, 3], dtype="float32").item()
    (6, 6.0)
    """
    return composed.reduce_prod(ops.as_tensor(x, dtype), axis, keepdims)


def max(x: TensorLike, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> Tensor:
    """The maximum over all or some axes, and of `initial`.

    >>> max([1.0, 3.0]).item(), max([1.0, 3.0], initial=5.0).item()
    (3.0, 5.0)
    """
    found = ops.reduce_max(x, axis, keepdims)
    return found if initial is None else ops.maximum(found, initial)


def min(x: TensorLike, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> Tensor:
    """The minimum over all or some axes, and of `initial`.

    >>> min([1.0, 3.0]).item()
    1.0
    """
    found = ops.reduce_min(x, axis, keepdims)
    return found if initial is None else ops.minimum(found, initial)


def argmax(x: TensorLike, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The index of the maximum along an axis, without one in the flattened tensor, as Keras has it.

    `st.argmax` without an axis takes the first one, as TensorFlow has it.

    >>> argmax([[1.0, 3.0], [4.0, 2.0]]).item()
    2
    """
    return _flat_or_along(ops.argmax, x, axis, keepdims)


def argmin(x: TensorLike, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The index of the minimum along an axis, without one in the flattened tensor.

    >>> argmin([[1.0, 3.0], [0.0, 2.0]]).item()
    2
    """
    return _flat_or_along(ops.argmin, x, axis, keepdims)


def _flat_or_along(
    function: Callable[..., Tensor], x: TensorLike, axis: int | None, keepdims: bool
) -> Tensor:
    tensor = ops.as_tensor(x)
    if axis is not None:
        return function(tensor, axis, "int32", keepdims=keepdims)
    found = function(ops.reshape(tensor, (-1,)), 0, "int32")
    return ops.reshape(found, (1,) * tensor.ndim) if keepdims else found


def average(x: TensorLike, axis: Axis = None, weights: TensorLike | None = None) -> Tensor:
    """The mean over axes, weighted if weights are given.

    >>> average([1.0, 3.0], weights=[3.0, 1.0]).item()
    1.5
    """
    if weights is None:
        return ops.reduce_mean(x, axis)
    tensor, factors = ops.meet(x, weights, floating=True)
    if factors.shape != tensor.shape:
        shape = [1] * tensor.ndim
        shape[ops.axes_of(axis, tensor.ndim)[0]] = -1
        factors = ops.broadcast_to(ops.reshape(factors, shape), tensor.shape)
    return ops.reduce_sum(tensor * factors, axis) / ops.reduce_sum(factors, axis)


def ptp(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The maximum minus the minimum.

    >>> ptp([1.0, 5.0, 2.0]).item()
    4.0
    """
    return ops.reduce_max(x, axis, keepdims) - ops.reduce_min(x, axis, keepdims)


def cumsum(x: TensorLike, axis: int | None = None, dtype: DTypeLike = None) -> Tensor:
    """Cumulative sums along an axis, without one over the flattened tensor.

    >>> cumsum([[1, 2], [3, 4]]).tolist()
    [1, 3, 6, 10]
    """
    tensor = ops.as_tensor(x, dtype)
    return ops.cumsum(ops.reshape(tensor, (-1,))) if axis is None else ops.cumsum(tensor, axis)


def cumprod(x: TensorLike, axis: int | None = None, dtype: DTypeLike = None) -> Tensor:
    """Cumulative products along an axis, without one over the flattened tensor.

    >>> cumprod([[1, 2], [3, 4]]).tolist()
    [1, 2, 6, 24]
    """
    tensor = ops.as_tensor(x, dtype)
    return composed.cumprod(ops.reshape(tensor, (-1,)) if axis is None else tensor, axis or 0)


def quantile(
    x: TensorLike, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Tensor:
    """The values below which the shares `q` of all values lie, interpolated.

    >>> quantile([1.0, 2.0, 3.0, 4.0], 0.5).item()
    2.5
    """

    def at(ordered: Tensor, share: float) -> Tensor:
        place = share * ((ordered.shape[-1] or 0) - 1)
        low, high = math.floor(place), math.ceil(place)
        if method in ("lower", "higher", "nearest"):
            places = {"lower": low, "higher": high, "nearest": int(np.round(place))}
            return ordered[..., places[method]]
        part = 0.5 if method == "midpoint" else place - low
        lower = ordered[..., low]
        return lower if low == high else lower + (ordered[..., high] - lower) * part

    return quantiles(at, x, q, axis, method, keepdims)


BETWEEN = ("linear", "lower", "higher", "midpoint", "nearest")


def quantiles(
    at: Callable[[Tensor, float], Tensor], x: TensorLike, q: Any, axis: Axis, method: str,
    keepdims: bool,
) -> Tensor:  # fmt: skip
    """What `at` finds for each share among the values that are sorted along the last axis.

    >>> quantiles(lambda ordered, share: ordered[..., 0], [3.0, 2.0], [0.5], None, "lower", False)
    Tensor([2.], shape=(1,), dtype=float32)
    """
    if method not in BETWEEN:
        raise ArgumentError(f"quantile: method is one of {', '.join(BETWEEN)}, got {method!r}")
    tensor = ops.meet(x, floating=True)[0]
    axes = ops.axes_of(axis, tensor.ndim)
    rest = [along for along in np.arange(tensor.ndim).tolist() if along not in axes]
    merged = ops.transpose(tensor, [*rest, *axes])
    merged = ops.reshape(merged, (*[tensor.shape[along] for along in rest], -1))
    ordered, shares = composed.sort(merged, -1), np.asarray(q, np.float64)
    found = [at(ordered, share) for share in shares.reshape(-1).tolist()]
    if keepdims:
        full = [1 if along in axes else size for along, size in enumerate(tensor.shape)]
        found = [ops.reshape(each, full) for each in found]
    return composed.stack(found) if shares.ndim else found[0]


def percentile(
    x: TensorLike, q: Any, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Tensor:
    """The values below which `q` percent of all values lie.

    >>> percentile([1.0, 2.0, 3.0], 50).item()
    2.0
    """
    return quantile(x, np.asarray(q) / 100.0, axis, method, keepdims)


def median(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The middle value.

    >>> median([3.0, 1.0, 2.0]).item()
    2.0
    """
    return quantile(x, 0.5, axis, keepdims=keepdims)


def trapezoid(
    y: TensorLike, x: TensorLike | None = None, dx: TensorLike = 1.0, axis: int = -1
) -> Tensor:
    """The integral along an axis by the trapezoidal rule, of values at `x` or at distances `dx`.

    >>> trapezoid([1.0, 2.0, 4.0]).item(), trapezoid([1.0, 2.0, 4.0], [0.0, 1.0, 3.0]).item()
    (4.5, 7.5)
    """
    values = composed.move_axis(ops.meet(y, floating=True)[0], axis, -1)
    steps: TensorLike = dx
    if x is not None:
        places = ops.as_tensor(x)
        places = places if places.ndim == 1 else composed.move_axis(places, axis, -1)
        steps = places[..., 1:] - places[..., :-1]
    return ops.reduce_sum((values[..., 1:] + values[..., :-1]) * steps / 2.0, -1)


def corrcoef(x: TensorLike) -> Tensor:
    """The correlation of each row with each row.

    >>> corrcoef([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]).numpy().round(3).tolist()
    [[1.0, -1.0], [-1.0, 1.0]]
    """
    rows = ops.meet(x, floating=True)[0]
    centred = rows - ops.reduce_mean(rows, -1, keepdims=True)
    products = matmul(centred, centred, transpose_b=True)
    length = ops.sqrt(linalg.diag_part(products))
    return products / length / composed.expand_dims(length, -1)
