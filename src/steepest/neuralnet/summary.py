"""What a model is made of, as a table. Leans on the model's layers alone."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from steepest.core.primitives import show
from steepest.errors import MissingExtra


def summary(model: Any, print_fn: Callable[[str], Any] | None = None) -> None:
    """Print the layers, their output shapes and their numbers of weights.

    >>> import steepest as st
    >>> summary(st.Sequential([st.layers.Dense(1, input_shape=(2,), name="out")], name="small"))
    Model: small
    Layer (type)  Output shape  Parameters
    ------------  ------------  ----------
    out (Dense)   (batch, 1)             3
    <BLANKLINE>
    Total parameters: 3 (12 B)
    Trainable: 3
    Not trainable: 0
    """
    say = print_fn or print
    say(f"Model: {model.name}")
    rows = [("Layer (type)", "Output shape", "Parameters"), *map(_row, layers_of(model))]
    for line in _table(rows):
        say(line)
    say("")
    trainable = sum(weight.size for weight in model.trainable_weights)
    total = sum(weight.size for weight in model.weights)
    size = sum(weight.array.nbytes for weight in model.weights)
    say(f"Total parameters: {total:,} ({_bytes(size)})")
    say(f"Trainable: {trainable:,}")
    say(f"Not trainable: {total - trainable:,}")


def layers_of(model: Any) -> list[Any]:
    """The model's layers, those of a subclassed model included."""
    return list(getattr(model, "layers", None) or model.sublayers)


def _row(layer: Any) -> tuple[str, str, str]:
    count = sum(weight.size for weight in layer.weights)
    return f"{layer.name} ({type(layer).__name__})", _shape(layer), f"{count:,}"


def _shape(layer: Any) -> str:
    try:
        shape = layer.output_shape
    except Exception:
        return "?"
    several = isinstance(shape, list)
    return "?" if shape is None else ", ".join(map(show, shape)) if several else show(shape)


def _table(rows: list[tuple[str, str, str]]) -> list[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(3)]
    lines = [f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c:>{widths[2]}}".rstrip() for a, b, c in rows]
    return [lines[0], "  ".join("-" * width for width in widths), *lines[1:]]


def _bytes(size: int) -> str:
    amount = float(size)
    for unit in ("B", "KB", "MB"):
        if amount < 1024:
            return f"{amount:.4g} {unit}"
        amount /= 1024
    return f"{amount:.4g} GB"


def plot_model(model: Any, to_file: str | None = None) -> Any:
    """The layers as boxes with arrows; returns the figure, and saves it where asked to.

    >>> import steepest as st
    >>> figure = plot_model(st.Sequential([st.layers.Dense(1, input_shape=(2,))]))
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtra("plot_model needs matplotlib: pip install steepest[plot]") from None
    boxes, arrows = _diagram(model)
    depth = 1 + max((place[1] for place, _ in boxes), default=0)
    width = 1 + max((place[0] for place, _ in boxes), default=0)
    figure = Figure(figsize=(3.4 * width, 1.0 * depth + 0.4), layout="constrained")
    axes = figure.add_subplot()
    axes.set(xlim=(-0.6, width - 0.4), ylim=(depth - 0.5, -0.5))
    axes.axis("off")
    for (column, row), text in boxes:
        frame = {"boxstyle": "round,pad=0.4", "facecolor": "white", "edgecolor": "0.4"}
        axes.text(column, row, text, ha="center", va="center", fontsize=8, bbox=frame)
    for start, end in arrows:
        axes.annotate(
            "", xy=(end[0], end[1] - 0.28), xytext=(start[0], start[1] + 0.28),
            arrowprops={"arrowstyle": "->", "color": "0.4"},
        )  # fmt: skip
    if to_file is not None:
        figure.savefig(to_file)
    return figure


Place = tuple[float, float]


def _diagram(model: Any) -> tuple[list[tuple[Place, str]], list[tuple[Place, Place]]]:
    """Where each layer's box stands, what it says, and which boxes the arrows join."""
    links = getattr(model, "links", None)
    layers = layers_of(model)
    if links is None:
        links = list(itertools.pairwise(layers))
    depths = _depths(layers, links)
    taken: dict[int, int] = {}
    places: dict[int, Place] = {}
    for layer in layers:
        row = depths[id(layer)]
        places[id(layer)] = (taken.setdefault(row, 0), row)
        taken[row] += 1
    boxes = [(places[id(layer)], f"{_row(layer)[0]}\n{_shape(layer)}") for layer in layers]
    return boxes, [(places[id(a)], places[id(b)]) for a, b in links]


def _depths(layers: list[Any], links: list[tuple[Any, Any]]) -> dict[int, int]:
    depths = {id(layer): 0 for layer in layers}
    for _ in layers:
        for before, after in links:
            depths[id(after)] = max(depths[id(after)], depths[id(before)] + 1)
    return depths
