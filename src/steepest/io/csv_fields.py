"""Records of CSV as tensors, one for each column. Depends on the fields of data."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest.core import ops
from steepest.core.dtype import string
from steepest.core.tensor import Tensor
from steepest.data.fields import Field
from steepest.errors import DataError, DTypeError


def decode_csv(
    records: Any,
    record_defaults: Sequence[Any],
    field_delim: str = ",",
    use_quote_delim: bool = True,
    na_value: str = "",
    select_cols: Sequence[int] | None = None,
) -> list[Tensor]:
    """The columns of CSV records, each a tensor of the shape of the records.

    A default gives the dtype of a column, and the value of its missing fields; a dtype or an empty
    tensor in its place refuses them.

    >>> [column.tolist() for column in decode_csv(["1.5,2", "0.5,"], [0.0, 7])]
    [[1.5, 0.5], [2, 7]]
    """
    tensor = ops.convert_to_tensor(records)
    if tensor.dtype != string or tensor.is_symbolic:
        raise DTypeError(
            f"io.decode_csv takes texts, got {tensor.dtype.name} numbers"
            if not tensor.is_symbolic
            else "io.decode_csv: recorded programs read no texts; call it in Dataset.map"
        )
    fields = [Field(default) for default in record_defaults]
    lines = np.asarray(tensor)
    quoting: Any = csv.QUOTE_MINIMAL if use_quote_delim else csv.QUOTE_NONE
    rows = []
    for number, line in enumerate(lines.ravel()):
        parts = next(csv.reader([line], delimiter=field_delim, quoting=quoting)) or [""]
        chosen = parts if select_cols is None else [parts[place] for place in select_cols]
        if len(chosen) != len(fields):
            raise DataError(
                f"io.decode_csv: record {number} has {len(chosen)} fields, record_defaults= "
                f"has {len(fields)}"
            )
        rows.append([
            field.value(text, na_value, f"io.decode_csv: record {number}, column {place}")
            for place, (field, text) in enumerate(zip(fields, chosen, strict=True))
        ])
    columns = zip(*rows, strict=True) if rows else [[] for _ in fields]
    return [
        Tensor(np.array(list(column), field.dtype).reshape(lines.shape))
        for field, column in zip(fields, columns, strict=True)
    ]
