"""The dtypes and their promotion. Depends on NumPy and errors only.

Every dtype is a `numpy.dtype`, so `x.dtype == np.float32` and `np.zeros(3, st.float32)` work.
bfloat16, which NumPy lacks, is a two-byte record: it can be stored and cast, nothing else.

How dtypes are promoted in one operation:

* The order is bool < uint8 < int32 < int64 < float32 < float64; the higher dtype wins.
* float16 and bfloat16 are for storage: they count as float32 wherever something is computed.
* A Python number (or a NumPy scalar) is weakly typed: it takes the dtype of the other operand,
  except that a fraction promotes integers to float32.
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
string = np.dtype("O")
"""Texts, on the host: of models' inputs, of preprocessing layers, of `st.strings`. No program reads
them, so they are moved and compared eagerly only."""
NO_NUMBERS = (
    "texts are no numbers: the dtype 'string' is for st.Input((1,), dtype='string'), whose texts "
    "st.layers.StringLookup, TextVectorization or Hashing turn into numbers; st.strings joins, "
    "splits and reads texts"
)

LADDER = (bool_, uint8, int32, int64, float32, float64)
BY_NAME = {
    "bool": bool_, "uint8": uint8, "int32": int32, "int64": int64, "float16": float16,
    "bfloat16": bfloat16, "float32": float32, "float64": float64,
}  # fmt: skip
_RANK = {dtype: rank for rank, dtype in enumerate(LADDER)}
_STORAGE = (float16, bfloat16)
# Other NumPy integers are converted by value: the smallest supported dtype that holds them.
_ADOPTED: dict[str, DType] = {"int8": int32, "int16": int32, "uint16": int32, "uint32": int64}


def as_dtype(dtype: DTypeLike) -> DType:
    """The dtype that a name or a type means.

    >>> as_dtype("float32")
    dtype('float32')
    >>> as_dtype(float)
    dtype('float32')
    """
    if isinstance(dtype, str) and dtype in BY_NAME:
        return BY_NAME[dtype]
    if dtype is float:
        return float32
    if isinstance(dtype, np.dtype) and (dtype in _RANK or dtype in _STORAGE):
        return dtype
    return _from_numpy(dtype)


def input_dtype(dtype: DTypeLike) -> DType:
    """The dtype of a model's input: any that programs read, or "string" for texts.

    >>> input_dtype(None), input_dtype("string") == string
    (dtype('float32'), True)
    """
    if dtype is None:
        return float32
    return string if is_string(dtype) else as_dtype(dtype)


def is_string(dtype: DTypeLike) -> bool:
    """Whether a name or a type means the dtype of texts.

    >>> is_string("string"), is_string(str), is_string("float32")
    (True, True, False)
    """
    named = isinstance(dtype, str) and dtype in ("string", "str")
    return named or dtype is str or (isinstance(dtype, np.dtype) and dtype == string)


def _from_numpy(dtype: DTypeLike) -> DType:
    found: DType | None
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = None
    if dtype == "string" or found == string or (found is not None and found.kind in "US"):
        raise DTypeError(f"{dtype!r} is not a dtype of programs: {NO_NUMBERS}")
    if found is None or (found not in _RANK and found not in _STORAGE):
        raise DTypeError(f"{dtype!r} is not a dtype: {nearest(str(dtype), BY_NAME)}")
    return found


def adopted(dtype: DType) -> DType | None:
    """The dtype that holds a NumPy array's values here, or None if none does.

    >>> adopted(np.dtype("int16"))
    dtype('int32')
    """
    if dtype in _RANK or dtype in _STORAGE:
        return dtype
    return _ADOPTED.get(dtype.name)


@functools.lru_cache(maxsize=64)  # NumPy builds the name at each call
def name_of(dtype: DType) -> str:
    """The dtype's name as a user writes it.

    >>> name_of(bfloat16)
    'bfloat16'
    """
    if dtype == string:
        return "string"
    return "bfloat16" if dtype == bfloat16 else dtype.name


def is_float(dtype: DType) -> bool:
    """Whether the dtype has fractions (storage dtypes included).

    >>> is_float(float32), is_float(int64)
    (True, False)
    """
    return dtype.kind == "f" or dtype == bfloat16


def is_storage(dtype: DType) -> bool:
    """Whether the dtype is for storage only and is widened for computation.

    >>> is_storage(float16)
    True
    """
    return dtype in _STORAGE


def computing(dtype: DType) -> DType:
    """The dtype in which values stored as `dtype` are computed.

    >>> computing(float16)
    dtype('float32')
    """
    return float32 if dtype in _STORAGE else dtype


def promote(*dtypes: DType) -> DType:
    """The dtype to which operands of these dtypes are promoted.

    >>> promote(int64, float32)
    dtype('float32')
    >>> promote(float32, float64)
    dtype('float64')
    """
    if dtypes.count(dtypes[0]) == len(dtypes) and dtypes[0] in _RANK:  # the usual case
        return dtypes[0]
    try:
        return max((computing(dtype) for dtype in dtypes), key=_RANK.__getitem__)
    except KeyError:
        if set(dtypes) == {string}:
            return string
        raise DTypeError(NO_NUMBERS) from None


def meet_number(dtype: DType, number: bool | int | float) -> DType:
    """The dtype to which an array of `dtype` and a Python number are promoted.

    >>> meet_number(int32, 0.5), meet_number(float64, 2), meet_number(uint8, 300)
    (dtype('float32'), dtype('float64'), dtype('int32'))
    """
    dtype = computing(dtype)
    if dtype == string:
        raise DTypeError(NO_NUMBERS)
    if isinstance(number, (bool, np.bool_)) or dtype.kind == "f":
        return dtype
    if isinstance(number, (float, np.floating)):
        return float32
    return next((wide for wide in (dtype, int32) if _holds(wide, number)), int64)


def _holds(dtype: DType, number: int) -> bool:
    if dtype == bool_:
        return False
    limits = np.iinfo(dtype)
    return bool(limits.min <= number <= limits.max)
