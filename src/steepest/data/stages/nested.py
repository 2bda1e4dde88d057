"""Stages over data sets within a data set: window, flat_map and interleave. Depends on base."""

from __future__ import annotations

import itertools
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterator
from functools import cached_property, partial
from typing import Any

from steepest.core import tree
from steepest.data.stages import blocks
from steepest.data.stages.base import UNKNOWN, Derived, Reader, Stage
from steepest.data.stages.blocks import Block
from steepest.data.stages.threads_ahead import DEPTH, ahead
from steepest.data.stages.vectorize import call

SMALL_BLOCK = 64


class InMemory(Stage):
    """Blocks in memory: the elements of a window, or of one part of it.

    >>> InMemory([np.arange(3), np.arange(2)], None).size()
    5
    """

    def __init__(self, stored: list[Block], spec: Any) -> None:
        self.stored, self._spec = stored, spec

    @cached_property
    def spec(self) -> Any:
        """The spec of the pipeline that the elements come from."""
        return self._spec

    def size(self) -> int:
        """The number of elements."""
        return sum(map(blocks.length, self.stored))

    def blocks(self, epoch: int) -> Iterator[Block]:
        """The stored blocks."""
        yield from self.stored


class Window(Derived):
    """Data sets of `size` elements, every `stride`-th one, beginning at every `shift`-th element.

    `dataset_of` makes a data set of a stage.

    >>> Window(Stage(), 3, 1, 1, False, dataset_of=Stage).size() == UNKNOWN
    True
    """

    def __init__(
        self, source: Stage, size: int, shift: int, stride: int, drop: bool, dataset_of: Any
    ) -> None:
        self.source, self.shift, self.stride, self.drop = source, shift, stride, drop
        self.span, self.dataset_of = (size - 1) * stride + 1, dataset_of

    @cached_property
    def spec(self) -> Any:
        """None: an element is a data set."""
        return None

    def size(self) -> int:
        """The number of places where a window, or with `drop` a full window, begins."""
        elements = self.source.size()
        if elements < 0:
            return elements
        last = elements - (self.span if self.drop else 1)
        return max(0, last // self.shift + 1)

    def blocks(self, epoch: int) -> Iterator[Block]:
        """Each window as a block of one element."""
        queue, to_skip = _ElementQueue(), 0
        for block in self.source.run(epoch):
            queue.add(block)
            to_skip = queue.drop_first(to_skip)
            while queue.count >= self.span and not to_skip:
                yield self._window(queue)
                to_skip = queue.drop_first(self.shift)
        while queue.count and not self.drop:
            yield self._window(queue)
            queue.drop_first(self.shift)

    def _window(self, queue: _ElementQueue) -> Block:
        pieces = queue.first(self.span, self.stride)
        columns = [list(column) for column in zip(*map(tree.leaves, pieces), strict=True)]
        spec = self.source.spec
        specs = [None] * len(columns) if spec is None else tree.leaves(spec)
        parts = map(self.dataset_of, map(InMemory, columns, specs))
        return blocks.single(tree.rebuild(pieces[0], parts))


class _ElementQueue:
    """Consecutive elements in blocks: new ones are added at the end, the first are dropped."""

    def __init__(self) -> None:
        self._blocks: deque[Block] = deque()
        self.count = 0

    def add(self, block: Block) -> None:
        """Appends a block; small ones are joined, so that a window has few pieces."""
        self.count += blocks.length(block)
        last = self._blocks[-1] if self._blocks else None
        if last is not None and blocks.length(last) < SMALL_BLOCK and blocks.fits(last, block):
            self._blocks[-1] = blocks.joined([last, block])
        else:
            self._blocks.append(block)

    def first(self, span: int, stride: int) -> list[Block]:
        """Every `stride`-th of the first `span` elements."""
        pieces, before = [], 0
        for block in self._blocks:
            if before >= span:
                break
            piece = blocks.part(block, slice(-before % stride, span - before, stride))
            pieces += [piece] if blocks.length(piece) else []
            before += blocks.length(block)
        return pieces

    def drop_first(self, number: int) -> int:
        """Drops the first `number` elements; returns how many of them have not arrived yet."""
        while number and self._blocks:
            block = self._blocks.popleft()
            gone = min(number, blocks.length(block))
            if gone < blocks.length(block):
                self._blocks.appendleft(blocks.part(block, slice(gone, None)))
            self.count, number = self.count - gone, number - gone
        return number


class OfPipelines(Derived):
    """The base of stages that read the pipelines which a function returns."""

    in_python = True

    def __init__(self, source: Stage, stage_of: Callable[..., Stage]) -> None:
        self.source, self.stage_of = source, stage_of

    @cached_property
    def spec(self) -> Any:
        """None: unknown before the function was called."""
        return None

    def size(self) -> int:
        """Unknown before the function was called."""
        return UNKNOWN


class FlatMap(OfPipelines):
    """The elements of the pipelines that a function returns, one pipeline after another.

    >>> FlatMap(Stage(), lambda x: Stage()).size() == UNKNOWN
    True
    """

    def blocks(self, epoch: int) -> Iterator[Block]:
        """The blocks of one pipeline after those of another."""
        for block in self.source.run(epoch):
            for element in blocks.rows(block):
                yield from call(self.stage_of, blocks.tensors(element)).run(epoch)


class Interleave(OfPipelines):
    """The pipelines that a function returns, `cycle` open at a time, `length` elements of each in
    turn; where one has ended, the next takes its place in the following round.

    >>> Interleave(Stage(), Stage, 2, 1, False).size() == UNKNOWN
    True
    """

    def __init__(
        self,
        source: Stage,
        stage_of: Callable[..., Stage],
        cycle: int,
        length: int,
        on_threads: bool,
    ) -> None:
        super().__init__(source, stage_of)
        self.cycle, self.length, self.on_threads = cycle, length, on_threads

    def blocks(self, epoch: int) -> Iterator[Block]:
        """Round after round, until all pipelines have ended."""
        opened = self._opened(epoch)
        places: list[Reader | None] = []
        while places := self._refilled(places, opened):
            for place, reader in enumerate(places):
                if reader is not None and (yield from _some(reader, self.length)):
                    places[place] = None

    def _refilled(
        self, places: list[Reader | None], opened: Iterator[Reader]
    ) -> list[Reader | None]:
        """The open readers, with new ones in the empty places; an empty list at the end."""
        readers = [reader or next(opened, None) for reader in places]
        readers += itertools.islice(opened, min(self.cycle - len(readers), sys.maxsize))
        return readers if any(readers) else []

    def _opened(self, epoch: int) -> Iterator[Reader]:
        for block in self.source.run(epoch):
            for element in blocks.rows(block):
                run = partial(call(self.stage_of, blocks.tensors(element)).run, epoch)
                yield Reader(ahead(run, DEPTH) if self.on_threads else run())


def _some(reader: Reader, count: int) -> Generator[Block, None, bool]:
    """Yields the next `count` elements; returns whether the end came before."""
    while count and reader.more():
        piece = reader.take(min(count, reader.have))
        count -= blocks.length(piece)
        yield piece
    return count > 0
