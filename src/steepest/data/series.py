"""Windows of a series and their targets, under Keras's name. Depends on dataset.py."""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.arguments import whole
from steepest.core import ops
from steepest.core.arrays import array_of
from steepest.data.dataset import Dataset
from steepest.errors import ArgumentError, DataError


def timeseries_dataset_from_array(
    data: Any,
    targets: Any,
    sequence_length: int,
    sequence_stride: int = 1,
    sampling_rate: int = 1,
    batch_size: int | None = 128,
    shuffle: bool = False,
    seed: int | None = None,
    start_index: int | None = None,
    end_index: int | None = None,
    format: str = "tf",
) -> Dataset:
    """Batches of windows of `sequence_length` rows, and of the target at each window's first row.

    Windows begin every `sequence_stride` rows and take every `sampling_rate`-th row. To predict
    the row after a window, pass `data[:-length]` and `targets=data[length:]`. Without targets
    (None) elements are the windows alone. Rows before `start_index` and from `end_index` are not
    used. The series stays in memory once: a window is read where the model needs it.

    >>> series = np.arange(6.0)
    >>> windows = st.utils.timeseries_dataset_from_array(series[:-3], series[3:], 3)
    >>> x, y = next(iter(windows))
    >>> x.tolist(), y.tolist()
    ([[0.0, 1.0, 2.0]], [3.0])
    """
    if format != "tf":
        raise ArgumentError(
            f"timeseries_dataset_from_array: format={format!r}: a Dataset is format='tf'"
        )
    table = array_of(data)
    first, last = _bounds(start_index, end_index, len(table))
    where = "timeseries_dataset_from_array"
    length = whole(f"{where}: sequence_length", sequence_length, 1)
    every = whole(f"{where}: sampling_rate", sampling_rate, 1, max(1, len(table) - 1))
    stride = whole(f"{where}: sequence_stride", sequence_stride, 1, max(1, len(table) - 1))
    goals = None if targets is None else array_of(targets)
    count = last - first - (length - 1) * every
    if goals is not None:
        count = min(count, len(goals) - first)
    if count < 1:
        raise DataError(
            f"{where}: a window spans {(length - 1) * every + 1} rows, and there are "
            f"{last - first} with targets for {'all' if goals is None else len(goals)}: none fits"
        )
    starts = Dataset.from_tensor_slices(np.arange(first, first + count, stride))
    if shuffle:
        starts = starts.shuffle(len(starts), seed=seed)
    windows = starts.map(_reader(table[:last], goals, np.arange(length) * every))
    return windows if batch_size is None else windows.batch(batch_size)


def _bounds(start: int | None, end: int | None, rows: int) -> tuple[int, int]:
    """The first row that is used, and the one after the last."""
    where = "timeseries_dataset_from_array"
    first = whole(f"{where}: start_index", start or 0, 0, rows - 1)
    last = rows if end is None else whole(f"{where}: end_index", end, first + 1, rows)
    return first, last


def _reader(table: np.ndarray, goals: np.ndarray | None, offsets: np.ndarray) -> Any:
    """The function of a window's first row; it is recorded, so that steps read windows in place."""
    rows = ops.constant(table)
    if goals is None:
        return lambda start: ops.gather(rows, start + offsets)
    answers = ops.constant(goals)
    return lambda start: (ops.gather(rows, start + offsets), ops.gather(answers, start))
