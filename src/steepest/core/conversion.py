"""Conversion to tensors, promotion of operands to one dtype, and axes. Depends on Tensor."""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.arguments import is_whole
from steepest.core.arrays import array_of
from steepest.core.dispatch import bind
from steepest.core.dtype import (
    DType,
    DTypeLike,
    as_dtype,
    float32,
    is_float,
    is_string,
    meet_number,
    promote,
    string,
)
from steepest.core.primitives import PRIMITIVES, Shape, show
from steepest.core.tensor import Axis, Operators, Tensor
from steepest.errors import ArgumentError, DTypeError, ShapeError

__all__ = ["constant", "convert_to_tensor"]

_CAST = PRIMITIVES["cast"]
NUMBERS = (bool, int, float, np.generic)


def is_tensor_like(value: object) -> bool:
    """Whether an operator accepts the value as an operand.

    >>> is_tensor_like([1, 2]), is_tensor_like("text")
    (True, False)
    """
    return isinstance(value, (Operators, np.ndarray, list, tuple, *NUMBERS))


def constant(
    value: Any, dtype: DTypeLike = None, shape: Any = None, name: str | None = None
) -> Tensor:
    """A tensor of the given values: a copy, which later changes to `value` do not affect.

    A `name` changes nothing.

    >>> constant([1.0, 2.0])
    Tensor([1. 2.], shape=(2,), dtype=float32)
    >>> constant(3, shape=(2,))
    Tensor([3 3], shape=(2,), dtype=int32)
    >>> constant([1, 2, 3, 4], shape=(2, 2)).tolist()
    [[1, 2], [3, 4]]

    Texts are a tensor of the dtype `st.string`, for `st.strings`, layers and models of texts.
    """
    made = convert_to_tensor(value, dtype)
    if shape is None:
        return made
    if made.size == 1:
        return bind(PRIMITIVES["broadcast_to"], _reshaped(made, ()), to=tuple(shape))
    return _reshaped(made, tuple(shape))


def convert_to_tensor(value: Any, dtype: DTypeLike = None) -> Tensor:
    """The value as a tensor of numbers or of texts; a tensor unchanged, of a variable its value.

    Texts stay Python's: `numpy()` gives an array of `str`, where TensorFlow gives `bytes`.

    >>> convert_to_tensor([1, 2]).dtype, convert_to_tensor(["a", "b"])
    (dtype('int32'), Tensor(['a' 'b'], shape=(2,), dtype=string))
    """
    try:
        return as_tensor(value, dtype)
    except DTypeError:
        texts = texts_in(value) if dtype is None or is_string(dtype) else None
        if texts is None:
            raise
        return Tensor(texts)


def texts_in(value: Any) -> np.ndarray | None:
    """The texts of any array-like object as an array of `str`; None if it holds something else.

    >>> texts_in(["a", b"b"]), texts_in([1, "a"]) is None
    (array(['a', 'b'], dtype=object), True)
    """
    texts = np.array(value, object)
    for place, entry in enumerate(texts.flat):
        if not isinstance(entry, (str, bytes)):
            return None
        texts.flat[place] = entry.decode() if isinstance(entry, bytes) else str(entry)
    return texts


def as_tensor(value: Any, dtype: DTypeLike = None) -> Tensor:
    """The value as a tensor: a tensor unchanged, of a variable its current value.

    Lists of tensors are stacked, so that derivatives flow through them.

    >>> as_tensor(2.5).dtype
    dtype('float32')
    >>> as_tensor([constant(1.0), 2.0]).tolist()
    [1.0, 2.0]
    """
    if isinstance(value, Operators):
        held = value if isinstance(value, Tensor) else value.value
        return held if dtype is None else in_dtype(held, as_dtype(dtype))
    if isinstance(value, (list, tuple)) and _holds_tensors(value):
        return as_tensor(_stacked(value), dtype)
    return Tensor(array_of(value, dtype))


def _holds_tensors(values: Any) -> bool:
    return any(
        isinstance(part, Operators) or (isinstance(part, (list, tuple)) and _holds_tensors(part))
        for part in values
    )


def _stacked(values: Any) -> Tensor:
    parts = meet(*values)
    if any(part.shape != parts[0].shape for part in parts):
        shapes = ", ".join(show(part.shape) for part in parts)
        raise ShapeError(f"tensors of unequal shapes cannot be stacked: {shapes}")
    rows = [bind(PRIMITIVES["reshape"], part, to=(1, *part.shape)) for part in parts]
    return bind(PRIMITIVES["concat"], *rows, axis=0)


def meet(*values: Any, floating: bool = False) -> list[Tensor]:
    """The values as tensors of the dtype to which they are promoted (see `core/dtype.py`).

    >>> [t.dtype.name for t in meet(constant([1, 2]), 0.5)]
    ['float32', 'float32']
    """
    tensors: list[Any]
    try:
        tensors = [value if isinstance(value, NUMBERS) else as_tensor(value) for value in values]
        dtype = _promoted(tensors)
    except DTypeError:
        if not any(isinstance(value, Tensor) and value.dtype == string for value in values):
            raise
        tensors = list(map(convert_to_tensor, values))
        dtype = promote(*[tensor.dtype for tensor in tensors])
    if floating and not is_float(dtype):
        dtype = float32
    return [in_dtype(value, dtype) for value in tensors]


def _promoted(values: list[Any]) -> DType:
    strong = [value.dtype for value in values if isinstance(value, Tensor)]
    numbers = [value for value in values if not isinstance(value, Tensor)]
    dtype = (
        promote(*strong)
        if strong
        else array_of(
            numbers.pop().item() if isinstance(numbers[-1], np.generic) else numbers.pop()
        ).dtype
    )
    for number in numbers:
        dtype = meet_number(dtype, number)
    return dtype


def in_dtype(value: Any, dtype: DType) -> Tensor:
    """The tensor or Python number as a tensor of a dtype.

    >>> in_dtype(2, float32).item()
    2.0
    """
    if isinstance(value, Tensor):
        return value if value.dtype == dtype else bind(_CAST, value, dtype=dtype)
    if type(value) is float and -1e38 < value < 1e38 and dtype is float32:  # cannot overflow
        return Tensor(np.array(value, float32))
    with np.errstate(over="ignore"):
        return Tensor(np.asarray(value).astype(dtype))


def axes_of(axis: Axis, rank: int) -> tuple[int, ...]:
    """The axes as sorted numbers from 0; all of them for None.

    >>> axes_of(-1, 3), axes_of(None, 2)
    ((2,), (0, 1))
    """
    if axis is None:
        return tuple(range(rank))
    wanted: tuple[Any, ...]
    wanted = (axis,) if isinstance(axis, int) or not np.ndim(axis) else tuple(axis)
    for entry in wanted:
        if not is_whole(entry):
            raise ArgumentError(f"axis: a whole number, several or None, got {axis!r}")
        if not -rank <= entry < rank:
            raise ArgumentError(
                f"axis {entry} is not one of the {rank} axes of the array; "
                f"give {-rank} to {rank - 1}"
                if rank
                else f"axis {entry}: a number has no axes"
            )
    return tuple(sorted({int(entry) % rank for entry in wanted}))


def _reshaped(x: Tensor, shape: Shape) -> Tensor:
    return x if x.shape == shape else bind(PRIMITIVES["reshape"], x, to=shape)
