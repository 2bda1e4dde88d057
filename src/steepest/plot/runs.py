"""Many runs, such as the trials of a search: their scores in order, and options against scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.errors import ArgumentError
from steepest.figure_style import look_of, mixed
from steepest.page import Slices
from steepest.plot.figure import legend, open_axes
from steepest.plot.picture import Picture

MOST_RUNS = 400  # lines of parallel coordinates
ACROSS = 4  # small pictures side by side
BEST = 1  # the place of the best run's colour and shape


@dataclass(frozen=True)
class Scores:
    """The scores of runs in their order, and the best up to each.

    >>> st.plot.scores_data([0.5, 0.8, 0.7]).best_so_far
    array([0.5, 0.8, 0.8])
    """

    scores: np.ndarray
    best_so_far: np.ndarray


def scores_data(scores: Any, best: str = "high") -> Scores:
    """The scores of runs and the best so far; `best` says whether "high" or "low" ones are better.

    A run without a score is NaN.

    >>> scores_data([0.5, np.nan, 0.8, 0.7]).best_so_far
    array([0.5, 0.5, 0.8, 0.8])
    """
    figure = Slices(
        {"run": list(range(len(scores))), "score": list(scores)},
        "score",
        "st.plot.scores",
        best=best,
    )
    better = np.fmax if best == "high" else np.fmin
    return Scores(figure.results, better.accumulate(figure.results))


def scores(
    scores: Any,
    best: str = "high",
    *,
    name: str = "score",
    ax: Any = None,
    theme: str | None = None,
) -> Picture[Scores]:
    """Draws the score of each run of a search, and the best so far.

    >>> st.plot.scores([0.5, 0.8, 0.7], name="accuracy").ax.get_ylabel()
    'accuracy'
    """
    data = scores_data(scores, best)
    (axes,) = open_axes("st.plot.scores", ax, theme)
    look, numbers = look_of(axes), np.arange(1, len(data.scores) + 1)
    axes.scatter(numbers, data.scores, s=22, label="a run", **look.mark(0))
    axes.step(numbers, data.best_so_far, where="post", label="best so far", **look.line(BEST))
    axes.set(xlabel="run", ylabel=name)
    legend(axes)
    text = f"{name} of {len(numbers):,} runs; the best is {data.best_so_far[-1]:.4g}"
    return Picture(data, [axes], text)


@dataclass(frozen=True)
class Runs:
    """Options and results of runs: numbers or texts by name, and the rows from best to worst.

    >>> st.plot.runs_data({"rate": [0.1, 0.01], "loss": [0.3, 0.2]}, "loss").best
    1
    """

    options: dict[str, np.ndarray]
    results: np.ndarray
    order: np.ndarray

    @property
    def best(self) -> int | None:
        """The row of the best run; None if no result is finite."""
        first = int(self.order[0])
        return first if np.isfinite(self.results[first]) else None


def runs_data(columns: Any, result: str, *, best: str = "low") -> Runs:
    """The options of runs and their results, from columns as `st.page.Table` takes them.

    `result` names the column of results, of which "low" or "high" ones are better.

    >>> runs = {"rate": [0.1, 0.01], "activation": ["relu", "tanh"], "loss": [0.3, 0.2]}
    >>> data = runs_data(runs, "loss")
    >>> data.best, data.options["activation"].tolist()
    (1, ['relu', 'tanh'])
    """
    return _runs(Slices(columns, result, "st.plot.runs", best=best))


def _runs(figure: Slices) -> Runs:
    options = {
        column.name: np.array(column.texts) if column.numbers is None else column.numbers
        for column in figure.options
    }
    return Runs(options, figure.results, figure.ranked())


def slices(
    columns: Any,
    result: str,
    *,
    scales: Mapping[str, str] | None = None,
    best: str = "low",
    ax: Any = None,
    theme: str | None = None,
) -> Picture[Runs]:
    """Draws each option of many runs against their result, in a small picture for each option.

    `scales` may give "log" by the name of a column. `ax` takes as many axes as there are options.

    >>> runs = {"rate": [0.1, 0.01], "activation": ["relu", "tanh"], "loss": [0.3, 0.2]}
    >>> picture = st.plot.slices(runs, "loss", scales={"rate": "log"})
    >>> [axes.get_xlabel() for axes in picture.axes]
    ['rate', 'activation']
    """
    figure = Slices(columns, result, "st.plot.slices", scales=scales, best=best)
    data, count = _runs(figure), len(figure.options)
    across = min(count, ACROSS) if ax is None else count
    rows = -(-count // across)
    given = None if ax is None else ax
    every = open_axes("st.plot.slices", given, theme, grid=(rows, across), panel=(2.9, 2.7))
    for option, axes in zip(figure.options, every, strict=False):
        look = look_of(axes)
        axis, places = figure.axis_and_places(option, 0.06)
        axes.scatter(places, data.results, s=18, alpha=0.8, **look.mark(0))
        if data.best is not None:
            style = look.mark(BEST) | {"s": 60}
            axes.scatter(places[data.best], data.results[data.best], label="best", **style)
        ticks = axis.ticks(5)
        axes.set_xticks([place for place, _ in ticks], [name[:9] for _, name in ticks], fontsize=8)
        axes.set(xlim=(-0.02, 1.02), xlabel=option.name)
        if figure.kind(figure.result) == "log":
            axes.set_yscale("log")
    for axes in every[count:]:
        axes.set_visible(False)
    for axes in every[:count:across]:
        axes.set_ylabel(result)
    legend(every[0])
    return Picture(data, list(every[:count]), figure.described())


def parallel(
    columns: Any,
    result: str,
    *,
    scales: Mapping[str, str] | None = None,
    best: str = "low",
    ax: Any = None,
    theme: str | None = None,
) -> Picture[Runs]:
    """Draws all options of many runs and their result: an axis for each, a line for each run.

    The better the result, the stronger is the colour of a line; the best run is thick. At most 400
    runs are drawn, the best ones. The arguments are those of `slices`, but that `ax` is one.

    >>> runs = {"rate": [0.1, 0.01], "activation": ["relu", "tanh"], "accuracy": [0.9, 0.8]}
    >>> st.plot.parallel(runs, "accuracy", best="high").data.best
    0
    """
    figure = Slices(columns, result, "st.plot.parallel", scales=scales, best=best)
    data, ordered = _runs(figure), [*figure.options, figure.result]
    (axes,) = open_axes("st.plot.parallel", ax, theme, panel=(1.6 * len(ordered) + 1.0, 3.8))
    look, across = look_of(axes), np.arange(len(ordered))
    drawn = [figure.axis_and_places(column, 0.03) for column in ordered]
    places = np.stack([place for _, place in drawn], axis=1)
    good = places[:, -1] if best == "high" else 1.0 - places[:, -1]
    shown = [row for row in data.order[:MOST_RUNS] if np.isfinite(data.results[row])]
    if not shown:
        raise ArgumentError(f"st.plot.parallel: no run has a finite {result!r}")
    for row in reversed(shown):
        colour = mixed(look.page, look.colour(0), 0.15 + 0.85 * float(good[row]) ** 2)
        axes.plot(across, places[row], color=colour, lw=1.0)
    axes.plot(across, places[shown[0]], color=look.ink, lw=2.8, label="the best run")
    for place, (axis, _) in enumerate(drawn):
        axes.axvline(place, color=look.quiet, lw=0.8)
        for at, name in axis.ticks(6):
            behind = {"fc": look.page, "ec": "none", "pad": 0.6, "alpha": 0.8}
            axes.annotate(
                name[:12], (place, at), (4, 0), textcoords="offset points", fontsize=8,
                va="center", color=look.ink, bbox=behind,
            )  # fmt: skip
    axes.set_xticks(across, [column.name for column in ordered])
    axes.set(xlim=(-0.1, len(ordered) - 0.45), ylim=(-0.03, 1.03), yticks=[])
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(length=0)
    legend(axes, loc="lower right", bbox_to_anchor=(1.0, 1.0))
    return Picture(data, [axes], figure.described())
