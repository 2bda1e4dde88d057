"""Functions of `keras.ops` that make tensors. Depends on the functions of tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.core import ops
from steepest.core.dtype import DTypeLike
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ArgumentError
from steepest.functions import composed, public


def convert_to_tensor(
    x: Any, dtype: DTypeLike = None, sparse: bool | None = None, ragged: bool | None = None
) -> Tensor:
    """A tensor of a number, a list, an array or a tensor; there are no sparse and ragged ones.

    >>> convert_to_tensor([1, 2], "float32").tolist()
    [1.0, 2.0]
    """
    refuse_sparse("convert_to_tensor", sparse)
    if ragged:
        raise ArgumentError(
            "convert_to_tensor: ragged=True: there are no ragged tensors; give rows of one length, "
            "as st.utils.pad_sequences makes them"
        )
    return public.convert_to_tensor(x, dtype)


def refuse_sparse(name: str, sparse: bool | None) -> None:
    """Raises if a sparse tensor was asked for.

    >>> refuse_sparse("one_hot", False)
    """
    if sparse:
        raise ArgumentError(
            f"{name}: sparse=True: there are no sparse tensors; leave it out. Models take SciPy's "
            "sparse matrices as data"
        )


def array(x: Any, dtype: DTypeLike = None) -> Tensor:
    """A tensor of a number, a list, an array or a tensor.

    >>> array([1, 2]).tolist()
    [1, 2]
    """
    return public.convert_to_tensor(x, dtype)


def arange(start: Any, stop: Any = None, step: Any = None, dtype: DTypeLike = None) -> Tensor:
    """Numbers from `start` up to (not including) `stop`.

    >>> arange(3).tolist()
    [0, 1, 2]
    """
    return composed.range(start, stop, 1 if step is None else step, dtype)


def empty(shape: Any, dtype: DTypeLike = None) -> Tensor:
    """Zeros of a shape.

    >>> empty((2,)).shape
    (2,)
    """
    return composed.zeros(shape, dtype or "float32")


def empty_like(x: TensorLike, dtype: DTypeLike = None) -> Tensor:
    """Zeros in the shape and dtype of another tensor.

    >>> empty_like([1, 2]).tolist()
    [0, 0]
    """
    return full_like(x, 0, dtype)


def full(shape: Any, fill_value: TensorLike, dtype: DTypeLike = None) -> Tensor:
    """One value in a shape; float32 if no dtype is given.

    >>> full((2,), 7).tolist()
    [7.0, 7.0]
    """
    return public.fill(shape, ops.cast(ops.as_tensor(fill_value), dtype or "float32"))


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


def tri(N: int, M: int | None = None, k: int = 0, dtype: DTypeLike = None) -> Tensor:
    """Ones on and below a diagonal.

    >>> tri(2).tolist()
    [[1.0, 0.0], [1.0, 1.0]]
    """
    return ops.constant(np.tri(N, M, k), dtype or "float32")


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


def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: float = 10,
    dtype: DTypeLike = None, axis: int = 0,
) -> Tensor:  # fmt: skip
    """Powers of `base` with evenly spaced exponents.

    >>> logspace(0, 2, 3).tolist()
    [1.0, 10.0, 100.0]
    """
    exponents = np.linspace(start, stop, num, endpoint, axis=axis)
    return ops.constant(np.power(float(base), exponents), dtype or "float32")


def geomspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: DTypeLike = None,
    axis: int = 0,
) -> Tensor:  # fmt: skip
    """Numbers each of which is the one before it times the same factor.

    >>> geomspace(1, 1000, 4).tolist()
    [1.0, 10.0, 100.0, 1000.0]
    """
    return ops.constant(np.geomspace(start, stop, num, endpoint, axis=axis), dtype or "float32")


def vander(x: TensorLike, N: int | None = None, increasing: bool = False) -> Tensor:
    """The powers of each number, from the highest to 1, or from 1 on.

    >>> vander([2, 3]).tolist(), vander([2, 3], 3, increasing=True).tolist()
    ([[2, 1], [3, 1]], [[1, 2, 4], [1, 3, 9]])
    """
    column = composed.expand_dims(x, -1)
    count = column.shape[0] if N is None else N
    ones = ops.broadcast_to(ops.constant(1, column.dtype), (column.shape[0], 1))
    grown = ops.broadcast_to(column, (column.shape[0], max((count or 0) - 1, 0)))
    powers = composed.cumprod(ops.concat([ones, grown], 1), 1)[:, :count]
    return powers if increasing else ops.flip(powers, 1)
