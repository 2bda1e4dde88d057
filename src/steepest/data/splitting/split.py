"""Splits rows into parts by shares: shuffled, stratified, by group, by time, seeded.

split_indices computes row numbers, take_rows applies them. Depends on split_warnings, duplicates
and functions/random.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steepest.data.splitting.duplicates import Rows, are_several
from steepest.data.splitting.split_warnings import warn_about_order, warn_about_parts
from steepest.errors import ArgumentError, DataError
from steepest.functions import generators

Seed = int | np.random.SeedSequence | np.random.Generator | None
Shares = Sequence[float | Fraction]


def split(
    x: Any,
    y: Any = None,
    *,
    shares: Shares = (0.8, 0.1, 0.1),
    shuffle: bool = True,
    stratify: ArrayLike | bool | None = None,
    groups: ArrayLike | None = None,
    time: ArrayLike | None = None,
    seed: Seed = None,
) -> list[Any]:
    """Parts of the rows of `x`, or of `x` and `y` as pairs, of the given shares.

    `stratify=True` keeps the proportions of the classes in `y` (or give the labels);
    `groups` keeps the rows of one group together; `time` puts the earliest rows first.
    Warns about equal rows in two parts, classes missing in one, and rows ordered by label.

    >>> x, y = np.arange(20.0).reshape(10, 2), np.array([0, 1] * 5)
    >>> train, validation, test = split(x, y, shares=(0.6, 0.2, 0.2), stratify=True, seed=1)
    >>> [len(part_x) for part_x, part_y in (train, validation, test)]
    [6, 2, 2]
    >>> sorted(validation[1].tolist())
    [0, 1]
    """
    rows = row_count(x)
    labels = _labels(y, stratify)
    if y is not None and row_count(y) != rows:
        raise DataError(f"x has {rows:,} rows and y has {row_count(y):,}; expected as many in both")
    warn_about_order(x, y, shuffle=shuffle, by_time=time is not None)
    parts = split_indices(
        rows, shares, shuffle=shuffle, stratify=labels, groups=groups, time=time, seed=seed
    )
    warn_about_parts(x, y, parts)
    if y is None:
        return [take_rows(x, part) for part in parts]
    return [(take_rows(x, part), take_rows(y, part)) for part in parts]


def split_indices(
    rows: int,
    shares: Shares,
    *,
    shuffle: bool = True,
    stratify: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    time: ArrayLike | None = None,
    seed: Seed = None,
) -> list[Rows]:
    """The row numbers of each part; every row is in exactly one part.

    With `time` the parts are consecutive in time and nothing is shuffled. Without a seed the
    global one is used, which `st.random.set_seed` sets.

    >>> [part.tolist() for part in split_indices(5, (0.6, 0.4), shuffle=False)]
    [[0, 1, 2], [3, 4]]
    """
    counts = share_counts(rows, shares)
    if time is not None:
        if stratify is not None or groups is not None:
            raise ArgumentError("time= orders the rows by itself: leave out stratify= and groups=")
        times = _per_row(time, rows, "time")
        if times.dtype.kind in "fmM" and (unknown := np.flatnonzero(np.isnan(times))).size:
            raise DataError(f"time: row {unknown[0]} has no time; every row needs one")
        return _cut(np.argsort(times, kind="stable"), counts)
    rng = np.random.default_rng(generators.fresh_seed() if seed is None else seed)
    order = rng.permutation(rows) if shuffle else np.arange(rows)
    classes = (
        np.zeros(rows, np.int64) if stratify is None else _numbered(stratify, rows, "stratify")
    )
    if groups is not None:
        parts = _whole_groups(order, classes, _numbered(groups, rows, "groups"), counts)
    elif stratify is not None:
        parts = _stratified(order, classes, counts)
    else:
        parts = _cut(order, counts)
    return parts


def share_counts(rows: int, shares: Shares) -> list[int]:
    """The number of rows of each share, rounded by the largest remainders.

    >>> share_counts(1000, (0.98, 0.01, 0.01)), share_counts(11, (80, 10, 10))
    ([980, 10, 10], [9, 1, 1])
    """
    exact = [
        Fraction(share) if isinstance(share, Fraction) else _decimal(share) for share in shares
    ]
    total = sum(exact, Fraction(0))
    if not exact or min(exact) <= 0 or all(abs(total - whole) > 1e-6 for whole in (1, 100)):
        raise ArgumentError(
            f"shares={tuple(shares)}: expected positive shares that sum to 1 (or to 100), "
            f"they sum to {float(total):g}"
        )
    counts = largest_remainders([rows * share / total for share in exact], rows)
    if 0 in counts:
        share = shares[counts.index(0)]
        raise DataError(f"a share of {share} of {rows} rows is not one row; pass a larger one")
    return counts


def largest_remainders(exact: Sequence[Fraction], total: int) -> list[int]:
    """Integers near `exact` that sum to `total`: floors, plus 1 where the remainder is largest.

    >>> largest_remainders([Fraction(7, 2), Fraction(5, 4), Fraction(5, 4)], 6)
    [4, 1, 1]
    """
    counts = [math.floor(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda place: counts[place] - exact[place])
    for place in by_remainder[: total - sum(counts)]:
        counts[place] += 1
    return counts


def take_rows(values: Any, rows: Rows) -> Any:
    """The given rows of an array, a frame, a sparse matrix, a list, or of several of them.

    Several are given as a dictionary or, if they are arrays, as a list or tuple.

    >>> take_rows({"age": np.array([36, 41, 27])}, np.array([2, 0]))
    {'age': array([27, 36])}
    """
    if isinstance(values, dict):
        return {name: take_rows(column, rows) for name, column in values.items()}
    if are_several(values):
        return type(values)(take_rows(part, rows) for part in values)
    if type(values).__module__.partition(".")[0] == "h5py":
        from steepest.data.files.hdf5 import in_place

        values = in_place(values)
    if isinstance(values, (list, tuple)):
        return type(values)(values[row] for row in rows)
    if hasattr(values, "column_names"):  # Arrow
        return values.take(rows)
    return values.iloc[rows] if hasattr(values, "iloc") else values[rows]


def as_rows(values: Any) -> Any:
    """Data as `take_rows` takes them: tensors, lists and Arrow's arrays as NumPy's, sparse as CSR.

    >>> as_rows([1, 2]), as_rows({"x": st.constant([3.0])})
    (array([1, 2]), {'x': array([3.], dtype=float32)})
    """
    if isinstance(values, dict):
        return {name: as_rows(column) for name, column in values.items()}
    if are_several(values):
        return type(values)(map(as_rows, values))
    if hasattr(values, "tocsr"):
        return values.tocsr()
    is_plain = isinstance(values, (list, tuple)) or hasattr(values, "numpy")
    is_column = hasattr(values, "__array__") and not hasattr(values, "shape")
    return np.asarray(values) if is_plain or is_column else values


def row_count(values: Any) -> int:
    """The number of rows of any argument of `take_rows`.

    >>> row_count({"age": np.array([36, 41, 27])})
    3
    """
    if isinstance(values, dict) or are_several(values):
        parts = values.values() if isinstance(values, dict) else values
        counts = {row_count(part) for part in parts}
        if len(counts) != 1:
            raise DataError(f"columns of one length were expected, found {sorted(counts)} rows")
        return counts.pop()
    if hasattr(values, "as_columns"):
        raise ArgumentError("arrays or frames were expected, got a Dataset; use dataset.split")
    if getattr(values, "shape", None):
        return int(values.shape[0])
    if not hasattr(values, "__len__") or isinstance(values, (str, bytes)):
        raise ArgumentError(f"rows were expected, got {values!r:.60}")
    return len(values)


def _decimal(share: float) -> Fraction:
    """The share as it is written in decimal: 0.1 is exactly a tenth, unlike the float."""
    if not math.isfinite(share):
        raise ArgumentError(f"shares: {share} is not a share")
    return Fraction(repr(float(share)))


def _labels(y: Any, stratify: ArrayLike | bool | None) -> ArrayLike | None:
    if stratify is None or stratify is False:
        return None
    if stratify is not True:
        return stratify
    if y is None:
        raise ArgumentError("stratify=True takes the classes from y: give y, or the labels")
    return np.asarray(y)


def _cut(order: Rows, counts: Sequence[int]) -> list[Rows]:
    return np.split(order, np.cumsum(counts)[:-1])


def _per_row(values: ArrayLike, rows: int, name: str) -> NDArray[Any]:
    array = np.asarray(values)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.shape != (rows,):
        raise DataError(f"{name} has the shape {array.shape}; expected one value for {rows} rows")
    return array


def _numbered(labels: ArrayLike, rows: int, name: str) -> Rows:
    """Labels as integers from 0; each distinct row of a matrix (one-hot) is a label."""
    array = np.asarray(labels)
    if array.ndim == 2 and array.shape[1] > 1 and array.dtype.kind != "O":
        array = np.unique(array, axis=0, return_inverse=True)[1].reshape(-1)
    return np.unique(_per_row(array, rows, name), return_inverse=True)[1].astype(np.int64)


def _stratified(order: Rows, classes: Rows, counts: Sequence[int]) -> list[Rows]:
    """Parts with the given counts that have the classes' proportions."""
    members = [order[classes[order] == label] for label in range(classes.max() + 1)]
    left, parts = len(order), []
    for count in counts:
        quota = [Fraction(len(rows) * count, left) for rows in members]
        taken = largest_remainders(quota, count)
        chosen = np.concatenate([rows[:n] for rows, n in zip(members, taken, strict=True)])
        members = [rows[n:] for rows, n in zip(members, taken, strict=True)]
        mask = np.zeros(len(order), bool)
        mask[chosen] = True
        parts.append(order[mask[order]])  # in the given order, so that classes stay mixed
        left -= count
    return parts


def _whole_groups(order: Rows, classes: Rows, groups: Rows, counts: Sequence[int]) -> list[Rows]:
    """Assigns groups, largest first, each to the part that lacks most rows of its classes."""
    table = np.zeros((groups.max() + 1, classes.max() + 1))
    np.add.at(table, (groups, classes), 1)
    if len(table) < len(counts):
        raise DataError(f"{len(table)} groups cannot fill {len(counts)} parts; expected as many")
    missing = np.outer(np.array(counts) / len(order), table.sum(axis=0))
    part_of = np.empty(len(table), np.int64)
    shuffled = groups[order][np.sort(np.unique(groups[order], return_index=True)[1])]
    for group in sorted(shuffled, key=lambda group: -table[group].sum()):
        part_of[group] = np.argmax(missing @ table[group])
        missing[part_of[group]] -= table[group]
    parts = [order[part_of[groups[order]] == part] for part in range(len(counts))]
    if min(map(len, parts)) == 0:
        raise DataError(
            f"the groups are too large for parts of {counts} rows: one part is empty; "
            "ask for fewer parts or larger shares"
        )
    return parts
