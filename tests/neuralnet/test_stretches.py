"""Epochs of one batch run many at once: the same bits, history and errors as one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.neuralnet import stretches
from steepest.neuralnet.diverged import TrainingDiverged

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
Y = np.array([0, 1, 1, 0], "float32")


class Watching(st.callbacks.Callback):
    """A callback that does nothing, but must be told of each epoch."""


def xor(optimizer: Any = "adam", engine: str = "numpy", **options: Any) -> Any:
    st.random.set_seed(3)
    layers = [st.layers.Dense(8, "tanh", input_shape=(2,)), st.layers.Dropout(0.1)]
    model = st.Sequential([*layers, st.layers.Dense(1, "sigmoid")])
    model.compile(optimizer, "binary_crossentropy", engine=engine, **options)
    return model


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of epochs that were run at once."""
    found: list[int] = []
    real = stretches.run_epochs

    def counted(*arguments: Any) -> int:
        found.append(arguments[4] - arguments[3])
        return real(*arguments)

    monkeypatch.setattr("steepest.neuralnet.training.run_epochs", counted)
    return found


@pytest.mark.parametrize("engine", ["numpy", "auto"])
def test_the_same_bits_as_one_by_one(engine: str, runs: list[int]) -> None:
    fits = []
    for callbacks in ([], [Watching()]):
        model = xor(engine=engine, metrics=["accuracy"], weighted_metrics=["mae"])
        history = model.fit(X, Y, epochs=60, seed=1, callbacks=callbacks, verbose=0)
        fits.append((history.history, history.epoch, [w.tobytes() for w in model.get_weights()]))
    assert runs == [60]
    assert fits[0] == fits[1]
    assert list(fits[0][0]) == ["loss", "accuracy", "mae"]


@pytest.mark.parametrize(
    "options",
    [
        {"epochs": 10},
        {"batch_size": 2},
        {"validation_data": (X, Y)},
        {"verbose": 2},
        {"steps_per_epoch": 1},
        {"callbacks": [Watching()]},
    ],
)
def test_not_where_somebody_watches(options: Any, runs: list[int], capsys: Any) -> None:
    xor().fit(X, Y, **{"epochs": 30, "verbose": 0, "check": False, **options})
    assert runs == []


def test_a_diverging_epoch_is_told_by_its_number() -> None:
    model = xor(st.optimizers.SGD(0.1))
    model.compile(st.optimizers.SGD(0.1), lambda y, p: st.log(0.4 - st.abs(y - p) * 0.0 - p))
    with pytest.raises(TrainingDiverged, match="epoch 1, step 1"):
        model.fit(X, Y, epochs=30, verbose=0, check=False)
    growing = st.Sequential([st.layers.Dense(1, kernel_initializer="ones", input_shape=(2,))])
    growing.compile(st.optimizers.SGD(1e3), "mse")
    with pytest.raises(TrainingDiverged, match="learning rate 1000 is too high"):
        growing.fit(X, Y, epochs=30, verbose=0, check=False)
    done = len(growing.history.epoch)
    assert 0 < done < 30 and len(growing.history.history["loss"]) == done
    assert all(np.isfinite(growing.history.history["loss"]))


def test_initial_epoch_and_a_schedule() -> None:
    rates = st.schedules.ExponentialDecay(0.1, 10, 0.5)
    model = xor(st.optimizers.SGD(rates))
    history = model.fit(X, Y, initial_epoch=5, epochs=35, verbose=0)
    assert history.epoch == list(range(5, 35))
    assert int(model.optimizer.iterations.numpy()) == 30
