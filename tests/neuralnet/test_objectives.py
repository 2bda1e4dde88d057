"""Losses, metrics and weights for each output: how they are given, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, ShapeError, SteepestError
from steepest.neuralnet.objectives import per_output

X = np.ones((4, 3), np.float32)


def two_outputs() -> st.Model:
    inputs = st.Input((3,))
    outputs = [st.layers.Dense(1, name=name)(inputs) for name in ("a", "b")]
    return st.Model(inputs, outputs)


@pytest.mark.parametrize(
    "given, names, wanted",
    [
        ({"b": 2}, "ab", [None, 2]),
        ({}, "ab", [None, None]),
        ([1, 2], "ab", [1, 2]),
        ((1, 2), "ab", [1, 2]),
        ([1], "a", [1]),
        ([1, 2], "a", [[1, 2]]),
        (3, "a", [3]),
        (3, "ab", [3, 3]),
        (None, "ab", [None, None]),
    ],
)
def test_one_entry_for_each_output(given: Any, names: str, wanted: list[Any]) -> None:
    assert per_output(given, list(names), "loss") == wanted


def test_entries_that_do_not_fit_the_outputs() -> None:
    with pytest.raises(ArgumentError, match=r"y: \['c'\] are no outputs .* names: \['a', 'b'\]"):
        per_output({"c": 1, "a": 2}, ["a", "b"], "y")
    for given in ([1], [1, 2, 3]):
        with pytest.raises(ArgumentError, match=rf"y: {len(given)} entries for 2 outputs \(a, b\)"):
            per_output(given, ["a", "b"], "y")
    with pytest.raises(ShapeError, match=r"outputs \['a', 'b'\], one entry each is needed"):
        per_output(1, ["a", "b"], "y", fill=False)
    assert per_output(None, ["a", "b"], "y", fill=False) == [None, None]
    assert per_output(1, ["a", "b"], "y", fill=False, spread=True) == [1, 1]


@pytest.mark.parametrize(
    "metrics, names",
    [
        (["mae"], ["a_mae", "b_mae"]),
        ([["mae"], ["mse"]], ["a_mae", "b_mse"]),
        (["mae", "mse"], ["a_mae", "b_mse"]),
        (["mae", "mse", "msle"], ["a_mae", "a_mse", "a_msle", "b_mae", "b_mse", "b_msle"]),
        ({"b": ["mae", "mse"]}, ["b_mae", "b_mse"]),
        (None, []),
    ],
)
def test_metrics_of_several_outputs(metrics: Any, names: list[str]) -> None:
    model = two_outputs()
    model.compile("sgd", "mse", metrics=metrics)
    logs = model.evaluate(X, [X[:, :1]] * 2, verbose=0, return_dict=True)
    assert [name for name in logs if "loss" not in name] == names


@pytest.mark.parametrize("metrics", [["mae", "mse"], [["mae", "mse"]]])
def test_metrics_of_one_output(metrics: Any) -> None:
    model = st.Sequential([st.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=metrics)
    logs = model.evaluate(X, X[:, :1], verbose=0, return_dict=True)
    assert list(logs) == ["loss", "mae", "mse"]


def test_labels_in_another_form_than_the_loss_takes() -> None:
    model = st.Sequential([st.layers.Dense(3, "softmax")])
    model.compile("sgd", "categorical_crossentropy")
    for labels in (np.array([0, 1, 2, 0]), np.array([[0], [1], [2], [0]])):
        with pytest.raises(SteepestError, match=r"one-hot rows of 3 values.*sparse_categorical"):
            model.evaluate(X, labels, verbose=0)
    with pytest.raises(SteepestError, match="y has 2 values a row, the output has 3 units"):
        model.evaluate(X, np.eye(2, dtype=np.float32)[[0, 1, 0, 1]], verbose=0)


def test_missing_labels_are_named() -> None:
    model = st.Sequential([st.layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(
        ArgumentError, match=r"y is missing: the loss .* of output 'output' compares"
    ):
        model.evaluate(X, verbose=0)
    with pytest.raises(SteepestError, match="the model has no loss and optimizer yet"):
        st.Sequential([st.layers.Dense(1)]).evaluate(X, X, verbose=0)
