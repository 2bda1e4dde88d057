"""What is trained is found out anew in each fit, whoever changed it, and once in a fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import steepest as st

X = np.linspace(-1.0, 1.0, 36, dtype="float32").reshape(12, 3)
Y = X[:, :1] * 2.0
EPOCHS = 20  # run in one engine call where no listener needs events


class Watching(st.callbacks.Callback):
    """A callback that does nothing, but must be called after each epoch."""


class Half(st.Model):
    """A model that trains one of its layers, whichever `turn` says."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = st.layers.Dense(4, "tanh"), st.layers.Dense(1)
        self.turn, self.asked = "first", 0

    def call(self, x: Any) -> Any:
        return self.second(self.first(x))

    @property
    def trainable_weights(self) -> Any:
        self.asked += 1
        return getattr(self, self.turn).trainable_weights


def stack(*layers: Any) -> Any:
    st.random.set_seed(2)
    model = st.Sequential([st.layers.Dense(4, "tanh", name="first", input_shape=(3,)), *layers])
    model.compile(st.optimizers.SGD(0.05), "mse")
    return model


def half() -> Half:
    model = Half()
    model.compile(st.optimizers.SGD(0.05), "mse")
    model(X)
    return model


def moved_by_fit(model: Any, *callbacks: Any) -> list[str]:
    """The paths of the weights that a fit changes."""
    before = [weight.numpy().copy() for weight in model.weights]
    model.fit(X, Y, epochs=EPOCHS, batch_size=5, verbose=0, callbacks=list(callbacks))
    pairs = zip(model.weights, before, strict=True)
    return [weight.path for weight, old in pairs if (weight.numpy() != old).any()]


def freeze(model: Any) -> None:
    model.layers[0].trainable = False


def hold_one_weight(model: Any) -> None:
    model.layers[0].kernel.trainable = False


@pytest.mark.parametrize("callbacks", [(), (Watching(),)], ids=["at once", "one by one"])
@pytest.mark.parametrize(
    ("change", "moved"),
    [
        (freeze, ["last/kernel", "last/bias"]),
        (hold_one_weight, ["first/bias", "last/kernel", "last/bias"]),
    ],
)
def test_what_was_frozen_between_fits_stays(
    callbacks: Any, change: Callable[[Any], None], moved: list[str]
) -> None:
    model = stack(st.layers.Dense(1, name="last"))
    assert len(moved_by_fit(model, *callbacks)) == 4
    change(model)
    assert moved_by_fit(model, *callbacks) == moved


def test_a_frozen_layer_without_weights_to_train_is_noticed() -> None:
    normal = st.layers.BatchNormalization(center=False, scale=False)
    model = stack(normal, st.layers.Dense(1))
    assert any("moving" in path for path in moved_by_fit(model))
    normal.trainable = False
    assert not any("moving" in path for path in moved_by_fit(model))


def test_a_layer_that_was_added_is_trained() -> None:
    model = stack(st.layers.Dense(2))
    model.fit(X, np.repeat(Y, 2, axis=1), epochs=EPOCHS, verbose=0)
    model.add(st.layers.Dense(1))
    assert len(moved_by_fit(model)) == 6


def test_a_user_defined_property_says_what_is_trained() -> None:
    model = half()
    first = [weight.path for weight in model.first.weights]
    second = [weight.path for weight in model.second.weights]
    assert moved_by_fit(model) == first
    model.turn = "second"
    assert moved_by_fit(model) == second
    model.turn = "first"
    assert moved_by_fit(model) == first


def test_a_fit_asks_once_what_is_trained() -> None:
    model = half()
    moved_by_fit(model)
    model.asked = 0
    moved_by_fit(model)
    assert model.asked == 1


def test_a_callback_may_freeze_before_the_first_epoch() -> None:
    class Freezing(st.callbacks.Callback):
        def on_train_begin(self, logs: Any = None) -> None:
            freeze(self.model)

    model = stack(st.layers.Dense(1))
    assert len(moved_by_fit(model, Freezing())) == 2


def test_averages_of_the_weights_are_put_in_place_at_the_end() -> None:
    model = stack(st.layers.Dense(1))
    model.compile(st.optimizers.SGD(0.05, use_ema=True), "mse")
    moved_by_fit(model)
    for weight in model.trainable_weights:
        average = model.optimizer.slots_of(weight)["average"].numpy()
        np.testing.assert_array_equal(weight.numpy(), average)


def test_a_user_defined_optimizer_may_end_in_its_own_way() -> None:
    ended = []

    class Ending(st.optimizers.SGD):
        def finalize_variable_values(self, var_list: Any = None) -> None:
            ended.append(len(var_list))

    model = stack(st.layers.Dense(1))
    model.compile(Ending(0.05), "mse")
    moved_by_fit(model)
    assert ended == [4]


# ---------------------------------------------------------------- names of metrics


def test_two_metrics_of_one_name_are_both_reported() -> None:
    model = stack(st.layers.Dense(1, "sigmoid"))
    precisions = [st.metrics.Precision(0.3), st.metrics.Precision(0.7)]
    errors = [st.metrics.MeanSquaredError()], [st.metrics.MeanSquaredError()]
    model.compile("sgd", "mse", metrics=precisions + errors[0], weighted_metrics=errors[1])
    x, y = np.ones((4, 3), np.float32), np.ones((4, 1), np.float32)
    history = model.fit(x, y, sample_weight=np.float32([1, 0, 0, 1]), verbose=0).history
    assert list(history) == [  # the names are Keras's
        "loss", "precision", "precision_1", "mean_squared_error", "weighted_mean_squared_error",
    ]  # fmt: skip


def test_metrics_are_listed_once_the_model_is_built() -> None:
    model = stack(st.layers.Dense(3, "softmax"))
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy", "ce"])
    names = ["loss", "accuracy", "ce"]
    assert [metric.name for metric in model.metrics] == names
    assert isinstance(model.metrics[1], st.metrics.SparseCategoricalAccuracy)
    listed = model.metrics
    model.fit(np.ones((4, 3), np.float32), np.array([0, 1, 2, 2]), verbose=0)
    assert model.metrics == listed
    open_form = stack(st.layers.Dense(3))
    open_form.compile("sgd", "mse", metrics=["accuracy"])  # sparse or not: the labels decide it
    assert [metric.name for metric in open_form.metrics] == ["loss"]
    open_form.fit(np.ones((4, 3), np.float32), np.eye(4, 3, dtype=np.float32), verbose=0)
    assert isinstance(open_form.metrics[1], st.metrics.CategoricalAccuracy)


@st.saving.register_keras_serializable("tests")
def absolute_gap(y_true: Any, y_pred: Any) -> Any:
    return st.reduce_mean(abs(y_true - y_pred), -1)


def test_a_function_of_the_user_has_the_same_name_in_a_model_compiled_from_a_configuration() -> (
    None
):
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", absolute_gap, metrics=[absolute_gap, "mae"])
    again = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    again.compile_from_config(model.get_compile_config())
    assert again.loss is absolute_gap and list(again.metrics_names) == list(model.metrics_names)
    found = again.evaluate(np.ones((4, 2)), np.ones((4, 1)), verbose=0, return_dict=True)
    assert list(found) == ["loss", "absolute_gap", "mae"]


def test_a_model_works_without_the_constructor_of_its_base() -> None:
    class Scaled(st.Model):
        def __init__(self) -> None:
            self.scale = st.Variable([2.0])

        def call(self, x: Any) -> Any:
            return x * self.scale

    model, x = Scaled(), np.ones((4, 1), "float32")
    assert model(x).tolist() == [[2.0]] * 4
    model.compile(st.optimizers.SGD(0.5), "mse")
    model.fit(x, x, epochs=1, verbose=0)
    assert model.scale.tolist() == [1.0]
