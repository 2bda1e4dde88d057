"""A run of batches as one loop on the device: no Python, and nothing copied, between two batches.

Depends on lowering and columns.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.engines.batches import Batches
from steepest.engines.xla import lowering
from steepest.engines.xla.columns import Form, batch_of
from steepest.engines.xla.library import jnp, lax
from steepest.engines.xla.padding import Batch
from steepest.engines.xla.placement import Placement
from steepest.engines.xla.transfer import to_host
from steepest.program.graph import Graph

MOST_ROWS = 1 << 18  # of all batches of a loop
MOST_BATCHES, FEWEST_BATCHES = 1 << 14, 16
OUTPUT_BYTES = 1 << 26


@dataclass(frozen=True)
class Part:
    """Consecutive batches that one loop runs."""

    batches: Batches
    first: int
    last: int

    @property
    def rows(self) -> slice:
        """Their places in the order."""
        return slice(self.batches.rows_before(self.first), self.batches.rows_before(self.last))

    @property
    def starts(self) -> np.ndarray:
        """The place in the order of each batch."""
        return np.array([self.batches.rows_before(n) for n in range(self.first, self.last)])

    @property
    def numbers(self) -> np.ndarray:
        """What the loop must know of them."""
        cut = self.batches
        offset = cut.rows_before(self.first)
        return np.array([self.first, self.last, offset, cut.rows, cut.batch, cut.epoch], np.int64)

    def outputs(self, graph: Graph, arrays: Sequence[Any], done: int) -> list[np.ndarray]:
        """The outputs of the batches before the number `done`, from the arrays of the loop."""
        rows = self.batches.rows_before(done) - self.rows.start
        return [
            lowering.shortened(np.moveaxis(to_host(array), 0, axis), node, rows)
            if (axis := lowering.batch_axis(node)) is not None
            else to_host(array)[: done - self.first]
            for node, array in zip(graph.outputs, arrays, strict=True)
        ]


def cut_into_parts(batches: Batches, most: int) -> list[Part]:
    """All batches, in parts of at most so many.

    >>> [(part.first, part.last) for part in cut_into_parts(Batches(10, 2, 10), 3)]
    [(0, 3), (3, 5)]
    """
    count = batches.count
    return [Part(batches, n, min(n + most, count)) for n in range(0, count, most)]


@dataclass(frozen=True)
class LoopForm:
    """What a loop is compiled for: how many rows its batches have, and how many those are."""

    size: int
    batches: int
    columns: tuple[Form, ...]
    placement: Placement
    shardings: tuple[Any, ...]  # of the variables by slot

    def order(self, rows: np.ndarray) -> np.ndarray:
        """The numbers of the rows in an array of fixed length: every batch is read in full."""
        kind = np.int32 if rows.max(initial=0) < 1 << 31 else np.int64
        order = np.zeros((self.batches + 1) * self.size, kind)
        order[: len(rows)] = rows
        return order


def most_batches(graph: Graph, size: int) -> int:
    """How many batches one loop runs: its order and its outputs have room for so many."""
    wanted = min(max(MOST_ROWS // size, FEWEST_BATCHES), MOST_BATCHES)
    each = sum(
        math.prod(lowering.filled(node.shape, size)) * node.dtype.itemsize for node in graph.outputs
    )
    return max(1, min(wanted, OUTPUT_BYTES // max(each, 1)))


def loop(
    graph: Graph,
    form: LoopForm,
    changed: Sequence[Any],
    fixed: Sequence[Any],
    constants: Sequence[Any],
    columns: Sequence[Any],
    order: Any,
    numbers: Any,
) -> tuple[Any, Sequence[Any], list[Any]]:
    """Runs batches until the last or a false guard.

    Returns the number of the next batch, the new values of the changed variables, the outputs.
    """
    first, last, offset, total, size, epoch = numbers
    each = (epoch + size - 1) // size
    slots = [slot for slot, _ in graph.updates]

    def step(carry: Any) -> Any:
        number, _, state, outputs = carry
        start = number // each * epoch + number % each * size
        end = jnp.minimum((number // each + 1) * epoch, total)
        batch = Batch(form.size, jnp.minimum(size, end - start))
        rows = lax.dynamic_slice(order, (start - offset,), (form.size,))
        inputs = [
            form.placement.divided(batch_of(arrays, kind, rows, batch.rows))
            for arrays, kind in zip(columns, form.columns, strict=True)
        ]
        variables = joined(slots, state, fixed)
        done = lowering.run(graph, inputs, variables, constants, batch)
        fresh = [
            form.placement.held(value, form.shardings[slot]) if form.shardings else value
            for slot, value in zip(slots, done.state, strict=True)
        ]
        stored = [
            lowering.written(node, array, value, number - first, start - offset)
            for node, array, value in zip(graph.outputs, outputs, done.outputs, strict=True)
        ]
        return number + done.legal, jnp.asarray(done.legal), fresh, stored

    rows = (form.batches + 1) * form.size
    empty = [lowering.empty(node, form.batches, rows) for node in graph.outputs]
    start = (first, jnp.asarray(True), list(changed), empty)
    number, _, state, outputs = lax.while_loop(lambda c: (c[0] < last) & c[1], step, start)
    return number, state, outputs


def joined(slots: Sequence[int], changed: Sequence[Any], fixed: Sequence[Any]) -> list[Any]:
    """The variables by slot, of which those in `slots` are changed.

    >>> joined([1], ["b"], ["a", "c"])
    ['a', 'b', 'c']
    """
    own, others = dict(zip(slots, changed, strict=True)), iter(fixed)
    count = len(changed) + len(fixed)
    return [own[slot] if slot in own else next(others) for slot in range(count)]
