"""The NumPy engine: runs a graph node by node. It defines what a program means.

Leans on core's NumPy rules, the graph and the engine's contract.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.core.numpy_rules import RULES
from steepest.core.primitives import Shape, show
from steepest.engines.bound import Bound
from steepest.engines.engine import Batches, Column, Stretch, cut
from steepest.errors import ArgumentError, DataError, ShapeError
from steepest.program.graph import Graph, Node
from steepest.program.passes import clean
from steepest.program.trace import Recording


class NumpyProgram:
    """A graph, run in order; values are let go after their last use."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._kept = frozenset(graph.results)
        self._steps = list(_steps(graph, self._kept))
        self._constants = {n: n.params["value"] for n in graph.nodes if n.op == "constant"}

    def bind(self, recording: Recording) -> Bound:
        """The program with the variables of a recording, whose values stay in host memory."""
        return Bound(recording, self)

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
    ) -> Stretch:
        """Batch after batch, until the end or the guard; NumPy decides about its threads itself."""
        check_order(order, columns, batch)
        results: list[list[np.ndarray]] = []
        for rows in rows_of(order, cut(len(order), batch, epoch)):
            outputs, legal = self._once([column.take(rows) for column in columns], state)
            if not legal:
                break
            results.append(outputs)
        return Stretch(len(results), self._joined(results))

    def _joined(self, results: list[list[np.ndarray]]) -> list[np.ndarray]:
        return [
            join_outputs(node.shape, node.dtype, [outputs[place] for outputs in results])
            for place, node in enumerate(self.graph.outputs)
        ]

    def _once(
        self, inputs: Sequence[np.ndarray], state: list[np.ndarray]
    ) -> tuple[list[np.ndarray], bool]:
        graph = self.graph
        batch = batch_of(graph, inputs)
        values = dict(self._constants)
        values.update(zip(graph.inputs, inputs, strict=True))
        values.update(zip(graph.variables, state, strict=True))
        with np.errstate(all="ignore"):
            for step in self._steps:
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
    """One node, its rule, and the values that nobody needs after it."""

    node: Node
    rule: Callable[..., Any]
    open: bool
    finished: tuple[Node, ...]

    def run(self, values: dict[Node, np.ndarray], batch: int | None) -> None:
        given = [values[source] for source in self.node.inputs]
        params = with_batch(self.node.params, batch) if self.open else self.node.params
        values[self.node] = np.asarray(self.rule(*given, **params))
        for source in self.finished:
            del values[source]


def _steps(graph: Graph, kept: frozenset[Node]) -> Iterator[_Step]:
    last = {source: node for node in graph.nodes for source in node.inputs}
    for node in graph.nodes:
        if not node.is_leaf:
            finished = tuple(s for s in set(node.inputs) if last[s] is node and s not in kept)
            open_sizes = with_batch(node.params, 0) != node.params
            yield _Step(node, RULES[node.op], open_sizes, finished)


def rows_of(order: np.ndarray, batches: Batches) -> Iterator[np.ndarray]:
    """The rows of each batch.

    >>> [rows.tolist() for rows in rows_of(np.arange(5), cut(5, 2, None))]
    [[0, 1], [2, 3], [4]]
    """
    for number in range(batches.count):
        yield order[batches.rows_before(number) : batches.rows_before(number + 1)]


def check_order(order: np.ndarray, columns: Sequence[Column], batch: int) -> None:
    """Raise unless every row of the order exists in every column: machine code trusts it.

    >>> check_order(np.array([0, 1]), [], batch=2)
    """
    if batch < 1:
        raise ArgumentError(f"batch: a whole number from 1 was expected, got {batch}")
    if not len(order) or not columns:
        return
    rows = min(len(column) for column in columns)
    low, high = int(order.min()), int(order.max())
    if low < 0 or high >= rows:
        wrong = low if low < 0 else high
        raise DataError(f"order: row {wrong} is outside 0..{rows - 1}, the rows of the columns")


def join_outputs(shape: Shape, dtype: Any, parts: list[np.ndarray]) -> np.ndarray:
    """An output's rows of all batches along the batch axis, or its values stacked if it has none.

    >>> join_outputs((None,), np.float32, [np.zeros(2), np.ones(1)])
    array([0., 0., 1.])
    """
    if not parts:
        empty = shape if None in shape else (0, *shape)
        return np.zeros([size or 0 for size in empty], dtype)
    return np.concatenate(parts, shape.index(None)) if None in shape else np.stack(parts)


def batch_of(graph: Graph, inputs: Sequence[np.ndarray]) -> int | None:
    """The size of the batch, read off the inputs, which must agree."""
    sizes: dict[int, Node] = {}
    for node, array in zip(graph.inputs, inputs, strict=True):
        fits = len(array.shape) == len(node.shape) and all(
            want in (None, size) for want, size in zip(node.shape, array.shape, strict=True)
        )
        if not fits:
            raise ShapeError(
                f"input {node.params['name'] or node.params['position']}: the program takes "
                f"{show(node.shape)}, got {show(array.shape)}"
            )
        if None in node.shape:
            sizes[array.shape[node.shape.index(None)]] = node
    if len(sizes) > 1:
        raise ShapeError(f"inputs of one batch must have equally many rows, got {list(sizes)}")
    return next(iter(sizes), None)


def with_batch(params: dict[str, Any], batch: int | None) -> dict[str, Any]:
    """Parameters with the batch's size where a shape leaves it open.

    >>> with_batch({"to": (None, 3)}, 5)
    {'to': (5, 3)}
    """
    if batch is None:
        return params
    return {key: _filled(value, batch) for key, value in params.items()}


def _filled(value: Any, batch: int) -> Any:
    if value is None:
        return batch
    return tuple(_filled(part, batch) for part in value) if isinstance(value, tuple) else value


class NumpyEngine:
    """Prepares programs that NumPy runs."""

    name = "numpy"

    def prepare(self, graph: Graph, storage: Sequence[str] | None = None) -> NumpyProgram:
        """The cleaned graph, ready to run; how columns are stored makes no difference."""
        return NumpyProgram(clean(graph))
