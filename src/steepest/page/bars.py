"""Bars: numbers by name, in one row for each name.

Depends on the other files of this folder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from steepest.errors import ArgumentError, ShapeError, unknown_name
from steepest.page.axes import draw_name, draw_name_below, draw_ticks, width_of
from steepest.page.canvas import Canvas
from steepest.page.figure import Drawing, Figure, Panel, gap_remarks, swatch
from steepest.page.markup import Markup
from steepest.page.number_texts import Numbers, number_text, text_of
from steepest.page.scales import Scale, scale_over
from steepest.page.style import SERIES, series_look
from steepest.page.values import Column, entries_of, numbers_of

MOST_ROWS = 60
LONGEST_BESIDE = 14  # characters of a name that is left of its bars; longer ones are above
BAR = 1.5  # em, as the space between rows
GAP = 0.6
MOST_DESCRIBED = 12


class Bars(Figure):
    """Bars from 0, one for each name, or a group of several for each of `names`.

    `values` is a dictionary of names and numbers; for groups a dictionary of lists, one number for
    each of `names`. `intervals` holds a pair (low, high) for each bar, as a dictionary of the same
    names, or a list.

    >>> bars = st.page.Bars({"rate": 0.7, "dropout": 0.2}, "Importance of the options")
    >>> losses = {"training": [0.1, 0.2], "validation": [0.3, 0.4]}
    >>> groups = st.page.Bars(losses, "Loss of two activations", names=["relu", "tanh"])
    >>> st.page.Page("Search", bars, groups).save("search.html")
    """

    def __init__(
        self,
        values: Any,
        title: str,
        *,
        names: Sequence[str] | None = None,
        intervals: Any = None,
        x_label: str = "",
        description: str = "",
    ) -> None:
        super().__init__(title, description)
        where, self.x_label = str(self), str(x_label)
        if not isinstance(values, Mapping) or not values:
            raise ArgumentError(
                f"{where}: a dictionary of names and numbers was expected, got {values!r:.60}"
            )
        if names is None and any(map(np.ndim, values.values())):
            raise ArgumentError(
                f"{where}: groups of bars need names=, a name for each number of a group"
            )
        if names is None:
            self.names = [str(name) for name in values]
            self.groups = {"": numbers_of(where, list(values.values()))}
        else:
            self.names = [text_of(name) for name in entries_of(f"{where}: names", names)]
            self.groups = {
                str(group): numbers_of(f"{where}: {group!r}", each)
                for group, each in values.items()
            }
        if len(self.groups) > SERIES:
            raise ArgumentError(
                f"{where}: {len(self.groups)} groups were given, and {SERIES} differ in colour; "
                "exchange groups and names, or make several figures"
            )
        for group, numbers in self.groups.items():
            if len(numbers) != len(self.names):
                raise ShapeError(
                    f"{where}: {len(self.names)} names need as many numbers, got {len(numbers)} as "
                    f"{group!r}"
                )
        self.intervals = None if intervals is None else self._checked(intervals, list(values))

    def _checked(self, intervals: Any, keys: list[Any]) -> Numbers:
        """The ends of the intervals as an array of two columns."""
        if len(self.groups) > 1:
            raise ArgumentError(
                f"{self}: intervals are drawn for one group of bars, not for several"
            )
        if isinstance(intervals, Mapping):
            for key in intervals:
                if key not in keys:
                    raise unknown_name(f"bar of {self}", key, map(str, keys))
            intervals = [intervals.get(key, (np.nan, np.nan)) for key in keys]
        pairs = entries_of(f"{self}: intervals", intervals)
        if len(pairs) != len(self.names) or any(np.shape(pair) != (2,) for pair in pairs):
            raise ShapeError(
                f"{self}: intervals: {len(self.names)} pairs (low, high) were expected, got "
                f"{intervals!r:.60}"
            )
        ends = [numbers_of(f"{self}: intervals", list(pair)) for pair in pairs]
        return np.stack(ends)

    def drawing(self) -> Drawing:
        """The bars, below each other."""
        numbers = np.stack(list(self.groups.values()), axis=1)
        rows, remarks = _largest(numbers)
        spans = [numbers[rows].ravel()]
        if self.intervals is not None:
            spans.append(self.intervals[rows].ravel())
        scale = scale_over(np.concatenate(spans), ends=(0.0,))
        if scale.low < 0:  # space for the numbers left of the bars
            scale = Scale(scale.low - 0.18 * (scale.high - scale.low), scale.high)
        longest = max(width_of(self.names[row]) for row in rows)
        is_above = longest > LONGEST_BESIDE
        height = BAR * (len(self.groups) + is_above) + GAP
        canvas = Canvas()
        for place, _ in scale.ticks(5):
            canvas.rule((place, place), (0, 1), "grid")
        below = draw_ticks(canvas, scale, 0.0)
        below = draw_name_below(canvas, self.x_label, below)
        for number, row in enumerate(rows.tolist()):
            self._draw_row(
                canvas, scale, row, 1 - number / len(rows), 1 / len(rows) / height, is_above
            )
        zero = float(scale.places(np.zeros(1))[0])
        canvas.rule((zero, zero), (0, 1), "axis")
        for group, values in self.groups.items():
            remarks += gap_remarks(group or "the bars", values)
        margins = f"frame bars m{1 if is_above else longest} below{below}"
        size = f"{height * len(rows):g}em"
        panel = Panel(canvas, self.title, self._described(numbers), size, margins)
        return Drawing([panel], self._columns(), self._legend(), remarks)

    def _draw_row(
        self, canvas: Canvas, scale: Scale, row: int, top: float, em: float, is_above: bool
    ) -> None:
        """Draws the bars of one name below a height `top`; `em` is a share of the picture."""
        first = top - em * (GAP / 2 + BAR * is_above)
        if is_above:
            draw_name(canvas, 0, top - em * (GAP + BAR) / 2, self.names[row], "name", ".4em")
        else:
            middle = first - em * BAR * len(self.groups) / 2
            canvas.label(0, middle, self.names[row], "name end", "-.6em", ".35em")
        for rank, values in enumerate(self.groups.values()):
            upper = first - em * BAR * rank
            middle, value = upper - em * BAR / 2, float(values[row])
            ends = [0.0, value]
            start, end = scale.places(np.array(ends)).tolist()
            if np.isfinite(end):
                canvas.bar(
                    (start, end), (upper, upper - em * (BAR - 0.2)), f"bar {series_look(rank)[0]}"
                )
            if self.intervals is not None:
                ends += [*self.intervals[row].tolist()]
                self._draw_interval(canvas, scale.places(self.intervals[row]).tolist(), middle, em)
            is_left = value < 0
            beside = scale.places(np.array([np.nanmin(ends) if is_left else np.nanmax(ends)]))[0]
            look, dx = ("end", "-.4em") if is_left else (None, ".4em")
            place = float(beside) if np.isfinite(beside) else start
            canvas.label(place, middle, number_text(value), look, dx, ".35em")

    def _draw_interval(self, canvas: Canvas, ends: list[float], y: float, em: float) -> None:
        if np.isfinite(ends).all():
            canvas.rule((ends[0], ends[1]), (y, y), "interval")
            for end in ends:
                canvas.rule((end, end), (y - em * 0.35, y + em * 0.35), "interval")

    def _legend(self) -> list[tuple[Markup, str]]:
        if len(self.groups) == 1:
            return []
        looks = [series_look(rank)[0] for rank in range(len(self.groups))]
        swatches = [swatch(look, ("bar", "M2 1h24v10h-24z")) for look in looks]
        return list(zip(swatches, self.groups, strict=True))

    def _described(self, numbers: Numbers) -> str:
        said = []
        for row, name in enumerate(self.names[:MOST_DESCRIBED]):
            values = ", ".join(map(number_text, numbers[row].tolist()))
            said.append(f"{name}: {values}")
        more = len(self.names) - len(said)
        return f"{'; '.join(said)}{f'; and {more:,} more' if more else ''}."

    def _columns(self) -> list[Column]:
        first = Column("name", tuple(self.names), None)
        others = [
            Column(group or self.x_label or "value", tuple(values.tolist()), values)
            for group, values in self.groups.items()
        ]
        if self.intervals is not None:
            ends = zip(("low", "high"), self.intervals.T, strict=True)
            others += [Column(name, tuple(values.tolist()), values) for name, values in ends]
        return [first, *others]


def _largest(numbers: Numbers) -> tuple[np.ndarray, list[str]]:
    """The rows that are drawn: all, or those of the largest numbers; and a remark on the others."""
    count = len(numbers)
    if count <= MOST_ROWS:
        return np.arange(count), []
    sizes = np.where(np.isfinite(numbers), np.abs(numbers), 0.0).max(axis=1)
    rows = np.sort(np.argsort(-sizes, kind="stable")[:MOST_ROWS])
    return rows, [f"{MOST_ROWS} of {count:,} names are drawn: those with the largest numbers."]
