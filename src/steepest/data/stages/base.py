"""The interface of all stages of a Dataset: blocks of elements, their spec, and a column plan.

A stage whose result is rows of columns in some order returns a column plan as `plan`; its blocks
then come from the plan. Depends on blocks and column_plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from steepest.core import tree
from steepest.data.stages import blocks
from steepest.data.stages.blocks import Block
from steepest.data.stages.column_plan import ColumnPlan
from steepest.program.trace import TensorSpec

INFINITE, UNKNOWN = -1, -2


class Stage:
    """One stage. `spec` is a nest of TensorSpec for an element, or None where it is unknown.

    >>> Stage().plan is None
    True
    """

    source: Stage | None = None
    in_python = False
    """Whether it runs Python for each element, so that prefetching pays."""

    @cached_property
    def spec(self) -> Any:
        """The spec of an element: that of the source, unless a stage overrides it."""
        return None if self.source is None else self.source.spec

    @cached_property
    def plan(self) -> ColumnPlan | None:
        """The pipeline up to here as a column plan, if it has that form."""
        return None

    def size(self) -> int:
        """The number of elements of an epoch, or INFINITE or UNKNOWN."""
        return UNKNOWN if self.source is None else self.source.size()

    def blocks(self, epoch: int) -> Iterator[Block]:
        """The elements of an epoch where there is no plan."""
        raise NotImplementedError

    def run(self, epoch: int) -> Iterator[Block]:
        """The elements of an epoch."""
        return self.blocks(epoch) if self.plan is None else self.plan.blocks(epoch)

    def together(self, count: int) -> Stage:
        """This stage for a reader that needs `count` elements at a time.

        One that makes elements singly joins so many to a block: it makes none before it is needed.
        """
        return self

    def chain(self) -> Iterator[Stage]:
        """This stage and those before it."""
        stage: Stage | None = self
        while stage is not None:
            yield stage
            stage = stage.source

    @property
    def slow(self) -> bool:
        """Whether some stage runs Python for each element or reads files."""
        return any(stage.in_python for stage in self.chain())

    @property
    def batched(self) -> bool:
        """Whether elements are batches, whose first size varies."""
        specs = tree.leaves(self.spec)
        return all(isinstance(leaf, TensorSpec) and leaf.shape[:1] == (None,) for leaf in specs)


class Derived(Stage):
    """A stage that reads the elements of one other stage."""

    source: Stage


class Reader:
    """Reads a stream of blocks in pieces of any length.

    >>> reader = Reader(iter([np.arange(3)]))
    >>> reader.more(), reader.take(2)
    (True, array([0, 1]))
    """

    def __init__(self, source: Iterator[Block]) -> None:
        self._source, self._block, self.have = source, None, 0

    def more(self) -> bool:
        """Whether there are elements left; reads the next block if the current one is used up."""
        while not self.have:
            self._block = next(self._source, None)
            if self._block is None:
                return False
            self.have = blocks.length(self._block)
        return True

    def take(self, count: int) -> Block:
        """The next `count` elements, at most `have`."""
        piece = blocks.part(self._block, slice(0, count))
        self._block = blocks.part(self._block, slice(count, None))
        self.have -= count
        return piece
