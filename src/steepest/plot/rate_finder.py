"""The range test of the learning rate (Smith, 2017): the loss while the rate rises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.arguments import is_number
from steepest.errors import ArgumentError
from steepest.figure_style import look_of
from steepest.plot.figure import legend, open_axes
from steepest.plot.picture import Picture

WHO = "st.plot.rate_finder"
SMOOTHING = 0.9  # of the average, if no smoothed losses are given


@dataclass(frozen=True)
class RateFinder:
    """The rate and the loss of each step, the smoothed loss, and what was read off.

    `lowest` is the rate at which the smoothed loss was lowest, `suggestion` the rate to use, if one
    was given.
    """

    rates: np.ndarray
    losses: np.ndarray
    smoothed: np.ndarray
    lowest: float
    suggestion: float | None


def rate_finder_data(
    rates: Any, losses: Any, *, smoothed: Any = None, suggestion: float | None = None
) -> RateFinder:
    """The numbers of a range test; losses after a divergence may be infinite or NaN.

    Without `smoothed` the losses are averaged exponentially, with the correction of the start.

    >>> data = rate_finder_data([0.001, 0.01, 0.1], [1.0, 0.5, 4.0])
    >>> data.lowest, data.smoothed.round(3)
    (0.01, array([1.   , 0.737, 1.941]))
    """
    tried, found = (np.asarray(values, np.float64) for values in (rates, losses))
    if tried.ndim != 1 or tried.shape != found.shape or len(tried) < 2:
        raise ArgumentError(
            f"{WHO}: one loss for each rate was expected, two or more, got {tried.shape} rates and "
            f"{found.shape} losses"
        )
    if not np.all(tried > 0) or not np.all(np.diff(tried) > 0):
        raise ArgumentError(f"{WHO}: rates: rising numbers above 0 were expected")
    if suggestion is not None and (not is_number(suggestion) or not suggestion > 0):
        raise ArgumentError(f"{WHO}: suggestion: a rate above 0 was expected, got {suggestion!r}")
    mean = _averaged(found) if smoothed is None else np.asarray(smoothed, np.float64)
    if mean.shape != found.shape:
        raise ArgumentError(f"{WHO}: smoothed: {len(found)} losses were expected, got {mean.shape}")
    if not np.isfinite(mean).any():
        raise ArgumentError(f"{WHO}: no loss is finite")
    lowest = float(tried[int(np.nanargmin(np.where(np.isfinite(mean), mean, np.nan)))])
    return RateFinder(tried, found, mean, lowest, suggestion)


def _averaged(losses: np.ndarray) -> np.ndarray:
    total, found = 0.0, []
    for step, loss in enumerate(losses, 1):
        total = SMOOTHING * total + (1.0 - SMOOTHING) * float(loss)
        found.append(total / (1.0 - SMOOTHING**step))
    return np.array(found)


def rate_finder(
    rates: Any,
    losses: Any,
    *,
    smoothed: Any = None,
    suggestion: float | None = None,
    ax: Any = None,
    theme: str | None = None,
) -> Picture[RateFinder]:
    """Draws the loss against the rate of a range test, with the rate that is suggested.

    The scale of the loss ends where the smoothed loss is well above its start; for the arguments
    see `rate_finder_data`.

    >>> rates = np.geomspace(1e-5, 1.0, 50)
    >>> picture = st.plot.rate_finder(rates, 1.0 - rates**0.1 + 9.0 * rates**2, suggestion=0.03)
    >>> picture.ax.get_xscale(), picture.text[:31]
    ('log', 'loss while the rate rises from ')
    """
    data = rate_finder_data(rates, losses, smoothed=smoothed, suggestion=suggestion)
    (axes,) = open_axes(WHO, ax, theme)
    look = look_of(axes)
    axes.plot(data.rates, data.losses, ".", color=look.quiet, markersize=3, label="each batch")
    axes.plot(data.rates, data.smoothed, label="smoothed", **look.line(0))
    if data.suggestion is not None:
        style = look.line(1)
        axes.axvline(data.suggestion, label=f"suggested: {data.suggestion:.2g}", **style)
    finite = data.smoothed[np.isfinite(data.smoothed)]
    low, start = float(finite.min()), float(finite[0])
    top = max(start, low) + 0.6 * abs(start - low or start or 1.0)
    axes.set(xscale="log", xlabel="learning rate (logarithmic)", ylabel="loss")
    axes.set_ylim(low - 0.1 * (top - low), top)
    legend(axes)
    said = "" if data.suggestion is None else f"; {data.suggestion:.2g} is suggested"
    text = (
        f"loss while the rate rises from {data.rates[0]:.1g} to {data.rates[-1]:.1g}: lowest at "
        f"{data.lowest:.2g}{said}"
    )
    return Picture(data, [axes], text)
