"""steepest through its public interface: Sequential, compile, fit, predict.

8-bit pixels and sparse rows are passed to `fit` as they are stored.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import steepest as st
from benchmarks.rows import Dense
from benchmarks.task import Task


def prepare(task: Task) -> Session:
    """The session of the task's row."""
    return Session(task)


class Session:
    """A compiled Sequential model."""

    def __init__(self, task: Task) -> None:
        st.random.set_seed(0)
        self.task, self.model = task, _model(task)
        self.x, self.y, self.epochs = task.for_fit()

    def train(self, call: int) -> None:
        """One `fit`; steepest shuffles by its own order."""
        row = self.task.row
        self.model.fit(
            self.x,
            self.y,
            batch_size=row.batch,
            epochs=self.epochs,
            shuffle=not row.joined,
            verbose=0,
        )

    def predict(self, x: Any) -> np.ndarray:
        """All rows in one call."""
        return np.asarray(self.model.predict(x, batch_size=self.task.row.batch, verbose=0))

    def predictor(self) -> Callable[[np.ndarray], np.ndarray]:
        """The prepared function for small inputs."""
        return self.model.predictor()


def _model(task: Task) -> Any:
    row, inputs = task.row, task.data.x.shape[1]
    parts: list[Any] = [st.Input((inputs,))]
    if row.data == "mnist_8bit":
        parts.append(st.layers.Rescaling(1 / 255))
    for layer in row.network:
        dense = isinstance(layer, Dense)
        parts.append(
            st.layers.Dense(layer.units, layer.activation)
            if dense
            else st.layers.Dropout(layer.rate)
        )
    model = st.Sequential(parts)
    model.set_weights([array for pair in task.weights for array in pair])
    model.compile(optimizer=_optimizer(task), loss=row.loss)
    return model


def _optimizer(task: Task) -> Any:
    if task.row.optimizer == "adam":
        return st.optimizers.Adam(task.row.rate)
    return st.optimizers.RMSprop(task.row.rate)
