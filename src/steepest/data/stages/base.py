"""The stages of a Dataset: each gives blocks of elements made from those of the stage before it.

Where a stage can be told as a plan over columns it says so, and its blocks come from the plan.
Leans on blocks, plan and vectorize.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import numpy as np

from steepest.arguments import as_tuple
from steepest.core import tree
from steepest.data.stages import blocks
from steepest.data.stages.column_plan import Plan
from steepest.data.stages.shuffle_buffer import Buffer, Draws
from steepest.data.stages.threads_ahead import side_by_side
from steepest.data.stages.vectorize import (
    BatchFunction,
    call,
    on_arrays,
    recorded,
    spec_of,
    vectorized,
)
from steepest.errors import DataError, ShapeError
from steepest.program.trace import TensorSpec

INFINITE, UNKNOWN = -1, -2
Block = blocks.Block


class Stage:
    """One stage. `spec` is a nest of TensorSpec for an element, or None where nobody knows it.

    >>> Stage().plan is None
    True
    """

    source: Stage | None = None
    in_python = False
    """Whether it runs Python for each element, so that it pays to work ahead."""

    @cached_property
    def spec(self) -> Any:
        """What an element looks like: as in the stage before, unless a stage says otherwise."""
        return None if self.source is None else self.source.spec

    @cached_property
    def plan(self) -> Plan | None:
        """The pipeline up to here over columns, if it can be told so."""
        return None

    def size(self) -> int:
        """How many elements an epoch has, or INFINITE or UNKNOWN."""
        return UNKNOWN if self.source is None else self.source.size()

    def blocks(self, epoch: int) -> Iterator[Block]:
        """The elements of an epoch where there is no plan."""
        raise NotImplementedError

    def run(self, epoch: int) -> Iterator[Block]:
        """The elements of an epoch."""
        return self.blocks(epoch) if self.plan is None else self.plan.blocks(epoch)

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
    """A stage that has its elements from another."""

    source: Stage


class Map(Derived):
    """A function of each element: in the compiled step if it can be recorded, else in Python.

    >>> Map(Stage(), abs).batch_function is None
    True
    """

    def __init__(self, source: Stage, function: Callable[..., Any], workers: int = 1) -> None:
        self.source, self.function, self.workers = source, function, workers

    @cached_property
    def _recording(self) -> Any:
        return recorded(self.function, self.source.spec)

    @cached_property
    def batch_function(self) -> BatchFunction | None:
        """The function of many elements at once, if there is one."""
        if self._recording is None:
            return None
        if self.source.batched:
            return lambda batch: call(self.function, batch)
        return vectorized(self._recording)

    @property
    def in_python(self) -> bool:  # type: ignore[override]
        """Whether the function could not be recorded."""
        return self.batch_function is None

    @cached_property
    def spec(self) -> Any:
        """What the function returns."""
        return None if self.batch_function is None else spec_of(self._recording)

    @cached_property
    def plan(self) -> Plan | None:
        """The plan before it, and the function."""
        plan = self.source.plan
        if plan is None or self.batch_function is None:
            return None
        return plan.map(self.batch_function, bool(self._recording.graph.updates))

    def blocks(self, epoch: int) -> Iterator[Block]:
        """Block by block where possible, else element by element."""
        if self.batch_function is not None and not self.source.batched:
            for block in self.source.run(epoch):
                yield on_arrays(self.batch_function, block)
        elif self.workers > 1:
            numbered = enumerate(
                row for block in self.source.run(epoch) for row in blocks.rows(block)
            )
            yield from map(blocks.single, side_by_side(self._one, numbered, self.workers))
        else:
            done = 0
            for block in self.source.run(epoch):
                results = list(map(self._one, enumerate(blocks.rows(block), done)))
                done += len(results)
                yield from blocks.grouped(results)

    def _one(self, numbered: tuple[int, Any]) -> Any:
        number, element = numbered
        try:
            return blocks.arrays(call(self.function, blocks.tensors(element)))
        except Exception as error:
            name = getattr(self.function, "__name__", "the function")
            error.add_note(f"in Dataset.map, {name} at element {number}")
            raise


class Filter(Derived):
    """The elements for which a function is true.

    >>> Filter(Stage(), bool).size() == UNKNOWN
    True
    """

    def __init__(self, source: Stage, predicate: Callable[..., Any]) -> None:
        self.source, self.predicate = source, predicate

    @cached_property
    def _verdicts(self) -> BatchFunction | None:
        recording = None if self.source.batched else recorded(self.predicate, self.source.spec)
        return None if recording is None or recording.graph.updates else vectorized(recording)

    @property
    def in_python(self) -> bool:  # type: ignore[override]
        """Whether the predicate could not be recorded."""
        return self._verdicts is None

    @cached_property
    def plan(self) -> Plan | None:
        """The plan before it without the rows that fall out, once all were looked at.

        None where each epoch has rows of its own, of which more or fewer fall out each time.
        """
        plan = self.source.plan
        if plan is None or plan.endless or plan.batch or self._verdicts is None:
            return None
        if plan.varies and not plan.keeps_rows:
            return None

        def kept(rows: np.ndarray) -> np.ndarray:
            parts = np.array_split(rows, max(1, len(rows) // blocks.MOST_ROWS))
            return np.concatenate([self._kept(plan.block(part)) for part in parts])

        return plan.filtered(kept)

    def size(self) -> int:
        """Known once all were looked at, which a plan has done."""
        return UNKNOWN if self.plan is None else self.plan.elements

    def blocks(self, epoch: int) -> Iterator[Block]:
        """What is kept of each block."""
        done = 0
        for block in self.source.run(epoch):
            kept = self.kept(block, done)
            done += len(kept)
            if kept.any():
                yield blocks.part(block, kept)

    def kept(self, block: Block, done: int) -> np.ndarray:
        """For each element of a block whether it stays; `done` elements came before."""
        return self._kept(block) if self._verdicts else self._one_by_one(block, done)

    def _kept(self, block: Block) -> np.ndarray:
        assert self._verdicts is not None
        return _truths(on_arrays(self._verdicts, block), blocks.length(block))

    def _one_by_one(self, block: Block, done: int) -> np.ndarray:
        kept = []
        for place, row in enumerate(blocks.rows(block)):
            try:
                kept.append(bool(call(self.predicate, blocks.tensors(row))))
            except Exception as error:
                error.add_note(f"in Dataset.filter, at element {done + place}")
                raise
        return np.array(kept, bool)


def _truths(values: Any, count: int) -> np.ndarray:
    if not isinstance(values, np.ndarray) or values.size != count:
        raise ShapeError("Dataset.filter: the function must return one truth value an element")
    return values.reshape(count).astype(bool)


class Shuffle(Derived):
    """Elements drawn at random from a buffer of a size.

    `again`: anew in each epoch; `fixed_rows`: what `take` and `skip` choose stays the same.
    """

    def __init__(
        self, source: Stage, buffer: int, seed: int, again: bool, fixed_rows: bool
    ) -> None:
        self.source, self.buffer, self.seed = source, buffer, seed
        self.again, self.fixed_rows = again, fixed_rows

    @cached_property
    def plan(self) -> Plan | None:
        """The rows in the order that such a buffer would give."""
        plan = self.source.plan
        if plan is None or plan.endless or plan.batch:
            return None
        return plan.shuffled(self.buffer, self.seed, self.again, self.fixed_rows)

    def blocks(self, epoch: int) -> Iterator[Block]:
        """What the buffer hands out while it is filled anew."""
        buffer = Buffer(self.buffer, Draws(self.seed, epoch if self.again else 0))
        for block in self.source.run(epoch):
            yield from buffer.exchanged(block)
        yield from buffer.rest()


class Batch(Derived):
    """Some elements at a time, joined along a new first axis.

    >>> Batch(Stage(), 2, False).size() == UNKNOWN
    True
    """

    def __init__(self, source: Stage, count: int, drop_remainder: bool) -> None:
        self.source, self.count, self.drop = source, count, drop_remainder

    @cached_property
    def spec(self) -> Any:
        """That of an element with the batch in front."""
        spec = self.source.spec
        known = tree.leaves(spec)
        if any(leaf is None or None in leaf.shape for leaf in known):
            return None
        return tree.transform(lambda leaf: TensorSpec((None, *leaf.shape), leaf.dtype), spec)

    @cached_property
    def plan(self) -> Plan | None:
        """The plan before it, in batches."""
        plan = self.source.plan
        if plan is None or plan.batch or (self.drop and plan.endless):
            return None
        if plan.endless and plan.count % self.count:
            return None
        return plan.batched(self.count, self.drop)

    def size(self) -> int:
        """The elements before it by the batch size."""
        elements = self.source.size()
        if elements < 0:
            return elements
        return elements // self.count if self.drop else -(-elements // self.count)

    def blocks(self, epoch: int) -> Iterator[Block]:
        """Each batch as a block of one element."""
        held: list[Block] = []
        have, first = 0, 0
        for block in self.source.run(epoch):
            while blocks.length(block):
                piece = blocks.part(block, slice(0, self.count - have))
                block = blocks.part(block, slice(self.count - have, None))
                held.append(piece)
                have += blocks.length(piece)
                if have == self.count:
                    yield blocks.single(self._joined(held, first))
                    first, have, held = first + have, 0, []
        if held and not self.drop:
            yield blocks.single(self._joined(held, first))

    def _joined(self, held: list[Block], first: int) -> Any:
        if all(blocks.fits(held[0], block) for block in held):
            return blocks.joined(held)
        return blocks.stacked([row for block in held for row in blocks.rows(block)], first)


class PaddedBatch(Batch):
    """Some elements at a time, each padded to the greatest among them.

    >>> PaddedBatch(Stage(), 2, False, values=-1).values
    -1
    """

    def __init__(
        self,
        source: Stage,
        count: int,
        drop_remainder: bool,
        values: Any = None,
        shapes: Any = None,
    ) -> None:
        super().__init__(source, count, drop_remainder)
        self.values, self.shapes = values, shapes

    @cached_property
    def spec(self) -> Any:
        """Unknown: it differs from batch to batch."""
        return None

    @cached_property
    def plan(self) -> Plan | None:
        """None: lengths are looked at one by one."""
        return None

    def _joined(self, held: list[Block], first: int) -> Any:
        elements = [row for block in held for row in blocks.rows(block)]
        columns = zip(*map(tree.leaves, elements), strict=True)
        fills, shapes = (_per_leaf(elements[0], nest) for nest in (self.values, self.shapes))
        padded = map(self._padded, columns, fills, shapes)
        return tree.rebuild(elements[0], padded)

    def _padded(self, values: tuple[Any, ...], fill: Any, wanted: Any) -> np.ndarray:
        if not isinstance(values[0], np.ndarray):
            raise DataError(f"Dataset.padded_batch: {str(values[0])[:40]!r} cannot be padded")
        shapes = [np.shape(value) for value in values]
        if len({len(shape) for shape in shapes}) > 1:
            raise ShapeError("Dataset.padded_batch: elements of one batch differ in their axes")
        to = tuple(map(max, zip(*shapes, strict=True))) if shapes[0] else ()
        to = to if wanted is None else _filled_up(to, wanted)
        made = np.full((len(values), *to), 0 if fill is None else fill, np.asarray(values[0]).dtype)
        for place, value in enumerate(values):
            made[(slice(place, place + 1), *map(slice, np.shape(value)))] = value
        return made


def _per_leaf(element: Any, nest: Any) -> list[Any]:
    """What a nest of an element's form, or one thing for all, says of each leaf."""
    if isinstance(element, dict) and isinstance(nest, dict) and element.keys() == nest.keys():
        return [one for key in sorted(element) for one in _per_leaf(element[key], nest[key])]
    alike = isinstance(element, (tuple, list)) and isinstance(nest, (tuple, list))
    if alike and len(element) == len(nest):
        pairs = zip(element, nest, strict=True)
        return [one for part, inner in pairs for one in _per_leaf(part, inner)]
    return [nest] * len(tree.leaves(element))


def _filled_up(longest: tuple[int, ...], wanted: Any) -> tuple[int, ...]:
    """The sizes that were asked for, those of the longest element where none was."""
    sizes = as_tuple(wanted)
    if len(sizes) != len(longest) or any(
        size not in (None, -1) and size < most for size, most in zip(sizes, longest, strict=True)
    ):
        raise ShapeError(
            f"Dataset.padded_batch: padded_shapes={tuple(sizes)} does not hold elements of shape "
            f"{longest}; give each axis its size or more, or None"
        )
    pairs = zip(sizes, longest, strict=True)
    return tuple(most if size in (None, -1) else int(size) for size, most in pairs)
