"""The decision boundary: what a model answers on a plane through its inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.arguments import whole
from steepest.errors import ArgumentError, unknown_name
from steepest.figure_style import OKABE_ITO, Look, look_of
from steepest.labels import class_of_each_row
from steepest.plot.figure import (
    ASIDE,
    SEQUENTIAL,
    colour_bar,
    diverging,
    legend,
    open_axes,
    symmetrical_limit,
)
from steepest.plot.outputs import (
    as_rows,
    class_numbers,
    named_classes,
    outputs_of,
    same_length,
    threshold_of,
)
from steepest.plot.picture import Picture

WHO = "st.plot.boundary"
MARGIN = 0.08  # of the range of the rows, around them
MOST_RATIO = 4.0  # of one range to the other, up to which both axes have the same scale


@dataclass(frozen=True)
class Boundary:
    """The outputs of a model on a grid of two of its inputs, and the rows.

    `outputs[i, j]` is the output at `x[j]` and `y[i]`; `classes[i, j]` is the class there, None for
    quantities. A single output means the second class above `threshold`. `points` are the rows'
    two inputs, `labels` their classes or quantities, `held` the values of the other inputs.

    >>> rows = np.array([[0.0, 0.0, 7.0], [1.0, 1.0, 9.0]])
    >>> data = st.plot.boundary_data(lambda x: x[:, 1], rows, [0, 1], columns=(0, 1), points=2)
    >>> data.outputs[:, 0, 0].round(2).tolist(), data.classes.tolist(), data.held[2].item()
    ([-0.08, 1.08], [[0, 0], [1, 1]], 8.0)
    """

    x: np.ndarray
    y: np.ndarray
    outputs: np.ndarray
    classes: np.ndarray | None
    threshold: float | None
    points: np.ndarray
    labels: np.ndarray
    columns: tuple[int, int]
    held: np.ndarray


def boundary_data(
    model: Any,
    x: Any,
    y: Any,
    columns: Sequence[Any] | None = None,
    held: Any = "median",
    points: int = 200,
) -> Boundary:
    """The outputs of a model on a grid over two inputs, which cover the rows of `x`.

    With more than two inputs `columns` names the two, by number or by the name of a table's column;
    the others are held at the "median" or "mean" of the rows, or at given values: one for each
    input, or some by column and the rest at the median. Labels `y` that are classes give regions of
    classes, others quantities.

    >>> rows, labels = np.array([[0.0, 0.0], [1.0, 2.0]]), [0, 1]
    >>> data = boundary_data(lambda x: x[:, 0] - 0.1, rows, labels, points=3)
    >>> data.x.round(2).tolist(), data.classes.tolist()
    ([-0.08, 0.5, 1.08], [[0, 0, 1], [0, 0, 1], [0, 0, 1]])
    """
    rows, labels = as_rows(WHO, "x", x), np.asarray(y)
    same_length(WHO, x=rows, y=labels)
    names = [str(name) for name in getattr(x, "columns", range(rows.shape[1]))]
    first, second = two_columns(WHO, rows.shape[1], columns, names)
    fixed = _held(rows, held, names)
    across, up = (_side(rows[:, column], points) for column in (first, second))
    grid = np.tile(fixed, (points * points, 1))
    grid[:, first], grid[:, second] = np.tile(across, points), np.repeat(up, points)
    outputs = outputs_of(WHO, model, grid).reshape(points, points, -1)
    found = class_of_each_row(labels)
    plane = (rows[:, [first, second]], (first, second), fixed)
    if outputs.shape[-1] == 1 and (found is None or len(np.unique(found)) > 2):
        numbers = as_rows(WHO, "y", y)[:, 0]
        return Boundary(across, up, outputs, None, None, plane[0], numbers, *plane[1:])
    classes = class_numbers(WHO, "y", labels, max(2, outputs.shape[-1]))
    if outputs.shape[-1] > 1:
        return Boundary(
            across, up, outputs, outputs.argmax(-1), None, plane[0], classes, *plane[1:]
        )
    threshold = threshold_of(model, labels)
    regions = (outputs[..., 0] > threshold).astype(np.int64)
    return Boundary(across, up, outputs, regions, threshold, plane[0], classes, *plane[1:])


def two_columns(
    who: str, count: int, given: Sequence[Any] | None, names: list[str]
) -> tuple[int, int]:
    """The places of two inputs, given by number or name; of two inputs none need be given.

    >>> two_columns("plot", 3, ["b", 0], ["a", "b", "c"])
    (1, 0)
    """
    if given is None and count == 2:
        return 0, 1
    if given is None:
        raise ArgumentError(
            f"{who}: a plane has two inputs and x has {count}; choose two of them, for example "
            "columns=(0, 1): the others are held at their median"
        )
    found = [_column(who, each, names) for each in given]
    if len(found) != 2 or found[0] == found[1]:
        raise ArgumentError(f"{who}: columns: two different columns were expected, got {given!r}")
    return found[0], found[1]


def _column(who: str, given: Any, names: list[str]) -> int:
    if isinstance(given, str):
        if given not in names:
            raise unknown_name("column of x", given, names)
        return names.index(given)
    return whole(f"{who}: columns", given, least=0, most=len(names) - 1)


def _held(rows: np.ndarray, held: Any, names: list[str]) -> np.ndarray:
    if isinstance(held, str) and held in ("median", "mean"):
        return np.median(rows, axis=0) if held == "median" else rows.mean(axis=0)
    if isinstance(held, Mapping):
        values = np.median(rows, axis=0)
        for key, value in held.items():
            values[_column(WHO, key, names)] = value
        return values
    values = np.asarray(held)
    if values.shape != rows.shape[1:] or values.dtype.kind not in "fiub":
        raise ArgumentError(
            f'{WHO}: held: "median", "mean", {rows.shape[1]} numbers, or numbers by column were '
            f"expected, got {held!r:.60}"
        )
    return values.astype(np.float64)


def _side(values: np.ndarray, points: int) -> np.ndarray:
    count = whole(f"{WHO}: points", points, least=2)
    low, high = float(values.min()), float(values.max())
    margin = MARGIN * (high - low) or 0.5
    return np.linspace(low - margin, high + margin, count)


def boundary(
    model: Any,
    x: Any,
    y: Any,
    columns: Sequence[Any] | None = None,
    held: Any = "median",
    points: int = 200,
    *,
    names: Sequence[str] | None = None,
    ax: Any = None,
    theme: str | None = None,
) -> Picture[Boundary]:
    """Draws the regions of a model's classes, or its outputs, over two inputs, with the rows.

    Regions are paler where the model is less certain, and a line separates them. Both axes have the
    same scale unless one range is over four times the other. `names` are those of the classes; for
    the other arguments see `boundary_data`.

    >>> (x, y), _ = st.datasets.xor.load_data()
    >>> model = st.Sequential([st.layers.Dense(8, "tanh", input_shape=(2,)), st.layers.Dense(1)])
    >>> picture = st.plot.boundary(model, x, y)
    >>> picture.data.outputs.shape, sorted(set(picture.data.labels.tolist()))
    ((200, 200, 1), [0, 1])
    """
    data = boundary_data(model, x, y, columns, held, points)
    ratio = float(np.ptp(data.x) / np.ptp(data.y))
    equal = 1 / MOST_RATIO <= ratio <= MOST_RATIO
    width = 4.2 if data.classes is not None else 4.0
    height = float(np.clip(width / ratio + 0.5, 2.4, 5.2)) if equal else 4.2
    (axes,) = open_axes(WHO, ax, theme, panel=(5.4, height))
    if data.classes is None:
        _quantities(axes, data)
        shown = "outputs"
    else:
        count = max(2, data.outputs.shape[-1])
        _regions(axes, data, named_classes(WHO, names, count))
        shown = f"regions of {count} classes"
    inputs = [str(name) for name in getattr(x, "columns", [])]
    labels = [inputs[each] if inputs else f"input {each}" for each in data.columns]
    if equal:
        axes.set_aspect("equal")
    axes.set(xlabel=labels[0], ylabel=labels[1], xlim=data.x[[0, -1]], ylim=data.y[[0, -1]])
    text = f"{shown} over {labels[0]} and {labels[1]}, with {len(data.points):,} rows"
    return Picture(data, [axes], text)


def _quantities(axes: Any, data: Boundary) -> None:
    look, values = look_of(axes), data.outputs[..., 0]
    low = float(min(values.min(), data.labels.min()))
    high = float(max(values.max(), data.labels.max()))
    levels = np.linspace(low, high if high > low else low + 1, 21)
    shown = axes.contourf(data.x, data.y, values, levels, cmap=SEQUENTIAL)
    style = {"c": data.labels, "cmap": SEQUENTIAL, "vmin": levels[0], "vmax": levels[-1]}
    size = _size(len(data.points))
    axes.scatter(*data.points.T, s=size, edgecolors=[look.ink], linewidths=0.8, **style)
    colour_bar(axes, shown, "output (area), label (points)")


def _regions(axes: Any, data: Boundary, names: list[str]) -> None:
    look = look_of(axes)
    assert data.classes is not None
    if data.outputs.shape[-1] == 1:
        _two_classes(axes, data, look)
    else:
        _several_classes(axes, data, look)
    for number in np.unique(data.labels).tolist():
        chosen = data.points[data.labels == number]
        size = _size(len(data.points))
        axes.scatter(*chosen.T, s=size, label=names[number], **look.mark(number))
    legend(axes, **ASIDE)


def _size(count: int) -> float:
    """The area of a mark, smaller where there are many, in square points."""
    return float(np.clip(9_000 / count, 7, 28))


def _two_classes(axes: Any, data: Boundary, look: Look) -> None:
    assert data.threshold is not None
    above = data.outputs[..., 0] - data.threshold
    limit = 0.5 if data.threshold else symmetrical_limit(above)
    colours = diverging(look, (OKABE_ITO[0], OKABE_ITO[1]))(0.5 + above / (2 * limit))
    _paint(axes, data, look, colours[..., :3], 0.65)
    if above.min() < 0 < above.max():
        axes.contour(data.x, data.y, above, [0.0], colors=[look.ink], linewidths=1.4)


def _paint(axes: Any, data: Boundary, look: Look, colours: np.ndarray, share: Any) -> None:
    """Fills the plane with a share of the colours on the page; each point of the grid is a cell."""
    shown = np.asarray(look.page) * (1 - share) + colours * share
    right, up = (data.x[1] - data.x[0]) / 2, (data.y[1] - data.y[0]) / 2
    extent = (data.x[0] - right, data.x[-1] + right, data.y[0] - up, data.y[-1] + up)
    axes.imshow(shown, origin="lower", extent=extent, aspect="auto", interpolation="bilinear")


def _several_classes(axes: Any, data: Boundary, look: Look) -> None:
    assert data.classes is not None
    ordered = np.sort(data.outputs, axis=-1)
    lead = ordered[..., -1] - ordered[..., -2]
    certain = lead / (float(lead.max()) or 1.0)
    count = data.outputs.shape[-1]
    colours = np.array([look.colour(number, 1.0) for number in range(count)])[data.classes]
    _paint(axes, data, look, colours, (0.12 + 0.43 * certain)[..., np.newaxis])
    for number in range(count):
        others = np.delete(data.outputs, number, axis=-1).max(axis=-1)
        gap = data.outputs[..., number] - others
        if gap.min() < 0 < gap.max():
            axes.contour(data.x, data.y, gap, [0.0], colors=[look.ink], linewidths=1.1)
