"""Cases of the rules on regularization."""

import steepest as st
from tests.doctor.cases.case import CASES, Cases
from tests.doctor.cases.networks import (
    BatchNormalization,
    Dense,
    Dropout,
    classes,
    plain,
    quantities,
)

L1, L2 = st.regularizers.L1, st.regularizers.L2
AdamW = st.optimizers.AdamW


def penalized(strength, *more, width=32, **options):
    layers = [Dense(width, "relu", kernel_regularizer=strength) for _ in range(2)]
    return classes(*layers, *more, Dense(3, "softmax"), **options)


CASES["S15"] = Cases(
    positive={
        "biases": lambda: classes(Dense(8, "relu", bias_regularizer="l2"), Dense(3, "softmax")),
        "scales": lambda: classes(
            Dense(8), BatchNormalization(gamma_regularizer="l2"), Dense(3, "softmax")
        ),
        "all weights": lambda: classes(*plain(), optimizer=AdamW(0.01)),
        "all weights, normalized": lambda: classes(
            Dense(8), BatchNormalization(), *plain(), optimizer=AdamW(0.01)
        ),
    },
    negative={
        "kernels": lambda: penalized(L2(1e-4)),
        "decay of kernels": lambda: classes(
            *plain(), optimizer=AdamW(0.01, decay_factors={"bias": 0.0})
        ),
        "none": lambda: classes(*plain()),
    },
    unchanged={
        "another strength": (
            lambda: classes(Dense(8, bias_regularizer=L2(0.1)), Dense(3, "softmax")),
            lambda: classes(Dense(8, bias_regularizer=L2(1e-4)), Dense(3, "softmax")),
        ),
    },
)


def underfitted(facts):
    """The facts with the history of a training that learned almost nothing."""
    facts.history = st.callbacks.History()
    facts.history.history = {"loss": [1.09, 1.05]}
    return facts


CASES["S16"] = Cases(
    positive={
        "dropout, penalties and decay": lambda: penalized(
            L2(1e-3), Dropout(0.3), optimizer=AdamW(0.01)
        ),
        "noise, dropout and penalties": lambda: penalized(
            L1(1e-4), st.layers.GaussianNoise(0.1), Dropout(0.3)
        ),
        "two, and hardly any fit": lambda: underfitted(penalized(L2(0.01), Dropout(0.5))),
    },
    negative={
        "one": lambda: penalized(L2(1e-4)),
        "two": lambda: penalized(L2(1e-4), Dropout(0.3)),
        "one, and hardly any fit": lambda: underfitted(penalized(L2(0.01))),
        "none": lambda: classes(*plain()),
    },
    unchanged={
        "another seed": (
            lambda: penalized(L2(1e-3), Dropout(0.3), optimizer=AdamW(0.01)),
            lambda: penalized(L2(1e-3), Dropout(0.3), optimizer=AdamW(0.01), seed=1),
        ),
    },
)

CASES["S29"] = Cases(
    positive={
        "0.1": lambda: penalized(L2(0.1)),
        "1.0, one layer": lambda: quantities(
            Dense(8, "relu", kernel_regularizer=L2(1.0)), Dense(1)
        ),
        "l1": lambda: penalized(L1(0.1)),
    },
    negative={
        "1e-4": lambda: penalized(L2(1e-4)),
        "1e-3": lambda: penalized(L2(1e-3), width=64),
        "none": lambda: classes(*plain()),
    },
    unchanged={
        "another seed": (lambda: penalized(L2(0.1)), lambda: penalized(L2(0.1), seed=1)),
    },
)
