"""The paths of optimizers on a surface, computed by the optimizers themselves in compiled programs.

All steps of a path are one engine call. A program depends on the surface and on the optimizer's
settings, not on start, learning rate or number of steps. Depends on surfaces, optimizers, engines.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest import optimizers
from steepest.arguments import whole
from steepest.core import ops
from steepest.core.tape import GradientTape
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.data.columns import DenseColumn
from steepest.engines.choose import bind
from steepest.errors import ArgumentError
from steepest.optimizers import MultiOptimizer, Optimizer
from steepest.optimizers.second_order import Formula, FullBatch
from steepest.plot.surfaces import Point, Surface, surface_named
from steepest.program.trace import TensorSpec, record

WHO = "st.plot.paths"


@dataclass(frozen=True)
class Path:
    """The points of an optimizer, the start first, and the height of the surface at each."""

    points: np.ndarray
    values: np.ndarray

    @property
    def diverged_at(self) -> int | None:
        """The first step after which the point or its height is not finite; None without one."""
        bad = ~(np.isfinite(self.points).all(axis=1) & np.isfinite(self.values))
        return int(bad.argmax()) if bad.any() else None


class Descent:
    """An optimizer on a surface, compiled: `path(start, steps)` computes all steps in one call.

    The optimizer given is copied, and not changed. A point is one variable of two numbers of the
    given dtype. Another start, number of steps or constant learning rate uses the same program.

    >>> sgd = st.plot.Descent("bowl", st.optimizers.SGD(0.25))
    >>> sgd.path(start=(4.0, -2.0), steps=2).points.tolist()
    [[4.0, -2.0], [2.0, -1.0], [1.0, -0.5]]
    >>> sgd.path(steps=3, learning_rate=0.5).values
    array([4., 0., 0., 0.], dtype=float32)
    """

    def __init__(self, surface: Any, optimizer: Any, dtype: Any = "float32") -> None:
        self.surface: Surface = surface_named(WHO, surface)
        self.optimizer: Optimizer = optimizers.get(optimizer)
        if isinstance(self.optimizer, MultiOptimizer):
            raise ArgumentError(f"{WHO}: a surface has one variable; give one of the optimizers")
        if self.optimizer.built:
            raise ArgumentError(
                f"{WHO}: {self.optimizer!r} has the state of another training; give a new one"
            )
        self.dtype = np.dtype(dtype)
        self._compiled: dict[bool, _Steps] = {}

    def path(
        self,
        start: Point | None = None,
        steps: int = 200,
        learning_rate: float | None = None,
        noise: float = 0.0,
        seed: int = 0,
    ) -> Path:
        """The path from a start, that of the surface by default.

        `learning_rate` replaces a constant rate. `noise` is the standard deviation of normal
        numbers that are added to the gradients, which stand for those of small batches.
        """
        steps = whole(f"{WHO}: steps", steps, 1)
        first = _point(self.surface.start if start is None else start, self.dtype)
        if isinstance(self.optimizer, FullBatch):
            return self._path_of_full_batch(first, steps, learning_rate, noise)
        pushes = np.zeros((steps + 1, 2))
        if noise:
            pushes = noise * np.random.default_rng(seed).standard_normal(pushes.shape)
        if bool(noise) not in self._compiled:
            self._compiled[bool(noise)] = _Steps(
                self.surface, copy.deepcopy(self.optimizer), self.dtype, bool(noise)
            )
        return self._compiled[bool(noise)].run(first, learning_rate, pushes.astype(self.dtype))

    def _path_of_full_batch(
        self, start: np.ndarray, steps: int, learning_rate: float | None, noise: float
    ) -> Path:
        """The path of a method that asks for values itself, such as L-BFGS."""
        optimizer: Any = copy.deepcopy(self.optimizer)
        if noise:
            raise ArgumentError(
                f"{WHO}: {type(optimizer).__name__} searches along lines, which needs values "
                "without noise; leave noise= out"
            )
        if learning_rate is not None:
            optimizer.learning_rate = learning_rate

        def formula(vector: np.ndarray) -> tuple[float, np.ndarray]:
            return float(self.surface.values(*vector)), self.surface.gradient(*vector)

        problem = Formula(formula, start)
        points = [np.asarray(start, np.float64)]
        for _ in range(steps):
            points.append(optimizer.step(problem))
            if np.array_equal(points[-1], points[-2]):  # nothing lower was found
                break
        points += [points[-1]] * (steps + 1 - len(points))
        path = np.stack(points)
        return Path(path.astype(self.dtype), self.surface.values(*path.T).astype(self.dtype))


class _Steps:
    """The program of one step, and the variables that it changes."""

    def __init__(
        self, surface: Surface, optimizer: Optimizer, dtype: np.dtype[Any], noisy: bool
    ) -> None:
        self.point = Variable(np.zeros(2, dtype), name="point")
        self.optimizer = optimizer
        optimizer.plan(steps=1, epochs=1)
        optimizer.build([self.point])
        self._initial = [(variable, variable.value) for variable in optimizer.variables]

        def step(push: Tensor) -> Any:
            here = self.point.value
            with GradientTape() as tape:
                height = surface(self.point[0], self.point[1])
            gradient = tape.gradient(height, self.point, unconnected_gradients="zero")
            if noisy:
                gradient = gradient + ops.reduce_sum(push, axis=0)  # of a batch of one row
            self.optimizer.apply_gradients([(gradient, self.point)])
            return here, height

        self.bound = bind(record(step, [TensorSpec((None, 2), dtype)]))

    def run(self, start: np.ndarray, learning_rate: float | None, pushes: np.ndarray) -> Path:
        """The path from a start, with the state of a new optimizer."""
        self._restart(start)
        if learning_rate is not None:
            self.optimizer.learning_rate = learning_rate
        self.optimizer.plan(steps=1, epochs=len(pushes) - 1)  # each step counts as an epoch
        run = self.bound.run([DenseColumn(pushes)], np.arange(len(pushes)), 1)
        points, values = run.outputs
        return Path(points, values)

    def _restart(self, start: np.ndarray) -> None:
        self.point.assign(start)
        for variable, value in self._initial:
            variable.assign(value)
        stored, point = self.optimizer.slots_of(self.point), self.point.value
        slots = self.optimizer.slots_for(self.point, point)
        for name, value in (slots | ({"average": point} if self.optimizer.use_ema else {})).items():
            stored[name].assign(value)


def _point(given: Any, dtype: np.dtype[Any]) -> np.ndarray:
    point = np.asarray(given, dtype)
    if point.shape != (2,) or not np.isfinite(point).all():
        raise ArgumentError(f"{WHO}: start: two finite numbers were expected, got {given!r:.60}")
    return point
