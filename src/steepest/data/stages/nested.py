"""Stages over data sets within a data set: windows of elements, several data sets in turn.

Leans on stages and choosing.
"""

from __future__ import annotations

import itertools
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterator
from functools import cached_property
from typing import Any

from steepest.core import tree
from steepest.data.stages import blocks
from steepest.data.stages.base import UNKNOWN, Derived, Stage
from steepest.data.stages.blocks import Block
from steepest.data.stages.choosing import Reader
from steepest.data.stages.threads_ahead import DEPTH, ahead
from steepest.data.stages.vectorize import call

SHORT = 64


class Held(Stage):
    """Elements in memory: those of a window, or of one part of it.

    >>> Held([np.arange(3), np.arange(2)], None).size()
    5
    """

    def __init__(self, held: list[Block], spec: Any) -> None:
        self.held, self._spec = held, spec

    @cached_property
    def spec(self) -> Any:
        """That of the pipeline which they are from."""
        return self._spec

    def size(self) -> int:
        """How many there are."""
        return sum(map(blocks.length, self.held))

    def blocks(self, epoch: int) -> Iterator[Block]:
        """As they are held."""
        yield from self.held


class Window(Derived):
    """Runs of elements as data sets: `size` of them, `stride` apart, from every `shift`-th on.

    `made` makes a data set of a stage.

    >>> Window(Stage(), 3, 1, 1, False, made=Stage).size() == UNKNOWN
    True
    """

    def __init__(
        self, source: Stage, size: int, shift: int, stride: int, drop: bool, made: Any
    ) -> None:
        self.source, self.shift, self.stride, self.drop = source, shift, stride, drop
        self.span, self.made = (size - 1) * stride + 1, made

    @cached_property
    def spec(self) -> Any:
        """None: an element is a data set."""
        return None

    def size(self) -> int:
        """One for each place to begin at, or for each that a whole window follows."""
        elements = self.source.size()
        if elements < 0:
            return elements
        last = elements - (self.span if self.drop else 1)
        return max(0, last // self.shift + 1)

    def blocks(self, epoch: int) -> Iterator[Block]:
        """Each window as a block of one element."""
        run, ahead_of_it = _Run(), 0
        for block in self.source.run(epoch):
            run.add(block)
            ahead_of_it = run.leave(ahead_of_it)
            while run.count >= self.span and not ahead_of_it:
                yield self._window(run)
                ahead_of_it = run.leave(self.shift)
        while run.count and not self.drop:
            yield self._window(run)
            run.leave(self.shift)

    def _window(self, run: _Run) -> Block:
        pieces = run.first(self.span, self.stride)
        columns = [list(column) for column in zip(*map(tree.leaves, pieces), strict=True)]
        spec = self.source.spec
        specs = [None] * len(columns) if spec is None else tree.leaves(spec)
        parts = map(self.made, map(Held, columns, specs))
        return blocks.single(tree.rebuild(pieces[0], parts))


class _Run:
    """Blocks of elements that follow each other: new ones join, the first leave."""

    def __init__(self) -> None:
        self._blocks: deque[Block] = deque()
        self.count = 0

    def add(self, block: Block) -> None:
        """More at the end; what comes in small pieces is joined, so that windows are of few."""
        self.count += blocks.length(block)
        last = self._blocks[-1] if self._blocks else None
        if last is not None and blocks.length(last) < SHORT and blocks.fits(last, block):
            self._blocks[-1] = blocks.joined([last, block])
        else:
            self._blocks.append(block)

    def first(self, span: int, stride: int) -> list[Block]:
        """Every `stride`-th of the first `span`."""
        pieces, before = [], 0
        for block in self._blocks:
            if before >= span:
                break
            piece = blocks.part(block, slice(-before % stride, span - before, stride))
            pieces += [piece] if blocks.length(piece) else []
            before += blocks.length(block)
        return pieces

    def leave(self, number: int) -> int:
        """Let the first `number` go; how many of these are not there yet."""
        while number and self._blocks:
            block = self._blocks.popleft()
            gone = min(number, blocks.length(block))
            if gone < blocks.length(block):
                self._blocks.appendleft(blocks.part(block, slice(gone, None)))
            self.count, number = self.count - gone, number - gone
        return number


class Interleave(Derived):
    """The pipelines that a function makes of elements, `cycle` open at a time, `length` elements
    of each in turn; where one has ended, the next takes its place in the following round.

    >>> Interleave(Stage(), Stage, 2, 1, False).size() == UNKNOWN
    True
    """

    in_python = True

    def __init__(
        self,
        source: Stage,
        stage_of: Callable[..., Stage],
        cycle: int,
        length: int,
        on_threads: bool,
    ) -> None:
        self.source, self.stage_of, self.on_threads = source, stage_of, on_threads
        self.cycle, self.length = cycle, length

    @cached_property
    def spec(self) -> Any:
        """Unknown before a pipeline is made."""
        return None

    def size(self) -> int:
        """Unknown likewise."""
        return UNKNOWN

    def blocks(self, epoch: int) -> Iterator[Block]:
        """Round after round, until one finds nothing to read."""
        opened = self._opened(epoch)
        places: list[Reader | None] = []
        while places := self._filled(places, opened):
            for place, reader in enumerate(places):
                if reader is not None and (yield from _some(reader, self.length)):
                    places[place] = None

    def _filled(self, places: list[Reader | None], opened: Iterator[Reader]) -> list[Reader | None]:
        """The places in use, empty ones taken by what is opened next; none once all have ended."""
        kept = [reader or next(opened, None) for reader in places]
        kept += itertools.islice(opened, min(self.cycle - len(kept), sys.maxsize))
        return kept if any(kept) else []

    def _opened(self, epoch: int) -> Iterator[Reader]:
        for block in self.source.run(epoch):
            for element in blocks.rows(block):
                stage = call(self.stage_of, blocks.tensors(element))
                yield Reader(self._run(stage, epoch))

    def _run(self, stage: Stage, epoch: int) -> Iterator[Block]:
        return ahead(lambda: stage.run(epoch), DEPTH) if self.on_threads else stage.run(epoch)


def _some(reader: Reader, count: int) -> Generator[Block, None, bool]:
    """The next `count` elements; whether the end came before."""
    while count and reader.more():
        piece = reader.take(min(count, reader.have))
        count -= blocks.length(piece)
        yield piece
    return count > 0
