"""The NumPy engine: runs a graph node by node. It defines the results of a program.

Depends on core's NumPy rules, the graph and the engine's contract.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from timeit import repeat
from typing import Any

import numpy as np

from steepest.core.numpy_rules import RULES
from steepest.engines.batches import batch_by_batch, batch_of, check_order, cut, with_batch
from steepest.engines.bound import Bound
from steepest.engines.engine import BatchRun, Column, Cost
from steepest.engines.stopping import StopWord, is_set
from steepest.errors import unknown_name
from steepest.program.graph import Graph, Node
from steepest.program.passes import clean
from steepest.program.trace import Recording

REPEATS = 5  # measurements of each operation


def _gather(table: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """The rows at indices; in a program an index outside the table gives NaN, or 0."""
    inside = (indices >= 0) & (indices < len(table))
    if inside.all():
        return table[indices]
    blank = np.zeros((1, *table.shape[1:]), table.dtype)
    if table.dtype.kind == "f":
        blank[...] = np.nan
    return np.concatenate([table, blank])[np.where(inside, indices, len(table))]


def _scatter_add(indices: np.ndarray, updates: np.ndarray, rows: int) -> np.ndarray:
    """Sums of updates by rows; in a program an update of a row outside the table is dropped."""
    inside = (indices >= 0) & (indices < rows)
    return RULES["scatter_add"](indices[inside], updates[inside], rows)


LENIENT: dict[str, Callable[..., Any]] = {"gather": _gather, "scatter_add": _scatter_add}
"""Rules that are not the eager ones: a program cannot refuse an index half-way."""


class NumpyProgram:
    """A graph that NumPy runs in order; values are freed after their last use."""

    forms: tuple[str, ...] = ()

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._steps = list(_steps(graph))
        self._constants = {n: n.params["value"] for n in graph.nodes if n.op == "constant"}

    def bind(self, recording: Recording, threads: int | None = None) -> Bound:
        """The program with the variables of a recording, whose values stay in host memory."""
        return Bound(recording, self, threads)

    def call(
        self, inputs: Sequence[np.ndarray], state: list[np.ndarray], threads: int | None = None
    ) -> list[np.ndarray]:
        """The outputs for one set of inputs; `state` changes in place unless the guard forbids."""
        return self._once(inputs, state)[0]

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
        """Runs batch by batch, until the end or a false guard; NumPy chooses its own threads.

        Once `stop` is set, it ends between two operations.
        """
        check_order(order, columns, batch)
        batches = cut(len(order), batch, epoch)
        return batch_by_batch(
            self.graph,
            columns,
            order,
            batches,
            lambda inputs: self._once(inputs, state, stop),
            stop,
        )

    def explain(
        self,
        columns: Sequence[Column],
        state: Sequence[np.ndarray],
        batch: int | None = None,
        names: Sequence[str] | None = None,
    ) -> list[Cost]:
        """The operations in order, each run several times; the shortest time counts.

        >>> import steepest as st
        >>> from steepest.data.columns import DenseColumn
        >>> program = NumpyProgram(st.trace(lambda x: x * 2.0, [st.TensorSpec((None,))]))
        >>> [cost.computes for cost in program.explain([DenseColumn(np.ones(4, np.float32))], [])]
        ['multiply -> out0']
        """
        rows = np.arange(min([len(column) for column in columns], default=0))[:batch]
        inputs = [column.take(rows) for column in columns]
        size, values = batch_of(self.graph, inputs), dict(self._constants)
        values.update(zip(self.graph.inputs, inputs, strict=True))
        values.update(zip(self.graph.variables, state, strict=True))
        targets = self._targets(names)
        with np.errstate(all="ignore"):
            return [step.cost(values, size, targets[step.node]) for step in self._steps]

    def _targets(self, names: Sequence[str] | None) -> defaultdict[Node, list[str]]:
        """The names of the outputs and variables that each node is written to."""
        known = names or [node.params["name"] for node in self.graph.variables]
        targets: defaultdict[Node, list[str]] = defaultdict(list)
        for place, node in enumerate(self.graph.outputs):
            targets[node].append(f"out{place}")
        for slot, node in self.graph.updates:
            targets[node].append(known[slot])
        return targets

    def listing(self, form: str, columns: Sequence[Column]) -> str:
        """Raises an error: NumPy runs the graph itself, there is no other form."""
        raise unknown_name("form of a NumPy program", form, self.forms)

    def _once(
        self,
        inputs: Sequence[np.ndarray],
        state: list[np.ndarray],
        stop: StopWord | None = None,
    ) -> tuple[list[np.ndarray], bool]:
        graph = self.graph
        batch = batch_of(graph, inputs)
        values = dict(self._constants)
        values.update(zip(graph.inputs, inputs, strict=True))
        values.update(zip(graph.variables, state, strict=True))
        with np.errstate(all="ignore"):
            for step in self._steps:
                if is_set(stop):
                    return [], False
                step.run(values, batch)
        outputs = [np.array(values[node]) for node in graph.outputs]
        legal = graph.guard is None or bool(values[graph.guard])
        if legal:
            fresh = [(slot, np.array(values[node])) for slot, node in graph.updates]
            for slot, value in fresh:
                state[slot][...] = value
        return outputs, legal


@dataclass(frozen=True)
class _Step:
    """One node, its rule, and the values that no later node needs."""

    node: Node
    rule: Callable[..., Any]
    open: bool
    finished: tuple[Node, ...]

    def run(self, values: dict[Node, np.ndarray], batch: int | None) -> None:
        values[self.node] = self._value(values, batch)
        for source in self.finished:
            del values[source]

    def _value(self, values: dict[Node, np.ndarray], batch: int | None) -> np.ndarray:
        given = [values[source] for source in self.node.inputs]
        params = with_batch(self.node.params, batch) if self.open else self.node.params
        return np.asarray(self.rule(*given, **params))

    def cost(
        self, values: dict[Node, np.ndarray], batch: int | None, targets: Sequence[str]
    ) -> Cost:
        """Runs it and measures the time."""
        size = sum(values[source].nbytes for source in set(self.node.inputs))
        seconds = min(repeat(lambda: self._value(values, batch), number=1, repeat=REPEATS))
        self.run(values, batch)
        size += values[self.node].nbytes
        written = f" -> {', '.join(targets)}" if targets else ""
        return Cost(self.node.op, f"{self.node.op}{written}", seconds, size)


def _steps(graph: Graph) -> Iterator[_Step]:
    results = frozenset(graph.results)
    last = {source: node for node in graph.nodes for source in node.inputs}
    for node in graph.nodes:
        if not node.is_leaf:
            finished = tuple(s for s in set(node.inputs) if last[s] is node and s not in results)
            open_sizes = with_batch(node.params, 0) != node.params
            yield _Step(node, LENIENT.get(node.op, RULES[node.op]), open_sizes, finished)


class NumpyEngine:
    """Prepares programs that NumPy runs."""

    name = "numpy"

    def expect(self) -> None:
        """Does nothing: NumPy is loaded."""

    def can(self, graph: Graph) -> str | None:
        """None: it runs every graph."""
        return None

    def packs(self) -> bool:
        """False: it makes batches of sparse rows dense."""
        return False

    def mixes(self) -> bool:
        """False: it computes them in float32."""
        return False

    def joins(self) -> bool:
        """False: calls of several jobs run on threads of their own."""
        return False

    def prepare(self, graph: Graph, storage: Sequence[str] | None = None) -> NumpyProgram:
        """The program of the cleaned graph; the storage of columns makes no difference."""
        return NumpyProgram(clean(graph))
