"""Advice on the learning rate, from the losses and rates of a training.

Depends on NumPy and finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from steepest.finding import Finding, Rule, Severity, Where

FEWEST_EPOCHS = 5
RISE = 0.05  # of the loss, from one epoch to the next: more than the noise of small batches
MANY_RISES = 0.25  # of the epochs
UNDONE = 0.85  # of all that the loss fell: if it rises by more of it, the training gains little
LEAP = 0.15  # of the first loss, in one epoch
ARRIVED = 1e-3  # of the greatest loss: smaller losses say nothing about the rate
STANDSTILL = 0.01  # of the first loss
CRAWL = 0.05  # of the first loss, while it still falls as fast as in the beginning
MANY_FALLS = 0.8  # of the epochs: a small rate lowers the loss in nearly all of them
LOWERED = 0.5  # of an earlier rate
MOST_RATES = 50  # that are computed from a schedule

OVERSHOOTS = Rule(
    "rate-overshoots",
    Severity.ADVICE,
    "The loss rose in many epochs: the learning rate is too large.",
    "the loss rose in {rises} of {epochs} epochs: the learning rate {rate:.4g} overshoots the "
    "minimum",
    "try {suggested:.4g}",
)
TOO_SMALL = Rule(
    "rate-too-small",
    Severity.ADVICE,
    "The loss hardly moved: the learning rate is too small, or there is no more to learn.",
    "the loss hardly moved in {epochs} epochs, by {gain:.2%}: the learning rate {rate:.4g} is too "
    "small",
    "try {suggested:.4g}; or the model has already learned what it can from these data",
)
RATE = Where("learning_rate")


def rate_advice(
    losses: Sequence[float] | np.ndarray,
    rate_in: Callable[[int], float],
    lower: Callable[[float], float] = lambda rate: rate / 10,
    is_new: bool = True,
) -> Iterator[Finding]:
    """Advice on the learning rate, from the loss and the rate of each epoch; none if it is fine.

    `rate_in` gives the rate in an epoch, counted from 0, `lower` the rate to try instead of one
    that is too large. Of a model that was trained before (not `is_new`) a loss that hardly moves
    says nothing about the rate.

    >>> list(rate_advice([1.0, 0.7, 0.5, 0.4, 0.35], lambda epoch: 0.01))
    []
    >>> print(*rate_advice([1.0, 2.0, 0.9, 1.8, 0.8], lambda epoch: 1.5))
    the loss rose in 2 of 4 epochs: the learning rate 1.5 overshoots the minimum; try 0.15
    """
    course = np.asarray(losses, np.float64)
    if len(course) < FEWEST_EPOCHS or not np.isfinite(course).all():
        return
    above_floor = course[:-1] > ARRIVED * np.abs(course).max()
    rose = np.flatnonzero(above_floor & (np.diff(course) > RISE * np.abs(course[:-1]))) + 1
    rises, epochs = len(rose), int(np.count_nonzero(above_floor))
    if rises >= max(MANY_RISES * epochs, 1) and _gains_little(course):
        rate = _greatest(rate_in, rose)
        was_lowered = rate_in(len(course) - 1) < LOWERED * rate
        ends_low = course[-1] <= course.min() + RISE * abs(course[0])
        if rate and not (was_lowered and ends_low):
            yield OVERSHOOTS.finding(
                RATE, rises=rises, epochs=epochs, rate=rate, suggested=lower(rate)
            )
    elif is_new and stands_still(course) and _crawls(course):
        rate = _greatest(rate_in, np.arange(len(course)))
        gain = (course[0] - course.min()) / abs(course[0])
        if rate:
            yield TOO_SMALL.finding(
                RATE, epochs=len(course), gain=float(gain), rate=rate, suggested=rate * 10
            )


def stands_still(losses: Sequence[float] | np.ndarray) -> bool:
    """Whether the loss of several epochs hardly changed.

    >>> stands_still([2.0, 1.99, 1.99, 1.98, 1.98]), stands_still([2.0, 2.9, 2.5, 2.3, 2.0])
    (True, False)
    """
    course = np.asarray(losses, np.float64)
    if len(course) < FEWEST_EPOCHS or not np.isfinite(course).all():
        return False
    return bool(abs(course[0]) > 1e-6 and np.ptp(course) < CRAWL * abs(course[0]))


def _gains_little(course: np.ndarray) -> bool:
    """Whether rises undo what the loss gains: nearly all of it, or by leaps in many epochs."""
    changes, first = np.diff(course), abs(course[0])
    regained = changes[changes > RISE * first].sum()
    leaps = np.count_nonzero(changes > LEAP * first)
    fallen = -changes[changes < 0].sum()
    return bool(regained > UNDONE * fallen or leaps >= MANY_RISES * len(changes))


def _crawls(course: np.ndarray) -> bool:
    """Whether the loss falls in nearly all epochs, and hardly or as fast as in the beginning."""
    middle = len(course) // 2
    early, late = course[0] - course[middle], course[middle] - course[-1]
    falls = np.count_nonzero(np.diff(course) <= 0) >= MANY_FALLS * (len(course) - 1)
    hardly = course[0] - course.min() < STANDSTILL * abs(course[0])
    return bool(falls and (hardly or late >= 0.5 * early > 0))


def _greatest(rate_in: Callable[[int], float], epochs: np.ndarray) -> float:
    """The greatest rate in some epochs, or in some of them if there are many."""
    chosen = np.linspace(0, len(epochs) - 1, min(len(epochs), MOST_RATES)).astype(np.int64)
    return max(rate_in(int(epochs[each])) for each in chosen)
