"""Cases of the rules on columns."""

import numpy as np

from tests.doctor.cases.case import CASES, Cases, blobs, facts_of


def with_column(values, at=1, seed=0):
    x, y = blobs(seed=seed)
    x[:, at] = values
    return facts_of(x, y)


CASES["D3"] = Cases(
    positive={
        "zeros": lambda: with_column(0.0),
        "a large number": lambda: with_column(1e6),
        "in whole numbers": lambda: facts_of(
            np.array([[1, 2], [1, 5], [1, 7]]), np.array([0, 1, 0])
        ),
    },
    negative={
        "all columns vary": lambda: facts_of(*blobs()),
        "one row differs": lambda: with_column(np.eye(60)[3]),
        "one row alone": lambda: facts_of(np.ones((1, 3), np.float32), np.array([0])),
    },
    unchanged={
        "a constant added": (lambda: with_column(0.0), lambda: with_column(5.0)),
        "another seed": (lambda: with_column(0.0), lambda: with_column(0.0, seed=1)),
    },
)
