"""Cases of the rules on hidden layers."""

import numpy as np

import steepest as st
from tests.doctor.cases.case import CASES, Cases
from tests.doctor.cases.networks import (
    Activation,
    BatchNormalization,
    Dense,
    Dropout,
    classes,
    one_hot,
    plain,
    quantities,
    two_classes,
)

CASES["S4"] = Cases(
    positive={
        "a line for a curve": lambda: quantities(Dense(5), Dense(1), loss="mae"),
        "a linear layer before softmax": lambda: classes(Dense(30), Dense(3, "softmax")),
        "dropout between": lambda: classes(Dense(30), Dropout(0.2), Dense(3, "softmax")),
        "four of them": lambda: classes(*plain(depth=4, hidden=None)),
        "the second one": lambda: classes(Dense(8, "relu"), Dense(8), Dense(3, "softmax")),
    },
    negative={
        "relu": lambda: classes(*plain()),
        "an activation of its own": lambda: classes(
            Dense(8), BatchNormalization(), Activation("relu"), Dense(3, "softmax")
        ),
        "a factor of low rank": lambda: classes(Dense(2), Dense(16, "relu"), Dense(3, "softmax")),
        "no hidden layer": lambda: classes(Dense(3, "softmax")),
    },
    unchanged={
        "renamed": (
            lambda: classes(Dense(8), Dense(3, "softmax")),
            lambda: classes(Dense(8, name="first"), Dense(3, "softmax", name="last")),
        ),
    },
)

CASES["S5"] = Cases(
    positive={
        "sigmoid of relu": lambda: classes(
            Dense(8, "relu"), Activation("sigmoid"), Dense(3, "softmax")
        ),
        "relu of tanh": lambda: classes(Dense(8, "tanh"), st.layers.ReLU(), Dense(3, "softmax")),
        "behind dropout": lambda: classes(
            Dense(8, "tanh"), Dropout(0.1), Activation("tanh"), Dense(3, "softmax")
        ),
    },
    negative={
        "one each": lambda: classes(*plain(depth=2)),
        "activations of their own": lambda: classes(
            Dense(8), st.layers.ReLU(), Dense(3), Activation("softmax")
        ),
        "normalized between": lambda: classes(
            Dense(8, "tanh"), BatchNormalization(), Activation("relu"), Dense(3, "softmax")
        ),
    },
    unchanged={
        "another width": (
            lambda: classes(Dense(8, "relu"), Activation("tanh"), Dense(3, "softmax")),
            lambda: classes(Dense(20, "relu"), Activation("tanh"), Dense(3, "softmax")),
        ),
    },
)


def normalized(use_bias=True, activation=None, name=None):
    return [
        Dense(8, activation, use_bias=use_bias, name=name),
        BatchNormalization(),
        Activation("relu"),
        Dense(3, "softmax"),
    ]


CASES["S6"] = Cases(
    positive={
        "usual": lambda: classes(*normalized()),
        "two classes": lambda: two_classes(Dense(4), BatchNormalization(), Dense(1, "sigmoid")),
        "in the second layer": lambda: classes(Dense(8, "relu"), *normalized()),
    },
    negative={
        "without a bias": lambda: classes(*normalized(use_bias=False)),
        "after an activation": lambda: classes(*normalized(activation="relu")),
        "layer normalization": lambda: classes(
            Dense(8), st.layers.LayerNormalization(), Dense(3, "softmax")
        ),
    },
    unchanged={
        "renamed": (lambda: classes(*normalized()), lambda: classes(*normalized(name="a"))),
    },
)

CASES["S7"] = Cases(
    positive={
        "before normalization": lambda: classes(
            Dense(8, "relu"), Dropout(0.5), BatchNormalization(), Dense(3, "softmax")
        ),
        "of the outputs": lambda: classes(*plain(), Dropout(0.2)),
        "of the logits": lambda: classes(
            Dense(8, "relu"), Dense(3), Dropout(0.2), Activation("softmax")
        ),
    },
    negative={
        "between layers": lambda: classes(Dense(8, "relu"), Dropout(0.3), Dense(3, "softmax")),
        "after normalization": lambda: classes(
            Dense(8, "relu"), BatchNormalization(), Dropout(0.3), Dense(3, "softmax")
        ),
        "a rate of 0": lambda: classes(*plain(), Dropout(0.0)),
        "a layer between": lambda: classes(
            Dropout(0.2), Dense(8), BatchNormalization(), Activation("relu"), Dense(3, "softmax")
        ),
    },
    unchanged={
        "another rate": (
            lambda: classes(*plain(), Dropout(0.2)),
            lambda: classes(*plain(), Dropout(0.4)),
        ),
    },
)

CASES["S8"] = Cases(
    positive={
        "most units": lambda: classes(Dense(64, "relu"), Dropout(0.8), Dense(3, "softmax")),
        "most inputs": lambda: classes(Dropout(0.7), *plain()),
        "too few left": lambda: classes(Dense(4, "relu"), Dropout(0.5), Dense(3, "softmax")),
    },
    negative={
        "half": lambda: classes(Dense(64, "relu"), Dropout(0.5), Dense(3, "softmax")),
        "a fifth": lambda: classes(Dropout(0.2), *plain()),
        "a narrow layer for one output": lambda: two_classes(
            Dense(4, "relu"), Dropout(0.5), Dense(1, "sigmoid")
        ),
    },
    unchanged={
        "another seed": (
            lambda: classes(Dense(64, "relu"), Dropout(0.8), Dense(3, "softmax")),
            lambda: classes(Dense(64, "relu"), Dropout(0.8), Dense(3, "softmax"), seed=1),
        ),
    },
)

CASES["S25"] = Cases(
    positive={
        "one unit": lambda: classes(*plain(width=1)),
        "two units for six classes": lambda: classes(*plain(6, width=2), count=6, rows=120),
        "the second of two": lambda: one_hot(Dense(16, "relu"), Dense(1, "tanh"), Dense(3)),
    },
    negative={
        "two units for three classes": lambda: classes(*plain(width=2)),
        "one output": lambda: two_classes(*plain(1, "sigmoid", width=1)),
        "quantities": lambda: quantities(*plain(1, None, width=1)),
    },
    unchanged={
        "another seed": (
            lambda: classes(*plain(width=1)),
            lambda: classes(*plain(width=1), seed=2),
        ),
    },
)
CASES["S12"] = Cases(
    positive={
        "wide": lambda: classes(*plain(width=12_000)),
        "deep": lambda: classes(*plain(width=300, depth=3), rows=60),
        "few rows": lambda: classes(*plain(width=2000), rows=9),
    },
    negative={
        "narrow": lambda: classes(*plain()),
        "many rows": lambda: classes(*plain(width=300, depth=2), rows=300),
        "linear": lambda: classes(Dense(3, "softmax")),
    },
    unchanged={
        "a constant added": (
            lambda: quantities(*plain(1, None, width=40_000)),
            lambda: quantities(*plain(1, None, width=40_000), target=lambda y: y + np.float32(5)),
        ),
    },
)
