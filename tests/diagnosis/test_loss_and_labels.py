"""Losses, outputs and labels that do not fit each other, for each output by itself."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import TrainingWarning

layers = st.layers
X = np.random.default_rng(0).standard_normal((30, 3)).astype("float32")
CLASSES = np.arange(30) % 3
ONE_HOT = np.eye(3, dtype="float32")[CLASSES]
AMOUNT = X.sum(axis=1)


def fitted(stack: list[Any], loss: Any, y: Any, **options: Any) -> Any:
    model = st.Sequential([st.Input((3,)), *stack])
    model.compile("sgd", loss)
    return model.fit(X, y, verbose=0, **options)


class Subclassed(st.Model):
    def __init__(self, *stack: Any) -> None:
        super().__init__()
        self.stack = list(stack)

    def call(self, x: Any) -> Any:
        for layer in self.stack:
            x = layer(x)
        return x


@pytest.mark.parametrize(
    "ending",
    [
        [layers.Dense(3, "softmax"), layers.Softmax()],
        [layers.Dense(3, "softmax"), layers.Activation("softmax")],
        [layers.Dense(3, "softmax"), layers.Lambda(st.nn.softmax)],
    ],
)
def test_softmax_twice(ending: list[Any]) -> None:
    with pytest.raises(st.errors.ArgumentError, match="softmax is applied twice"):
        fitted(ending, "sparse_categorical_crossentropy", CLASSES)


def test_a_subclassed_model_is_read_as_well() -> None:
    model = Subclassed(layers.Dense(3, "softmax"))
    model.compile("sgd", st.losses.SparseCategoricalCrossentropy(from_logits=True))
    with pytest.raises(st.errors.ArgumentError, match="the loss applies softmax itself"):
        model.fit(X, CLASSES, verbose=0)


@pytest.mark.parametrize(
    ("stack", "loss", "y", "message"),
    [
        ([layers.Dense(3, "sigmoid")], "categorical_crossentropy", ONE_HOT, "3 exclusive"),
        ([layers.Dense(3, "sigmoid")], "sparse_categorical_crossentropy", CLASSES, "3 exclusive"),
        ([layers.Dense(3, "sigmoid")], "binary_crossentropy", ONE_HOT, "3 exclusive"),
        ([layers.Dense(3)], "sparse_categorical_crossentropy", CLASSES, "ends in linear"),
        ([layers.Dense(1, "relu")], "binary_crossentropy", CLASSES % 2, "ends in relu"),
        ([layers.Dense(3, "softmax")], "mse", ONE_HOT, "used here on a softmax"),
        ([layers.Dense(1)], "mse", CLASSES, "used here on labels 0 to 2"),
        ([layers.Dense(1)], "mae", CLASSES, "MeanAbsoluteError is a loss for quantities"),
    ],
)
def test_what_is_probably_wrong_is_warned_of(
    stack: list[Any], loss: str, y: np.ndarray, message: str
) -> None:
    with pytest.warns(TrainingWarning, match=message) as caught:
        fitted(stack, loss, y)
    assert caught[0].filename == __file__, "the warning points at the user's line"


@pytest.mark.parametrize(
    ("stack", "loss", "y"),
    [
        ([layers.Dense(1, "sigmoid")], "mse", CLASSES % 2),
        ([layers.Dense(1)], "mse", CLASSES.astype("float32")),
        ([layers.Dense(1)], "mse", AMOUNT),
        ([layers.Dense(1)], "mse", np.arange(30) * 3),
        ([layers.Dense(3, "sigmoid")], "binary_crossentropy", (X > 0).astype("float32")),
        ([layers.Dense(3)], st.losses.SparseCategoricalCrossentropy(from_logits=True), CLASSES),
        ([layers.Dense(2, "softmax")], "binary_crossentropy", ONE_HOT[:, :2]),
    ],
)
def test_what_may_be_right_is_not(stack: list[Any], loss: Any, y: np.ndarray) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted(stack, loss, y)


def two_outputs() -> Any:
    x = st.Input((3,))
    amount = layers.Dense(1, name="amount")(x)
    kind = layers.Dense(3, "softmax", name="kind")(x)
    return st.Model(x, [amount, kind])


def test_each_output_has_its_own_loss_labels_and_ending() -> None:
    model = two_outputs()
    losses = {"kind": "sparse_categorical_crossentropy", "amount": "mse"}
    model.compile("sgd", losses)
    model.fit(X, {"kind": CLASSES, "amount": AMOUNT}, verbose=0)
    with pytest.raises(st.errors.DataError, match=r"^y, output 'kind': label 3 in row 2"):
        model.fit(X, {"kind": CLASSES + 1, "amount": AMOUNT}, verbose=0)


def test_an_output_without_a_loss_is_not_in_the_logs() -> None:
    model = two_outputs()
    model.compile("sgd", {"amount": "mse"})
    with pytest.warns(UserWarning, match="does not depend on"):
        assert list(model.fit(X, {"amount": AMOUNT}, verbose=0).history) == ["loss", "amount_loss"]


def test_validation_data_are_looked_at_too() -> None:
    stack, loss = [layers.Dense(3, "softmax")], "sparse_categorical_crossentropy"
    with pytest.raises(st.errors.DataError, match="validation y: label 3 in row 2"):
        fitted(stack, loss, CLASSES, validation_data=(X, CLASSES + 1))
    spoiled = X.copy()
    spoiled[3, 1] = np.nan
    with pytest.raises(st.errors.DataError, match="validation x holds nan at row 3, column 1"):
        fitted(stack, loss, CLASSES, validation_data=(spoiled, CLASSES))


@pytest.mark.parametrize(
    ("stack", "loss", "y", "message"),
    [
        ([layers.Dense(1, "relu")], "mse", AMOUNT, "ends in relu and reaches 0 or more"),
        ([layers.Dense(1, "sigmoid")], "mse", 50.0 * AMOUNT, "sigmoid and reaches 0 to 1"),
        ([layers.Dense(1, None, True, "zeros", "ones")], "poisson", CLASSES, "may fall below 0"),
        ([layers.Dense(3, "softmax")], "categorical_crossentropy", X > -9, "row 0 adds up to 3"),
    ],
)
def test_labels_that_the_output_cannot_reach(
    stack: list[Any], loss: str, y: np.ndarray, message: str
) -> None:
    with pytest.warns(TrainingWarning, match=message):
        fitted(stack, loss, y)


@pytest.mark.parametrize(
    ("stack", "loss", "y", "message"),
    [
        ([layers.Dense(1, "sigmoid")], "sparse_categorical_crossentropy", CLASSES, "has one class"),
        ([layers.Dense(1, "tanh")], "hinge", CLASSES, "labels -1 and 1, or 0 and 1, row 2"),
        ([layers.Dense(1, "softplus")], "poisson", CLASSES - 1, "counts of 0 or more, row 0"),
        ([layers.Dense(3, "softmax")], "kl_divergence", -ONE_HOT, "shares between 0 and 1"),
        (
            [layers.Dense(3, "softmax")],
            "categorical_crossentropy",
            2 * ONE_HOT,
            "shares of classes",
        ),
    ],
)
def test_labels_that_a_loss_does_not_take(
    stack: list[Any], loss: str, y: np.ndarray, message: str
) -> None:
    with pytest.raises(st.errors.SteepestError, match=message):
        fitted(stack, loss, y)


def test_accuracy_of_quantities_is_warned_of() -> None:
    model = st.Sequential([st.Input((3,)), layers.Dense(1)])
    model.compile("sgd", "mse", ["accuracy"])
    with pytest.warns(TrainingWarning, match="accuracy compares class numbers"):
        model.fit(X, AMOUNT, verbose=0)


def test_a_loss_that_returns_nothing() -> None:
    with pytest.raises(st.errors.ArgumentError, match="returned nothing"):
        fitted([layers.Dense(1)], lambda y_true, y_pred: None, AMOUNT)


# ---------------------------------------------------------------- facts stand on the classes


class Squares(st.losses.Loss):
    """A loss of a user's own, of quantities or of anything else."""

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return st.reduce_mean((y_pred - y_true) ** 2, axis=-1)


def named(name: str, *bases: type, **facts: Any) -> Any:
    """A loss whose class has a name of steepest's, or any other."""
    return type(name, bases or (Squares,), facts)()


def quietly(stack: list[Any], loss: Any, y: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted(stack, loss, y)


@pytest.mark.parametrize(
    ("name", "units", "y"),
    [
        ("Poisson", 1, -AMOUNT),
        ("Hinge", 1, 5.0 * AMOUNT),
        ("BinaryCrossentropy", 1, CLASSES),
        ("SparseCategoricalCrossentropy", 1, AMOUNT),
        ("MeanSquaredError", 1, CLASSES),
    ],
)
def test_a_user_defined_loss_does_not_inherit_labels_by_its_name(
    name: str, units: int, y: np.ndarray
) -> None:
    quietly([layers.Dense(units)], named(name), y)


@pytest.mark.parametrize(
    ("base", "ending", "y", "message"),
    [
        (st.losses.Hinge, "tanh", CLASSES, "labels -1 and 1, or 0 and 1, row 2 holds 2"),
        (st.losses.Poisson, "softplus", CLASSES - 1, "counts of 0 or more, row 0"),
        (st.losses.BinaryCrossentropy, "sigmoid", CLASSES, "labels between 0 and 1, row 2"),
    ],
)
def test_a_subclass_takes_the_labels_of_its_base(
    base: type, ending: str, y: np.ndarray, message: str
) -> None:
    with pytest.raises(st.errors.DataError, match=message):
        fitted([layers.Dense(1, ending)], named("MyOwn", base), y)


def test_a_subclass_is_warned_of_as_its_base() -> None:
    with pytest.warns(TrainingWarning, match="Mine is a loss for quantities"):
        fitted([layers.Dense(1)], named("Mine", st.losses.Huber), CLASSES)


def test_a_subclass_may_take_other_labels() -> None:
    wide = st.diagnosis.Labels("values", "labels of -5 to 5", -5.0, 5.0, "clip them")
    quietly([layers.Dense(1)], named("Wide", st.losses.Hinge, labels=wide), CLASSES)
    quietly([layers.Dense(1)], named("Any", st.losses.Hinge, labels=None), 50.0 * AMOUNT)
    with pytest.raises(st.errors.DataError, match="labels of -5 to 5, row 3 holds 6; clip them"):
        y = np.where(np.arange(30) == 3, 6, CLASSES)
        fitted([layers.Dense(1)], named("Wide", st.losses.Hinge, labels=wide), y)


def test_an_attribute_of_another_meaning_is_left_alone() -> None:
    loss = named("Named", labels=["cat", "dog"], predictions="all")
    quietly([layers.Dense(1)], loss, 5.0 * AMOUNT)


def test_the_ignored_class_is_no_label_outside() -> None:
    loss = st.losses.SparseCategoricalCrossentropy(ignore_class=-1)
    quietly([layers.Dense(3, "softmax")], loss, CLASSES - (CLASSES == 0))
    with pytest.raises(st.errors.DataError, match="label -2 in row 0"):
        fitted([layers.Dense(3, "softmax")], loss, CLASSES - 2 * (CLASSES == 0))


def test_a_place_in_a_row_of_labels_is_named() -> None:
    with pytest.raises(st.errors.DataError, match="row 4, column 1 holds 3"):
        y = np.where(np.arange(90).reshape(30, 3) == 13, 3.0, ONE_HOT)
        fitted([layers.Dense(3, "sigmoid")], "binary_crossentropy", y)
