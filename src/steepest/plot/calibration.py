"""Calibration: whether predicted probabilities are the shares that are observed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.arguments import whole
from steepest.errors import DataError
from steepest.figure_style import look_of
from steepest.intervals import of_share
from steepest.plot.figure import legend, open_axes
from steepest.plot.outputs import as_rows, class_numbers, same_length
from steepest.plot.picture import Picture

WHO = "st.plot.calibration"


@dataclass(frozen=True)
class Calibration:
    """Rows in bins of equal width of their predicted probability; NaN for a bin without rows.

    For two classes it is the probability of the second class, and `observed` the share of rows of
    it; for more it is that of the predicted class, and the share of rows where it was right. `low`
    and `high` are the ends of its interval of 95 percent. `ece`, the expected calibration error, is
    the mean of |observed - predicted| over the rows.

    >>> data = st.plot.calibration_data([0, 1, 1, 1], [0.6, 0.6, 0.6, 0.6], bins=1)
    >>> data.counts.tolist(), data.observed.tolist(), round(data.ece, 2)
    ([4], [0.75], 0.15)
    """

    edges: np.ndarray
    counts: np.ndarray
    predicted: np.ndarray
    observed: np.ndarray
    low: np.ndarray
    high: np.ndarray
    ece: float
    classes: int


def calibration_data(y_true: Any, y_pred: Any, bins: int = 10) -> Calibration:
    """The observed share of each bin of probabilities `y_pred`: one column, or one a class.

    >>> data = calibration_data([0, 1, 1, 1], [0.2, 0.2, 0.9, 0.9], bins=2)
    >>> data.predicted.round(2), data.observed, round(data.ece, 2)
    (array([0.2, 0.9]), array([0.5, 1. ]), 0.2)
    """
    scores = as_rows(WHO, "y_pred", y_pred)
    if scores.min() < 0 or scores.max() > 1 + 1e-6:
        raise DataError(
            f"{WHO}: y_pred: probabilities from 0 to 1 were expected, found {scores.min():g} to "
            f"{scores.max():g}; apply st.sigmoid or st.nn.softmax to logits"
        )
    classes = max(2, scores.shape[1])
    truth = class_numbers(WHO, "y_true", y_true, classes)
    same_length(WHO, y_true=truth, y_pred=scores)
    if classes == 2:
        probability, right = scores[:, -1], truth == 1
    else:
        probability, right = scores.max(axis=1), truth == scores.argmax(axis=1)
    edges = np.linspace(0.0, 1.0, whole(f"{WHO}: bins", bins, least=1) + 1)
    places = np.clip(np.digitize(probability, edges[1:-1]), 0, bins - 1)
    counts = np.bincount(places, minlength=bins)
    filled = counts > 0
    predicted, observed = (
        np.divide(
            np.bincount(places, values, bins), counts, out=np.full(bins, np.nan), where=filled
        )
        for values in (probability, right)
    )
    ends = np.full((bins, 2), np.nan)
    for place in np.flatnonzero(filled).tolist():
        ends[place] = of_share(float(observed[place]), int(counts[place]))[1:]
    gaps = np.abs(observed - predicted)[filled]
    ece = float((gaps * counts[filled]).sum() / counts.sum())
    return Calibration(edges, counts, predicted, observed, ends[:, 0], ends[:, 1], ece, classes)


def calibration(
    y_true: Any, y_pred: Any, bins: int = 10, *, ax: Any = None, theme: str | None = None
) -> Picture[Calibration]:
    """Draws observed shares against predicted probabilities, and how many rows each bin has.

    Points on the diagonal are calibrated; below it the model is too certain. Bars at the points are
    intervals of 95 percent. `ax` is a list of two axes, the upper one and the lower one.

    >>> picture = st.plot.calibration([0, 0, 1, 1], [0.1, 0.3, 0.7, 0.9], bins=2)
    >>> picture.data.counts.tolist(), round(picture.data.ece, 3)
    ([2, 2], 0.2)
    """
    data = calibration_data(y_true, y_pred, bins)
    axes = open_axes(WHO, ax, theme, (2, 1), (4.8, 3.0), heights=(3, 1))
    upper, lower = axes
    look, there = look_of(upper), data.counts > 0
    upper.plot([0, 1], [0, 1], "--", color=look.quiet, label="calibrated")
    arms = np.abs(np.stack([data.low, data.high]) - data.observed)[:, there]
    upper.errorbar(
        data.predicted[there],
        data.observed[there],
        yerr=arms,
        color=look.colour(0),
        marker="o",
        markersize=5,
        capsize=3,
        linestyle="none",
        clip_on=False,
        label=f"observed, ECE {data.ece:.3f}",
    )
    second = "of the second class" if data.classes == 2 else "of the predicted class"
    upper.set(xlim=(0, 1), ylim=(0, 1), ylabel="observed share")
    legend(upper, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2)
    lower.bar(
        data.edges[:-1],
        data.counts,
        np.diff(data.edges),
        align="edge",
        color=look_of(lower).colour(0),
        edgecolor=[look_of(lower).page],
    )
    lower.set(xlim=(0, 1), xlabel=f"predicted probability {second}", ylabel="rows")
    text = f"calibration of {data.counts.sum():,} rows: expected calibration error {data.ece:.3f}"
    return Picture(data, axes, text)
