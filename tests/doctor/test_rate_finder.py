"""The range test finds a rate that trains about as well as the best, and changes nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.doctor.rate_finder import AssignedRate
from steepest.functions import generators

layers, optimizers = st.layers, st.optimizers
DRAWN = np.random.default_rng(0)
X = DRAWN.standard_normal((320, 8)).astype("float32")
AMOUNT = (np.sin(X[:, :1]) + X[:, 1:2] * X[:, 2:3]).astype("float32")
CLASSES = (X[:, 0] * X[:, 1] > 0).astype("int64") + (X[:, 2] > 0.5)
SPARSE = "sparse_categorical_crossentropy"


def regression(optimizer: Any, *more: Any) -> Any:
    st.random.set_seed(1)
    model = st.Sequential([layers.Dense(16, "relu", input_shape=(8,)), *more, layers.Dense(1)])
    model.compile(optimizer, "mse")
    return model


def classification(optimizer: Any, *more: Any) -> Any:
    st.random.set_seed(1)
    model = st.Sequential([
        layers.Dense(16, input_shape=(8,)),
        *more,
        layers.ReLU(),
        layers.Dense(3, "softmax"),
    ])
    model.compile(optimizer, SPARSE, metrics=["accuracy"])
    return model


CASES: dict[str, tuple[Callable[[Any], Any], Any, Callable[[float], Any]]] = {
    "sgd": (regression, AMOUNT, optimizers.SGD),
    "momentum": (classification, CLASSES, lambda rate: optimizers.SGD(rate, momentum=0.9)),
    "adam": (classification, CLASSES, optimizers.Adam),
    "rmsprop": (regression, AMOUNT, optimizers.RMSprop),
    "batch normalization": (
        lambda optimizer: classification(optimizer, layers.BatchNormalization()),
        CLASSES,
        optimizers.Adam,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_suggestion_trains_about_as_well_as_the_best_rate_of_a_grid(case: str) -> None:
    make, y, optimizer = CASES[case]

    def final(rate: float) -> float:
        model = make(optimizer(rate))
        try:
            model.fit(X, y, epochs=30, seed=2, verbose=0, check=False)
        except st.errors.TrainingDiverged:
            return float("inf")
        return float(np.ravel(model.evaluate(X, y, verbose=0))[0])

    model = make(optimizer(1e-5))
    first = float(np.ravel(model.evaluate(X, y, verbose=0))[0])
    found = model.find_rate(X, y)
    best = min(final(rate) for rate in 10.0 ** np.arange(-4.0, 0.6, 0.5))
    assert first - final(found.suggestion) > 0.95 * (first - best), str(found)


def state_of(model: Any) -> list[np.ndarray]:
    variables = [*model.weights, *model.optimizer.variables, *model.metrics_variables]
    return [np.array(variable) for variable in variables]


def test_the_model_its_optimizer_and_the_random_state_stay_as_they_are() -> None:
    model = classification(optimizers.Adam(0.01), layers.Dropout(0.3))
    model.fit(X, CLASSES, epochs=2, seed=0, verbose=0)
    history, before = model.history, state_of(model)
    stream = generators.default_generator().state.numpy()
    found = model.find_rate(X, CLASSES, steps=40)
    assert found.suggestion and model.history is history
    for old, new in zip(before, state_of(model), strict=True):
        np.testing.assert_array_equal(old, new)
    np.testing.assert_array_equal(stream, generators.default_generator().state.numpy())
    assert model.optimizer.learning_rate.item() == pytest.approx(0.01)


def test_a_seed_determines_the_losses() -> None:
    model = classification("adam", layers.Dropout(0.3))
    first, second, other = (model.find_rate(X, CLASSES, steps=40, seed=seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first.losses, second.losses)
    assert first.suggestion == second.suggestion
    assert not np.array_equal(first.losses, other.losses)


def test_each_batch_has_the_rate_of_its_place() -> None:
    model = st.Sequential([layers.Dense(1, use_bias=False, input_shape=(1,))])
    model.layers[0].set_weights([np.float32([[1.0]])])
    model.compile(optimizers.SGD(5.0), "mse")
    x, y = np.ones((4, 1)), np.zeros(4)
    found = model.find_rate(x, y, batch_size=1, min_rate=0.01, max_rate=0.1, steps=10)
    weight = 1.0
    for rate, loss in zip(np.geomspace(0.01, 0.1, 10), found.losses, strict=True):
        assert loss == pytest.approx(weight**2, rel=1e-5)
        weight -= rate * 2.0 * weight
    np.testing.assert_allclose(found.rates, np.geomspace(0.01, 0.1, 10))


@pytest.mark.parametrize("rate", [0.01, st.schedules.CosineDecay(0.1, 100)])
def test_one_program_is_recorded_for_all_rates(rate: Any, monkeypatch: Any) -> None:
    from steepest.neuralnet import step

    recorded: list[Any] = []
    original = step.recorded
    monkeypatch.setattr(step, "recorded", lambda *given: recorded.append(1) or original(*given))
    regression(optimizers.Adam(rate)).find_rate(X, AMOUNT, steps=30)
    few = len(recorded)
    recorded.clear()
    regression(optimizers.Adam(rate)).find_rate(X, AMOUNT, steps=60)
    assert len(recorded) == few <= 6


def test_a_loss_that_is_not_finite_ends_it() -> None:
    model = st.Sequential([layers.Dense(1, "exponential", input_shape=(8,))])
    model.compile(optimizers.SGD(), "mse")
    found = model.find_rate(X, np.abs(AMOUNT), max_rate=1e6)
    assert found.diverged and found.rates[-1] < 1e6
    assert np.isfinite(found.losses[:-1]).all()


def test_data_sets_weights_and_new_models_are_taken() -> None:
    data = st.data.Dataset.from_tensor_slices((X, CLASSES)).batch(32)
    model = st.Sequential([layers.Dense(3, "softmax")])
    model.compile("adam", SPARSE)
    assert model.find_rate(data, steps=40).suggestion and not model.built
    weighted = model.find_rate(X, CLASSES, class_weight={0: 1.0, 1: 5.0, 2: 1.0}, steps=40)
    assert not np.array_equal(weighted.losses, model.find_rate(X, CLASSES, steps=40).losses)
    assert model.find_rate(X, CLASSES, sample_weight=np.ones(320), steps=40).suggestion


def test_wrong_calls_name_what_is_wrong() -> None:
    model = st.Sequential([layers.Dense(1)])
    with pytest.raises(st.errors.SteepestError, match="compile"):
        model.find_rate(X, AMOUNT)
    model.compile("lbfgs", "mse")
    with pytest.raises(st.errors.ArgumentError, match="compiled with LBFGS"):
        model.find_rate(X, AMOUNT)
    model.compile("adam", "mse")
    with pytest.raises(st.errors.ArgumentError, match=r"min_rate=1 must be below max_rate=0\.1"):
        model.find_rate(X, AMOUNT, min_rate=1.0, max_rate=0.1)
    with pytest.raises(st.errors.ArgumentError, match="max_rate: a number above 0 was expected"):
        model.find_rate(X, AMOUNT, max_rate="high")
    with pytest.raises(st.errors.ArgumentError, match="steps: a whole number from 10"):
        model.find_rate(X, AMOUNT, steps=3)
    with pytest.raises(st.errors.ArgumentError, match="iterator, whose batches would be used up"):
        model.find_rate(iter([(X, AMOUNT)]))
    with pytest.raises(st.errors.DataError, match="x holds nan"):
        model.find_rate(X * np.nan, AMOUNT)


def test_a_step_without_a_loss_is_named() -> None:
    class Silent(st.Sequential):
        def train_step(self, data: Any) -> Any:
            super().train_step(data)
            return {"other": st.constant(1.0)}

    model = Silent([layers.Dense(1, input_shape=(8,))])
    model.compile("sgd", "mse")
    with pytest.raises(st.errors.ArgumentError, match="returns no 'loss', only 'other'"):
        model.find_rate(X, AMOUNT, steps=10)


def test_ctrl_c_ends_it_and_the_model_stays_as_it_is(monkeypatch: Any) -> None:
    model = regression(optimizers.SGD(0.1))
    before = model.get_weights()
    assign = st.Variable.assign

    def interrupted(variable: Any, value: Any) -> Any:
        if variable.name == "learning_rate" and value > 1e-3:
            os.kill(os.getpid(), signal.SIGINT)
        return assign(variable, value)

    monkeypatch.setattr(st.Variable, "assign", interrupted)
    with pytest.raises(KeyboardInterrupt):
        model.find_rate(X, AMOUNT)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_an_assigned_rate_does_not_follow_the_step() -> None:
    rate = AssignedRate(0.5)
    rate.rate.assign(0.25)
    assert rate(0).item() == rate(99).item() == 0.25
