"""Further stages: up to a condition, every n-th element, data sets within, several mixed by chance.

Leans on stages and choosing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from steepest.data.stages import blocks
from steepest.data.stages.base import INFINITE, UNKNOWN, Derived, Filter, Stage
from steepest.data.stages.blocks import Block
from steepest.data.stages.choosing import Reader
from steepest.data.stages.column_plan import Plan
from steepest.data.stages.vectorize import call


class TakeWhile(Derived):
    """The elements before the first for which a function is false.

    >>> TakeWhile(Stage(), bool).size() == UNKNOWN
    True
    """

    def __init__(self, source: Stage, predicate: Callable[..., Any]) -> None:
        self.source, self._judge = source, Filter(source, predicate)

    @property
    def in_python(self) -> bool:  # type: ignore[override]
        """Whether the predicate could not be recorded."""
        return self._judge.in_python

    def size(self) -> int:
        """Only looking at the elements would tell."""
        return UNKNOWN

    def blocks(self, epoch: int) -> Iterator[Block]:
        """What stands before the first that falls out."""
        done = 0
        for block in self.source.run(epoch):
            kept = self._judge.kept(block, done)
            done += len(kept)
            count = len(kept) if kept.all() else int(kept.argmin())
            if count:
                yield blocks.part(block, slice(0, count))
            if count < len(kept):
                return


class Shard(Derived):
    """Every n-th element, from a place on: a share of the work for each of n machines.

    >>> Shard(Stage(), 3, 0).size() == UNKNOWN
    True
    """

    def __init__(self, source: Stage, count: int, index: int) -> None:
        self.source, self.count, self.index = source, count, index

    @cached_property
    def plan(self) -> Plan | None:
        """Every n-th row of the plan before it."""
        plan = self.source.plan
        if plan is None or plan.endless or plan.batch:
            return None
        return plan.ordered(
            lambda epoch: plan.order(epoch)[self.index :: self.count],
            len(range(self.index, plan.count, self.count)),
            keeps_rows=plan.keeps_rows and not plan.varies,
        )

    def size(self) -> int:
        """A share of the elements before it."""
        whole = self.source.size()
        return whole if whole < 0 else len(range(self.index, whole, self.count))

    def blocks(self, epoch: int) -> Iterator[Block]:
        """Every n-th of the whole, wherever blocks begin."""
        done = 0
        for block in self.source.run(epoch):
            piece = blocks.part(block, slice((self.index - done) % self.count, None, self.count))
            done += blocks.length(block)
            if blocks.length(piece):
                yield piece


class FlatMap(Derived):
    """The elements of the pipelines that a function makes of elements, one after another.

    >>> FlatMap(Stage(), lambda x: Stage()).size() == UNKNOWN
    True
    """

    in_python = True

    def __init__(self, source: Stage, stage_of: Callable[..., Stage]) -> None:
        self.source, self.stage_of = source, stage_of

    @cached_property
    def spec(self) -> Any:
        """Unknown before a pipeline is made."""
        return None

    def size(self) -> int:
        """Unknown likewise."""
        return UNKNOWN

    def blocks(self, epoch: int) -> Iterator[Block]:
        """Pipeline by pipeline."""
        for block in self.source.run(epoch):
            for element in blocks.rows(block):
                yield from call(self.stage_of, blocks.tensors(element)).run(epoch)


class Mixed(Stage):
    """Elements of several pipelines, each drawn from one that chance picks, until all have ended.

    >>> Mixed([Stage(), Stage()], [0.5, 0.5], 0).size() == UNKNOWN
    True
    """

    def __init__(
        self,
        sources: Sequence[Stage],
        shares: Sequence[float],
        seed: int,
        stops_early: bool = False,
    ) -> None:
        self.sources, self.shares, self.seed = list(sources), np.asarray(shares, float), seed
        self.stops_early = stops_early  # as soon as one of them has ended

    @cached_property
    def spec(self) -> Any:
        """The spec of all, if they agree."""
        first = self.sources[0].spec
        return first if all(str(stage.spec) == str(first) for stage in self.sources) else None

    @property
    def slow(self) -> bool:
        """Always: elements are picked one by one."""
        return True

    def size(self) -> int:
        """The sum, where all are read to their ends."""
        sizes = [stage.size() for stage in self.sources]
        if self.stops_early and any(size != INFINITE for size in sizes):
            return UNKNOWN
        return next((mark for mark in (INFINITE, UNKNOWN) if mark in sizes), sum(sizes))

    def blocks(self, epoch: int) -> Iterator[Block]:
        """One element after another."""
        chance = np.random.Generator(np.random.Philox(key=[self.seed, epoch]))
        readers = [Reader(stage.run(epoch)) for stage in self.sources]
        shares = self.shares.copy()
        while shares.any():
            picked = int(chance.choice(len(readers), p=shares / shares.sum()))
            if readers[picked].more():
                yield readers[picked].take(1)
            elif self.stops_early:
                return
            else:
                shares[picked] = 0.0
