"""The arrays of columns, in the order in which compiled code expects their addresses.

Depends on the partition of sparse columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest.engines.cpu.kernels.partition import partition
from steepest.engines.cpu.run.code import Code


def arrays_of(columns: Sequence[Any], code: Code, batch: int) -> list[np.ndarray]:
    """The arrays of columns and their partitions, in the order of their pointers in the table."""
    arrays = [array for column in columns for array in _arrays(column)]
    return arrays + [
        getattr(partition(columns[buffer.place], batch), buffer.role)
        for buffer in code.layout.partitions
    ]


def _arrays(column: Any) -> list[np.ndarray]:
    if column.storage != "sparse":
        return [column.array]
    values = column.indices if column.values is None else column.values
    return [column.indptr, column.indices, values]
