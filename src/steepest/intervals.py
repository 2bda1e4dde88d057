"""Intervals of 95 percent: of a share, of a mean of differences, of any score.

Depends on NumPy only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

Z = 1.959963984540054
"""The 97.5 percent quantile of the normal distribution."""


class Interval(NamedTuple):
    """A score, and the ends of its interval of 95 percent."""

    score: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.score:.4g} ({self.low:.4g} to {self.high:.4g})"


def t_quantile(freedom: int) -> float:
    """The 97.5 percent quantile of Student's t distribution.

    It is exact for 1 and 2 degrees of freedom; for more it is the normal quantile with four terms
    of the expansion by Cornish and Fisher (Abramowitz and Stegun 26.7.5).

    >>> [round(t_quantile(freedom), 2) for freedom in (1, 2, 4, 15, 1000)]
    [12.71, 4.3, 2.78, 2.13, 1.96]
    """
    if freedom < 3:
        return 12.706204736 if freedom == 1 else 4.302652730
    z, v = Z, float(freedom)
    return (
        z
        + (z**3 + z) / (4 * v)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * v**4)
    )


def of_share(share: float, count: int) -> Interval:
    """The interval of a share of `count` independent rows (Wilson 1927), as of an accuracy.

    >>> print(of_share(0.98, 1000))
    0.98 (0.9693 to 0.987)
    """
    spread = Z**2 / count
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * math.sqrt(share * (1 - share) / count + spread / (4 * count))
    return Interval(share, max(middle - half, 0.0), min(middle + half, 1.0))


def of_jackknife(score: float, without: Sequence[float]) -> Interval:
    """The interval of a score, from its values without one of several groups of rows each.

    The delete-a-group jackknife (Kott 2001), which fits any smooth score.

    >>> rows = np.arange(20.0)
    >>> print(of_jackknife(9.5, [np.delete(rows, slice(g, g + 2)).mean() for g in range(0, 20, 2)]))
    9.5 (5.168 to 13.83)
    """
    values, count = np.asarray(without, np.float64), len(without)
    variance = (count - 1) / count * float(np.sum((values - values.mean()) ** 2))
    half = t_quantile(count - 1) * math.sqrt(variance)
    return Interval(score, score - half, score + half)


def of_differences(differences: Sequence[float], overlap: float = 0.0) -> Interval:
    """The mean of paired differences with its interval.

    `overlap` is the number of test rows per training row, if each difference comes from another
    split of the same rows: the training rows overlap, and the variance is corrected for that
    (Nadeau and Bengio 2003).

    >>> print(of_differences([0.1, 0.3, 0.2, 0.2]))
    0.2 (0.07023 to 0.3298)
    """
    values = np.asarray(differences, np.float64)
    count, mean = len(values), float(np.mean(values))
    variance = float(np.var(values, ddof=1)) * (1 / count + overlap)
    half = t_quantile(count - 1) * math.sqrt(variance)
    return Interval(mean, mean - half, mean + half)
