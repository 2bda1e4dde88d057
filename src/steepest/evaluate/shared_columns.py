"""Columns that several trainings read: arrays are brought into a model's dtype once, not per model.

Depends on feeds.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator
from typing import Any

from steepest.core.dtype import DType
from steepest.data.columns import DenseColumn
from steepest.errors import ArgumentError
from steepest.neuralnet.input.accept import is_stream
from steepest.neuralnet.input.feeds import columns_of


class SharedColumns:
    """Data as columns, for any number of models; what needs no conversion is not copied.

    Streams, and inputs that layers of the model prepare on the host, stay as they are given.

    >>> x, shared = np.zeros((4, 2)), SharedColumns()
    >>> models = [st.Sequential([st.layers.Dense(1, input_shape=(2,))]) for _ in range(2)]
    >>> shared.of(models[0], x, "x") is shared.of(models[1], x, "x")
    True
    """

    def __init__(self) -> None:
        self._known: dict[Any, tuple[Any, Any]] = {}  # with the data, so that no id is reused
        self._lock = threading.Lock()

    def of(self, model: Any, data: Any, what: str, dtype: DType | None = None) -> Any:
        """The data as columns in a dtype, by default that of the model's computation."""
        if data is None or is_stream(data) or (what == "x" and model.prefix is not None):
            return data
        dtype = model.compute_dtype if dtype is None else dtype
        key = id(data), dtype
        with self._lock:
            if key not in self._known:
                self._known[key] = data, _shared(columns_of(data, what, dtype))
            return self._known[key][1]

    def validation(self, model: Any, data: Any) -> Any:
        """Validation data as columns: x, y and the weights, if they are given so."""
        if not isinstance(data, (tuple, list)) or is_stream(data):
            return data
        return tuple(map(self.of, [model] * len(data), data, ("x", "y", "sample_weight")))


def _shared(columns: Any) -> Any:
    """The columns; of one array a copy, as the caller may own it, that is marked as shared."""
    if not isinstance(columns, DenseColumn):
        return columns
    own = copy.copy(columns)
    own.is_shared = True
    return own


def refuse_iterators(name: str, data: Any, runs: int) -> None:
    """Raises for batches that can be read once, where several runs would read them.

    >>> refuse_iterators("x", iter([1, 2]), runs=1)
    """
    if runs > 1 and isinstance(data, Iterator):
        raise ArgumentError(
            f"together: {name} yields its batches once, and {runs} runs would share them: give "
            "arrays, a Dataset, a list of batches, or the function that makes the generator"
        )
