"""Values of all sorts as NumPy arrays in one of our kinds of number. Leans on the NumPy rules."""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.core.dtype import (
    DType,
    DTypeLike,
    adopted,
    as_dtype,
    bfloat16,
    float32,
    float64,
    int32,
    int64,
)
from steepest.core.numpy_rules import evaluate
from steepest.errors import DTypeError, ShapeError

_STRANGERS = {"U": "text", "S": "bytes", "c": "complex", "M": "date", "m": "time span"}


def array_of(value: Any, dtype: DTypeLike = None) -> np.ndarray:
    """A fresh array, in one of our kinds of number, of any array-like value.

    Python's fractions become float32 and its integers int32 (int64 where they need it); a NumPy
    array keeps its kind.

    >>> array_of([1, 2]).dtype, array_of(np.zeros(2)).dtype
    (dtype('int32'), dtype('float64'))
    """
    found = _as_numpy(value)
    kind = adopted(found.dtype)
    if kind is None:
        raise DTypeError(_no_number(found, value))
    if not hasattr(value, "dtype"):
        kind = _plain_kind(found, kind)
    wanted = kind if dtype is None else as_dtype(dtype)
    if wanted == bfloat16 or found.dtype == bfloat16:
        return np.array(found if wanted == found.dtype else _recast(found, wanted))
    with np.errstate(all="ignore"):
        return np.array(found, dtype=wanted, order="C")


def _recast(array: np.ndarray, kind: DType) -> np.ndarray:
    return evaluate("cast", [array], {"dtype": kind})


def _as_numpy(value: Any) -> np.ndarray:
    try:
        return np.asarray(value)
    except ValueError:
        raise ShapeError(
            f"rows of unequal length do not make an array: got {_short(value)}; "
            "pad them to one length first"
        ) from None


def _no_number(found: np.ndarray, value: Any) -> str:
    if found.dtype == object and found.size and isinstance(found.flat[0], int):
        return f"whole numbers have at most 64 bits here, got {_short(value)}"
    if hasattr(value, "tocsr"):
        return (
            f"a sparse matrix of shape {value.shape} is no tensor: pass x.toarray(), or the matrix "
            "itself to fit, evaluate and predict"
        )
    word = _STRANGERS.get(found.dtype.kind, found.dtype.name)
    return (
        f"{word} values are no numbers: got {_short(value)}; "
        "turn text and categories into numbers first"
    )


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _plain_kind(array: np.ndarray, kind: DType) -> DType:
    if kind == float64:
        return float32
    if kind == int64 and array.size and not _fits_int32(array):
        return int64
    return int32 if kind == int64 else kind


def _fits_int32(array: np.ndarray) -> bool:
    limits = np.iinfo(np.int32)
    return bool(limits.min <= array.min() and array.max() <= limits.max)
