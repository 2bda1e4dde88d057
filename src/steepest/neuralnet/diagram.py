"""plot_model: a picture of a model, with a box for each layer and arrows along the connections.

Depends on summary; matplotlib is imported when it is called.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from typing import Any

from steepest.arguments import is_number, suggests_arguments
from steepest.core.dtype import name_of
from steepest.errors import ArgumentError, unknown_name
from steepest.figure_style import new_figure
from steepest.layers.layer import Layer
from steepest.neuralnet.model import Model
from steepest.neuralnet.summary import shape_of
from steepest.protocols import LayeredModel

Point = tuple[float, float]
LINE = 0.17  # inches that a line of text takes
DIRECTIONS = ("TB", "LR")
MOST_DOTS = 2_400
SPLINES = ("ortho", "line", "polyline", "curved", "spline")  # Graphviz's names


@suggests_arguments
def plot_model(
    model: Model,
    to_file: str | os.PathLike[str] | None = None,
    show_shapes: bool = True,
    show_dtype: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
) -> Any:
    """Draws the layers as boxes with arrows; returns the figure, and saves it to `to_file`.

    A box has the layer's name and class, and the shape of its output; where asked to, its dtype,
    its activation and whether it is trainable. `rankdir` is "TB", from top to bottom, or "LR",
    from left to right. `expand_nested` shows the layers of inner models in their place. Arrows are
    straight; with `splines` "curved" or "spline" they are bent.

    >>> import steepest as st
    >>> model = st.Sequential([st.layers.Dense(1, "relu", input_shape=(2,), name="out")])
    >>> figure = plot_model(model, show_layer_activations=True)
    >>> print(figure.axes[0].texts[0].get_text())
    out (Dense)
    relu
    (batch, 1)
    """
    if rankdir not in DIRECTIONS:
        raise ArgumentError(
            f"plot_model: rankdir: one of {DIRECTIONS} was expected, got {rankdir!r}"
        )
    if not isinstance(model, Model):
        raise ArgumentError(f"plot_model: a model was expected, got {type(model).__name__}")
    if to_file is not None and not isinstance(to_file, (str, os.PathLike)):
        raise ArgumentError(f"plot_model: to_file: a path was expected, got {to_file!r}")
    if not is_number(dpi) or not 1 <= dpi <= MOST_DOTS:
        raise ArgumentError(
            f"plot_model: dpi: dots an inch from 1 to {MOST_DOTS:,} were expected, got {dpi!r}"
        )
    if splines not in SPLINES:
        raise unknown_name("form of arrows (splines)", splines, SPLINES)
    asked = (show_layer_activations, show_shapes, show_dtype, show_trainable)
    facts = list(itertools.compress(FACTS, asked))
    boxes, arrows = _diagram(*graph_of(model, expand_nested), facts, show_layer_names)
    bend = 0.2 if splines in ("curved", "spline") else 0.0
    figure = _drawn(boxes, arrows, rankdir == "LR", 1 + len(facts), bend)
    if to_file is not None:
        figure.savefig(to_file, dpi=dpi)
    return figure


def _drawn(boxes: Any, arrows: Any, across: bool, lines: int, bend: float) -> Any:
    depth = 1 + max((place[1] for place, _ in boxes), default=0)
    width = 1 + max((place[0] for place, _ in boxes), default=0)
    wide, high = (depth, width) if across else (width, depth)
    height = 0.66 + LINE * lines  # inches from one row to the next
    figure = new_figure("plot_model", 3.4 * wide, height * high + 0.4)
    axes = figure.add_subplot()
    axes.set(xlim=(-0.6, wide - 0.4), ylim=(high - 0.5, -0.5))
    axes.axis("off")
    for place, text in boxes:
        frame = {"boxstyle": "round,pad=0.4", "facecolor": "white", "edgecolor": "0.4"}
        x, y = place[::-1] if across else place
        axes.text(x, y, text, ha="center", va="center", fontsize=8, bbox=frame)
    half = 0.27 if across else (0.1 + LINE * lines / 2) / height
    for start, end in arrows:
        (x, y), (to_x, to_y) = _ends(start, end, across, half)
        style = {"arrowstyle": "->", "color": "0.4", "connectionstyle": f"arc3,rad={bend}"}
        axes.annotate("", xy=(to_x, to_y), xytext=(x, y), arrowprops=style)
    return figure


def _ends(start: Point, end: Point, across: bool, half: float) -> tuple[Point, Point]:
    """The start and the end of an arrow, at the edges of two boxes."""
    if across:
        return (start[1] + half, start[0]), (end[1] - half, end[0])
    return (start[0], start[1] + half), (end[0], end[1] - half)


Graph = tuple[list[Layer], list[tuple[Layer, Layer]]]


def graph_of(model: LayeredModel, expand: bool) -> Graph:
    """The layers of a model and its links, or those of its inner models in their place."""
    layers, links = model.layers, model.links
    if links is None:
        links = list(itertools.pairwise(layers))
    if not expand:
        return layers, links
    found: dict[int, Layer] = {}
    arrows: list[tuple[Layer, Layer]] = []
    ends: dict[int, tuple[list[Layer], list[Layer]]] = {}
    for layer in layers:
        if isinstance(layer, Model) and layer.layers:
            inner, within = graph_of(layer, True)
        else:
            inner, within = [layer], []
        found |= {id(part): part for part in inner}
        arrows += within
        reached, left = {id(end) for _, end in within}, {id(start) for start, _ in within}
        ends[id(layer)] = (
            [part for part in inner if id(part) not in reached],
            [part for part in inner if id(part) not in left],
        )
    arrows += [(a, b) for x, y in links for a in ends[id(x)][1] for b in ends[id(y)][0]]
    return list(found.values()), arrows


def _diagram(
    layers: list[Layer], links: list[tuple[Layer, Layer]], facts: list[str], names: bool
) -> tuple[list[tuple[Point, str]], list[tuple[Point, Point]]]:
    """The position and text of each layer's box, and the two positions of each arrow."""
    depths = depths_of(layers, links)
    taken: dict[int, int] = {}
    places: dict[int, Point] = {}
    for layer in layers:
        row = depths[id(layer)]
        places[id(layer)] = (taken.setdefault(row, 0), row)
        taken[row] += 1
    boxes = []
    for layer in layers:
        kind = type(layer).__name__
        title = f"{layer.name} ({kind})" if names else kind
        lines = filter(None, (title, *(FACTS[fact](layer) for fact in facts)))
        boxes.append((places[id(layer)], "\n".join(lines)))
    return boxes, [(places[id(a)], places[id(b)]) for a, b in links]


def depths_of(layers: list[Layer], links: list[tuple[Layer, Layer]]) -> dict[int, int]:
    """The number of links before each layer on the longest way to it, by the layer's id."""
    depths = {id(layer): 0 for layer in layers}
    for _ in layers:
        for before, after in links:
            depths[id(after)] = max(depths[id(after)], depths[id(before)] + 1)
    return depths


def activation_name(layer: Layer) -> str:
    """The name of a layer's activation; nothing if it has none."""
    activation = getattr(layer, "activation", None)
    if activation is None:
        return ""
    return activation if isinstance(activation, str) else getattr(activation, "__name__", "?")


FACTS: dict[str, Callable[[Layer], str]] = {
    "activation": activation_name,
    "shape": shape_of,
    "dtype": lambda layer: name_of(layer.dtype),
    "trainable": lambda layer: "trainable" if layer.trainable else "not trainable",
}
