"""The path of a training through the space of the weights, on the plane that shows most of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.arguments import whole
from steepest.callbacks import Callback
from steepest.errors import ArgumentError
from steepest.events import Logs
from steepest.figure_style import look_of
from steepest.plot.contours import draw_heights, mark
from steepest.plot.directions import Direction
from steepest.plot.figure import legend, open_axes
from steepest.plot.loss_along import LossAlong, require_ready
from steepest.plot.picture import Picture

WHO = "st.plot.training_path"
MARGIN = 0.2  # of the path's extent, shown around it


class WeightPath(Callback):
    """A callback that stores the trainable weights: at the start and after each epoch.

    With `every_steps` it stores them after so many steps instead, for which each batch becomes an
    engine call of its own. `vectors` are the weights as one vector each, and `steps` when.

    >>> path = st.plot.WeightPath()
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> _ = model.fit(np.ones((8, 2)), np.ones(8), epochs=3, verbose=0, callbacks=[path])
    >>> path.steps, path.vectors[0].shape
    ([0, 1, 2, 3], (3,))
    """

    def __init__(self, every_steps: int | None = None) -> None:
        super().__init__()
        self.every_steps = None if every_steps is None else whole("every_steps", every_steps, 1)
        self.vectors: list[np.ndarray] = []
        self.steps: list[int] = []
        self._first = 0

    @property
    def wants_batches(self) -> bool:
        """Whether each batch must be a call of its own."""
        return self.every_steps is not None

    def _store(self) -> None:
        model: Any = self.model
        step = int(model.optimizer.iterations.numpy()) - self._first
        if not self.steps or step != self.steps[-1]:
            arrays = [weight.numpy().ravel() for weight in model.trainable_weights]
            self.vectors.append(np.concatenate(arrays))
            self.steps.append(step)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begins a new path."""
        model: Any = self.model
        self.vectors, self.steps = [], []
        self._first = int(model.optimizer.iterations.numpy())
        if model.built:
            self._store()

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Stores the weights after every so many steps."""
        model: Any = self.model
        step = int(model.optimizer.iterations.numpy()) - self._first
        if self.every_steps is not None and step % self.every_steps == 0:
            self._store()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Stores the weights after an epoch."""
        if self.every_steps is None:
            self._store()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Stores the last weights."""
        self._store()


@dataclass(frozen=True)
class TrainingPath:
    """A training on the plane through its end, and the loss over this plane.

    `points[k]` is the projection of the weights after `steps[k]` steps; the end is (0, 0).
    `explained` are the shares of the sum of squared distances from the end that each axis shows.
    `residuals[k]` is the distance of the weights from the plane, `distances[k]` that from the end.
    `losses[j, i]` is the loss on the plane at (`x[i]`, `y[j]`).

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,), kernel_initializer="ones")])
    >>> model.compile(st.optimizers.SGD(0.1), "mse")
    >>> path, x = st.plot.WeightPath(), np.linspace(-1, 1, 8)[:, None]
    >>> history = model.fit(x, 2 * x + 1, epochs=3, verbose=0, callbacks=[path])
    >>> st.plot.training_path_data(path, model, x, 2 * x + 1, points=5).points[-1].round(6).tolist()
    [0.0, 0.0]
    """

    steps: np.ndarray
    points: np.ndarray
    explained: np.ndarray
    residuals: np.ndarray
    distances: np.ndarray
    directions: tuple[Direction, Direction]
    x: np.ndarray
    y: np.ndarray
    losses: np.ndarray
    rows: int
    total_rows: int


def training_path_data(
    path: WeightPath,
    model: Any,
    x: Any,
    y: Any,
    *,
    points: int = 41,
    rows: int | None = 1000,
    seed: int = 0,
) -> TrainingPath:
    """The path stored by `st.plot.WeightPath`, on the plane of its two first principal components.

    The components are those of the differences to the last weights (Li et al., 2018), so that the
    plane contains the end; they are orthonormal, and the points are the orthogonal projections. The
    loss on the plane is that of `evaluate` on `rows` rows. The model is not changed.

    >>> path = st.plot.WeightPath()
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,))])
    >>> model.compile(st.optimizers.SGD(0.1), "mse")
    >>> x = np.linspace(-1, 1, 8)[:, None]
    >>> _ = model.fit(x, 2 * x + 1, epochs=5, verbose=0, callbacks=[path])
    >>> data = training_path_data(path, model, x, 2 * x + 1, points=11)
    >>> round(float(data.explained.sum()), 6), data.points.shape, data.losses.shape
    (1.0, (6, 2), (11, 11))
    """
    require_ready(WHO, model)
    count = whole(f"{WHO}: points", points, 2)
    plane = path_plane(path, model)
    ways = plane.directions
    loss = LossAlong(model, x, y, ways, origin=plane.end, rows=rows, seed=seed, who=WHO)
    across, up = np.linspace(*plane.x, count), np.linspace(*plane.y, count)
    grid = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    return TrainingPath(
        np.array(path.steps), plane.points, plane.explained, plane.residuals, plane.distances,
        ways, across, up, loss.at(grid).reshape(count, count), loss.rows, loss.total_rows,
    )  # fmt: skip


@dataclass(frozen=True)
class PathPlane:
    """The plane of the two first principal components of a path, through its `end`.

    `x` and `y` are the ranges that show it; for the others see `TrainingPath`.
    """

    points: np.ndarray
    explained: np.ndarray
    residuals: np.ndarray
    distances: np.ndarray
    directions: tuple[Direction, Direction]
    end: Direction
    x: tuple[float, float]
    y: tuple[float, float]


def path_plane(path: WeightPath, model: Any, who: str = WHO) -> PathPlane:
    """The plane that shows most of the path stored by an `st.plot.WeightPath`.

    >>> path = st.plot.WeightPath()
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,))])
    >>> model.compile(st.optimizers.SGD(0.1), "mse")
    >>> x = np.linspace(-1, 1, 8)[:, None]
    >>> _ = model.fit(x, 2 * x + 1, epochs=5, verbose=0, callbacks=[path])
    >>> path_plane(path, model).points.shape
    (6, 2)
    """
    if len(path.vectors) < 3:
        raise ArgumentError(
            f"{who}: at least 3 points of the training are needed, got {len(path.vectors)}: fit "
            "with callbacks=[path] for 2 epochs or more, or with st.plot.WeightPath(every_steps=1)"
        )
    weights = model.trainable_weights
    away = np.stack(path.vectors).astype(np.float64) - path.vectors[-1].astype(np.float64)
    sizes = [weight.size for weight in weights]
    if away.shape[1] != sum(sizes):
        raise ArgumentError(
            f"{who}: the path has {away.shape[1]:,} weights, {model.name!r} {sum(sizes):,}: give "
            "the model that was trained"
        )
    axes, explained = _principal(who, away)
    places = away @ axes.T
    cuts = np.cumsum(sizes)[:-1]
    one, other, end = (
        [part.reshape(w.array.shape) for part, w in zip(np.split(each, cuts), weights, strict=True)]
        for each in (*axes, path.vectors[-1])
    )
    low, high = places.min(0), places.max(0)
    margin = np.where(high > low, MARGIN * (high - low), 1.0)
    across, up = np.stack([low - margin, high + margin], axis=1).tolist()
    return PathPlane(
        places, explained,
        np.linalg.norm(away - places @ axes, axis=1), np.linalg.norm(away, axis=1),
        (one, other), end, tuple(across), tuple(up),
    )  # fmt: skip


def _principal(who: str, away: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two first principal axes of rows, from (0, ..., 0), and their shares of the squares."""
    _, sizes, axes = np.linalg.svd(away, full_matrices=False)
    squares = sizes**2
    if len(axes) < 2 or not squares[0] > 0:
        raise ArgumentError(
            f"{who}: the weights did not move in two directions; a plane needs at least two "
            "weights that change"
        )
    signs = np.where(away[0] @ axes[:2].T < 0, -1.0, 1.0)
    return axes[:2] * signs[:, None], squares[:2] / squares.sum()


def training_path(
    path: WeightPath,
    model: Any,
    x: Any,
    y: Any,
    *,
    points: int = 41,
    rows: int | None = 1000,
    seed: int = 0,
    ax: Any = None,
    theme: str | None = None,
) -> Picture[TrainingPath]:
    """Draws a training over the loss on its plane; for the arguments see `training_path_data`.

    >>> path = st.plot.WeightPath()
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,))])
    >>> model.compile(st.optimizers.SGD(0.1), "mse")
    >>> x = np.linspace(-1, 1, 8)[:, None]
    >>> _ = model.fit(x, 2 * x + 1, epochs=5, verbose=0, callbacks=[path])
    >>> st.plot.training_path(path, model, x, 2 * x + 1).ax.get_xlabel()[:15]
    'first component'
    """
    data = training_path_data(path, model, x, y, points=points, rows=rows, seed=seed)
    (axes,) = open_axes(WHO, ax, theme)
    look = look_of(axes)
    draw_heights(axes, look, data.x, data.y, data.losses, "loss")
    axes.plot(*data.points.T, "-", color="black", lw=2.6)
    axes.plot(*data.points.T, ".-", color="white", lw=1.2, markersize=4)
    mark(axes, look, data.points[0], "s", "start")
    mark(axes, look, data.points[-1], "o", f"end, after {data.steps[-1]:,} steps")
    shares = [f"{share:.1%}" for share in data.explained]
    axes.set(xlabel=f"first component, {shares[0]}", ylabel=f"second component, {shares[1]}")
    off, away = data.residuals.max(), data.distances.max()
    axes.set_title(f"at most {off:.2g} off this plane, {away:.3g} from the end", fontsize=10)
    legend(axes, loc="best", frameon=True, facecolor=look.page, edgecolor=look.quiet)
    text = (
        f"path of {data.steps[-1]:,} steps on the plane of its two first components, which show "
        f"{data.explained.sum():.1%} of the squared distances"
    )
    return Picture(data, [axes], text)
