"""Residuals: what is left of the labels when the predictions are subtracted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.errors import ShapeError
from steepest.figure_style import look_of
from steepest.plot.figure import open_axes
from steepest.plot.outputs import as_rows, same_length
from steepest.plot.picture import Picture

WHO = "st.plot.residuals"


@dataclass(frozen=True)
class Residuals:
    """Predictions, and labels less predictions; their mean, root mean square, and R squared.

    >>> data = st.plot.residuals_data([1.0, 3.0], [2.0, 2.0])
    >>> data.residuals.tolist(), data.rmse, data.r2
    ([-1.0, 1.0], 1.0, 0.0)
    """

    predicted: np.ndarray
    residuals: np.ndarray
    mean: float
    rmse: float
    r2: float


def residuals_data(y_true: Any, y_pred: Any) -> Residuals:
    """The residuals of one output, in the order of the rows.

    >>> data = residuals_data([1.0, 2.0, 3.0], [[1.0], [2.0], [2.0]])
    >>> data.residuals, data.r2
    (array([0., 0., 1.]), 0.5)
    """
    truth, predicted = as_rows(WHO, "y_true", y_true), as_rows(WHO, "y_pred", y_pred)
    same_length(WHO, y_true=truth, y_pred=predicted)
    if truth.shape[1] != 1 or predicted.shape[1] != 1:
        raise ShapeError(
            f"{WHO}: one output was expected, got {truth.shape[1]} columns of labels and "
            f"{predicted.shape[1]} of predictions; choose one, as in y_true[:, 0], y_pred[:, 0]"
        )
    left = truth[:, 0] - predicted[:, 0]
    spread = float(np.square(truth - truth.mean()).sum())
    r2 = 1.0 - float(np.square(left).sum()) / spread if spread else float("nan")
    rmse = float(np.sqrt(np.square(left).mean()))
    return Residuals(predicted[:, 0], left, float(left.mean()), rmse, r2)


def residuals(
    y_true: Any, y_pred: Any, *, unit: str = "", ax: Any = None, theme: str | None = None
) -> Picture[Residuals]:
    """Draws residuals against predictions, and how often each size occurs.

    A curve or a funnel on the left is something that the model has not learned. `unit` is that of
    the labels; `ax` is a list of two axes.

    >>> picture = st.plot.residuals([1.0, 2.0, 4.0], [1.5, 2.0, 3.5], unit="kg")
    >>> picture.data.residuals.tolist(), picture.axes[0].get_ylabel()
    ([-0.5, 0.0, 0.5], 'label less prediction (kg)')
    """
    data = residuals_data(y_true, y_pred)
    axes = open_axes(WHO, ax, theme, (1, 2), (4.4, 3.6))
    left, right = axes
    look, count = look_of(left), len(data.residuals)
    size = float(np.clip(6_000 / count, 4, 24))
    left.scatter(data.predicted, data.residuals, s=size, color=look.colour(0), alpha=0.7)
    left.axhline(0.0, color=look.ink, linewidth=1.0)
    note = f" ({unit})" if unit else ""
    left.set(xlabel=f"prediction{note}", ylabel=f"label less prediction{note}")
    bins = int(np.clip(np.sqrt(count), 5, 40))
    style = {"orientation": "horizontal", "color": look_of(right).colour(0), "alpha": 0.6}
    right.hist(data.residuals, bins, edgecolor=[look_of(right).page], **style)
    right.axhline(0.0, color=look_of(right).ink, linewidth=1.0)
    right.axhline(data.mean, color=look_of(right).ink, linestyle="--", linewidth=1.4)
    right.set(xlabel="rows", ylim=left.get_ylim())
    right.xaxis.get_major_locator().set_params(integer=True)
    right.set_title(
        f"mean {data.mean:.3g} (dashed), RMSE {data.rmse:.3g}, R² {data.r2:.3f}", size=9
    )
    text = f"residuals of {count:,} rows: RMSE {data.rmse:.3g}, R squared {data.r2:.3f}"
    return Picture(data, axes, text)
