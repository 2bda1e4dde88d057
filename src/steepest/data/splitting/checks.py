"""Warnings about splits that would make a score lie: equal rows, absent classes, ordered rows.

Leans on duplicates.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.data.splitting.duplicates import KeyedRows, are_several, columns_of

Rows = NDArray[np.int64]

# The frame that called split(), as seen from _warn: two functions, or one, lie between.
FROM_PARTS = 5
FROM_ORDER = 4


class SplitWarning(UserWarning):
    """Something about a split that would make its score better or worse than the truth.

    >>> issubclass(SplitWarning, UserWarning)
    True
    """


def warn_about_parts(x: Any, y: Any, parts: Sequence[Rows]) -> None:
    """Warn if one row stands in two parts, or if a class is absent from one.

    >>> with warnings.catch_warnings(record=True) as seen:
    ...     warnings.simplefilter("always")
    ...     warn_about_parts(np.ones((4, 2)), None, [np.array([0, 1]), np.array([2, 3])])
    >>> "2 of the 2 rows of part 2 stand in part 1 too" in str(seen[0].message)
    True
    """
    _warn_about_equal_rows(x, parts)
    labels = class_labels(y)
    if labels is not None:
        _warn_about_absent_classes(labels, parts)


def warn_about_order(x: Any, y: Any, *, shuffle: bool, by_time: bool) -> None:
    """Warn if rows ordered by label are cut unshuffled, or rows ordered by time shuffled.

    >>> with warnings.catch_warnings(record=True) as seen:
    ...     warnings.simplefilter("always")
    ...     warn_about_order(None, np.repeat([0, 1], 50), shuffle=False, by_time=False)
    >>> "ordered by label" in str(seen[0].message)
    True
    """
    if by_time:
        return
    if shuffle:
        if _is_time_ordered(x):
            _warn("the rows are ordered by time and get shuffled: a model would be tested on "
                  "the past of what it learned from; pass time= with them", FROM_ORDER)  # fmt: skip
    elif _is_ordered_by_label(y):
        _warn("the rows are ordered by label and are not shuffled: the parts will hold different "
              "classes; pass shuffle=True or stratify=True", FROM_ORDER)  # fmt: skip


def class_labels(y: Any) -> NDArray[Any] | None:
    """One label a row if `y` looks like classes, one-hot rows included; else None.

    >>> class_labels(np.array([[0, 1], [1, 0], [1, 0]])).tolist()
    [1, 0, 0]
    """
    if y is None or isinstance(y, dict) or are_several(y) or hasattr(y, "indptr"):
        return None
    labels = np.asarray(y)
    if labels.ndim == 2:
        labels = _labels_of_columns(labels)
    few = labels.ndim == 1 and labels.dtype.kind in "biuUS"
    if not few or 5 * len(np.unique(labels)) > max(5 * 2, 2 * len(labels)):
        return None
    return labels


def _labels_of_columns(columns: NDArray[Any]) -> NDArray[Any]:
    if columns.shape[1] == 1:
        return columns[:, 0]
    if columns.dtype.kind not in "biuf":
        return columns
    one_hot = np.isin(columns, (0, 1)).all() and (columns.sum(axis=1) == 1).all()
    return np.argmax(columns, axis=1) if one_hot else columns


def _is_ordered_by_label(y: Any) -> bool:
    """Whether labels change at less than half the places where shuffled ones would.

    Targets that are no classes are so ordered if they never fall, or never rise.
    """
    labels = class_labels(y)
    if labels is None:
        return _never_turns(y)
    if len(labels) < 8:
        return False
    shares = np.unique(labels, return_counts=True)[1] / len(labels)
    expected = len(labels) * (1 - float(shares @ shares))
    return bool(2 * np.count_nonzero(labels[1:] != labels[:-1]) < expected)


def _never_turns(y: Any) -> bool:
    plain = hasattr(y, "__len__") and not isinstance(y, dict) and not are_several(y)
    values = np.asarray(y).squeeze() if plain else None
    if values is None or values.ndim != 1 or values.dtype.kind not in "iuf" or len(values) < 8:
        return False
    steps = np.diff(values)
    return bool(steps.any() and ((steps >= 0).all() or (steps <= 0).all()))


def _is_time_ordered(x: Any) -> bool:
    """Whether an index, a column, or the rows themselves are times that never go back."""
    index = getattr(x, "index", None)
    given = x if index is None or callable(index) else index
    return any(_are_rising_times(values) for values in (given, *(columns_of(x) or ())))


def _are_rising_times(values: Any) -> bool:
    kind = getattr(values, "dtype", None)
    times = np.asarray(values) if str(kind).lower().startswith(("date", "time", "<m8")) else None
    if times is None or times.ndim != 1 or times.dtype.kind != "M" or len(times) < 3:
        return False
    return bool((times[1:] >= times[:-1]).all() and times[0] != times[-1])


def _warn_about_equal_rows(x: Any, parts: Sequence[Rows]) -> None:
    if not min(getattr(x, "shape", ()), default=1):
        return
    rows = KeyedRows(x)
    for first, second in combinations(range(len(parts)), 2):
        twice = rows.shared(parts[first], parts[second])
        if twice:
            row, other = twice[0]
            _warn(f"{len(twice):,} of the {len(parts[second]):,} rows of part {second + 1} "
                  f"stand in part {first + 1} too, such as row {row} = row {other}: a score on "
                  "them measures memory; drop the duplicates, or keep them together "
                  "with groups=", FROM_PARTS)  # fmt: skip


def _warn_about_absent_classes(labels: NDArray[Any], parts: Sequence[Rows]) -> None:
    classes = np.unique(labels)
    for number, part in enumerate(parts, 1):
        absent = np.setdiff1d(classes, labels[part])
        if absent.size:
            named = ", ".join(repr(label.item()) for label in absent[:5])
            _warn(f"part {number} ({len(part):,} rows) holds no row of the class {named}; "
                  "pass stratify=True, or gather more rows of it", FROM_PARTS)  # fmt: skip


def _warn(message: str, stack: int) -> None:
    warnings.warn(message, SplitWarning, stacklevel=stack)
