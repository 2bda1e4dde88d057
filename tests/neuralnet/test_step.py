"""What logs show: the step's own names in its order, each metric under a name of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st

X = np.random.default_rng(0).standard_normal((24, 3)).astype("float32")
TARGET = X.sum(axis=1, keepdims=True)
BINARY = (X[:, 0] > 0).astype("int64")


def compiled(**options: Any) -> Any:
    model = st.Sequential([st.layers.Dense(1, "sigmoid", input_shape=(3,))])
    model.compile("sgd", "binary_crossentropy", **options)
    return model


class Tracked(st.Model):
    """A user-defined step that updates a metric held as an attribute."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = st.layers.Dense(1)
        self.gap = st.metrics.Mean(name="gap")

    def call(self, x: Any) -> Any:
        return self.dense(x)

    def train_step(self, data: Any) -> Any:
        x, y = data
        with st.GradientTape() as tape:
            loss = st.reduce_mean(st.square(self(x, training=True) - y))
        weights = self.trainable_weights
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        self.gap.update_state(loss)
        return {"gap": self.gap.result(), "last": loss}


def test_the_loss_comes_first() -> None:
    history = compiled(metrics=["accuracy", "auc"]).fit(X, BINARY, verbose=0)
    assert list(history.history) == ["loss", "accuracy", "auc"]


def test_logs_are_what_the_step_returns() -> None:
    model = Tracked()
    model.compile(st.optimizers.SGD(0.1))
    history = model.fit(X, TARGET, epochs=3, batch_size=8, verbose=0).history
    assert list(history) == ["gap", "last"]
    assert history["gap"][2] < history["gap"][0], "a metric held as an attribute is reset"


def test_a_monitor_can_watch_what_the_step_returns() -> None:
    model = Tracked()
    model.compile(st.optimizers.SGD(1e-5))
    stop = st.callbacks.EarlyStopping("gap", patience=2, min_delta=0.1)
    assert len(model.fit(X, TARGET, epochs=9, verbose=0, callbacks=[stop]).epoch) == 3
    with pytest.raises(st.errors.ArgumentError, match="known names: gap, last"):
        model.fit(X, TARGET, verbose=0, callbacks=[st.callbacks.EarlyStopping("xyz")])


def test_a_weighted_metric_beside_its_plain_twin() -> None:
    model = compiled(metrics=["accuracy"], weighted_metrics=["accuracy"])
    weights = np.where(BINARY == 1, 1.0, 0.0)
    logs = model.fit(X, BINARY, sample_weight=weights, verbose=0).history
    assert list(logs) == ["loss", "accuracy", "weighted_accuracy"]
    assert logs["accuracy"] != logs["weighted_accuracy"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"loss": "msee"}, "no loss is called 'msee'"),
        ({"metrics": ["accurracy"]}, "did you mean 'accuracy'"),
        ({"weighted_metrics": ["aucc"]}, "did you mean 'AUC'|did you mean 'auc'"),
        ({"optimizer": "adamm"}, "did you mean 'adam'"),
        ({"loss_weights": ["a"]}, "loss_weights: a number for each output"),
    ],
)
def test_misspelt_names_are_reported_by_compile(options: Any, message: str) -> None:
    model = st.Sequential([st.layers.Dense(1)])
    with pytest.raises(st.errors.SteepestError, match=message):
        model.compile(**options)


def test_a_step_must_return_a_dictionary() -> None:
    class Odd(Tracked):
        def train_step(self, data: Any) -> Any:
            return self(data[0])

    model = Odd()
    model.compile("sgd")
    with pytest.raises(st.errors.ArgumentError, match="return a dictionary"):
        model.fit(X, TARGET, verbose=0)


def test_labels_that_are_missing() -> None:
    with pytest.raises(st.errors.ArgumentError, match="y is missing"):
        compiled().fit(X, verbose=0)
    with pytest.raises(st.errors.ArgumentError, match="y is missing"):
        compiled().fit(iter([X]), verbose=0)
