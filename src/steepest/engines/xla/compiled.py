"""A graph compiled by XLA for arrays on the device: for one batch, or for a run of batches.

Depends on loop, lowering and columns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Any

import numpy as np

from steepest.engines.batches import Batches, batch_of, join_outputs
from steepest.engines.engine import BatchRun
from steepest.engines.stopping import StopWord, is_set
from steepest.engines.xla import lowering
from steepest.engines.xla.columns import Form, Source, source_of
from steepest.engines.xla.device_memory import enough_memory
from steepest.engines.xla.graph_shape import GraphShape, separate_numbers
from steepest.engines.xla.library import jax, jnp, wide
from steepest.engines.xla.loop import LoopForm, loop, most_batches, outputs_of
from steepest.engines.xla.padding import Batch, can_pad, padded
from steepest.engines.xla.parts import Part, cut_into_parts
from steepest.engines.xla.placement import placement
from steepest.engines.xla.sparse import SparseForm
from steepest.engines.xla.transfer import to_device, to_host
from steepest.program.graph import Graph
from steepest.program.passes import clean

Arrays = Sequence[Any]


class Compiled:
    """The code of a graph, compiled when it is first used for arrays of a size.

    Variables are arrays on the device, by slot; `shardings` are theirs, where there are several
    devices.
    """

    def __init__(self, graph: Graph, passes: Callable[[Graph], Graph] = clean) -> None:
        self.plan = lowering.plan(passes(graph))
        self.graph = self.plan.graph
        self._pads = can_pad(self.graph)
        self.changed = [slot for slot, _ in graph.updates]
        self._codes: dict[Any, Any] = {}
        self._blocks: dict[tuple[int, int], int] = {}  # of a batch, by column and batch size
        self._uploaded: dict[Any, list[Any]] = {}

    @cached_property
    def shape(self) -> GraphShape:
        """The shape of the graph, which other graphs may share."""
        return GraphShape(lowering.plan(separate_numbers(self.graph)).graph)

    @property
    def _constants(self) -> list[Any]:
        """The large constants on the device."""
        if placement() not in self._uploaded:
            nodes = [node for node in self.graph.nodes if node.op == "constant"]
            values = [n.params["value"] for n in nodes if not lowering.is_literal(n)]
            self._uploaded[placement()] = list(map(_whole, values))
        return self._uploaded[placement()]

    def size(self, rows: int | None) -> int:
        """The rows of the arrays for a batch of so many."""
        if rows is None or not self._pads:
            return 1 if rows is None else rows
        several = placement().rows_multiple
        return -(-padded(rows) // several) * several

    # ------------------------------------------------------------ one batch

    def batch(
        self, inputs: Sequence[np.ndarray], variables: Arrays
    ) -> tuple[list[np.ndarray], list[Any], bool]:
        """The outputs, the new values of the changed variables, and whether the guard was true."""
        rows = batch_of(self.graph, inputs)
        with wide(), enough_memory(rows or 1, variables):
            found, state, legal = self.for_batch(rows)(*self.arguments(inputs, variables))
            outputs = [
                lowering.shortened(to_host(array), node, rows)
                for array, node in zip(found, self.graph.outputs, strict=True)
            ]
            return outputs, _distinct(state, variables), bool(legal)

    def arguments(self, inputs: Sequence[np.ndarray], variables: Arrays) -> tuple[Any, ...]:
        """What the code for a batch is called with."""
        rows = batch_of(self.graph, inputs)
        size = self.size(rows)
        given = [
            _whole(lowering.lengthened(np.asarray(array, node.dtype), node, size))
            for node, array in zip(self.graph.inputs, inputs, strict=True)
        ]
        return given, variables, self._constants, np.int64(rows or 0)

    def for_batch(self, rows: int | None) -> Any:
        """The code for batches of so many rows, as JAX's `jit` gives it."""
        size = self.size(rows)
        key = size, placement()
        if key not in self._codes:
            self._codes[key] = jax.jit(partial(self._batch, size))
        return self._codes[key]

    def _batch(
        self, size: int, inputs: Arrays, variables: Arrays, constants: Arrays, rows: Any
    ) -> tuple[list[Any], list[Any], Any]:
        given = [placement().divided(array) for array in inputs]
        done = lowering.run(self.plan, given, variables, constants, Batch(size, rows))
        return list(map(placement().gathered, done.outputs)), done.state, done.legal

    # ------------------------------------------------------------ a run of batches

    def loops(self, columns: Sequence[Any], batches: Batches) -> bool:
        """Whether the batches can run in a loop: their inputs are rows, at least one."""
        pairs = zip(self.graph.inputs, columns, strict=True)
        return batches.rows > 0 and all(n.shape == (None, *c.row_shape) for n, c in pairs)

    def batches(
        self,
        variables: Arrays,
        columns: Sequence[Any],
        order: np.ndarray,
        batches: Batches,
        stop: StopWord | None = None,
        shardings: tuple[Any, ...] = (),
    ) -> tuple[BatchRun, list[Any]]:
        """Runs batches; the arrays of changed variables are given up to it, for the new ones."""
        size = self.size(batches.batch)
        source = source_of(self.graph.inputs, columns, order, size)
        most = most_batches(self.graph, size)
        parts = cut_into_parts(batches, min(most, source.most_batches(batches)))
        state = [variables[slot] for slot in self.changed]
        fixed = [v for slot, v in enumerate(variables) if slot not in self.changed]
        done, outputs = 0, list[list[np.ndarray]]()
        with wide(), enough_memory(batches.batch, variables):
            following = source.rows(parts[0])
            for part, after in zip(parts, [*parts[1:], None], strict=True):
                if is_set(stop):
                    break
                arrays, rows = following
                forms = self._forms(source, part)
                form = LoopForm(size, most, forms, placement(), shardings)
                number, state, found = self._for_batches(form)(
                    state,
                    fixed,
                    self._constants,
                    arrays,
                    form.order(rows),
                    form.starts(part),
                    np.int32(part.last - part.first),
                )
                if after is not None:  # while the device computes
                    following = source.rows(after)
                done = part.first + int(number)
                outputs.append(outputs_of(self.graph, part, list(map(to_host, found)), done))
                if done < part.last:
                    break
        joined = joined_outputs(self.graph, outputs)
        return BatchRun(done, joined, done < batches.count and is_set(stop)), state

    def _forms(self, source: Source, part: Part) -> tuple[Form, ...]:
        """How each column is read; the number of blocks never falls, so that code is reused."""
        forms: list[Form] = []
        for place, width in enumerate(source.widths):
            if width is None:
                forms.append(source.dense)
                continue
            key = place, part.batches.batch
            if key not in self._blocks:
                self._blocks[key] = padded(source.likely_blocks(*key))
            most = padded(source.most_blocks(place, part.rows, part.starts))
            self._blocks[key] = max(most, self._blocks[key])
            forms.append(SparseForm(width, self._blocks[key]))
        return tuple(forms)

    def _for_batches(self, form: LoopForm) -> Any:
        if form not in self._codes:
            self._codes[form] = jax.jit(partial(loop, self.plan, form), donate_argnums=0)
        return self._codes[form]


def joined_outputs(graph: Graph, parts: list[list[np.ndarray]]) -> list[np.ndarray]:
    """The outputs of several parts, each joined along its batch or by number."""
    return [
        np.concatenate([part[place] for part in parts], lowering.batch_axis(node) or 0)
        if parts
        else join_outputs(node.shape, node.dtype, [])
        for place, node in enumerate(graph.outputs)
    ]


def _whole(array: np.ndarray) -> Any:
    """An array of which every device has all."""
    return to_device(array, placement().whole(array.shape))


def _distinct(fresh: Arrays, before: Arrays) -> list[Any]:
    """The new values of variables, none of which is the array of another variable."""
    seen, found = set(map(id, before)), []
    for values in fresh:
        found.append(jnp.array(values) if id(values) in seen else values)
        seen.add(id(values))
    return found
