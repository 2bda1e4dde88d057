"""The table of a model's layers, output shapes and numbers of weights. Depends on layers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from steepest.arguments import whole
from steepest.core.primitives import show
from steepest.errors import ArgumentError, nearest
from steepest.layers.layer import Layer
from steepest.neuralnet.learner import Learner
from steepest.protocols import LayeredModel

DEFAULT_LENGTH = 80  # of a line, for relative positions


def summary(
    model: LayeredModel,
    line_length: int | None = None,
    positions: Sequence[float] | None = None,
    print_fn: Callable[[str], Any] | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: Sequence[str] | None = None,
) -> None:
    """Prints the layers, their output shapes and their numbers of weights.

    Columns are as wide as their texts; `positions` are their ends, as shares of the line or as
    numbers of characters, and `line_length` widens the last one.

    >>> import steepest as st
    >>> summary(st.Sequential([st.layers.Dense(1, input_shape=(2,), name="out")], name="small"))
    Model: small
    Layer (type)  Output shape  Parameters
    ------------  ------------  ----------
    out (Dense)   (batch, 1)             3
    <BLANKLINE>
    Total params: 3 (12 B)
    Trainable params: 3
    Non-trainable params: 0
    """
    if line_length is not None:
        whole("summary: line_length", line_length, 1)
    say = print_fn or print
    say(f"Model: {model.name}")
    prefix = getattr(model, "prefix", None)
    on_host = [] if prefix is None else prefix.layers
    rows = [("Layer (type)", "Output shape", "Parameters", "Trainable")]
    for depth, layer in _shown(_in_range(model.layers, layer_range), expand_nested):
        count = sum(weight.size for weight in layer.weights)
        mark = " *" if layer in on_host else ""
        name = f"{'  ' * depth}{layer.name} ({type(layer).__name__}){mark}"
        trains = ("yes" if layer.trainable else "no") if layer.weights else "-"
        rows.append((name, shape_of(layer), f"{count:,}", trains))
    for line in _table([row[: 3 + show_trainable] for row in rows], line_length or 0, positions):
        say(line)
    say("* prepared before the step, on the host" if on_host else "")
    trainable = sum(weight.size for weight in model.trainable_weights)
    total = sum(weight.size for weight in model.weights)
    size = sum(weight.array.nbytes for weight in model.weights)
    say(f"Total params: {total:,} ({_bytes(size)})")
    say(f"Trainable params: {trainable:,}")
    say(f"Non-trainable params: {total - trainable:,}")


def _shown(
    layers: Sequence[Layer], expand_nested: bool, depth: int = 0
) -> Iterator[tuple[int, Layer]]:
    """The layers with their depth; those of inner models follow these if they are expanded."""
    for layer in layers:
        yield depth, layer
        if expand_nested and isinstance(layer, Learner):
            yield from _shown(layer.layers, expand_nested, depth + 1)


def _in_range(layers: Sequence[Layer], names: Sequence[str] | None) -> Sequence[Layer]:
    """The layers from the first that matches one pattern to the last that matches another."""
    if names is None:
        return layers
    if isinstance(names, str) or len(names) != 2:
        raise ArgumentError(
            f"summary: layer_range: the names of the first and the last layer, got {names!r}"
        )
    found = [
        [n for n, layer in enumerate(layers) if re.match(pattern, layer.name)] for pattern in names
    ]
    for pattern, places in zip(names, found, strict=True):
        if not places:
            known = [layer.name for layer in layers]
            raise ArgumentError(
                f"summary: layer_range: no layer is named {pattern!r}: {nearest(pattern, known)}"
            )
    first, last = sorted((found[0][0], found[1][-1]))
    return layers[first : last + 1]


def shape_of(layer: Layer) -> str:
    """The shape of a layer's output as text; a question mark where it is not known yet."""
    try:
        shape = layer.output_shape
    except Exception:
        return "?"
    several = isinstance(shape, list)
    return "?" if shape is None else ", ".join(map(show, shape)) if several else show(shape)


def _table(
    rows: Sequence[Sequence[str]], length: int, positions: Sequence[float] | None = None
) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    relative = positions is not None and all(0 < end <= 1 for end in positions)
    end = 0
    for place, wanted in enumerate((positions or ())[: len(widths)]):
        stop = int(wanted * (length or DEFAULT_LENGTH)) if relative else int(wanted)
        widths[place] = max(widths[place], stop - end - 2 * bool(place))
        end += widths[place] + 2 * bool(place)
    widths[-1] = max(widths[-1], length - sum(widths[:-1]) - 2 * (len(widths) - 1))
    lines = []
    for row in [rows[0], ["-" * width for width in widths], *rows[1:]]:
        parts = zip(row, widths, "<<>>", strict=False)
        lines.append("  ".join(f"{text:{side}{width}}" for text, width, side in parts).rstrip())
    return lines


def _bytes(size: int) -> str:
    amount = float(size)
    for unit in ("B", "KB", "MB"):
        if amount < 1024:
            return f"{amount:.4g} {unit}"
        amount /= 1024
    return f"{amount:.4g} GB"
