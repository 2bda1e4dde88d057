"""Rows as a layer sees them: its outputs on a plane, with the bent grid of two inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.arguments import whole
from steepest.errors import ArgumentError
from steepest.figure_style import look_of
from steepest.labels import class_of_each_row
from steepest.layers import InputLayer
from steepest.neuralnet.model import Model
from steepest.plot.boundary import two_columns
from steepest.plot.figure import legend, open_axes
from steepest.plot.outputs import as_rows, outputs_of, same_length
from steepest.plot.picture import Picture

WHO = "st.plot.warp"
SAMPLES = 61  # points of each line


@dataclass(frozen=True)
class Warp:
    """Rows and lines of a grid on two axes of a layer's outputs.

    `points[k]` is row k, `targets[k]` its label. `lines[n]` has the points of one line: first those
    along which the first of `columns` changes, then those along which the second does. `explained`
    are the shares of the variance of the rows that the axes show; None for two chosen units.

    >>> model = st.Sequential([st.layers.Dense(3, "tanh", input_shape=(2,))])
    >>> data = st.plot.warp_data(model, np.random.default_rng(0).normal(size=(20, 2)))
    >>> data.points.shape, data.lines.shape, data.explained.sum() <= 1.0
    ((20, 2), (22, 61, 2), np.True_)
    """

    layer: str
    labels: tuple[str, str]
    columns: tuple[int, ...]
    points: np.ndarray
    targets: np.ndarray | None
    lines: np.ndarray
    explained: np.ndarray | None


def warp_data(
    model: Any,
    x: Any,
    y: Any = None,
    layer: int | str | None = None,
    units: Sequence[int] | None = None,
    columns: Sequence[Any] | None = None,
    lines: int = 11,
) -> Warp:
    """The outputs of a layer for rows, and for a grid of two inputs, on two axes.

    The axes are two `units`, or without them the two first principal components of the outputs for
    the rows. `layer` is a place or a name among the layers of a model that was drawn, by default
    the last one but one that has two outputs. With more than two inputs `columns` names the two
    whose grid is shown; the others stay at their medians.

    >>> model = st.Sequential([st.layers.Dense(2, input_shape=(2,)), st.layers.Dense(1)])
    >>> model.layers[0].set_weights([[[0.0, 2.0], [1.0, 0.0]], [0.0, 0.0]])
    >>> data = warp_data(model, [[0.0, 0.0], [1.0, 3.0]], units=(0, 1), lines=2)
    >>> data.points.tolist(), data.lines[0, [0, -1]].tolist()
    ([[0.0, 0.0], [3.0, 2.0]], [[0.0, 0.0], [0.0, 2.0]])
    """
    if not isinstance(model, Model) or not model.is_drawn:
        raise ArgumentError(
            f"{WHO}: a Sequential or functional model was expected, whose layers have known inputs"
        )
    rows = as_rows(WHO, "x", x)
    names = [str(name) for name in getattr(x, "columns", range(rows.shape[1]))]
    place = _place(model, layer)
    part = Model(model.inputs, model.layers[place].output)
    outputs = outputs_of(WHO, part, rows.astype(np.float32))
    axes, labels, explained = _axes(outputs, units)
    middle = outputs.mean(axis=0) if units is None else 0.0
    shown = (0,) if rows.shape[1] == 1 else two_columns(WHO, rows.shape[1], columns, names)
    grid = _grid(rows, shown, whole(f"{WHO}: lines", lines, 2))
    bent = outputs_of(WHO, part, grid.reshape(-1, rows.shape[1]).astype(np.float32))
    targets = None if y is None else np.asarray(y)
    if targets is not None:
        same_length(WHO, x=rows, y=targets)
        found = class_of_each_row(targets)
        targets = as_rows(WHO, "y", targets)[:, 0] if found is None else found
    return Warp(
        model.layers[place].name, labels, shown, (outputs - middle) @ axes.T, targets,
        ((bent - middle) @ axes.T).reshape(*grid.shape[:2], 2), explained,
    )  # fmt: skip


def _place(model: Model, given: int | str | None) -> int:
    """The place of a layer that gives vectors of two numbers or more."""
    shapes: list[tuple[Any, ...]] = [
        () if isinstance(layer, InputLayer) else tuple(getattr(layer.output, "shape", ()))
        for layer in model.layers
    ]
    vectors = [n for n, shape in enumerate(shapes) if len(shape) == 2 and (shape[1] or 0) > 1]
    known = [layer.name for layer in model.layers]
    if isinstance(given, str) and given in known:
        given = known.index(given)
    if given is None and vectors:
        return vectors[-2 if vectors[-1] == len(known) - 1 and len(vectors) > 1 else -1]
    if given not in vectors:
        possible = ", ".join(known[place] for place in vectors) or "this model has none"
        raise ArgumentError(
            f"{WHO}: layer: one whose outputs are vectors of two numbers or more was expected "
            f"({possible}), got {given!r}"
        )
    assert isinstance(given, int)
    return given


Axes = tuple[np.ndarray, tuple[str, str], np.ndarray | None]


def _axes(outputs: np.ndarray, units: Sequence[int] | None) -> Axes:
    """Two directions among a layer's outputs, what they are, and what they show of the variance."""
    width = outputs.shape[1]
    if units is not None:
        one, other = (whole(f"{WHO}: units", unit, 0, width - 1) for unit in units)
        return np.eye(width)[[one, other]], (f"unit {one}", f"unit {other}"), None
    away = outputs - outputs.mean(axis=0)
    _, sizes, axes = np.linalg.svd(away, full_matrices=False)
    axes = np.vstack([axes, np.zeros((2, width))])[:2]
    largest = axes[np.arange(2), np.abs(axes).argmax(axis=1)]
    squares = np.append(sizes**2, [0.0, 0.0])
    shares = squares[:2] / max(squares.sum(), np.finfo(float).tiny)
    words = [f"component {place + 1}, {share:.1%}" for place, share in enumerate(shares)]
    return axes * np.where(largest < 0, -1.0, 1.0)[:, None], (words[0], words[1]), shares


def _grid(rows: np.ndarray, columns: Sequence[int], lines: int) -> np.ndarray:
    """The rows of inputs along the lines of a grid over the ranges of two inputs, or of one."""
    low, high = rows.min(axis=0), rows.max(axis=0)
    count = lines if len(columns) > 1 else 1
    grid = np.tile(np.median(rows, axis=0), (len(columns), count, SAMPLES, 1))
    for place, column in enumerate(columns):
        grid[place, :, :, column] = np.linspace(low[column], high[column], SAMPLES)
        for across in columns:
            if across != column:
                grid[place, :, :, across] = np.linspace(low[across], high[across], count)[:, None]
    return grid.reshape(-1, SAMPLES, rows.shape[1])


def warp(
    model: Any,
    x: Any,
    y: Any = None,
    layer: int | str | None = None,
    units: Sequence[int] | None = None,
    columns: Sequence[Any] | None = None,
    lines: int = 11,
    *,
    ax: Any = None,
    theme: str | None = None,
) -> Picture[Warp]:
    """Draws rows as a layer sees them, over the bent grid of two inputs; see `warp_data`.

    >>> (x, y), _ = st.datasets.moons.load_data()
    >>> model = st.Sequential([st.layers.Dense(2, "tanh", input_shape=(2,)), st.layers.Dense(1)])
    >>> st.plot.warp(model, x, y).ax.get_xlabel()[:11]
    'component 1'
    """
    data = warp_data(model, x, y, layer, units, columns, lines)
    (axes,) = open_axes(WHO, ax, theme)
    look = look_of(axes)
    half = len(data.lines) // len(data.columns)
    for place, line in enumerate(data.lines):
        style = "-" if place < half else (0, (4, 2))
        axes.plot(*line.T, color=look.quiet, lw=0.8, ls=style, zorder=1)
    kinds = None if data.targets is None else class_of_each_row(data.targets)
    if kinds is None:
        axes.scatter(*data.points.T, c=data.targets, s=14, cmap="cividis", zorder=2)
    else:
        for place, kind in enumerate(np.unique(kinds)):
            chosen = data.points[kinds == kind]
            axes.scatter(*chosen.T, s=18, label=f"class {kind}", zorder=2, **look.mark(place))
        legend(axes)
    axes.set(xlabel=data.labels[0], ylabel=data.labels[1], title=f"outputs of {data.layer}")
    text = (
        f"{len(data.points):,} rows on {' and '.join(data.labels)} of the layer {data.layer}, with "
        f"{len(data.lines)} lines of the grid of inputs"
    )
    return Picture(data, [axes], text)
