"""Models of equal structure share recordings; a difference that a program may have prevents it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.backend import number_from_one
from steepest.functions import generators
from steepest.neuralnet import metric_values, shared_recordings, step_cache
from steepest.neuralnet.structure import NotDescribed, Structure
from steepest.program import trace

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
    original = model.layers[0].call
    model.layers[0].call = lambda inputs: original(inputs) * 2.0
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
    """The kinds of the steps that are recorded, and "metrics" for the values of metrics."""
    kinds, real, record = list[str](), step_cache._recorded, trace.record

    def noted(model: Any, kind: str, *arguments: Any) -> Any:
        kinds.append(kind)
        return real(model, kind, *arguments)

    def noted_metrics(*arguments: Any) -> Any:
        kinds.append("metrics")
        return record(*arguments)

    monkeypatch.setattr(step_cache, "_recorded", noted)
    monkeypatch.setattr(metric_values, "record", noted_metrics)
    return kinds


@pytest.mark.parametrize("given_shape", [True, False])
@pytest.mark.parametrize(("epochs", "kind"), [(2, "train"), (30, "epochs")])
def test_equal_models_are_recorded_once(
    recorded: list[str], epochs: int, kind: str, given_shape: bool
) -> None:
    makes = [lambda rate=rate: network(rate=rate, given_shape=given_shape) for rate in (0.1, 0.2)]
    each = [{"seed": seed} for seed in range(6)]
    runs = st.together(makes * 3, X, Y, epochs=epochs, each=each, workers=1).fit(verbose=0)
    metrics = ["metrics"] if kind == "train" else []  # the step of epochs computes them itself
    assert sorted(recorded) == sorted(["predict", kind, *metrics])
    del recorded[:]
    for run, make in zip(runs, makes * 3, strict=True):
        with generators.seeded(run.seed):
            model = make()
        history = model.fit(X, Y, epochs=epochs, seed=run.seed, verbose=0)
        assert history.history == run.history.history
        for alone, beside in zip(model.get_weights(), run.model.get_weights(), strict=True):
            assert alone.tobytes() == beside.tobytes()
    assert recorded.count(kind) >= 6  # alone each records its own


def test_within_a_block_equal_models_are_recorded_once(recorded: list[str]) -> None:
    def done() -> tuple[Any, bytes]:
        with generators.seeded(1):
            model = network()
        history = model.fit(X, Y, epochs=30, seed=1, verbose=0)
        return history.history, model.predict(X, verbose=0).tobytes()

    alone = done()
    del recorded[:]
    with shared_recordings.recordings_shared():
        assert done() == alone and done() == alone
        each = [{"seed": 1}, {"seed": 1}]
        beside = st.together(network, X, Y, epochs=30, each=each, workers=1).fit(verbose=0)
    assert recorded.count("epochs") == 1 and recorded.count("predict") <= 2
    assert [run.history.history for run in beside] == [alone[0]] * 2
    assert shared_recordings.shared_recordings() is None


def test_a_model_is_described_once_for_all_steps_of_a_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    described = list[Any]()

    class Noted(Structure):
        def __init__(self, *parts: Any) -> None:
            described.append(parts[0])
            super().__init__(*parts)

    monkeypatch.setattr(shared_recordings, "Structure", Noted)
    runs = st.together(network, X, Y, epochs=30, each=[{"seed": s} for s in range(4)], workers=1)
    runs.fit(verbose=0)
    assert all(described.count(run.model) == 1 for run in runs.runs[1:])


def appended(model: st.Sequential) -> None:
    model.layers.append(st.layers.Dense(1))


def assigned(model: st.Sequential) -> None:
    model.layers[0].call = lambda inputs: inputs


CHANGES: list[Callable[[st.Sequential], None]] = [
    appended,
    assigned,
    lambda model: setattr(model.layers[1], "rate", 0.7),
    lambda model: setattr(model.layers[0], "trainable", False),
    lambda model: setattr(model.layers[0].kernel, "regularizer", st.regularizers.L2(0.1)),
    lambda model: setattr(model.optimizer, "momentum", 0.5),
    lambda model: model.compile("sgd", "mse"),
    lambda model: model.objectives.losses.clear(),
    lambda model: model.layers.reverse(),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_structure_is_current_until_something_is_assigned(
    change: Callable[[st.Sequential], None],
) -> None:
    model = network()
    model.fit(X, Y, epochs=1, verbose=0)
    structure = Structure(model)
    model.fit(X, Y, epochs=2, verbose=0)  # changes values and what no program depends on
    assert structure.is_current()
    change(model)
    assert not structure.is_current()


def test_arrays_may_change_without_being_assigned() -> None:
    assert not Structure([np.zeros(3)]).is_current()


def test_models_with_parts_of_the_user_are_recorded_each(recorded: list[str]) -> None:
    factors = [1.0, 3.0]
    makes = [lambda f=f: network(lambda x: x * f, dropout=0.0) for f in factors]
    runs = st.together(makes, X, Y, epochs=2, seed=1, workers=1).fit(verbose=0)
    assert recorded.count("train") == 2
    assert runs[0].logs != runs[1].logs


def optimized(optimizer: Callable[[], Any], **options: Any) -> Callable[[], st.Sequential]:
    def make() -> st.Sequential:
        model = network(**options)
        model.compile(optimizer(), "binary_crossentropy", ["accuracy"])
        return model

    return make


def weighted(factor: float) -> Callable[[], st.Sequential]:
    def make() -> st.Sequential:
        model = network()
        model.compile("sgd", "binary_crossentropy", loss_weights=factor)
        return model

    return make


def repeated(same: bool) -> st.Sequential:
    """The same layer twice, or two equal layers."""
    number_from_one()
    layer, other = (st.layers.Dense(3, "tanh") for _ in range(2))
    layers = [st.layers.Input((3,)), layer, layer if same else other, st.layers.Dense(1)]
    model = st.Sequential(layers)
    model.compile("sgd", "mse")
    return model


class Counting(st.layers.Layer):
    """A layer whose constant is not among its attributes as a number."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factors = iter([factor])

    def build(self, input_shape: Any) -> None:
        self.factor = next(self.factors)

    def call(self, inputs: Any) -> Any:
        return inputs * self.factor


def with_layer(layer: Callable[[], st.layers.Layer]) -> Callable[[], st.Sequential]:
    def make() -> st.Sequential:
        number_from_one()
        model = st.Sequential([st.layers.Input((3,)), layer(), st.layers.Dense(1, "sigmoid")])
        model.compile("sgd", "binary_crossentropy")
        return model

    return make


def seeing(shift: float) -> Callable[[Any], Any]:
    return lambda x: x + shift


SGD, Adam, schedules = st.optimizers.SGD, st.optimizers.Adam, st.schedules
DIFFERENT: dict[str, tuple[Callable[[], st.Sequential], Callable[[], st.Sequential]]] = {
    "activation": (network, lambda: network("relu")),
    "closure": (lambda: network(seeing(0.0)), lambda: network(seeing(1.0))),
    "closure of a loss": (
        lambda: network(loss=lambda y, p: st.reduce_mean((y - p) ** 2, -1)),
        lambda: network(loss=lambda y, p: st.reduce_mean(abs(y - p), -1)),
    ),
    "dtype": (network, lambda: network(dtype="float64")),
    "frozen": (network, frozen),
    "regularizer": tuple(
        partial(network, kernel_regularizer=st.regularizers.L2(l2)) for l2 in (0.1, 0.2)
    ),
    "constraint": tuple(
        partial(network, kernel_constraint=st.constraints.MaxNorm(most)) for most in (0.1, 0.2)
    ),
    "activity regularizer": (network, lambda: network(activity_regularizer="l2")),
    "dropout": (network, lambda: network(dropout=0.3)),
    "seed of dropout": tuple(
        with_layer(lambda seed=seed: st.layers.Dropout(0.5, seed=seed)) for seed in (1, 2)
    ),
    "weight of the loss": (weighted(1.0), weighted(0.5)),
    "clipnorm": (optimized(SGD), optimized(lambda: SGD(clipnorm=0.01))),
    "clipvalue": tuple(optimized(lambda c=c: SGD(clipvalue=c)) for c in (0.01, 0.02)),
    "averages": (optimized(SGD), optimized(lambda: SGD(use_ema=True))),
    "accumulation": (optimized(SGD), optimized(lambda: SGD(gradient_accumulation_steps=2))),
    "beta": tuple(optimized(lambda b=b: Adam(0.1, beta_1=b)) for b in (0.9, 0.5)),
    "schedule": tuple(
        optimized(lambda r=r: SGD(schedules.ExponentialDecay(0.1, 2, r))) for r in (0.5, 0.9)
    ),
    "function of progress": tuple(
        optimized(lambda f=f: SGD(lambda progress: f * (1.0 - progress))) for f in (0.5, 0.1)
    ),
    "factors of rates": tuple(
        optimized(lambda f=f: SGD(0.1, rate_factors={"bias": f})) for f in (0.5, 0.1)
    ),
    "one layer twice": (lambda: repeated(True), lambda: repeated(False)),
    "state of a layer": tuple(with_layer(lambda f=f: Counting(f)) for f in (0.5, 2.0)),
    "a function of the user": tuple(
        with_layer(lambda f=f: st.layers.Lambda(seeing(f))) for f in (0.5, 2.0)
    ),
    "assigned later": (network, changed),
    "call of an object": (network, with_own_call),
    "slope": tuple(with_layer(lambda a=a: st.layers.LeakyReLU(a)) for a in (0.1, 0.2)),
    "threshold": tuple(
        lambda t=t: network(metrics=[st.metrics.BinaryAccuracy(threshold=t)]) for t in (0.5, 0.7)
    ),
    "smoothing": tuple(
        lambda s=s: network(loss=st.losses.BinaryCrossentropy(label_smoothing=s))
        for s in (0.0, 0.1)
    ),
}


@pytest.mark.parametrize(
    ("difference", "epochs"),
    [*((name, 2) for name in DIFFERENT), ("schedule", 30), ("dropout", 30), ("clipvalue", 30)],
)
def test_models_that_differ_train_as_they_do_alone(difference: str, epochs: int) -> None:
    makes = DIFFERENT[difference]
    order = [makes[0], makes[1], makes[0], makes[1]]
    each = [{"seed": 5 + index // 2} for index in range(4)]
    options = {"epochs": epochs, "batch_size": 8, "check": False}
    runs = st.together(order, X, Y, each=each, workers=1, **options).fit(verbose=0)
    for run, make in zip(runs, order, strict=True):
        with generators.seeded(run.seed):
            model = make()
        history = model.fit(X, Y, seed=run.seed, verbose=0, **options)
        assert history.history == run.history.history
        for alone, beside in zip(model.get_weights(), run.model.get_weights(), strict=True):
            assert alone.tobytes() == beside.tobytes()
    trained = [[weight.tobytes() for weight in run.model.get_weights()] for run in runs[:2]]
    assert trained[0] != trained[1] or runs[0].history.history != runs[1].history.history


@pytest.mark.parametrize(
    "options",
    [
        {"class_weight": {0: 1.0, 1: 3.0}},
        {"sample_weight": np.linspace(0.1, 1.0, len(X), dtype=np.float32)},
        {"shuffle": False},
        {"batch_size": 7},
        {"validation_data": (X[:5], Y[:5])},
    ],
)
def test_options_of_one_run_are_not_those_of_another(options: dict[str, Any]) -> None:
    each = [{"seed": 1}, {"seed": 1, **options}, {"seed": 1}]
    runs = st.together(network, X, Y, epochs=2, each=each, workers=1).fit(verbose=0)
    for run, own in zip(runs, each, strict=True):
        with generators.seeded(1):
            model = network()
        assert model.fit(X, Y, epochs=2, verbose=0, **own).history == run.history.history


def test_the_number_of_threads_is_that_of_each_model() -> None:
    def make(threads: int | None) -> st.Sequential:
        model = network()
        model.compile("sgd", "binary_crossentropy", threads=threads)
        return model

    makes = [lambda threads=threads: make(threads) for threads in (1, 2, None)]
    runs = st.together(makes, X, Y, epochs=30, seed=1, workers=1).fit(verbose=0)
    bounds = [step.bound for run in runs for step in run.model._steps.steps.values()]
    assert [bound.threads for bound in bounds] == [1, 2, None]
    assert runs[0].history.history == runs[1].history.history == runs[2].history.history


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (0.0, -0.0),
        (np.float32(0.0), np.float32(-0.0)),
        (np.array(0.0), np.array(-0.0)),
        (1, 1.0),
        (True, 1),
        ((1, 2), [1, 2]),
        ((1, (2,)), ((1,), 2)),
        ({"a": 1}, ("a", 1)),
    ],
)
def test_values_that_are_equal_in_python_have_other_keys(one: Any, other: Any) -> None:
    assert Structure(one).key == Structure(one).key != Structure(other).key


def test_a_layer_that_is_frozen_at_the_beginning_is_recorded_so() -> None:
    class Freezing(st.callbacks.Callback):
        def on_train_begin(self, logs: Any = None) -> None:
            self.model.layers[0].trainable = False

    each = [{"seed": 1, "callbacks": [Freezing()]}, {"seed": 1}, {"seed": 1}]
    runs = st.together(network, X, Y, epochs=30, each=each, workers=1).fit(verbose=0)
    with generators.seeded(1):
        start = network().get_weights()
    changed_first = [bool((run.model.get_weights()[0] != start[0]).any()) for run in runs]
    assert changed_first == [False, True, True]


def test_a_failed_run_leaves_no_recording_behind() -> None:
    makes = [lambda: network(loss="sparse_categorical_crossentropy"), network, network]
    runs = st.together(makes, X, Y, epochs=2, seed=1, workers=1)
    with pytest.warns(st.errors.TrainingWarning, match="1 of 3 runs failed"):
        runs.fit(verbose=0)
    alone = network().fit(X, Y, epochs=2, seed=1, verbose=0)
    assert sorted(alone.history) == sorted(runs[1].history.history)
    assert runs[1].history.history == runs[2].history.history


def test_a_limited_number_of_recordings_is_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_recordings, "MOST_RECORDINGS", 2)
    shared = shared_recordings.SharedRecordings()
    made: list[int] = []

    def recorded(units: int) -> None:
        number_from_one()
        model = st.Sequential([st.layers.Dense(units, input_shape=(3,))])

        def record() -> Any:
            made.append(units)
            return trace.record(model, [st.TensorSpec((None, 3))])

        shared.recording(model, "step", record)

    for units in (1, 2, 3, 1, 2, 3):
        recorded(units)
    assert made == [1, 2, 3, 3]
