"""The loss around a solution: over a plane in the space of the weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.arguments import is_number, whole
from steepest.errors import ArgumentError
from steepest.figure_style import look_of
from steepest.plot.contours import draw_heights, mark
from steepest.plot.directions import Direction, entry_named, filter_normalised
from steepest.plot.figure import legend, open_axes
from steepest.plot.loss_along import LossAlong, require_ready
from steepest.plot.picture import Picture

WHO = "st.plot.loss_plane"


@dataclass(frozen=True)
class LossPlane:
    """The loss of a model over a plane: `losses[j, i]` at (`x[i]`, `y[j]`).

    The model is at `origin`, with `loss`. Of `total_rows` rows `rows` were used, drawn by `seed`.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,), kernel_initializer="ones")])
    >>> model.compile(st.optimizers.SGD(0.1), "mse")
    >>> names = [weight.path for weight in model.trainable_weights]
    >>> st.plot.loss_plane_data(model, [[1.0]], [[3.0]], names, extent=2.0, points=3).note
    'all 1 rows, seed 0'
    """

    x: np.ndarray
    y: np.ndarray
    losses: np.ndarray
    origin: tuple[float, float]
    loss: float
    labels: tuple[str, str]
    directions: tuple[Direction, Direction]
    rows: int
    total_rows: int
    seed: int

    @property
    def note(self) -> str:
        """What was computed, in a few words."""
        return note_of(self.rows, self.total_rows, self.seed)


def loss_plane_data(
    model: Any,
    x: Any,
    y: Any,
    directions: Sequence[Any] | None = None,
    *,
    extent: float | None = None,
    points: int = 51,
    rows: int | None = 1000,
    seed: int = 0,
    sample_weight: Any = None,
) -> LossPlane:
    """The loss of a model at its weights + a d1 + b d2, on a grid of `points` by `points`.

    Without `directions`, d1 and d2 are random, orthogonal and have the scale of the weights
    (`filter_normalised`), and a and b go from -`extent` to `extent`, 1 by default. `directions` may
    be two lists of arrays, one for each trainable weight; or the names of two single weights, such
    as "dense/kernel[0, 1]", of which x and y are then the values themselves.

    The loss is that of `evaluate` on `rows` rows drawn by the seed (None: all). The model is not
    changed: neither its weights nor its other state.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,), kernel_initializer="ones")])
    >>> model.compile(loss="mse")
    >>> names = [weight.path for weight in model.trainable_weights]
    >>> data = loss_plane_data(model, [[1.0]], [[3.0]], names, extent=2.0, points=3)
    >>> data.x, data.y, data.losses
    (array([-1.,  1.,  3.]), array([-2.,  0.,  2.]), array([[36., 16.,  4.],
           [16.,  4.,  0.],
           [ 4.,  0.,  4.]]))
    """
    require_ready(WHO, model)
    count = whole(f"{WHO}: points", points, 2)
    found, origin, labels, reach = plane_through(WHO, model, directions, extent, seed)
    steps = np.linspace(-reach, reach, count)
    loss = LossAlong(model, x, y, found, sample_weight=sample_weight, rows=rows, seed=seed, who=WHO)
    grid = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    values = loss.at([(0.0, 0.0), *grid])
    first, second = origin
    return LossPlane(
        first + steps, second + steps, values[1:].reshape(count, count), origin, float(values[0]),
        labels, (found[0], found[1]), loss.rows, loss.total_rows, seed,
    )  # fmt: skip


def note_of(rows: int, total_rows: int, seed: int) -> str:
    """Which rows a loss was computed on, in a few words.

    >>> note_of(1000, 60_000, seed=3)
    '1,000 of 60,000 rows, seed 3'
    """
    used = "all" if rows == total_rows else f"{rows:,} of"
    return f"{used} {total_rows:,} rows, seed {seed}"


Found = tuple[list[Direction], tuple[float, float], tuple[str, str], float]


def plane_through(
    who: str, model: Any, directions: Sequence[Any] | None, extent: float | None, seed: int
) -> Found:
    """The directions of a plane, the place of the model on it, the labels of its axes, its extent.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,), name="out")])
    >>> model.set_weights([[[1.0]], [0.0]])
    >>> plane_through("plane", model, ["out/kernel", "out/bias"], None, 0)[1:]
    ((1.0, 0.0), ('out/kernel', 'out/bias'), 3.0)
    """
    found, place, labels, usual = _directions(who, model, directions, seed)
    if extent is not None and (not is_number(extent) or not 0 < extent < np.inf):
        raise ArgumentError(f"{who}: extent: a number above 0 was expected, got {extent!r}")
    if not all(any(np.any(part) for part in way) for way in found):
        raise ArgumentError(
            f"{who}: a direction is 0: the kernels of {model.name!r} are 0, or each has a single "
            "number; give two directions, such as the names of two weights"
        )
    return found, place, labels, usual if extent is None else float(extent)


def _directions(who: str, model: Any, given: Sequence[Any] | None, seed: int) -> Found:
    variables = model.trainable_weights
    if given is None:
        found = list(filter_normalised([w.array for w in variables], seed))
        return found, (0.0, 0.0), ("first direction", "second direction"), 1.0
    if isinstance(given, str) or len(given) != 2:
        raise ArgumentError(f"{who}: two directions were expected, got {given!r:.60}")
    if not all(isinstance(one, str) for one in given):
        return (
            [list(one) for one in given],
            (0.0, 0.0),
            ("first direction", "second direction"),
            1.0,
        )
    one, other = (entry_named(who, variables, name) for name in given)
    if (one.place, one.index) == (other.place, other.index):
        raise ArgumentError(f"{who}: {one.name!r} was given twice; name two different weights")
    usual = max(3.0, 1.5 * abs(one.value), 1.5 * abs(other.value))
    ways = [entry.direction(variables) for entry in (one, other)]
    return ways, (one.value, other.value), (one.name, other.name), usual


def loss_plane(
    model: Any,
    x: Any,
    y: Any,
    directions: Sequence[Any] | None = None,
    *,
    extent: float | None = None,
    points: int = 51,
    rows: int | None = 1000,
    seed: int = 0,
    sample_weight: Any = None,
    ax: Any = None,
    theme: str | None = None,
) -> Picture[LossPlane]:
    """Draws the loss over a plane in the space of the weights; for arguments see `loss_plane_data`.

    >>> (x, y), _ = st.datasets.xor.load_data()
    >>> model = st.Sequential([st.layers.Dense(2, "tanh", input_shape=(2,), name="hidden"),
    ...                        st.layers.Dense(1, "sigmoid")])
    >>> model.compile("adam", "binary_crossentropy")
    >>> picture = st.plot.loss_plane(model, x, y, ["hidden/kernel[0, 0]", "hidden/kernel[1, 1]"])
    >>> picture.data.losses.shape, picture.ax.get_xlabel()
    ((51, 51), 'hidden/kernel[0, 0]')
    """
    data = loss_plane_data(
        model, x, y, directions,
        extent=extent, points=points, rows=rows, seed=seed, sample_weight=sample_weight,
    )  # fmt: skip
    (axes,) = open_axes(WHO, ax, theme)
    look = look_of(axes)
    draw_heights(axes, look, data.x, data.y, data.losses, "loss")
    mark(axes, look, data.origin, "o", f"the model, loss {data.loss:.4g}")
    axes.set(xlabel=data.labels[0], ylabel=data.labels[1])
    axes.set_title(f"loss on {data.note}", fontsize=10)
    legend(axes, loc="upper right", frameon=True, facecolor=look.page, edgecolor=look.quiet)
    low = np.nanmin(data.losses)
    text = (
        f"loss over {' and '.join(data.labels)} on {data.note}: {data.loss:.4g} at the model, "
        f"{low:.4g} at the lowest point"
    )
    return Picture(data, [axes], text)
