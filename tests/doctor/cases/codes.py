"""Cases of the rules on codes for missing values."""

import numpy as np

from tests.doctor.cases.case import CASES, Cases, blobs, facts_of


def coded(value, draw=None, count=12, rows=300, seed=0, at=1, offset=0.0):
    """A column with a value in some rows."""
    random = np.random.default_rng(seed)
    x, y = blobs(rows, seed=seed)
    x = x.astype(np.float64)
    values = random.normal(size=rows) if draw is None else draw(random, rows)
    values = values + offset
    if count:
        values[random.permutation(rows)[:count]] = value
    x[:, at] = values
    return facts_of(x, y)


def ages(random, rows):
    return random.integers(5, 90, rows).astype(float)


def waiting(random, rows):
    return random.exponential(3.0, rows)


def pressures(random, rows):
    return random.normal(70, 12, rows).round()


def targets_coded(value):
    random = np.random.default_rng(0)
    x = random.normal(size=(300, 3))
    y = x @ [1.0, -1.0, 0.5] + random.normal(scale=0.1, size=300)
    y[::20] = value
    return facts_of(x, y)


def among(others, code, count=3):
    """A column of these numbers, and a code in some rows."""
    values = np.concatenate([np.full(count, code), others]).astype(np.float64)
    x = np.column_stack([values, np.random.default_rng(0).normal(size=len(values))])
    return facts_of(x, np.arange(len(x)) % 2)


PAIRS = np.arange(80) // 2

CASES["D28"] = Cases(
    positive={
        "-999 among normal numbers": lambda: coded(-999.0),
        "-1 among waiting times": lambda: coded(-1.0, waiting),
        "-1 among ages": lambda: coded(-1.0, ages, count=30),
        "9999": lambda: coded(9999.0, ages),
        "0 among blood pressures": lambda: coded(0.0, pressures, count=25),
        "in the targets": lambda: targets_coded(-999.0),
    },
    negative={
        "no code": lambda: coded(0.0, count=0),
        "ages from 0": lambda: coded(
            0.0, lambda random, rows: random.integers(0, 90, rows) * 1.0, 0
        ),
        "a few -1 among whole numbers around 0": lambda: coded(
            0.0, lambda random, rows: random.integers(-1, 30, rows) * 1.0, 0
        ),
        "mostly zeros": lambda: coded(0.0, waiting, count=200),
        "once": lambda: coded(-999.0, count=1),
        "capped numbers": lambda: coded(
            0.0, lambda random, rows: np.minimum(random.normal(99, 5, rows), 99.0), 0
        ),
    },
    unchanged={
        "another seed": (lambda: coded(-999.0), lambda: coded(-999.0, seed=3)),
        "another column": (lambda: coded(-999.0), lambda: coded(-999.0, at=3)),
        "a constant added to the others": (
            lambda: coded(-999.0),
            lambda: coded(-999.0, offset=7.0),
        ),
    },
    edges={
        "3 times": (lambda: coded(-999.0, count=3), lambda: coded(-999.0, count=2)),
        "a share of 0.002": (
            lambda: coded(-999.0, count=4, rows=2000),
            lambda: coded(-999.0, count=4, rows=2001),
        ),
        "under half of the rows": (
            lambda: coded(-999.0, count=149),
            lambda: coded(-999.0, count=150),
        ),
        "20 others": (
            lambda: among(np.arange(20), -999),
            lambda: among(np.arange(19), -999),
        ),
        "10 different others": (
            lambda: among(np.arange(40) % 10, -999),
            lambda: among(np.arange(40) % 9, -999),
        ),
        "farther than the quartiles are": (
            lambda: among(np.arange(41) + 21, 0),
            lambda: among(np.arange(41) + 20, 0),
        ),
        "below 0, three times as often": (
            lambda: among(PAIRS, -1, 6),
            lambda: among(PAIRS, -1, 5),
        ),
        "below 0, with others from 0 on": (
            lambda: among(PAIRS, -9, 6),
            lambda: among(PAIRS - 1, -9, 6),
        ),
        "as often as the three least whole numbers": (
            lambda: among([*PAIRS, 3, 3], -1, 6),
            lambda: among([*PAIRS, 2, 2], -1, 6),
        ),
        "in the targets, far away": (lambda: targets_coded(-99.0), lambda: targets_coded(-9.0)),
    },
)

CASES["D29"] = Cases(
    positive={
        "a million": lambda: coded(1e6),
        "a tenth power": lambda: coded(-1e30),
        "a code that was scaled": lambda: coded(-37.25),
    },
    negative={
        "no constant": lambda: coded(0.0, count=0),
        "a usual code": lambda: coded(-999.0),
        "once": lambda: coded(1e6, count=1),
        "the median": lambda: coded(0.01),
        "the end of the range": lambda: coded(
            0.0, lambda random, rows: np.clip(random.normal(size=rows), -2, 2), 0
        ),
    },
    unchanged={
        "another seed": (lambda: coded(1e6), lambda: coded(1e6, seed=3)),
        "another number": (lambda: coded(1e6), lambda: coded(-5e4)),
    },
    edges={
        "farther than the range of the others": (
            lambda: among(np.arange(41), -41),
            lambda: among(np.arange(41), -40),
        ),
        "above them": (
            lambda: among(np.arange(41), 81),
            lambda: among(np.arange(41), 80),
        ),
    },
)
