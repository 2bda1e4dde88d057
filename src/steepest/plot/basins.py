"""Which start ends in which minimum: the basins of an optimizer on a surface."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.arguments import whole
from steepest.figure_style import look_of, mixed
from steepest.plot.descent import Descent
from steepest.plot.figure import legend, open_axes
from steepest.plot.picture import Picture
from steepest.plot.surfaces import Surface

WHO = "st.plot.basins"
NEAR = 0.01  # of the diagonal of the range: ends that are nearer are the same
LEAST_SHARE = 0.005  # of the starts, that an end must have; and at least two
MOST_ENDS = 8
ELSEWHERE, LEFT = -1, -2


@dataclass(frozen=True)
class Basins:
    """The end of the path from each start: `which[j, i]` for the start (`x[i]`, `y[j]`).

    It is a row of `ends`, of which `heights` are the heights, the most frequent end first; -1 if
    the path ends elsewhere, -2 if it is not finite.

    >>> data = st.plot.basins_data("bowl", st.optimizers.SGD(0.3), points=4)
    >>> data.shares
    array([1.])
    """

    surface: Surface
    x: np.ndarray
    y: np.ndarray
    which: np.ndarray
    ends: np.ndarray
    heights: np.ndarray

    @property
    def shares(self) -> np.ndarray:
        """The share of the starts that lead to each end."""
        return np.array([np.mean(self.which == end) for end in range(len(self.ends))])


def basins_data(
    surface: Any,
    optimizer: Any,
    points: int = 64,
    steps: int = 200,
    *,
    learning_rate: float | None = None,
) -> Basins:
    """Where an optimizer ends from each point of a grid of `points` by `points` starts.

    `optimizer` is one, its name, or an `st.plot.Descent` on the surface, whose compiled program is
    used again. Ends at a distance of less than a hundredth of the range are one.

    >>> data = basins_data("himmelblau", st.optimizers.SGD(0.005), points=16)
    >>> sorted(end.round(1).tolist() for end in data.ends)
    [[-3.8, -3.3], [-2.8, 3.1], [3.0, 2.0], [3.6, -1.8]]
    """
    count = whole(f"{WHO}: points", points, 2)
    descent = optimizer if isinstance(optimizer, Descent) else Descent(surface, optimizer)
    shown = descent.surface
    x, y = np.linspace(*shown.x, count), np.linspace(*shown.y, count)
    starts = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    reached = descent.ends(starts, steps, learning_rate).astype(np.float64)
    near = NEAR * float(np.hypot(np.ptp(x), np.ptp(y)))
    which, ends = grouped(reached, near)
    heights = shown.values(*ends.T) if len(ends) else np.empty(0)
    return Basins(shown, x, y, which.reshape(count, count), ends, heights)


def grouped(reached: np.ndarray, near: float) -> tuple[np.ndarray, np.ndarray]:
    """The group of each point, and the middle of each group, the largest first.

    >>> grouped(np.array([[0.0, 0.0], [0.1, 0.0], [9.0, 9.0]]), near=0.5)[0]
    array([ 0,  0, -1])
    """
    which = np.where(np.isfinite(reached).all(axis=1), ELSEWHERE, LEFT)
    ends: list[np.ndarray] = []
    while len(ends) < MOST_ENDS and (which == ELSEWHERE).any():
        left = np.flatnonzero(which == ELSEWHERE)
        cells, counts = np.unique(np.round(reached[left] / near), axis=0, return_counts=True)
        full = cells[int(counts.argmax())] * near
        inside = left[np.linalg.norm(reached[left] - full, axis=1) <= near]
        if len(inside) < max(2, LEAST_SHARE * len(which)):
            break
        which[inside] = len(ends)
        ends.append(np.median(reached[inside], axis=0))
    order = np.argsort([-(which == end).sum() for end in range(len(ends))], kind="stable")
    renamed = np.where(which < 0, which, np.argsort(order)[which] if len(ends) else which)
    return renamed, np.array(ends).reshape(-1, 2)[order]


def basins(
    surface: Any,
    optimizer: Any,
    points: int = 64,
    steps: int = 200,
    *,
    learning_rate: float | None = None,
    ax: Any = None,
    theme: str | None = None,
) -> Picture[Basins]:
    """Draws where an optimizer ends from each start; for the arguments see `basins_data`.

    >>> picture = st.plot.basins("six-hump camel", st.optimizers.SGD(0.02))
    >>> len(picture.data.ends), picture.ax.get_title()
    (6, 'six-hump camel, 200 steps from each start')
    """
    data = basins_data(surface, optimizer, points, steps, learning_rate=learning_rate)
    (axes,) = open_axes(WHO, ax, theme)
    look = look_of(axes)
    shades = [mixed(look.page, look.colour(end), 0.55) for end in range(len(data.ends))]
    table = np.array([*shades, mixed(look.page, look.ink, 0.55), look.page])  # -2, -1 from the end
    edges = [
        np.append(side - step / 2, side[-1] + step / 2)
        for side in (data.x, data.y)
        for step in [side[1] - side[0]]
    ]
    axes.pcolormesh(*edges, table[data.which], rasterized=True)
    rows = zip(data.ends, data.heights, data.shares, strict=True)
    for end, ((x, y), height, share) in enumerate(rows):
        label = f"{end + 1}: height {round(height, 6):.4g}, {share:.0%}"
        axes.contour(
            data.x, data.y, data.which == end, levels=[0.5], colors=[look.quiet], linewidths=0.8
        )
        axes.plot([], [], "s", color=shades[end], markeredgecolor=look.ink, label=label)
        axes.annotate(
            str(end + 1), (x, y), ha="center", va="center", fontsize=8, color=look.ink,
            bbox={"boxstyle": "circle,pad=0.2", "fc": look.page, "ec": look.ink, "lw": 0.8},
        )  # fmt: skip
    others = {"elsewhere": ELSEWHERE, "not finite": LEFT}
    for name, number in others.items():
        if (share := float(np.mean(data.which == number))) > 0:
            shade = table[number]
            axes.plot(
                [], [], "s", color=shade, markeredgecolor=look.ink, label=f"{name}, {share:.0%}"
            )
    axes.set(
        xlim=data.surface.x, ylim=data.surface.y, xlabel="x of the start", ylabel="y of the start"
    )
    axes.set_title(f"{data.surface.name}, {steps:,} steps from each start", fontsize=10)
    legend(axes, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    found = ", ".join(
        f"({x:.3g}, {y:.3g}) {s:.0%}" for (x, y), s in zip(data.ends, data.shares, strict=True)
    )
    return Picture(data, [axes], f"ends of paths on {data.surface.name}: {found}")
