"""The metric of a search: its name, its direction, and scores."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError
from steepest.tune.measure import Measure, MetricMissing


@pytest.mark.parametrize(
    "metric, mode, name, found",
    [
        (None, "auto", None, "min"), ("val_acc", "auto", "acc", "max"),
        ("mae", "auto", "mae", "min"),
        ("mae", "max", "mae", "max"), (len, "min", "len", "min"), ("auc", "auto", "auc", "max"),
    ],
)  # fmt: skip
def test_names_and_directions(metric: Any, mode: str, name: Any, found: str) -> None:
    measure = Measure(metric, mode)
    assert measure.name == name and measure.mode == found
    assert measure.is_resolved is callable(metric)


def test_what_is_no_metric() -> None:
    with pytest.raises(ArgumentError, match="mode: 'auto', 'max' or 'min' was expected, got 'up'"):
        Measure("mae", "up")
    with pytest.raises(ArgumentError, match="metric: a name or a function was expected, got 3"):
        Measure(3)
    with pytest.raises(ArgumentError, match="give 'max' or 'min', as the metric is a function"):
        Measure(len)


def test_the_name_is_one_that_the_models_log() -> None:
    measure = Measure()
    measure.resolve(["loss", "val_accuracy", "accuracy"])
    assert measure.name == "accuracy" and measure.is_resolved
    only = Measure()
    only.resolve(["loss", "val_loss"])
    assert only.name == "loss" and only.mode == "min"
    with pytest.raises(MetricMissing, match=r"mse.*compile has metrics=\[\.\.\.\]"):
        Measure("mse").resolve(["loss", "val_mse"])
    function = Measure(len, "max")
    function.resolve([])
    assert function.name == "len"


def test_the_score_of_a_model() -> None:
    model = st.Sequential([st.layers.Dense(1, kernel_initializer="ones", input_shape=(2,))])
    model.compile("sgd", "mse", metrics=["mae"])
    rows = np.float32([[1.0, 1.0], [2.0, 2.0]]), np.float32([[0.0], [0.0]])
    assert Measure("mae").of(model, rows) == 3.0 and Measure().of(model, rows) == 10.0
    assert Measure(lambda model, x, y: len(x), "max").of(model, rows) == 2.0
    with pytest.raises(MetricMissing, match="the model has no metric 'accuracy'"):
        Measure("accuracy").of(model, rows)
