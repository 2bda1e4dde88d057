"""Cases of the rules on batches, epochs and updates."""

import numpy as np

import steepest as st
from tests.doctor.cases.case import CASES, Cases
from tests.doctor.cases.networks import (
    Activation,
    BatchNormalization,
    Dense,
    classes,
    plain,
    trained,
    two_classes,
)

XOR = np.float32([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])


def xor(**options):
    return trained(*XOR, Dense(8, "tanh"), Dense(1, "sigmoid"), **options)


def normalized(momentum=0.99, **options):
    layers = Dense(8), BatchNormalization(momentum=momentum), Activation("relu")
    return classes(*layers, Dense(3, "softmax"), **options)


def batches(rows, batch_size, epochs):
    return classes(*plain(), rows=rows, batch_size=batch_size, epochs=epochs)


CASES["S14"] = Cases(
    positive={
        "more rows than there are": lambda: classes(*plain(), rows=110, batch_size=2000, epochs=5),
        "two updates an epoch": lambda: classes(*plain(), rows=400, batch_size=256, epochs=20),
        "pairs, normalized": lambda: normalized(batch_size=2),
    },
    negative={
        "usual": lambda: classes(*plain(), rows=400, epochs=20),
        "all rows, many epochs": lambda: classes(*plain(), rows=400, batch_size=400, epochs=2000),
        "four rows": lambda: xor(loss="binary_crossentropy", epochs=2000),
        "epochs that are not known": lambda: classes(*plain(), rows=400, batch_size=400),
        "a full-batch optimizer": lambda: classes(
            *plain(), rows=400, batch_size=400, epochs=20, optimizer=st.optimizers.LBFGS()
        ),
    },
    unchanged={
        "another seed": (
            lambda: classes(*plain(), rows=400, batch_size=256, epochs=20),
            lambda: classes(*plain(), rows=400, batch_size=256, epochs=20, seed=1),
        ),
    },
    edges={
        "batches of over 32": (lambda: batches(101, 33, 1), lambda: batches(101, 32, 1)),
        "over 100 rows": (lambda: batches(101, 50, 1), lambda: batches(100, 50, 1)),
        "10 updates an epoch": (lambda: batches(297, 33, 1), lambda: batches(330, 33, 1)),
        "500 updates": (lambda: batches(165, 33, 99), lambda: batches(165, 33, 100)),
        "4 rows, normalized": (
            lambda: normalized(batch_size=3),
            lambda: normalized(batch_size=4),
        ),
    },
)

CASES["S22"] = Cases(
    positive={
        "one epoch": lambda: classes(*plain(), rows=400, epochs=1),
        "few rows": lambda: xor(loss="mse", epochs=20),
        "large batches": lambda: classes(*plain(), rows=110, batch_size=2000, epochs=5),
    },
    negative={
        "many epochs": lambda: xor(loss="mse", epochs=2000),
        "epochs that are not known": lambda: classes(*plain()),
        "many rows": lambda: classes(*plain(), rows=3300, epochs=1),
    },
    unchanged={
        "another seed": (
            lambda: two_classes(*plain(1, "sigmoid"), epochs=3),
            lambda: two_classes(*plain(1, "sigmoid"), epochs=3, seed=1),
        ),
    },
    edges={
        "100 updates": (lambda: batches(60, 60, 99), lambda: batches(60, 60, 100)),
    },
)

CASES["S27"] = Cases(
    positive={
        "few updates": lambda: normalized(epochs=20),
        "a slow average": lambda: normalized(0.999, epochs=200),
        "one epoch": lambda: normalized(0.9, epochs=5),
        "20 updates": lambda: normalized(epochs=20, batch_size=60),
        "21 updates": lambda: normalized(epochs=21, batch_size=60),
    },
    negative={
        "many updates": lambda: normalized(epochs=200),
        "a fast average": lambda: normalized(0.9, epochs=20),
        "without": lambda: classes(*plain(), epochs=5),
        "epochs that are not known": lambda: normalized(),
    },
    unchanged={
        "another seed": (lambda: normalized(epochs=20), lambda: normalized(epochs=20, seed=1)),
    },
    edges={
        "a tenth is left": (
            lambda: normalized(0.5, batch_size=60, epochs=3),
            lambda: normalized(0.5, batch_size=60, epochs=4),
        ),
    },
)
