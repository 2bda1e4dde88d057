"""Array-like values as NumPy arrays of a supported dtype. Depends on the NumPy rules."""

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

PLAIN: frozenset[DType] = frozenset({
    float32,
    float64,
    int32,
    int64,
    np.dtype(np.uint8),
    np.dtype(np.bool_),
})
_WIDE = (float32, float64, int32, int64)
_UNSUPPORTED = {"U": "text", "S": "bytes", "c": "complex", "M": "date", "m": "time span"}


def array_of(value: Any, dtype: DTypeLike = None) -> np.ndarray:
    """A new array of a supported dtype with the values of any array-like object.

    Python's floats become float32 and its integers int32 (int64 where they need it); a NumPy array
    keeps its dtype, or takes the smallest supported one that holds it.

    >>> array_of([1, 2]).dtype, array_of(np.zeros(2)).dtype
    (dtype('int32'), dtype('float64'))
    """
    if dtype is None and (usual := _usual(value)) is not None:
        return usual
    if type(value) in (int, float) and -1e9 < value < 1e9 and (to := as_dtype(dtype)) in _WIDE:
        return np.array(value, to)
    found = _as_numpy(value)
    own = adopted(found.dtype)
    if own is None:
        raise DTypeError(_not_numeric(found, value))
    if not hasattr(value, "dtype"):
        own = _default_dtype(found, own)
    wanted = own if dtype is None else as_dtype(dtype)
    if wanted == bfloat16 or found.dtype == bfloat16:
        same = wanted == found.dtype
        return np.array(found if same else evaluate("cast", [found], {"dtype": wanted}))
    with np.errstate(all="ignore"):
        return np.array(found, dtype=wanted, order="C")


def _usual(value: Any) -> np.ndarray | None:
    """The array of a plain NumPy array, or of a Python number in range: the quick cases."""
    kind = type(value)
    if kind is np.ndarray:
        return np.array(value, order="C") if value.dtype in PLAIN else None
    if kind is float:
        return np.array(value, float32) if -1e38 < value < 1e38 else None
    if kind is int:
        return np.array(value, int32) if -(2**31) <= value < 2**31 else None
    return None


def _as_numpy(value: Any) -> np.ndarray:
    try:
        return np.asarray(value)
    except ValueError:
        raise ShapeError(
            f"rows of unequal length do not make an array: got {_short(value)}; "
            "pad them to one length first"
        ) from None


def _not_numeric(found: np.ndarray, value: Any) -> str:
    if found.dtype == object and found.size and isinstance(found.flat[0], int):
        return f"whole numbers have at most 64 bits here, got {_short(value)}"
    if hasattr(value, "tocsr"):
        return (
            f"a sparse matrix of shape {value.shape} is no tensor: pass x.toarray(), or the matrix "
            "itself to fit, evaluate and predict"
        )
    remedy = "turn text and categories into numbers first"
    if found.dtype.kind in "US":
        remedy += ", or leave them texts: st.constant(texts)"
    word = _UNSUPPORTED.get(found.dtype.kind, found.dtype.name)
    return f"{word} values are no numbers: got {_short(value)}; {remedy}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _default_dtype(array: np.ndarray, dtype: DType) -> DType:
    """The dtype of Python numbers that NumPy read as `dtype`."""
    if dtype == float64:
        return float32
    if dtype == int64:
        limits = np.iinfo(np.int32)
        fits = not array.size or (limits.min <= array.min() and array.max() <= limits.max)
        return int32 if fits else int64
    return dtype
