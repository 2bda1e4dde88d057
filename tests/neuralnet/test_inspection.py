"""Labels are checked in the batches of streams and in evaluations, as in arrays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import DataError, TrainingWarning

X = np.random.default_rng(0).standard_normal((24, 3)).astype("float32")
PARTS = [X[i : i + 8] for i in range(0, 24, 8)]


def classes(units: int, loss: str) -> Any:
    model = st.Sequential([st.layers.Dense(units, "softmax" if units > 1 else "sigmoid")])
    model.compile("sgd", loss)
    return model


@pytest.mark.parametrize(
    ("units", "loss", "odd", "message"),
    [
        (2, "sparse_categorical_crossentropy", 2, "label 2 in row 3 is outside the 2 classes"),
        (2, "sparse_categorical_crossentropy", -1, "label -1 in row 3"),
        (1, "binary_crossentropy", 7, "labels between 0 and 1, row 3 holds 7"),
    ],
)
@pytest.mark.parametrize("held", [False, True])
def test_a_label_that_a_loss_cannot_take_is_reported_in_whatever_batch_it_comes(
    units, loss, odd, message, held
):
    def good() -> Iterator[Any]:
        yield from ((x, np.arange(8) % 2) for x in PARTS)

    def bad() -> Iterator[Any]:
        yield from good()
        yield X[:4], np.array([0, 1, 0, odd])

    model, name = classes(units, loss), "validation y" if held else "y"
    with pytest.raises(DataError, match=f"^{name} of a batch: .*{message}"):
        model.fit(good if held else bad, validation_data=bad if held else None, verbose=0)
    assert len(model.fit(good, verbose=0).history["loss"]) == 1


def test_labels_of_an_evaluation_are_reported_too():
    model, labels = classes(2, "sparse_categorical_crossentropy"), np.arange(24) % 2
    model.evaluate(X, labels, verbose=0)
    labels[19] = 5
    with pytest.raises(DataError, match="y: label 5 in row 19 is outside the 2 classes"):
        model.evaluate(X, labels, verbose=0)
    parts = ((X[i : i + 8], labels[i : i + 8]) for i in range(0, 24, 8))
    with pytest.raises(DataError, match="y of a batch: label 5 in row 3"):
        model.evaluate(parts, verbose=0)


def test_the_first_evaluation_of_a_model_checks_labels():
    model = classes(2, "sparse_categorical_crossentropy")
    with pytest.raises(DataError, match="y: label 2 in row 0"):
        model.evaluate(X, np.full(24, 2), verbose=0)


def test_labels_of_an_output_without_a_loss_are_not_checked():
    inputs = st.Input((3,))
    outputs = {name: st.layers.Dense(2, "softmax", name=name)(inputs) for name in ("a", "b")}
    model = st.Model(inputs, outputs)
    model.compile("sgd", {"a": "sparse_categorical_crossentropy"})
    labels = {"a": np.arange(24) % 2, "b": np.full(24, 7)}
    with pytest.warns(TrainingWarning, match="does not depend on b/kernel"):
        assert list(model.fit(X, labels, verbose=0).history) == ["loss", "a_loss"]
    assert len(model.evaluate(X, labels, verbose=0)) == 2
    with pytest.raises(DataError, match=r"^y, output 'a': label 7 in row 0"):
        model.evaluate(X, {"a": labels["b"], "b": labels["a"]}, verbose=0)


class Counting(st.Model):
    """A step of evaluation that compares nothing with labels."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = st.layers.Dense(2, "softmax")

    def call(self, x: Any) -> Any:
        return self.dense(x)

    def test_step(self, data: Any) -> dict[str, Any]:
        return {"sum": st.reduce_sum(data[1])}


def test_labels_that_no_loss_reads_are_not_checked():
    model = Counting()
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(X, np.arange(24) % 2, verbose=0)
    many = np.full(24, 5)
    assert model.evaluate(X, many, batch_size=24, verbose=0) == 120
    assert model.evaluate(iter([(X, many)]), verbose=0) == 120
