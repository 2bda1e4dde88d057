"""Wrong data and settings are refused, or warned of, before the first step."""

from __future__ import annotations

import re
import warnings
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import TrainingDiverged, TrainingWarning

X = np.random.default_rng(0).standard_normal((20, 3)).astype("float32")
LABELS = np.arange(20) % 3


def model(
    units: int = 3, activation: Any = "softmax", loss: Any = None, optimizer: Any = "adam"
) -> Any:
    made = st.Sequential([st.layers.Dense(units, activation, input_shape=(3,))])
    made.compile(optimizer, loss or "sparse_categorical_crossentropy")
    return made


def with_value(value: float) -> np.ndarray:
    spoiled = X.copy()
    spoiled[4, 2] = value
    return spoiled


@pytest.mark.parametrize(
    ("made", "x", "y", "message"),
    [
        (model(), X[:19], LABELS, "x has 19, y has 20"),
        (model(), with_value(np.nan), LABELS, "x holds nan at row 4, column 2"),
        (model(), with_value(np.inf), LABELS, "x holds inf at row 4, column 2"),
        (model(), X, np.where(np.arange(20) == 7, 5, LABELS), "label 5 in row 7 is outside the 3"),
        (model(), X, LABELS - 1, "label -1 in row 0"),
        (model(), X, LABELS + 0.5, "class numbers must be whole, row 0"),
        (model(), X, np.eye(3)[LABELS], "for one-hot targets use the categorical form"),
        (model(loss="categorical_crossentropy"), X, LABELS, "use sparse_categorical_crossentropy"),
        (model(loss="categorical_crossentropy"), X, np.eye(4)[LABELS], "4 values a row"),
        (model(1, "softmax", "binary_crossentropy"), X, LABELS % 2, "softmax over one unit"),
        (model(1, "sigmoid", "binary_crossentropy"), X, LABELS, "labels between 0 and 1, row 2"),
        (
            model(loss=st.losses.SparseCategoricalCrossentropy(from_logits=True)),
            X, LABELS, "the loss applies softmax itself",
        ),
        (model(), X[:0], LABELS[:0], "the data are empty"),
        (model(), np.array([["a", 1, 2]] * 20, object), LABELS, "a at row 0, column 0; begin"),
        (model(), [[1, 2], [3]], [0, 1], "rows of unequal length"),
        (model(), X.reshape(20, 1, 3), LABELS, "built for inputs of shape"),
    ],
)  # fmt: skip
def test_refused(made: Any, x: Any, y: Any, message: str) -> None:
    with pytest.raises(st.errors.SteepestError, match=message.replace("(", r"\(")):
        made.fit(x, y, verbose=0)


@pytest.mark.parametrize("method", ["train_on_batch", "test_on_batch"])
@pytest.mark.parametrize("label", [3, -1])
def test_a_single_batch_is_refused_too(method: str, label: int) -> None:
    made, labels = model(), np.where(np.arange(20) == 7, label, LABELS)
    before = made.get_weights()
    with pytest.raises(st.errors.DataError, match=f"y: label {label} in row 7"):
        getattr(made, method)(X, labels)
    assert all(map(np.array_equal, before, made.get_weights()))
    getattr(made, method)(X, LABELS)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch_size": 0}, "batch_size: a whole number from 1"),
        ({"epochs": -1}, "epochs: a whole number from 0"),
        ({"epochs": 1.5}, "epochs: a whole number"),
        ({"validation_split": 1.5}, "validation_split: a share between 0 and 1"),
        ({"validation_split": 0.1, "validation_data": (X, LABELS)}, "not both"),
        ({"verbose": 7}, "verbose: 0, 1, 2"),
        ({"callbacks": [object()]}, "is not a callback"),
        (
            {"callbacks": [st.callbacks.EarlyStopping("val_loss")]},
            "no validation data were given to fit",
        ),
        (
            {"callbacks": [st.callbacks.EarlyStopping("val_los")], "validation_data": (X, LABELS)},
            "did you mean 'val_loss'",
        ),
        ({"sample_weight": -np.ones(20)}, "a weight is negative"),
        ({"validation_freq": 0, "validation_data": (X, LABELS)}, "validation_freq: a whole"),
        ({"steps_per_epoch": 1.5}, "steps_per_epoch: a whole number"),
        ({"validation_batch_size": 0}, "validation_batch_size: a whole number"),
        ({"seed": "one"}, "seed: a whole number"),
        ({"seed": -1}, "seed: a whole number"),
        ({"shuffle": "batch"}, "shuffle: True or False"),
        ({"class_weight": {"a": 1.0}}, "class_weight: class numbers to weights"),
    ],
)
def test_settings_refused(options: Any, message: str) -> None:
    with pytest.raises(st.errors.SteepestError, match=message):
        model().fit(X, LABELS, **{"verbose": 0, **options})


def test_not_compiled() -> None:
    with pytest.raises(st.errors.SteepestError, match=r"call model.compile"):
        st.Sequential([st.layers.Dense(1)]).fit(X, LABELS)


def test_names_that_are_near() -> None:
    with pytest.raises(st.errors.UnknownNameError, match="did you mean 'adam'"):
        model(optimizer="adamm")
    with pytest.raises(st.errors.UnknownNameError, match="mse"):
        st.losses.get("mze")


@pytest.mark.parametrize("scale", [5000.0, -5000.0])
def test_columns_of_very_different_scale_are_warned_of(scale: float) -> None:
    x = np.abs(X) * np.array([1.0, scale, 1.0], "float32")
    with pytest.warns(TrainingWarning, match="column 1"):
        model().fit(x, LABELS, verbose=0)


def test_a_rate_far_out_is_warned_of() -> None:
    with pytest.warns(TrainingWarning, match="far too high for Adam"):
        model(optimizer=st.optimizers.Adam(5.0)).fit(X, LABELS, verbose=0)


def test_a_schedule_has_no_usual_rates() -> None:
    falling = st.schedules.ExponentialDecay(5.0, 1, 0.1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model(optimizer=st.optimizers.Adam(falling)).fit(X, LABELS, verbose=0)


def test_a_rate_is_judged_by_the_class_of_the_optimizer_not_by_its_name() -> None:
    own = type("Adam", (st.optimizers.Optimizer,), {"update": lambda self, g, w, s, r, t: (w, s)})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model(optimizer=own(5.0)).fit(X, LABELS, verbose=0)
    mine = type("Mine", (st.optimizers.Adam,), {})
    with pytest.warns(TrainingWarning, match="far too high for Mine"):
        model(optimizer=mine(5.0)).fit(X, LABELS, verbose=0)


def test_a_rate_at_the_end_of_the_range_is_fine() -> None:
    model(optimizer=st.optimizers.Adam(0.1)).fit(X, LABELS, verbose=0)
    model(optimizer=st.optimizers.SGD(1e-6)).fit(X, LABELS, verbose=0)


def test_check_false_looks_at_nothing() -> None:
    model(optimizer=st.optimizers.Adam(5.0)).fit(X, LABELS, verbose=0, check=False)


@pytest.mark.parametrize("engine", ["numpy", "auto"])
def test_a_diverging_loss_stops_before_the_update(engine: str) -> None:
    """Raw, unscaled inputs: the error names the step, the layer and the column."""
    x = np.random.default_rng(1).uniform(100, 30000, (40, 5)).astype("float32")
    y = x @ np.ones((5, 1), "float32")
    st.random.set_seed(1)
    made = st.Sequential([st.layers.Dense(1, input_shape=(5,), name="line")])
    made.compile(st.optimizers.SGD(0.01), "mse", engine=engine)
    with pytest.raises(TrainingDiverged, match=r"step \d+.*not scaled: column \d") as caught:
        made.fit(x, y, epochs=50, batch_size=4, verbose=0)
    assert all(np.isfinite(weight).all() for weight in made.get_weights())
    assert made.history is not None
    assert "operation" in str(caught.value)


def test_a_rate_too_high_is_named() -> None:
    x, y = X, X @ np.ones((3, 1), "float32")
    st.random.set_seed(1)
    made = st.Sequential([st.layers.Dense(1, input_shape=(3,))])
    made.compile(st.optimizers.SGD(100.0), "mse")
    with pytest.raises(TrainingDiverged, match="learning rate 100 is too high"):
        made.fit(x, y, epochs=200, verbose=0, check=False)


def test_a_model_that_is_all_frozen_is_warned_of() -> None:
    made = model()
    made.trainable = False
    with pytest.warns(TrainingWarning, match="all layers are frozen"):
        made.fit(X, LABELS, verbose=0)


def test_a_model_without_layers() -> None:
    made = st.Sequential()
    made.compile("sgd", "mse")
    with pytest.raises(st.errors.ArgumentError, match="has no layers yet"):
        made.fit(X, X, verbose=0)


def said_by(function: Any) -> str:
    """An error's message and notes."""
    with pytest.raises(st.errors.SteepestError) as caught:
        function()
    return "\n".join([str(caught.value), *getattr(caught.value, "__notes__", [])])


def test_errors_say_where() -> None:
    wide, number = np.ones((20, 4), "float32"), X.sum(axis=1)
    assert "in the train step of" in (said := said_by(lambda: model().fit(wide, LABELS, verbose=0)))
    assert "for x (batch, 4), y (batch,)" in said
    held = said_by(lambda: model().fit(X, LABELS, validation_data=(wide, LABELS), verbose=0))
    assert held.startswith("validation data: layer")
    line = model(1, None, "mse")
    assert "give the last layer 2 units" in said_by(lambda: line.fit(X, X[:, :2], verbose=0))
    batches = [(X, number), (wide, number)]
    assert "in batch 2" in said_by(lambda: line.fit(iter(batches), verbose=0))


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (None, "x is missing"),
        ("data.csv", r"read a file first, as with"),
        (np.ones((20, 0)), "x has no columns"),
        (list(X), "x is a list of 20 arrays"),
        (iter([(X, LABELS[:3])]), "batch 1: .* x has 20, y has 3"),
    ],
)
def test_what_is_no_table(x: Any, message: str) -> None:
    assert re.search(
        message, said_by(lambda: model().fit(x, None if hasattr(x, "__next__") else LABELS))
    )


def test_epochs_that_are_over_before_they_begin() -> None:
    with pytest.warns(TrainingWarning, match="give epochs=7"):
        model().fit(X, LABELS, epochs=2, initial_epoch=5, verbose=0)


def test_weights_that_the_loss_does_not_reach_are_named_at_the_users_line() -> None:
    x = st.Input((3,))
    made = st.Model(x, [st.layers.Dense(1, name="used")(x), st.layers.Dense(1, name="idle")(x)])
    made.compile("sgd", ["mse", None])
    with pytest.warns(TrainingWarning, match="idle/kernel, idle/bias: no update") as caught:
        made.fit(X, [X[:, :1], X[:, :1]], verbose=0)
    assert caught[0].filename == __file__
