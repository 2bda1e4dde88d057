"""What is done with a pipeline once it stands: walking it, counting it, handing it to `fit`.

Leans on stages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from steepest.data.stages import base, blocks, choosing
from steepest.data.stages.column_plan import ColumnPlan
from steepest.data.stages.threads_ahead import DEPTH, ahead
from steepest.errors import DataError

EPOCHS_OF_A_FIT = 1 << 20


class Walked(blocks.Nested):
    """The third of a Dataset that uses elements; the others begin it and add stages."""

    class_names: tuple[str, ...] = ()
    """What the labels mean, where a folder told."""

    def __init__(self, stage: base.Stage) -> None:
        self._stage = stage
        self._epochs = self._turns = 0

    @property
    def element_spec(self) -> Any:
        """The shape and kind of an element's parts, or None where only running would tell.

        >>> import steepest as st
        >>> st.data.Dataset.range(3).batch(2).element_spec
        TensorSpec(int64(batch,))
        """
        return self._stage.spec

    def cardinality(self) -> int:
        """How many elements there are; -1: without end, -2: nobody knows beforehand.

        >>> import steepest as st
        >>> st.data.Dataset.range(5).batch(2).cardinality()
        3
        """
        return self._stage.size()

    def __len__(self) -> int:
        size = self.cardinality()
        if size < 0:
            known = "it has no end" if size == base.INFINITE else "nobody knows it beforehand"
            raise TypeError(f"this Dataset has no length: {known}")
        return size

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> Iterator[Any]:
        """The elements as tensors; each walk is an epoch of its own."""
        return self._walk(blocks.tensors)

    def as_numpy_iterator(self) -> Iterator[Any]:
        """The elements as arrays.

        >>> import steepest as st
        >>> list(st.data.Dataset.range(2).batch(2).as_numpy_iterator())
        [array([0, 1])]
        """
        return self._walk(lambda element: element)

    def _walk(self, form: Callable[[Any], Any]) -> Iterator[Any]:
        epoch, self._epochs = self._epochs, self._epochs + 1
        return (form(row) for block in self._blocks(epoch) for row in blocks.rows(block))

    def _blocks(self, epoch: int) -> Iterator[Any]:
        stage = self._stage
        if stage.slow and not isinstance(stage, choosing.Prefetch):
            return ahead(lambda: stage.run(epoch), DEPTH)
        return stage.run(epoch)

    def as_columns(self) -> ColumnPlan | None:
        """The pipeline as columns, orders and a batch size, for `fit`; None if it is no such thing.

        Each call has orders of its own, so that `fit` called time and again for an epoch does not
        repeat one order.

        >>> import steepest as st
        >>> st.data.Dataset.range(4).batch(2).as_columns().order(0)
        array([0, 1, 2, 3])
        """
        plan = self._stage.plan
        if plan is not None and plan.batch is None:
            raise DataError(
                "the data set gives single rows, where batches were expected: add .batch(32)"
            )
        turn, self._turns = self._turns, self._turns + 1
        return None if plan is None else plan.as_columns(turn * EPOCHS_OF_A_FIT)

    def __repr__(self) -> str:
        names = [type(stage).__name__ for stage in self._stage.chain()]
        where = ", in Python" if self._stage.slow else ""
        return f"<Dataset {' <- '.join(names)}: {self.element_spec}{where}>"

    def reduce(self, initial_state: Any, reduce_func: Callable[[Any, Any], Any]) -> Any:
        """All elements as one: `reduce_func(state, element)` gives the next state.

        >>> import steepest as st
        >>> st.data.Dataset.range(5).reduce(0, lambda total, x: total + x).item()
        10
        """
        state = initial_state
        for element in self:
            state = reduce_func(state, element)
        return state
