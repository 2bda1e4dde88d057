"""A surface as a picture: its heights over a part of the plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.arguments import whole
from steepest.figure_style import look_of
from steepest.plot.contours import draw_heights, mark
from steepest.plot.figure import legend, open_axes
from steepest.plot.picture import Picture
from steepest.plot.surfaces import Surface, surface_named

WHO = "st.plot.surface"


@dataclass(frozen=True)
class SurfaceGrid:
    """The heights of a surface: `values[j, i]` at (`x[i]`, `y[j]`).

    >>> grid = st.plot.surface_data("bowl", points=3)
    >>> grid.values[0].tolist(), grid.x.tolist()
    ([8.0, 4.0, 8.0], [-2.0, 0.0, 2.0])
    """

    surface: Surface
    x: np.ndarray
    y: np.ndarray
    values: np.ndarray


def surface_data(surface: Any, points: int = 101) -> SurfaceGrid:
    """The heights of a surface on a grid of `points` by `points`.

    `surface` is a name among `st.plot.SURFACES`, an `st.plot.Surface`, or a function of two
    tensors.

    >>> data = surface_data("bowl", points=3)
    >>> data.x, data.values[0]
    (array([-2.,  0.,  2.]), array([8., 4., 8.]))
    """
    shown = surface_named(WHO, surface)
    count = whole(f"{WHO}: points", points, 2)
    x, y = np.linspace(*shown.x, count), np.linspace(*shown.y, count)
    return SurfaceGrid(shown, x, y, shown.values(*np.meshgrid(x, y)))


def surface(
    surface: Any, points: int = 101, *, ax: Any = None, theme: str | None = None
) -> Picture[SurfaceGrid]:
    """Draws the heights of a surface, with its minima.

    >>> picture = st.plot.surface("himmelblau")
    >>> picture.data.values.shape, len(picture.data.surface.minima)
    ((101, 101), 4)
    """
    data = surface_data(surface, points)
    (axes,) = open_axes(WHO, ax, theme)
    look, shown = look_of(axes), data.surface
    draw_heights(axes, look, data.x, data.y, data.values, "height")
    for place, minimum in enumerate(shown.minima):
        mark(axes, look, minimum, "*", "minimum" if not place else None)
    axes.set(xlabel="x", ylabel="y", title=shown.name)
    legend(axes, loc="upper right", frameon=True, facecolor=look.page, edgecolor=look.quiet)
    low, high = np.nanmin(data.values), np.nanmax(data.values)
    text = f"{shown.name}: heights from {low:.4g} to {high:.4g}, {len(shown.minima)} minima marked"
    return Picture(data, [axes], text)
