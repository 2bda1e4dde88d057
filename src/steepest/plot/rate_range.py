"""rate_range: the losses of a learning-rate range test, and the rate that they suggest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from steepest.figure_style import look_of
from steepest.plot.figure import legend, open_axes
from steepest.plot.picture import Picture

if TYPE_CHECKING:
    from steepest.doctor.rate_range import RateRange

MOST_ABOVE = 0.5  # of the fall of the loss, which a diverging loss is shown to rise


def rate_range(found: RateRange, *, ax: Any = None, theme: str | None = None) -> Picture[RateRange]:
    """Draws the result of `model.find_rate`: the loss by the rate, the suggestion, the range.

    The line is the smoothed loss, the points are those of single batches; the rates between which
    the loss falls are shaded.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,))])
    >>> model.compile("sgd", "mse")
    >>> found = model.find_rate([[0.0], [1.0]], [1.0, 2.0], steps=50)
    >>> st.plot.rate_range(found).ax.get_xscale()
    'log'
    """
    (axes,) = open_axes("st.plot.rate_range", ax, theme)
    look = look_of(axes)
    shown = np.isfinite(found.losses)
    axes.plot(
        found.rates[shown], found.losses[shown], ".", color=look.quiet, ms=2, label="one batch"
    )
    axes.plot(found.rates, found.smoothed, label="smoothed", **look.line(0))
    if found.suggestion is not None and found.falling is not None:
        axes.axvspan(
            *found.falling, color=look.quiet, alpha=0.15, lw=0, zorder=0, label="the loss falls"
        )
        axes.axvline(found.suggestion, label=f"suggested: {found.suggestion:.2g}", **look.line(1))
    low, first = float(np.nanmin(found.smoothed)), float(found.smoothed[0])
    fall = max(first - low, 0.05 * abs(first))
    axes.set_ylim(low - 0.2 * fall, first + MOST_ABOVE * fall)
    axes.set_xscale("log")
    axes.set(xlabel="learning rate (logarithmic)", ylabel="loss")
    legend(axes)
    return Picture(found, [axes], f"range test of the learning rate: {found}")
