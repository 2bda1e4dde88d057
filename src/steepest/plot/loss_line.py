"""The loss on the straight line between two solutions, and a little beyond them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.arguments import whole
from steepest.errors import ArgumentError
from steepest.figure_style import look_of
from steepest.plot.figure import legend, open_axes
from steepest.plot.loss_along import LossAlong, fitting, require_ready
from steepest.plot.picture import Picture

WHO = "st.plot.loss_line"
BEYOND = 0.25  # of the distance, that is shown on either side


@dataclass(frozen=True)
class LossLine:
    """The losses at weights (1 - `share`) A + `share` B, by the name of the data.

    `barrier` is how much the loss on the way from A to B rises above the higher end, for the first
    data.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,), kernel_initializer="ones")])
    >>> model.compile(st.optimizers.SGD(0.1), "mse")
    >>> line = st.plot.loss_line_data(model, [[1.0]], [[1.0]], [[[-1.0]], [0.0]], points=5)
    >>> line.barrier
    0.0
    """

    shares: np.ndarray
    losses: dict[str, np.ndarray]
    rows: dict[str, int]
    seed: int

    @property
    def barrier(self) -> float:
        """The rise above the higher end."""
        losses = next(iter(self.losses.values()))
        between = (self.shares >= 0) & (self.shares <= 1)
        ends = np.interp([0.0, 1.0], self.shares, losses)
        return max(float(losses[between].max() - ends.max()), 0.0)


def loss_line_data(
    model: Any,
    x: Any,
    y: Any,
    to: Any,
    *,
    validation_data: tuple[Any, Any] | None = None,
    points: int = 61,
    rows: int | None = 1000,
    seed: int = 0,
) -> LossLine:
    """The loss on the line from a model's weights (share 0) to those of `to` (share 1).

    `to` is a model of the same form, or a list of arrays, one for each trainable weight. Weights
    that are not trained, such as moving averages, stay those of `model`, which is not changed.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,), kernel_initializer="zeros")])
    >>> model.compile(loss="mse")
    >>> data = loss_line_data(model, [[1.0]], [[1.0]], [[[1.0]], [0.0]], points=4)
    >>> data.shares, data.losses["training"]
    (array([-0.25,  0.25,  0.75,  1.25]), array([1.5625, 0.5625, 0.0625, 0.0625]))
    """
    require_ready(WHO, model)
    count = whole(f"{WHO}: points", points, 2)
    end = _weights_of(model, to)
    start = [w.array.astype(np.float64) for w in model.trainable_weights]
    way = [b - a for a, b in zip(start, end, strict=True)]
    if not any(np.any(part) for part in way):
        raise ArgumentError(f"{WHO}: both ends have equal weights; give another solution as to=")
    shares = np.linspace(-BEYOND, 1 + BEYOND, count)
    sets = {"training": (x, y)} | ({"validation": validation_data} if validation_data else {})
    losses, used = {}, {}
    for name, data in sets.items():
        loss = LossAlong(model, *data[:2], [way], rows=rows, seed=seed, who=WHO)
        losses[name], used[name] = loss.at(shares[:, None]), loss.rows
    return LossLine(shares, losses, used, seed)


def _weights_of(model: Any, to: Any) -> Sequence[np.ndarray]:
    arrays = [w.array for w in to.trainable_weights] if hasattr(to, "trainable_weights") else to
    if isinstance(arrays, (str, bytes)) or not hasattr(arrays, "__iter__"):
        raise ArgumentError(
            f"{WHO}: to: a model of the same form or a list of arrays was expected, got {to!r:.60}"
        )
    return fitting(WHO, model.trainable_weights, arrays)


def loss_line(
    model: Any,
    x: Any,
    y: Any,
    to: Any,
    *,
    validation_data: tuple[Any, Any] | None = None,
    points: int = 61,
    rows: int | None = 1000,
    seed: int = 0,
    ax: Any = None,
    theme: str | None = None,
) -> Picture[LossLine]:
    """Draws the loss between two solutions; for the arguments see `loss_line_data`.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,), kernel_initializer="zeros")])
    >>> model.compile(loss="mse")
    >>> st.plot.loss_line(model, [[1.0]], [[1.0]], [[[2.0]], [0.0]]).data.barrier
    0.0
    """
    data = loss_line_data(
        model, x, y, to, validation_data=validation_data, points=points, rows=rows, seed=seed
    )
    (axes,) = open_axes(WHO, ax, theme)
    look = look_of(axes)
    for index, (name, losses) in enumerate(data.losses.items()):
        label = f"{name}, {data.rows[name]:,} rows"
        axes.plot(data.shares, losses, label=label, **look.line(index))
    for share in (0.0, 1.0):
        axes.axvline(share, color=look.quiet, lw=0.8, zorder=0)
    axes.set_xticks(
        [-BEYOND, 0, 0.5, 1, 1 + BEYOND], ["", "this model", "half way", "the other", ""]
    )
    axes.set(xlabel="weights", ylabel="loss")
    legend(axes)
    text = f"loss between two solutions on {next(iter(data.rows.values())):,} rows: it rises by "
    return Picture(data, [axes], f"{text}{data.barrier:.4g} above the higher end")
