"""Rules on training data: NaN and infinity, weights of examples, columns of different scales.

They cost a pass or two over the data at most. Depends on columns and finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from steepest.data.columns import DenseColumn, SparseColumn, Stored
from steepest.errors import DataError
from steepest.finding import Column, Finding, Rule, Severity, Where, shown_column

SCALE_RATIO = 100.0
SAMPLE = 2000

NOT_FINITE = Rule(
    "not-finite",
    Severity.ERROR,
    "The data hold NaN or infinity where no layer fills gaps.",
    "{where.argument} holds {value} at {where.cell}",
    "drop such rows, or fill them (st.layers.MissingValues() first, np.nan_to_num)",
    DataError,
)
NEGATIVE_WEIGHT = Rule(
    "negative-weight",
    Severity.ERROR,
    "A weight of an example is negative.",
    "{where.argument}: a weight is negative, {weight:.4g} in row {where.row}",
    "give weights of 0 or above",
    DataError,
)
ZERO_WEIGHTS = Rule(
    "zero-weights",
    Severity.WARNING,
    "The weights of all examples are 0.",
    "{where.argument}: all weights are 0, so nothing is learned from the data",
    "give the examples that count a weight above 0",
)
UNSCALED_COLUMNS = Rule(
    "unscaled-columns",
    Severity.WARNING,
    "Columns of the input differ in scale, and no layer scales them.",
    "{where.argument}: columns differ in scale by more than {ratio:.0f}: column {large_column} "
    "reaches {large:.4g}, column {small_column} {small:.4g}",
    "put st.layers.Normalization() first, or scale the data",
)

PerColumn = Callable[[], Sequence[bool]]
"""Computes a fact about each column; called only where the fact is needed."""


# ---------------------------------------------------------------- NaN and infinity


def finite_findings(
    columns: Sequence[Stored], argument: str, are_filled: PerColumn
) -> Iterator[Finding]:
    """The first NaN or infinity of each column; NaN is fine where layers fill it.

    >>> column = DenseColumn(np.array([[1.0, np.inf]]))
    >>> print(*finite_findings([column], "x", lambda: [True]))
    x holds inf at row 0, column 1; drop such rows, or fill them (st.layers.MissingValues() ...
    """
    finite = [_is_finite(column) for column in columns]
    if all(finite):
        return
    for column, is_fine, filled in zip(columns, finite, are_filled(), strict=True):
        if not is_fine:
            yield from _first_not_finite(column, argument, is_filled=filled)


def _values_of(column: Stored) -> np.ndarray | None:
    return column.values if isinstance(column, SparseColumn) else column.array


def _is_finite(column: Stored) -> bool:
    """Whether there is no NaN or infinity, by one quick sum, which they make not finite.

    The sum may also overflow: then no value is found that is not finite.
    """
    values = _values_of(column)
    if values is None or values.dtype.kind != "f" or not values.size:
        return True
    if isinstance(column, SparseColumn) and column.known_finite:
        return True
    with np.errstate(over="ignore", invalid="ignore"):
        total = np.add.reduce(values, axis=None)
    found = bool(np.isfinite(total))
    if found and isinstance(column, SparseColumn):
        column.known_finite = column.is_own
    return found


def _first_not_finite(column: Stored, argument: str, is_filled: bool) -> Iterator[Finding]:
    values = _values_of(column)
    assert values is not None
    wrong = np.isinf(values) if is_filled else ~np.isfinite(values)
    if not wrong.any():
        return
    first = np.argwhere(wrong)[0].tolist()
    value = values[tuple(first)]
    row, *rest = column.place_of(first[0]) if isinstance(column, SparseColumn) else first
    at = column_name(column, rest) if rest else None
    yield NOT_FINITE.finding(Where(argument, row=row, column=at), value=value)


def column_name(column: Stored, indices: Sequence[int]) -> Column:
    """The name of the column at indices within a row, or the indices if it has no name.

    >>> column_name(DenseColumn(np.zeros((1, 2)), names=("age", "size")), [1])
    'size'
    """
    if isinstance(column, DenseColumn) and column.names:
        return column.names[indices[0]]
    return indices[0] if len(indices) == 1 else tuple(indices)


# ---------------------------------------------------------------- weights


def weight_findings(
    columns: Sequence[Stored], argument: str = "sample_weight"
) -> Iterator[Finding]:
    """Negative weights of examples, and weights that are all 0.

    >>> print(*weight_findings([DenseColumn(np.array([1.0, -1.0]))]))
    sample_weight: a weight is negative, -1 in row 1; give weights of 0 or above
    """
    for column in columns:
        weights = column.take(np.arange(len(column)))
        if weights.min() < 0:
            row = int(np.argwhere(weights < 0)[0][0])
            least = weights[row].min()
            yield NEGATIVE_WEIGHT.finding(Where(argument, row=row), weight=least)
        elif not weights.any():
            yield ZERO_WEIGHTS.finding(Where(argument))


# ---------------------------------------------------------------- scales


def scale_findings(
    columns: Sequence[Stored], are_prepared: PerColumn, argument: str = "x"
) -> Iterator[Finding]:
    """Inputs whose columns differ much in scale, where no layer scales or fills them first.

    >>> table = DenseColumn(np.array([[1.0, 1e4], [0.5, 2e4]]))
    >>> [found.evidence["large"] for found in scale_findings([table], lambda: [False])]
    [20000.0]
    """
    large = [_has_large_numbers(column) for column in columns]
    if not any(large):
        return
    for column, is_large, is_prepared in zip(columns, large, are_prepared(), strict=True):
        if is_large and not is_prepared:
            yield from _different_scales(column, argument)


def _different_scales(column: Stored, argument: str) -> Iterator[Finding]:
    sizes = _sizes(column)
    used = sizes[sizes > 0]
    if len(used) > 1 and used.max() > SCALE_RATIO * used.min() and used.max() > SCALE_RATIO:
        largest, least = int(sizes.argmax()), int(np.where(sizes > 0, sizes, np.inf).argmin())
        at = column_name(column, [largest])
        yield UNSCALED_COLUMNS.finding(
            Where(argument, column=at),
            ratio=SCALE_RATIO,
            large_column=shown_column(at),
            large=sizes[largest],
            small_column=shown_column(column_name(column, [least])),
            small=sizes[least],
        )


def _has_large_numbers(column: Stored) -> bool:
    """Whether the columns may differ in scale, checked quickly for all of them together."""
    given = column.packed_from if isinstance(column, SparseColumn) else column.dtype
    if given.kind != "f" or len(column.row_shape) != 1 or len(column) < 2:
        return False
    if isinstance(column, SparseColumn):
        return True
    first = column.array[:SAMPLE]
    return bool(first.size) and not (first.min() >= -SCALE_RATIO and first.max() <= SCALE_RATIO)


def _sizes(column: Stored) -> np.ndarray:
    """The greatest absolute value in each column of the first rows."""
    if isinstance(column, DenseColumn):
        return np.nan_to_num(np.abs(column.array[:SAMPLE])).max(axis=0)
    sizes = np.zeros(column.width, np.float32)
    if column.values is not None:  # entries without values are all 1
        stop = column.indptr[min(SAMPLE, len(column))]
        np.maximum.at(sizes, column.indices[:stop], np.abs(column.values[:stop]))
    return sizes
