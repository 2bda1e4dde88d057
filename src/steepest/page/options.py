"""Figures of many runs: each option of a run against its result, and all options at once.

Depends on the other files of this folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from steepest.errors import ArgumentError, unknown_name
from steepest.page.axes import draw_axes, draw_name, draw_ticks
from steepest.page.canvas import Canvas, point_paths
from steepest.page.figure import (
    Drawing,
    Figure,
    Panel,
    Swatch,
    gap_remarks,
    swatch,
    thinning_remarks,
)
from steepest.page.number_texts import Numbers, number_text
from steepest.page.scales import SCALES, Axis, Categories, axis_of, scale_over
from steepest.page.style import LEVELS
from steepest.page.thinning import POINT_RULE
from steepest.page.values import Column, chosen, column_named, table_columns

MOST_SLICED = 3000  # points of all slices
MOST_RUNS = 400  # lines of parallel coordinates
AXIS = 5.2  # em between two of its axes
BEST = ("low", "high")
GOLDEN = 0.6180339887498949


class Options(Figure):
    """What both figures have in common: columns of options, and one of results."""

    def __init__(
        self,
        columns: Any,
        result: str,
        title: str,
        *,
        scales: Mapping[str, str] | None = None,
        best: str = "low",
        description: str = "",
    ) -> None:
        super().__init__(title, description)
        where = str(self)
        self.columns = table_columns(where, columns)
        self.result = column_named(where, self.columns, result)
        self.options = [column for column in self.columns if column is not self.result]
        if not self.options:
            raise ArgumentError(
                f"{where}: no column but {result!r}; give the options of the runs too"
            )
        names = [column.name for column in self.columns]
        for name, kind in (scales or {}).items():
            if name not in names:
                raise unknown_name(f"column of {where}", name, names)
            chosen(where, f"scales[{name!r}]", kind, SCALES)
        self.scales = dict(scales or {})
        self.best = chosen(where, "best", best, BEST)

    @property
    def results(self) -> Numbers:
        """The results of the runs."""
        return self.result.numbers  # type: ignore[return-value]

    def kind(self, column: Column) -> str:
        """The scale of a column."""
        return self.scales.get(column.name, "linear")

    def axis_and_places(self, column: Column, margin: float) -> tuple[Axis, Numbers]:
        """The axis of a column, and where the runs are; those with equal names are spread."""
        axis, places = axis_of(column, self.kind(column), margin)
        if isinstance(axis, Categories):
            places += (np.arange(len(places)) * GOLDEN % 1 - 0.5) * 0.5 / len(axis.names)
        return axis, places

    def ranked(self) -> np.ndarray:
        """The numbers of the runs, the best first and those without a result last."""
        signed = self.results if self.best == "low" else -self.results
        return np.argsort(np.where(np.isfinite(signed), signed, np.inf), kind="stable")

    def best_run(self) -> int | None:
        """The number of the run with the best result; None if no result is finite."""
        best = int(self.ranked()[0])
        return best if np.isfinite(self.results[best]) else None

    def remarks(self) -> list[str]:
        """Sentences on values that have no place."""
        found = []
        for column in self.columns:
            if column.numbers is not None:
                found += gap_remarks(column.name, column.numbers, self.kind(column) == "log")
        return found

    def described(self) -> str:
        """The best run in words."""
        row = self.best_run()
        said = f"{len(self.results):,} runs"
        if row is None:
            return f"{said}; no finite {self.result.name}."
        options = ", ".join(f"{column.name} {column.text(row)}" for column in self.options)
        return f"{said}; best {self._best_text(row)} with {options}."

    def _best_text(self, row: int) -> str:
        return f"{self.result.name} {number_text(float(self.results[row]))}"


class Slices(Options):
    """Each option of many runs against their result: one small picture for each option.

    `columns` holds the runs as `Table` takes them, `result` names the column of results, and `best`
    says whether "low" or "high" ones are better. `scales` may give "log" by the name of a column.
    Options that are no numbers are categories, whose points are spread sideways.

    >>> runs = {"rate": [0.1, 0.01], "activation": ["relu", "tanh"], "loss": [0.3, 0.2]}
    >>> slices = st.page.Slices(runs, "loss", "Loss by option", scales={"rate": "log"})
    >>> st.page.Page("Search", slices).save("search.html")
    """

    def drawing(self) -> Drawing:
        """One picture for each option."""
        y_axis = scale_over(self.results, self.kind(self.result), 0.06)
        y, row = y_axis.places(self.results), self.best_run()
        most = max(200, MOST_SLICED // len(self.options))
        panels, left_out = [], 0
        for option in self.options:
            axis, x = self.axis_and_places(option, 0.06)
            canvas = Canvas()
            margins = draw_axes(canvas, axis, y_axis, option.name, self.result.name, is_small=True)
            left_out += canvas.points(x, y, 0, "small s0", most)
            if row is not None:
                canvas.points(x[[row]], y[[row]], 1, "s1")
            title = f"{self.title}: {option.name}"
            panels.append(Panel(canvas, title, self.described(), "13em", margins))
        count = len(self.options) * int(np.isfinite(y).sum())
        remarks = [*thinning_remarks(left_out, count, POINT_RULE), *self.remarks()]
        legend = [(swatch("s0", ("point round small", "M14 6h.01")), "a run")]
        if row is not None:
            best = f"the best run: {self._best_text(row)}"
            legend.append((swatch("s1", *point_paths(1, "M14 6h.01")), best))
        return Drawing(panels, self.columns, legend, remarks)


class Parallel(Options):
    """All options of many runs and their result: an axis for each, and a line for each run.

    The arguments are those of `Slices`. The axes are below each other, and the colour of a line
    shows its result, from the worst fifth of the axis to the best. The best run is thick. At most
    400 runs are drawn, the best ones.

    >>> runs = {"rate": [0.1, 0.01], "activation": ["relu", "tanh"], "accuracy": [0.9, 0.8]}
    >>> parallel = st.page.Parallel(runs, "accuracy", "Runs", best="high")
    >>> st.page.Page("Search", parallel).save("search.html")
    """

    def drawing(self) -> Drawing:
        """The axes of the options, and below them that of the result."""
        ordered = [*self.options, self.result]
        axes, places = zip(*(self.axis_and_places(column, 0.03) for column in ordered), strict=True)
        heights = np.linspace(1, 0, len(ordered))
        canvas = Canvas()
        for column, axis, y in zip(ordered, axes, heights.tolist(), strict=True):
            canvas.rule((0, 1), (y, y), "axis")
            draw_name(canvas, 0, y, column.name, "name", "-.7em")
            below = draw_ticks(canvas, axis, y)
        levels = self._levels(places[-1])
        drawn, row = np.sort(self.ranked()[:MOST_RUNS]), self.best_run()
        table = np.stack(places, axis=1)
        for level in range(-1, LEVELS):
            _draw_runs(
                canvas, table[drawn[levels[drawn] == level]], heights, f"thin {_look(level)}"
            )
        if row is not None:
            _draw_runs(canvas, table[[row]], heights, "best s1")
        remarks = self.remarks()
        if len(drawn) < len(self.results):
            remarks.insert(0, f"The {MOST_RUNS} best of {len(self.results):,} runs are drawn.")
        size = f"{AXIS * (len(ordered) - 1):g}em"
        panel = Panel(canvas, self.title, self.described(), size, f"frame below{below}")
        return Drawing([panel], self.columns, self._legend(levels, row), remarks)

    def _levels(self, places: Numbers) -> np.ndarray:
        """The colour of each run, from 0 for the worst; -1 where the result has no place."""
        shares = 1 - places if self.best == "low" else places
        levels = np.minimum(np.nan_to_num(shares) * LEVELS, LEVELS - 1).astype(np.int64)
        return np.where(np.isfinite(places), levels, -1)

    def _legend(self, levels: np.ndarray, row: int | None) -> list[Swatch]:
        entries = []
        if row is not None:
            finite = self.results[np.isfinite(self.results)]
            ends = [number_text(float(end)) for end in (finite.max(), finite.min())]
            worst, best = ends if self.best == "low" else ends[::-1]
            parts = [(f"line best c{k}", f"M{5 * k + 2} 6h4") for k in range(LEVELS)]
            text = f"{self.result.name} from {worst} (worst) to {best} (best)"
            entries += [(swatch("", *parts), text)]
            best_look = ("line best s1", "M2 6h24")
            entries += [(swatch("", best_look), f"the best run: {self._best_text(row)}")]
        if (levels < 0).any():
            rest = (f"line thin {_look(-1)}", "M2 6h24")
            entries.append((swatch("", rest), f"no {self.result.name} to show"))
        return entries


def _look(level: int) -> str:
    return f"c{level}" if level >= 0 else "rest"


def _draw_runs(canvas: Canvas, places: Numbers, heights: Numbers, look: str) -> None:
    """Draws a line from axis to axis for each row of places, with gaps between the rows."""
    x = np.pad(places, ((0, 0), (0, 1)), constant_values=np.nan)
    y = np.broadcast_to(np.append(heights, np.nan), x.shape)
    canvas.line(x.ravel(), y.ravel(), look)
