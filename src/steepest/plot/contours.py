"""Heights over a plane, drawn as contours: lines of equal height, and shades or colours between.

Depends on figure and NumPy; matplotlib is imported when needed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.figure_style import Look, mixed
from steepest.plot.figure import SEQUENTIAL, colour_bar

LEVELS = 14
SKEWED = 0.2  # the median as a share of the highest value, below which levels are logarithmic
WIDE = 30  # the highest value over the lowest, from which levels may be logarithmic
SMALLEST_SHARE = 1e-4  # of the highest value, where logarithmic levels begin


def levels_of(values: Any, count: int = LEVELS) -> np.ndarray:
    """Round heights for contours: 1, 2, 5, 10, ... where most values are much below the highest.

    >>> levels_of([0.0, 1.0, 2.0, 400.0], 6).tolist()
    [0.0, 0.05, 0.2, 1.0, 5.0, 20.0, 100.0, 500.0]
    >>> levels_of([0.0, 0.5, 1.0], 5)
    array([0. , 0.2, 0.4, 0.6, 0.8, 1. ])
    """
    array = np.asarray(values, np.float64)
    finite = array[np.isfinite(array)]
    if not finite.size:
        return np.array([0.0, 1.0])
    low, high = float(finite.min()), float(finite.max())
    if not low < high:
        low, high = low - 0.5, low + 0.5
    if 0 <= low < high / WIDE and float(np.median(finite)) < SKEWED * high:
        return _logarithmic(low, high, count)
    scale = 10.0 ** np.floor(np.log10((high - low) / count))
    step = scale * next(m for m in (1, 2, 5, 10) if m * scale * count >= (high - low) * (1 - 1e-9))
    first, last = np.floor(low / step + 1e-9), np.ceil(high / step - 1e-9)
    return np.round(np.arange(first, last + 1) * step, 12)


def _logarithmic(low: float, high: float, count: int) -> np.ndarray:
    """Levels of the series 1, 2, 5, 10 around all values, at most about `count` of them."""
    begin = max(low, SMALLEST_SHARE * high)
    tens = np.arange(np.floor(np.log10(begin)), np.ceil(np.log10(high)) + 1)
    series = np.array([m * 10.0**ten for ten in tens for m in (1, 2, 5)])
    first = max(int(np.searchsorted(series, begin, side="right")) - 1, 0)
    last = int(np.searchsorted(series, high))
    step = max(1, round((last - first) / count))
    chosen = series[np.arange(last, first - 1, -step)[::-1]]
    return np.r_[0.0, chosen] if low < chosen[0] else chosen


def draw_shades(axes: Any, look: Look, x: Any, y: Any, values: Any) -> Any:
    """Contours in greys that leave the colours to what is drawn over them."""
    from matplotlib.colors import LinearSegmentedColormap

    ends = [mixed(look.page, look.ink, share) for share in (0.0, 0.34)]
    greys = LinearSegmentedColormap.from_list("greys", ends)
    drawn = _filled(axes, x, y, values, greys)
    lines = axes.contour(
        x, y, values, levels=drawn.levels, colors=[mixed(look.page, look.ink, 0.5)], linewidths=0.5
    )
    axes.clabel(lines, lines.levels[1:-1:2], fontsize=7, colors=[look.ink], fmt="%g")
    return drawn


def draw_heights(axes: Any, look: Look, x: Any, y: Any, values: Any, label: str) -> Any:
    """Contours in colours, with lines between them and a scale."""
    drawn = _filled(axes, x, y, values, SEQUENTIAL)
    axes.contour(x, y, values, levels=drawn.levels, colors=["white"], linewidths=0.4, alpha=0.6)
    bar = colour_bar(axes, drawn, label)
    bar.ax.set_yticks(drawn.levels, [f"{level:.6g}" for level in drawn.levels])
    return drawn


def _filled(axes: Any, x: Any, y: Any, values: Any, colours: Any) -> Any:
    from matplotlib.colors import BoundaryNorm

    levels = levels_of(values)
    shown = np.ma.masked_invalid(np.asarray(values, np.float64))
    return axes.contourf(x, y, shown, levels=levels, cmap=colours, norm=BoundaryNorm(levels, 256))


def mark(axes: Any, look: Look, point: Any, shape: str, label: str | None = None) -> None:
    """A mark at a point, which is seen on any shade."""
    axes.plot(
        [point[0]], [point[1]], shape, markerfacecolor=look.page, markeredgecolor=look.ink,
        markersize=8, markeredgewidth=1.2, label=label, linestyle="none", zorder=6,
    )  # fmt: skip
