"""Wrong arguments are refused at the constructor, by an error that names class and argument."""

from __future__ import annotations

import inspect
import json
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest import constructors
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
    parameters = constructors.constructor_parameters(kind)
    wanted = [name for name, p in parameters.items() if p.default is p.empty]
    wanted += ["bin_boundaries"] * ("bin_boundaries" in parameters)
    wanted += ["shape"] * (kind is st.layers.InputLayer)
    own = {"function": one_tenth} if kind is st.schedules.Evaluated else {}
    return {name: RIGHT[name] for name in wanted} | own


@pytest.mark.parametrize("kind", classes())
def test_values_that_no_argument_takes_are_refused(kind):
    right = required(kind)
    kind(**right)
    for name in set(constructors.constructor_parameters(kind)) - FREE:
        for wrong in NOTHING:
            with pytest.raises(SteepestError):
                kind(**{**right, name: wrong})
                pytest.fail(f"{kind.__name__} took {name}={wrong!r}")


@pytest.mark.parametrize("kind", classes())
def test_a_misspelt_argument_is_an_error_with_the_nearest_names(kind):
    parameters = list(constructors.constructor_parameters(kind))
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

    @constructors.checked
    def constructor(self, rate: float):
        pass

    assert seen == []
    for _ in range(2):
        constructor(object(), 0.5)
    assert len(seen) == 1


def test_an_argument_that_the_constructor_checks_itself_is_skipped():
    @constructors.checked(skip=("how_often",))
    def made(self, rate: float, how_often: int = 1):
        return None

    made(object(), 0.5, how_often="daily")
    with pytest.raises(ArgumentError, match="rate must be a number"):
        made(object(), "much")
    assert constructors.checked(made) is made


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
