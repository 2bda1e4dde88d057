"""Losses, as classes with weights and reduction and as functions, one value per example.

Names are Keras's; `get` finds a loss by name ("mse", "sparse_categorical_crossentropy", ...).
"""

from __future__ import annotations

from typing import Any

from steepest.errors import suggest_names
from steepest.losses.base import CLASSES, LOSSES, Loss, LossFunction, reduced
from steepest.losses.classification import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    CategoricalGeneralizedCrossEntropy,
    KLDivergence,
    SparseCategoricalCrossentropy,
)
from steepest.losses.crossentropy import (
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_generalized_cross_entropy,
    kl_divergence,
    sparse_categorical_crossentropy,
)
from steepest.losses.margin import (
    CategoricalHinge,
    Hinge,
    SquaredHinge,
    categorical_hinge,
    hinge,
    squared_hinge,
)
from steepest.losses.overlap import Dice, Tversky, dice, tversky
from steepest.losses.regression import (
    CosineSimilarity,
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    Quantile,
    cosine_similarity,
    huber,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    quantile,
)

BinaryCrossEntropy = BinaryCrossentropy
CategoricalCrossEntropy = CategoricalCrossentropy

__all__ = [
    "Loss",
    "LossFunction",
    "MeanSquaredError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredLogarithmicError",
    "Huber",
    "LogCosh",
    "Poisson",
    "Quantile",
    "CosineSimilarity",
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "SparseCategoricalCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalGeneralizedCrossEntropy",
    "KLDivergence",
    "Hinge",
    "SquaredHinge",
    "CategoricalHinge",
    "Dice",
    "Tversky",
    "BinaryCrossEntropy",
    "CategoricalCrossEntropy",
    "mean_squared_error",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_logarithmic_error",
    "huber",
    "log_cosh",
    "poisson",
    "quantile",
    "cosine_similarity",
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
    "binary_focal_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_generalized_cross_entropy",
    "kl_divergence",
    "hinge",
    "squared_hinge",
    "categorical_hinge",
    "dice",
    "tversky",
    "reduced",
    "get",
]


def get(identifier: Any) -> Any:
    """The loss of a name, a function of (y_true, y_pred), a class, a configuration, or itself.

    >>> import steepest as st
    >>> st.losses.get("mse")
    MeanSquaredError()
    >>> st.losses.get(lambda y_true, y_pred: abs(y_true - y_pred))([[1.0]], [[3.0]]).item()
    2.0
    """
    found = LOSSES.get(identifier)
    if found is None or isinstance(found, Loss):
        return found
    kind = CLASSES.get(found)
    return LossFunction(found) if kind is None else kind()


LOSSES.register(LossFunction)
suggest_names(__name__)
