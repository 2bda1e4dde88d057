"""The loss of a model over a plane in the space of its weights, as a surface to descend on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from steepest.core import ops
from steepest.core.tensor import Tensor
from steepest.plot.loss_along import LossAlong, require_ready
from steepest.plot.loss_plane import note_of, plane_through
from steepest.plot.surfaces import Point, Surface
from steepest.plot.training_path import WeightPath, path_plane

WHO = "st.plot.loss_surface"


@dataclass(frozen=True)
class LossSurface(Surface):
    """The loss of a model over a plane; `place` is where the weights of the model are.

    Of `total_rows` rows `rows` were used, drawn by `seed`. `labels` name the two axes. The height
    is computed at one point after the other: `function` takes two numbers, no arrays.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,), name="out")])
    >>> model.compile(loss="mse")
    >>> st.plot.loss_surface(model, [[1.0]], [[3.0]], ["out/kernel", "out/bias"]).note
    'all 1 rows, seed 0'
    """

    takes_arrays: ClassVar[bool] = False

    along: Any = None
    """The `st.plot.LossAlong` that computes the heights."""
    place: Point = (0.0, 0.0)
    labels: tuple[str, str] = ("", "")
    rows: int = 0
    total_rows: int = 0
    seed: int = 0

    @property
    def note(self) -> str:
        """Which rows were used, in a few words."""
        return note_of(self.rows, self.total_rows, self.seed)

    def values(self, x: Any, y: Any) -> np.ndarray:
        """The losses at points, in float64."""
        given = np.broadcast_arrays(np.asarray(x, np.float64), np.asarray(y, np.float64))
        steps = np.stack(given, axis=-1).reshape(-1, 2) - np.array(self.place)
        losses: np.ndarray = self.along.at(steps)
        return losses.reshape(given[0].shape)


def loss_surface(
    model: Any,
    x: Any,
    y: Any,
    directions: Sequence[Any] | WeightPath | None = None,
    *,
    extent: float | None = None,
    rows: int | None = 1000,
    seed: int = 0,
    sample_weight: Any = None,
) -> LossSurface:
    """The loss of a model over a plane, for `st.plot.surface`, `paths` and `basins`.

    The plane and the loss are those of `st.plot.loss_plane`: without `directions` two random ones,
    or the names of two weights such as "dense/kernel[0, 1]". With an `st.plot.WeightPath` it is
    the plane of `st.plot.training_path`. An optimizer on it sees two numbers, and the gradient of
    the loss along the plane alone. The model is not changed.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,), name="out")])
    >>> model.compile(loss="mse")
    >>> model.set_weights([[[1.0]], [0.0]])
    >>> x, y = [[1.0], [2.0]], [[3.0], [5.0]]
    >>> surface = loss_surface(model, x, y, ["out/kernel", "out/bias"])
    >>> surface.place, surface.values(2.0, [0.0, 1.0])
    ((1.0, 0.0), array([1., 0.]))
    >>> paths = st.plot.paths_data(surface, st.optimizers.SGD(0.1), start=(0.0, 0.0), steps=100)
    >>> paths.paths["optimizer"].points[-1].round(1).tolist()
    [2.0, 1.0]
    """
    require_ready(WHO, model)
    ways: Sequence[Any]
    origin = None
    if isinstance(directions, WeightPath):
        plane = path_plane(directions, model, WHO)
        ways, origin, place = plane.directions, plane.end, (0.0, 0.0)
        labels = ("first component", "second component")
        across, up = plane.x, plane.y
        first, second = plane.points[0].tolist()
    else:
        ways, place, labels, reach = plane_through(WHO, model, directions, extent, seed)
        across, up = ((at - reach, at + reach) for at in place)
        first, second = across[0] + reach / 4, up[1] - reach / 4
    loss = LossAlong(
        model, x, y, ways, origin=origin, sample_weight=sample_weight, rows=rows, seed=seed, who=WHO
    )

    def height(at_x: Tensor, at_y: Tensor) -> Tensor:
        steps = ops.as_tensor([at_x - place[0], at_y - place[1]])
        return loss.recorded_at(steps)

    return LossSurface(
        f"loss of {model.name}", height, across, up, (first, second),
        formula=f"the loss of {model.name}",
        along=loss, place=place, labels=labels,
        rows=loss.rows, total_rows=loss.total_rows, seed=seed,
    )  # fmt: skip
