"""Advice on the learning rate, from the losses of a training. Depends on NumPy and finding."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from steepest.finding import Finding, Rule, Severity, Where

FEWEST_EPOCHS = 5
RISE = 0.05  # of the loss, from one epoch to the next: more than the noise of small batches
MANY_RISES = 0.25  # of the epochs
ARRIVED = 1e-3  # of the greatest loss: smaller losses say nothing about the rate
STANDSTILL = 0.01  # of the first loss
CRAWL = 0.05  # of the first loss, while it still falls as fast as in the beginning

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


def rate_advice(losses: Sequence[float], rate: float) -> Iterator[Finding]:
    """Advice on the learning rate, from the loss of each epoch; none if the rate is fine.

    >>> list(rate_advice([1.0, 0.7, 0.5, 0.4, 0.35], 0.01))
    []
    >>> print(*rate_advice([1.0, 2.0, 0.9, 1.8, 0.8], 1.5))
    the loss rose in 2 of 4 epochs: the learning rate 1.5 overshoots the minimum; try 0.15
    """
    course = np.asarray(losses, np.float64)
    sizes = np.abs(course)
    greatest = float(sizes.max(initial=0.0))
    if len(course) < FEWEST_EPOCHS or not math.isfinite(greatest) or rate == 0:
        return
    above_floor = course[:-1] > ARRIVED * greatest
    rose = course[1:] - course[:-1] > RISE * sizes[:-1]
    rises, epochs = int(np.count_nonzero(above_floor & rose)), int(np.count_nonzero(above_floor))
    if rises >= max(MANY_RISES * epochs, 1):
        yield OVERSHOOTS.finding(RATE, rises=rises, epochs=epochs, rate=rate, suggested=rate / 10)
        return
    first, size = float(course[0]), float(sizes[0])
    gain = (first - float(course.min())) / max(size, 1e-12)
    middle = len(course) // 2
    early, late = course[0] - course[middle], course[middle] - course[-1]
    steady = bool(late >= 0.5 * early > 0)  # in its second half about as fast as in its first
    if size > 1e-6 and (gain < STANDSTILL or (gain < CRAWL and steady)):
        yield TOO_SMALL.finding(RATE, epochs=len(course), gain=gain, rate=rate, suggested=rate * 10)
