"""The fields of a column of CSV, read by a default or a dtype, as TensorFlow gives them.

Depends on core.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.core import ops
from steepest.core.dtype import DType, as_dtype, is_string, string
from steepest.errors import ArgumentError, DataError, DTypeError

_NAMED = ("int32", "int64", "float32", "float64", "string")


class Field:
    """How the texts of a column become values.

    `default` is a value, which has the dtype of the column and replaces missing fields, or a dtype
    or an empty tensor, which refuse them.

    >>> Field(0.5).value("", "", "column 0"), Field("int32").value("3", "", "column 0")
    (array(0.5, dtype=float32), array(3, dtype=int32))
    """

    def __init__(self, default: Any) -> None:
        self.dtype: DType
        self.default: Any = None
        if isinstance(default, (type, np.dtype)) or (
            isinstance(default, str) and default in _NAMED
        ):
            self.dtype = string if is_string(default) else as_dtype(default)
            return
        try:
            tensor = ops.convert_to_tensor(default)
        except DTypeError:
            tensor = None
        if tensor is None or tensor.size > 1:
            raise ArgumentError(
                f"record_defaults: a dtype or one value for each column, got {default!r:.60}"
            )
        self.dtype = tensor.dtype
        if tensor.size:
            self.default = np.asarray(tensor).reshape(())

    def value(self, text: str, missing: str, where: str) -> Any:
        """The value of a field; `missing` marks one without a value, as an empty text does."""
        if text in ("", missing):
            if self.default is None:
                raise DataError(
                    f"{where} is missing; give a value in record_defaults= to replace it"
                )
            return self.default if self.dtype != string else self.default.item()
        if self.dtype == string:
            return text
        try:
            return np.asarray(int(text) if self.dtype.kind in "iu" else float(text), self.dtype)
        except (ValueError, OverflowError):
            raise DataError(
                f"{where} holds {text!r} where {self.dtype.name} was expected"
            ) from None
