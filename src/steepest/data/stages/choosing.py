"""Stages that choose, repeat, join or keep elements, and change none of them.

Leans on stages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from steepest.core import tree
from steepest.data.stages import blocks
from steepest.data.stages.base import INFINITE, UNKNOWN, Derived, Stage
from steepest.data.stages.blocks import Block
from steepest.data.stages.column_plan import Plan
from steepest.data.stages.threads_ahead import ahead
from steepest.errors import DataError
from steepest.program.trace import TensorSpec


class Part(Derived):
    """The elements from one place to another, which `take` and `skip` are.

    >>> Part(Stage(), 2, 5).size() == UNKNOWN
    True
    """

    def __init__(self, source: Stage, start: int, stop: int | None) -> None:
        self.source, self.start, self.stop = source, start, stop

    @cached_property
    def plan(self) -> Plan | None:
        """Part of the plan before it."""
        plan = self.source.plan
        return None if plan is None or plan.endless else plan.part(self.start, self.stop)

    def size(self) -> int:
        """What is left of the source."""
        whole = self.source.size()
        if whole == UNKNOWN or (whole == INFINITE and self.stop is None):
            return whole
        stop = self.stop if whole == INFINITE else whole if self.stop is None else self.stop
        assert stop is not None
        return max(0, (stop if whole == INFINITE else min(stop, whole)) - self.start)

    def blocks(self, epoch: int) -> Iterator[Block]:
        """The pieces of blocks that lie inside; nothing is read beyond the end."""
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


class Repeat(Derived):
    """All elements several times over, or for ever.

    >>> Repeat(Stage(), None).size() == INFINITE
    True
    """

    def __init__(self, source: Stage, times: int | None) -> None:
        self.source, self.times = source, times

    @cached_property
    def plan(self) -> Plan | None:
        """The plan before it, repeated; batches that would be cut at a seam are not told so."""
        plan = self.source.plan
        if plan is None or plan.endless or (plan.batch and plan.count % plan.batch):
            return None
        if self.times is None:
            return plan.ordered(plan.order, plan.count, endless=True) if plan.count else None
        return plan.repeated(self.times)

    def size(self) -> int:
        """So many times the elements before it."""
        if self.times is None:
            return INFINITE
        whole = self.source.size()
        return whole if whole < 0 else whole * self.times

    def blocks(self, epoch: int) -> Iterator[Block]:
        """Each time as an epoch of its own."""
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


class Zip(Stage):
    """Elements of several pipelines side by side, as long as all have some.

    >>> Zip((Stage(), Stage())).size() == UNKNOWN
    True
    """

    def __init__(self, sources: Any) -> None:
        self.sources = sources

    @cached_property
    def spec(self) -> Any:
        """The specs side by side, if all are known."""
        specs = tree.transform(lambda stage: stage.spec, self.sources)
        known = all(stage.spec is not None for stage in tree.leaves(self.sources))
        return specs if known else None

    @property
    def slow(self) -> bool:
        """Whether one of them is."""
        return any(stage.slow for stage in tree.leaves(self.sources))

    def size(self) -> int:
        """That of the shortest."""
        sizes = [stage.size() for stage in tree.leaves(self.sources)]
        if UNKNOWN in sizes:
            return UNKNOWN
        return min((size for size in sizes if size >= 0), default=INFINITE)

    def blocks(self, epoch: int) -> Iterator[Block]:
        """Pieces of equal length of the blocks of all."""
        running = [Reader(stage.run(epoch)) for stage in tree.leaves(self.sources)]
        while all(reader.more() for reader in running):
            count = min(reader.have for reader in running)
            yield tree.rebuild(self.sources, iter([reader.take(count) for reader in running]))


class Reader:
    """Blocks handed out in pieces of any length.

    >>> reader = Reader(iter([np.arange(3)]))
    >>> reader.more(), reader.take(2)
    (True, array([0, 1]))
    """

    def __init__(self, source: Iterator[Block]) -> None:
        self._source, self._block, self.have = source, None, 0

    def more(self) -> bool:
        """Whether there are elements left; reads on if none are at hand."""
        while not self.have:
            self._block = next(self._source, None)
            if self._block is None:
                return False
            self.have = blocks.length(self._block)
        return True

    def take(self, count: int) -> Block:
        """The next elements, of those at hand."""
        piece = blocks.part(self._block, slice(0, count))
        self._block = blocks.part(self._block, slice(count, None))
        self.have -= count
        return piece


class Concatenate(Stage):
    """The elements of one pipeline, then those of another.

    >>> Concatenate([Stage(), Stage()]).size() == UNKNOWN
    True
    """

    def __init__(self, stages: Sequence[Stage]) -> None:
        self.stages = list(stages)

    @cached_property
    def spec(self) -> Any:
        """The spec of all, if they agree."""
        first = self.stages[0].spec
        return first if all(str(stage.spec) == str(first) for stage in self.stages) else None

    @property
    def slow(self) -> bool:
        """Whether one of them is."""
        return any(stage.slow for stage in self.stages)

    def size(self) -> int:
        """The sum."""
        sizes = [stage.size() for stage in self.stages]
        return next((mark for mark in (INFINITE, UNKNOWN) if mark in sizes), sum(sizes))

    def blocks(self, epoch: int) -> Iterator[Block]:
        """One after the other."""
        for stage in self.stages:
            yield from stage.run(epoch)


class Enumerate(Derived):
    """Each element with its number.

    >>> Enumerate(Stage(), 0).size() == UNKNOWN
    True
    """

    def __init__(self, source: Stage, start: int) -> None:
        self.source, self.start = source, start

    @cached_property
    def spec(self) -> Any:
        """(number, element)."""
        spec = self.source.spec
        return None if spec is None else (TensorSpec((), "int64"), spec)

    def blocks(self, epoch: int) -> Iterator[Block]:
        """With the numbers beside."""
        done = self.start
        for block in self.source.run(epoch):
            count = blocks.length(block)
            yield np.arange(done, done + count, dtype=np.int64), block
            done += count


class Unbatch(Derived):
    """The elements of batches one by one.

    >>> Unbatch(Stage()).size() == UNKNOWN
    True
    """

    def __init__(self, source: Stage) -> None:
        self.source = source

    @cached_property
    def spec(self) -> Any:
        """Without the first size."""
        spec = self.source.spec
        if any(leaf is None or not leaf.shape for leaf in tree.leaves(spec)):
            return None
        return tree.transform(lambda leaf: TensorSpec(leaf.shape[1:], leaf.dtype), spec)

    def size(self) -> int:
        """Known only where it is known to be without end."""
        return INFINITE if self.source.size() == INFINITE else UNKNOWN

    def blocks(self, epoch: int) -> Iterator[Block]:
        """A batch is a block."""
        done = 0
        for block in self.source.run(epoch):
            for batch in blocks.rows(block):
                if len({np.shape(leaf)[:1] for leaf in tree.leaves(batch)} - {()}) != 1:
                    raise DataError(f"Dataset.unbatch: element {done} is no batch")
                done += 1
                yield batch


class Cache(Derived):
    """What the first whole epoch gave, kept in memory.

    >>> Cache(Stage()).size() == UNKNOWN
    True
    """

    def __init__(self, source: Stage) -> None:
        self.source = source
        self._kept: list[Block] | None = None

    @cached_property
    def plan(self) -> Plan | None:
        """Columns are in memory already, so that the order is kept; what chance made is not."""
        plan = self.source.plan
        return None if plan is None or plan.endless or plan.changes else plan.frozen()

    @property
    def slow(self) -> bool:
        """Only as long as nothing is kept."""
        return self._kept is None and self.source.slow

    def blocks(self, epoch: int) -> Iterator[Block]:
        """From memory, once there was a whole epoch."""
        if self._kept is not None:
            yield from self._kept
            return
        kept = []
        for block in self.source.run(0):
            kept.append(block)
            yield block
        self._kept = kept


class Prefetch(Derived):
    """Blocks made ready on a thread of their own.

    >>> Prefetch(Stage(), 2).size() == UNKNOWN
    True
    """

    def __init__(self, source: Stage, depth: int) -> None:
        self.source, self.depth = source, depth

    @cached_property
    def plan(self) -> Plan | None:
        """The same: columns need no fetching."""
        return self.source.plan

    def blocks(self, epoch: int) -> Iterator[Block]:
        """As made by the thread."""
        source = self.source
        assert source is not None
        return ahead(lambda: source.run(epoch), self.depth)
