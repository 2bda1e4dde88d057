"""Stages that join elements along a new first axis, and the inverse: batch, padded_batch, unbatch.

Depends on base.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np

from steepest.arguments import as_tuple
from steepest.core import tree
from steepest.data.stages import blocks
from steepest.data.stages.base import INFINITE, UNKNOWN, Derived, Stage
from steepest.data.stages.blocks import Block
from steepest.data.stages.column_plan import ColumnPlan
from steepest.errors import DataError, ShapeError
from steepest.program.trace import TensorSpec


class Batch(Derived):
    """Batches of `count` elements, joined along a new first axis.

    >>> Batch(Stage(), 2, False).size() == UNKNOWN
    True
    """

    def __init__(self, source: Stage, count: int, drop_remainder: bool) -> None:
        together = count if count <= blocks.MOST_ROWS else 1
        self.source, self.count, self.drop = source.together(together), count, drop_remainder

    @cached_property
    def spec(self) -> Any:
        """The spec of an element with the batch axis in front."""
        spec = self.source.spec
        known = tree.leaves(spec)
        if any(leaf is None or None in leaf.shape for leaf in known):
            return None
        return tree.transform(lambda leaf: TensorSpec((None, *leaf.shape), leaf.dtype), spec)

    @cached_property
    def plan(self) -> ColumnPlan | None:
        """The source's plan, in batches."""
        plan = self.source.plan
        if plan is None or plan.batch or (self.drop and plan.endless):
            return None
        if plan.endless and plan.count % self.count:
            return None
        return plan.batched(self.count, self.drop)

    def size(self) -> int:
        """The elements of the source divided by the batch size."""
        elements = self.source.size()
        if elements < 0:
            return elements
        return elements // self.count if self.drop else -(-elements // self.count)

    def blocks(self, epoch: int) -> Iterator[Block]:
        """Each batch as a block of one element."""
        pending: list[Block] = []
        have, first = 0, 0
        for block in self.source.run(epoch):
            while blocks.length(block):
                piece = blocks.part(block, slice(0, self.count - have))
                block = blocks.part(block, slice(self.count - have, None))
                pending.append(piece)
                have += blocks.length(piece)
                if have == self.count:
                    yield blocks.single(self._joined(pending, first))
                    first, have, pending = first + have, 0, []
        if pending and not self.drop:
            yield blocks.single(self._joined(pending, first))

    def _joined(self, pieces: list[Block], first: int) -> Any:
        if all(blocks.fits(pieces[0], block) for block in pieces):
            return blocks.joined(pieces)
        return blocks.stacked([row for block in pieces for row in blocks.rows(block)], first)


class PaddedBatch(Batch):
    """Batches whose elements are padded to the largest among them.

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
        """None: the shape differs from batch to batch."""
        return None

    @cached_property
    def plan(self) -> ColumnPlan | None:
        """None: the length of each element is read."""
        return None

    def _joined(self, pieces: list[Block], first: int) -> Any:
        elements = [row for block in pieces for row in blocks.rows(block)]
        columns = zip(*map(tree.leaves, elements), strict=True)
        fills, shapes = (per_leaf(elements[0], nest) for nest in (self.values, self.shapes))
        return tree.rebuild(elements[0], map(_padded, columns, fills, shapes))


def _padded(values: tuple[Any, ...], fill: Any, wanted: Any) -> np.ndarray:
    if not isinstance(values[0], np.ndarray):
        raise DataError(f"Dataset.padded_batch: {str(values[0])[:40]!r} cannot be padded")
    shapes = [np.shape(value) for value in values]
    if len({len(shape) for shape in shapes}) > 1:
        raise ShapeError("Dataset.padded_batch: elements of one batch differ in their axes")
    to = tuple(map(max, zip(*shapes, strict=True))) if shapes[0] else ()
    to = to if wanted is None else _padded_shape(to, wanted)
    made = np.full((len(values), *to), 0 if fill is None else fill, np.asarray(values[0]).dtype)
    for place, value in enumerate(values):
        made[(slice(place, place + 1), *map(slice, np.shape(value)))] = value
    return made


def per_leaf(element: Any, nest: Any) -> list[Any]:
    """The option for each leaf of an element: a nest of the element's form, or one for all.

    >>> per_leaf((1, 2), (None, [3])), per_leaf((1, 2), 0)
    ([None, [3]], [0, 0])
    """
    if isinstance(element, dict) and isinstance(nest, dict) and element.keys() == nest.keys():
        return [one for key in sorted(element) for one in per_leaf(element[key], nest[key])]
    alike = isinstance(element, (tuple, list)) and isinstance(nest, (tuple, list))
    if alike and len(element) == len(nest):
        pairs = zip(element, nest, strict=True)
        return [one for part, inner in pairs for one in per_leaf(part, inner)]
    return [nest] * len(tree.leaves(element))


def _padded_shape(longest: tuple[int, ...], wanted: Any) -> tuple[int, ...]:
    """The wanted sizes; None and -1 are replaced by those of the longest element."""
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


class Unbatch(Derived):
    """The elements of batches, one by one.

    >>> Unbatch(Stage()).size() == UNKNOWN
    True
    """

    def __init__(self, source: Stage) -> None:
        self.source = source

    @cached_property
    def spec(self) -> Any:
        """The spec of a batch without its first axis."""
        spec = self.source.spec
        if any(leaf is None or not leaf.shape for leaf in tree.leaves(spec)):
            return None
        return tree.transform(lambda leaf: TensorSpec(leaf.shape[1:], leaf.dtype), spec)

    def size(self) -> int:
        """INFINITE if the source is endless, else unknown."""
        return INFINITE if self.source.size() == INFINITE else UNKNOWN

    def blocks(self, epoch: int) -> Iterator[Block]:
        """Each batch as a block."""
        done = 0
        for block in self.source.run(epoch):
            for batch in blocks.rows(block):
                if len({np.shape(leaf)[:1] for leaf in tree.leaves(batch)} - {()}) != 1:
                    raise DataError(f"Dataset.unbatch: element {done} is no batch")
                done += 1
                yield batch
