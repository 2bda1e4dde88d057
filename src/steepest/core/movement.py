"""Functions that move values without changing them: shapes, slices, joins, gather and scatter.

Depends on conversion and dispatch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest.arguments import as_tuple, is_whole
from steepest.core.conversion import as_tensor, axes_of, meet
from steepest.core.dispatch import bind, computes_at_once
from steepest.core.dtype import (
    DTypeLike,
    as_dtype,
    bool_,
    int32,
    int64,
    is_float,
)
from steepest.core.elementwise import cast
from steepest.core.numpy_rules import check_indices
from steepest.core.primitives import PRIMITIVES, Shape, show
from steepest.core.sizes import Size, TensorShape
from steepest.core.tensor import Axis, Tensor, TensorLike
from steepest.errors import ArgumentError, DTypeError, ShapeError, UnknownSizeError

__all__ = [
    "broadcast_to", "concat", "flip", "gather", "reshape", "scatter_add", "shape",
    "size", "split", "transpose",
]  # fmt: skip

_P = PRIMITIVES


def transpose(x: TensorLike, perm: Sequence[int] | None = None) -> Tensor:
    """The axes in another order (reversed if none is given).

    >>> transpose([[1, 2], [3, 4]]).tolist()
    [[1, 3], [2, 4]]
    """
    tensor = as_tensor(x)
    wanted = range(tensor.ndim - 1, -1, -1) if perm is None else as_tuple(perm)
    whole = tuple(int(axis) for axis in wanted if is_whole(axis))
    order = tuple(axis + tensor.ndim if axis < 0 else axis for axis in whole)
    if len(whole) < len(wanted) or sorted(order) != list(range(tensor.ndim)):
        raise ArgumentError(
            f"transpose: {tuple(wanted)} is not an order of the {tensor.ndim} axes of shape "
            f"{show(tensor.shape)}; name each of them once"
        )
    same = order == tuple(range(tensor.ndim))
    return tensor if same else bind(_P["transpose"], tensor, order=order)


def reshape(x: TensorLike, shape: Any) -> Tensor:
    """The same values in another shape; one size may be -1 and is inferred.

    >>> reshape([1, 2, 3, 4], (2, -1)).tolist()
    [[1, 2], [3, 4]]
    """
    tensor = as_tensor(x)
    target = _complete(tensor.shape, tuple(as_size(size) for size in as_tuple(shape)))
    return tensor if target == tensor.shape else bind(_P["reshape"], tensor, to=target)


def as_size(size: Any) -> int | None:
    """A size as an int, or None for the batch, which `st.shape` gives as a symbolic tensor.

    >>> as_size(as_tensor(3))
    3
    """
    if isinstance(size, Tensor) and size.is_symbolic:
        _check_batch(size)
        return None
    if size is None or type(size) is int:  # the usual ones first
        return size
    if is_whole(size):
        return int(size)
    raise ArgumentError(f"a size of a shape is a whole number, got {size!r:.60}")


def given_sizes(name: str, shape: Any) -> tuple[Any, ...]:
    """The sizes of a shape that a user gave; raises for None where there is no batch.

    >>> given_sizes("zeros", [2, 3])
    (2, 3)
    """
    sizes = as_tuple(shape)
    if any(size is None for size in sizes) and computes_at_once():
        raise ArgumentError(
            f"{name}: the size None in {sizes} stands for the batch, which has a size only inside "
            "a recorded program; give a number, or st.shape(x)[0] of an input x"
        )
    if any(isinstance(size, int) and size < 0 for size in sizes):
        raise ArgumentError(f"{name}: sizes are 0 or more, got {sizes}")
    return sizes


def _check_batch(size: Tensor) -> None:
    """Raises unless the tensor is the size of the batch, not a number computed from it."""
    node = size.data
    while getattr(node, "op", "") == "cast":
        (node,) = node.inputs
    if getattr(node, "op", "") != "batch_size":
        raise UnknownSizeError(
            f"a size computed inside a program, at {node.source}, is not known while it is "
            "recorded; only the batch itself, st.shape(x)[0], can be a size there"
        )


def _complete(shape: Shape, wanted: Shape) -> Shape:
    if wanted.count(-1) == 0:
        return wanted
    if wanted.count(-1) > 1:
        raise ArgumentError(f"reshape: only one size of {wanted} can be -1")
    batch = shape.count(None) > wanted.count(None)
    known = _product(wanted)
    total = _product(shape)
    if not batch and (known == 0 or total % known):
        raise ShapeError(f"reshape: {show(shape)} does not divide into {wanted}")
    missing = None if batch else total // known
    if batch and total != known:
        raise ShapeError(
            f"reshape: {show(shape)} cannot become {wanted}; the unknown batch must stay an axis "
            "of its own while a program is recorded"
        )
    return tuple(missing if size == -1 else size for size in wanted)


def _product(sizes: Shape) -> int:
    return int(np.prod([size for size in sizes if size not in (None, -1)], dtype=np.int64))


def broadcast_to(x: TensorLike, shape: Any) -> Tensor:
    """The values repeated to fill a shape, by NumPy's broadcasting rule.

    >>> broadcast_to([1, 2], (2, 2)).tolist()
    [[1, 2], [1, 2]]
    """
    tensor = as_tensor(x)
    target = tuple(as_size(size) for size in shape)
    return tensor if tensor.shape == target else bind(_P["broadcast_to"], tensor, to=target)


def take_ranges(x: Tensor, ranges: tuple[tuple[int, int | None, int], ...]) -> Tensor:
    """A strided slice: one range (start, count, step) for each axis.

    >>> take_ranges(st.constant([1, 2, 3, 4]), ((3, 2, -2),)).tolist()
    [4, 2]
    """
    whole = all(entry == (0, size, 1) for entry, size in zip(ranges, x.shape, strict=True))
    return x if whole else bind(_P["slice"], x, ranges=ranges)


def place(x: Tensor, ranges: tuple[tuple[int, int | None, int], ...], shape: Shape) -> Tensor:
    """Zeros of a shape with `x` written to the ranges that `take_ranges` would read.

    >>> place(st.constant([1, 2]), ((1, 2, 1),), (4,)).tolist()
    [0, 1, 2, 0]
    """
    whole = x.shape == shape and all(step == 1 for _, _, step in ranges)
    return x if whole else bind(_P["place"], x, ranges=ranges, to=shape)


def flip(x: TensorLike, axis: Axis = None) -> Tensor:
    """The entries in reverse order along axes.

    >>> flip([1, 2, 3]).tolist()
    [3, 2, 1]
    """
    tensor = as_tensor(x)
    axes = axes_of(axis, tensor.ndim)
    return bind(
        _P["slice"],
        tensor,
        ranges=tuple(
            (_known(size, "flip") - 1, size, -1) if index in axes and size != 0 else (0, size, 1)
            for index, size in enumerate(tensor.shape)
        ),
    )


def _known(size: int | None, name: str) -> int:
    if size is None:
        raise ShapeError(f"{name}: cannot work along the batch while its size is unknown")
    return size


def concat(values: Sequence[TensorLike], axis: int = 0) -> Tensor:
    """Tensors joined along an existing axis.

    >>> concat([[1, 2], [3]], axis=0).tolist()
    [1, 2, 3]
    """
    if values is None or not len(values):
        raise ArgumentError("concat: nothing to join; give at least one tensor")
    parts = meet(*values) if len(values) > 1 else [as_tensor(values[0])]
    (along,) = axes_of(axis, parts[0].ndim)
    return parts[0] if len(parts) == 1 else bind(_P["concat"], *parts, axis=along)


def split(
    x: TensorLike, num_or_size_splits: int | Sequence[int | None], axis: int = 0
) -> list[Tensor]:
    """Parts of the given sizes along an axis (one may be -1, the rest), or a number of equal parts.

    >>> [part.tolist() for part in split([1, 2, 3, 4], 2)]
    [[1, 2], [3, 4]]
    >>> [part.tolist() for part in split([1, 2, 3, 4, 5, 6], [1, -1, 3])]
    [[1], [2, 3], [4, 5, 6]]
    """
    tensor = as_tensor(x)
    (along,) = axes_of(axis, tensor.ndim)
    whole, sizes = _known(tensor.shape[along], "split"), num_or_size_splits
    if is_whole(sizes):
        if sizes < 1 or whole % sizes:
            raise ShapeError(f"split: {whole} entries do not divide into {sizes} equal parts")
        parts = [whole // sizes] * sizes
    else:
        parts = [int(size or 0) for size in as_tuple(sizes)]
    if parts.count(-1) == 1:
        parts[parts.index(-1)] = whole - sum(parts) - 1
    if sum(parts) != whole or min(parts, default=0) < 0:
        raise ShapeError(f"split: sizes {parts} do not add up to {whole}, axis {axis}")
    starts = np.cumsum([0, *parts]).tolist()
    return [
        take_range(tensor, along, start, size) for start, size in zip(starts, parts, strict=False)
    ]


def take_range(x: Tensor, axis: int, start: int, size: int) -> Tensor:
    """Consecutive entries along one axis.

    >>> take_range(st.constant([1, 2, 3, 4]), 0, 1, 2).tolist()
    [2, 3]
    """
    return take_ranges(
        x,
        tuple(
            (start, size, 1) if index == axis else (0, full, 1)
            for index, full in enumerate(x.shape)
        ),
    )


def _indices(name: str, indices: TensorLike) -> Tensor:
    tensor = as_tensor(indices)
    if is_float(tensor.dtype) or tensor.dtype == bool_:
        raise DTypeError(f"{name}: indices must be whole numbers, got {tensor.dtype.name}")
    return tensor if tensor.dtype in (int32, int64) else cast(tensor, int32)


def gather(
    params: TensorLike, indices: TensorLike, axis: int | None = None, batch_dims: int = 0
) -> Tensor:
    """The entries at `indices` along an axis; indices count from 0, negative ones are refused.

    The first `batch_dims` axes are paired: each example has its own indices. A recorded program,
    on every engine, cannot refuse an index: one out of range gives NaN there, or 0 for integers.

    >>> gather([[1, 2], [3, 4]], [1, 1]).tolist()
    [[3, 4], [3, 4]]
    >>> gather([[1, 2], [3, 4]], [[1], [0]], batch_dims=1).tolist()
    [[2], [3]]
    """
    table, wanted = as_tensor(params), _indices("gather", indices)
    (along,) = axes_of(batch_dims if axis is None else axis, table.ndim)
    if batch_dims:
        return _gather_each(table, wanted, along, batch_dims)
    if along == 0:
        return bind(_P["gather"], table, wanted)
    lead = [along, *(other for other in range(table.ndim) if other != along)]
    taken = bind(_P["gather"], transpose(table, lead), wanted)
    spread = list(range(wanted.ndim))
    rest = list(range(wanted.ndim, taken.ndim))
    return transpose(taken, rest[:along] + spread + rest[along:])


def _gather_each(table: Tensor, wanted: Tensor, along: int, batch_dims: int) -> Tensor:
    """Gathers from one table that holds the rows of all examples one after another."""
    lead = table.shape[:batch_dims]
    if wanted.shape[:batch_dims] != lead or along < batch_dims:
        raise ShapeError(
            f"gather: the first {batch_dims} axes of {show(table.shape)} and {show(wanted.shape)} "
            "must be equal, and the axis must come after them"
        )
    examples, rows = _product(lead), _known(table.shape[along], "gather")
    for size in lead:
        _known(size, "gather")
    if not wanted.is_symbolic:
        check_indices(wanted.data, rows)
    flat = reshape(wanted, (examples, -1) if wanted.size else (examples, 0))
    steps = reshape(iota((examples,), 0, wanted.dtype), (examples, 1)) * rows
    order = [*range(batch_dims), along]
    order += [axis for axis in range(batch_dims, table.ndim) if axis != along]
    merged = reshape(
        transpose(table, order), (examples * rows, *_without(table.shape, along, lead))
    )
    taken = bind(_P["gather"], merged, flat + steps)
    between = along - batch_dims
    inner = _without(table.shape, along, lead)
    shaped = reshape(taken, (*lead, *wanted.shape[batch_dims:], *inner))
    spread = list(range(batch_dims, wanted.ndim))
    rest = list(range(wanted.ndim, shaped.ndim))
    return transpose(shaped, [*range(batch_dims), *rest[:between], *spread, *rest[between:]])


def _without(shape: Shape, along: int, lead: Shape) -> Shape:
    return tuple(size for axis, size in enumerate(shape) if axis >= len(lead) and axis != along)


def scatter_add(indices: TensorLike, updates: TensorLike, rows: int | None) -> Tensor:
    """Zeros with each update added to the row at its index.

    >>> scatter_add([0, 2, 0], [1.0, 2.0, 3.0], 3).tolist()
    [4.0, 0.0, 2.0]
    """
    return bind(
        _P["scatter_add"], _indices("scatter_add", indices), meet(as_tensor(updates))[0], rows=rows
    )


def iota(shape: Any, axis: int, dtype: DTypeLike = int64) -> Tensor:
    """Each element's index along an axis.

    >>> iota((2, 3), 1).tolist()
    [[0, 1, 2], [0, 1, 2]]
    """
    target = tuple(as_size(size) for size in shape)
    return bind(_P["iota"], shape=target, axis=axis, dtype=as_dtype(dtype))


def size(x: TensorLike) -> Any:
    """The number of values; in a recorded program a tensor if the batch is among the axes.

    >>> size([[1.0, 2.0]])
    2
    """
    sizes = as_tensor(x).shape
    known = _product(sizes)
    return bind(_P["batch_size"], of=None) * known if None in sizes else Size(known)


def shape(x: TensorLike) -> TensorShape:
    """The sizes of the axes; in a recorded program the batch's size is a tensor.

    >>> shape([[1, 2, 3]])
    (1, 3)
    """
    return TensorShape(
        bind(_P["batch_size"], of=None) if size is None else size for size in as_tensor(x).shape
    )


def without_axes(x: Tensor, axes: Sequence[int]) -> Tensor:
    """Drops axes of size 1."""
    if not axes:
        return x
    return reshape(x, tuple(size for index, size in enumerate(x.shape) if index not in axes))
