"""A pipeline over rows in memory, reduced to columns, an order of rows, and functions of batches.

As long as the stages of a Dataset can be told in these terms, nothing is copied before a batch is
needed, and `fit` runs the whole of it in machine code. Leans on columns and blocks.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from steepest.core import tree
from steepest.data.columns import Stored
from steepest.data.stages import blocks
from steepest.data.stages.shuffle_buffer import buffered_order
from steepest.data.stages.vectorize import BatchFunction, on_arrays

Rows = np.ndarray
Order = Callable[[int], Rows]


class ObjectColumn:
    """Rows of anything: lists of unequal length, texts. Programs cannot read them.

    >>> ObjectColumn([[1], [2, 3]]).take(np.array([1]))
    array([list([2, 3])], dtype=object)
    """

    storage = "objects"

    def __init__(self, values: Any) -> None:
        self.array = values if isinstance(values, np.ndarray) else blocks.objects(list(values))

    @property
    def row_shape(self) -> tuple[int, ...]:
        """The shape of one row."""
        return self.array.shape[1:]

    @property
    def dtype(self) -> np.dtype[Any]:
        """Objects."""
        return self.array.dtype

    def __len__(self) -> int:
        return len(self.array)

    def take(self, rows: Rows) -> np.ndarray:
        """Those rows, in that order."""
        return self.array[rows]


@dataclass(frozen=True)
class ColumnPlan:
    """What `fit` reads: columns as a tuple (x[, y[, sample_weight]]), an order of rows for each
    epoch, a batch size, and what is done to each batch before the model sees it.

    `endless` says that the order goes round for ever: an epoch needs `steps_per_epoch`.
    """

    columns: tuple[Any, ...]
    batch: int
    order: Order
    prepare: BatchFunction | None
    endless: bool


@dataclass(frozen=True)
class Plan:
    """Rows of columns in an order that depends on the epoch, after functions of batches.

    `keeps_rows` says that the rows of every epoch are those of the first, none twice, and that
    `take` and `skip` should keep to it. `changes` says that a function gives other elements each
    time: it draws random numbers, or sets a variable.
    """

    columns: Any
    order: Order
    count: int
    maps: tuple[BatchFunction, ...] = ()
    batch: int | None = None
    endless: bool = False
    keeps_rows: bool = True
    varies: bool = False
    changes: bool = False

    @property
    def elements(self) -> int:
        """How many elements an epoch has: rows, or batches."""
        return self.count if self.batch is None else -(-self.count // self.batch)

    def blocks(self, epoch: int) -> Iterator[Any]:
        """The elements of an epoch; for ever if the plan is endless."""
        while True:
            order = self.order(epoch)
            size = self.batch or self._block_rows(order)
            for start in range(0, len(order), size):
                block = self.block(order[start : start + size])
                yield block if self.batch is None else blocks.single(block)
            if not self.endless:
                return
            epoch += 1

    def block(self, rows: Rows) -> Any:
        """Some rows after all functions."""
        block = tree.transform(lambda column: column.take(rows), self.columns)
        for function in self.maps:
            block = on_arrays(function, block)
        return block

    def _block_rows(self, order: Rows) -> int:
        if not len(order):
            return 1
        return blocks.rows_in_a_block(blocks.row_bytes(self.block(order[:1])))

    def ordered(self, order: Order, count: int, **changes: Any) -> Plan:
        """The same rows in another order."""
        return replace(self, order=functools.lru_cache(maxsize=2)(order), count=count, **changes)

    # ------------------------------------------------------------ what stages make of it

    def map(self, function: BatchFunction, changes: bool) -> Plan:
        """With one more function at the end."""
        return replace(self, maps=(*self.maps, function), changes=self.changes or changes)

    def shuffled(self, size: int, seed: int, again: bool, fixed_rows: bool) -> Plan:
        """In random order, by a buffer of a size, anew in each epoch if `again`."""

        def order(epoch: int) -> Rows:
            before = self.order(epoch)
            return before[buffered_order(len(before), size, seed, epoch if again else 0)]

        keeps = self.keeps_rows and fixed_rows
        return self.ordered(order, self.count, keeps_rows=keeps, varies=self.varies or again)

    def part(self, start: int, stop: int | None) -> Plan:
        """The elements from one place to another.

        Where the order is drawn anew in each epoch, the rows are still those of the first, so
        that what `take` gives never meets what `skip` gives, in whatever epoch.
        """
        unit = self.batch or 1
        begin = min(start * unit, self.count)
        end = self.count if stop is None else min(stop * unit, self.count)
        count = max(end - begin, 0)
        if not (self.varies and self.keeps_rows):
            return self.ordered(lambda epoch: self.order(epoch)[begin : begin + count], count)
        members = functools.cache(lambda: self._members(begin, begin + count))

        def order(epoch: int) -> Rows:
            whole = self.order(epoch)
            return whole[members()[whole]]

        return self.ordered(order, count)

    def _members(self, begin: int, end: int) -> np.ndarray:
        chosen = np.zeros(len(tree.leaves(self.columns)[0]), bool)
        chosen[self.order(0)[begin:end]] = True
        return chosen

    def repeated(self, times: int) -> Plan:
        """Several times over, each time in an order of its own."""

        def order(epoch: int) -> Rows:
            turns = [self.order(epoch * times + turn) for turn in range(times)]
            return np.concatenate(turns) if turns else np.zeros(0, np.int64)

        return self.ordered(order, self.count * times, keeps_rows=False)

    def frozen(self) -> Plan:
        """In the order of the first epoch for ever, as a cache keeps it."""
        return self.ordered(lambda epoch: self.order(0), self.count, varies=False)

    def filtered(self, kept: Callable[[Rows], np.ndarray]) -> Plan:
        """Without the rows for which a function of rows is false."""
        mask = functools.cache(lambda: kept(np.arange(len(tree.leaves(self.columns)[0]))))

        def order(epoch: int) -> Rows:
            whole = self.order(epoch)
            return whole[mask()[whole]]

        return self.ordered(order, len(order(0)))

    def batched(self, size: int, drop_remainder: bool) -> Plan:
        """In batches."""
        if not drop_remainder:
            return replace(self, batch=size)
        count = self.count - self.count % size
        keeps = self.keeps_rows and not (self.varies and count < self.count)
        whole = self.ordered(lambda epoch: self.order(epoch)[:count], count, keeps_rows=keeps)
        return replace(whole, batch=size)

    @functools.cached_property
    def prepare(self) -> BatchFunction | None:
        """All functions in a row; one object, so that a program made with it is found again."""
        is_tuple = isinstance(self.columns, tuple)
        return functools.partial(_prepared, self.maps, is_tuple) if self.maps else None

    def as_columns(self, first_epoch: int = 0) -> ColumnPlan | None:
        """What `fit` reads; None where the columns are no numbers or there are no batches."""
        numbers = all(isinstance(leaf, Stored) for leaf in tree.leaves(self.columns))
        if self.batch is None or not numbers:
            return None
        columns = self.columns if isinstance(self.columns, tuple) else (self.columns,)

        def order(epoch: int) -> Rows:
            return self.order(first_epoch + epoch)

        return ColumnPlan(columns, self.batch, order, self.prepare, self.endless)


def _prepared(maps: tuple[BatchFunction, ...], is_tuple: bool, data: tuple[Any, ...]) -> Any:
    batch = data if is_tuple else data[0]
    for function in maps:
        batch = function(batch)
    return batch if isinstance(batch, tuple) else (batch,)


def in_order(columns: Any) -> Plan:
    """All rows of columns, as they stand.

    >>> from steepest.data.columns import as_column
    >>> in_order(as_column([[1.0], [2.0]])).count
    2
    """
    count = len(tree.leaves(columns)[0])
    rows = np.arange(count, dtype=np.int64)
    return Plan(columns, lambda epoch: rows, count)
