"""Cases of the rules on the output; many are faults that users have asked about."""

import numpy as np

import steepest as st
from tests.doctor.cases.case import CASES, Cases
from tests.doctor.cases.networks import (
    BINARY,
    ONE_HOT,
    SPARSE,
    Activation,
    BatchNormalization,
    Dense,
    Dropout,
    classes,
    curve,
    one_hot,
    plain,
    quantities,
    trained,
    two_classes,
)

LOGITS = st.losses.BinaryCrossentropy(from_logits=True)
SPARSE_LOGITS = st.losses.SparseCategoricalCrossentropy(from_logits=True)


def zeros_and_ones(seed=0):
    y = np.random.default_rng(seed).integers(0, 2, 200)
    return np.repeat(y[:, None], 128, axis=1).astype(np.float32), y


CASES["S1"] = Cases(
    positive={
        "softmax over one unit, binary": lambda: trained(
            *zeros_and_ones(), Dense(50, "relu"), Dropout(0.2), Dense(1, "softmax"), loss=BINARY
        ),
        "softmax over one unit, squared error": lambda: two_classes(
            Dense(3, "sigmoid"), Dense(1, "softmax"), loss="mse", epochs=20
        ),
        "softmax over one unit, categorical": lambda: two_classes(
            *plain(1, "softmax"), loss=ONE_HOT
        ),
        "sigmoid and categorical": lambda: classes(
            Dense(4, "relu"), BatchNormalization(), Dropout(0.3), Dense(1, "sigmoid"), loss=ONE_HOT
        ),
        "sigmoids of classes": lambda: one_hot(Dense(8), Dense(3, "sigmoid")),
        "linear output of probabilities": lambda: two_classes(
            *plain(1, None, hidden="sigmoid", depth=6)
        ),
        "relu output of probabilities": lambda: two_classes(*plain(1, "relu")),
        "logits after sigmoid": lambda: two_classes(*plain(1, "sigmoid"), loss=LOGITS),
        "logits after softmax": lambda: classes(*plain(3), loss=SPARSE_LOGITS),
        "softmax twice": lambda: classes(*plain(3), Activation("softmax")),
    },
    negative={
        "softmax": lambda: classes(*plain()),
        "sigmoid": lambda: two_classes(*plain(1, "sigmoid")),
        "logits": lambda: classes(*plain(3, None), loss=SPARSE_LOGITS),
        "logits of one unit": lambda: two_classes(*plain(1, None), loss=LOGITS),
        "an activation of its own": lambda: classes(*plain(3, None), Activation("softmax")),
        "quantities": lambda: quantities(*plain(1, None)),
    },
    unchanged={
        "another seed": (
            lambda: two_classes(*plain(1, "softmax")),
            lambda: two_classes(*plain(1, "softmax"), seed=1),
        ),
        "another width": (
            lambda: one_hot(*plain(3, "sigmoid")),
            lambda: one_hot(*plain(3, "sigmoid", width=5)),
        ),
    },
)

CASES["S2"] = Cases(
    positive={
        "four classes for one sigmoid": lambda: classes(
            *plain(1, "sigmoid"), count=4, rows=80, loss=BINARY
        ),
        "quantities for a binary loss": lambda: quantities(
            *plain(1, "sigmoid"), target=np.tanh, loss=BINARY
        ),
        "negative quantities for poisson": lambda: quantities(*plain(1, "softmax"), loss="poisson"),
        "class numbers for categorical": lambda: classes(*plain(), loss=ONE_HOT),
        "one-hot rows for sparse": lambda: one_hot(*plain(), loss=SPARSE),
        "classes as quantities": lambda: classes(*plain(1, None), loss="mse"),
        "quantities for sparse": lambda: quantities(*plain(3), loss=SPARSE),
    },
    negative={
        "class numbers": lambda: classes(*plain()),
        "one-hot": lambda: one_hot(*plain()),
        "two classes": lambda: two_classes(*plain(1, "sigmoid")),
        "two classes and squared error": lambda: two_classes(*plain(1, "sigmoid"), loss="mse"),
        "shares for a binary loss": lambda: quantities(
            *plain(1, "sigmoid"), target=lambda y: 1 / (1 + np.exp(-y)), loss=BINARY
        ),
        "counts for poisson": lambda: quantities(
            *plain(1, "exponential"), target=lambda y: np.round(np.exp(y)), loss="poisson"
        ),
        "ratings as floats": lambda: quantities(
            *plain(1, None), target=lambda y: np.round(y).clip(-2, 2) + 3
        ),
    },
    unchanged={
        "another seed": (
            lambda: classes(*plain(1, "sigmoid"), loss=BINARY),
            lambda: classes(*plain(1, "sigmoid"), loss=BINARY, seed=3),
        ),
        "scaled targets": (
            lambda: quantities(*plain(1, "sigmoid"), loss=BINARY),
            lambda: quantities(*plain(1, "sigmoid"), loss=BINARY, target=lambda y: 9 * y),
        ),
    },
)

CASES["S24"] = Cases(
    positive={
        "softmax of one-hot": lambda: one_hot(
            *plain(), loss="mse", optimizer=st.optimizers.SGD(0.1, momentum=0.9)
        ),
        "sigmoid": lambda: two_classes(*plain(1, "sigmoid"), loss="mse"),
        "absolute error": lambda: one_hot(*plain(), loss="mae"),
    },
    negative={
        "cross-entropy": lambda: one_hot(*plain()),
        "linear output": lambda: two_classes(*plain(1, None), loss="mse"),
        "shares": lambda: quantities(
            *plain(1, "sigmoid"), target=lambda y: 1 / (1 + np.exp(-y)), loss="mse"
        ),
    },
    unchanged={
        "another seed": (
            lambda: two_classes(*plain(1, "sigmoid"), loss="mse"),
            lambda: two_classes(*plain(1, "sigmoid"), loss="mse", seed=1),
        ),
    },
)


def two_columns(*layers, **options):
    x, y = curve()
    return trained(x, np.stack([y, y**2], axis=1), *layers, loss="mse", **options)


CASES["S3"] = Cases(
    positive={
        "ten units for one number": lambda: quantities(*plain(10, "softmax")),
        "two units for one number": lambda: quantities(*plain(2, None)),
        "one unit for two numbers": lambda: two_columns(*plain(1, None)),
        "two units for a binary loss": lambda: two_classes(*plain(2, "sigmoid")),
    },
    negative={
        "one for one": lambda: quantities(*plain(1, None)),
        "a column": lambda: trained(
            *(lambda x, y: (x, y[:, None]))(*curve()), *plain(1, None), loss="mse"
        ),
        "two for two": lambda: two_columns(*plain(2, None)),
        "class numbers": lambda: classes(*plain()),
    },
    unchanged={
        "a constant added": (
            lambda: quantities(*plain(4, None)),
            lambda: quantities(*plain(4, None), target=lambda y: y + 3),
        ),
    },
)

CASES["S11"] = Cases(
    positive={
        "a square after sigmoid": lambda: quantities(
            Dense(8, "tanh"), Dense(1, "sigmoid"), target=np.square
        ),
        "negative numbers after relu": lambda: quantities(
            *plain(1, "relu"), target=lambda y: -np.abs(y)
        ),
        "half of the numbers after relu": lambda: quantities(*plain(1, "relu", depth=2, width=30)),
        "softmax of two quantities": lambda: two_columns(*plain(2, "softmax")),
        "large numbers after softmax of one unit": lambda: quantities(
            Dense(2, "tanh"), Dropout(0.5), Dense(1, "softmax"), target=lambda y: 1e4 * y
        ),
        "tanh": lambda: quantities(*plain(1, "tanh")),
    },
    negative={
        "linear": lambda: quantities(*plain(1, None)),
        "positive numbers after relu": lambda: quantities(*plain(1, "relu"), target=np.abs),
        "tanh of small numbers": lambda: quantities(*plain(1, "tanh"), target=np.tanh),
        "sigmoid of two classes": lambda: two_classes(*plain(1, "sigmoid"), loss="mse"),
        "classes": lambda: classes(*plain()),
    },
    unchanged={
        "scaled targets": (
            lambda: quantities(*plain(1, "relu")),
            lambda: quantities(*plain(1, "relu"), target=lambda y: 0.01 * y),
        ),
        "another seed": (
            lambda: quantities(*plain(1, "sigmoid")),
            lambda: quantities(*plain(1, "sigmoid"), seed=4),
        ),
    },
)

SUMMED = st.losses.MeanSquaredError(reduction="sum")
CASES["S23"] = Cases(
    positive={
        "squared error": lambda: quantities(*plain(1, None), loss=SUMMED),
        "classes": lambda: classes(
            *plain(), loss=st.losses.SparseCategoricalCrossentropy(reduction="sum")
        ),
        "in large batches": lambda: quantities(*plain(1, None), loss=SUMMED, batch_size=100),
    },
    negative={
        "the mean": lambda: quantities(*plain(1, None)),
        "batches of one row": lambda: quantities(*plain(1, None), loss=SUMMED, batch_size=1),
        "the mean of classes": lambda: classes(*plain()),
    },
    unchanged={
        "scaled targets": (
            lambda: quantities(*plain(1, None), loss=SUMMED),
            lambda: quantities(*plain(1, None), loss=SUMMED, target=lambda y: 100 * y),
        ),
    },
)


def negative(y, p):
    return -st.losses.mean_squared_error(y, p)


def crossed(y, p):
    return st.math.square(p - st.reshape(y, (1, -1)))


def product(y, p):
    return y * p


def own_error(y, p):
    return st.math.square(y - p)


CASES["S32"] = Cases(
    positive={
        "the wrong sign": lambda: quantities(*plain(1, None), loss=negative),
        "each target against each output": lambda: quantities(*plain(1, None), loss=crossed),
        "a product": lambda: quantities(*plain(1, None), loss=product),
    },
    negative={
        "a function that is right": lambda: quantities(*plain(1, None), loss=own_error),
        "a usual loss": lambda: quantities(*plain(1, None)),
        "classes": lambda: classes(*plain(), loss=SPARSE),
        "constant targets": lambda: quantities(
            *plain(1, None), loss=own_error, target=lambda y: 0 * y + 1
        ),
    },
    unchanged={
        "a constant added to the loss": (
            lambda: quantities(*plain(1, None), loss=negative),
            lambda: quantities(*plain(1, None), loss=lambda y, p: negative(y, p) + 5.0),
        ),
    },
)
