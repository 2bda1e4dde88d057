"""The paths of several optimizers on one surface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.errors import ArgumentError
from steepest.figure_style import look_of
from steepest.plot.contours import draw_shades, mark
from steepest.plot.descent import WHO, Descent, Path
from steepest.plot.figure import legend, open_axes
from steepest.plot.picture import Picture
from steepest.plot.surface import SurfaceGrid, surface_data
from steepest.plot.surfaces import Point, Surface, surface_named

SMALLEST_SHOWN = 1e-6  # of the first height, on a logarithmic scale


@dataclass(frozen=True)
class Paths:
    """The path of each optimizer by name, all from one start.

    >>> data = st.plot.paths_data("bowl", "sgd", start=(1.0, 0.0), steps=2)
    >>> data.start.tolist(), list(data.paths)
    ([1.0, 0.0], ['optimizer'])
    """

    surface: Surface
    paths: dict[str, Path]

    @property
    def start(self) -> np.ndarray:
        """The first point of all paths."""
        return next(iter(self.paths.values())).points[0]


def paths_data(
    surface: Any,
    optimizers: Any,
    start: Point | None = None,
    steps: int = 200,
    *,
    noise: float = 0.0,
    seed: int = 0,
) -> Paths:
    """The points and heights of optimizers at each of `steps` steps on a surface.

    `optimizers` is one, or several by name: optimizers, their names, or an `st.plot.Descent`, which
    keeps its compiled program for the next start or learning rate. The optimizers compute each step
    as in a loop of `tape.gradient` and `apply_gradients` in an `st.function`, to the last bit. Each
    step counts as an epoch for schedules. `noise` is the standard deviation of normal numbers that
    are added to the gradients, the same for all optimizers.

    >>> rates = {"rate 0.1": st.optimizers.SGD(0.1), "rate 1": st.optimizers.SGD(1.0)}
    >>> data = paths_data("bowl", rates, start=(1.0, 0.0), steps=2)
    >>> data.paths["rate 0.1"].points
    array([[1.  , 0.  ],
           [0.8 , 0.  ],
           [0.64, 0.  ]], dtype=float32)
    >>> data.paths["rate 1"].values
    array([1., 1., 1.], dtype=float32)
    """
    shown = surface_named(WHO, surface)
    named = optimizers if isinstance(optimizers, Mapping) else {"optimizer": optimizers}
    if not named:
        raise ArgumentError(f"{WHO}: at least one optimizer was expected, got none")
    paths = {}
    for name, given in named.items():
        descent = given if isinstance(given, Descent) else Descent(shown, given)
        if descent.surface != shown:
            raise ArgumentError(
                f"{WHO}: {name!r} descends on {descent.surface.name!r}, not on {shown.name!r}"
            )
        paths[str(name)] = descent.path(start, steps, noise=noise, seed=seed)
    return Paths(shown, paths)


def paths(
    surface: Any,
    optimizers: Any,
    start: Point | None = None,
    steps: int = 200,
    *,
    noise: float = 0.0,
    seed: int = 0,
    ax: Any = None,
    theme: str | None = None,
) -> Picture[Paths]:
    """Draws the paths of optimizers over the surface, and its height at each step beside them.

    `ax` takes two axes. For the other arguments see `paths_data`.

    >>> picture = st.plot.paths("ravine", {"sgd": "sgd", "adam": st.optimizers.Adam(0.3)}, steps=50)
    >>> len(picture.data.paths["adam"].values), picture.axes[1].get_ylabel()
    (51, 'height (logarithmic)')
    """
    data = paths_data(surface, optimizers, start, steps, noise=noise, seed=seed)
    over, beside = open_axes(WHO, ax, theme, grid=(1, 2))
    _draw_paths(over, data, surface_data(data.surface))
    _draw_heights(beside, data)
    ends = [
        f"{name} leaves at step {path.diverged_at}"
        if path.diverged_at is not None
        else f"{name} ends at {path.values[-1]:.3g}"
        for name, path in data.paths.items()
    ]
    return Picture(data, [over, beside], f"paths on {data.surface.name}: {', '.join(ends)}")


def _draw_paths(axes: Any, data: Paths, grid: SurfaceGrid) -> None:
    from matplotlib.patheffects import Normal, Stroke

    look, shown = look_of(axes), data.surface
    draw_shades(axes, look, grid.x, grid.y, grid.values)
    for minimum in shown.minima:
        mark(axes, look, minimum, "*")
    for index, (name, path) in enumerate(data.paths.items()):
        style = look.line(index)
        halo = [Stroke(linewidth=3.2, foreground=look.page), Normal()]
        axes.plot(*path.points.T, lw=1.6, label=name, path_effects=halo, **style)
        inside = path.points[: path.diverged_at]
        axes.plot(
            *inside[-1], "o", color=style["color"], markeredgecolor=look.ink, markersize=6, zorder=7
        )
    mark(axes, look, data.start, "s")
    axes.set(xlim=shown.x, ylim=shown.y, xlabel="x", ylabel="y")
    axes.set_title(f"{shown.name}: from □ to ●, minima ☆", fontsize=10)


def _draw_heights(axes: Any, data: Paths) -> None:
    look = look_of(axes)
    heights = np.concatenate([path.values for path in data.paths.values()])
    heights = heights[np.isfinite(heights)]
    for index, (name, path) in enumerate(data.paths.items()):
        axes.plot(np.arange(len(path.values)), path.values, label=name, lw=1.6, **look.line(index))
    low, top = heights.min(initial=np.inf), float(next(iter(data.paths.values())).values[0])
    if low >= 0 and top > 20 * low:
        smallest = heights[heights > 0].min(initial=top)
        axes.set_yscale("log")
        axes.set_ylim(max(smallest / 2, SMALLEST_SHOWN * top), 10 * top)
        axes.set(xlabel="step", ylabel="height (logarithmic)")
    else:
        margin = 0.1 * abs(top - low) or 1.0
        axes.set_ylim(min(low, top) - margin, top + 2 * margin)
        axes.set(xlabel="step", ylabel="height")
    legend(axes, loc="upper left", bbox_to_anchor=(1.0, 1.0))
