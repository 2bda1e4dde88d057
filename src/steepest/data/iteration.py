"""Iteration over a pipeline, its cardinality, and the form that `fit` reads. Depends on stages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from steepest.arguments import require_function
from steepest.core import ops, tree
from steepest.core.tensor import Tensor
from steepest.data.stages import blocks
from steepest.data.stages.base import INFINITE, Stage
from steepest.data.stages.batching import Batch
from steepest.data.stages.buffering import Prefetch
from steepest.data.stages.column_plan import ColumnBatches
from steepest.data.stages.mapping import state_of
from steepest.data.stages.threads_ahead import DEPTH, ahead
from steepest.errors import DataError
from steepest.program.trace import TensorSpec

EPOCHS_PER_FIT = 1 << 20


class Elements(blocks.Nested):
    """The elements of a pipeline whose last stage is given: iteration, number, spec, reduction.

    >>> from steepest.data.stages.sources import Columns
    >>> [x.item() for x in Elements(Columns([1, 2, 3]))]
    [1, 2, 3]
    """

    class_names: tuple[str, ...] = ()
    """The names of the classes by label, for data sets of folders."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._epochs = self._fits = 0

    @property
    def element_spec(self) -> Any:
        """The shape and dtype of an element's parts, or None where they are unknown before running.

        Batches have an open first size, unless `drop_remainder` fixes it.

        >>> import steepest as st
        >>> st.data.Dataset.range(3).batch(2).element_spec
        TensorSpec(int64(batch,))
        """
        stage = self._stage
        last = next((each for each in stage.chain() if isinstance(each, Batch)), None)
        if last is None or not last.drop or stage.spec is None:
            return stage.spec

        def fixed(spec: TensorSpec) -> TensorSpec:
            sizes = (last.count if size is None else size for size in spec.shape)
            return TensorSpec(tuple(sizes), spec.dtype)

        return tree.transform(fixed, stage.spec)

    def cardinality(self) -> Tensor:
        """The number of elements; -1: endless, -2: unknown before the end is read.

        >>> import steepest as st
        >>> st.data.Dataset.range(5).batch(2).cardinality()
        Tensor(3, shape=(), dtype=int64)
        """
        return ops.constant(self._stage.size(), "int64")

    def __len__(self) -> int:
        size = self._stage.size()
        if size < 0:
            known = "it is endless" if size == INFINITE else "it is unknown before the end is read"
            raise TypeError(f"this Dataset has no length: {known}")
        return size

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> Iterator[Any]:
        """The elements as tensors; each iteration is a new epoch."""
        return self._rows(blocks.tensors)

    def as_numpy_iterator(self) -> Iterator[Any]:
        """The elements as arrays.

        >>> import steepest as st
        >>> list(st.data.Dataset.range(2).batch(2).as_numpy_iterator())
        [array([0, 1])]
        """
        return self._rows(lambda element: element)

    def _rows(self, form: Callable[[Any], Any]) -> Iterator[Any]:
        stage = self._stage
        epoch, self._epochs = self._epochs, self._epochs + 1
        prefetches = stage.slow and not isinstance(stage, Prefetch)
        run = ahead(lambda: stage.run(epoch), DEPTH) if prefetches else stage.run(epoch)
        return (form(row) for block in run for row in blocks.rows(block))

    def as_columns(self) -> ColumnBatches | None:
        """The pipeline as columns, orders and a batch size, for `fit`; None if it has another form.

        Each call gives new orders, so that calling `fit` for one epoch at a time does not repeat
        an order.

        >>> import steepest as st
        >>> st.data.Dataset.range(4).batch(2).as_columns().order(0)
        array([0, 1, 2, 3])
        """
        plan = self._stage.plan
        if plan is not None and plan.batch is None:
            raise DataError(
                "the data set gives single rows, where batches were expected: add .batch(32)"
            )
        fits, self._fits = self._fits, self._fits + 1
        return None if plan is None else plan.as_batches(fits * EPOCHS_PER_FIT)

    def __repr__(self) -> str:
        names = [type(stage).__name__ for stage in self._stage.chain()]
        where = ", in Python" if self._stage.slow else ""
        return f"<Dataset {' <- '.join(names)}: {self.element_spec}{where}>"

    def reduce(self, initial_state: Any, reduce_func: Callable[[Any, Any], Any]) -> Any:
        """Combines all elements: `reduce_func(state, element)` returns the next state.

        Numbers and arrays of the states are tensors.

        >>> import steepest as st
        >>> st.data.Dataset.range(5).reduce(0, lambda total, x: total + x).item()
        10
        """
        require_function("Dataset.reduce", reduce_func)
        state = state_of(initial_state)
        for element in self:
            state = state_of(reduce_func(state, element))
        return state
