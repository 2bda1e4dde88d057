"""Keras 3 on the backend that KERAS_BACKEND names, through `fit` with its fastest settings.

Several steps run per execution; the learning task is stated as Keras's own guides do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from benchmarks.networks import Dense
from benchmarks.task import Task


def prepare(task: Task) -> Session:
    """The session of the task's row."""
    return Session(task)


class Session:
    """A compiled Sequential model."""

    def __init__(self, task: Task) -> None:
        keras.utils.set_random_seed(0)
        self.task = task
        self.model = _model(task)
        self.x, self.y, self.epochs = task.for_fit()
        self.fast = _fast_function(self.model)

    def train(self, call: int) -> None:
        """One `fit`; Keras shuffles by its own order."""
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
        """One batch as large as the input."""
        return np.asarray(self.model.predict(x, batch_size=len(x), verbose=0))

    def predictor(self) -> Callable[[np.ndarray], np.ndarray]:
        """The model compiled as one function, without `predict`'s machinery."""
        return self.fast


def _model(task: Task) -> Any:
    row, parts = task.row, [keras.Input((task.data.x.shape[1],), dtype=_input_type(task))]
    if row.data == "mnist_8bit":
        parts.append(keras.layers.Rescaling(1 / 255))
    for layer in row.network:
        dense = isinstance(layer, Dense)
        parts.append(
            keras.layers.Dense(layer.units, layer.activation)
            if dense
            else keras.layers.Dropout(layer.rate)
        )
    model = keras.Sequential(parts)
    model.set_weights([array for pair in task.weights for array in pair])
    model.compile(_optimizer(task), row.loss, steps_per_execution=min(100, _steps(task)))
    return model


def _input_type(task: Task) -> str:
    return str(task.data.x.dtype)


def _optimizer(task: Task) -> Any:
    if task.row.optimizer == "adam":
        return keras.optimizers.Adam(task.row.rate)
    return keras.optimizers.RMSprop(task.row.rate)


def _steps(task: Task) -> int:
    return task.steps * (task.row.epochs if task.row.joined else 1)


def _fast_function(model: Any) -> Callable[[np.ndarray], np.ndarray]:
    if keras.backend.backend() == "jax":
        return _through_jax(model)
    import tensorflow as tf

    compiled = tf.function(lambda x: model(x, training=False), jit_compile=True)
    return lambda x: compiled(tf.constant(x)).numpy()


def _through_jax(model: Any) -> Callable[[np.ndarray], np.ndarray]:
    import jax

    compiled = jax.jit(lambda *given: model.stateless_call(*given, training=False)[0])

    def predict(x: np.ndarray) -> np.ndarray:
        weights = [variable.value for variable in model.trainable_variables]
        others = [variable.value for variable in model.non_trainable_variables]
        return np.asarray(compiled(weights, others, x))

    return predict
