"""Areas under curves. The numbers are those of Keras 3.15.1."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st

TRUTH = np.random.RandomState(6).randint(0, 2, 50)
GUESS = np.clip(np.random.RandomState(7).rand(50) * 0.6 + TRUTH * 0.3, 0, 1)


@pytest.mark.parametrize(
    ("method", "wanted"),
    [("interpolation", 0.784699559), ("minoring", 0.779401898), ("majoring", 0.7899972)],
)
def test_the_area_under_precision_gain_over_recall_gain(method: str, wanted: float) -> None:
    area = st.metrics.AUC(curve="PRGAIN", summation_method=method)
    area.update_state(TRUTH, GUESS)
    assert area.result().item() == pytest.approx(wanted, rel=1e-6)


def test_an_unknown_curve_is_refused() -> None:
    with pytest.raises(st.errors.UnknownNameError, match="PRGAIN"):
        st.metrics.AUC(curve="PRGAINS")


def test_counts_can_be_read() -> None:
    precision = st.metrics.Precision()
    precision.update_state(TRUTH, GUESS)
    assert precision.true_positives.tolist() == [20.0]
    assert precision.false_positives.tolist() == [5.0]
    assert len(precision.variables) == 2
    score = st.metrics.F1Score()
    score.update_state([[1], [0]], [[0.9], [0.8]])
    assert score.false_positives.tolist() == [1.0]
