"""Metrics: values accumulated over batches, as classes and as functions of one batch.

`get` finds a metric by its Keras name; "accuracy" depends on the shapes of the output and the loss.
"""

from __future__ import annotations

from typing import Any

from steepest.errors import suggest_names
from steepest.losses import (
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_hinge,
    hinge,
    huber,
    kl_divergence,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)
from steepest.losses.base import LOSSES, SeparableLoss
from steepest.metrics.accuracy import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
    accuracy,
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from steepest.metrics.agreement import BalancedAccuracy, CohenKappa, MatthewsCorrelation
from steepest.metrics.area import AUC
from steepest.metrics.base import METRICS, Mean, MeanMetricWrapper, Metric, SeparableMean, Sum
from steepest.metrics.confusion import ConfusionMatrix
from steepest.metrics.correlation import (
    ConcordanceCorrelation,
    PearsonCorrelation,
    concordance_correlation,
    pearson_correlation,
)
from steepest.metrics.curves import (
    EER,
    PrecisionAtRecall,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
)
from steepest.metrics.decisions import (
    FalseNegatives,
    FalsePositives,
    Precision,
    Recall,
    TrueNegatives,
    TruePositives,
)
from steepest.metrics.f_scores import F1Score, FBetaScore
from steepest.metrics.overlap import BinaryIoU, IoU, MeanIoU, OneHotIoU, OneHotMeanIoU
from steepest.metrics.probabilistic import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    KLDivergence,
    Poisson,
    SparseCategoricalCrossentropy,
)
from steepest.metrics.regression import (
    CategoricalHinge,
    CosineSimilarity,
    Hinge,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    R2Score,
    RootMeanSquaredError,
    SquaredHinge,
    cosine_similarity,
)
from steepest.metrics.resolve import (
    ACCURACIES,
    CROSSENTROPIES,
    depends_on_labels,
    resolve_accuracy,
    resolve_crossentropy,
)
from steepest.user_objects import custom_objects as _custom_objects

LogCoshError = LogCosh
# Keras's short names of the functions.
mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
kld = KLD = kl_divergence

__all__ = [
    "Metric",
    "Mean",
    "Sum",
    "MeanMetricWrapper",
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "SparseCategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "SparseCategoricalCrossentropy",
    "KLDivergence",
    "Poisson",
    "MeanSquaredError",
    "RootMeanSquaredError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredLogarithmicError",
    "LogCosh",
    "LogCoshError",
    "CosineSimilarity",
    "PearsonCorrelation",
    "ConcordanceCorrelation",
    "R2Score",
    "Hinge",
    "SquaredHinge",
    "CategoricalHinge",
    "TruePositives",
    "FalsePositives",
    "TrueNegatives",
    "FalseNegatives",
    "Precision",
    "Recall",
    "FBetaScore",
    "F1Score",
    "ConfusionMatrix",
    "BalancedAccuracy",
    "MatthewsCorrelation",
    "CohenKappa",
    "IoU",
    "MeanIoU",
    "BinaryIoU",
    "OneHotIoU",
    "OneHotMeanIoU",
    "AUC",
    "EER",
    "SensitivityAtSpecificity",
    "SpecificityAtSensitivity",
    "PrecisionAtRecall",
    "RecallAtPrecision",
    "accuracy",
    "binary_accuracy",
    "categorical_accuracy",
    "sparse_categorical_accuracy",
    "top_k_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "cosine_similarity",
    "pearson_correlation",
    "concordance_correlation",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_hinge",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "poisson",
    "sparse_categorical_crossentropy",
    "squared_hinge",
    "resolve_accuracy",
    "resolve_crossentropy",
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
    "get",
    "deserialize",
    "serialize",
    "name_of",
]


def get(identifier: Any, loss: Any = None, target: Any = None, prediction: Any = None) -> Any:
    """Returns the metric for a name, function of (y_true, y_pred), class, configuration or metric.

    For "accuracy", "acc", "crossentropy" and "ce" it is the class that fits the shapes of target
    and prediction and the loss, if these are given, under the given name.

    >>> import steepest as st
    >>> output = st.TensorSpec((None, 1))
    >>> st.metrics.get("acc", target=output, prediction=output)
    BinaryAccuracy(name='acc')
    >>> st.metrics.get(lambda y_true, y_pred: abs(y_true - y_pred))([[1.0]], [[3.0]]).item()
    2.0
    """
    if prediction is not None and isinstance(identifier, str):
        if identifier.lower() in ACCURACIES:
            return resolve_accuracy(target, prediction, loss, identifier)
        if identifier.lower() in CROSSENTROPIES:
            return resolve_crossentropy(target, prediction, loss, identifier)
    if isinstance(identifier, str):
        return _named(identifier)
    found = METRICS.get(identifier)
    return found if found is None or isinstance(found, Metric) else _wrapped(found)


def _named(name: str) -> Any:
    """The metric of a name; "acc" and the names of losses name metrics too."""
    if name.lower() in ACCURACIES:
        return Accuracy(name=name)
    if not METRICS.has(name) and LOSSES.has(name):
        loss = LOSSES.get(name)
        wrapper = SeparableMean if isinstance(loss, SeparableLoss) else MeanMetricWrapper
        return wrapper(loss.function, name, **loss.options)
    found = METRICS.get(name)  # a user's function is wrapped
    return found if isinstance(found, Metric) else MeanMetricWrapper(found, name)


def _wrapped(function: Any) -> Metric:
    """The metric of a function: the class of the same name if there is one."""
    name = getattr(function, "__name__", "metric")
    if globals().get(name) is function:
        return _named(name)
    return MeanMetricWrapper(function, name.strip("<>"))


def name_of(identifier: Any) -> str:
    """The name in the logs of the metric that `get` returns for an identifier.

    >>> import steepest as st
    >>> st.metrics.name_of("acc"), st.metrics.name_of(st.metrics.Mean("m"))
    ('acc', 'm')
    """
    if isinstance(identifier, str) and depends_on_labels(identifier):
        return identifier
    return str(get(identifier).name)


serialize = METRICS.serialize


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """The metric of what `serialize` gave; users' classes are found in `custom_objects` too.

    >>> deserialize(serialize(MeanSquaredError("error"))).name
    'error'
    """
    with _custom_objects(custom_objects or {}):
        return get(config)


suggest_names(__name__)
