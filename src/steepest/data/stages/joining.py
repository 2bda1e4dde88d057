"""Stages that read several pipelines: zip, concatenate, sample_from_datasets.

Depends on base and the random keys of engines/.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from steepest.core import tree
from steepest.data.stages.base import INFINITE, UNKNOWN, Reader, Stage
from steepest.data.stages.blocks import Block
from steepest.engines.orders import philox_key


class Zip(Stage):
    """Elements of several pipelines side by side, until the shortest ends.

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
        """Whether one of the sources is."""
        return any(stage.slow for stage in tree.leaves(self.sources))

    def size(self) -> int:
        """The size of the shortest."""
        sizes = [stage.size() for stage in tree.leaves(self.sources)]
        if UNKNOWN in sizes:
            return UNKNOWN
        return min((size for size in sizes if size >= 0), default=INFINITE)

    def blocks(self, epoch: int) -> Iterator[Block]:
        """Nests of pieces of equal length, one of each source."""
        running = [Reader(stage.run(epoch)) for stage in tree.leaves(self.sources)]
        while all(reader.more() for reader in running):
            count = min(reader.have for reader in running)
            yield tree.rebuild(self.sources, iter([reader.take(count) for reader in running]))


class Concatenate(Stage):
    """The elements of one pipeline after those of another.

    >>> Concatenate([Stage(), Stage()]).size() == UNKNOWN
    True
    """

    def __init__(self, stages: Sequence[Stage]) -> None:
        self.stages = list(stages)

    @cached_property
    def spec(self) -> Any:
        """The common spec, if all agree."""
        return _common_spec(self.stages)

    @property
    def slow(self) -> bool:
        """Whether one of the sources is."""
        return any(stage.slow for stage in self.stages)

    def size(self) -> int:
        """The sum of the sizes."""
        return _total_size(self.stages)

    def blocks(self, epoch: int) -> Iterator[Block]:
        """The blocks of one source after those of another."""
        for stage in self.stages:
            yield from stage.run(epoch)


def _common_spec(stages: Sequence[Stage]) -> Any:
    first = stages[0].spec
    return first if all(str(stage.spec) == str(first) for stage in stages) else None


def _total_size(stages: Sequence[Stage]) -> int:
    sizes = [stage.size() for stage in stages]
    return next((mark for mark in (INFINITE, UNKNOWN) if mark in sizes), sum(sizes))


class Mixed(Stage):
    """Elements of several pipelines, each from one that is drawn at random, until all have ended.

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
        """The common spec, if all agree."""
        return _common_spec(self.sources)

    @property
    def slow(self) -> bool:
        """Always: elements are drawn one by one."""
        return True

    def size(self) -> int:
        """The sum of the sizes, where all are read to their ends."""
        if self.stops_early and any(stage.size() != INFINITE for stage in self.sources):
            return UNKNOWN
        return _total_size(self.sources)

    def blocks(self, epoch: int) -> Iterator[Block]:
        """Blocks of one element."""
        rng = np.random.Generator(np.random.Philox(key=philox_key(self.seed, epoch)))
        readers = [Reader(stage.run(epoch)) for stage in self.sources]
        shares = self.shares.copy()
        while shares.any():
            picked = int(rng.choice(len(readers), p=shares / shares.sum()))
            if readers[picked].more():
                yield readers[picked].take(1)
            elif self.stops_early:
                return
            else:
                shares[picked] = 0.0
