"""Scans along an axis: cumulative products, and a function mapped over the first axis.

Depends on ops and shapes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from steepest.arguments import require_function
from steepest.core import ops, tree
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ArgumentError
from steepest.functions.shapes import stack, unstack

__all__ = ["cumprod", "map_fn"]


def cumprod(x: TensorLike, axis: int = 0, exclusive: bool = False, reverse: bool = False) -> Tensor:
    """Cumulative products along an axis, by doubling: derivatives are right at zeros too.

    >>> cumprod([1, 2, 3]).tolist()
    [1, 2, 6]
    """
    (tensor,) = ops.meet(ops.as_tensor(x))
    (along,) = ops.axes_of(axis, tensor.ndim)
    products = ops.flip(tensor, along) if reverse else tensor
    size = products.shape[along]
    if size is None:
        raise ArgumentError("cumprod: cannot multiply along a batch of unknown size")
    products = _delayed(products, along, 1, size) if exclusive else products
    step = 1
    while step < size:
        products, step = products * _delayed(products, along, step, size), 2 * step
    return ops.flip(products, along) if reverse else products


def _delayed(x: Tensor, axis: int, step: int, size: int) -> Tensor:
    """The elements shifted by `step` along an axis, after ones."""
    step = min(step, size)
    ones = ops.constant(1, x.dtype)
    shape = (*x.shape[:axis], step, *x.shape[axis + 1 :])
    rest = ops.take_range(x, axis, 0, size - step)
    return ops.concat([ops.broadcast_to(ones, shape), rest], axis)


def map_fn(fn: Callable[[Any], Any], elems: Any) -> Any:
    """Applies a function to each entry along the first axis and stacks the results.

    `elems` may be a nest of tensors: the function then gets a nest of entries.

    >>> map_fn(lambda x: x * x, [1, 2, 3]).tolist()
    [1, 4, 9]
    """
    require_function("map_fn", fn)
    tensors = elems if isinstance(elems, (dict, tuple)) else ops.as_tensor(elems)
    columns = [unstack(leaf) for leaf in tree.leaves(tensors)]
    found = [fn(tree.rebuild(tensors, iter(row))) for row in zip(*columns, strict=True)]
    if not found:
        raise ArgumentError("map_fn: elems has no entries")
    leaves = zip(*map(tree.leaves, found), strict=True)
    return tree.rebuild(found[0], (stack(list(parts)) for parts in leaves))
