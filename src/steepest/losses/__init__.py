"""Losses: classes with sample weights and a reduction, and functions of one value per example.

`get` finds a loss by its Keras name ("mse", "sparse_categorical_crossentropy", ...).
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
from steepest.losses.metric_learning import Circle, circle
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
from steepest.user_objects import custom_objects as _custom_objects

BinaryCrossEntropy = BinaryCrossentropy
CategoricalCrossEntropy = CategoricalCrossentropy

# Keras's short names of the functions.
mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
kld = KLD = kl_divergence
logcosh = log_cosh

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
    "Circle",
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
    "circle",
    "dice",
    "tversky",
    "reduced",
    "mse",
    "MSE",
    "mae",
    "MAE",
    "mape",
    "MAPE",
    "msle",
    "MSLE",
    "kld",
    "KLD",
    "logcosh",
    "get",
    "deserialize",
    "serialize",
]


def get(identifier: Any) -> Any:
    """Returns the loss for a name, function of (y_true, y_pred), class, configuration or loss.

    >>> import steepest as st
    >>> st.losses.get("mse")
    MeanSquaredError()
    >>> st.losses.get(lambda y_true, y_pred: abs(y_true - y_pred))([[1.0]], [[3.0]]).item()
    2.0
    """
    found = LOSSES.get(identifier)
    if found is None or isinstance(found, Loss):
        return found
    loss_class = CLASSES.get(found)
    return LossFunction(found) if loss_class is None else loss_class()


LOSSES.register(LossFunction)
serialize = LOSSES.serialize


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """The loss of what `serialize` gave; users' classes are found in `custom_objects` too.

    >>> deserialize("mse")
    MeanSquaredError()
    """
    with _custom_objects(custom_objects or {}):
        return get(config)


suggest_names(__name__)
