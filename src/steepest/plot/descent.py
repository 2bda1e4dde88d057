"""The paths of optimizers on a surface, computed by the optimizers themselves in compiled programs.

All steps of a path are one engine call. A program depends on the surface and on the optimizer's
settings, not on start, learning rate or number of steps. Depends on surfaces, optimizers, engines.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from steepest import optimizers
from steepest.arguments import whole
from steepest.core import ops
from steepest.core.tape import GradientTape
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.data.columns import DenseColumn
from steepest.engines.bound import Bound
from steepest.engines.choose import bind
from steepest.errors import ArgumentError
from steepest.optimizers import MultiOptimizer, Optimizer
from steepest.optimizers.second_order import Formula, FullBatch
from steepest.plot.surfaces import Point, Surface, surface_named
from steepest.program.numbers import form_and_numbers, with_numbers_as_variables
from steepest.program.replay import replay_updates
from steepest.program.trace import Recording, TensorSpec, record

WHO = "st.plot.paths"
FEW = 3  # steps that show whether points depend on each other


@dataclass(frozen=True)
class Path:
    """The points of an optimizer, the start first, and the height of the surface at each.

    >>> path = st.plot.paths_data("bowl", "sgd", start=(1.0, 0.0), steps=2).paths["optimizer"]
    >>> path.points.shape, float(path.values[0])
    ((3, 2), 1.0)
    """

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
    given dtype. Another start, number of steps or constant learning rate uses the same program;
    with one dictionary `programs` for a surface, so do optimizers that differ in numbers alone.

    >>> sgd = st.plot.Descent("bowl", st.optimizers.SGD(0.25))
    >>> sgd.path(start=(4.0, -2.0), steps=2).points.tolist()
    [[4.0, -2.0], [2.0, -1.0], [1.0, -0.5]]
    >>> sgd.path(steps=3, learning_rate=0.5).values
    array([4., 0., 0., 0.], dtype=float32)
    """

    def __init__(
        self,
        surface: Any,
        optimizer: Any,
        dtype: Any = "float32",
        programs: Programs | None = None,
    ) -> None:
        self.surface: Surface = surface_named(WHO, surface)
        self.optimizer: Optimizer = optimizers.get(optimizer)
        if isinstance(self.optimizer, MultiOptimizer):
            raise ArgumentError(f"{WHO}: a surface has one variable; give one of the optimizers")
        if self.optimizer.built:
            raise ArgumentError(
                f"{WHO}: {self.optimizer!r} has the state of another training; give a new one"
            )
        self.dtype = np.dtype(dtype)
        self._programs: Programs = {} if programs is None else programs
        self._compiled: dict[tuple[bool, int], _Steps] = {}

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
        steps_of = self._steps_for(bool(noise))
        return steps_of.path(first, learning_rate, pushes.astype(self.dtype))

    def ends(self, starts: Any, steps: int = 200, learning_rate: float | None = None) -> np.ndarray:
        """The last points of paths from many starts, which are computed together.

        Each step of the optimizer must treat all numbers alike; those that use the norm of all
        gradients raise an error. On the loss of a model one path follows the other, by any
        optimizer.

        >>> sgd = st.plot.Descent("himmelblau", st.optimizers.SGD(0.01))
        >>> sgd.ends([(1.0, 1.0), (-1.0, 1.0)]).round(2).tolist()
        [[3.0, 2.0], [-2.81, 3.13]]
        """
        steps = whole(f"{WHO}: steps", steps, 1)
        first = np.array([_point(start, self.dtype) for start in starts])
        if not self.surface.takes_arrays:
            return np.array([self.path(each, steps, learning_rate).points[-1] for each in first])
        several = self._steps_for(False, len(first))
        for place in (0, -1):
            alone = self.path(first[place], FEW, learning_rate).points[-1]
            together = several.ends(first, learning_rate, FEW)[place]
            if not np.allclose(alone, together, rtol=1e-4, equal_nan=True):
                raise ArgumentError(
                    f"{WHO}: with {self.optimizer!r} the step of a point depends on the others, as "
                    "with a norm of gradients: it can only be computed for one start at a time"
                )
        return several.ends(first, learning_rate, steps)

    def _steps_for(self, noisy: bool, count: int = 0) -> _Steps:
        """The compiled steps of one point, or of a number of points."""
        if isinstance(self.optimizer, FullBatch):
            raise ArgumentError(
                f"{WHO}: {type(self.optimizer).__name__} has one step for all points; compute one "
                "path at a time"
            )
        if (noisy, count) not in self._compiled:
            shape = (count, 2) if count else (2,)
            optimizer = copy.deepcopy(self.optimizer)
            self._compiled[noisy, count] = _Steps(
                self.surface, optimizer, np.zeros(shape, self.dtype), noisy, self._programs
            )
        return self._compiled[noisy, count]

    @cached_property
    def _value_and_gradient(self) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
        """The height and the gradient at a point, compiled, in float64."""

        def both(point: Tensor) -> Any:
            with GradientTape() as tape:
                tape.watch(point)
                height = self.surface(point[0], point[1])
            gradient = tape.gradient(height, point, unconnected_gradients="zero")
            return [ops.cast(height, point.dtype), gradient]

        bound = bind(record(both, [TensorSpec((2,), "float64")]))

        def computed(vector: np.ndarray) -> tuple[float, np.ndarray]:
            height, gradient = bound.call([np.asarray(vector, np.float64)])
            return float(height), gradient

        return computed

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

        problem = Formula(self._value_and_gradient, start)
        points = [np.asarray(start, np.float64)]
        for _ in range(steps):
            points.append(optimizer.step(problem))
            if np.array_equal(points[-1], points[-2]):  # nothing lower was found
                break
        points += [points[-1]] * (steps + 1 - len(points))
        path = np.stack(points)
        return Path(path.astype(self.dtype), self.surface.values(*path.T).astype(self.dtype))


@dataclass(frozen=True)
class _Program:
    """One step for a point, or for rows of points, compiled.

    `variables` are those that the update reads, `numbers` those that stand for its numbers.
    """

    bound: Bound
    point: Variable
    variables: tuple[Variable, ...]
    numbers: tuple[Variable, ...]
    depends_on_start: bool
    """Whether slots of the optimizer depend on the point where it begins."""


Programs = dict[tuple[Any, ...], _Program]


class _Steps:
    """The steps of an optimizer, by the program of its structure.

    The update alone is recorded for each optimizer. Its numbers, such as betas, are variables. What
    it reads is copied to the variables of the program, which another optimizer may have made.
    """

    def __init__(
        self,
        surface: Surface,
        optimizer: Optimizer,
        points: np.ndarray,
        noisy: bool,
        programs: Programs,
    ) -> None:
        self.optimizer = optimizer
        self._own_point = Variable(points, name="point")
        optimizer.plan(steps=1, epochs=1)
        optimizer.build([self._own_point])
        update = self._update(TensorSpec(points.shape, points.dtype))
        form, self._numbers = form_and_numbers(update)
        key = (noisy, points.shape, points.dtype, form)
        if key not in programs:
            programs[key] = _program(surface, optimizer, update, self._own_point, noisy)
        self._program = programs[key]
        self._pairs = list(zip(update.variables, self._program.variables, strict=True))
        self._initial = [(variable, variable.array.copy()) for variable in update.variables]

    def _update(self, spec: TensorSpec) -> Recording:
        """The recorded update of the point by a gradient."""

        def update(gradient: Tensor) -> Any:
            self.optimizer.apply_gradients([(gradient, self._own_point)])
            return []

        return record(update, [spec])

    def path(self, start: np.ndarray, learning_rate: float | None, pushes: np.ndarray) -> Path:
        """The path from a start, with one of the pushes at each step but the last."""
        points, values = self._run(start, learning_rate, len(pushes) - 1, pushes)
        return Path(points, values)

    def ends(self, starts: np.ndarray, learning_rate: float | None, steps: int) -> np.ndarray:
        """Where the paths from some starts are after so many steps."""
        self._run(starts, learning_rate, steps, np.zeros((steps, 2), starts.dtype))
        return self._program.point.numpy().copy()

    def _run(
        self, start: np.ndarray, learning_rate: float | None, steps: int, pushes: np.ndarray
    ) -> list[np.ndarray]:
        self._restart(start)
        if learning_rate is not None:
            self.optimizer.learning_rate = learning_rate
        self.optimizer.plan(steps=1, epochs=steps)  # each step counts as an epoch
        for own, used in self._pairs:
            if own is not used:
                used.buffer()[...] = own.array
        for variable, number in zip(self._program.numbers, self._numbers, strict=True):
            variable.buffer()[...] = number
        return self._program.bound.run([DenseColumn(pushes)], np.arange(len(pushes)), 1).outputs

    def _restart(self, start: np.ndarray) -> None:
        """Sets the point, and the state of the optimizer to that of a new one."""
        for variable, value in self._initial:
            variable.buffer()[...] = value
        self._own_point.buffer()[...] = start
        if self._program.depends_on_start:
            stored, point = self.optimizer.slots_of(self._own_point), self._own_point.value
            average = {"average": point} if self.optimizer.use_ema else {}
            for name, slot in (self.optimizer.slots_for(self._own_point, point) | average).items():
                stored[name].assign(slot)


def _program(
    surface: Surface, optimizer: Optimizer, update: Recording, point: Variable, noisy: bool
) -> _Program:
    """The compiled step: the gradient at the point, and its update."""
    points = point.array
    at_0, at_1 = (
        optimizer.slots_for(point, ops.constant(np.full_like(points, number)))
        for number in (0.0, 1.0)
    )
    differ = any(not np.array_equal(at_0[name], at_1[name]) for name in at_0)
    lifted = with_numbers_as_variables(update)

    def step(push: Tensor) -> Any:
        here = point.value
        with GradientTape() as tape:
            height = surface(point[..., 0], point[..., 1])
        gradient = tape.gradient(height, point, unconnected_gradients="zero")
        if noisy:
            gradient = gradient + ops.reduce_sum(push, axis=0)  # of a batch of one row
        replay_updates(lifted, [gradient])
        return [here, height] if points.ndim == 1 else []

    recording = record(step, [TensorSpec((None, 2), points.dtype)])
    count = len(update.variables)
    return _Program(
        bind(with_numbers_as_variables(recording)),
        point,
        update.variables,
        lifted.variables[count:],
        differ or optimizer.use_ema,
    )


def _point(given: Any, dtype: np.dtype[Any]) -> np.ndarray:
    point = np.asarray(given, dtype)
    if point.shape != (2,) or not np.isfinite(point).all():
        raise ArgumentError(f"{WHO}: start: two finite numbers were expected, got {given!r:.60}")
    return point
