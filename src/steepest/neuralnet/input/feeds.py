"""Feeds: where batches come from, arrays stored as columns or anything that yields batches.

Both feeds yield `OrderedRows`: columns, an order of rows, and a batch size. Nothing here makes a
single batch. Where all columns can be read in place, compiled code fetches the rows of each batch
(engines/cpu/loops/spaces.py and engines/cpu/emit/frame.py); else `OrderedRows.fetched` copies the
rows of some batches before each engine call. Depends on data and engines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from steepest.config import config
from steepest.core import tree
from steepest.core.dtype import is_float
from steepest.core.tensor import Operators
from steepest.data.columns import DenseColumn, SparseColumn, Stored, as_column
from steepest.data.stages.blocks import Nested
from steepest.engines.batches import Batches
from steepest.engines.orders import epoch_order, epoch_orders
from steepest.errors import DataError, ShapeError
from steepest.layers.inputs import Prepared
from steepest.program.trace import TensorSpec

FETCHED_BYTES = 1 << 26
MOST_LISTED = 8  # lengths that a message lists

Prepare = Callable[[Any], Any]
"""A function of each batch, part of the recorded step, whose result the model is given."""


@dataclass
class OrderedRows:
    """Rows of columns in an order, for batches of `batch` rows.

    >>> rows = OrderedRows([DenseColumn(np.zeros((5, 2)))], np.arange(5), batch=2)
    >>> rows.batches, rows.rows_of(1, 2).tolist()
    (3, [2, 3, 4])
    """

    columns: Sequence[Stored]
    order: np.ndarray
    batch: int

    @property
    def batches(self) -> int:
        """The number of batches."""
        return -(-len(self.order) // self.batch)

    def rows_of(self, start: int, count: int) -> np.ndarray:
        """The rows of `count` batches from batch `start` on."""
        return self.order[start * self.batch : (start + count) * self.batch]

    @property
    def most_fetched(self) -> int:
        """How many batches may be copied for one call; all where columns are read in place."""
        if all_in_place(self.columns):
            return self.batches
        row = sum(int(np.prod(column.row_shape)) * column.dtype.itemsize for column in self.columns)
        return max(1, FETCHED_BYTES // max(1, row * self.batch))

    def fetched(self, rows: np.ndarray) -> tuple[Sequence[Stored], np.ndarray]:
        """Columns for a program, and the numbers of the rows in them.

        Where some column cannot be read in place, they are copies of these rows, in order.
        """
        if all_in_place(self.columns):
            return self.columns, rows
        return [_rows_of(column, rows) for column in self.columns], np.arange(len(rows))


def all_in_place(columns: Sequence[Stored]) -> bool:
    """Whether programs can read all columns in place.

    >>> all_in_place([DenseColumn(np.zeros((3, 2))), DenseColumn(np.zeros((3, 2)).T)])
    False
    """
    return all(isinstance(column, SparseColumn) or column.in_place for column in columns)


def _rows_of(column: Stored, rows: np.ndarray) -> Stored:
    if not isinstance(column, SparseColumn):
        return DenseColumn(column.take(rows))
    part: SparseColumn = column[rows]
    part.whole = column
    return part


def columns_of(given: Any, what: str, dtype: np.dtype[Any]) -> Any:
    """The given nest with each array as a column; floats in the model's dtype.

    A list or tuple of arrays holds one array for each of several inputs; a list of anything else
    is one array, row by row.

    >>> columns_of([[1.0, 2.0], [3.0, 4.0]], "x", np.dtype("float32"))
    DenseColumn(float32[2, 2])
    """
    if isinstance(given, Prepared):
        return Prepared(in_dtype(column, dtype) for column in given)
    if isinstance(given, dict) and not hasattr(given, "tocsr"):
        return {key: columns_of(part, f"{what}[{key!r}]", dtype) for key, part in given.items()}
    if (
        isinstance(given, (list, tuple))
        and given
        and all(len(getattr(part, "shape", ())) > 0 for part in given)
    ):
        parts = [columns_of(part, f"{what}[{i}]", dtype) for i, part in enumerate(given)]
        if hasattr(given, "_fields"):  # a namedtuple
            return type(given)(*parts)
        return parts[0] if len(parts) == 1 else type(given)(parts)
    if isinstance(given, Nested):
        raise DataError(
            f"{what} is a data set within the data set, as window makes them, where arrays were "
            "expected: add .flat_map(lambda window: window.batch(size))"
        )
    values = given.numpy() if isinstance(given, Operators) else given
    return in_dtype(as_column(values, what), dtype)


def check_rows(parts: Sequence[Any], where: str = "") -> None:
    """Raises unless x, y and sample_weight have equally many rows, and are not empty.

    >>> check_rows((as_column(np.zeros((3, 2)), "x"), as_column(np.zeros(2), "y")))
    Traceback (most recent call last):
        ...
    steepest.errors.ShapeError: x, y and sample_weight must have equally many rows: x has 3, ...
    """
    lengths = {len(column) for column in tree.leaves(list(parts))}
    if len(lengths) > 1:
        raise ShapeError(
            f"{where}x, y and sample_weight must have equally many rows: {_listed(parts)}"
        )
    if 0 in lengths:
        raise DataError(f"{where}the data are empty: x has 0 rows; at least one is needed")
    if any(0 in column.row_shape for column in tree.leaves(parts[0])):
        raise DataError(f"{where}x has no columns: there is nothing to learn from")


def _listed(parts: Sequence[Any]) -> str:
    """The lengths of all columns by name."""
    lengths = {
        f"{name}{f'[{place}]' if len(tree.leaves(part)) > 1 else ''}": len(column)
        for name, part in zip(("x", "y", "sample_weight"), parts, strict=False)
        for place, column in enumerate(tree.leaves(part))
    }
    texts = [f"{name} has {length}" for name, length in lengths.items()]
    if len(texts) <= MOST_LISTED:
        return ", ".join(texts)
    arrays = sum(name.startswith("x[") for name in lengths)
    return (
        f"{', '.join(texts[:2])} and so on, {texts[-1]}. x is a list of {arrays} arrays, which "
        "means as many inputs; np.array(x) makes one array of it"
    )


def in_dtype(column: Stored, dtype: np.dtype[Any]) -> Stored:
    """The column laid out for repeated reading, floats in the dtype of the model."""
    if not isinstance(column, DenseColumn):
        return column
    return column.ready(dtype if is_float(column.dtype) else column.dtype)


def specs_of(nest: Any, rows: int | None = None) -> list[TensorSpec]:
    """The specs of programs that read such columns, in batches of any size or of so many rows."""
    return [TensorSpec((rows, *leaf.row_shape), leaf.dtype) for leaf in tree.leaves(nest)]


def storage_of(nest: Any) -> tuple[str, ...]:
    """How each column is stored, as "dense"."""
    return tuple(leaf.storage for leaf in tree.leaves(nest))


@dataclass
class ArrayFeed:
    """Rows of arrays: all of them, or those whose numbers are in `rows`."""

    nest: Any
    batch: int
    shuffle: bool = False
    rows: np.ndarray | None = None
    steps: int | None = None
    seed: int = 0
    position: int = field(default=0, repr=False)
    prepare: Prepare | None = field(default=None, repr=False)

    _has_all_rows: bool = field(default=False, init=False, repr=False)

    def __post_init__(self) -> None:
        lengths = {len(leaf) for leaf in tree.leaves(self.nest)}
        if not lengths:
            raise DataError("the data are empty: x holds no array; give one for each input")
        if len(lengths) > 1:
            raise ShapeError(
                f"x, y and sample_weight must have equally many rows, got {sorted(lengths)}"
            )
        if self.rows is None:
            self.rows = np.arange(lengths.pop(), dtype=np.int64)
            self._has_all_rows = True

    @property
    def count(self) -> int:
        """The number of rows."""
        return len(self.rows)  # type: ignore[arg-type]

    @property
    def batches(self) -> int | None:
        """The number of batches an epoch."""
        return self.steps or -(-self.count // self.batch)

    def epochs(self, first: int, count: int) -> OrderedRows:
        """The rows of several consecutive epochs, each in its own order."""
        columns, batch = tree.leaves(self.nest), self._batch_for(self.count)
        if self._has_one_order:
            return OrderedRows(columns, np.tile(self._order(first), count), batch)
        assert self.rows is not None
        orders = epoch_orders(self.seed, first, count, self.count)
        return OrderedRows(columns, self._at(orders.reshape(-1)), batch)

    def cut(self, epochs: int) -> Batches:
        """How the rows of several epochs are cut into batches."""
        return Batches(epochs * self.count, self._batch_for(self.count), self.count)

    def _batch_for(self, rows: int) -> int:
        """The batch size, at most the number of rows: engines allocate memory for a whole batch."""
        return min(self.batch, max(rows, 1))

    def epoch(self, number: int) -> Iterator[OrderedRows]:
        """The rows of an epoch in its own order, as one object."""
        columns = tree.leaves(self.nest)
        order = self._order(number)
        if self.steps is not None:
            order = self._continued(number)
        yield OrderedRows(columns, order, self._batch_for(len(order)))

    @property
    def _has_one_order(self) -> bool:
        """Whether all epochs have the same order; the rows of a single batch are not shuffled."""
        return not self.shuffle or self.count <= self.batch

    def _order(self, number: int) -> np.ndarray:
        assert self.rows is not None
        if self._has_one_order:
            return self.rows
        return self._at(epoch_order(self.seed, number, len(self.rows)))

    def _at(self, positions: np.ndarray) -> np.ndarray:
        """The rows at positions among those of this feed."""
        assert self.rows is not None
        return positions if self._has_all_rows else self.rows[positions]

    def _continued(self, number: int) -> np.ndarray:
        """The rows of `steps` batches that follow those of the last epoch, repeating the data."""
        assert self.steps is not None
        wanted = self.steps * self.batch
        start = number * wanted
        passes = range(start // self.count, (start + wanted - 1) // self.count + 1)
        rows = np.concatenate([self._order(number) for number in passes])
        return rows[start % self.count :][:wanted]


@dataclass
class StreamFeed:
    """Batches from a generator, a Dataset that has no form as columns, or any iterable."""

    source: Iterable[Any]
    dtype: np.dtype[Any]
    steps: int | None = None
    nest: Any = None
    prepare: Prepare | None = field(default=None, repr=False)
    prepared: Callable[[Any], Any] = field(default=lambda x: x, repr=False)
    _running: Iterator[Any] | None = field(default=None, repr=False)
    _first: Any = field(default=None, repr=False)
    _watchers: list[Callable[[Any], None]] = field(default_factory=list, repr=False)
    _given: int = field(default=0, repr=False)

    def __post_init__(self) -> None:
        self._running = iter(self.source)
        self._first = self._next()
        if self._first is None:
            raise DataError("the stream of batches is empty: it ended before the first batch")
        self.nest = self._first

    def watch(self, watcher: Callable[[Any], None]) -> None:
        """Calls a function with every batch before it is used."""
        watcher(self._first)
        self._watchers.append(watcher)

    @property
    def batches(self) -> int | None:
        """The number of batches an epoch, if it is known."""
        if self.steps is not None:
            return self.steps
        size = getattr(self.source, "cardinality", None)
        known = size() if callable(size) else None
        return int(known) if known is not None and int(known) >= 0 else None

    def _next(self) -> Any:
        assert self._running is not None
        batch = next(self._running, None)
        if batch is None:
            return None
        parts = batch if isinstance(batch, (tuple, list)) else (batch,)
        if not 0 < len(parts) < 4:
            raise DataError(
                f"the stream gave a batch of {len(parts)} parts; (x, y) or (x, y, sample_weight) "
                "was expected"
            )
        names = ("x", "y", "sample_weight")
        for name, part in zip(names, parts, strict=False):
            if getattr(part, "shape", None) == ():
                raise ShapeError(
                    f"batch {self._given + 1}: {name} is a single value, where batches of rows "
                    "were expected: add .batch(32)"
                )
        parts = (self.prepared(parts[0]), *parts[1:])
        nest = tuple(
            columns_of(part, f"batch {name}", self.dtype)
            for name, part in zip(names, parts, strict=False)
            if part is not None or name != "sample_weight"
        )
        self._given += 1
        check_rows(nest, f"batch {self._given}: ")
        for watcher in self._watchers:
            watcher(nest)
        return nest

    def epoch(self, number: int) -> Iterator[OrderedRows]:
        """The rows of each batch; a source that can be iterated again is restarted at its end."""
        done = 0
        while self.steps is None or done < self.steps:
            batch = self._first or self._next()
            self._first = None
            if batch is None:
                again = self._restart()
                if self.steps is None and done:
                    return
                batch = self._next() if again else None
            if batch is None:
                raise self._ended(done)
            done += 1
            columns = tree.leaves(batch)
            rows = len(columns[0])
            yield OrderedRows(columns, np.arange(rows, dtype=np.int64), max(rows, 1))

    def _restart(self) -> bool:
        """Restarts the source; returns whether it could, which a generator cannot."""
        again = iter(self.source)
        if again is self._running:
            return False
        self._running = again
        return True

    def _ended(self, done: int) -> DataError:
        where = f"after {done} of {self.steps} steps" if self.steps else "in an earlier epoch"
        return DataError(
            f"the stream of batches ended {where}, and a generator runs once: give the function "
            "that makes it, a list of batches or a Dataset, which can begin again; an endless "
            "generator with steps_per_epoch; or fewer epochs or steps"
        )


Feed = ArrayFeed | StreamFeed


def limited(feed: Feed) -> Feed:
    """The feed, whose epochs have at most `st.config.max_steps_per_epoch()` batches.

    >>> limited(ArrayFeed((DenseColumn(np.ones((8, 1))),), 2)).batches
    4
    """
    most = config.max_steps_per_epoch()
    if most is not None and (feed.batches is None or feed.batches > most):
        feed.steps = most
    return feed
