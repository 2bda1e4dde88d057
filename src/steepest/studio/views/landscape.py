"""The view `landscape`: optimizers on a surface, their paths from a start, and their basins.

The programs of paths depend on surfaces and kinds of optimizers alone. Start, rate, betas, decay
and schedules are inputs: what a page moves compiles nothing.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import numpy as np

from steepest.core import ops
from steepest.core.tape import GradientTape
from steepest.core.tensor import Tensor
from steepest.engines.choose import bind
from steepest.errors import SteepestError
from steepest.plot.basins import NEAR, grouped
from steepest.plot.descent import Descent, Path, Programs
from steepest.plot.loss_surface import LossSurface
from steepest.plot.surfaces import Surface
from steepest.program.trace import TensorSpec, record
from steepest.studio.choices import chosen, made
from steepest.studio.fields import (
    Field,
    FieldError,
    State,
    check,
    choice,
    list_of,
    number,
    optional,
    pair,
    whole,
)
from steepest.studio.frame import Frame
from steepest.studio.surface_choice import (
    coordinate,
    is_of_model,
    span,
    surface_field,
    surface_of,
)
from steepest.studio.view import View, answers
from steepest.studio.views import landscape_python
from steepest.studio.views.landscape_model import ModelSurfaces

MOST_STEPS, MOST_POINTS, MOST_PATHS = 2000, 64, 24
MOST_PROGRAMS = 128
NOT_YET = -3  # in `which`, of starts whose part is not computed

Made = TypeVar("Made")


class Landscape(View):
    """Maps of surfaces, paths of optimizers on them, and where paths from many starts end.

    Each snippet of `python` leaves the arrays of the frame under their names.
    """

    name = "landscape"

    def __init__(self, host: Any) -> None:
        super().__init__(host)
        self._programs: OrderedDict[str, Any] = OrderedDict()
        self._paths: OrderedDict[str, Path] = OrderedDict()
        self._heights, self._reached = Parts(), Parts()
        self._of_model = ModelSurfaces(self.opened, forget=self._forget)

    @answers(
        surface=surface_field,
        x=optional(span),
        y=optional(span),
        points=whole(2, 512, default=128),
        parts=whole(1, 64, default=1),
        part=optional(whole(1, 64)),
    )
    def map(self, state: State) -> Frame:
        """The heights over a part of the plane; rows are y, ascending.

        A page may ask for the parts one after the other; rows of later ones are NaN.
        """
        surface, named = self._surface(state["surface"])
        try:
            shown = replace(surface, x=state["x"] or surface.x, y=state["y"] or surface.y)
        except SteepestError as error:
            raise FieldError("x", str(error)) from None
        points, parts = state["points"], min(state["parts"], state["points"])
        x, y = np.linspace(*shown.x, points), np.array_split(np.linspace(*shown.y, points), parts)
        key = _key([named, shown.x, shown.y, points, parts])
        with np.errstate(all="ignore"):
            done = self._heights.until(
                key, state["part"] or parts, lambda part: shown.values(*np.meshgrid(x, y[part]))
            )
        values = np.full((points, points), np.nan, np.float32)
        values[: sum(map(len, done))] = np.concatenate(done)
        return Frame("map", _map_facts(shown, values, len(done) / parts), {"values": values})

    @answers(
        surface=surface_field,
        start=optional(pair(coordinate)),
        steps=whole(1, MOST_STEPS, default=500),
        noise=number(0, 1e3, default=0.0),
        seed=whole(0, 2**31, default=0),
        optimizers=list_of(chosen("optimizer"), most=MOST_PATHS),
    )
    def paths(self, state: State) -> Frame:
        """The path of each optimizer from one start, and its heights.

        A path whose settings a drag does not change is not computed again.
        """
        surface, named = self._surface(state["surface"])
        start = state["start"] or surface.start
        found = []
        for place, optimizer in enumerate(state["optimizers"]):
            key = _key([named, optimizer, start, state["steps"], state["noise"], state["seed"]])
            compute = partial(self._path, surface, named, state, start, place)
            found.append(_cached(self._paths, key, compute))
        steps = state["steps"] + 1
        points = np.stack([path.points for path in found]) if found else np.empty((0, steps, 2))
        values = np.stack([path.values for path in found]) if found else np.empty((0, steps))
        data = {
            "diverged": [path.diverged_at for path in found],
            "limit": self._limit(surface, named, start),
        }
        arrays = {"points": points.astype(np.float32), "values": values.astype(np.float32)}
        return Frame("paths", data, arrays)

    @answers(
        surface=surface_field,
        optimizer=chosen("optimizer"),
        points=whole(2, MOST_POINTS, default=MOST_POINTS),
        steps=whole(1, MOST_STEPS, default=200),
        parts=whole(1, MOST_POINTS, default=1),
        part=optional(whole(1, MOST_POINTS)),
    )
    def basins(self, state: State) -> Frame:
        """Which start ends where. A page asks for the parts one after the other, or for all.

        The frame of a part holds the earlier ones too; starts of later ones have -3.
        """
        surface, named = self._surface(state["surface"])
        points, parts = state["points"], min(state["parts"], state["points"])
        x, y = np.linspace(*surface.x, points), np.linspace(*surface.y, points)
        rows = np.array_split(np.stack(np.meshgrid(x, y), axis=-1), parts)
        descent, rate = self._descent(surface, named, state["optimizer"])

        def ends(part: int) -> np.ndarray:
            found = descent.ends(rows[part].reshape(-1, 2), state["steps"], rate)
            return found.astype(np.float64)

        key = _key([named, {**state, "part": None}])
        try:
            with np.errstate(all="ignore"):
                done = self._reached.until(key, min(state["part"] or parts, parts), ends)
        except SteepestError as error:
            raise FieldError("optimizer", str(error)) from None
        return _basins_frame(surface, done, points, len(done) / parts)

    @answers(surface=surface_field)
    def training(self, state: State) -> Frame:
        """The path of a training of the opened model, on the plane of its principal components."""
        given = state["surface"]
        if not is_of_model(given) or given["model"]["plane"] != "training":
            raise FieldError("surface", "the plane of a training of the opened model was expected")
        path, plane = self._of_model.plane(given["model"])
        data = {
            "explained": plane.explained.tolist(),
            "residual": plane.residuals.max(),
            "distance": plane.distances.max(),
        }
        arrays = {
            "steps": np.array(path.steps, np.int32),
            "points": plane.points.astype(np.float32),
            "residuals": plane.residuals.astype(np.float32),
            "distances": plane.distances.astype(np.float32),
        }
        return Frame("training", data, arrays)

    @answers()
    def weights(self, state: State) -> Frame:
        """The arrays of weights of the opened model, of which two numbers span a plane."""
        return Frame("weights", {"weights": self._of_model.weights()})

    @answers(
        of=choice(["map", "paths", "basins", "training"]),
        **{"with": Field(lambda value, where: value)},
    )
    def python(self, state: State) -> Frame:
        """The snippet that computes the arrays of a frame."""
        fields, _ = self.handlers[state["of"]]
        given = check(fields, state["with"], "with")
        if not is_of_model(given["surface"]):
            surface_of(given["surface"], "with.surface")
        elif state["of"] == "paths" and given["start"] is None:
            given["start"] = self._surface(given["surface"])[0].start
        return Frame("python", {"text": landscape_python.snippet(state["of"], given)})

    def _surface(self, given: Any) -> tuple[Surface, str]:
        """The surface of a state, and a key of it."""
        if is_of_model(given):
            surface = self._of_model.of(given["model"])
            return surface, f"{_key(given)} {self._of_model.count}"
        return surface_of(given), _key(given)

    def _path(
        self, surface: Surface, named: str, state: State, start: tuple[float, float], place: int
    ) -> Path:
        """The path of an optimizer of a state, by its place."""
        descent, rate = self._descent(surface, named, state["optimizers"][place])
        try:
            with np.errstate(all="ignore"):
                return descent.path(start, state["steps"], rate, state["noise"], state["seed"])
        except SteepestError as error:
            raise FieldError(f"optimizers.{place}", str(error)) from None

    def _descent(self, surface: Surface, named: str, choice: State) -> tuple[Descent, float | None]:
        """The compiled steps of an optimizer, and its rate if it is a number."""
        options = dict(choice["options"])
        rate = options.pop("learning_rate", None)
        if isinstance(rate, dict):
            options["learning_rate"], rate = rate, None
        name = choice["name"]
        programs: Programs = _cached(self._programs, f"programs {named}", dict)
        descent = _cached(
            self._programs,
            _key([named, name, options]),
            lambda: Descent(
                surface, made("optimizer", {"name": name, "options": options}), programs=programs
            ),
        )
        if rate is None and "learning_rate" not in options:
            rate = descent.optimizer.argument("learning_rate")
        return descent, rate

    def _forget(self) -> None:
        """Removes what was computed of the surfaces of an opened model."""
        self._programs.clear()
        self._paths.clear()

    def _limit(self, surface: Surface, named: str, start: tuple[float, float]) -> float:
        """The rate above which gradient descent leaves the start; infinity without one."""
        curvature = _cached(
            self._programs, f"curvature {named}", lambda: compiled_curvature(surface)
        )
        matrix = curvature(start)
        largest = np.linalg.eigvalsh(matrix).max() if np.isfinite(matrix).all() else 0.0
        return float(2.0 / largest) if largest > 0 else float("inf")


class Parts:
    """Results that are computed part by part, for the key that was asked last.

    >>> parts = Parts()
    >>> [int(each) for each in parts.until("squares", 3, lambda part: np.square(part))]
    [0, 1, 4]
    """

    def __init__(self) -> None:
        self._key, self._done = "", list[np.ndarray]()

    def until(self, key: str, last: int, compute: Callable[[int], np.ndarray]) -> list[np.ndarray]:
        """The parts before `last`, and those beyond it that are known."""
        if key != self._key:
            self._key, self._done = key, []
        for part in range(len(self._done), last):
            self._done.append(compute(part))
        return self._done


def _map_facts(shown: Surface, values: np.ndarray, done: float) -> dict[str, Any]:
    finite = values[np.isfinite(values)]
    facts = {
        "x": shown.x,
        "y": shown.y,
        "formula": shown.formula,
        "minima": shown.minima,
        "start": shown.start,
        "low": finite.min() if finite.size else None,
        "high": finite.max() if finite.size else None,
        "done": done,
    }
    if isinstance(shown, LossSurface):
        facts |= {"place": shown.place, "labels": shown.labels, "note": shown.note}
    return facts


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _cached(known: OrderedDict[str, Any], key: str, make: Callable[[], Made]) -> Made:
    """The entry of a cache, made if it is new; the one that was not used longest is dropped."""
    if key not in known:
        known[key] = make()
        while len(known) > MOST_PROGRAMS:
            known.popitem(last=False)
    known.move_to_end(key)
    found: Made = known[key]
    return found


def compiled_curvature(surface: Surface) -> Callable[[Any], np.ndarray]:
    """The matrix of second derivatives of a surface as a compiled function of a point.

    >>> compiled_curvature(st.plot.SURFACES["ravine"])((3.0, 4.0))
    array([[0.1, 0. ],
           [0. , 2. ]])
    """

    def second(point: Tensor) -> Tensor:
        with GradientTape(persistent=True) as outer:
            outer.watch(point)
            with GradientTape() as inner:
                inner.watch(point)
                height = surface(point[0], point[1])
            slope = inner.gradient(height, point, unconnected_gradients="zero")
            slopes = slope[0], slope[1]
        rows = [outer.gradient(each, point, unconnected_gradients="zero") for each in slopes]
        return ops.as_tensor(rows)

    bound = bind(record(second, [TensorSpec((2,), "float64")]))
    return lambda point: bound.call([np.asarray(point, np.float64)])[0]


def _basins_frame(surface: Surface, done: list[np.ndarray], points: int, share: float) -> Frame:
    """The frame of the parts that are computed."""
    reached = np.concatenate(done)
    near = NEAR * float(np.hypot(surface.x[1] - surface.x[0], surface.y[1] - surface.y[0]))
    which, ends = grouped(reached, near)
    heights = surface.values(*ends.T) if len(ends) else np.empty(0)
    whole_grid = np.full(points * points, NOT_YET, np.int32)
    whole_grid[: len(which)] = which
    data = {
        "shares": [float(np.mean(which == end)) for end in range(len(ends))],
        "x": surface.x,
        "y": surface.y,
        "done": share,
    }
    arrays = {
        "which": whole_grid.reshape(points, points),
        "ends": ends.astype(np.float32),
        "heights": heights.astype(np.float32),
    }
    return Frame("basins", data, arrays)
