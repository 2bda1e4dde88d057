"""Pages that show results: one HTML file with tables and figures, which needs no network.

`Page` takes blocks: texts, headings, notices, code, tables and figures. A figure is given data and
draws itself as SVG with a title, a description and a table of its numbers.
"""

from steepest.errors import suggest_names
from steepest.page.bars import Bars
from steepest.page.blocks import Code, Heading, Notice, Text
from steepest.page.document import Page
from steepest.page.options import Parallel, Slices
from steepest.page.pictures import Pictures
from steepest.page.plots import Lines, Scatter
from steepest.page.tables import Table

__all__ = [
    "Page",
    "Heading",
    "Text",
    "Notice",
    "Code",
    "Table",
    "Lines",
    "Scatter",
    "Bars",
    "Slices",
    "Parallel",
    "Pictures",
]

suggest_names(__name__)
