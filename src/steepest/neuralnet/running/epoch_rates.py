"""EpochRates: the learning rate in each epoch of a training. Depends on callbacks.rates."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

from steepest.callbacks.rates import rate_at
from steepest.optimizers import MultiOptimizer, Optimizer


class _Mark(NamedTuple):
    """Where some epochs began: the first of them, its first step, the rate if it is constant."""

    epoch: int
    step: int
    rate: float | None


class EpochRates:
    """The learning rate at the first step of each epoch; those of schedules are computed on demand.

    `mark` notes where the next epochs begin; constant rates, which callbacks may assign, are
    noted there. Epochs count from 0, the first one with a loss.

    >>> optimizer = st.optimizers.SGD(st.schedules.PowerDecay(1.0, 0.5))
    >>> rates = EpochRates(optimizer, batches=2)
    >>> rates.mark(0)
    >>> rates.at(0), rates.at(1), rates.at(2)
    (1.0, 0.25, 0.0625)
    """

    def __init__(self, optimizer: Optimizer, batches: int | None) -> None:
        self._optimizer, self._batches = optimizer, batches or 0
        self._marks: list[_Mark] = []

    def mark(self, epoch: int) -> None:
        """Notes the step, and a constant rate, at which an epoch begins."""
        optimizer = self._optimizer
        is_constant = optimizer.schedule is None and not isinstance(optimizer, MultiOptimizer)
        rate = float(optimizer.learning_rate.array) if is_constant else None
        if self._marks and self._batches:  # not read again, as it may be on a device
            first = self._marks[0]
            step = first.step + (epoch - first.epoch) * self._batches
        else:
            step = int(optimizer.iterations.array)
        self._marks.append(_Mark(epoch, step, rate))

    @property
    def first_step(self) -> int:
        """The step of the optimizer at which the training began."""
        return self._marks[0].step

    def at(self, epoch: int) -> float:
        """The rate at the first step of an epoch."""
        place = bisect_right(self._marks, epoch, key=lambda mark: mark.epoch) - 1
        mark = self._marks[max(place, 0)]
        if mark.rate is not None:
            return mark.rate
        return rate_at(self._optimizer, mark.step + (epoch - mark.epoch) * self._batches)
