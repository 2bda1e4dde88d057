"""What all figures have: pictures, a legend, remarks, and a table of the numbers behind them.

A subclass defines `drawing`; everything that a reader sees is made here from what it returns.
Depends on canvas, markup, tables and values.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from steepest.page.canvas import Canvas
from steepest.page.markup import Markup, element, joined
from steepest.page.number_texts import Numbers
from steepest.page.tables import rows_to_show, table_markup
from steepest.page.values import Column, text_given

Swatch = tuple[Markup, str]
"""An entry of a legend: a small picture and its meaning."""


@dataclass(frozen=True)
class Panel:
    """One picture of a figure: its elements, its name, its height and the class of its margins."""

    canvas: Canvas
    title: str
    description: str
    height: str
    margins: str


@dataclass(frozen=True)
class Drawing:
    """What a figure shows: pictures, what their looks mean, remarks, and columns of numbers."""

    panels: Sequence[Panel]
    columns: Sequence[Column]
    legend: Sequence[Swatch] = ()
    remarks: Sequence[str] = field(default_factory=list)


class Figure(ABC):
    """A figure with a title; its description is read by screen readers before the values."""

    def __init__(self, title: str, description: str) -> None:
        self.title = text_given(type(self).__name__, "title", title)
        is_given = description != ""
        self.description = text_given(str(self), "description", description) if is_given else ""

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.title!r:.60}"

    @abstractmethod
    def drawing(self) -> Drawing:
        """The pictures and the numbers of this figure."""

    def markup(self, prefix: str) -> Markup:
        """The figure as HTML."""
        drawn = self.drawing()
        panels = []
        for number, panel in enumerate(drawn.panels, 1):
            description = f"{self.description} {panel.description}".strip()
            picture = panel.canvas.svg(f"{prefix}-{number}", panel.title, description, panel.height)
            panels.append(element("div", picture, class_=panel.margins))
        return element(
            "figure",
            element("figcaption", self.title),
            _legend(drawn.legend),
            element("div", *panels, class_="panels") if len(panels) > 1 else panels[0],
            *(element("p", remark, class_="remark") for remark in drawn.remarks),
            self._numbers(prefix, drawn.columns),
            id=prefix,
        )

    def _numbers(self, prefix: str, columns: Sequence[Column]) -> Markup:
        count, shown = len(columns[0].entries), rows_to_show(columns)
        table = table_markup(prefix, f"The numbers of: {self.title}", columns, shown)
        rows = f"{count:,} row{'s' if count > 1 else ''}"
        if len(shown) < count:
            text = (
                f"{len(shown):,} of {rows}: at equal distances, with the smallest and the largest "
                "number of each column."
            )
            table = joined([element("p", text, class_="remark"), table])
        return element("details", element("summary", f"The numbers ({rows})"), table)


def _legend(swatches: Sequence[Swatch]) -> Markup:
    if not swatches:
        return Markup("")
    entries = [element("li", swatch, element("span", text)) for swatch, text in swatches]
    return element("ul", *entries, class_="legend")


def swatch(look: str, *paths: tuple[str, str]) -> Markup:
    """A small picture for a legend: paths with their classes and places in 28 x 12 pixels.

    >>> swatch("s0", ("line", "M2 6h24"))
    '<svg class="s0" width="28" height="12" aria-hidden="true"><path class="line" d="M2 6h24"/>\
</svg>'
    """
    drawn = [element("path", class_=path_look, d=path) for path_look, path in paths]
    return element("svg", *drawn, class_=look, width=28, height=12, aria_hidden="true")


def gap_remarks(name: str, values: Numbers, is_log: bool = False) -> list[str]:
    """A sentence on the values that a figure cannot show; none if it shows all.

    >>> gap_remarks("loss", np.array([1.0, np.nan, np.inf, 0.0]), is_log=True)
    ['loss: gaps where values are NaN (1), infinite (1), not above 0 on a logarithmic axis (1).']
    >>> gap_remarks("loss", np.array([1.0, 0.0]))
    []
    """
    counts = {
        "NaN": np.isnan(values).sum(),
        "infinite": np.isinf(values).sum(),
        "not above 0 on a logarithmic axis": is_log * (np.isfinite(values) & (values <= 0)).sum(),
    }
    parts = [f"{reason} ({count:,})" for reason, count in counts.items() if count]
    return [f"{name}: gaps where values are {', '.join(parts)}."] if parts else []


def thinning_remarks(left_out: int, count: int, rule: str) -> list[str]:
    """A sentence on the points that were left out of a picture, with the rule.

    >>> thinning_remarks(0, 10, "every second"), thinning_remarks(5, 10, "every second")
    ([], ['5 of 10 points are drawn: every second.'])
    """
    return [f"{count - left_out:,} of {count:,} points are drawn: {rule}."] if left_out else []
