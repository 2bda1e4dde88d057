"""SwapEMAWeights. The numbers are those of Keras 3.15.1."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError

X = np.random.RandomState(3).rand(8, 2).astype("float32")
Y = np.random.RandomState(4).rand(8, 1).astype("float32")


def compiled(optimizer: Any) -> st.Sequential:
    model = st.Sequential([st.Input((2,)), st.layers.Dense(1, kernel_initializer="ones")])
    model.compile(optimizer, "mse")
    return model


def averaging() -> st.optimizers.Optimizer:
    return st.optimizers.SGD(0.3, use_ema=True, ema_momentum=0.7)


class Weights(st.callbacks.Callback):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[float] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.seen.append(self.model.weights[0].numpy()[0, 0].item())


def trained(model: st.Sequential, *callbacks: Any, **options: Any) -> Any:
    settings = {"epochs": 3, "batch_size": 4, "shuffle": False, "verbose": 0, **options}
    return model.fit(X, Y, validation_data=(X, Y), callbacks=list(callbacks), **settings)


@pytest.mark.parametrize(
    ("swap_on_epoch", "seen"),
    [(False, [0.80277, 0.73436, 0.67443]), (True, [0.84465, 0.80035, 0.74806])],
)
def test_validation_uses_the_averages(swap_on_epoch: bool, seen: list[float]) -> None:
    model, weights = compiled(averaging()), Weights()
    history = trained(model, st.callbacks.SwapEMAWeights(swap_on_epoch), weights).history
    assert history["loss"] == pytest.approx([0.265404999, 0.200734764, 0.188922524])
    assert history["val_loss"] == pytest.approx([0.204120219, 0.194524646, 0.183542222])
    assert weights.seen == pytest.approx(seen, abs=2e-5)
    assert model.weights[0].numpy().ravel() == pytest.approx([0.74805677, 0.77646536])


def test_a_training_that_is_stopped_ends_with_the_averages() -> None:
    class Stop(st.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.model.stop_training = True

    model = compiled(averaging())
    trained(model, st.callbacks.SwapEMAWeights(swap_on_epoch=True), Stop())
    assert model.weights[0].numpy()[0, 0] == pytest.approx(0.84465, abs=2e-5)
    assert not model.optimizer.averages_in_use


def test_the_averages_of_a_multi_optimizer_are_swapped() -> None:
    several = st.optimizers.MultiOptimizer(st.optimizers.OptimizerMap(averaging()))
    history = trained(compiled(several), st.callbacks.SwapEMAWeights()).history
    assert history["val_loss"] == pytest.approx([0.204120219, 0.194524646, 0.183542222])


def test_an_optimizer_without_averages_is_refused() -> None:
    with pytest.raises(ArgumentError, match="use_ema=True"):
        trained(compiled("sgd"), st.callbacks.SwapEMAWeights())
