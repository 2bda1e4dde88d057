"""Clock: the step and the progress of a training, which schedules read.

Both are in variables, so that a recorded program reads them at each batch.
"""

from __future__ import annotations

import threading
from typing import Any

from steepest.arguments import is_whole
from steepest.core import ops
from steepest.core.dtype import float64
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.errors import ArgumentError


class _Active(threading.local):
    def __init__(self) -> None:
        self.clocks: list[tuple[Clock, bool]] = []


_active = _Active()


class Clock:
    """The step of a training, counted from 0, and its progress, from 0 to 1.

    Each optimizer has one, `optimizer.clock`, whose step is the optimizer's `iterations`. Progress
    is the number of finished batches over the number of planned ones: 0 at the first batch,
    (n - 1) / n at the last of n, 1 afterwards.

    * `fit` plans `epochs` times the batches of an epoch, of which `initial_epoch` epochs count as
      finished; so a resumed training continues as if it had not been interrupted. Each `fit` starts
      at 0 again.
    * For a stream of unknown length progress changes between epochs only: it is the number of
      finished epochs over `epochs`.
    * Outside `fit` (`train_on_batch`, a custom loop), `plan` sets the number of steps.

    A custom loop calls scheduled layers and losses inside `with optimizer.clock:`; a compiled model
    does so by itself.

    >>> import steepest as st
    >>> clock = st.optimizers.SGD().clock
    >>> clock.plan(steps=4)
    >>> clock.progress.item()
    0.0
    >>> clock.step.assign(3); clock.progress.item()
    Variable('sgd/iterations', 3, shape=(), dtype=int64)
    0.75
    """

    def __init__(self, step: Variable) -> None:
        self.step = step
        self.planned = False
        self._numbers: dict[str, float] = dict.fromkeys(("first", "steps", "share", "epoch"), 0)
        self._variables: dict[str, Variable] = {}

    def plan(self, steps: int, done: int = 0) -> None:
        """Lets progress rise from 0 to 1 over so many steps, of which `done` are finished.

        >>> import steepest as st
        >>> clock = st.optimizers.SGD().clock
        >>> clock.plan(steps=100, done=25)
        >>> clock.progress.item()
        0.25
        """
        if not (is_whole(steps) and is_whole(done) and steps >= 1 and done >= 0):
            raise ArgumentError(
                "clock.plan: a whole number of steps from 1, and of steps done from 0, was "
                f"expected, got steps={steps!r} and done={done!r}"
            )
        self._set(first=int(self.step.array) - int(done), steps=int(steps))

    def stand_at(self, progress: float) -> None:
        """Sets progress to a number from 0 to 1, independent of the step, until the next plan.

        >>> import steepest as st
        >>> clock = st.optimizers.SGD().clock
        >>> clock.stand_at(0.5)
        >>> clock.progress.item()
        0.5
        """
        if not 0.0 <= progress <= 1.0:
            raise ArgumentError(f"clock.stand_at: a number from 0 to 1, got {progress!r}")
        self._set(share=float(progress), steps=0)

    def at(self, step: int) -> Clock:
        """A clock with the same plan at another step.

        >>> import steepest as st
        >>> clock = st.optimizers.SGD().clock
        >>> clock.plan(steps=4)
        >>> clock.at(3).progress.item()
        0.75
        """
        other = Clock(Variable(step, trainable=False, name=self.step.name, dtype="int64"))
        other.planned, other._numbers = self.planned, dict(self._numbers)
        return other

    def set_steps_per_epoch(self, steps: int) -> None:
        """Sets the number of steps of an epoch, for schedules that count epochs."""
        self._numbers["epoch"] = steps
        if "epoch" in self._variables:
            self._variables["epoch"].assign(steps)

    def _set(self, **numbers: float) -> None:
        self.planned = True
        self._numbers.update(numbers)
        for name, variable in self._variables.items():
            if name in numbers:
                variable.assign(numbers[name])

    def _number(self, name: str) -> Tensor:
        """A number of the plan as a tensor; its variable is made on first use."""
        if name not in self._variables:
            dtype = "float64" if name == "share" else "int64"
            self._variables[name] = Variable(
                self._numbers[name], trainable=False, name=f"clock/{name}", dtype=dtype
            )
        return self._variables[name].value

    @property
    def progress(self) -> Tensor:
        """The finished fraction of the planned steps, a float64; 0 without a plan."""
        steps = self._number("steps")
        done = ops.cast(self.step.value - self._number("first"), float64)
        share = done / ops.cast(ops.maximum(steps, 1), float64)
        inside = ops.minimum(ops.maximum(share, 0.0), 1.0)
        return ops.where(steps > 0, inside, self._number("share"))

    @property
    def steps_per_epoch(self) -> Tensor:
        """The number of steps of an epoch; 0 if unknown."""
        return self._number("epoch")

    # ------------------------------------------------------------ the active clock

    def __enter__(self) -> Clock:
        _active.clocks.append((self, True))
        return self

    def __exit__(self, *error: Any) -> None:
        _active.clocks.pop()


class Testing:
    """Marks a `with` block as an evaluation, in which schedules read this clock.

    >>> import steepest as st
    >>> with Testing(st.optimizers.SGD().clock):
    ...     is_training()
    False
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __enter__(self) -> None:
        _active.clocks.append((self._clock, False))

    def __exit__(self, *error: Any) -> None:
        _active.clocks.pop()


def current_clock() -> Clock | None:
    """The clock of the innermost `with optimizer.clock:`, if there is one.

    >>> current_clock() is None
    True
    """
    return _active.clocks[-1][0] if _active.clocks else None


def is_training() -> bool:
    """Whether the active clock belongs to a step of training, not to an evaluation.

    >>> is_training()
    True
    """
    return not _active.clocks or _active.clocks[-1][1]
