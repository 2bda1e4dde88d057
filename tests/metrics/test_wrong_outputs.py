"""Outputs and settings that a metric cannot take, and masked predictions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest import metrics
from steepest.errors import ArgumentError, ShapeError, UnknownNameError


@pytest.mark.parametrize(
    "metric", [metrics.F1Score(), metrics.FBetaScore(beta=2.0), metrics.R2Score()]
)
def test_scores_take_rows_of_outputs(metric: Any) -> None:
    with pytest.raises(
        ShapeError, match=rf"{metric.name}: expected \(batch, outputs\), got \(2, 3"
    ):
        metric.update_state(np.zeros((2, 3, 1)), np.zeros((2, 3, 1)))


@pytest.mark.parametrize("outputs, refused", [((4,), True), ((4, 1), True), ((4, 2), False)])
def test_the_greatest_outputs_need_as_many(outputs: tuple[int, ...], refused: bool) -> None:
    precision = metrics.Precision(top_k=2)
    if not refused:
        precision.update_state(np.zeros(outputs), np.zeros(outputs))
        return
    with pytest.raises(ShapeError, match=r"top_k=2 needs rows of at least so many outputs, y_pred"):
        precision.update_state(np.zeros(outputs), np.zeros(outputs))


def test_settings_of_the_area_under_a_curve() -> None:
    with pytest.raises(UnknownNameError, match="curve"):
        metrics.AUC(curve="none")
    with pytest.raises(UnknownNameError, match="summation method"):
        metrics.AUC(summation_method="none")
    with pytest.raises(ArgumentError, match=r"label_weights are 0 or more, got \[1\.0, -1\.0\]"):
        metrics.AUC(multi_label=True, num_labels=2, label_weights=[1.0, -1.0])
    assert metrics.AUC(multi_label=True, num_labels=2, label_weights=[1.0, 0.0]).label_weights


def test_masked_steps_do_not_count() -> None:
    predictions = st.layers.Masking()([[[1.0], [0.0], [3.0]]])  # the second step is masked
    truth = np.float32([[[0.0], [9.0], [0.0]]])
    error = metrics.MeanAbsoluteError()
    error.update_state(truth, predictions)
    assert error.result().item() == 2.0
    error.reset_state()
    error.update_state(truth, predictions, sample_weight=[[3.0, 5.0, 1.0]])
    assert error.result().item() == 1.5


def test_a_function_that_returns_nothing_is_named() -> None:
    metric = metrics.MeanMetricWrapper(lambda y_true, y_pred: None, name="mine")
    with pytest.raises(ArgumentError, match="metric 'mine' returned nothing; end it with return"):
        metric.update_state([1.0], [1.0])
