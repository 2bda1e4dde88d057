"""Programs of the XLA engine: the engine's contract for a compiled graph.

Depends on compiled and the contract.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from steepest.engines.batches import batch_by_batch, check_order, cut
from steepest.engines.bound import Bound
from steepest.engines.engine import BatchRun, Column, Cost
from steepest.engines.stopping import StopWord
from steepest.engines.xla.bound import XlaBound
from steepest.engines.xla.compiled import Compiled
from steepest.engines.xla.inspecting import FORMS, explain, listing
from steepest.engines.xla.library import wide
from steepest.engines.xla.lowering import filled
from steepest.engines.xla.transfer import to_device, to_host
from steepest.program.graph import Graph
from steepest.program.trace import Recording


class XlaProgram:
    """A graph compiled by XLA, for any batch size.

    >>> import steepest as st
    >>> graph = st.trace(lambda x: x * 2.0, [st.TensorSpec((None,))])
    >>> XlaProgram(graph).call([np.float32([1, 2, 3])], [])
    [array([2., 4., 6.], dtype=float32)]
    """

    forms: tuple[str, ...] = FORMS

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.compiled = Compiled(graph)

    def bind(self, recording: Recording, threads: int | None = None) -> Bound:
        """The program with the variables of a recording, whose values stay on the device."""
        return XlaBound(recording, self, self.compiled)

    def call(
        self, inputs: Sequence[np.ndarray], state: list[np.ndarray], threads: int | None = None
    ) -> list[np.ndarray]:
        """The outputs for one set of inputs; `state` changes in place unless the guard forbids."""
        return self._once(inputs, state)[0]

    def _once(
        self, inputs: Sequence[np.ndarray], state: list[np.ndarray]
    ) -> tuple[list[np.ndarray], bool]:
        outputs, fresh, legal = self.compiled.batch(inputs, _uploaded(state))
        self._write_back(state, fresh)
        return outputs, legal

    def run(
        self,
        state: list[np.ndarray],
        columns: Sequence[Column],
        order: np.ndarray,
        batch: int,
        epoch: int | None = None,
        threads: int | None = None,
        stop: StopWord | None = None,
    ) -> BatchRun:
        """Runs the rows of `order`, `batch` rows at a time (the last batch may have fewer)."""
        check_order(order, columns, batch)
        batches = cut(len(order), batch, epoch)
        if not self.compiled.loops(columns, batches):
            once = partial(self._once, state=state)
            return batch_by_batch(self.graph, columns, order, batches, once, stop)
        variables = _uploaded(state)
        done, fresh = self.compiled.batches(variables, columns, order, batches, stop)
        self._write_back(state, fresh)
        return done

    def explain(
        self,
        columns: Sequence[Column],
        state: Sequence[np.ndarray],
        batch: int | None = None,
        names: Sequence[str] | None = None,
    ) -> list[Cost]:
        """The measured cost of the whole program, whose operations XLA fuses."""
        return explain(self.compiled, columns, state, batch)

    def listing(self, form: str, columns: Sequence[Column]) -> str:
        """The program for a batch as StableHLO, or as XLA has optimized it."""
        zeros = [np.zeros(filled(node.shape, 0), node.dtype) for node in self.graph.variables]
        return listing(self.compiled, form, columns, zeros)

    def _write_back(self, state: list[np.ndarray], fresh: Sequence[Any]) -> None:
        for slot, values in zip(self.compiled.changed, fresh, strict=True):
            state[slot][...] = to_host(values)


def _uploaded(state: Sequence[np.ndarray]) -> list[Any]:
    with wide():
        return list(map(to_device, state))
