"""Steps that Python runs batch by batch: recorded for each size of the batch, or run eagerly.

Both take the place of a bound program in a `Step`, so that the training loop need not know.
Depends on the engines, the recorder and step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from steepest.core import ops, tree
from steepest.engines.batches import check_order, cut, rows_of
from steepest.engines.bound import Bound
from steepest.engines.choose import bind
from steepest.engines.engine import BatchRun, Column
from steepest.engines.stopping import StopWord, is_set
from steepest.errors import ArgumentError
from steepest.program.graph import Graph
from steepest.program.trace import Recording


class BatchByBatch(Bound):
    """A step of which Python runs each batch; `recording` describes the last one."""

    def __init__(self, recording: Recording, joins_rows: bool) -> None:
        self.recording = recording
        self._join: Callable[..., np.ndarray] = np.concatenate if joins_rows else np.stack

    def once(
        self, inputs: Sequence[np.ndarray], threads: int | None = None
    ) -> list[np.ndarray] | None:
        """The outputs for one batch; None if the guard was false, and nothing was updated."""
        raise NotImplementedError

    def call(self, inputs: Sequence[np.ndarray], threads: int | None = None) -> list[np.ndarray]:
        """The outputs for one batch."""
        outputs = self.once(inputs, threads)
        if outputs is None:
            raise ArgumentError(self.recording.fault() or "a guard of the step was false")
        return outputs

    def run(
        self,
        columns: Sequence[Column],
        order: np.ndarray,
        batch: int,
        epoch: int | None = None,
        threads: int | None = None,
        stop: StopWord | None = None,
    ) -> BatchRun:
        """Runs the rows of `order` batch by batch, until the end, a false guard or a stop."""
        check_order(order, columns, batch)
        results: list[list[np.ndarray]] = []
        batches = cut(len(order), batch, epoch)
        for rows in rows_of(order, batches):
            if is_set(stop):
                break
            outputs = self.once([column.take(rows) for column in columns], threads)
            if outputs is None:
                break
            results.append(outputs)
        outputs = [self._join(parts) for parts in zip(*results, strict=True)]
        return BatchRun(len(results), outputs, len(results) < batches.count and is_set(stop))


class BoundBySize(BatchByBatch):
    """A step with one program for each size of the batch that occurs.

    It is for steps that no program of batches of any size can hold, as one that concatenates two
    batches. `record` records the step for a number of rows; `first` is one such recording.

    >>> from steepest.program.trace import TensorSpec, record
    >>> def twice(rows):
    ...     return record(lambda x: st.concat([x, x], axis=0).sum(), [TensorSpec((rows,))])
    >>> bound = BoundBySize(twice(2), twice)
    >>> [bound.call([np.ones(rows, np.float32)])[0].item() for rows in (2, 5)]
    [4.0, 10.0]
    """

    def __init__(
        self,
        first: Recording,
        record: Callable[[int], Recording],
        joins_rows: bool = False,
        engine: str | None = None,
        threads: int | None = None,
    ) -> None:
        super().__init__(first, joins_rows)
        self.threads = threads
        self._record, self._engine = record, engine
        self._by_size: dict[int, Bound] = {}

    def once(
        self, inputs: Sequence[np.ndarray], threads: int | None = None
    ) -> list[np.ndarray] | None:
        """The outputs for one batch, whose size is recorded if it is new."""
        bound = self._for_size(len(inputs[0]))
        self.recording = bound.recording
        outputs = bound.call(inputs, threads)
        if bound.recording.graph.guard is not None and not outputs.pop():
            return None
        return outputs

    def _for_size(self, rows: int) -> Bound:
        if rows not in self._by_size:
            recording = self._record(rows)
            graph = recording.graph
            if graph.guard is not None:  # whether it was true, as the last output
                graph = replace(graph, outputs=(*graph.outputs, graph.guard))
            self._by_size[rows] = bind(
                replace(recording, graph=graph), None, self._engine, self.threads
            )
        return self._by_size[rows]


class EagerBound(BatchByBatch):
    """A step that is called in Python on the tensors of each batch, operation by operation.

    >>> from steepest.data.columns import DenseColumn
    >>> bound = EagerBound(lambda x: float(x.sum()), DenseColumn(np.ones(3)), joins_rows=False)
    >>> bound.run([DenseColumn(np.ones(3))], np.arange(3), batch=2).outputs
    [array([2., 1.])]
    """

    def __init__(self, function: Callable[[Any], Any], nest: Any, joins_rows: bool) -> None:
        nothing = Graph((), (), (), (), (), None)
        super().__init__(Recording(nothing, (), None, ()), joins_rows)
        self._function, self._nest = function, nest

    def once(
        self, inputs: Sequence[np.ndarray], threads: int | None = None
    ) -> list[np.ndarray] | None:
        """The results of the step for one batch, as arrays."""
        result = self._function(tree.rebuild(self._nest, iter(map(ops.constant, inputs))))
        leaves = tree.leaves(result)
        flags = tuple(not isinstance(leaf, str) for leaf in leaves)
        form = tree.transform(lambda leaf: leaf if isinstance(leaf, str) else None, result)
        self.recording = replace(self.recording, result=form, is_tensor=flags)
        return [np.asarray(leaf) for leaf in leaves if not isinstance(leaf, str)]
