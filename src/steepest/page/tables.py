"""Tables: the block that a user adds, and the numbers of a figure.

Depends on markup, number_texts and values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest.arguments import whole
from steepest.page.markup import Markup, element, joined
from steepest.page.number_texts import DIGITS, column_texts
from steepest.page.values import Column, is_missing, table_columns, text_given

LONGEST_WORD = 24
MOST_CELLS = 600  # in the table of a figure


class Table:
    """Rows and columns under a caption; the first column names its row.

    The data are a dictionary of columns, a list of dictionaries (one a row), or a frame of pandas,
    polars or Arrow. Columns of numbers are aligned right and have `digits` significant digits. The
    first `rows` rows are shown, and a remark says how many there are.

    >>> table = st.page.Table({"units": [32, 64], "loss": [0.25, 0.125]}, "Two runs")
    >>> table.markup("b1")[-68:]
    '<tr><th scope="row">64</th><td>0.125</td></tr></tbody></table></div>'
    """

    def __init__(self, data: Any, caption: str, *, rows: int = 200, digits: int = DIGITS) -> None:
        self.caption = text_given("Table", "caption", caption)
        self.columns = table_columns("Table", data)
        self.rows = whole("Table: rows", rows, 1)
        self.digits = whole("Table: digits", digits, 1, 17)

    def markup(self, prefix: str) -> Markup:
        """The table as HTML."""
        count = len(self.columns[0].entries)
        shown = np.arange(min(count, self.rows))
        table = table_markup(prefix, self.caption, self.columns, shown, self.digits)
        if count <= self.rows:
            return table
        remark = f"The first {self.rows:,} of {count:,} rows."
        return joined([table, element("p", remark, class_="remark")])


def table_markup(
    prefix: str, caption: str, columns: Sequence[Column], shown: np.ndarray, digits: int = DIGITS
) -> Markup:
    """The rows of some numbers as a table that scrolls by itself where it is wide."""
    cells = [_cells(column, shown, digits, column is columns[0]) for column in columns]
    heads = [
        _text_cell("th", column.name, "col", "" if column.numbers is not None else "t")
        for column in columns
    ]
    table = element(
        "table",
        element("caption", caption, id=f"{prefix}-caption"),
        element("thead", element("tr", *heads)),
        element("tbody", *(element("tr", *row) for row in zip(*cells, strict=True))),
    )
    labelled = {"role": "region", "aria_labelledby": f"{prefix}-caption"}
    return element("div", table, class_="wide", tabindex=0, **labelled)


def _cells(column: Column, shown: np.ndarray, digits: int, is_first: bool) -> list[Markup]:
    tag, scope = ("th", "row") if is_first else ("td", None)
    if column.numbers is None:
        return [_text_cell(tag, column.text(row), scope) for row in shown]
    texts = column_texts(column.numbers[shown], digits)
    return [
        element(tag, "" if is_missing(column.entries[row]) else text, scope=scope)
        for row, text in zip(shown, texts, strict=True)
    ]


def _text_cell(tag: str, text: str, scope: str | None, look: str = "t") -> Markup:
    """A cell of text; a word that is longer than a line of a narrow screen is broken anywhere."""
    if max(map(len, text.split()), default=0) > LONGEST_WORD:
        look = f"{look} long".strip()
    return element(tag, text, scope=scope, class_=look or None)


def rows_to_show(columns: Sequence[Column]) -> np.ndarray:
    """The rows of a figure's table: all if they are few, else some at equal distances.

    Those with the smallest and the largest number of each column are among them.

    >>> rows_to_show([Column("y", tuple(range(9000)), np.sin(np.arange(9000.0)))]).size
    601
    """
    count = len(columns[0].entries)
    most = max(12, MOST_CELLS // len(columns))
    if count <= most:
        return np.arange(count)
    even = np.linspace(0, count - 1, most).round().astype(np.int64)
    return np.unique(np.concatenate([even, *map(_extremes, columns)]))


def _extremes(column: Column) -> np.ndarray:
    if column.numbers is None or not np.isfinite(column.numbers).any():
        return np.zeros(0, np.int64)
    finite = np.where(np.isfinite(column.numbers), column.numbers, np.nan)
    return np.array([np.nanargmin(finite), np.nanargmax(finite)])
