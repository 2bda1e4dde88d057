"""steepest through its public interface: Sequential, compile, fit, predict.

8-bit pixels and sparse rows are passed to `fit` as they are stored.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import steepest as st
from benchmarks.networks import Activation, Dense, Dropout, Normalization
from benchmarks.rows import Row
from benchmarks.task import Task


def prepare(task: Task) -> Session:
    """The session of the task's row."""
    return Session(task)


class Session:
    """A compiled Sequential model."""

    def __init__(self, task: Task) -> None:
        st.random.set_seed(0)
        self.task, self.model = task, model_of(task)
        self.x, self.y, self.epochs = task.for_fit()

    def train(self, call: int) -> None:
        """One `fit`; steepest shuffles by its own order."""
        row = self.task.row
        self.model.fit(
            self.x,
            self.y,
            batch_size=row.batch,
            epochs=self.epochs,
            shuffle=row.shuffle,
            verbose=0,
        )

    def predict(self, x: Any) -> np.ndarray:
        """All rows in one call."""
        return np.asarray(self.model.predict(x, batch_size=self.task.row.batch, verbose=0))

    def predictor(self) -> Callable[[np.ndarray], np.ndarray]:
        """The prepared function for small inputs."""
        return self.model.predictor()


def model_of(task: Task) -> Any:
    """A compiled model with the initial weights of a task."""
    row = task.row
    start = st.Input((task.data.x.shape[1],), dtype=row.dtype)
    parts: list[Any] = [start]
    if row.data == "mnist_8bit":
        parts.append(st.layers.Rescaling(1 / 255))
    parts += [_layer(layer, row) for layer in row.network]
    residual = any(isinstance(layer, Dense) and layer.residual for layer in row.network)
    model = st.Model(start, _joined(parts, row)) if residual else st.Sequential(parts)
    dense = [layer for layer in model.layers if isinstance(layer, st.layers.Dense)]
    for layer, weights in zip(dense, task.weights, strict=True):
        layer.set_weights(list(weights))
    model.compile(optimizer=_optimizer(row), loss=row.loss)
    return model


def _layer(layer: Dense | Normalization | Activation | Dropout, row: Row) -> Any:
    dtype = row.dtype
    match layer:
        case Dense():
            penalty = st.regularizers.L2(row.l2) if row.l2 else None
            return st.layers.Dense(
                layer.units, layer.activation, kernel_regularizer=penalty, dtype=dtype
            )
        case Normalization("batch"):
            return st.layers.BatchNormalization(dtype=dtype)
        case Normalization():
            return st.layers.LayerNormalization(dtype=dtype)
        case Activation():
            return st.layers.Activation(layer.name, dtype=dtype)
        case Dropout():
            return st.layers.Dropout(layer.rate, dtype=dtype)


def _joined(parts: list[Any], row: Row) -> Any:
    """The output of a network with residual layers."""
    x, *layers = parts
    for described, layer in zip(row.network, layers, strict=True):
        residual = isinstance(described, Dense) and described.residual
        x = st.layers.Add()([x, layer(x)]) if residual else layer(x)
    return x


def _optimizer(row: Row) -> Any:
    limits = {
        "clipnorm": row.clipnorm or None,
        "global_clipnorm": row.global_clipnorm or None,
    }
    if row.optimizer == "momentum":
        return st.optimizers.SGD(row.rate, momentum=0.9, **limits)
    kind = st.optimizers.Adam if row.optimizer == "adam" else st.optimizers.RMSprop
    return kind(row.rate, **limits)
