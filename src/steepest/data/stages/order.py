"""Stages that choose elements and their order: shuffle, take, skip, shard, repeat.

Depends on base and shuffle_buffer.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from steepest.data.stages import blocks
from steepest.data.stages.base import INFINITE, UNKNOWN, Derived, Stage
from steepest.data.stages.blocks import Block
from steepest.data.stages.column_plan import ColumnPlan
from steepest.data.stages.shuffle_buffer import RandomPlaces, ShuffleBuffer
from steepest.errors import DataError


class Shuffle(Derived):
    """Elements drawn at random from a buffer of `size` elements.

    `reshuffle`: each epoch has a new order; `fixed_rows`: `take` and `skip` choose the same rows
    in every epoch.
    """

    def __init__(
        self, source: Stage, size: int, seed: int, reshuffle: bool, fixed_rows: bool
    ) -> None:
        self.source, self.buffer_size, self.seed = source, size, seed
        self.reshuffle, self.fixed_rows = reshuffle, fixed_rows

    @cached_property
    def plan(self) -> ColumnPlan | None:
        """The rows in the order that such a buffer would give."""
        plan = self.source.plan
        if plan is None or plan.endless or plan.batch:
            return None
        return plan.shuffled(self.buffer_size, self.seed, self.reshuffle, self.fixed_rows)

    def blocks(self, epoch: int) -> Iterator[Block]:
        """The elements in the order in which they leave the buffer."""
        places = RandomPlaces(self.seed, epoch if self.reshuffle else 0)
        buffer = ShuffleBuffer(self.buffer_size, places)
        for block in self.source.run(epoch):
            yield from buffer.exchanged(block)
        yield from buffer.rest()


class Part(Derived):
    """The elements from `start` to `stop`, for `take` and `skip`.

    >>> Part(Stage(), 2, 5).size() == UNKNOWN
    True
    """

    def __init__(self, source: Stage, start: int, stop: int | None) -> None:
        self.source, self.start, self.stop = source, start, stop

    @cached_property
    def plan(self) -> ColumnPlan | None:
        """Part of the source's plan."""
        plan = self.source.plan
        return None if plan is None or plan.endless else plan.part(self.start, self.stop)

    def size(self) -> int:
        """How many elements of the source are in the range."""
        whole = self.source.size()
        if whole == UNKNOWN or (whole == INFINITE and self.stop is None):
            return whole
        stop = whole if self.stop is None else self.stop
        return max(0, (stop if whole == INFINITE else min(stop, whole)) - self.start)

    def blocks(self, epoch: int) -> Iterator[Block]:
        """The pieces of blocks inside the range; nothing is read beyond its end."""
        done = 0
        if self.stop == self.start:
            return
        for block in self.source.run(epoch):
            end = None if self.stop is None else max(0, self.stop - done)
            piece = blocks.part(block, slice(max(0, self.start - done), end))
            done += blocks.length(block)
            if blocks.length(piece):
                yield piece
            if self.stop is not None and done >= self.stop:
                return


class Shard(Derived):
    """Every `count`-th element, from number `index` on: the share of one of several machines.

    >>> Shard(Stage(), 3, 0).size() == UNKNOWN
    True
    """

    def __init__(self, source: Stage, count: int, index: int) -> None:
        self.source, self.count, self.index = source, count, index

    @cached_property
    def plan(self) -> ColumnPlan | None:
        """Every `count`-th row of the source's plan."""
        plan = self.source.plan
        if plan is None or plan.endless or plan.batch:
            return None
        return plan.ordered(
            lambda epoch: plan.order(epoch)[self.index :: self.count],
            len(range(self.index, plan.count, self.count)),
            fixed_rows=plan.fixed_rows and not plan.reshuffles,
        )

    def size(self) -> int:
        """A share of the elements of the source."""
        whole = self.source.size()
        return whole if whole < 0 else len(range(self.index, whole, self.count))

    def blocks(self, epoch: int) -> Iterator[Block]:
        """Every `count`-th element of the stream, independent of where blocks begin."""
        done = 0
        for block in self.source.run(epoch):
            piece = blocks.part(block, slice((self.index - done) % self.count, None, self.count))
            done += blocks.length(block)
            if blocks.length(piece):
                yield piece


class Repeat(Derived):
    """All elements several times over, or endlessly.

    >>> Repeat(Stage(), None).size() == INFINITE
    True
    """

    def __init__(self, source: Stage, times: int | None) -> None:
        self.source, self.times = source, times

    @cached_property
    def plan(self) -> ColumnPlan | None:
        """The source's plan, repeated; None where the last batch of a turn is not full."""
        plan = self.source.plan
        if plan is None or plan.endless or (plan.batch and plan.count % plan.batch):
            return None
        if self.times is None:
            return plan.ordered(plan.order, plan.count, endless=True) if plan.count else None
        return plan.repeated(self.times)

    def size(self) -> int:
        """The elements of the source times the number of turns."""
        if self.times is None:
            return INFINITE
        whole = self.source.size()
        return whole if whole < 0 else whole * self.times

    def blocks(self, epoch: int) -> Iterator[Block]:
        """The source's blocks; each turn is an epoch of the source."""
        turn = 0
        while self.times is None or turn < self.times:
            number = turn if self.times is None else epoch * self.times + turn
            empty = True
            for block in self.source.run(number):
                empty = False
                yield block
            if empty:
                return
            turn += 1


class Counted(Derived):
    """The elements of a pipeline whose number the user knows; an error where it is another.

    >>> Counted(Stage(), 3).size()
    3
    """

    def __init__(self, source: Stage, count: int) -> None:
        self.source, self.count = source, count

    def size(self) -> int:
        """The given number."""
        return self.count

    def blocks(self, epoch: int) -> Iterator[Block]:
        """The blocks of the source, counted."""
        found = 0
        for block in self.source.run(epoch):
            found += blocks.length(block)
            yield block
        if self.count >= 0 and found != self.count:
            raise DataError(
                f"assert_cardinality: {self.count} elements were expected, the data set has {found}"
            )
