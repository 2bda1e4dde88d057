"""Divides rows into batches, checks and counts them, and joins the outputs of all batches.

These functions are common to all engines. Depends on the graph and the engine's contract.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.core.primitives import Shape, show
from steepest.engines.engine import BatchRun, Column
from steepest.engines.stopping import StopWord, is_set
from steepest.errors import ArgumentError, DataError, ShapeError
from steepest.program.graph import Graph, Node


@dataclass(frozen=True)
class Batches:
    """The division of rows into batches of `batch` rows, fewer at the end of each epoch.

    >>> cut = Batches(rows=10, batch=2, epoch=5)
    >>> cut.count, [cut.rows_before(number) for number in range(cut.count)]
    (6, [0, 2, 4, 5, 7, 9])
    """

    rows: int
    batch: int
    epoch: int

    @property
    def each(self) -> int:
        """The number of batches of an epoch."""
        return -(-self.epoch // self.batch)

    @property
    def count(self) -> int:
        """The number of batches."""
        whole, rest = divmod(self.rows, max(self.epoch, 1))
        return whole * self.each + -(-rest // self.batch)

    def rows_before(self, number: int) -> int:
        """The number of rows of all batches before one."""
        whole, rest = divmod(number, max(self.each, 1))
        return min(whole * self.epoch + min(rest * self.batch, self.epoch), self.rows)


def cut(rows: int, batch: int, epoch: int | None) -> Batches:
    """Divides rows into the batches of one epoch, or of several consecutive ones.

    >>> cut(10, 4, None)
    Batches(rows=10, batch=4, epoch=10)
    """
    return Batches(rows, batch, rows if epoch is None else epoch)


def rows_of(order: np.ndarray, batches: Batches) -> Iterator[np.ndarray]:
    """The rows of each batch.

    >>> [rows.tolist() for rows in rows_of(np.arange(5), cut(5, 2, None))]
    [[0, 1], [2, 3], [4]]
    """
    for number in range(batches.count):
        yield order[batches.rows_before(number) : batches.rows_before(number + 1)]


def batch_by_batch(
    graph: Graph,
    columns: Sequence[Column],
    order: np.ndarray,
    batches: Batches,
    once: Callable[[list[np.ndarray]], tuple[list[np.ndarray], object]],
    stop: StopWord | None = None,
) -> BatchRun:
    """Runs a program batch by batch, until `once(inputs)` reports that the batch was not done.

    Its guard was false, or `stop` was set.

    >>> import steepest as st
    >>> from steepest.data.columns import DenseColumn
    >>> graph = st.trace(lambda x: x * 2.0, [st.TensorSpec((None,))])
    >>> twice = lambda inputs: ([inputs[0] * 2.0], True)
    >>> batch_by_batch(graph, [DenseColumn(np.ones(3))], np.arange(3), cut(3, 2, None), twice)
    BatchRun(batches=2, outputs=[array([2., 2., 2.])], stopped=False)
    """
    results: list[list[np.ndarray]] = []
    for rows in rows_of(order, batches):
        outputs, legal = once([column.take(rows) for column in columns])
        if not legal:
            break
        results.append(outputs)
    joined = [
        join_outputs(node.shape, node.dtype, [outputs[place] for outputs in results])
        for place, node in enumerate(graph.outputs)
    ]
    return BatchRun(len(results), joined, len(results) < batches.count and is_set(stop))


def check_order(order: np.ndarray, columns: Sequence[Column], batch: int) -> None:
    """Raises unless every row of the order exists in every column: machine code does not check.

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
    """Joins an output's rows of all batches, or stacks its values if it has no batch axis.

    >>> join_outputs((None,), np.float32, [np.zeros(2), np.ones(1)])
    array([0., 0., 1.])
    """
    if not parts:
        empty = shape if None in shape else (0, *shape)
        return np.zeros([size or 0 for size in empty], dtype)
    return np.concatenate(parts, shape.index(None)) if None in shape else np.stack(parts)


def batch_of(graph: Graph, inputs: Sequence[np.ndarray]) -> int | None:
    """The size of the batch: that of the inputs, which must agree."""
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
    """Parameters with the batch size in place of None.

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
