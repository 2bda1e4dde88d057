"""A fit with validation data ends with the reading of its errors, where enough is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st

layers = st.layers
DRAWN = np.random.default_rng(0)
X = DRAWN.standard_normal((400, 6)).astype("float32")
CLASSES = (X[:, 0] + X[:, 1] > 0).astype("int64")
NOISE = DRAWN.integers(0, 2, 400)  # classes that nothing tells
AMOUNT = X @ np.float32([1.0, -2.0, 0.5, 0.0, 0.0, 0.0])
SPARSE = "sparse_categorical_crossentropy"


def model_of(*stack: Any, loss: Any = SPARSE, metrics: Any = "accuracy", **options: Any) -> Any:
    model = st.Sequential([layers.Input((6,)), *stack])
    model.compile(
        options.pop("optimizer", st.optimizers.Adam(0.02)), loss, metrics and [metrics], **options
    )
    return model


def classifier(units: int = 64) -> Any:
    return model_of(layers.Dense(units, "relu"), layers.Dense(2, "softmax"))


def readings(model: Any, y: Any, rows: int = 100, x: Any = X, **options: Any) -> list[str]:
    """What `fit` reads, trained on the first rows and validated on the last 200."""
    given = {"epochs": 20, "verbose": 0, "seed": 0, "validation_data": (x[200:], y[200:])}
    history = model.fit(x[:rows], y[:rows], **(given | options))
    found = [each for each in history.findings if each.rule == "bias-variance"]
    return [each.evidence["reading"] for each in found]


def test_a_network_that_learns_noise_by_heart_has_high_variance() -> None:
    assert readings(classifier(128), NOISE, epochs=100) == ["high variance"]


def test_a_network_that_learns_little_has_high_bias() -> None:
    model = model_of(layers.Dense(2, "softmax"), optimizer=st.optimizers.Adam(0.02))
    parity = (X[:, 0] * X[:, 1] > 0).astype("int64")
    assert readings(model, parity, rows=200) == ["high bias"]


def test_a_network_that_learns_well_has_neither() -> None:
    far = X[np.abs(X[:, 0]) > 0.3][:, :6]
    y = (far[:, 0] > 0).astype("int64")
    model = classifier(8)
    history = model.fit(
        far[:200], y[:200], epochs=60, validation_data=(far[200:], y[200:]), verbose=0, seed=0
    )
    assert history.history["val_accuracy"][-1] > 0.99 and history.advice == []


def test_the_line_is_printed_where_epochs_are(capsys: pytest.CaptureFixture[str]) -> None:
    readings(classifier(128), NOISE, epochs=60, verbose=2)
    *_, last = capsys.readouterr().out.splitlines()
    assert last.startswith("advice: errors of ") and "high variance" in last
    readings(classifier(128), NOISE, epochs=60)
    assert capsys.readouterr().out == ""


def test_the_setting_turns_it_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st.config, "bias_variance_advice", False)
    assert readings(classifier(128), NOISE, epochs=60) == []


def test_the_training_error_is_that_without_dropout_at_the_end() -> None:
    model = model_of(layers.Dense(32, "relu"), layers.Dropout(0.7), layers.Dense(2, "softmax"))
    history = model.fit(
        X[:200], CLASSES[:200], epochs=20, validation_data=(X[200:], CLASSES[200:]),
        verbose=0, seed=0,
    )  # fmt: skip
    (found,) = history.findings
    exact = 1.0 - model.evaluate(X[:200], CLASSES[:200], verbose=0)[1]
    assert found.evidence["train"] == pytest.approx(exact, abs=1e-6)
    assert history.history["accuracy"][-1] < 1.0 - exact - 0.02
    validated = 1.0 - history.history["val_accuracy"][-1]
    assert found.evidence["validation"] == pytest.approx(validated)


def test_the_metrics_stay_those_of_the_last_validation() -> None:
    model = classifier(128)
    assert readings(model, NOISE, epochs=60)
    assert model.get_metrics_result()["accuracy"].item() == pytest.approx(
        model.history.history["val_accuracy"][-1]
    )


@pytest.mark.parametrize("metrics", [None, "mse", "mae"])
def test_a_regression_is_read_by_the_variance_of_its_target(metrics: Any) -> None:
    noisy = (AMOUNT + 2.0 * DRAWN.standard_normal(400)).astype("float32") * 10.0
    model = model_of(layers.Dense(64, "relu"), layers.Dense(1), loss="mse", metrics=metrics)
    assert readings(model, noisy, rows=60, epochs=300)[0] in ("high variance", "both")
    (found,) = model.history.findings
    validated = model.history.history["val_loss"][-1]
    assert found.evidence["validation"] == pytest.approx(validated / noisy[200:].var(), rel=1e-4)
    exact = np.ravel(model.evaluate(X[:60], noisy[:60], verbose=0))[0] / noisy[:60].var()
    assert found.evidence["train"] == pytest.approx(exact, rel=1e-4)


def averaged() -> Any:
    optimizer = st.optimizers.Adam(0.02, use_ema=True)
    return model_of(layers.Dense(64, "relu"), layers.Dense(2, "softmax"), optimizer=optimizer)


class OwnStep(st.Sequential):
    """Whose metrics may mean anything."""

    def test_step(self, data: Any) -> Any:
        return super().test_step(data)


def own_step() -> Any:
    model = OwnStep([layers.Input((6,)), layers.Dense(2, "softmax")])
    model.compile("adam", SPARSE, ["accuracy"])
    return model


@pytest.mark.parametrize(
    ("make", "y", "options"),
    [
        (classifier, NOISE, {"epochs": 4}),
        (classifier, NOISE, {"validation_data": (X[200:249], NOISE[200:249])}),
        (classifier, NOISE, {"validation_data": None}),
        (classifier, NOISE, {"validation_freq": [1]}),
        (lambda: model_of(layers.Dense(2, "softmax"), metrics=None), NOISE, {}),
        (lambda: model_of(layers.Dense(1), loss="mae", metrics=None), AMOUNT, {}),
        (lambda: model_of(layers.Dense(1), loss="mse", metrics=None), 0.0 * AMOUNT, {}),
        (averaged, NOISE, {}),
        (own_step, NOISE, {}),
    ],
    ids=lambda value: getattr(value, "__name__", "") if callable(value) else "",
)
def test_where_too_little_is_known_nothing_is_said(make: Any, y: Any, options: Any) -> None:
    assert readings(make(), y, **options) == []


def test_penalties_are_no_error() -> None:
    kernel = layers.Dense(1, kernel_regularizer=st.regularizers.L2(0.1))
    assert readings(model_of(kernel, loss="mse", metrics=None), AMOUNT) == []


def test_class_weights_and_batches_of_any_size_are_taken() -> None:
    options: dict[str, Any] = {"class_weight": {0: 1.0, 1: 2.0}, "validation_batch_size": 7}
    assert readings(classifier(128), NOISE, epochs=100, **options) == ["high variance"]


def test_a_run_that_is_stopped_at_once_says_nothing() -> None:
    stop = st.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: setattr(model, "stop_training", True)
    )
    model = classifier(128)
    assert readings(model, NOISE, callbacks=[stop]) == []


def test_other_advice_comes_first() -> None:
    model = model_of(layers.Dense(2, "softmax"), optimizer=st.optimizers.SGD(1e-6))
    assert readings(model, CLASSES) == []
    assert [found.rule for found in model.history.findings] == ["rate-too-small"]


def test_weights_are_the_same_with_and_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = []
    for wanted in (True, False):
        monkeypatch.setattr(st.config, "bias_variance_advice", wanted)
        st.random.set_seed(0)
        model = classifier(128)
        assert bool(readings(model, NOISE, epochs=60)) is wanted
        assert bool(readings(model, NOISE, epochs=60)) is wanted
        weights.append(model.get_weights())
    for one, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other)
