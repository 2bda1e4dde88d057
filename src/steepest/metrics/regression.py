"""Metrics of regression: means of errors, cosine similarity, hinge losses, R2."""

from __future__ import annotations

from typing import Any

from steepest.arguments import require_within
from steepest.core import ops
from steepest.core.dtype import DTypeLike
from steepest.core.primitives import show
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ArgumentError, ShapeError
from steepest.functions import composed, nn
from steepest.labels import columns
from steepest.losses import (
    categorical_hinge,
    hinge,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    squared_hinge,
)
from steepest.losses.base import matched, weights_like
from steepest.metrics.base import METRICS, SUMS, MeanMetricWrapper, Metric, SeparableMean


def cosine_similarity(y_true: TensorLike, y_pred: TensorLike, axis: int = -1) -> Tensor:
    """The cosine of the angle between target and prediction (the loss is its negative).

    >>> import steepest as st
    >>> st.metrics.cosine_similarity([[1.0, 0.0]], [[2.0, 0.0]]).tolist()
    [1.0]
    """
    y, p = matched("cosine_similarity", y_true, y_pred)
    return ops.reduce_sum(nn.l2_normalize(y, axis) * nn.l2_normalize(p, axis), axis)


@METRICS.register("mse")
class MeanSquaredError(SeparableMean):
    """The mean of squared errors.

    >>> import steepest as st
    >>> st.metrics.MeanSquaredError()([[0.0], [0.0]], [[1.0], [3.0]]).item()
    5.0
    """

    def __init__(self, name: str = "mean_squared_error", dtype: DTypeLike = "float32") -> None:
        super().__init__(mean_squared_error, name, dtype)


@METRICS.register("rmse")
class RootMeanSquaredError(MeanSquaredError):
    """The square root of the mean of squared errors.

    >>> import steepest as st
    >>> st.metrics.RootMeanSquaredError()([[0.0], [0.0]], [[3.0], [3.0]]).item()
    3.0
    """

    def __init__(self, name: str = "root_mean_squared_error", dtype: DTypeLike = "float32") -> None:
        super().__init__(name, dtype)

    def result(self) -> Tensor:
        """The root of the mean so far."""
        return ops.sqrt(super().result())


@METRICS.register("mae")
class MeanAbsoluteError(SeparableMean):
    """The mean of absolute errors.

    >>> import steepest as st
    >>> st.metrics.MeanAbsoluteError()([[0.0], [0.0]], [[1.0], [-3.0]]).item()
    2.0
    """

    def __init__(self, name: str = "mean_absolute_error", dtype: DTypeLike = "float32") -> None:
        super().__init__(mean_absolute_error, name, dtype)


@METRICS.register("mape")
class MeanAbsolutePercentageError(SeparableMean):
    """The mean absolute error in percent of the targets.

    >>> import steepest as st
    >>> st.metrics.MeanAbsolutePercentageError()([[2.0]], [[1.0]]).item()
    50.0
    """

    def __init__(
        self, name: str = "mean_absolute_percentage_error", dtype: DTypeLike = "float32"
    ) -> None:
        super().__init__(mean_absolute_percentage_error, name, dtype)


@METRICS.register("msle")
class MeanSquaredLogarithmicError(SeparableMean):
    """The mean squared difference of logarithms.

    >>> import steepest as st
    >>> st.metrics.MeanSquaredLogarithmicError()([[1.0]], [[1.0]]).item()
    0.0
    """

    def __init__(
        self, name: str = "mean_squared_logarithmic_error", dtype: DTypeLike = "float32"
    ) -> None:
        super().__init__(mean_squared_logarithmic_error, name, dtype)


@METRICS.register("logcosh", "LogCoshError")
class LogCosh(SeparableMean):
    """The mean logarithm of the hyperbolic cosine of errors.

    >>> import steepest as st
    >>> st.metrics.LogCosh()([[1.0]], [[1.0]]).item()
    0.0
    """

    def __init__(self, name: str = "logcosh", dtype: DTypeLike = "float32") -> None:
        super().__init__(log_cosh, name, dtype)


@METRICS.register
class CosineSimilarity(MeanMetricWrapper):
    """The mean cosine of the angles between targets and predictions.

    >>> import steepest as st
    >>> st.metrics.CosineSimilarity()([[1.0, 0.0]], [[2.0, 0.0]]).item()
    1.0
    """

    def __init__(
        self, name: str = "cosine_similarity", dtype: DTypeLike = "float32", axis: int = -1
    ) -> None:
        super().__init__(cosine_similarity, name, dtype, axis=axis)


@METRICS.register
class Hinge(SeparableMean):
    """The mean shortfall from the margin.

    >>> import steepest as st
    >>> st.metrics.Hinge()([[1.0]], [[0.5]]).item()
    0.5
    """

    def __init__(self, name: str = "hinge", dtype: DTypeLike = "float32") -> None:
        super().__init__(hinge, name, dtype)


@METRICS.register
class SquaredHinge(SeparableMean):
    """The mean squared shortfall from the margin.

    >>> import steepest as st
    >>> st.metrics.SquaredHinge()([[1.0]], [[0.5]]).item()
    0.25
    """

    def __init__(self, name: str = "squared_hinge", dtype: DTypeLike = "float32") -> None:
        super().__init__(squared_hinge, name, dtype)


@METRICS.register
class CategoricalHinge(MeanMetricWrapper):
    """The mean shortfall from the margin between classes.

    >>> import steepest as st
    >>> st.metrics.CategoricalHinge()([[1.0, 0.0]], [[1.0, 0.0]]).item()
    0.0
    """

    def __init__(self, name: str = "categorical_hinge", dtype: DTypeLike = "float32") -> None:
        super().__init__(categorical_hinge, name, dtype)


AVERAGES = ("uniform_average", "variance_weighted_average")


@METRICS.register("r2", "r_squared")
class R2Score(Metric):
    """The coefficient of determination: 1 - sum e^2 / sum (y - mean)^2.

    The scores of several outputs are averaged ("uniform_average"), averaged by variance
    ("variance_weighted_average") or returned each (None). Sums are of targets less the mean of the
    first batch, so that a large common offset costs no digits. With `num_regressors` p above 0 the
    score of n examples is adjusted: 1 - (1 - R2) (n - 1) / (n - p - 1).

    >>> import steepest as st
    >>> st.metrics.R2Score()([[1.0], [2.0], [3.0]], [[1.0], [2.0], [4.0]]).item()
    0.5
    """

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str = "r2_score",
        dtype: DTypeLike = "float32",
    ) -> None:
        super().__init__(name, dtype)
        if class_aggregation is not None and class_aggregation not in AVERAGES:
            raise ArgumentError(
                f"R2Score: class_aggregation is one of {AVERAGES} or None, "
                f"got {class_aggregation!r}"
            )
        require_within(self, "[0, inf)", num_regressors=num_regressors)
        self.class_aggregation, self.num_regressors = class_aggregation, num_regressors
        self._sums: dict[str, Any] = {}

    def _build(self, outputs: int) -> None:
        if not self._sums:
            for name in ("count", "weight", "offset", "total", "squares", "errors"):
                shape = () if name in ("count", "weight") else (outputs,)
                self._sums[name] = self.add_variable(name, shape, dtype=SUMS)

    def update_state(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike | None = None
    ) -> None:
        """Adds a batch."""
        given = columns(ops.as_tensor(y_true), ops.as_tensor(y_pred))
        y, p = (ops.cast(tensor, SUMS) for tensor in matched(self.name, *given))
        if y.ndim != 2:
            raise ShapeError(f"{self.name}: expected (batch, outputs), got {show(y.shape)}")
        self._build(int(y.shape[-1] or 0))
        ones = composed.ones_like(y[:, :1])
        weights = ones if sample_weight is None else weights_like(sample_weight, ones)
        sums = self._sums
        mean = ops.reduce_sum(y, axis=0) / ops.maximum(ops.reduce_sum(ones), 1.0)
        offset = ops.where(sums["weight"] > 0.0, sums["offset"].value, mean)
        sums["offset"].assign(offset)
        shifted = y - offset
        sums["count"].assign_add(ops.reduce_sum(ones))
        sums["weight"].assign_add(ops.reduce_sum(weights))
        sums["total"].assign_add(ops.reduce_sum(weights * shifted, axis=0))
        sums["squares"].assign_add(ops.reduce_sum(weights * shifted * shifted, axis=0))
        sums["errors"].assign_add(ops.reduce_sum(weights * composed.square(y - p), axis=0))

    def result(self) -> Tensor:
        """The score so far; 0 before the first batch and for constant targets."""
        if not self._sums:
            return composed.zeros((), self.dtype)
        sums = {name: variable.value for name, variable in self._sums.items()}
        mean = composed.divide_no_nan(sums["total"], sums["weight"])
        spread = ops.maximum(sums["squares"] - sums["total"] * mean, 0.0)
        scores = ops.where(spread > 0.0, 1.0 - composed.divide_no_nan(sums["errors"], spread), 0.0)
        if self.class_aggregation == "uniform_average":
            scores = ops.reduce_mean(scores)
        elif self.class_aggregation:
            scores = composed.divide_no_nan(ops.reduce_sum(scores * spread), ops.reduce_sum(spread))
        return ops.cast(self._adjusted(scores, sums["count"]), self.dtype)

    def _adjusted(self, score: Tensor, count: Tensor) -> Tensor:
        """The score adjusted for the number of regressors; unchanged if there are too few rows."""
        if not self.num_regressors:
            return score
        left = count - 1.0 - float(self.num_regressors)
        adjusted = 1.0 - (1.0 - score) * composed.divide_no_nan(count - 1.0, left)
        return ops.where(left > 0.0, adjusted, score)
