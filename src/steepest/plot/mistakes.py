"""The largest mistakes: the rows with the highest loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.arguments import whole
from steepest.core import ops
from steepest.errors import ArgumentError
from steepest.figure_style import look_of
from steepest.labels import class_of_each_row, in_rank_of
from steepest.neuralnet import Model
from steepest.plot.figure import open_axes
from steepest.plot.outputs import as_rows, same_length, threshold_of
from steepest.plot.picture import Picture
from steepest.plot.tiles import draw_tiles, picture_shape, size_of

WHO = "st.plot.mistakes"
ROWS_AT_ONCE = 4_096
MOST_INPUTS = 5  # columns of inputs in a table


@dataclass(frozen=True)
class Mistakes:
    """The rows with the highest loss, the highest first: their numbers, losses, labels, outputs.

    `inputs` are these rows of `x`; `shape` is that of a picture, None if rows are no pictures.
    `texts` say for each what the label is and what the model answers, `columns` name the inputs,
    `limits` are the least and the greatest number of all rows of `x`.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> data = st.plot.mistakes_data(model, np.zeros((3, 2)), [0.0, 5.0, 1.0], count=1)
    >>> data.rows.tolist(), data.texts
    ([1], ['5, not 0'])
    """

    rows: np.ndarray
    losses: np.ndarray
    labels: np.ndarray
    outputs: np.ndarray
    inputs: np.ndarray
    shape: tuple[int, ...] | None
    texts: list[str]
    columns: list[str]
    limits: tuple[float, float]


def mistakes_data(
    model: Any,
    x: Any,
    y: Any,
    count: int = 12,
    shape: Sequence[int] | None = None,
    names: Sequence[str] | None = None,
) -> Mistakes:
    """The rows with the highest loss of a compiled model with one output.

    Rows are pictures if they have the shape of one, or by `shape`; `names` are those of classes.

    >>> model = st.Sequential([st.layers.Dense(1, use_bias=False, kernel_initializer="ones")])
    >>> model.compile("sgd", "mse")
    >>> data = mistakes_data(model, np.array([[1.0], [2.0], [3.0]]), [1.0, 0.0, 2.0], count=2)
    >>> data.rows.tolist(), data.losses.tolist(), data.texts
    ([1, 2], [4.0, 1.0], ['0, not 2', '2, not 3'])
    """
    if not isinstance(model, Model) or model.objectives is None:
        raise ArgumentError(
            f"{WHO}: a compiled model was expected, whose loss says how wrong a row is, got "
            f"{model!r:.60}"
        )
    inputs, labels = np.asarray(x), np.asarray(y)
    same_length(WHO, x=inputs, y=labels)
    whole(f"{WHO}: count", count, least=1)
    losses, outputs = _losses(model, inputs, labels)
    worst = np.argsort(-losses, kind="stable")[:count]
    chosen = inputs[worst]
    size = int(np.prod(chosen.shape[1:]))
    known = picture_shape(WHO, size, chosen.shape[1:], shape)
    true, found = _answers(labels, outputs, threshold_of(model, labels))
    texts = [_said(true[row], found[row], names) for row in worst.tolist()]
    columns = getattr(x, "columns", [f"input {place}" for place in range(size)])
    return Mistakes(
        rows=worst,
        losses=losses[worst],
        labels=labels[worst],
        outputs=outputs[worst],
        inputs=chosen,
        shape=known,
        texts=texts,
        columns=[str(column) for column in columns],
        limits=(float(inputs.min()), float(inputs.max())),
    )


def _losses(model: Model, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The loss of each row, without penalties, and the outputs."""
    losses, outputs = [], []
    for start in range(0, len(x), ROWS_AT_ONCE):
        truth = ops.as_tensor(y[start : start + ROWS_AT_ONCE])
        predicted = model(x[start : start + ROWS_AT_ONCE], training=False)
        model.compute_loss(y=truth, y_pred=predicted)  # checks the labels, and resolves the loss
        assert model.objectives is not None
        if len(model.objectives.losses) != 1:
            raise ArgumentError(f"{WHO}: a model with one output was expected")
        found = model.objectives.losses[0].call(in_rank_of(predicted, truth), predicted).numpy()
        losses.append(found.reshape(len(found), -1).mean(axis=1))
        outputs.append(predicted.numpy())
    return np.concatenate(losses), as_rows(WHO, "the model's outputs", np.concatenate(outputs))


def _answers(labels: np.ndarray, outputs: np.ndarray, threshold: float) -> tuple[Any, Any]:
    """For each row what the label is, and what the model takes the row for."""
    classes = class_of_each_row(labels)
    if outputs.shape[1] > 1 and classes is not None:
        return classes, outputs.argmax(axis=1)
    if classes is not None and len(np.unique(classes)) == 2 and outputs.shape[1] == 1:
        low, high = np.unique(classes)
        return classes, np.where(outputs[:, 0] > threshold, high, low)
    return labels.reshape(len(labels), -1), outputs


def _said(true: Any, found: Any, names: Sequence[str] | None) -> str:
    """What the label is, and what the model answers."""
    if names is not None and np.ndim(true) == 0:
        shown = [str(names[int(each)]) for each in (true, found)]
    else:
        shown = [", ".join(f"{number:.4g}" for number in np.ravel(each)) for each in (true, found)]
    return f"{shown[0]}, not {shown[1]}" if shown[0] != shown[1] else f"{shown[0]}, unsure"


def mistakes(
    model: Any,
    x: Any,
    y: Any,
    count: int = 12,
    shape: Sequence[int] | None = None,
    names: Sequence[str] | None = None,
    *,
    ax: Any = None,
    theme: str | None = None,
) -> Picture[Mistakes]:
    """Draws the rows with the highest loss: as pictures, or as a table with their first inputs.

    Below a picture are its row, its label and what the model takes it for, and its loss.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> picture = st.plot.mistakes(model, np.zeros((3, 2)), [0.0, 5.0, 1.0], count=2)
    >>> picture.data.rows.tolist(), picture.data.losses.tolist()
    ([1, 2], [25.0, 1.0])
    """
    data = mistakes_data(model, x, y, count, shape, names)
    number = len(data.rows)
    if data.shape is None:
        (axes,) = open_axes(WHO, ax, theme, panel=(7.0, 0.6 + 0.28 * number))
        _table(axes, data)
    else:
        (axes,) = open_axes(WHO, ax, theme, panel=size_of(number, data.shape, 3))
        facts = zip(data.rows.tolist(), data.texts, data.losses.tolist(), strict=True)
        texts = [f"row {row}\n{said}\nloss {loss:.3g}" for row, said, loss in facts]
        low, high = data.limits
        pictures = (data.inputs.reshape(number, *data.shape) - low) / ((high - low) or 1.0)
        flat = pictures.ndim == 4 and pictures.shape[-1] == 1
        style = {"cmap": "gray", "vmin": 0, "vmax": 1}
        draw_tiles(axes, pictures[..., 0] if flat else pictures, texts, **style)
    worst = f"row {data.rows[0]} ({data.texts[0]}, loss {data.losses[0]:.3g})"
    return Picture(data, [axes], f"the {number} rows with the highest loss, first {worst}")


def _table(axes: Any, data: Mistakes) -> None:
    look, inputs = look_of(axes), data.inputs.reshape(len(data.rows), -1)
    shown = min(inputs.shape[1], MOST_INPUTS)
    head = ["row", "label, not output", "loss", *data.columns[:shown]]
    facts = zip(data.rows, data.texts, data.losses, inputs, strict=True)
    cells = [
        [str(row), said, f"{loss:.3g}", *(f"{value:.4g}" for value in values[:shown].tolist())]
        for row, said, loss, values in facts
    ]
    axes.axis("off")
    widths = [3 + max(map(len, column)) for column in zip(head, *cells, strict=True)]
    shares = [width / sum(widths) for width in widths]
    table = axes.table(
        cells, colLabels=head, colWidths=shares, bbox=(0, 0, 1, 1), edges="horizontal"
    )
    table.auto_set_font_size(False)
    table.set_fontsize(9)
    for cell in table.get_celld().values():
        cell.set(edgecolor=look.quiet, linewidth=0.5)
        cell.get_text().set_color(look.ink)
