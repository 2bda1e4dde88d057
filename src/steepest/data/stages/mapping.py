"""Stages that run a function on each element: map, filter, take_while, enumerate.

A function that can be recorded runs on whole blocks; any other runs in Python, element by element.
Depends on base, vectorize and threads_ahead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import numpy as np

from steepest.core import ops, tree
from steepest.data.stages import blocks
from steepest.data.stages.alike import AlikeRows, Raised
from steepest.data.stages.base import UNKNOWN, Derived, Stage
from steepest.data.stages.blocks import Block
from steepest.data.stages.column_plan import ColumnPlan
from steepest.data.stages.threads_ahead import side_by_side
from steepest.data.stages.vectorize import (
    BatchFunction,
    call,
    on_arrays,
    recorded,
    spec_of,
    vectorized,
)
from steepest.errors import ShapeError
from steepest.program.trace import TensorSpec


class Map(Derived):
    """A function of each element: in the compiled step if it can be recorded, else in Python.

    >>> Map(Stage(), abs).batch_function is None
    True
    """

    def __init__(self, source: Stage, function: Callable[..., Any], workers: int = 1) -> None:
        self.source, self.function, self.workers = source, function, workers

    def together(self, count: int) -> Map:
        """The map of a source whose elements come `count` at a time."""
        source = self.source.together(count)
        return self if source is self.source else Map(source, self.function, self.workers)

    @cached_property
    def _recording(self) -> Any:
        return recorded(self.function, self.source.spec)

    @cached_property
    def batch_function(self) -> BatchFunction | None:
        """The function of many elements at once, if there is one."""
        if self._recording is None:
            return None
        if self.source.batched:
            return lambda batch: blocks.packed(call(self.function, batch))
        return vectorized(self._recording)

    @property
    def in_python(self) -> bool:  # type: ignore[override]
        """Whether the function could not be recorded."""
        return self.batch_function is None

    @cached_property
    def spec(self) -> Any:
        """The spec of the function's result."""
        return None if self.batch_function is None else spec_of(self._recording)

    @cached_property
    def plan(self) -> ColumnPlan | None:
        """The source's plan with the function appended."""
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
            results = AlikeRows(self._converted, copies=False)
            for block in self.source.run(epoch):
                yield from results.blocks(self._results(block))

    def _results(self, block: Block) -> Iterator[Any]:
        """What the function returns for each element; where it raises, the error is the last."""
        for element in blocks.tensor_rows(block):
            try:
                result = call(self.function, element)
            except Exception as error:
                yield Raised(error)
                return
            yield result

    def _one(self, numbered: tuple[int, Any]) -> Any:
        number, element = numbered
        try:
            result = call(self.function, blocks.tensors(element))
        except Exception as error:
            result = Raised(error)
        return self._converted(result, number)

    def _converted(self, result: Any, number: int) -> Any:
        try:
            if isinstance(result, Raised):
                raise result.error
            return blocks.arrays(result)
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
    def _batch_predicate(self) -> BatchFunction | None:
        recording = None if self.source.batched else recorded(self.predicate, self.source.spec)
        return None if recording is None or recording.graph.updates else vectorized(recording)

    @property
    def in_python(self) -> bool:  # type: ignore[override]
        """Whether the predicate could not be recorded."""
        return self._batch_predicate is None

    @cached_property
    def plan(self) -> ColumnPlan | None:
        """The source's plan without the rows for which the predicate is false.

        None where each epoch has other rows, so that the number of true ones varies.
        """
        plan, predicate = self.source.plan, self._batch_predicate
        if plan is None or plan.endless or plan.batch or predicate is None:
            return None
        if plan.reshuffles and not plan.fixed_rows:
            return None

        def mask(rows: np.ndarray) -> np.ndarray:
            parts = np.array_split(rows, max(1, len(rows) // blocks.MOST_ROWS))
            return np.concatenate([_mask(predicate, plan.block(part)) for part in parts])

        return plan.filtered(mask)

    def size(self) -> int:
        """Known with a plan, which has evaluated the predicate for all rows."""
        return UNKNOWN if self.plan is None else self.plan.elements

    def blocks(self, epoch: int) -> Iterator[Block]:
        """The part of each block for which the predicate is true."""
        done = 0
        for block in self.source.run(epoch):
            mask = self.mask(block, done)
            done += len(mask)
            if mask.any():
                yield blocks.part(block, mask)

    def mask(self, block: Block, done: int) -> np.ndarray:
        """The predicate of each element of a block; `done` elements came before."""
        if self._batch_predicate is not None:
            return _mask(self._batch_predicate, block)
        found = []
        for place, row in enumerate(blocks.rows(block)):
            try:
                found.append(bool(call(self.predicate, blocks.tensors(row))))
            except Exception as error:
                error.add_note(f"in Dataset.filter, at element {done + place}")
                raise
        return np.array(found, bool)


def _mask(predicate: BatchFunction, block: Block) -> np.ndarray:
    values, count = on_arrays(predicate, block), blocks.length(block)
    if not isinstance(values, np.ndarray) or values.size != count:
        raise ShapeError("Dataset.filter: the function must return one truth value an element")
    return values.reshape(count).astype(bool)


def state_of(nest: Any) -> Any:
    """A state with a tensor for each number and array.

    >>> state_of((1, None))
    (Tensor(1, shape=(), dtype=int32), None)
    """
    return tree.transform(
        lambda leaf: ops.convert_to_tensor(leaf) if ops.is_tensor_like(leaf) else leaf, nest
    )


class TakeWhile(Derived):
    """The elements before the first for which a function is false.

    >>> TakeWhile(Stage(), bool).size() == UNKNOWN
    True
    """

    def __init__(self, source: Stage, predicate: Callable[..., Any]) -> None:
        self.source, self._filter = source, Filter(source, predicate)

    @property
    def in_python(self) -> bool:  # type: ignore[override]
        """Whether the predicate could not be recorded."""
        return self._filter.in_python

    def size(self) -> int:
        """Unknown before the predicate was evaluated."""
        return UNKNOWN

    def blocks(self, epoch: int) -> Iterator[Block]:
        """The blocks up to the first element for which the predicate is false."""
        done = 0
        for block in self.source.run(epoch):
            mask = self._filter.mask(block, done)
            done += len(mask)
            count = len(mask) if mask.all() else int(mask.argmin())
            if count:
                yield blocks.part(block, slice(0, count))
            if count < len(mask):
                return


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
        """Pairs of a block of numbers and a block of the source."""
        done = self.start
        for block in self.source.run(epoch):
            count = blocks.length(block)
            yield np.arange(done, done + count, dtype=np.int64), block
            done += count
