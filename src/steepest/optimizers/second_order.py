"""Full-batch optimizers that use curvature: L-BFGS and Levenberg-Marquardt.

They work on one float64 vector of all parameters, in NumPy; training passes an
`OptimizationProblem`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from steepest.arguments import require_within
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.errors import ArgumentError
from steepest.layers.weight_limit import count_weight
from steepest.optimizers.line_search import strong_wolfe
from steepest.optimizers.optimizer import OPTIMIZERS, Optimizer
from steepest.optimizers.stateful import Slots
from steepest.schedules.hyper import Setting


class OptimizationProblem(Protocol):
    """The loss of the whole data set as a function of one float64 vector of parameters."""

    def parameters(self) -> np.ndarray:
        """All trainable weights as one vector."""

    def move(self, vector: np.ndarray) -> None:
        """Assigns a vector to the weights."""

    def value(self, vector: np.ndarray) -> float:
        """The loss at a vector."""

    def value_and_gradient(self, vector: np.ndarray) -> tuple[float, np.ndarray]:
        """The loss and its gradient at a vector."""

    def residuals_and_jacobian(self, vector: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The errors whose squares the loss sums, and their derivatives: one row per error."""


class FullBatch(Optimizer):
    """The base of optimizers with one step per epoch: `step(problem)` updates the weights."""

    full_batch = True

    def _check_options(self) -> None:
        super()._check_options()
        if self.rate_factors or self.decay_factors:
            raise ArgumentError(
                f"{type(self).__name__} moves all weights along one direction: it takes neither "
                "rate_factors nor decay_factors"
            )

    def update(
        self, gradient: Tensor, weight: Tensor, slots: Slots, rate: Tensor, step: Tensor
    ) -> tuple[Tensor, Slots]:
        """Raises: there is no formula for one array."""
        raise ArgumentError(
            f"{type(self).__name__} needs the whole data set and cannot step by gradients of a "
            "batch; train with model.fit, or pass a problem to its step()"
        )

    def step(self, problem: OptimizationProblem) -> np.ndarray:
        """One iteration: assigns and returns the new vector of all parameters."""
        vector = self.descended(problem)
        problem.move(vector)  # the last point tried may not be the best
        self.iterations.assign_add(1)
        return vector

    def descended(self, problem: OptimizationProblem) -> np.ndarray:
        """The vector after one iteration."""
        raise NotImplementedError(f"{type(self).__name__} must define descended(problem)")


@OPTIMIZERS.register
class LBFGS(FullBatch):
    """Limited-memory BFGS (Nocedal, 1980) with a line search for the strong Wolfe conditions.

    The last `memory` steps s and changes of gradient y represent the curvature; the direction is
    that of the two-loop recursion (Nocedal and Wright, Numerical Optimization, 7.4).

    >>> import steepest as st
    >>> from steepest.optimizers.second_order import Formula
    >>> bowl = Formula(lambda x: (x @ x, 2 * x), start=[3.0, -4.0])
    >>> optimizer = st.optimizers.LBFGS()
    >>> for _ in range(3): _ = optimizer.step(bowl)
    >>> bool(np.abs(bowl.parameters()).max() < 1e-8)
    True
    """

    def __init__(
        self, learning_rate: Setting = 1.0, memory: int = 10, evaluations: int = 25, **options: Any
    ) -> None:
        super().__init__(learning_rate, **options)
        require_within(self, "[1, inf)", memory=memory, evaluations=evaluations)
        self.memory, self.evaluations = memory, evaluations
        self._moves: Variable | None = None
        self._turns: Variable | None = None
        self._last: tuple[np.ndarray, float, np.ndarray] | None = None

    def allocate(self, size: int) -> None:
        """Makes variables for the steps and changes of gradient of so many parameters."""
        if self._moves is None or self._moves.shape[1] != size:
            count_weight("moves", 2 * self.memory * size)
            empty = np.zeros((self.memory, size))
            self._moves = Variable(empty, trainable=False, name=f"{self.name}/moves")
            self._turns = Variable(empty, trainable=False, name=f"{self.name}/turns")

    def build(self, variables: Sequence[Variable]) -> None:
        """Makes the memory for these weights."""
        super().build(variables)
        self.allocate(sum(variable.size for variable in variables))

    @property
    def variables(self) -> list[Variable]:
        """The step, the rate, and the stored steps and changes of gradient."""
        return [*super().variables, *(v for v in (self._moves, self._turns) if v is not None)]

    def descended(self, problem: OptimizationProblem) -> np.ndarray:
        """The vector after one iteration."""
        start = np.asarray(problem.parameters(), np.float64)
        self.allocate(start.size)
        if self._last is not None and np.array_equal(self._last[0], start):
            value, gradient = self._last[1:]  # from the end of the last line search
        else:
            value, gradient = problem.value_and_gradient(start)
        direction, first = self._direction(gradient)
        found = strong_wolfe(
            problem.value_and_gradient, start, value, gradient, direction, first, self.evaluations
        )
        if found is None:
            self._clear_pairs()
            return start
        end, end_value, end_gradient = found
        self._store_pair(end - start, end_gradient - gradient)
        self._last = end, end_value, end_gradient
        return end

    def _direction(self, gradient: np.ndarray) -> tuple[np.ndarray, float]:
        """The direction of the line search, and the first length to try."""
        rate = float(np.asarray(self.learning_rate))
        moves, turns = self._stored_pairs()
        if moves:
            direction = -two_loops(gradient, moves, turns)
            if direction @ gradient < 0:
                return direction, rate
            self._clear_pairs()
        size = np.abs(gradient).sum()
        return -gradient, rate * min(1.0, 1.0 / size) if size else rate

    def _stored_pairs(self) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """The stored pairs, oldest first; rows of zeros are unused."""
        moves, turns = (v.numpy() for v in (self._moves, self._turns) if v is not None)
        used = np.flatnonzero((moves * turns).sum(axis=1) > 0)
        return [moves[row] for row in used], [turns[row] for row in used]

    def _store_pair(self, move: np.ndarray, turn: np.ndarray) -> None:
        """Stores a pair, if the loss is convex along it."""
        if move @ turn <= 1e-10 * np.linalg.norm(move) * np.linalg.norm(turn):
            return
        for variable, row in ((self._moves, move), (self._turns, turn)):
            if variable is not None:
                variable.assign(np.concatenate([variable.numpy()[1:], row[None]]))

    def _clear_pairs(self) -> None:
        for variable in (self._moves, self._turns):
            if variable is not None:
                variable.assign(np.zeros(variable.shape))  # type: ignore[arg-type]


def two_loops(gradient: np.ndarray, moves: list[np.ndarray], turns: list[np.ndarray]) -> np.ndarray:
    """The inverse curvature that the pairs represent, times the gradient.

    >>> s, y = np.array([1.0, 0.0]), np.array([2.0, 0.0])
    >>> two_loops(np.array([4.0, 0.0]), [s], [y])
    array([2., 0.])
    """
    rest = gradient.copy()
    factors = []
    for move, turn in zip(reversed(moves), reversed(turns), strict=True):
        factors.append((move @ rest) / (move @ turn))
        rest -= factors[-1] * turn
    rest *= (moves[-1] @ turns[-1]) / (turns[-1] @ turns[-1])
    for move, turn, factor in zip(moves, turns, reversed(factors), strict=True):
        rest += (factor - (turn @ rest) / (move @ turn)) * move
    return rest


@OPTIMIZERS.register
class LevenbergMarquardt(FullBatch):
    """Levenberg-Marquardt for sums of squares, for networks as in Hagan and Menhaj (1994).

    Solves (J'J + mu I) d = -J'r. If the step lowers the loss, mu is divided by `factor`; if not,
    the step is discarded and mu multiplied by `factor`.

    >>> import steepest as st
    >>> from steepest.optimizers.second_order import Residuals
    >>> line = Residuals(lambda x: (x - [3.0, -4.0], np.eye(2)), start=[0.0, 0.0])
    >>> optimizer = st.optimizers.LevenbergMarquardt()
    >>> for _ in range(5): _ = optimizer.step(line)
    >>> line.parameters().round(4).tolist()
    [3.0, -4.0]
    """

    def __init__(
        self,
        damping: float = 1e-3,
        factor: float = 10.0,
        largest_damping: float = 1e10,
        **options: Any,
    ) -> None:
        super().__init__(**{"learning_rate": 1.0, **options})
        require_within(self, "(0, inf)", damping=damping)
        require_within(self, "(1, inf)", factor=factor)
        require_within(self, f"[{damping}, inf]", largest_damping=largest_damping)
        self.damping, self.factor, self.largest_damping = damping, factor, largest_damping
        name = f"{self.name}/damping"
        self._damping = Variable(damping, trainable=False, name=name, dtype="float64")

    @property
    def variables(self) -> list[Variable]:
        """The step, the rate and the damping."""
        return [*super().variables, self._damping]

    def descended(self, problem: OptimizationProblem) -> np.ndarray:
        """The vector after one iteration."""
        start = np.asarray(problem.parameters(), np.float64)
        residuals, jacobian = problem.residuals_and_jacobian(start)
        curvature, slope = jacobian.T @ jacobian, jacobian.T @ residuals
        before, damping = problem.value(start), self._damping.item()
        while damping <= self.largest_damping:
            trial = start - _solved(curvature, slope, damping)
            if problem.value(trial) < before:
                self._damping.assign(max(damping / self.factor, 1e-20))
                return trial
            damping *= self.factor
        self._damping.assign(self.damping)
        return start


def _solved(curvature: np.ndarray, slope: np.ndarray, damping: float) -> np.ndarray:
    """Solves (curvature + damping I) d = slope; slope / damping if there is no solution."""
    try:
        return np.linalg.solve(curvature + damping * np.eye(len(slope)), slope)
    except np.linalg.LinAlgError:
        return slope / damping


class Formula:
    """A problem given by a formula for value and gradient, for use without a model.

    >>> Formula(lambda x: (x @ x, 2 * x), start=[1.0]).value(np.array([2.0]))
    4.0
    """

    def __init__(self, formula: Any, start: Any) -> None:
        self._formula = formula
        self._vector = np.asarray(start, np.float64)

    def move(self, vector: np.ndarray) -> None:
        """Sets the present vector."""
        self._vector = vector

    def parameters(self) -> np.ndarray:
        """The present vector."""
        return self._vector

    def value_and_gradient(self, vector: np.ndarray) -> tuple[float, np.ndarray]:
        """The formula's value and gradient."""
        value, gradient = self._formula(vector)
        return float(value), np.asarray(gradient)

    def value(self, vector: np.ndarray) -> float:
        """The formula's value."""
        return self.value_and_gradient(vector)[0]

    def residuals_and_jacobian(self, vector: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Raises: a value is not a sum of squares."""
        raise ArgumentError("LevenbergMarquardt needs residuals; use Residuals, or LBFGS")


class Residuals(Formula):
    """A problem given by a formula for residuals and their Jacobian: half the sum of squares.

    >>> Residuals(lambda x: (x - 1.0, np.eye(1)), start=[1.0]).value(np.array([3.0]))
    2.0
    """

    def residuals_and_jacobian(self, vector: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The formula's residuals and Jacobian."""
        residuals, jacobian = self._formula(vector)
        return np.asarray(residuals), np.asarray(jacobian)

    def value_and_gradient(self, vector: np.ndarray) -> tuple[float, np.ndarray]:
        """Half the sum of squares and its gradient."""
        residuals, jacobian = self.residuals_and_jacobian(vector)
        return 0.5 * float(residuals @ residuals), jacobian.T @ residuals
