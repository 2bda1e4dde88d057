"""Exponentially weighted averages of a series, with and without correction of their start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.errors import ShapeError
from steepest.figure_style import MARKERS, look_of
from steepest.optimizers.average import exponential_average
from steepest.plot.figure import ASIDE, legend, open_axes
from steepest.plot.picture import Picture


@dataclass(frozen=True)
class Averages:
    """A series, and its averages for each beta: corrected, and as they are without correction.

    >>> st.plot.averages_data([4.0, 2.0], 0.5).uncorrected[0.5].tolist()
    [2.0, 2.0]
    """

    values: np.ndarray
    corrected: dict[float, np.ndarray]
    uncorrected: dict[float, np.ndarray]


def averages_data(values: Any, betas: float | Sequence[float] = (0.9, 0.98)) -> Averages:
    """The averages V_t = beta V_{t-1} + (1 - beta) x_t of a series, for one beta or several.

    >>> data = averages_data([4.0, 4.0, 4.0], 0.5)
    >>> data.uncorrected[0.5], data.corrected[0.5]
    (array([2. , 3. , 3.5]), array([4., 4., 4.]))
    """
    series = np.asarray(values, np.float64)
    if series.ndim != 1 or not series.size:
        raise ShapeError(
            f"st.plot.averages: a series of numbers was expected, got shape {series.shape}"
        )
    several = [float(beta) for beta in np.ravel(np.asarray(betas, np.float64))]
    return Averages(
        series,
        {beta: exponential_average(series, beta) for beta in several},
        {beta: exponential_average(series, beta, bias_correction=False) for beta in several},
    )


def averages(
    values: Any,
    betas: float | Sequence[float] = (0.9, 0.98),
    *,
    ax: Any = None,
    theme: str | None = None,
) -> Picture[Averages]:
    """Draws a series with its exponentially weighted averages: corrected solid, others dashed.

    Without the correction the first averages are too small, since they start at 0; the two meet
    after about 1 / (1 - beta) values, over which the average reaches.

    >>> picture = st.plot.averages([4.0, 6.0, 5.0], betas=0.9)
    >>> picture.data.corrected[0.9].round(3).tolist()
    [4.0, 5.053, 5.033]
    """
    data = averages_data(values, betas)
    (axes,) = open_axes("st.plot.averages", ax, theme, panel=(7.2, 3.6))
    look, steps = look_of(axes), np.arange(len(data.values)) + 1
    axes.scatter(steps, data.values, s=9, color=look.quiet, label="values", linewidths=0)
    for index, beta in enumerate(data.corrected):
        colour = look.colour(index)
        marks = {"marker": MARKERS[index % len(MARKERS)], "markevery": max(1, len(steps) // 8)}
        shown = ((data.corrected, "-", ""), (data.uncorrected, "--", ", not corrected"))
        for series, dashes, note in shown:
            label = f"$\\beta$ = {beta:g}{note}"
            axes.plot(steps, series[beta], dashes, color=colour, label=label, **marks)
    axes.set(xlabel="step", ylabel="value")
    legend(axes, **(ASIDE if ax is None else {}))
    named = ", ".join(f"{beta:g}" for beta in data.corrected)
    return Picture(data, [axes], f"averages of {len(steps):,} values with beta {named}")
