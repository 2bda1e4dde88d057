"""Stages that hold elements in memory: cache and prefetch. Depends on base and threads_ahead."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from steepest.data.stages.base import Derived, Stage
from steepest.data.stages.blocks import Block
from steepest.data.stages.column_plan import ColumnPlan
from steepest.data.stages.threads_ahead import ahead


class Cache(Derived):
    """The elements of the first whole epoch, cached in memory.

    >>> Cache(Stage()).size()
    -2
    """

    def __init__(self, source: Stage) -> None:
        self.source = source
        self._cached: list[Block] | None = None

    @cached_property
    def plan(self) -> ColumnPlan | None:
        """The source's plan in one order: columns are in memory already.

        None where a function draws random numbers: its results must be cached.
        """
        plan = self.source.plan
        return None if plan is None or plan.endless or plan.impure else plan.frozen()

    @property
    def slow(self) -> bool:
        """Whether the source is, before it is cached."""
        return self._cached is None and self.source.slow

    def blocks(self, epoch: int) -> Iterator[Block]:
        """From memory after the first whole epoch."""
        if self._cached is not None:
            yield from self._cached
            return
        read = []
        for block in self.source.run(0):
            read.append(block)
            yield block
        self._cached = read


class Prefetch(Derived):
    """Blocks prepared by a background thread, `depth` of them in advance.

    >>> Prefetch(Stage(), 2).size()
    -2
    """

    def __init__(self, source: Stage, depth: int) -> None:
        self.source, self.depth = source, depth

    @cached_property
    def plan(self) -> ColumnPlan | None:
        """The source's plan: columns need no fetching."""
        return self.source.plan

    def blocks(self, epoch: int) -> Iterator[Block]:
        """The blocks that the thread has prepared."""
        return ahead(lambda: self.source.run(epoch), self.depth)
