"""RateRange: what a learning-rate range test shows, and Sweep, which reads it off the losses.

The losses are compared with those of the same batches at the first weights, so that a difference
is due to the rate and not to the batch. Depends on upper_rooms.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from steepest.upper_rooms import function_of

if TYPE_CHECKING:
    from steepest.plot.picture import Picture

BETA = 0.9
"""Of the moving average of the losses, over about ten batches."""
FALLEN = 2 / 3
"""The share of the whole fall that is reached at the suggested rate."""
BELOW_LOWEST = 3
"""How many times the suggested rate is below that of the lowest loss, at least."""
BEGUN = 0.1
"""The share of the whole fall at which the range begins in which the loss falls."""
LEAST_FALL = 0.01
"""Of the first loss: a smaller fall says nothing about the rate."""
RISEN = 0.1
"""Of the first loss: the least rise above it that ends the test."""


@dataclass(frozen=True)
class RateRange:
    """What a range test found: `suggestion`, and `falling`, the rates at which the loss falls.

    `rates` and `losses` have an entry for each batch; `smoothed` are the losses without the
    differences between batches, as a moving average with bias correction. `diverged` says whether
    the loss rose so far that the test ended before its last rate. Where the loss fell at no rate,
    `suggestion` and `falling` are None.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,), kernel_initializer="ones")])
    >>> model.compile(st.optimizers.SGD(0.1), "mse")
    >>> found = model.find_rate([[0.0], [1.0]], [1.0, 2.0], steps=50)
    >>> found.falling[0] < found.suggestion < found.falling[1]
    True
    """

    rates: np.ndarray = field(repr=False)
    losses: np.ndarray = field(repr=False)
    smoothed: np.ndarray = field(repr=False)
    suggestion: float | None
    falling: tuple[float, float] | None
    diverged: bool

    def plot(self, *, ax: Any = None, theme: str | None = None) -> Picture[RateRange]:
        """Draws the losses by the rate, as `st.plot.rate_range` does; it needs matplotlib."""
        picture: Picture[RateRange] = function_of("RateRange.plot")(self, ax=ax, theme=theme)
        return picture

    def __str__(self) -> str:
        tried = f"{len(self.rates)} batches at rates from {self.rates[0]:.2g} to "
        tried += f"{self.rates[-1]:.2g}{', where it diverged' if self.diverged else ''}"
        if self.suggestion is None or self.falling is None:
            return f"no learning rate to suggest: the loss did not fall in {tried}"
        low, high = self.falling
        return (
            f"learning rate {self.suggestion:.2g}: the loss fell from {low:.2g} to {high:.2g}, in "
            f"{tried}"
        )


class Sweep:
    """The losses of a range test so far; `read` gives its result.

    >>> sweep = Sweep()
    >>> for k in range(40):
    ...     sweep.add(10.0 ** (k / 10 - 3), loss=1.0 - 0.02 * k if k < 30 else 9.0, still=1.0)
    >>> sweep.diverged, sweep.read().falling is not None
    (True, True)
    """

    def __init__(self) -> None:
        self.rates: list[float] = []
        self.losses: list[float] = []
        self.still: list[float] = []  # the losses of the same batches at the first weights
        self.changes: list[float] = []  # smoothed differences of the two
        self._average = 0.0

    def add(self, rate: float, loss: float, still: float) -> None:
        """Adds the loss of a batch at a rate, and its loss at the first weights."""
        self.rates.append(rate)
        self.losses.append(loss)
        self.still.append(still)
        self._average = BETA * self._average + (1.0 - BETA) * (loss - still)
        self.changes.append(self._average / (1.0 - BETA ** len(self.losses)))

    @property
    def diverged(self) -> bool:
        """Whether the loss has risen above the first one, as far as it had fallen below it."""
        if not self.changes:
            return False
        allowed = max(-min(self.changes), RISEN * abs(float(np.mean(self.still))))
        return not math.isfinite(self.changes[-1]) or self.changes[-1] > allowed

    def read(self) -> RateRange:
        """The suggestion and the range in which the loss falls.

        The suggestion is the rate at which two thirds of the whole fall are reached, but at most a
        third of the rate of the lowest loss: there the loss still falls clearly, and a training of
        many steps at one rate does not tolerate what a few steps do.
        """
        rates, diverged = np.array(self.rates), self.diverged
        used = len(rates) - diverged
        changes, first = np.array(self.changes[:used]), float(np.mean(self.still))
        smoothed = first + np.array(self.changes)
        suggestion = falling = None
        if used and -changes.min() > LEAST_FALL * abs(first):
            lowest = int(changes.argmin())
            begun, reached = (
                int((changes <= share * changes[lowest]).argmax()) for share in (BEGUN, FALLEN)
            )
            suggestion = float(min(rates[reached], rates[lowest] / BELOW_LOWEST))
            falling = float(rates[begun]), float(rates[lowest])
        losses = np.array(self.losses)
        return RateRange(rates, losses, smoothed, suggestion, falling, diverged)
