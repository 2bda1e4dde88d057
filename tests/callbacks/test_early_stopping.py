"""EarlyStopping and the convergence rule: when they stop, and which weights they restore."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError
from tests.callbacks.small_training import Scripted, X, fit, model


def test_early_stopping_waits_and_restores_the_best() -> None:
    script = Scripted([3.0, 2.0, 2.5, 2.4, 1.0])
    stop = st.callbacks.EarlyStopping(patience=2)
    made = model()
    history = fit(made, script, stop)
    assert history.epoch == [0, 1, 2, 3] and stop.stopped_epoch == 3 and stop.best_epoch == 1
    assert all(map(np.array_equal, made.get_weights(), script.weights[1]))


def test_early_stopping_can_leave_the_last_weights() -> None:
    script = Scripted([3.0, 2.0, 2.5, 2.4, 1.0])
    made = model()
    fit(made, script, st.callbacks.EarlyStopping(patience=2, restore_best_weights=False))
    assert all(map(np.array_equal, made.get_weights(), script.weights[3]))


def test_early_stopping_options() -> None:
    delta = st.callbacks.EarlyStopping(min_delta=0.6, patience=2)
    assert fit(model(), Scripted([3.0, 2.5, 2.45, 1.0, 0.9]), delta).epoch == [0, 1, 2]
    late = st.callbacks.EarlyStopping(patience=1, start_from_epoch=3)
    assert fit(model(), Scripted([1.0, 2.0, 3.0, 4.0, 5.0]), late).epoch == [0, 1, 2, 3, 4]
    base = st.callbacks.EarlyStopping(patience=1, baseline=0.5)
    assert fit(model(), Scripted([1.0, 2.0, 3.0, 4.0, 5.0]), base).epoch == [0]


def test_val_acc_and_val_accuracy_are_the_same() -> None:
    made = st.Sequential([st.layers.Dense(2, "softmax", input_shape=(3,))])
    made.compile("sgd", "sparse_categorical_crossentropy", ["accuracy"])
    labels = (X[:, 0] > 0).astype(int)
    stop = st.callbacks.EarlyStopping("val_acc", patience=50)
    made.fit(X, labels, epochs=3, validation_split=0.25, callbacks=[stop], verbose=0)
    assert stop.grows and math.isfinite(stop.best)


def test_the_courses_rule() -> None:
    rose = st.callbacks.ConvergenceRule()
    assert fit(model(), Scripted([3.0, 2.0, 2.1, 1.0, 1.0]), rose).epoch == [0, 1, 2]
    assert "rose" in rose.reason
    flat = st.callbacks.ConvergenceRule(min_improvement=1e6)
    assert fit(model(), flat, validation_data=None).epoch == [0, 1]
    assert "gained less" in flat.reason


@pytest.mark.parametrize("options", [{}, {"verbose": 1}])
def test_the_courses_rule_says_why_it_stopped_if_asked(options: Any, capsys: Any) -> None:
    fit(model(), Scripted([2.0, 2.5, 1.0, 1.0, 1.0]), st.callbacks.ConvergenceRule(**options))
    said = capsys.readouterr().out
    assert said == ("Epoch 2: validation loss rose from 2 to 2.5\n" if options else "")


def test_a_metric_of_several_numbers_is_refused() -> None:
    made = st.Sequential([st.layers.Dense(2, "softmax", input_shape=(3,))])
    made.compile("sgd", "categorical_crossentropy", metrics=[st.metrics.F1Score()])
    stop = st.callbacks.EarlyStopping("f1_score")
    with pytest.raises(ArgumentError, match=r"'f1_score' is 2 numbers, .* average='macro'"):
        made.fit(X, np.eye(2)[np.arange(24) % 2], callbacks=[stop], verbose=0)


@pytest.mark.parametrize("make", [st.callbacks.EarlyStopping, st.callbacks.ReduceLROnPlateau])
def test_a_negative_patience_is_refused(make: Any) -> None:
    with pytest.raises(ArgumentError, match=r"patience must lie in \[0, inf\), got -1"):
        make(patience=-1)
