"""The table of a model's layers, output shapes and numbers of weights. Depends on layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from steepest.core.primitives import show
from steepest.layers.layer import Layer
from steepest.protocols import LayeredModel


def summary(
    model: LayeredModel,
    print_fn: Callable[[str], Any] | None = None,
    line_length: int | None = None,
) -> None:
    """Prints the layers, their output shapes and their numbers of weights.

    Columns are as wide as their texts; `line_length` widens the last one.

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
    rows = [("Layer (type)", "Output shape", "Parameters")]
    prefix = getattr(model, "prefix", None)
    on_host = [] if prefix is None else prefix.layers
    for layer in model.layers:
        count = sum(weight.size for weight in layer.weights)
        mark = " *" if layer in on_host else ""
        name = f"{layer.name} ({type(layer).__name__}){mark}"
        rows.append((name, shape_of(layer), f"{count:,}"))
    for line in _table(rows, line_length or 0):
        say(line)
    say("* prepared before the step, on the host" if on_host else "")
    trainable = sum(weight.size for weight in model.trainable_weights)
    total = sum(weight.size for weight in model.weights)
    size = sum(weight.array.nbytes for weight in model.weights)
    say(f"Total parameters: {total:,} ({_bytes(size)})")
    say(f"Trainable: {trainable:,}")
    say(f"Not trainable: {total - trainable:,}")


def shape_of(layer: Layer) -> str:
    """The shape of a layer's output as text; a question mark where it is not known yet."""
    try:
        shape = layer.output_shape
    except Exception:
        return "?"
    several = isinstance(shape, list)
    return "?" if shape is None else ", ".join(map(show, shape)) if several else show(shape)


def _table(rows: list[tuple[str, str, str]], length: int) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    widths[2] = max(widths[2], length - widths[0] - widths[1] - 4)
    lines = [f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c:>{widths[2]}}".rstrip() for a, b, c in rows]
    return [lines[0], "  ".join("-" * width for width in widths), *lines[1:]]


def _bytes(size: int) -> str:
    amount = float(size)
    for unit in ("B", "KB", "MB"):
        if amount < 1024:
            return f"{amount:.4g} {unit}"
        amount /= 1024
    return f"{amount:.4g} GB"
