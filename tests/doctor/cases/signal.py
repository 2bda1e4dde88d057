"""Cases of the rules on whether there is anything to learn."""

import numpy as np

from steepest.doctor.dependence import dependence
from steepest.doctor.rows import Rows
from tests.doctor.cases.case import CASES, Cases, blobs, facts_of


def independent(rows=120, columns=4, seed=0, is_class=True, offset=0.0):
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, columns)) + offset
    y = random.integers(0, 2, rows) if is_class else random.normal(size=rows)
    return facts_of(x.astype(np.float32), y)


def shifted(lag, seed=0):
    x, y = blobs(200, seed=seed)
    return facts_of(np.roll(x, lag, axis=0)[5:-5], y[5:-5])


def shuffled_inputs(seed=0, scale=1.0):
    """Rows in the order of their class, of which the inputs were shuffled alone."""
    x, y = blobs(150, seed=seed)
    order = np.argsort(y, kind="stable")
    again = np.random.default_rng(seed + 1).permutation(150)
    return facts_of(x[order][again] * scale, y[order])


def spiral_rows(seed=0):
    random = np.random.default_rng(seed)
    y = np.arange(200) % 2
    turn = random.random(200) * 6
    x = np.column_stack([turn * np.cos(turn + np.pi * y), turn * np.sin(turn + np.pi * y)]) / 3
    return facts_of(x, y)


def parity(bits=6):
    x = (np.arange(2**bits)[:, None] >> np.arange(bits)) & 1
    return facts_of(x * 2.0 - 1, x.sum(axis=1) % 2)


def misread_training_rows():
    x, y = blobs(240)
    again = np.random.default_rng(1).permutation(150)
    return facts_of(x[:150][again], y[:150], validation_data=(x[150:], y[150:]))


def shifted_training_rows():
    x, y = blobs(240)
    own = np.roll(x[:150], 1, axis=0)[1:]
    return facts_of(own, y[1:150], validation_data=(x[150:], y[150:]))


def shifted_and_alike_by_accident(seed=0):
    """Training rows shifted by one, where a column depends on the targets by accident."""
    random = np.random.default_rng([seed, 7])
    while True:
        x, y = blobs(240, seed=int(random.integers(1_000_000)))
        own, labels = np.roll(x[:150], 1, axis=0)[1:], y[1:150]
        found = dependence(Rows.of(own, labels), "classes")
        if found.is_found and found.deviations < 6:
            return facts_of(own, labels, validation_data=(x[150:], y[150:]))


def series(seed=0, weight=0.1, memory=0.9, rows=300):
    """Columns that change slowly, and a target that depends on the first and changes slowly."""
    random = np.random.default_rng(seed)
    steps = random.normal(size=(rows, 4))
    for row in range(1, rows):
        steps[row] += memory * steps[row - 1]
    y = weight * steps[:, 0] + steps[:, 3]
    return facts_of(steps[:, :3].astype(np.float32), y.astype(np.float32))


CASES["D26"] = Cases(
    positive={
        "training rows shifted": shifted_training_rows,
        "shifted by one row": lambda: shifted(1),
        "shifted back by two": lambda: shifted(-2),
        "inputs shuffled alone": shuffled_inputs,
        "training rows only": misread_training_rows,
        "shifted, and alike by accident": shifted_and_alike_by_accident,
    },
    negative={
        "a series of weak dependence": series,
        "a series that fits a little better by its next row": lambda: series(112, weight=0.3),
        "a series of slow changes": lambda: series(seed=1, memory=0.98),
        "a series of no dependence": lambda: series(seed=2, weight=0.0),
        "a weak dependence": lambda: series(seed=3, weight=0.2, memory=0.0),
        "matching rows": lambda: facts_of(*blobs(200)),
        "rows in order": lambda: facts_of(
            *(part[np.argsort(blobs(150)[1])] for part in blobs(150))
        ),
        "nothing to learn": independent,
        "few rows": lambda: facts_of(blobs(12)[0], blobs(12)[1][::-1]),
    },
    unchanged={
        "another seed": (lambda: shifted(1), lambda: shifted(1, seed=3)),
        "inputs scaled": (shuffled_inputs, lambda: shuffled_inputs(scale=3.0)),
        "other rows": (shifted_and_alike_by_accident, lambda: shifted_and_alike_by_accident(1)),
    },
)

CASES["D32"] = Cases(
    positive={
        "random classes": independent,
        "random quantities": lambda: independent(is_class=False, seed=1),
        "50 rows of random whole numbers": lambda: facts_of(
            np.random.default_rng(0).integers(0, 9, (50, 16)),
            np.random.default_rng(1).integers(0, 4, 50),
        ),
        "many columns": lambda: independent(200, 150, seed=2),
    },
    negative={
        "classes": lambda: facts_of(*blobs()),
        "a line": lambda: facts_of(blobs()[0], blobs()[0] @ [1.0, 2.0, 0.0, 0.0]),
        "spirals": spiral_rows,
        "parity of 6 bits": parity,
        "a sine of many periods": lambda: facts_of(
            np.linspace(0, 1, 200)[:, None], np.sin(60 * np.linspace(0, 1, 200))
        ),
        "few rows": lambda: independent(12),
        "inputs shuffled alone, which another rule names": shuffled_inputs,
    },
    unchanged={
        "another seed": (independent, lambda: independent(seed=1)),
        "a constant added": (independent, lambda: independent(offset=9.0)),
    },
)
