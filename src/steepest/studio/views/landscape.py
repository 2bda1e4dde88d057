"""The view `landscape`: optimizers on a surface, their paths from a start, and their basins.

The programs of paths depend on surfaces and kinds of optimizers alone. Start, rate, betas, decay
and schedules are inputs: what a page moves compiles nothing.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from steepest.core import ops
from steepest.core.tape import GradientTape
from steepest.core.tensor import Tensor
from steepest.engines.choose import bind
from steepest.errors import SteepestError
from steepest.plot.basins import NEAR, grouped
from steepest.plot.descent import Descent
from steepest.plot.surface import surface_data
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
from steepest.studio.surface_choice import coordinate, span, surface_field, surface_of
from steepest.studio.view import View, answers
from steepest.studio.views import landscape_python

MOST_STEPS, MOST_POINTS, MOST_PATHS = 2000, 64, 24
MOST_DESCENTS = 128
NOT_YET = -3  # in `which`, of starts whose part is not computed

Made = TypeVar("Made")


class Landscape(View):
    """Maps of surfaces, paths of optimizers on them, and where paths from many starts end.

    Each snippet of `python` leaves the arrays of the frame under their names.
    """

    name = "landscape"

    def __init__(self, host: Any) -> None:
        super().__init__(host)
        self._descents: OrderedDict[str, Descent] = OrderedDict()
        self._curvatures: OrderedDict[str, Callable[[Any], np.ndarray]] = OrderedDict()
        self._reached: tuple[str, list[np.ndarray]] = ("", [])

    @answers(
        surface=surface_field,
        x=optional(span),
        y=optional(span),
        points=whole(2, 512, default=128),
    )
    def map(self, state: State) -> Frame:
        """The heights over a part of the plane; rows are y, ascending."""
        surface = surface_of(state["surface"])
        try:
            shown = replace(surface, x=state["x"] or surface.x, y=state["y"] or surface.y)
        except SteepestError as error:
            raise FieldError("x", str(error)) from None
        with np.errstate(all="ignore"):
            values = surface_data(shown, state["points"]).values.astype(np.float32)
        finite = values[np.isfinite(values)]
        data = {
            "x": shown.x,
            "y": shown.y,
            "formula": shown.formula,
            "minima": shown.minima,
            "start": shown.start,
            "low": finite.min() if finite.size else None,
            "high": finite.max() if finite.size else None,
        }
        return Frame("map", data, {"values": values})

    @answers(
        surface=surface_field,
        start=optional(pair(coordinate)),
        steps=whole(1, MOST_STEPS, default=500),
        noise=number(0, 1e3, default=0.0),
        seed=whole(0, 2**31, default=0),
        optimizers=list_of(chosen("optimizer"), most=MOST_PATHS),
    )
    def paths(self, state: State) -> Frame:
        """The path of each optimizer from one start, and its heights."""
        surface = surface_of(state["surface"])
        start = state["start"] or surface.start
        found = []
        for place, optimizer in enumerate(state["optimizers"]):
            descent, rate = self._descent(surface, state["surface"], optimizer)
            try:
                with np.errstate(all="ignore"):
                    found.append(
                        descent.path(start, state["steps"], rate, state["noise"], state["seed"])
                    )
            except SteepestError as error:
                raise FieldError(f"optimizers.{place}", str(error)) from None
        steps = state["steps"] + 1
        points = np.stack([path.points for path in found]) if found else np.empty((0, steps, 2))
        values = np.stack([path.values for path in found]) if found else np.empty((0, steps))
        data = {
            "diverged": [path.diverged_at for path in found],
            "limit": self._limit(surface, state["surface"], start),
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
        surface = surface_of(state["surface"])
        points, parts = state["points"], min(state["parts"], state["points"])
        key = _key({**state, "part": None})
        done = self._reached[1] if self._reached[0] == key else []
        self._reached = key, done
        x, y = np.linspace(*surface.x, points), np.linspace(*surface.y, points)
        rows = np.array_split(np.stack(np.meshgrid(x, y), axis=-1), parts)
        descent, rate = self._descent(surface, state["surface"], state["optimizer"])
        for part in range(len(done), min(state["part"] or parts, parts)):
            starts = rows[part].reshape(-1, 2)
            try:
                with np.errstate(all="ignore"):
                    done.append(descent.ends(starts, state["steps"], rate).astype(np.float64))
            except SteepestError as error:
                raise FieldError("optimizer", str(error)) from None
        return _basins_frame(surface, done, points, len(done) / parts)

    @answers(
        of=choice(["map", "paths", "basins"]),
        **{"with": Field(lambda value, where: value)},
    )
    def python(self, state: State) -> Frame:
        """The snippet that computes the arrays of a frame."""
        fields, _ = self.handlers[state["of"]]
        given = check(fields, state["with"], "with")
        surface_of(given["surface"], "with.surface")
        return Frame("python", {"text": landscape_python.snippet(state["of"], given)})

    def _descent(self, surface: Surface, named: Any, choice: State) -> tuple[Descent, float | None]:
        """The compiled steps of an optimizer, and its rate if it is a number."""
        options = dict(choice["options"])
        rate = options.pop("learning_rate", None)
        if isinstance(rate, dict):
            options["learning_rate"], rate = rate, None
        name = choice["name"]
        descent = _cached(
            self._descents,
            _key([named, name, options]),
            lambda: Descent(surface, made("optimizer", {"name": name, "options": options})),
        )
        if rate is None and "learning_rate" not in options:
            rate = descent.optimizer.argument("learning_rate")
        return descent, rate

    def _limit(self, surface: Surface, named: Any, start: tuple[float, float]) -> float:
        """The rate above which gradient descent leaves the start; infinity without one."""
        curvature = _cached(self._curvatures, _key(named), lambda: compiled_curvature(surface))
        matrix = curvature(start)
        largest = np.linalg.eigvalsh(matrix).max() if np.isfinite(matrix).all() else 0.0
        return float(2.0 / largest) if largest > 0 else float("inf")


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _cached(known: OrderedDict[str, Made], key: str, make: Callable[[], Made]) -> Made:
    """The entry of a cache, made if it is new; the one that was not used longest is dropped."""
    if key not in known:
        known[key] = make()
        while len(known) > MOST_DESCENTS:
            known.popitem(last=False)
    known.move_to_end(key)
    return known[key]


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
