"""Figures of numbers along x: lines, and scattered points.

Depends on the other files of this folder.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from steepest.errors import DTypeError, unknown_name
from steepest.page.axes import draw_axes
from steepest.page.canvas import Canvas, point_paths
from steepest.page.figure import Drawing, Figure, Panel, gap_remarks, swatch, thinning_remarks
from steepest.page.markup import Markup
from steepest.page.number_texts import Numbers, number_text
from steepest.page.scales import SCALES, Scale, scale_over
from steepest.page.style import series_look
from steepest.page.thinning import LINE_RULE, POINT_RULE
from steepest.page.values import Column, Series, chosen, is_pair, series_of

HEIGHT = "21em"
FEW = 40  # points of a line that are marked
MOST_COLUMNS = 12  # series with a column of their own in the table of numbers
MOST_SAID = 6  # series that a description or remarks name
MOST_BANDS = 120  # places of x whose values the pointer reads
MOST_READ = 12  # series that are read at once
REST = "rest"  # the look of series that are not highlighted


class Plot(Figure):
    """What lines and points have in common: series on two axes, either of them logarithmic."""

    hover = False  # whether values are seen beside the pointer
    margin = 0.0  # beside the first and the last x, in parts of the axis
    rule = ""  # which points are drawn

    def __init__(
        self,
        series: list[Series],
        title: str,
        labels: tuple[str, str],
        scales: tuple[str, str],
        highlight: str | Sequence[str],
        description: str,
    ) -> None:
        super().__init__(title, description)
        self.series = series
        self.x_label, self.y_label = map(str, labels)
        self.x_scale = chosen(str(self), "x_scale", scales[0], SCALES)
        self.y_scale = chosen(str(self), "y_scale", scales[1], SCALES)
        names = [one.name for one in series]
        self.highlight = [highlight] if isinstance(highlight, str) else list(highlight)
        for name in self.highlight:
            if name not in names:
                raise unknown_name(f"series of {self}", name, names)

    @abstractmethod
    def draw(self, canvas: Canvas, x: Numbers, y: Numbers, look: str, pattern: int) -> int:
        """Draws one series at places from 0 to 1; returns how many points were left out."""

    @abstractmethod
    def swatch(self, look: str, pattern: int) -> Markup:
        """A series in the legend."""

    def drawing(self) -> Drawing:
        """The series on their axes."""
        x_all, y_all = (np.concatenate([getattr(s, axis) for s in self.series]) for axis in "xy")
        x_axis = scale_over(x_all, self.x_scale, self.margin)
        y_axis = scale_over(y_all, self.y_scale, 0.05)
        canvas = Canvas()
        margins = draw_axes(canvas, x_axis, y_axis, self.x_label, self._y_label())
        looks, left_out = self._looks(), 0
        for one, (look, pattern) in sorted(
            zip(self.series, looks, strict=True), key=lambda pair: pair[1][0] != REST
        ):
            x, y = x_axis.places(one.x), y_axis.places(one.y)
            left_out += self.draw(canvas, x, y, look, pattern)
        if self.hover:
            self._read_out(canvas, x_axis)
        drawn = x_axis.places(x_all) + y_axis.places(y_all)
        if not np.isfinite(drawn).any():
            canvas.label(0.5, 0.5, "no value can be drawn", "middle")
        remarks = thinning_remarks(left_out, int(np.isfinite(drawn).sum()), self.rule)
        if len(set(looks) - {(REST, 0)}) < sum(look != REST for look, _ in looks):
            remarks.append("Looks repeat; the argument highlight= names series that stand out.")
        remarks += _first(self._gaps())
        described = " ".join(_first([_summary(one, self.x_label or "x") for one in self.series]))
        panel = Panel(canvas, self.title, described, HEIGHT, margins)
        return Drawing([panel], self.columns(), self._legend(looks), remarks)

    def _read_out(self, canvas: Canvas, x_axis: Scale) -> None:
        """Adds the values of all series at places of x, which are seen beside the pointer."""
        x = np.unique(np.concatenate([one.x for one in self.series]))
        x = x[np.isfinite(x_axis.places(x))]
        x = x[np.unique(np.linspace(0, len(x) - 1, min(len(x), MOST_BANDS)).round().astype(int))]
        places = x_axis.places(x)
        ends = [0.0, *((places[1:] + places[:-1]) / 2), 1.0]
        for at, (place, value) in enumerate(zip(places.tolist(), x.tolist(), strict=True)):
            found = [(one.name, one.y[one.x == value]) for one in self.series]
            read = [
                f"{name or self._y_label()} {number_text(y[-1])}" for name, y in found if len(y)
            ]
            lines = [f"{self.x_label} {number_text(value)}".strip(), *read[:MOST_READ]]
            canvas.readout((ends[at], ends[at + 1]), place, lines)

    def _gaps(self) -> list[str]:
        found = []
        for one in self.series:
            name = one.name or "the series"
            found += gap_remarks(name, one.y, self.y_scale == "log")
            found += gap_remarks(f"x of {name}", one.x, self.x_scale == "log")
        return found

    def _looks(self) -> list[tuple[str, int]]:
        shown = [not self.highlight or one.name in self.highlight for one in self.series]
        ranks = np.cumsum(shown) - 1
        pairs = zip(shown, ranks.tolist(), strict=True)
        return [series_look(rank) if is_shown else (REST, 0) for is_shown, rank in pairs]

    def _y_label(self) -> str:
        return self.y_label or (self.series[0].name if len(self.series) == 1 else "")

    def _legend(self, looks: list[tuple[str, int]]) -> list[tuple[Markup, str]]:
        if len(self.series) == 1:
            return []
        named = list(zip(self.series, looks, strict=True))
        entries = [(self.swatch(*look), one.name) for one, look in named if look[0] != REST]
        rest = [one.name for one, look in named if look[0] == REST]
        if rest:
            text = rest[0] if len(rest) == 1 else f"{len(rest):,} others"
            entries.append((self.swatch(REST, 0), text))
        return entries

    def columns(self) -> list[Column]:
        """The numbers of all series as the columns of a table."""
        if len(self.series) > MOST_COLUMNS:
            return _summary_columns(self.series)
        if len(self.series) > 1 and not all((np.diff(one.x) > 0).all() for one in self.series):
            names = [one.name for one in self.series for _ in one.x]
            return [Column("series", tuple(names), None), *_point_columns(self)]
        if len(self.series) == 1:
            return _point_columns(self)
        x = np.unique(np.concatenate([one.x for one in self.series]))
        found = [dict(zip(one.x.tolist(), one.y.tolist(), strict=True)) for one in self.series]
        entries = [tuple(values.get(at) for at in x.tolist()) for values in found]
        numbers = [np.array([np.nan if v is None else v for v in each]) for each in entries]
        named = zip(self.series, entries, numbers, strict=True)
        first = Column(self.x_label or "x", tuple(x.tolist()), x)
        return [first, *(Column(one.name, each, values) for one, each, values in named)]


def _first(sentences: list[str]) -> list[str]:
    """The first of many sentences, and how many more there are."""
    more = len(sentences) - MOST_SAID
    return [*sentences[:MOST_SAID], f"And {more:,} more."] if more > 0 else sentences


def _pair(where: str, name: str, given: Any) -> tuple[Any, Any]:
    """A pair of sequences, which may be the two rows of an array."""
    pair = tuple(given) if hasattr(given, "__len__") and len(given) == 2 else given
    if not is_pair(pair):
        raise DTypeError(
            f"{where}: a pair (x, y) of equally long sequences was expected"
            f"{f' as series {name!r}' if name else ''}, got {given!r:.60}"
        )
    return pair


def _point_columns(plot: Plot) -> list[Column]:
    x = np.concatenate([one.x for one in plot.series])
    y = np.concatenate([one.y for one in plot.series])
    names = plot.x_label or "x", plot._y_label() or "y"
    return [Column(name, tuple(v.tolist()), v) for name, v in zip(names, (x, y), strict=True)]


def _ends(one: Series) -> tuple[float, ...]:
    """The number of values, the first, the last, the smallest, its x, the largest, its x."""
    finite = np.flatnonzero(np.isfinite(one.y))
    if not finite.size:
        return (0, *[np.nan] * 6)
    low, high = finite[np.argmin(one.y[finite])], finite[np.argmax(one.y[finite])]
    at = one.y[finite[0]], one.y[finite[-1]], one.y[low], one.x[low], one.y[high], one.x[high]
    return (finite.size, *map(float, at))


def _summary(one: Series, x_label: str) -> str:
    count, *ends = _ends(one)
    start = f"{one.name}: " if one.name else ""
    if not count:
        return f"{start}no finite value."
    first, last, low, low_x, high, high_x = map(number_text, ends)
    return (
        f"{start}{count:,} values, first {first}, last {last}, smallest {low} ({x_label} {low_x}), "
        f"largest {high} ({x_label} {high_x})."
    )


def _summary_columns(series: Sequence[Series]) -> list[Column]:
    heads = ("values", "first", "last", "smallest", "at x", "largest", "at x")
    table = np.array([_ends(one) for one in series]).T
    names = Column("series", tuple(one.name for one in series), None)
    return [names, *(Column(h, tuple(v.tolist()), v) for h, v in zip(heads, table, strict=True))]


class Lines(Plot):
    """Lines through the values of one or more series, such as the losses of the epochs.

    `series` is the numbers of one line, or a dictionary of several: a name, and y or a pair (x, y).
    Without x the values are numbered from 1. NaN and infinite values are gaps, and a remark counts
    them. `highlight` names series that have a colour while all others are grey. With `hover` the
    values at a place of x are seen while the pointer is there.

    >>> lines = st.page.Lines({"training": [2.3, 0.4], "validation": [2.2, 0.6]}, "Loss",
    ...                       x_label="epoch", y_scale="log")
    >>> st.page.Page("Digits", lines).save("digits.html")
    """

    rule = LINE_RULE

    def __init__(
        self,
        series: Any,
        title: str,
        *,
        x: Any = None,
        x_label: str = "",
        y_label: str = "",
        x_scale: str = "linear",
        y_scale: str = "linear",
        highlight: str | Sequence[str] = (),
        description: str = "",
        hover: bool = False,
    ) -> None:
        self.hover = bool(hover)
        found = series_of(f"Lines {title!r:.60}", series, x)
        labels, scales = (x_label, y_label), (x_scale, y_scale)
        super().__init__(found, title, labels, scales, highlight, description)

    def draw(self, canvas: Canvas, x: Numbers, y: Numbers, look: str, pattern: int) -> int:
        """Draws one line, and its points where they are few."""
        left_out = canvas.line(x, y, f"{look} d{pattern}")
        if look != REST and max(len(one.y) for one in self.series) <= FEW:
            canvas.points(x, y, pattern, look)
        return left_out

    def swatch(self, look: str, pattern: int) -> Markup:
        """A line in the legend."""
        is_marked = look != REST and max(len(one.y) for one in self.series) <= FEW
        points = point_paths(pattern, "M14 6h.01") if is_marked else []
        return swatch(look, (f"line d{pattern}", "M2 6h24"), *points)


class Scatter(Plot):
    """Points at pairs of numbers, in one colour and shape for each series.

    `series` is a pair (x, y), or a dictionary of names and pairs. `highlight` names series
    that have a colour while all others are grey.

    >>> points = st.page.Scatter({"cats": ([1, 2], [3, 4]), "dogs": ([2], [5])}, "Animals")
    >>> st.page.Page("Animals", points).save("animals.html")
    """

    margin = 0.04
    rule = POINT_RULE

    def __init__(
        self,
        series: Any,
        title: str,
        *,
        x_label: str = "",
        y_label: str = "",
        x_scale: str = "linear",
        y_scale: str = "linear",
        highlight: str | Sequence[str] = (),
        description: str = "",
    ) -> None:
        where = f"Scatter {title!r:.60}"
        named = series if isinstance(series, Mapping) else {"": series}
        pairs = {name: _pair(where, str(name), pair) for name, pair in named.items()}
        labels, scales = (x_label, y_label), (x_scale, y_scale)
        super().__init__(series_of(where, pairs), title, labels, scales, highlight, description)

    def draw(self, canvas: Canvas, x: Numbers, y: Numbers, look: str, pattern: int) -> int:
        """Draws the points of one series."""
        return canvas.points(x, y, pattern, look)

    def swatch(self, look: str, pattern: int) -> Markup:
        """A point in the legend."""
        return swatch(look, *point_paths(pattern, "M14 6h.01"))
