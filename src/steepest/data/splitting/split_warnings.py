"""Warnings about splits that make a score misleading: equal rows, absent classes, ordered rows.

Depends on duplicates.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.data.splitting.duplicates import KeyedRows, Rows, are_several, columns_of

# The stack level of the caller of split(), as seen from _warn.
FROM_PARTS = 5
FROM_ORDER = 4


class SplitWarning(UserWarning):
    """A property of a split that makes its score better or worse than the truth.

    >>> issubclass(SplitWarning, UserWarning)
    True
    """


def warn_about_parts(x: Any, y: Any, parts: Sequence[Rows]) -> None:
    """Warns if two parts share equal rows, or if a class is absent from a part.

    >>> with warnings.catch_warnings(record=True) as seen:
    ...     warnings.simplefilter("always")
    ...     warn_about_parts(np.ones((4, 2)), None, [np.array([0, 1]), np.array([2, 3])])
    >>> "2 of the 2 rows of part 2 are in part 1 too" in str(seen[0].message)
    True
    """
    _warn_about_equal_rows(x, parts)
    labels = class_labels(y)
    if labels is not None:
        _warn_about_absent_classes(labels, parts)


def warn_about_order(x: Any, y: Any, *, shuffle: bool, by_time: bool) -> None:
    """Warns if rows ordered by label are not shuffled, or rows ordered by time are.

    >>> with warnings.catch_warnings(record=True) as seen:
    ...     warnings.simplefilter("always")
    ...     warn_about_order(None, np.repeat([0, 1], 50), shuffle=False, by_time=False)
    >>> "ordered by label" in str(seen[0].message)
    True
    """
    if by_time:
        return
    if shuffle:
        index = getattr(x, "index", None)
        given = x if index is None or callable(index) else index
        if any(_are_rising_times(values) for values in (given, *(columns_of(x) or ()))):
            _warn("the rows are ordered by time and get shuffled: a model would be tested on "
                  "rows that are older than its training rows; pass their times as time=",
                  FROM_ORDER)  # fmt: skip
    elif _is_ordered_by_label(y):
        _warn("the rows are ordered by label and are not shuffled: the parts will hold different "
              "classes; pass shuffle=True or stratify=True", FROM_ORDER)  # fmt: skip


def class_labels(y: Any) -> NDArray[Any] | None:
    """One label per row if `y` looks like classes, one-hot rows included; else None.

    >>> class_labels(np.array([[0, 1], [1, 0], [1, 0]])).tolist()
    [1, 0, 0]
    """
    if are_several(y) or hasattr(y, "indptr"):
        return None
    labels = np.asarray(y)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    elif labels.ndim == 2 and labels.dtype.kind in "biuf":
        one_hot = np.isin(labels, (0, 1)).all() and (labels.sum(axis=1) == 1).all()
        labels = np.argmax(labels, axis=1) if one_hot else labels
    if labels.ndim != 1 or labels.dtype.kind not in "biuUS":
        return None
    classes = len(np.unique(labels))
    return None if classes > 2 and 5 * classes > 2 * len(labels) else labels


def _is_ordered_by_label(y: Any) -> bool:
    """Whether labels change less than half as often from row to row as shuffled ones would.

    Targets that are no classes are ordered if they never decrease, or never increase.
    """
    labels = class_labels(y)
    if labels is None:
        return _is_monotonic(y)
    if len(labels) < 8:
        return False
    shares = np.unique(labels, return_counts=True)[1] / len(labels)
    expected = len(labels) * (1 - float(shares @ shares))
    return bool(2 * np.count_nonzero(labels[1:] != labels[:-1]) < expected)


def _is_monotonic(y: Any) -> bool:
    plain = hasattr(y, "__len__") and not isinstance(y, dict) and not are_several(y)
    values = np.asarray(y).squeeze() if plain else None
    if values is None or values.ndim != 1 or values.dtype.kind not in "iuf" or len(values) < 8:
        return False
    steps = np.diff(values)
    return bool(steps.any() and ((steps >= 0).all() or (steps <= 0).all()))


def _are_rising_times(values: Any) -> bool:
    """Whether values (an index, a column, or the rows themselves) are times that never decrease."""
    dtype = getattr(values, "dtype", None)
    times = np.asarray(values) if str(dtype).lower().startswith(("date", "time", "<m8")) else None
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
                  f"are in part {first + 1} too, such as row {row} = row {other}: a score on "
                  "them measures memory; drop the duplicates, or keep them together "
                  "with groups=", FROM_PARTS)  # fmt: skip


def _warn_about_absent_classes(labels: NDArray[Any], parts: Sequence[Rows]) -> None:
    classes = np.unique(labels)
    for number, part in enumerate(parts, 1):
        absent = np.setdiff1d(classes, labels[part])
        if absent.size:
            named = ", ".join(repr(label.item()) for label in absent[:5])
            _warn(f"part {number} ({len(part):,} rows) has no row of the class {named}; "
                  "pass stratify=True, or collect more rows of it", FROM_PARTS)  # fmt: skip


def _warn(message: str, stack: int) -> None:
    warnings.warn(message, SplitWarning, stacklevel=stack)
