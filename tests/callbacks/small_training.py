"""A small training for the tests of callbacks. Depends on steepest."""

from __future__ import annotations

from typing import Any

import numpy as np

import steepest as st

X = np.random.default_rng(0).standard_normal((24, 3)).astype("float32")
Y = X @ np.ones((3, 1), "float32")


def model(rate: Any = 0.05) -> Any:
    st.random.set_seed(4)
    made = st.Sequential([st.layers.Dense(4, "tanh", input_shape=(3,)), st.layers.Dense(1)])
    made.compile(st.optimizers.SGD(rate), "mse", ["mae"])
    return made


def fit(made: Any, *callbacks: Any, **options: Any) -> Any:
    settings = {"epochs": 5, "batch_size": 8, "verbose": 0, "validation_data": (X, Y), **options}
    return made.fit(X, Y, callbacks=list(callbacks), **settings)


class Scripted(st.callbacks.Callback):
    """Puts given validation losses in place of the real ones."""

    def __init__(self, losses: list[float]) -> None:
        super().__init__()
        self.losses = losses
        self.weights: list[Any] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs["val_loss"] = self.losses[epoch]
        self.weights.append(self.model.get_weights())
