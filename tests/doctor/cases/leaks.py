"""Cases of the rules on repeated rows and leaked targets."""

import numpy as np

from tests.doctor.cases.case import CASES, Cases, blobs, facts_of


def with_copies(count, rows=200, seed=0, contradict=False, offset=0.0):
    x, y = blobs(rows, seed=seed)
    again = np.random.default_rng(seed).permutation(rows)[:count]
    labels = (y[again] + 1) % 3 if contradict else y[again]
    return facts_of(np.concatenate([x, x[again]]) + offset, np.concatenate([y, labels]))


def small_numbers(seed=0):
    random = np.random.default_rng(seed)
    return facts_of(random.integers(0, 3, (300, 3)) * 1.0, random.integers(0, 2, 300))


CASES["D6"] = Cases(
    positive={
        "a third": lambda: with_copies(100),
        "a tenth": lambda: with_copies(20),
        "a column is enough": lambda: facts_of(
            np.tile(np.random.default_rng(0).normal(size=(60, 1)), (2, 1)), np.arange(120) % 2
        ),
    },
    negative={
        "none": lambda: facts_of(*blobs(200)),
        "rows of small numbers": small_numbers,
        "a few": lambda: with_copies(4),
        "columns of 0 and 1": lambda: facts_of(
            (np.random.default_rng(0).random((400, 9)) < 0.2) * 1.0, np.arange(400) % 2
        ),
    },
    unchanged={
        "another seed": (lambda: with_copies(100), lambda: with_copies(100, seed=3)),
        "a constant added": (lambda: with_copies(100), lambda: with_copies(100, offset=4.0)),
    },
    edges={
        "a twentieth": (lambda: with_copies(10, rows=190), lambda: with_copies(9, rows=190)),
        "20 different rows": (lambda: with_copies(2, rows=20), lambda: with_copies(2, rows=19)),
    },
)


def contradictory(pairs, rows):
    """Rows of which some pairs have equal inputs and different labels."""
    x, y = blobs(rows)
    x[:pairs], y[:pairs] = x[pairs : 2 * pairs], (y[pairs : 2 * pairs] + 1) % 3
    return facts_of(x, y)


CASES["D7"] = Cases(
    positive={
        "a third": lambda: with_copies(100, contradict=True),
        "a few": lambda: with_copies(5, contradict=True),
        "pictures": lambda: facts_of(
            np.tile(np.random.default_rng(0).normal(size=(30, 5, 5)), (2, 1, 1)),
            np.repeat([0, 1], 30),
        ),
    },
    negative={
        "copies that agree": lambda: with_copies(100),
        "no copies": lambda: facts_of(*blobs(200)),
        "rows of small numbers": small_numbers,
        "quantities": lambda: facts_of(
            np.tile(blobs()[0], (2, 1)), np.random.default_rng(0).normal(size=120)
        ),
    },
    unchanged={
        "another seed": (
            lambda: with_copies(100, contradict=True),
            lambda: with_copies(100, contradict=True, seed=3),
        ),
        "a constant added": (
            lambda: with_copies(100, contradict=True),
            lambda: with_copies(100, contradict=True, offset=4.0),
        ),
    },
    edges={
        "a hundredth": (lambda: contradictory(1, 200), lambda: contradictory(1, 201)),
        "20 different rows": (lambda: contradictory(1, 21), lambda: contradictory(1, 20)),
    },
)


def leaking(make, seed=0, at=2):
    random = np.random.default_rng(seed)
    x = random.normal(size=(200, 4))
    total = x @ [1.0, -1.0, 0.0, 0.5] + random.normal(size=200)
    column, y = make(total)
    x[:, at] = column
    return facts_of(x, y)


def three(total):
    return np.searchsorted([-1.0, 1.0], total)


def explaining(share, columns=3, rows=200):
    """A column that is the target, and one that explains a share of its variance."""
    random = np.random.default_rng(0)
    y, other = random.normal(size=(2, rows))
    y, other = (one - one.mean() for one in (y, other))
    other = other - y * (y @ other) / (y @ y)
    other *= np.sqrt((y @ y) / (other @ other))
    near = np.sqrt(share) * y + np.sqrt(1 - share) * other
    x = np.stack([y * 3, near, *random.normal(size=(columns - 2, rows))], axis=1)
    return facts_of(x, y)


def several_targets(count):
    """Quantities of which the first is a column of the inputs."""
    random = np.random.default_rng(0)
    x, y = random.normal(size=(200, 4)), random.normal(size=(200, count))
    y[:, 0] = x[:, 1]
    return facts_of(x, y)


CASES["D12"] = Cases(
    positive={
        "a quantity in other units": lambda: leaking(lambda y: (y * 3.2 + 7, y)),
        "two classes": lambda: leaking(lambda y: ((y > 0) * 5.0, (y > 0).astype(int))),
        "three classes in other numbers": lambda: leaking(
            lambda y: (np.array([9.0, 2.0, 5.0])[three(y)], three(y))
        ),
    },
    negative={
        "no leak": lambda: leaking(lambda y: (y * 0, y)),
        "a column that explains much": lambda: leaking(
            lambda y: (y + np.random.default_rng(5).normal(scale=0.1, size=200), y)
        ),
        "classes that are far from each other": lambda: facts_of(*blobs(200)),
        "a function of one column": lambda: facts_of(
            np.linspace(0, 1, 50)[:, None], np.linspace(0, 1, 50) * 2
        ),
    },
    unchanged={
        "another seed": (
            lambda: leaking(lambda y: (y * 3.2 + 7, y)),
            lambda: leaking(lambda y: (y * 3.2 + 7, y), seed=3),
        ),
        "another place": (
            lambda: leaking(lambda y: (y * 3.2 + 7, y)),
            lambda: leaking(lambda y: (y * 3.2 + 7, y), at=1),
        ),
    },
    edges={
        "3 columns": (lambda: explaining(0.1), lambda: explaining(0.1, columns=2)),
        "20 rows": (lambda: explaining(0.1, rows=20), lambda: explaining(0.1, rows=19)),
        "nine tenths": (lambda: explaining(0.899), lambda: explaining(0.901)),
        "20 targets": (lambda: several_targets(20), lambda: several_targets(21)),
    },
)
