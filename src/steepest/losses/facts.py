"""Declarations of the labels and predictions that a loss takes, for the checks before training."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple


class Labels(NamedTuple):
    """The labels that a loss takes: quantities, class numbers, or numbers between two limits.

    `words` names them and `remedy` is the advice in the error for labels outside the limits; with
    `adds_up` the entries of a row must add up to 1. A user-defined loss declares its labels on its
    class:

    >>> import steepest as st
    >>> class Share(st.losses.Loss):
    ...     labels = st.diagnosis.Labels("values", "shares", 0.0, 1.0, "divide by 100")
    ...     def call(self, y_true, y_pred):
    ...         return st.reduce_mean((y_pred - y_true) ** 2, axis=-1)
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,))])
    >>> model.compile("sgd", Share())
    >>> model.fit([[1.0], [2.0]], [0.5, 25.0], verbose=0)
    Traceback (most recent call last):
        ...
    steepest.errors.DataError: y: the loss takes shares, row 1 holds 25.0; divide by 100
    """

    kind: Literal["quantities", "classes", "values"]
    words: str
    low: float = -math.inf
    high: float = math.inf
    remedy: str = ""
    adds_up: bool = False


class Predictions(NamedTuple):
    """The predictions that a loss takes: outputs of an activation, or numbers above 0.

    >>> import steepest as st
    >>> st.losses.BinaryCrossentropy.predictions
    Predictions(activation='sigmoid', positive=False)
    """

    activation: Literal["sigmoid", "softmax"] | None = None
    positive: bool = False


QUANTITIES = Labels("quantities", "quantities")
CLASS_NUMBERS = Labels("classes", "class numbers")
ZERO_OR_ONE = Labels("values", "labels between 0 and 1", 0.0, 1.0, "map the two classes to 0 and 1")
SHARES_OF_CLASSES = Labels(
    "values", "shares of classes between 0 and 1", 0.0, 1.0, "st.one_hot(y, classes) makes them",
    adds_up=True,
)  # fmt: skip
SHARES = Labels("values", "shares between 0 and 1", 0.0, 1.0, "divide each row by its sum")
SIGNS = Labels(
    "values", "labels -1 and 1, or 0 and 1", -1.0, 1.0, "map the two classes to -1 and 1"
)
SIZES = Labels("quantities", "quantities of 0 or more", 0.0, math.inf, "use 'mse' or 'mae'")
COUNTS = Labels("values", "counts of 0 or more", 0.0, math.inf, "for other quantities use 'mse'")
