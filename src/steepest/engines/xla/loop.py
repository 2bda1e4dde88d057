"""A run of batches as one loop on the device: no Python, and nothing copied, between two batches.

Depends on lowering and columns.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from steepest.engines.xla import lowering
from steepest.engines.xla.columns import Form, batch_of
from steepest.engines.xla.library import jnp, lax
from steepest.engines.xla.lowering import Plan
from steepest.engines.xla.padding import Batch
from steepest.engines.xla.parts import Part
from steepest.engines.xla.placement import Placement
from steepest.program.graph import Graph, Node

MOST_ROWS = 1 << 16  # of all batches of a loop
MOST_BATCHES, FEWEST_BATCHES = 1 << 14, 64
OUTPUT_BYTES = 1 << 26


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

    def starts(self, part: Part) -> np.ndarray:
        """The starts of the batches in an array of fixed length."""
        starts = np.zeros(self.batches + 1, np.int32)
        starts[: len(part.starts)] = part.starts
        return starts


def most_batches(graph: Graph, size: int) -> int:
    """How many batches one loop runs: its order and its outputs have room for so many."""
    wanted = min(max(MOST_ROWS // size, FEWEST_BATCHES), MOST_BATCHES)
    each = sum(
        math.prod(lowering.filled(node.shape, size)) * node.dtype.itemsize for node in graph.outputs
    )
    return max(1, min(wanted, OUTPUT_BYTES // max(each, 1)))


def loop(
    plan: Plan,
    form: LoopForm,
    changed: Sequence[Any],
    fixed: Sequence[Any],
    constants: Sequence[Any],
    columns: Sequence[Any],
    order: Any,
    starts: Any,
    count: Any,
) -> tuple[Any, Sequence[Any], list[Any]]:
    """Runs `count` batches, or those before one whose guard is false.

    Returns how many were run, the new values of the changed variables, the outputs.
    """
    state, outputs = list(changed), empty_outputs(plan.graph, form)

    def step(carry: Any) -> Any:
        number, _, state, outputs = carry
        legal, *rest = one_batch(
            plan, form, fixed, constants, columns, order, starts, number, state, outputs
        )
        return number + legal, jnp.asarray(legal), *rest

    begin = (jnp.zeros((), np.int32), jnp.asarray(True), state, outputs)
    number, _, state, outputs = lax.while_loop(lambda c: (c[0] < count) & c[1], step, begin)
    return number, state, list(map(form.placement.gathered, outputs))


def empty_outputs(graph: Graph, form: LoopForm) -> list[Any]:
    """The arrays in which the batches of a loop write their outputs."""
    rows = (form.batches + 1) * form.size
    return [lowering.empty(node, form.batches, rows) for node in graph.outputs]


def one_batch(
    plan: Plan,
    form: LoopForm,
    fixed: Sequence[Any],
    constants: Sequence[Any],
    columns: Sequence[Any],
    order: Any,
    starts: Any,
    number: Any,
    state: Sequence[Any],
    outputs: Sequence[Any],
    alive: Any = True,
    numbers: Mapping[Node, Any] = MappingProxyType({}),
) -> tuple[Any, list[Any], list[Any]]:
    """The batch of a number: whether it is legal, the new state, the arrays of outputs."""
    graph = plan.graph
    slots = [slot for slot, _ in graph.updates]
    start = starts[number]
    batch = Batch(form.size, starts[number + 1] - start)
    # Padding repeats the first row of the batch.
    inside = jnp.arange(form.size) < batch.rows
    rows = jnp.where(inside, lax.dynamic_slice(order, (start,), (form.size,)), order[start])
    inputs = [
        form.placement.divided(batch_of(arrays, kind, rows, batch.rows, number))
        for arrays, kind in zip(columns, form.columns, strict=True)
    ]
    variables = joined(slots, state, fixed)
    done = lowering.run(plan, inputs, variables, constants, batch, alive, numbers)
    fresh = [
        form.placement.held(value, form.shardings[slot]) if form.shardings else value
        for slot, value in zip(slots, done.state, strict=True)
    ]
    stored = [
        lowering.written(node, array, value, number, start)
        for node, array, value in zip(graph.outputs, outputs, done.outputs, strict=True)
    ]
    return done.legal, fresh, stored


def outputs_of(
    graph: Graph, part: Part, arrays: Sequence[np.ndarray], done: int
) -> list[np.ndarray]:
    """The outputs of a part's batches before the number `done`, from the arrays of the loop.

    The arrays are those of the host.
    """
    rows = part.batches.rows_before(done) - part.rows.start
    return [
        lowering.shortened(np.moveaxis(array, 0, axis), node, rows)
        if (axis := lowering.batch_axis(node)) is not None
        else array[: done - part.first]
        for node, array in zip(graph.outputs, arrays, strict=True)
    ]


def joined(slots: Sequence[int], changed: Sequence[Any], fixed: Sequence[Any]) -> list[Any]:
    """The variables by slot, of which those in `slots` are changed.

    >>> joined([1], ["b"], ["a", "c"])
    ['a', 'b', 'c']
    """
    own, others = dict(zip(slots, changed, strict=True)), iter(fixed)
    count = len(changed) + len(fixed)
    return [own[slot] if slot in own else next(others) for slot in range(count)]
