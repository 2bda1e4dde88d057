"""Cases of the rules on the size of a network."""

import numpy as np

import steepest as st
from tests.doctor.cases.case import CASES, Cases, blobs
from tests.doctor.cases.courses import network, trained
from tests.doctor.cases.networks import curve


def circles(seed=0):
    """Classes that no line divides."""
    x = np.random.default_rng(seed).normal(size=(160, 2)).astype(np.float32)
    return x, (np.square(x).sum(axis=1) > 1.4).astype(np.int64)


def linear(x, y, last=2, loss="sparse_categorical_crossentropy", activation="softmax", **fit):
    model = st.Sequential([st.Input(x.shape[1:]), st.layers.Dense(last, activation)])
    model.compile(st.optimizers.Adam(0.05), loss)
    return trained(model, x, y, **fit)


CASES["S31"] = Cases(
    positive={
        "circles": lambda: linear(*circles()),
        "a curve": lambda: linear(*curve(), 1, "mse", None),
        "xor": lambda: linear(
            np.float32([[0, 0], [0, 1], [1, 0], [1, 1]] * 20), np.array([0, 1, 1, 0] * 20)
        ),
    },
    negative={
        "a hidden layer": lambda: trained(network(rate=1e-5), *blobs(120)),
        "what is linear": lambda: linear(*blobs(120, classes=2), epochs=60),
        "a line": lambda: linear(
            curve()[0], curve()[0] @ np.float32([0.5, -0.2, 0.1]), 1, "mse", None, epochs=200
        ),
    },
    unchanged={"another seed": (lambda: linear(*circles()), lambda: linear(*circles(seed=5)))},
)


def wide(units=512, hidden=2, watched=60, seed=0, **options):
    x, y = blobs(120 + watched, seed=seed)
    model = network(hidden, units=units, optimizer=st.optimizers.Adam(0.001), **options)
    held_out = (x[120:], y[120:]) if watched else None
    return trained(model, x[:120], y[:120], held_out, every=1000)


CASES["A7"] = Cases(
    positive={
        "512 units": wide,
        "256 units and three layers": lambda: wide(units=256, hidden=3),
        "tanh": lambda: wide(activation="tanh"),
    },
    negative={
        "8 units": lambda: wide(units=8),
        "without validation rows": lambda: wide(watched=0),
        "few validation rows": lambda: wide(watched=10),
    },
    unchanged={"more units": (wide, lambda: wide(units=700))},
)
