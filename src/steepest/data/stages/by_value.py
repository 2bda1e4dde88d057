"""Stages in which the values of elements decide what comes when, element by element in Python.

Depends on base, batching, nested and vectorize.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from steepest.core import tree
from steepest.data.stages import blocks
from steepest.data.stages.base import UNKNOWN, Derived, Reader, Stage
from steepest.data.stages.blocks import Block
from steepest.data.stages.nested import InMemory
from steepest.data.stages.vectorize import call
from steepest.errors import ArgumentError, DataError


class ByValue(Derived):
    """A stage that reads the values of single elements; their number is then unknown.

    >>> ByValue(Stage()).size() == UNKNOWN
    True
    """

    in_python = True

    def __init__(self, source: Stage) -> None:
        self.source = source

    def size(self) -> int:
        """Unknown before the end is read."""
        return UNKNOWN

    def elements(self, epoch: int) -> Iterator[Any]:
        """The elements of the source, one nest of arrays each."""
        for block in self.source.run(epoch):
            yield from blocks.rows(block)


class Scan(ByValue):
    """Results of a function of a state and an element, which returns (new state, result).

    >>> Scan(Stage(), 0, max).spec is None
    True
    """

    def __init__(self, source: Stage, initial: Any, function: Callable[..., Any]) -> None:
        super().__init__(source)
        self.initial, self.function = initial, function

    @cached_property
    def spec(self) -> Any:
        """None: unknown before the function was called."""
        return None

    def size(self) -> int:
        """That of the source."""
        return self.source.size()

    def blocks(self, epoch: int) -> Iterator[Block]:
        """Each result as a block."""
        state = blocks.tensors(blocks.arrays(self.initial))
        for element in self.elements(epoch):
            made = self.function(state, blocks.tensors(element))
            if not isinstance(made, (tuple, list)) or len(made) != 2:
                raise DataError(
                    "Dataset.scan: the function must return a pair, the new state and the result, "
                    f"it returned {str(made)[:60]}"
                )
            state, result = made
            yield blocks.single(blocks.arrays(result))


class Unique(ByValue):
    """The elements without those that came before; all seen ones are stored.

    >>> Unique(Stage()).size() == UNKNOWN
    True
    """

    def blocks(self, epoch: int) -> Iterator[Block]:
        """Each new element as a block."""
        seen = set()
        for element in self.elements(epoch):
            leaves = tree.leaves(element)
            key = tuple(
                (leaf.shape, leaf.tobytes()) if isinstance(leaf, np.ndarray) else leaf
                for leaf in leaves
            )
            if key not in seen:
                seen.add(key)
                yield blocks.single(element)


class GroupByWindow(ByValue):
    """Elements of one key, collected to groups of `size_of(key)`, each turned into a pipeline.

    `stage_of(key, group)` makes it; groups that are not full at the end come by ascending key.

    >>> GroupByWindow(Stage(), len, len, len).size() == UNKNOWN
    True
    """

    def __init__(
        self,
        source: Stage,
        key_of: Callable[[Any], int],
        size_of: Callable[[int], int],
        stage_of: Callable[[int, Stage], Stage],
    ) -> None:
        super().__init__(source)
        self.key_of, self.size_of, self.stage_of = key_of, size_of, stage_of

    @cached_property
    def spec(self) -> Any:
        """None: unknown before the function was called."""
        return None

    def blocks(self, epoch: int) -> Iterator[Block]:
        """The blocks of one group after those of another."""
        groups: dict[int, list[Any]] = {}
        for element in self.elements(epoch):
            key = self.key_of(element)
            group = groups.setdefault(key, [])
            group.append(element)
            if len(group) >= self.size_of(key):
                yield from self._made(key, groups.pop(key), epoch)
        for key in sorted(groups):
            yield from self._made(key, groups[key], epoch)

    def _made(self, key: int, group: list[Any], epoch: int) -> Iterator[Block]:
        return self.stage_of(key, InMemory(list(blocks.grouped(group)), self.source.spec)).run(
            epoch
        )


class Chosen(Stage):
    """Elements of several pipelines, each from the one whose number the choice gives next.

    >>> Chosen([Stage()], Stage(), True).size() == UNKNOWN
    True
    """

    in_python = True

    def __init__(self, sources: Sequence[Stage], choice: Stage, stops_early: bool) -> None:
        self.sources, self.choice, self.stops_early = list(sources), choice, stops_early

    @cached_property
    def spec(self) -> Any:
        """The common spec, if all agree."""
        first = self.sources[0].spec
        return first if all(str(stage.spec) == str(first) for stage in self.sources) else None

    def blocks(self, epoch: int) -> Iterator[Block]:
        """Blocks of one element."""
        readers = [Reader(stage.run(epoch)) for stage in self.sources]
        for block in self.choice.run(epoch):
            for picked in blocks.rows(block):
                if not 0 <= picked < len(readers):
                    raise ArgumentError(
                        f"Dataset.choose_from_datasets: the choice {picked} is not the number of a "
                        f"data set, 0 to {len(readers) - 1}"
                    )
                if readers[int(picked)].more():
                    yield readers[int(picked)].take(1)
                elif self.stops_early:
                    return


class Resampled(ByValue):
    """Pairs (class, element), of which some are left out so that the classes have given shares.

    Without the shares of the source, those of the elements read so far are used.

    >>> Resampled(Stage(), len, [0.5, 0.5], None, 1).size() == UNKNOWN
    True
    """

    def __init__(
        self,
        source: Stage,
        class_of: Callable[..., Any],
        wanted: Sequence[float],
        found: Sequence[float] | None,
        seed: int,
    ) -> None:
        super().__init__(source)
        self.class_of, self.wanted, self.seed = class_of, np.asarray(wanted, float), seed
        self.found = None if found is None else np.asarray(found, float)

    @cached_property
    def spec(self) -> Any:
        """None: the class is computed in Python."""
        return None

    def blocks(self, epoch: int) -> Iterator[Block]:
        """Each pair that stays as a block."""
        rng = np.random.Generator(np.random.Philox(key=[self.seed, epoch]))
        counts = np.zeros(len(self.wanted))
        for element in self.elements(epoch):
            label = np.asarray(call(self.class_of, blocks.tensors(element)))
            if not (label.size == 1 and 0 <= label < len(counts)):
                raise DataError(
                    f"Dataset.rejection_resample: the class {label} is not one of the "
                    f"{len(counts)} of target_dist"
                )
            counts[int(label)] += 1
            shares = counts if self.found is None else self.found
            ratios = np.divide(self.wanted, shares, out=np.zeros_like(counts), where=shares > 0)
            if rng.random() * ratios.max() < ratios[int(label)]:
                yield blocks.single((label.astype(np.int32), element))
