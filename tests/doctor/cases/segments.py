"""Cases of the rules on columns and a trained network: weak segments, columns without use."""

from __future__ import annotations

import numpy as np

import steepest as st
from tests.doctor.cases.case import CASES, Cases
from tests.doctor.cases.courses import trained, with_course
from tests.doctor.cases.trained import healthy


def halves(x, y, units=8, epochs=25):
    """A training on one half of the rows, judged by the other."""
    half = len(x) // 2
    model = st.Sequential([
        st.Input(x.shape[1:]), st.layers.Dense(units, "relu"), st.layers.Dense(1),
    ])  # fmt: skip
    model.compile(st.optimizers.Adam(0.02), "mse")
    x, y = x.astype(np.float32), y.astype(np.float32)
    return trained(model, x[:half], y[:half], (x[half:], y[half:]), epochs=epochs, every=1000)


def table(seed=0, rows=800, columns=4):
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, columns))
    x[:, 3] = random.integers(0, 3, rows)
    return random, x


def noisy(category=2, seed=0, column=3, size=2.0):
    """Targets with much noise where a column has a certain value, or is in its highest quarter."""
    random, x = table(seed)
    where = x[:, 3] == category if column == 3 else x[:, column] > np.quantile(x[:, column], 0.75)
    y = x[:, 0] + x[:, 1] + random.normal(size=len(x)) * np.where(where, size, 0.2)
    return halves(x, y)


def even(seed=0):
    """The same noise everywhere."""
    random, x = table(seed)
    return halves(x, x[:, 0] + x[:, 1] + 0.3 * random.normal(size=len(x)))


CASES["A3"] = Cases(
    positive={
        "a category": noisy,
        "another category": lambda: noisy(0),
        "a quarter": lambda: noisy(column=2),
    },
    negative={
        "the same noise everywhere": even,
        "other rows": lambda: even(3),
        "classes": healthy,
        "without a training": lambda: with_course([1.0, 0.5]),
    },
    unchanged={"another seed": (noisy, lambda: noisy(seed=2))},
)


def unused(used=2, seed=0, columns=6):
    """Targets of the first columns alone, learned without the others by weights of 0."""
    random, x = table(seed, columns=columns)
    facts = halves(x, x[:, :used].sum(axis=1) + 0.1 * random.normal(size=len(x)))
    kernel = facts.model.layers[0].kernel
    weights = kernel.numpy()
    weights[used:] = 0.0
    kernel.assign(weights)
    return facts


def all_used(seed=0):
    random = np.random.default_rng(seed)
    x = random.normal(size=(800, 4))
    return halves(x, x.sum(axis=1) + 0.1 * random.normal(size=800))


CASES["A5"] = Cases(
    positive={
        "four columns": unused,
        "three columns": lambda: unused(3),
        "one column": lambda: unused(3, columns=4),
    },
    negative={
        "all are used": all_used,
        "other rows": lambda: all_used(1),
        "nothing is learned": lambda: halves(table()[1], table(1)[0].normal(size=800), epochs=2),
        "without a training": lambda: with_course([1.0, 0.5]),
    },
    unchanged={"another seed": (unused, lambda: unused(seed=5))},
)
