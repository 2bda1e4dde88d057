"""Composed reductions over axes: products, variances, counts, log-sum-exp. Depends on ops."""

from __future__ import annotations

from steepest.core import ops
from steepest.core.dtype import DTypeLike
from steepest.core.tensor import Axis, Tensor, TensorLike
from steepest.errors import ShapeError
from steepest.functions.elementary import is_finite, square

__all__ = [
    "count_nonzero", "reduce_all", "reduce_any", "reduce_logsumexp", "reduce_prod", "reduce_std",
    "reduce_variance", "zero_fraction",
]  # fmt: skip


def reduce_prod(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The product over axes, by halving, so that derivatives are right where factors are 0.

    >>> reduce_prod([2.0, 3.0, 4.0]).item()
    24.0
    """
    (tensor,) = ops.meet(ops.as_tensor(x))
    axes = ops.axes_of(axis, tensor.ndim)
    for along in axes:
        tensor = _product_along(tensor, along)
    return tensor if keepdims else ops.without_axes(tensor, axes)


def _product_along(x: Tensor, axis: int) -> Tensor:
    size = x.shape[axis]
    if size is None:
        raise ShapeError("reduce_prod: cannot multiply along a batch of unknown size")
    if size == 0:
        return ops.broadcast_to(
            ops.constant(1, x.dtype), (*x.shape[:axis], 1, *x.shape[axis + 1 :])
        )
    while size > 1:
        half = size // 2
        low, high, rest = ops.split(x, [half, half, size - 2 * half], axis)
        x = ops.concat([low * high, rest], axis) if rest.shape[axis] else low * high
        size = half + size % 2
    return x


def reduce_any(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Whether any entry is true; false where there are none.

    >>> reduce_any([False, True]).item(), reduce_any(np.zeros(0, bool)).item()
    (True, False)
    """
    truth = ops.logical_or(x, False)
    if 0 in truth.shape:
        return ops.greater(ops.reduce_sum(ops.cast(truth, "int32"), axis, keepdims), 0)
    return ops.reduce_max(truth, axis, keepdims)


def reduce_all(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Whether all entries are true; true where there are none.

    >>> reduce_all([False, True]).item(), reduce_all(np.zeros(0, bool)).item()
    (False, True)
    """
    truth = ops.logical_and(x, True)
    if 0 in truth.shape:
        return ops.logical_not(reduce_any(truth, axis, keepdims))
    return ops.reduce_min(truth, axis, keepdims)


def reduce_variance(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The variance over axes, in two passes, which is accurate for large means.

    >>> reduce_variance([1.0, 3.0]).item()
    1.0
    """
    (tensor,) = ops.meet(ops.as_tensor(x), floating=True)
    centre = ops.reduce_mean(tensor, axis, keepdims=True)
    return ops.reduce_mean(square(tensor - centre), axis, keepdims)


def reduce_std(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The standard deviation over axes.

    >>> reduce_std([1.0, 3.0]).item()
    1.0
    """
    return ops.sqrt(reduce_variance(x, axis, keepdims))


def reduce_logsumexp(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """log(sum(e^x)); the maximum is subtracted first, so that nothing overflows.

    >>> reduce_logsumexp([1000.0, 1000.0]).numpy().round(4).item()
    1000.6932
    """
    (tensor,) = ops.meet(ops.as_tensor(x), floating=True)
    axes = ops.axes_of(axis, tensor.ndim)
    top = ops.reduce_max(tensor, axis, keepdims=True)
    top = ops.where(is_finite(top), top, 0.0)
    total = ops.log(ops.reduce_sum(ops.exp(tensor - top), axis, keepdims=True)) + top
    return total if keepdims else ops.without_axes(total, axes)


def count_nonzero(
    x: TensorLike, axis: Axis = None, keepdims: bool = False, dtype: DTypeLike = "int64"
) -> Tensor:
    """The number of elements that are not 0.

    >>> count_nonzero([0, 3, 0, 1]).item()
    2
    """
    return ops.reduce_sum(ops.cast(ops.not_equal(x, 0), dtype), axis, keepdims)


def zero_fraction(x: TensorLike) -> Tensor:
    """The fraction of the elements that are 0.

    >>> zero_fraction([0.0, 3.0, 0.0, 1.0]).item()
    0.5
    """
    return ops.reduce_mean(ops.cast(ops.equal(x, 0), "float32"))
