"""The layers that read a model's inputs first, and what they say of the data.

Layers that prepare know what they were made for; programs cannot raise, so the data are shown to
them before one runs. Leans on feed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.core import ops, tree
from steepest.data.columns import DenseColumn, as_column, is_mapped
from steepest.layers.layer import Layer
from steepest.neuralnet.input.feeds import ArrayFeed, Feed

MOST_VALUES = 50_000_000
SAMPLE = 2000


def readers(model: Any) -> list[list[Layer]]:
    """For each input the layers that read it as it comes; none where nobody can tell.

    >>> import steepest as st
    >>> model = st.Sequential([st.layers.MissingValues(name="gaps"), st.layers.Dense(1)])
    >>> readers(model)
    [[MissingValues(name='gaps')]]
    """
    found = getattr(model, "first_layers", [])
    return [[deep for layer in layers for deep in _within(layer)] for layers in found]


def _within(layer: Any) -> list[Layer]:
    """The layer itself, or the first ones of a model of one input that stands for a layer."""
    inner = readers(layer) if hasattr(layer, "layers") else []
    return inner[0] if len(inner) == 1 else [layer]


def readers_of(model: Any, x: Any) -> list[list[Layer]]:
    """The readers of each leaf of what is given, be it in the model's order or by name."""
    found, count = readers(model), len(tree.leaves(x))
    if len(found) != count:
        return [[]] * count
    names = getattr(model, "input_names", [])
    if isinstance(x, dict) and set(x) == set(names):
        return [found[names.index(name)] for name in sorted(x)]
    return found


def marked(model: Any, mark: str, x: Any) -> list[bool]:
    """For each leaf of x whether all layers that read it have a mark, such as `scales`."""
    return [
        bool(layers) and all(getattr(layer, mark, False) for layer in layers)
        for layers in readers_of(model, x)
    ]


def show_data(model: Any, feed: Feed | None) -> None:
    """Show what is fed to the layers that read it first, now or batch by batch."""
    if not any(_asks(layer) or hasattr(layer, "layers") for layer in getattr(model, "layers", ())):
        return  # the most models: nothing is to be looked up
    if isinstance(feed, ArrayFeed):
        _show(model, feed.nest[0] if feed.prepare is None else _prepared(feed), feed.rows)
    elif feed is not None:
        feed.watch(lambda nest: _show(model, nest[0]))


def _asks(layer: Any) -> bool:
    return callable(getattr(layer, "check_values", None))


def _prepared(feed: ArrayFeed) -> Any:
    """The first rows as the step prepares them."""
    assert feed.rows is not None and feed.prepare is not None
    rows = feed.rows[:SAMPLE]
    first = tree.transform(lambda column: ops.constant(column.take(rows)), feed.nest)
    return tree.transform(as_column, feed.prepare(first)[0])


def _show(model: Any, x: Any, rows: np.ndarray | None = None) -> None:
    for column, layers in zip(tree.leaves(x), readers_of(model, x), strict=True):
        asked: list[Any] = [layer for layer in layers if _asks(layer)]
        if asked and isinstance(column, DenseColumn):
            values = _values(column, rows)
            for layer in asked:
                layer.check_values(values)


def _values(column: DenseColumn, rows: np.ndarray | None) -> np.ndarray:
    """All that the model will read; of what is on disk, or is a great deal, rows here and there."""
    if rows is None or len(column) <= len(rows):
        chosen: Any = slice(None)
    else:
        chosen = rows
    if is_mapped(column.array) or column.array.size > MOST_VALUES:
        spread = np.linspace(0, len(column) - 1, min(SAMPLE, len(column)))
        chosen = np.unique(spread.astype(np.int64))
    return column.take(chosen)
