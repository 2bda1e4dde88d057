"""Points that fill a cube evenly: a Halton sequence with random digits. Depends on NumPy alone."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np

BITS = 40  # of each coordinate


def halton(dimensions: int, seed: int) -> Iterator[np.ndarray]:
    """Points of the unit cube that fill it evenly, without end.

    Coordinate j of point i mirrors the digits of i to the base of the j-th prime about the point;
    each digit passes a random permutation of its own, so that coordinates of large bases are not
    correlated (Owen 2017, "A randomized Halton algorithm in R"). Each b consecutive points have one
    coordinate in each b-th of the interval.

    >>> points = np.array(list(itertools.islice(halton(2, seed=0), 6)))
    >>> sorted((points[:, 1] * 3).astype(int).tolist())
    [0, 0, 1, 1, 2, 2]
    """
    rng = np.random.default_rng([seed, dimensions])
    coordinates = []
    for base in itertools.islice(_primes(), dimensions):
        digits = math.ceil(BITS / math.log2(base))
        powers = np.array([base**digit for digit in range(digits)], np.int64)
        orders = np.array([rng.permutation(base) for _ in range(digits)])
        coordinates.append((base, powers, orders, np.arange(digits)))
    for index in itertools.count():
        yield np.array([
            orders[places, index // powers % base] @ (1.0 / (base * powers))
            for base, powers, orders, places in coordinates
        ])


def _primes() -> Iterator[int]:
    found: list[int] = []
    for number in itertools.count(2):
        if all(number % prime for prime in found):
            found.append(number)
            yield number
