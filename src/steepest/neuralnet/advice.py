"""What a training's losses say about its learning rate. Leans on NumPy alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

FEWEST_EPOCHS = 5
RISE = 0.05  # of the loss, from one epoch to the next: more than the noise of small batches
MANY_RISES = 0.25  # of the epochs
ARRIVED = 1e-3  # of the greatest loss: what happens below says nothing about the rate
STANDSTILL = 0.01  # of the first loss
CRAWL = 0.05  # of the first loss, while it still falls as fast as in the beginning


def advice_on(losses: Sequence[float], rate: float) -> list[str]:
    """Sentences on the learning rate, from the loss of each epoch; none where all is well.

    >>> advice_on([1.0, 0.7, 0.5, 0.4, 0.35], 0.01)
    []
    >>> advice_on([1.0, 2.0, 0.9, 1.8, 0.8], 1.5)[0][:50]
    'the loss rose in 2 of 4 epochs: the learning rate '
    """
    course = np.asarray(losses, np.float64)
    sizes = np.abs(course)
    greatest = float(sizes.max(initial=0.0))
    if len(course) < FEWEST_EPOCHS or not math.isfinite(greatest) or rate == 0:
        return []
    on_the_way = course[:-1] > ARRIVED * greatest
    rose = course[1:] - course[:-1] > RISE * sizes[:-1]
    rises, epochs = int(np.count_nonzero(on_the_way & rose)), int(np.count_nonzero(on_the_way))
    if rises >= max(MANY_RISES * epochs, 1):
        return [
            f"the loss rose in {rises} of {epochs} epochs: the learning rate {rate:.4g} "
            f"overshoots the minimum; try {rate / 10:.4g}"
        ]
    first, size = float(course[0]), float(sizes[0])
    gain = (first - float(course.min())) / max(size, 1e-12)
    if size > 1e-6 and (gain < STANDSTILL or (gain < CRAWL and _as_fast(course))):
        return [
            f"the loss hardly moved in {len(course)} epochs, by {gain:.2%}: the learning rate "
            f"{rate:.4g} is too small, try {rate * 10:.4g}; or these data teach this model no more"
        ]
    return []


def _as_fast(course: np.ndarray) -> bool:
    """Whether the loss falls in its second half about as fast as in its first."""
    middle = len(course) // 2
    early, late = course[0] - course[middle], course[middle] - course[-1]
    return bool(late >= 0.5 * early > 0)
