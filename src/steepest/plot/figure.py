"""What the pictures share: their axes, colour scales, legends and labels.

A picture function calls `open_axes` first, draws with the styles of `look_of(axes)`, and ends with
`legend` or `label_ends`. Depends on figure_style and NumPy; matplotlib is imported when needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest.errors import ArgumentError
from steepest.figure_style import (
    LEAST_TEXT_CONTRAST,
    Look,
    dress,
    look_of,
    new_figure,
    readable,
    theme_named,
)

SEQUENTIAL = "cividis"  # readable with any colour vision, and its lightness only rises
DIVERGING_ENDS = ("#542788", "#b35806")  # of negative and positive numbers
WIDTH, HEIGHT = 5.2, 3.6  # inches of one panel
ASIDE = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0)}  # of a legend at the right of the axes
LINE_SPACE = 0.065  # of the height of the axes, which a line of text takes


def open_axes(
    who: str,
    ax: Any = None,
    theme: str | None = None,
    grid: tuple[int, int] = (1, 1),
    panel: tuple[float, float] = (WIDTH, HEIGHT),
    heights: Sequence[float] | None = None,
) -> list[Any]:
    """The axes to draw on: those given, or those of a new figure with rows and columns.

    `who` is the function that needs them, for errors. Given axes get colours by `theme` only if
    there is one; a new figure's axes get the whole style. `panel` is the mean size of one of the
    axes in inches, `heights` the ratios of the rows' heights.

    >>> len(open_axes("st.plot.schedules", grid=(2, 3)))
    6
    """
    rows, columns = grid
    count = rows * columns
    if ax is None:
        figure = new_figure(who, panel[0] * columns, panel[1] * rows, theme)
        axes = list(figure.subplots(rows, columns, squeeze=False, height_ratios=heights).flat)
        for each in axes:
            dress(each, theme)
        return axes
    axes = list(np.ravel(np.asarray(ax, object)))
    if len(axes) != count or not all(hasattr(each, "get_figure") for each in axes):
        wanted = "matplotlib axes were" if count == 1 else f"a list of {count} matplotlib axes was"
        raise ArgumentError(f"{who}: ax: {wanted} expected, got {ax!r:.60}")
    if theme_named(who, theme):
        for each in axes:
            dress(each, theme)
    return axes


def diverging(look: Look, ends: tuple[Any, Any] = DIVERGING_ENDS) -> Any:
    """A colour map for numbers around 0: purple, the page's background at 0, orange."""
    from matplotlib.colors import LinearSegmentedColormap

    low, high = (readable(end, look.page, LEAST_TEXT_CONTRAST) for end in ends)
    return LinearSegmentedColormap.from_list("diverging", [low, look.page, high])


def symmetrical_limit(values: Any) -> float:
    """The largest distance from 0 of the finite values, for a scale that is the same both ways.

    >>> symmetrical_limit([-3.0, 1.0, float("nan")])
    3.0
    """
    array = np.abs(np.asarray(values, float))
    finite = array[np.isfinite(array)]
    return float(finite.max()) if finite.size and finite.max() > 0 else 1.0


def colour_bar(axes: Any, shown: Any, label: str) -> Any:
    """A scale of colours at the right of axes, in a part of their place, with its label."""
    from matplotlib.ticker import MaxNLocator

    bar = axes.get_figure(root=True).colorbar(
        shown, ax=axes, label=label, ticks=MaxNLocator(6), shrink=0.85
    )
    ink = axes.yaxis.label.get_color()
    bar.ax.tick_params(which="both", color=ink, labelcolor=ink)
    bar.ax.yaxis.label.set_color(ink)
    bar.outline.set_visible(False)
    return bar


def legend(axes: Any, **options: Any) -> Any:
    """A legend of what has a label, if anything has; with texts readable on the axes."""
    from matplotlib.colors import to_hex

    handles, _ = axes.get_legend_handles_labels()
    if not handles:
        return None
    options = {"frameon": False, "labelcolor": to_hex(look_of(axes).ink)} | options
    if len(handles) > 8:
        options = ASIDE | options
    return axes.legend(**options)


def label_ends(axes: Any, lines: Sequence[Any]) -> None:
    """Writes the label of each line beside its last point, in its colour; labels never overlap.

    Call it when the limits of the axes are final. For a figure of our own only, since the labels
    are at the right of the axes.
    """
    look = look_of(axes)
    axes.get_xlim(), axes.get_ylim()  # makes the limits final, which transforms do not
    ends = [np.asarray(line.get_xydata(), float) for line in lines]
    finite = [end[np.isfinite(end).all(axis=1)] for end in ends]
    place = axes.transData + axes.transAxes.inverted()
    heights = [place.transform(end[-1])[1] if len(end) else 0.5 for end in finite]
    inside = np.clip(heights, LINE_SPACE / 2, 1 - LINE_SPACE / 2)
    for line, y in zip(lines, spread(inside, LINE_SPACE), strict=True):
        colour = readable(line.get_color(), look.page, LEAST_TEXT_CONTRAST)
        axes.text(
            1.02, y, line.get_label(), color=colour, transform=axes.transAxes, va="center", size=9
        )


def spread(places: Any, least: float) -> np.ndarray:
    """Places moved as little as their order allows until neighbours have the distance `least`.

    >>> spread([0.5, 0.52, 0.9], 0.1)
    array([0.46, 0.56, 0.9 ])
    """
    given = np.asarray(places, float)
    order = np.argsort(given, kind="stable")
    groups: list[list[float]] = []  # each: the sum of the first places wanted, and the size
    for place in given[order] - least * np.arange(len(given)):
        groups.append([place, 1])
        while len(groups) > 1 and groups[-2][0] / groups[-2][1] >= groups[-1][0] / groups[-1][1]:
            total, size = groups.pop()
            groups[-1][0] += total
            groups[-1][1] += size
    moved = [total / size for total, size in groups for _ in range(int(size))]
    result = np.empty(len(given))
    result[order] = np.asarray(moved) + least * np.arange(len(given))
    return result
