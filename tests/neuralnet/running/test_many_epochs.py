"""Many epochs in one engine call: the same bits, history and errors as one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import TrainingDiverged
from steepest.neuralnet.batch_count import BatchCount
from steepest.neuralnet.running.many_epochs import ManyEpochs

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
Y = np.array([0, 1, 1, 0], "float32")


class Watching(st.callbacks.Callback):
    """A callback that does nothing, but must be called after each epoch."""


def xor(optimizer: Any = "adam", engine: str = "numpy", **options: Any) -> Any:
    st.random.set_seed(3)
    layers = [st.layers.Dense(8, "tanh", input_shape=(2,)), st.layers.Dropout(0.1)]
    model = st.Sequential([*layers, st.layers.Dense(1, "sigmoid")])
    model.compile(optimizer, "binary_crossentropy", engine=engine, **options)
    return model


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of epochs of each training that joins them."""
    found: list[int] = []
    real = ManyEpochs.events

    def counted(self: Any, first: int, stop: int) -> Any:
        if first == 0:
            found.append(stop)
        return real(self, first, stop)

    monkeypatch.setattr(ManyEpochs, "events", counted)
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
        {"validation_data": (X, Y)},
        {"verbose": 2},
        {"steps_per_epoch": 1},
        {"callbacks": [Watching()]},
    ],
)
def test_not_where_a_listener_needs_events(options: Any, runs: list[int], capsys: Any) -> None:
    xor().fit(X, Y, **{"epochs": 30, "verbose": 0, "check": False, **options})
    assert runs == []


def test_a_diverging_epoch_is_reported_by_its_number() -> None:
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


@pytest.mark.parametrize("engine", ["numpy", "auto"])
@pytest.mark.parametrize("batch_size", [1, 3, 7, 32, 100])
@pytest.mark.parametrize("shuffle", [True, False])
def test_epochs_of_several_batches(engine: str, batch_size: int, shuffle: bool) -> None:
    x, y = np.tile(X, (8, 1))[:23], np.tile(Y, 8)[:23]
    fits = []
    for callbacks in ([], [Watching()]):
        model = xor(engine=engine, metrics=["accuracy"])
        history = model.fit(
            x, y, batch_size=batch_size, epochs=25, seed=1, shuffle=shuffle,
            callbacks=callbacks, verbose=0,
        )  # fmt: skip
        fits.append((history.history, history.epoch, [w.tobytes() for w in model.get_weights()]))
    assert fits[0] == fits[1]


def test_epochs_longer_than_an_engine_call(monkeypatch: pytest.MonkeyPatch) -> None:
    def losses() -> list[float]:
        model = xor(engine="numpy")
        return model.fit(X, Y, batch_size=1, epochs=20, seed=1, verbose=0).history["loss"]

    wanted = losses()
    monkeypatch.setattr(BatchCount, "learn", lambda self, *_: setattr(self, "batches", 3))
    assert losses() == wanted


def test_where_several_batches_diverge() -> None:
    x, y = np.ones((10, 1), "float32"), np.zeros(10, "float32")
    x[7] = 1e30
    model = st.Sequential([st.layers.Dense(1, input_shape=(1,))])
    model.compile("sgd", lambda y, p: p**2)
    with pytest.raises(TrainingDiverged, match="epoch 1, step 4"):
        model.fit(x, y, batch_size=2, epochs=30, shuffle=False, verbose=0, check=False)
    assert model.history.epoch == []


def test_what_a_data_set_does_to_its_batches_is_done() -> None:
    fits = []
    for callbacks in ([], [Watching()]):
        dataset = st.data.Dataset.from_tensor_slices((X, Y)).map(lambda x, y: (x * 2.0, y))
        model = xor()
        history = model.fit(dataset.batch(3), epochs=25, seed=1, callbacks=callbacks, verbose=0)
        fits.append(history.history)
    assert fits[0] == fits[1]


def test_initial_epoch_and_a_schedule() -> None:
    rates = st.schedules.ExponentialDecay(0.1, 10, 0.5)
    model = xor(st.optimizers.SGD(rates))
    history = model.fit(X, Y, initial_epoch=5, epochs=35, verbose=0)
    assert history.epoch == list(range(5, 35))
    assert int(model.optimizer.iterations.numpy()) == 30


def test_history_has_numbers_of_python_and_an_array_for_each_epoch_of_a_metric_of_classes(
    runs: list[int],
) -> None:
    x, y = np.tile(X, (8, 1))[:23], np.eye(2)[np.tile(Y, 8)[:23].astype(int)]
    fits = []
    for callbacks in ([], [Watching()]):
        st.random.set_seed(3)
        model = st.Sequential([st.layers.Dense(2, "softmax", input_shape=(2,))])
        scores = st.metrics.F1Score(average=None, name="scores")
        model.compile("sgd", "categorical_crossentropy", metrics=["accuracy", scores])
        fits.append(model.fit(x, y, epochs=25, batch_size=10, callbacks=callbacks, verbose=0))
    assert runs == [25]
    for name in ("loss", "accuracy"):
        assert {type(value) for value in fits[0].history[name]} == {float}
        assert fits[0].history[name] == fits[1].history[name]
    joined, single = (fit.history["scores"] for fit in fits)
    assert len(joined) == 25 and all(np.shape(value) == (2,) for value in joined)
    np.testing.assert_array_equal(joined, single)


@pytest.mark.parametrize("epochs", [3, 30])
@pytest.mark.parametrize("every", [1, 4, 7, 50])
def test_calls_that_end_at_given_steps_compute_the_same(epochs, every):
    """Three batches an epoch, the last one smaller: calls end within epochs and across them."""

    def trained(every_steps):
        st.random.set_seed(1)
        model = st.Sequential([st.layers.Dense(1, input_shape=(2,)), st.layers.Dropout(0.5)])
        model.compile("adam", "mse")
        random = np.random.default_rng(0)
        run = model.training(
            random.normal(size=(11, 2)), random.normal(size=11), epochs=epochs, batch_size=4,
            seed=2, every="call",
        )  # fmt: skip
        run.every_steps = every_steps
        ends = [int(model.optimizer.iterations) for _ in run.events()]
        return model.get_weights(), run.losses, ends

    weights, losses, _ = trained(None)
    again, second, ends = trained(every)
    assert losses == second
    for a, b in zip(weights, again, strict=True):
        np.testing.assert_array_equal(a, b)
    assert set(range(every, 3 * epochs + 1, every)) <= set(ends)
