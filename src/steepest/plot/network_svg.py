"""The SVG of a network: circles and lines, or boxes and arrows.

Depends on markup and the named themes; the data come from network.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from steepest.figure_style import THEMES, theme_named
from steepest.page.markup import Markup, element

if TYPE_CHECKING:
    from steepest.plot.network import Column, Network, NetworkLayer

MOST_UNITS = 10  # of a layer that is drawn whole
FIRST, LAST = 5, 3  # units drawn of a wider layer
STEP, GAP, RADIUS = 34, 150, 11  # from unit to unit, from layer to layer
MARGIN, CAPTION, LEAST_WIDTH = 70, 70, 440
BOX_HEIGHT, BOX_GAP, TOP, PASSAGE, CHARACTER = 58, 34, 40, 8, 7.8
LONGEST = 26  # characters of a text
WEIGHTS = {"light": ("#b35806", "#542788"), "dark": ("#f5a65b", "#b49be6")}  # positive, negative

Point = tuple[float, float]


def draw_units(who: str, data: Network, text: str, theme: str | None) -> Markup:
    """Units as circles, weights as lines."""
    shown = [
        [n for n in range(c.units) if c.units <= MOST_UNITS or not FIRST <= n < c.units - LAST]
        for c in data.columns
    ]
    tallest = max(
        len(rows) + (len(rows) < c.units) for rows, c in zip(shown, data.columns, strict=True)
    )
    middle = 20 + STEP * tallest / 2
    places = [
        [(float(MARGIN + GAP * n), middle + y) for y in _heights(rows, column.units)]
        for n, (rows, column) in enumerate(zip(shown, data.columns, strict=True))
    ]
    kernels = [c.kernel for c in data.columns if c.kernel is not None and _is_small(c)]
    largest = max((float(np.abs(kernel).max(initial=0.0)) for kernel in kernels), default=0.0)
    parts: list[Markup] = []
    for n, column in enumerate(data.columns[1:], 1):
        parts += _lines(column, shown[n - 1 : n + 1], places[n - 1 : n + 1], largest)
    for n, column in enumerate(data.columns):
        parts += _circles(column, shown[n], places[n])
        parts += _caption(column, MARGIN + GAP * n, middle + STEP * tallest / 2 + 24)
    width = 2 * MARGIN + GAP * (len(data.columns) - 1)
    height = 20 + STEP * tallest + CAPTION
    if largest:
        width = max(width, LEAST_WIDTH)
        about = f"line width: size of the weight, at most {largest:.3g}; dashed: negative"
        parts.append(element("text", about, x=MARGIN / 2, y=_n(height + 6), class_="about"))
    return _svg(who, data.name, text, (width, height + (20 if largest else 0)), parts, theme)


def _heights(rows: Sequence[int], units: int) -> Iterator[float]:
    """The heights of units around 0, with a place for dots where some are left out."""
    slots = len(rows) + (len(rows) < units)
    for place, row in enumerate(rows):
        slot = place + (row >= FIRST and len(rows) < units)
        yield STEP * (slot - (slots - 1) / 2)


def _is_small(column: Column) -> bool:
    return column.kernel is not None and max(column.kernel.shape) <= MOST_UNITS


def _lines(
    column: Column, shown: Sequence[list[int]], places: Sequence[list[Point]], largest: float
) -> Iterator[Markup]:
    assert column.kernel is not None
    for (a, x1, y1), (b, x2, y2) in (
        ((a, *start), (b, *end))
        for a, start in zip(shown[0], places[0], strict=True)
        for b, end in zip(shown[1], places[1], strict=True)
    ):
        ends = {"x1": _n(x1), "y1": _n(y1), "x2": _n(x2), "y2": _n(y2)}
        weight = float(column.kernel[a, b])
        if not _is_small(column):
            yield element("line", class_="plain", **ends)
        elif largest and weight:
            title = element("title", f"weight {a + 1} to {b + 1}: {weight:.4g}")
            width = _n(0.4 + 4.6 * abs(weight) / largest)
            look = "negative" if weight < 0 else "positive"
            yield element("line", title, class_=look, stroke_width=width, **ends)


def _circles(column: Column, rows: list[int], places: list[Point]) -> Iterator[Markup]:
    for row, (x, y) in zip(rows, places, strict=True):
        bias = "" if column.bias is None else f", bias {float(column.bias[row]):.4g}"
        title = element("title", f"{column.name}, unit {row + 1}{bias}")
        yield element("circle", title, class_="unit", cx=_n(x), cy=_n(y), r=RADIUS)
    if len(rows) < column.units:
        x, y = places[FIRST - 1]
        yield _label(x, y + STEP + 5, "⋮", "dots")


def _caption(column: Column, x: float, y: float) -> Iterator[Markup]:
    yield _label(x, y, column.name, "name", GAP)
    units = f"{column.units:,} unit{'s' * (column.units != 1)}" if column.kernel is not None else ""
    about = ", ".join(filter(None, [units or f"{column.units:,}", column.about]))
    yield _label(x, y + 17, about, "quiet", GAP)
    if column.notes:
        yield _label(x, y + 33, ", ".join(column.notes), "quiet", GAP)


# ---------------------------------------------------------------- boxes


@dataclass(frozen=True)
class Boxes:
    """Layers as boxes: their centres, the paths of their links as SVG writes them, and sizes.

    >>> model = st.Sequential([st.layers.Dense(3, input_shape=(2,)), st.layers.Dense(1)])
    >>> boxes = boxes_of(st.plot.network_data(model))
    >>> len(boxes.centres), len(boxes.links)
    (2, 1)
    """

    centres: list[Point]
    links: list[str]
    box: Point
    size: Point


def boxes_of(data: Network) -> Boxes:
    """Boxes in rows by depth, from top to bottom.

    >>> boxes = boxes_of(st.plot.network_data(st.Sequential([st.layers.Dense(3)])))
    >>> len(boxes.links), boxes.box[1] < boxes.size[1]
    (0, True)
    """
    longest = max(len(_cut(line)) for layer in data.layers for line in layer.lines)
    wide = CHARACTER * longest + 24
    places, ways, width = _placed(data, wide)
    deepest = max(layer.depth for layer in data.layers)
    height = TOP + deepest * (BOX_HEIGHT + BOX_GAP) + BOX_HEIGHT / 2 + 12
    return Boxes(
        [places[number,] for number in range(len(data.layers))],
        [_arrow([places[stop] for stop in way]) for way in ways],
        (wide, BOX_HEIGHT),
        (width, height),
    )


def draw_boxes(who: str, data: Network, text: str, theme: str | None) -> Markup:
    """Layers as boxes from top to bottom, links as arrows."""
    boxes = boxes_of(data)
    parts = [element("path", class_="arrow", d=path) for path in boxes.links]
    for layer, centre in zip(data.layers, boxes.centres, strict=True):
        parts += _box(layer, centre, boxes.box[0])
    return _svg(who, data.name, text, boxes.size, parts, theme)


Stop = tuple[int, ...]
"""What stands in a row: a layer (its place,), or a link that passes: (from, to, row)."""


def _placed(data: Network, wide: float) -> tuple[dict[Stop, Point], list[list[Stop]], float]:
    """The centres of boxes and of passages of long links, each link's stops, and the width.

    A row is ordered by the mean place of what leads to each, so that few links cross.
    """
    depths = [layer.depth for layer in data.layers]
    ways: list[list[Stop]] = [
        [(a,), *((a, b, row) for row in range(depths[a] + 1, depths[b])), (b,)]
        for a, b in data.links
    ]
    leads: dict[Stop, list[Stop]] = {(number,): [] for number in range(len(depths))}
    for way in ways:
        for before, stop in itertools.pairwise(way):
            leads.setdefault(stop, []).append(before)
    rows: dict[int, list[Stop]] = {}
    for stop in leads:
        rows.setdefault(stop[2] if len(stop) > 1 else depths[stop[0]], []).append(stop)
    across: dict[Stop, float] = {}
    for _, row in sorted(rows.items()):
        row.sort(key=lambda stop: float(np.mean([across[each] for each in leads[stop]] or [0.0])))
        sizes = [(wide if len(stop) == 1 else PASSAGE) + BOX_GAP for stop in row]
        starts = np.cumsum([0.0, *sizes]) - sum(sizes) / 2
        across |= {s: float(at + size / 2) for s, at, size in zip(row, starts, sizes, strict=False)}
    width = 2 * max(abs(x) + (wide if len(s) == 1 else PASSAGE) / 2 for s, x in across.items()) + 30
    step = BOX_HEIGHT + BOX_GAP
    downs = {stop: TOP + step * depth for depth, row in rows.items() for stop in row}
    return {stop: (x + width / 2, downs[stop]) for stop, x in across.items()}, ways, width


def _box(layer: NetworkLayer, centre: Point, wide: float) -> Iterator[Markup]:
    x, y = centre
    title = element("title", f"{layer.name}: {layer.kind}, {layer.parameters:,} parameters")
    yield element(
        "rect", title, class_="box", x=_n(x - wide / 2), y=_n(y - BOX_HEIGHT / 2), width=_n(wide),
        height=BOX_HEIGHT, rx=6,
    )  # fmt: skip
    for line, look, down in zip(layer.lines, ("name", "quiet", "quiet"), (-11, 5, 20), strict=True):
        yield _label(x, y + down, line, look)


def _arrow(stops: Sequence[Point]) -> str:
    """The path from the bottom of one box to the top of another, straight through passages."""
    half = BOX_HEIGHT / 2
    x, y = stops[0]
    path, y = f"M{_n(x)} {_n(y + half)}", y + half
    for number, (to_x, centre) in enumerate(stops[1:], 2):
        is_end = number == len(stops)
        to_y = centre - half - (7 if is_end else 0)
        bend = _n((y + to_y) / 2)
        path += f"C{_n(x)} {bend} {_n(to_x)} {bend} {_n(to_x)} {_n(to_y)}"
        if not is_end:
            path += f"V{_n(centre + half)}"
        x, y = to_x, centre + half
    return path


# ---------------------------------------------------------------- the file


def _label(x: float, y: float, text: str, look: str, most: float = 1e9) -> Markup:
    shown = _cut(text, min(LONGEST, int(most / CHARACTER)))
    title = [element("title", text)] if shown != text else []
    return element("text", shown, *title, x=_n(x), y=_n(y), class_=look)


def _cut(text: str, most: int = LONGEST) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _n(number: float) -> str:
    return f"{round(number, 2):g}"


def _svg(
    who: str, name: str, text: str, size: Point, parts: Sequence[Markup], theme: str | None
) -> Markup:
    theme_named(who, theme)
    width, height = map(_n, size)
    own = f"network-{zlib.crc32(repr((text, theme, parts)).encode()):08x}"  # on a page with others
    tip = element("path", d="M0 0L8 4L0 8z", class_="tip")
    marker = element(
        "marker", tip, id=f"{own}-tip", viewBox="0 0 8 8", refX=1, refY=4, markerWidth=7,
        markerHeight=7, orient="auto",
    )  # fmt: skip
    return element(
        "svg",
        element("title", f"The network {name}", id=f"{own}-title"),
        element("desc", text, id=f"{own}-text"),
        element("style", Markup(_style(own, theme))),
        element("defs", marker),
        element("rect", class_="page", width="100%", height="100%"),
        *parts,
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width} {height}", width=width,
        height=height, class_=own, role="img", aria_labelledby=f"{own}-title {own}-text",
    )  # fmt: skip


def _style(own: str, theme: str | None) -> str:
    """The style sheet: colours of one theme, or of both by the reader's setting."""
    colours = {
        name: (
            f"--page:{each.page};--ink:{each.ink};"
            f"--positive:{WEIGHTS[name][0]};--negative:{WEIGHTS[name][1]}"
        )
        for name, each in THEMES.items()
    }
    themes = f".{own}{{{colours[theme or 'light']}}}"
    if theme is None:
        themes += f"@media (prefers-color-scheme:dark){{.{own}{{{colours['dark']}}}}}"
    rules = RULES.strip().replace("#tip", f"#{own}-tip").splitlines()
    return themes + "".join(f".{own} {rule}" for rule in rules)


RULES = """
.page{fill:var(--page)}
text{fill:var(--ink);text-anchor:middle;font:13px system-ui,"DejaVu Sans",sans-serif}
.name{font-weight:600}
.quiet{font-size:12px;opacity:.8}
.about{font-size:12px;text-anchor:start}
.dots{font-size:20px}
.unit{fill:var(--page);stroke:var(--ink);stroke-width:1.5}
.box{fill:var(--page);stroke:var(--ink);stroke-width:1.2}
line{stroke-linecap:butt}
.plain{stroke:var(--ink);stroke-width:.5;opacity:.35}
.positive{stroke:var(--positive)}
.negative{stroke:var(--negative);stroke-dasharray:7 4}
.arrow{fill:none;stroke:var(--ink);stroke-width:1.3;marker-end:url(#tip)}
.tip{fill:var(--ink)}
"""
