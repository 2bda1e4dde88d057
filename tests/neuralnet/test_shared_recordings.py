"""Models of equal structure share recordings; a difference that a program may have prevents it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.backend import number_from_one
from steepest.functions import generators
from steepest.neuralnet import step_cache
from steepest.neuralnet.structure import NotDescribed, Structure

X = np.random.default_rng(1).standard_normal((24, 3)).astype(np.float32)
Y = (X.sum(axis=1, keepdims=True) > 0).astype(np.float32)


def network(
    activation: Any = "tanh",
    rate: float = 0.1,
    momentum: float = 0.0,
    dropout: float = 0.2,
    loss: Any = "binary_crossentropy",
    metrics: Any = ("accuracy",),
    given_shape: bool = True,
    **options: Any,
) -> st.Sequential:
    number_from_one()
    shape = {"input_shape": (3,)} if given_shape else {}
    model = st.Sequential([
        st.layers.Dense(4, activation, **shape, **options),
        st.layers.Dropout(dropout),
        st.layers.Dense(1, "sigmoid"),
    ])
    model.compile(st.optimizers.SGD(rate, momentum=momentum), loss, list(metrics))
    return model


def frozen() -> st.Sequential:
    model = network()
    model.layers[0].trainable = False
    return model


def changed() -> st.Sequential:
    model = network()
    model.layers[1].rate = 0.6
    return model


def with_own_call() -> st.Sequential:
    model = network()
    model.layers[0].call = lambda inputs: inputs
    return model


class Scaling(st.layers.Layer):
    def call(self, inputs: Any) -> Any:
        return inputs * 2.0


def nested(crossed: bool) -> st.Sequential:
    """A drawn model of the same layers in one order or the other, within a Sequential."""
    x = st.Input((4,))
    layers = [st.layers.Dense(4, "tanh"), st.layers.Activation("relu")]
    value = x
    for layer in reversed(layers) if crossed else layers:
        value = layer(value)
    return st.Sequential([st.Model(x, value), st.layers.Dense(1)])


SEEN: list[int] = []


def doubled(x: Any) -> Any:
    return x * 2.0


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        (network, True),
        (lambda: network(rate=0.3), True),
        (lambda: network(kernel_initializer="zeros"), False),  # not needed, but safe
        (lambda: network(momentum=0.9), False),
        (lambda: network(dropout=0.3), False),
        (lambda: network("relu"), False),
        (lambda: network(use_bias=False), False),
        (lambda: network(kernel_regularizer=st.regularizers.L2(0.1)), False),
        (lambda: network(kernel_constraint="non_neg"), False),
        (lambda: network(dtype="float64"), False),
        (lambda: network(loss="mse"), False),
        (lambda: network(loss=st.losses.BinaryCrossentropy(label_smoothing=0.1)), False),
        (lambda: network(metrics=[st.metrics.BinaryAccuracy(threshold=0.7)]), False),
        (lambda: network(metrics=["accuracy", "mae"]), False),
        (frozen, False),
        (changed, False),
    ],
)
def test_equal_keys_are_equal_programs(other: Callable[[], st.Sequential], shared: bool) -> None:
    first, second = network(), other()
    for model in (first, second):
        model.fit(X, Y, epochs=1, verbose=0)
    assert (Structure(first).key == Structure(second).key) is shared
    keys = [
        [recording.graph.key() for recording in model._steps.recordings.values()]
        for model in (first, second)
    ]
    if shared:
        assert keys[0] == keys[1]


@pytest.mark.parametrize(
    "make",
    [
        with_own_call,
        lambda: network(doubled),
        lambda: network(lambda x: x * len(SEEN)),
        lambda: network(loss=lambda y, p: st.reduce_mean((y - p) ** 2, -1)),
        lambda: st.Sequential([Scaling(), network()]),
        lambda: st.Sequential([st.layers.Lambda(doubled)]),
        lambda: nested(crossed=True),
        lambda: nested(crossed=False),
    ],
)
def test_what_is_the_users_own_has_no_key(make: Callable[[], st.Sequential]) -> None:
    with pytest.raises(NotDescribed):
        Structure(make())


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kinds of the steps that are recorded."""
    kinds, real = list[str](), step_cache._recorded

    def noted(model: Any, kind: str, *arguments: Any) -> Any:
        kinds.append(kind)
        return real(model, kind, *arguments)

    monkeypatch.setattr(step_cache, "_recorded", noted)
    return kinds


@pytest.mark.parametrize("given_shape", [True, False])
@pytest.mark.parametrize(("epochs", "kind"), [(2, "train"), (30, "epochs")])
def test_equal_models_are_recorded_once(
    recorded: list[str], epochs: int, kind: str, given_shape: bool
) -> None:
    makes = [lambda rate=rate: network(rate=rate, given_shape=given_shape) for rate in (0.1, 0.2)]
    each = [{"seed": seed} for seed in range(6)]
    runs = st.together(makes * 3, X, Y, epochs=epochs, each=each, workers=1).fit(verbose=0)
    assert sorted(recorded) == sorted(["predict", kind])
    del recorded[:]
    for run, make in zip(runs, makes * 3, strict=True):
        with generators.seeded(run.seed):
            model = make()
        history = model.fit(X, Y, epochs=epochs, seed=run.seed, verbose=0)
        assert history.history == run.history.history
        for alone, beside in zip(model.get_weights(), run.model.get_weights(), strict=True):
            assert alone.tobytes() == beside.tobytes()
    assert recorded.count(kind) >= 6  # alone each records its own


def test_models_with_parts_of_the_user_are_recorded_each(recorded: list[str]) -> None:
    factors = [1.0, 3.0]
    makes = [lambda f=f: network(lambda x: x * f, dropout=0.0) for f in factors]
    runs = st.together(makes, X, Y, epochs=2, seed=1, workers=1).fit(verbose=0)
    assert recorded.count("train") == 2
    assert runs[0].logs != runs[1].logs


def test_a_failed_run_leaves_no_recording_behind() -> None:
    makes = [lambda: network(loss="sparse_categorical_crossentropy"), network, network]
    runs = st.together(makes, X, Y, epochs=2, seed=1, workers=1)
    with pytest.warns(st.errors.TrainingWarning, match="1 of 3 runs failed"):
        runs.fit(verbose=0)
    alone = network().fit(X, Y, epochs=2, seed=1, verbose=0)
    assert sorted(alone.history) == sorted(runs[1].history.history)
    assert runs[1].history.history == runs[2].history.history
