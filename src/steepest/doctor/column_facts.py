"""What is known of each column of the inputs: range, quantiles, spread, how often values repeat.

Depends on facts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from steepest.doctor.facts import Facts, fact
from steepest.doctor.rows import Rows
from steepest.layers.embedding import Embedding
from steepest.layers.normalization import BatchNormalization
from steepest.layers.preprocessing.scaling import Rescaling

CELLS = 2_000_000
"""Numbers at most that are sorted; of wide tables fewer rows are read."""
FEWEST_ROWS = 1_000
SHOWN = 3


@dataclass(frozen=True)
class Columns:
    """The columns of a table, in sorted order each; numbers that are not finite are left out.

    >>> columns = Columns(np.array([[1.0, 5.0], [2.0, 5.0], [4.0, np.nan]]))
    >>> columns.lowest, columns.distinct, columns.is_whole
    (array([1., 5.]), array([3, 1]), array([ True,  True]))
    """

    table: np.ndarray

    @cached_property
    def in_order(self) -> np.ndarray:
        """The values of each column in rising order, one row a column; gaps are last, as NaN."""
        values = np.where(np.isfinite(self.table), self.table, np.nan).T
        return np.sort(values, axis=1)

    @cached_property
    def counts(self) -> np.ndarray:
        """The finite values in each column."""
        return np.isfinite(self.in_order).sum(axis=1)

    def quantile(self, share: float) -> np.ndarray:
        """The value below which a share of a column lies; NaN for a column without values."""
        places = np.maximum(np.round((self.counts - 1) * share).astype(int), 0)
        return np.take_along_axis(self.in_order, places[:, None], axis=1)[:, 0]

    @cached_property
    def lowest(self) -> np.ndarray:
        """The least value of each column."""
        return self.quantile(0.0)

    @cached_property
    def highest(self) -> np.ndarray:
        """The greatest value of each column."""
        return self.quantile(1.0)

    @cached_property
    def middle_range(self) -> np.ndarray:
        """The distance of the quartiles."""
        return self.quantile(0.75) - self.quantile(0.25)

    @cached_property
    def _size(self) -> np.ndarray:
        """The greatest absolute value, by which sums are divided that could overflow."""
        size = np.nan_to_num(np.maximum(np.abs(self.lowest), np.abs(self.highest)))
        return np.where(size > 0, size, 1.0)

    @cached_property
    def mean(self) -> np.ndarray:
        """The mean of each column."""
        shares = np.nan_to_num(self.in_order / self._size[:, None])
        return shares.sum(axis=1) / np.maximum(self.counts, 1) * self._size

    @cached_property
    def spread(self) -> np.ndarray:
        """The standard deviation of each column."""
        off = np.nan_to_num((self.in_order - self.mean[:, None]) / self._size[:, None])
        return np.sqrt((off * off).sum(axis=1) / np.maximum(self.counts, 1)) * self._size

    @cached_property
    def distinct(self) -> np.ndarray:
        """The number of different values in each column."""
        return (np.diff(self.in_order, axis=1) > 0).sum(axis=1) + (self.counts > 0)

    @cached_property
    def is_whole(self) -> np.ndarray:
        """Whether all values of a column are whole numbers."""
        values = np.nan_to_num(self.in_order)
        return (values == np.round(values)).all(axis=1)

    @cached_property
    def varies(self) -> np.ndarray:
        """Whether a column has more than one value."""
        return self.distinct > 1


@fact
def columns_of(facts: Facts) -> Columns:
    """The columns of the training rows; of wide tables of fewer rows."""
    return Columns(limited(facts.table))


@fact
def validation_columns_of(facts: Facts) -> Columns | None:
    """The columns of the validation rows, if there are any."""
    return None if facts.validation is None else Columns(limited(flat(facts.validation)))


def limited(table: np.ndarray) -> np.ndarray:
    """At most `CELLS` numbers of a table: rows at equal distances, FEWEST_ROWS at least.

    >>> limited(np.zeros((5000, 784))).shape, limited(np.zeros((5, 784))).shape
    ((2551, 784), (5, 784))
    """
    most = max(CELLS // max(table.shape[1], 1), FEWEST_ROWS)
    if len(table) <= most:
        return table
    return table[np.linspace(0, len(table) - 1, most).astype(int)]


def flat(rows: Rows) -> np.ndarray:
    """The inputs of rows as a table of float64, without columns where they are no numbers.

    >>> flat(Rows.of([["a"], ["b"]], [0, 1])).shape
    (2, 0)
    """
    x = rows.x.reshape(len(rows), -1)
    return np.asarray(x, np.float64) if x.dtype.kind in "fiub" else np.zeros((len(x), 0))


def listed(rows: Rows, columns: Iterable[Any], count: int | None = None) -> str:
    """Columns by name for a sentence: the first ones, and how many there are.

    >>> rows = Rows.of(np.zeros((1, 9)), [0])
    >>> listed(rows, [4]), listed(rows, range(9))
    ('column 4', '9 columns (0, 1, 2, ...)')
    """
    found = [int(column) for column in columns]
    names = [column_name(rows, column) for column in found[:SHOWN]]
    if len(found) == 1:
        return f"column {names[0]}"
    more = ", ..." if len(found) > SHOWN else ""
    return f"{count or len(found)} columns ({', '.join(names)}{more})"


def column_name(rows: Rows, column: int) -> str:
    """The name of a column of the table: its own, its number, or its place in a row.

    >>> column_name(Rows.of(np.zeros((1, 2, 3)), [0]), 4)
    '(1, 1)'
    """
    shape = rows.x.shape[1:]
    if len(shape) > 1:
        return str(tuple(int(place) for place in np.unravel_index(column, shape)))
    return repr(rows.column_name(column))


def where_column(rows: Rows, column: Any) -> int | str | tuple[int, ...]:
    """The column as the place of a finding.

    >>> where_column(Rows.of(np.zeros((1, 2, 3)), [0]), 4)
    (1, 1)
    """
    shape = rows.x.shape[1:]
    if len(shape) > 1:
        return tuple(int(place) for place in np.unravel_index(int(column), shape))
    return rows.column_name(int(column))


@fact
def reads_quantities(facts: Facts) -> bool:
    """Whether layers take the inputs as quantities, and none scales them first.

    >>> model = st.Sequential([st.layers.Normalization(), st.layers.Dense(1)])
    >>> model.layers[0].adapt(np.eye(2))
    >>> model.compile("sgd", "mse")
    >>> reads_quantities(Facts(st.doctor.Setup.of(model, np.eye(2), np.ones(2))))
    False
    """
    for spec in facts.layers:
        if issubclass(spec.kind, (Embedding, BatchNormalization, Rescaling)):
            return False
        layer = spec.made()
        if layer.scales is True or (layer.inspects_inputs is True and not layer.takes_gaps):
            return False  # it scales, or takes numbers of categories
        if "units" in spec.config or "filters" in spec.config:
            break
    return facts.table.shape[1] > 0
