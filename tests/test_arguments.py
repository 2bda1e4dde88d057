"""Wrong arguments are refused at the constructor, by an error that names class and argument."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest import arguments
from steepest.config import Config
from steepest.errors import ArgumentError, SteepestError
from steepest.registry import from_config, to_config

NAMESPACES = {
    "layers": st.layers,
    "losses": st.losses,
    "metrics": st.metrics,
    "optimizers": st.optimizers,
    "schedules": st.schedules,
    "initializers": st.initializers,
    "regularizers": st.regularizers,
    "constraints": st.constraints,
}


@st.register_serializable
def sum_of(a, b=0.0):
    """A function of one argument or of two."""
    return a + b


@st.register_serializable
def one_tenth():
    """A function of no arguments."""
    return 0.1


# What the required arguments may be.
RIGHT: dict[str, Any] = {
    "activation": "relu", "axes": 1, "bin_boundaries": [0.0], "boundaries": [1],
    "components": 2, "default_optimizer": "sgd", "equation": "ab,bc->ac", "layer": "flatten",
    "optimizer_map": st.optimizers.OptimizerMap("sgd"), "output_shape": 3,
    "decay_rate": 0.5, "decay_steps": 10, "dims": (1,), "factor": 0.1,
    "first_decay_steps": 10, "fn": pow, "function": sum_of, "height_factor": 0.1,
    "initial_learning_rate": 0.1, "input_dim": 5, "k": 1.0, "max_learning_rate": 0.1, "n": 2,
    "num_bins": 4, "num_classes": 3, "num_tokens": 4, "output_dim": 3, "precision": 0.5,
    "rate": 0.1,
    "recall": 0.5, "scale": 1.0, "schedule": st.schedules.PowerDecay(0.1), "sensitivity": 0.5,
    "shape": (3,), "specificity": 0.5, "stddev": 0.1, "target_class_ids": [0],
    "target_shape": (2,), "total_steps": 100,
    "units": 3, "values": [0.1, 0.2], "width_factor": 0.1,
}  # fmt: skip
# Values that no argument takes.
NOTHING = [object(), float("nan"), [1, "a"]]
# Base classes, which no file names, and objects that contain an unnamed function.
BARE = {
    "Constraint", "Initializer", "Layer", "LearningRateSchedule", "Loss", "Metric", "Optimizer",
    "Regularizer", "Lambda", "LossFunction", "MeanMetricWrapper", "Evaluated", "OptimizerMap",
    "InputSpec",
}  # fmt: skip
# Arguments that take anything, or whose other values are checked elsewhere.
FREE = {"name", "mean", "variance", "vocabulary", "activity_regularizer", "value"}


# Parts of optimizers and of classes, which no user makes and no file names.
PARTS = (st.schedules.Clock, st.schedules.HyperParameter)


def classes() -> list[Any]:
    return [
        pytest.param(found, id=f"{space}.{name}")
        for space, module in NAMESPACES.items()
        for name in module.__all__
        if inspect.isclass(found := getattr(module, name)) and found not in PARTS
    ]


def required(kind: type) -> dict[str, Any]:
    parameters = arguments.constructor_parameters(kind)
    wanted = [name for name, p in parameters.items() if p.default is p.empty]
    wanted += ["bin_boundaries"] * ("bin_boundaries" in parameters)
    wanted += ["shape"] * (kind is st.layers.InputLayer)
    own = {"function": one_tenth} if kind is st.schedules.Evaluated else {}
    return {name: RIGHT[name] for name in wanted} | own


@pytest.mark.parametrize("kind", classes())
def test_values_that_no_argument_takes_are_refused(kind):
    right = required(kind)
    kind(**right)
    for name in set(arguments.constructor_parameters(kind)) - FREE:
        for wrong in NOTHING:
            with pytest.raises(SteepestError):
                kind(**{**right, name: wrong})
                pytest.fail(f"{kind.__name__} took {name}={wrong!r}")


@pytest.mark.parametrize("kind", classes())
def test_a_misspelt_argument_is_an_error_with_the_nearest_names(kind):
    parameters = list(arguments.constructor_parameters(kind))
    if kind in (st.losses.LossFunction, st.metrics.MeanMetricWrapper) or not parameters:
        return  # the first two pass options on to a user's function
    with pytest.raises(ArgumentError, match=f"did you mean .*'{parameters[0]}'"):
        kind(**{**required(kind), f"{parameters[0]}z": 1})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: st.layers.Dense(2, use_bias="no"), "Dense: use_bias must be True or False"),
        (lambda: st.layers.Dropout("much"), "Dropout: rate must be a number, got 'much'"),
        (lambda: st.layers.Dropout(1.5), r"Dropout: rate must lie in \[0, 1\], got 1.5"),
        (lambda: st.layers.Dropout(0.5, seed=0.5), "Dropout: seed must be a whole number or None"),
        (lambda: st.layers.RepeatVector(0), r"RepeatVector: n must lie in \[1, inf\)"),
        (lambda: st.layers.Dense(2, activaton="relu"), "Dense takes no argument 'activaton'.*did"),
        (lambda: st.layers.Dense(2, input_shape="x"), "input_shape"),
        (lambda: st.layers.Dense(2, dtype="float33"), "float33"),
        (lambda: st.layers.RandomRotation((0.1, 0.2, 0.3)), "RandomRotation: factor"),
        (lambda: st.layers.Lambda(3), "Lambda: a function"),
        (lambda: st.losses.Huber(delta=0), r"Huber: delta must lie in \(0, inf\]"),
        (lambda: st.losses.BinaryCrossentropy(label_smoothing=2), "label_smoothing must lie in"),
        (lambda: st.losses.BinaryCrossentropy(from_logits="yes"), "from_logits must be True or"),
        (lambda: st.metrics.Precision(thresholds="half"), "Precision: thresholds"),
        (lambda: st.metrics.Recall(top_k=0), "Recall: top_k must lie in"),
        (lambda: st.metrics.ConfusionMatrix(0), "ConfusionMatrix: num_classes must lie in"),
        (lambda: st.optimizers.Adam(beta_1=1.0), r"Adam: beta_1 must lie in \[0, 1\), got 1.0"),
        (lambda: st.optimizers.AdamW(weight_decay=-1.0), "AdamW: weight_decay must lie in"),
        (lambda: st.optimizers.Adam(lr=0.1), "Adam takes no argument 'lr'.*learning_rate"),
        (lambda: st.optimizers.RMSprop(momentum=True), "RMSprop: momentum must be a number"),
        (lambda: st.schedules.CosineDecay(0.1, 0), "CosineDecay: decay_steps must lie in"),
        (lambda: st.initializers.RandomNormal(stddev=-1.0), "RandomNormal: stddev must lie in"),
        (lambda: st.initializers.Constant("a"), "Constant: a number or an array"),
        (lambda: st.constraints.MaxNorm(-1.0), "MaxNorm: max_value must lie in"),
        (lambda: st.regularizers.L2("strong"), "L2: l2 must be a number"),
    ],
)  # fmt: skip
def test_errors_say_class_argument_and_what_was_given(make, message):
    with pytest.raises(SteepestError, match=message):
        make()


def test_a_constructor_is_inspected_at_its_first_call(monkeypatch):
    seen = []
    look = inspect.signature
    monkeypatch.setattr(inspect, "signature", lambda given: seen.append(given) or look(given))

    @arguments.checked
    def constructor(self, rate: float):
        pass

    assert seen == []
    for _ in range(2):
        constructor(object(), 0.5)
    assert len(seen) == 1


def test_an_argument_that_the_constructor_checks_itself_is_skipped():
    @arguments.checked(skip=("how_often",))
    def made(self, rate: float, how_often: int = 1):
        return None

    made(object(), 0.5, how_often="daily")
    with pytest.raises(ArgumentError, match="rate must be a number"):
        made(object(), "much")
    assert arguments.checked(made) is made


def test_numbers_of_numpy_are_numbers():
    layer = st.layers.Dense(np.int64(3), use_bias=np.bool_(False))
    assert layer([[1.0]]).shape == (1, 3)
    assert st.layers.Dropout(np.float32(0.5)).rate == 0.5
    assert st.optimizers.Adam(np.float32(0.5), beta_1=np.float64(0.5)).beta_1 == 0.5


def test_arguments_of_user_defined_classes_are_not_checked():
    class Mine(st.layers.Layer):
        def __init__(self, size: int, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.size = size

        def call(self, inputs: Any) -> Any:
            return inputs

    assert Mine("large").size == "large"


@pytest.mark.parametrize(
    ("interval", "inside", "outside"),
    [
        ("[0, 1)", (0, 0.5), (1, -1e-9)),
        ("(0, inf]", (1e-9, np.inf), (0,)),
        ("(-inf, 0]", (0,), (1,)),
    ],
)  # fmt: skip
def test_intervals_are_read_as_they_are_written(interval, inside, outside):
    for value in inside:
        arguments.require_within(object(), interval, x=value)
    for value in outside:
        with pytest.raises(ArgumentError, match="x must lie in"):
            arguments.require_within(object(), interval, x=value)


@pytest.mark.parametrize("kind", classes())
def test_a_configuration_in_json_makes_an_equal_one(kind):
    made = kind(**required(kind))
    if kind.__name__ in BARE:
        return
    config = json.loads(json.dumps(to_config(made)))
    room = kind.__module__.split(".")[1]
    again = from_config(config, "loss" if room == "losses" else room.removesuffix("s"))
    assert type(again) is kind
    assert to_config(again) == to_config(made)
    assert repr(again) == repr(made)


# ---------------------------------------------------------------- whole numbers


def keep(x: Any) -> Any:
    return x


def net() -> Any:
    return st.Sequential([st.layers.Input((2,)), st.layers.Dense(1)])


def fitted(**options: Any) -> Any:
    model = net()
    model.compile("sgd", "mse")
    return model.fit(np.zeros((4, 2)), np.zeros((4, 1)), **{"verbose": 0, **options})


X = np.zeros((4, 2), np.float32)
TEN = st.data.Dataset.range(10)
# Whatever takes one whole number from a user, as a function of it; 2 is right everywhere.
WHOLE: dict[str, Callable[[Any], Any]] = {
    "arguments.whole": lambda n: arguments.whole("n", n),
    "config.threads": lambda n: setattr(Config(), "threads", n),
    "Dense.units": st.layers.Dense,
    "Embedding.input_dim": lambda n: st.layers.Embedding(n, 2),
    "CategoryEncoding.num_tokens": lambda n: st.layers.CategoryEncoding(n),
    "Input.shape": lambda n: st.layers.Input((n,)),
    "fit.batch_size": lambda n: fitted(batch_size=n),
    "fit.epochs": lambda n: fitted(epochs=n),
    "fit.initial_epoch": lambda n: fitted(initial_epoch=n, epochs=3),
    "fit.steps_per_epoch": lambda n: fitted(steps_per_epoch=n, batch_size=2),
    "fit.seed": lambda n: fitted(seed=n),
    "predict.steps": lambda n: net().predict(X, steps=n, batch_size=2, verbose=0),
    "while_loop.maximum_iterations": lambda n: st.while_loop(
        lambda i: i < 2, lambda i: i + 1, [st.constant(0)], maximum_iterations=n
    ),
    "random.seed": lambda n: st.random.Generator(n),
    "Dataset.batch": lambda n: TEN.batch(n),
    "Dataset.shuffle": lambda n: TEN.shuffle(n, seed=0),
    "Dataset.shuffle.seed": lambda n: TEN.shuffle(10, seed=n),
    "Dataset.take": lambda n: TEN.take(n),
    "Dataset.skip": lambda n: TEN.skip(n),
    "Dataset.repeat": lambda n: TEN.repeat(n),
    "Dataset.prefetch": lambda n: TEN.prefetch(n),
    "Dataset.window": lambda n: TEN.window(n, n, n),
    "Dataset.interleave": lambda n: TEN.interleave(lambda i: TEN, n, n),
    "Dataset.map.num_parallel_calls": lambda n: TEN.map(keep, num_parallel_calls=n),
    "vectorize_sequences": lambda n: st.data.vectorize_sequences([[0, 1]], n),
    "Hashing.num_bins": lambda n: st.data.Hashing(n),
    "PrincipalComponents": lambda n: st.layers.PrincipalComponents(n),
    "ModelCheckpoint.save_freq": lambda n: st.callbacks.ModelCheckpoint("a", save_freq=n),
    "TensorBoard.histogram_freq": lambda n: st.callbacks.TensorBoard("a", histogram_freq=n),
    "transpose": lambda n: st.reduce_sum(np.zeros((1, 1, 1)), axis=n),
}  # fmt: skip


@pytest.mark.parametrize("place", WHOLE)
def test_integers_of_every_type_are_accepted(place: str, tmp_path: Any) -> None:
    for number in (2, np.int64(2), np.uint8(2), np.array(2)):
        WHOLE[place](number)


@pytest.mark.parametrize("place", WHOLE)
@pytest.mark.parametrize("wrong", [True, np.True_, 2.5, np.float64(2.0), "2", [2, "a"]])
def test_values_that_are_not_integers_are_refused(place: str, wrong: Any) -> None:
    with pytest.raises(SteepestError):
        WHOLE[place](wrong)
        pytest.fail(f"{place} took {wrong!r}")


def test_the_range_of_a_whole_number_is_in_the_error() -> None:
    for least, most, message in (
        (None, None, "n: a whole number was expected, got -1"),
        (0, None, "n: a whole number from 0 was expected, got -1"),
        (0, 3, "n: a whole number from 0 to 3 was expected, got -1"),
    ):
        if least is None:
            assert arguments.whole("n", -1) == -1
            continue
        with pytest.raises(ArgumentError, match=message):
            arguments.whole("n", -1, least, most)
    with pytest.raises(ArgumentError, match="got 4"):
        arguments.whole("n", 4, 0, 3)
    assert arguments.whole("n", 3, 3, 3) == 3


def test_a_size_or_an_axis_of_numpy_is_one_size_or_axis() -> None:
    three = np.int64(3)
    assert st.zeros(three).shape == st.reshape([1, 2, 3], three).shape == (3,)
    assert st.random.uniform(three).shape == st.TensorSpec(three).shape == (3,)
    assert st.roll([1, 2, 3], np.int64(1), np.int64(0)).tolist() == [3, 1, 2]
    assert len(st.split([1, 2, 3], three)) == 3 and st.repeat([1], three).shape == (3,)
    assert st.tensordot([1.0], [2.0], np.int64(1)).item() == 2.0
    one = np.int64(1)
    for layer in (
        st.layers.LayerNormalization(one), st.layers.Normalization(one), st.layers.Dot(one),
        st.layers.Reshape(one), st.losses.Dice(axis=one),
    ):  # fmt: skip
        assert json.loads(json.dumps(to_config(layer))) == to_config(layer)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda data, model: data.batch(2, drop_remander=True), "batch .*mean 'drop_remainder'"),
        (lambda data, model: data.shuffle(bufer_size=2), "shuffle .*mean 'buffer_size'"),
        (lambda data, model: data.map(lambda x: x, num_parallel=2), "map .*num_parallel_calls"),
        (lambda data, model: data.unbatch(size=2), "unbatch takes no argument 'size': it takes n"),
        (lambda data, model: type(data).range(3, step=2), "range takes no argument 'step'"),
        (lambda data, model: model.save("unused", include_optimiser=1), "'include_optimizer'"),
        (lambda data, model: model.get_layer(nam="dense"), "did you mean 'name'"),
        (lambda data, model: model.layers[0].add_weight(shpe=(2,)), "add_weight .*'shape'"),
        (lambda data, model: model.layers[0].add_weight("w", initialiser="ones"), "'initializer'"),
    ],
)
def test_misspelt_arguments_of_methods_name_the_nearest(call: Any, message: str) -> None:
    data = st.data.Dataset.from_tensor_slices([1.0, 2.0])
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    with pytest.raises(TypeError, match=message) as caught:
        call(data, model)
    assert isinstance(caught.value, st.errors.ArgumentError)


def test_a_type_error_inside_a_method_stays_as_it_is() -> None:
    class Data:
        @arguments.suggests_arguments
        def count(self, rows: Any) -> int:
            return len(rows)

    with pytest.raises(TypeError, match=r"object of type 'int' has no len"):
        Data().count(rows=3)
