"""Kinds of number and how they meet. Leans on NumPy alone.

Every kind is a `numpy.dtype`, so `x.dtype == np.float32` and `np.zeros(3, st.float32)` work.
bfloat16, which NumPy lacks, is a two-byte record: it can be stored and cast, nothing else.

How kinds meet in one operation:

* The ladder is bool < uint8 < int32 < int64 < float32 < float64; the higher kind wins.
* float16 and bfloat16 are for storage: they count as float32 wherever something is computed.
* A Python number (or a NumPy scalar) has no kind of its own: it takes the kind of what it meets,
  save that a fraction meeting integers makes them float32.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from steepest.errors import DTypeError, nearest

DType = np.dtype[Any]
DTypeLike = Any

float16 = np.dtype("float16")
float32 = np.dtype("float32")
float64 = np.dtype("float64")
bfloat16 = np.dtype([("bfloat16", "<u2")])
int32 = np.dtype("int32")
int64 = np.dtype("int64")
uint8 = np.dtype("uint8")
bool_ = np.dtype("bool")

LADDER = (bool_, uint8, int32, int64, float32, float64)
BY_NAME = {
    "bool": bool_, "uint8": uint8, "int32": int32, "int64": int64, "float16": float16,
    "bfloat16": bfloat16, "float32": float32, "float64": float64,
}  # fmt: skip
_RANK = {kind: rank for rank, kind in enumerate(LADDER)}
_STORAGE = (float16, bfloat16)
# Other kinds of NumPy integer are taken in by value: the smallest kind of ours that holds them.
_ADOPTED: dict[str, DType] = {"int8": int32, "int16": int32, "uint16": int32, "uint32": int64}


def as_dtype(kind: DTypeLike) -> DType:
    """The kind of number named or given.

    >>> as_dtype("float32")
    dtype('float32')
    >>> as_dtype(float)
    dtype('float32')
    """
    if isinstance(kind, str) and kind in BY_NAME:
        return BY_NAME[kind]
    if kind is float:
        return float32
    if isinstance(kind, np.dtype) and (kind in _RANK or kind in _STORAGE):
        return kind
    return _from_numpy(kind)


def _from_numpy(kind: DTypeLike) -> DType:
    found: DType | None
    try:
        found = np.dtype(kind)
    except TypeError:
        found = None
    if found is None or (found not in _RANK and found not in _STORAGE):
        raise DTypeError(f"{kind!r} is not a kind of number: {nearest(str(kind), BY_NAME)}")
    return found


def adopted(kind: DType) -> DType | None:
    """The kind that holds a NumPy array's numbers here, or None where there is none.

    >>> adopted(np.dtype("int16"))
    dtype('int32')
    """
    if kind in _RANK or kind in _STORAGE:
        return kind
    return _ADOPTED.get(kind.name)


@functools.lru_cache(maxsize=64)  # NumPy puts the name together at each request
def name_of(kind: DType) -> str:
    """The kind's name as a user writes it.

    >>> name_of(bfloat16)
    'bfloat16'
    """
    return "bfloat16" if kind == bfloat16 else kind.name


def is_float(kind: DType) -> bool:
    """Whether the kind has fractions (storage kinds included).

    >>> is_float(float32), is_float(int64)
    (True, False)
    """
    return kind.kind == "f" or kind == bfloat16


def is_storage(kind: DType) -> bool:
    """Whether the kind is for storage only and is widened before it is computed with.

    >>> is_storage(float16)
    True
    """
    return kind in _STORAGE


def computing(kind: DType) -> DType:
    """The kind in which numbers stored as `kind` are computed with.

    >>> computing(float16)
    dtype('float32')
    """
    return float32 if kind in _STORAGE else kind


def promote(*kinds: DType) -> DType:
    """The kind in which numbers of these kinds meet.

    >>> promote(int64, float32)
    dtype('float32')
    >>> promote(float32, float64)
    dtype('float64')
    """
    return max((computing(kind) for kind in kinds), key=_RANK.__getitem__)


def meet_number(kind: DType, number: bool | int | float) -> DType:
    """The kind in which an array of `kind` meets a bare number.

    >>> meet_number(int32, 0.5), meet_number(float64, 2), meet_number(uint8, 300)
    (dtype('float32'), dtype('float64'), dtype('int32'))
    """
    kind = computing(kind)
    if isinstance(number, (bool, np.bool_)) or kind.kind == "f":
        return kind
    if isinstance(number, (float, np.floating)):
        return float32
    return next((wide for wide in (kind, int32) if _holds(wide, number)), int64)


def _holds(kind: DType, number: int) -> bool:
    if kind == bool_:
        return False
    limits = np.iinfo(kind)
    return bool(limits.min <= number <= limits.max)
