"""Functions of `keras.ops` about control, slices and conversion. Depends on the functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from steepest.core import custom_gradient as gradients
from steepest.core import ops, tree
from steepest.core.dtype import name_of
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ArgumentError
from steepest.functions import composed


def convert_to_numpy(x: TensorLike) -> np.ndarray:
    """The values as a NumPy array.

    >>> convert_to_numpy(st.constant([1.0]))
    array([1.], dtype=float32)
    """
    return ops.as_tensor(x).numpy()


def dtype(x: Any) -> str:
    """The name of the dtype.

    >>> dtype([1.0])
    'float32'
    """
    return name_of(ops.as_tensor(x).dtype)


def scatter(indices: TensorLike, values: TensorLike, shape: Any) -> Tensor:
    """Zeros of a shape with values added at coordinates.

    >>> scatter([[0], [2]], [5, 6], (3,)).tolist()
    [5, 0, 6]
    """
    return composed.scatter_nd(indices, values, shape)


def scatter_update(
    inputs: TensorLike, indices: TensorLike, updates: TensorLike, reduction: str | None = None
) -> Tensor:
    """The tensor with the entries at coordinates replaced, or added to by `reduction="add"`.

    >>> scatter_update([1, 1, 1], [[0], [2]], [5, 6]).tolist()
    [5, 1, 6]
    """
    if reduction not in (None, "add"):
        raise ArgumentError(f"scatter_update: reduction is None or 'add', got {reduction!r}")
    if reduction == "add":
        return composed.tensor_scatter_nd_add(inputs, indices, updates)
    return composed.tensor_scatter_nd_update(inputs, indices, updates)


def slice(inputs: TensorLike, start_indices: Any, shape: Any) -> Tensor:
    """The part of a shape that starts at given indices.

    >>> slice([[1, 2], [3, 4]], (0, 1), (2, 1)).tolist()
    [[2], [4]]
    """
    return composed.slice(inputs, start_indices, shape)


def slice_update(inputs: TensorLike, start_indices: Any, updates: TensorLike) -> Tensor:
    """The tensor with a part replaced that starts at given indices.

    >>> slice_update([1, 2, 3], [1], [8, 9]).tolist()
    [1, 8, 9]
    """
    base, new = ops.as_tensor(inputs), ops.as_tensor(updates)
    grid = [
        int(start) + np.arange(size or 0)
        for start, size in zip(start_indices, new.shape, strict=True)
    ]
    places = np.stack(np.meshgrid(*grid, indexing="ij"), -1).reshape(-1, base.ndim)
    return composed.tensor_scatter_nd_update(base, places, ops.reshape(new, (-1,)))


def fori_loop(lower: int, upper: int, body_fun: Callable[..., Any], init_val: Any) -> Any:
    """Repeats `value = body_fun(i, value)` for i from `lower` up to (not including) `upper`.

    >>> fori_loop(0, 4, lambda i, total: total + i, 0)
    6
    """
    value = init_val
    for index in np.arange(int(lower), int(upper)).tolist():
        value = body_fun(index, value)
    return value


def scan(
    f: Callable[..., Any], init: Any, xs: Any = None, length: int | None = None,
    reverse: bool = False, unroll: int | bool = 1,
) -> Any:  # fmt: skip
    """Repeats `carry, y = f(carry, x)` along the first axis; returns the last carry and all y.

    `unroll` changes nothing: a recorded program holds each repetition.

    >>> carry, sums = scan(lambda c, x: (c + x, c + x), st.constant(0), st.constant([1, 2, 3]))
    >>> carry.item(), sums.tolist()
    (6, [1, 3, 6])
    """
    leaves = tree.leaves(xs) if xs is not None else []
    count = leaves[0].shape[0] if leaves else length
    if count is None:
        raise ArgumentError("scan: give xs with a known number of entries, or length=")
    carry, results = init, []
    places = np.arange(count)[:: -1 if reverse else 1].tolist()
    for place in places:
        entry = None if xs is None else tree.transform(lambda x: x[place], xs)  # noqa: B023 - used at once
        carry, y = f(carry, entry)
        results.append(y)
    ordered = results[::-1] if reverse else results
    if not ordered or ordered[0] is None:
        return carry, None
    columns = zip(*[tree.leaves(y) for y in ordered], strict=True)
    stacked = [composed.stack(column) for column in columns]
    return carry, tree.rebuild(ordered[0], iter(stacked))


def map(f: Callable[..., Any], xs: Any) -> Any:
    """The function's results for each entry along the first axis, stacked.

    >>> map(lambda x: x * x, [1, 2, 3]).tolist()
    [1, 4, 9]
    """
    return composed.map_fn(f, xs)


def vectorized_map(function: Callable[..., Any], elements: Any) -> Any:
    """The function's results for each entry along the first axis, stacked.

    >>> vectorized_map(lambda x: x * x, [1, 2, 3]).tolist()
    [1, 4, 9]
    """
    return composed.map_fn(function, elements)


def stop_gradient(variable: TensorLike) -> Tensor:
    """The values, through which no derivatives flow.

    >>> stop_gradient([1.0]).tolist()
    [1.0]
    """
    return gradients.stop_gradient(variable)


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator of a function that returns its result and a function of its derivatives.

    >>> @custom_gradient
    ... def same(x):
    ...     return x, lambda upstream: upstream * 2.0
    >>> same(st.constant(3.0)).item()
    3.0
    """
    return gradients.custom_gradient(f)


def switch(index: int, branches: Sequence[Callable[..., Any]], *operands: Any) -> Any:
    """Calls the branch at an index.

    >>> switch(1, [lambda x: x, lambda x: -x], 3)
    -3
    """
    last = len(branches) - 1
    return branches[min(max(int(index), 0), last)](*operands)
