"""Pearson and concordance correlation of targets and predictions within each example."""

from __future__ import annotations

from steepest.core import ops
from steepest.core.dtype import DTypeLike
from steepest.core.tensor import Tensor, TensorLike
from steepest.functions import composed, nn
from steepest.losses.base import matched
from steepest.metrics.base import METRICS, MeanMetricWrapper


def pearson_correlation(y_true: TensorLike, y_pred: TensorLike, axis: int = -1) -> Tensor:
    """Covariance over both standard deviations, along an axis; 0 where one of them is 0.

    >>> import steepest as st
    >>> st.metrics.pearson_correlation([[0.0, 1.0, 2.0]], [[1.0, 3.0, 5.0]]).numpy().round(4)
    array([1.], dtype=float32)
    """
    y, p = matched("pearson_correlation", y_true, y_pred)
    y, p = (value - ops.reduce_mean(value, axis, keepdims=True) for value in (y, p))
    norms = composed.norm(y, axis=axis) * composed.norm(p, axis=axis)
    return composed.divide_no_nan(ops.reduce_sum(y * p, axis), norms)


def concordance_correlation(y_true: TensorLike, y_pred: TensorLike, axis: int = -1) -> Tensor:
    """2 covariance / (both variances + (difference of means)^2) (Lin, 1989): 1 only where equal.

    >>> import steepest as st
    >>> st.metrics.concordance_correlation([[0.0, 2.0]], [[1.0, 3.0]]).numpy().round(4).tolist()
    [0.6667]
    """
    y, p = matched("concordance_correlation", y_true, y_pred)
    (y_mean, y_variance), (p_mean, p_variance) = (
        nn.moments(value, axis, keepdims=True) for value in (y, p)
    )
    covariance = ops.reduce_mean((y - y_mean) * (p - p_mean), axis, keepdims=True)
    spread = y_variance + p_variance + composed.square(y_mean - p_mean)
    return ops.reduce_mean(composed.divide_no_nan(2.0 * covariance, spread), axis)


@METRICS.register
class PearsonCorrelation(MeanMetricWrapper):
    """The mean correlation within examples; see `pearson_correlation`.

    >>> import steepest as st
    >>> st.metrics.PearsonCorrelation()([[0.0, 1.0]], [[5.0, 3.0]]).numpy().round(4).item()
    -1.0
    """

    def __init__(
        self, name: str = "pearson_correlation", dtype: DTypeLike = "float32", axis: int = -1
    ) -> None:
        super().__init__(pearson_correlation, name, dtype, axis=axis)


@METRICS.register
class ConcordanceCorrelation(MeanMetricWrapper):
    """The mean concordance within examples; see `concordance_correlation`.

    >>> import steepest as st
    >>> st.metrics.ConcordanceCorrelation()([[0.0, 2.0]], [[1.0, 3.0]]).numpy().round(4).item()
    0.6667
    """

    def __init__(
        self, name: str = "concordance_correlation", dtype: DTypeLike = "float32", axis: int = -1
    ) -> None:
        super().__init__(concordance_correlation, name, dtype, axis=axis)
