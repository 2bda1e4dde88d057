"""A pipeline over rows in memory as columns, an order of rows, and functions applied to each batch.

As long as the stages of a Dataset have this form, nothing is copied before a batch is needed, and
`fit` runs the whole pipeline in machine code. Depends on columns, blocks, shuffle_buffer and
vectorize.
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
    """Rows of Python objects: lists of unequal length, texts. Programs cannot read them.

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
        """The dtype of the array, most often object."""
        return self.array.dtype

    def __len__(self) -> int:
        return len(self.array)

    def take(self, rows: Rows) -> np.ndarray:
        """The given rows, in that order."""
        return self.array[rows]


@dataclass(frozen=True)
class ColumnBatches:
    """The form that `fit` reads: columns as a tuple (x[, y[, sample_weight]]), an order of rows for
    each epoch, a batch size, and the function that prepares a batch for the model.

    `endless`: the order starts over at its end, so that an epoch needs `steps_per_epoch`.
    """

    columns: tuple[Any, ...]
    batch: int
    order: Order
    prepare: BatchFunction | None
    endless: bool


@dataclass(frozen=True)
class ColumnPlan:
    """Rows of columns in an order that depends on the epoch, and functions of batches.

    `reshuffles`: the order differs from epoch to epoch. `fixed_rows`: every epoch has the rows of
    the first, none twice, and `take` and `skip` choose the same ones in every epoch. `impure`: a
    function draws random numbers or assigns a variable, so that its results are not repeated.
    """

    columns: Any
    order: Order
    count: int
    maps: tuple[BatchFunction, ...] = ()
    batch: int | None = None
    endless: bool = False
    fixed_rows: bool = True
    reshuffles: bool = False
    impure: bool = False

    @property
    def elements(self) -> int:
        """The number of elements of an epoch: rows, or batches."""
        return self.count if self.batch is None else -(-self.count // self.batch)

    def blocks(self, epoch: int) -> Iterator[Any]:
        """The elements of an epoch; endlessly if the plan is endless."""
        while True:
            order = self.order(epoch)
            size = self.batch or 1
            if self.batch is None and len(order):
                size = blocks.rows_in_a_block(blocks.row_bytes(self.block(order[:1])))
            for start in range(0, len(order), size):
                block = self.block(order[start : start + size])
                yield block if self.batch is None else blocks.single(block)
            if not self.endless:
                return
            epoch += 1

    def block(self, rows: Rows) -> Any:
        """The elements of the given rows, after all functions."""
        block = tree.transform(lambda column: column.take(rows), self.columns)
        for function in self.maps:
            block = on_arrays(function, block)
        return block

    def ordered(self, order: Order, count: int, **changes: Any) -> ColumnPlan:
        """The same rows in another order."""
        return replace(self, order=functools.lru_cache(maxsize=2)(order), count=count, **changes)

    # ------------------------------------------------------------ one method for each stage

    def map(self, function: BatchFunction, impure: bool) -> ColumnPlan:
        """With one more function at the end."""
        return replace(self, maps=(*self.maps, function), impure=self.impure or impure)

    def shuffled(self, size: int, seed: int, reshuffle: bool, fixed_rows: bool) -> ColumnPlan:
        """In random order, by a buffer of `size` rows; a new one in each epoch if `reshuffle`."""

        def order(epoch: int) -> Rows:
            before = self.order(epoch)
            return before[buffered_order(len(before), size, seed, epoch if reshuffle else 0)]

        fixed = self.fixed_rows and fixed_rows
        reshuffles = self.reshuffles or reshuffle
        return self.ordered(order, self.count, fixed_rows=fixed, reshuffles=reshuffles)

    def part(self, start: int, stop: int | None) -> ColumnPlan:
        """The elements from `start` to `stop`.

        Where each epoch has a new order, the rows are still those that the first epoch has there,
        so that the rows of `take` are never those of `skip`, in any epoch.
        """
        unit = self.batch or 1
        begin = min(start * unit, self.count)
        end = self.count if stop is None else min(stop * unit, self.count)
        count = max(end - begin, 0)
        if not (self.reshuffles and self.fixed_rows):
            return self.ordered(lambda epoch: self.order(epoch)[begin : begin + count], count)

        @functools.cache
        def is_member() -> np.ndarray:
            chosen = np.zeros(len(tree.leaves(self.columns)[0]), bool)
            chosen[self.order(0)[begin : begin + count]] = True
            return chosen

        def order(epoch: int) -> Rows:
            whole = self.order(epoch)
            return whole[is_member()[whole]]

        return self.ordered(order, count)

    def repeated(self, times: int) -> ColumnPlan:
        """`times` epochs as one."""

        def order(epoch: int) -> Rows:
            turns = [self.order(epoch * times + turn) for turn in range(times)]
            return np.concatenate(turns) if turns else np.zeros(0, np.int64)

        return self.ordered(order, self.count * times, fixed_rows=False)

    def frozen(self) -> ColumnPlan:
        """In the order of the first epoch in every epoch, as a cache has it."""
        return self.ordered(lambda epoch: self.order(0), self.count, reshuffles=False)

    def filtered(self, mask_of: Callable[[Rows], np.ndarray]) -> ColumnPlan:
        """Without the rows for which the mask is false."""
        mask = functools.cache(lambda: mask_of(np.arange(len(tree.leaves(self.columns)[0]))))

        def order(epoch: int) -> Rows:
            whole = self.order(epoch)
            return whole[mask()[whole]]

        return self.ordered(order, len(order(0)))

    def batched(self, size: int, drop_remainder: bool) -> ColumnPlan:
        """In batches."""
        if not drop_remainder:
            return replace(self, batch=size)
        count = self.count - self.count % size
        fixed = self.fixed_rows and not (self.reshuffles and count < self.count)
        whole = self.ordered(lambda epoch: self.order(epoch)[:count], count, fixed_rows=fixed)
        return replace(whole, batch=size)

    @functools.cached_property
    def prepare(self) -> BatchFunction | None:
        """All functions composed; one object, so that a program recorded with it is reused."""
        is_tuple = isinstance(self.columns, tuple)
        return functools.partial(_prepared, self.maps, is_tuple) if self.maps else None

    def as_batches(self, first_epoch: int = 0) -> ColumnBatches | None:
        """The form that `fit` reads; None without batches, or where columns hold objects."""
        numbers = all(isinstance(leaf, Stored) for leaf in tree.leaves(self.columns))
        if self.batch is None or not numbers:
            return None
        columns = self.columns if isinstance(self.columns, tuple) else (self.columns,)

        def order(epoch: int) -> Rows:
            return self.order(first_epoch + epoch)

        return ColumnBatches(columns, self.batch, order, self.prepare, self.endless)


def _prepared(maps: tuple[BatchFunction, ...], is_tuple: bool, data: tuple[Any, ...]) -> Any:
    batch = data if is_tuple else data[0]
    for function in maps:
        batch = function(batch)
    return batch if isinstance(batch, tuple) else (batch,)


def in_order(columns: Any) -> ColumnPlan:
    """All rows of columns, in their order.

    >>> from steepest.data.columns import as_column
    >>> in_order(as_column([[1.0], [2.0]])).count
    2
    """
    count = len(tree.leaves(columns)[0])
    rows = np.arange(count, dtype=np.int64)
    return ColumnPlan(columns, lambda epoch: rows, count)
