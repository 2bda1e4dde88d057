"""Balanced accuracy, Matthews correlation, Cohen's kappa: metrics for imbalanced classes.

Always guessing a class that 99% of the examples have gives an accuracy of 99%, and 0.5 or 0 here.
"""

from __future__ import annotations

from steepest.core import ops
from steepest.core.dtype import DTypeLike
from steepest.core.tensor import Tensor
from steepest.functions import composed
from steepest.metrics.base import METRICS, SUMS
from steepest.metrics.confusion import ConfusionMatrix


class _OfConfusion(ConfusionMatrix):
    def _counts(self) -> tuple[Tensor, Tensor, Tensor]:
        """For each class: the correct predictions, the true cases, and all its predictions."""
        matrix = self.matrix.value
        right = ops.reduce_sum(matrix * composed.eye(self.num_classes, dtype=SUMS), axis=0)
        return right, ops.reduce_sum(matrix, axis=1), ops.reduce_sum(matrix, axis=0)


@METRICS.register
class BalancedAccuracy(_OfConfusion):
    """The mean of the recalls of the classes.

    >>> import steepest as st
    >>> st.metrics.BalancedAccuracy()([1, 0, 0, 0], [0.1, 0.2, 0.3, 0.4]).item()
    0.5
    """

    def __init__(
        self,
        num_classes: int = 2,
        threshold: float = 0.5,
        name: str = "balanced_accuracy",
        dtype: DTypeLike = "float32",
    ) -> None:
        super().__init__(num_classes, threshold, name, dtype)

    def result(self) -> Tensor:
        """The mean over the classes that occur."""
        correct, true, _ = self._counts()
        occurring = ops.reduce_sum(ops.cast(true > 0.0, SUMS))
        recalls = ops.reduce_sum(composed.divide_no_nan(correct, true))
        return ops.cast(composed.divide_no_nan(recalls, occurring), self.dtype)


@METRICS.register("mcc")
class MatthewsCorrelation(_OfConfusion):
    """The correlation of true and predicted classes: 1 if all are correct, 0 for random guesses.

    (n c - sum t p) / sqrt((n^2 - sum t^2) (n^2 - sum p^2)), for n examples, c of them correct, and
    each class t times true and p times predicted (Matthews, 1975; Gorodkin, 2004, for several
    classes).

    >>> import steepest as st
    >>> metric = st.metrics.MatthewsCorrelation()
    >>> metric([1, 1, 1, 0], [0.9, 0.8, 0.2, 0.1]).numpy().round(4).item()
    0.5774
    """

    def __init__(
        self,
        num_classes: int = 2,
        threshold: float = 0.5,
        name: str = "matthews_correlation",
        dtype: DTypeLike = "float32",
    ) -> None:
        super().__init__(num_classes, threshold, name, dtype)

    def result(self) -> Tensor:
        """The correlation so far; 0 while only one class occurs."""
        correct, true, predicted = self._counts()
        total = ops.reduce_sum(true)
        covariance = total * ops.reduce_sum(correct) - ops.reduce_sum(true * predicted)
        variances = [total * total - ops.reduce_sum(n * n) for n in (true, predicted)]
        deviations = ops.sqrt(variances[0]) * ops.sqrt(variances[1])
        return ops.cast(composed.divide_no_nan(covariance, deviations), self.dtype)


@METRICS.register("kappa")
class CohenKappa(_OfConfusion):
    """(a - e) / (1 - e): accuracy a, and e expected of independent guesses (Cohen, 1960).

    >>> import steepest as st
    >>> st.metrics.CohenKappa()([1, 1, 1, 0], [0.9, 0.8, 0.2, 0.1]).numpy().round(4).item()
    0.5
    """

    def __init__(
        self,
        num_classes: int = 2,
        threshold: float = 0.5,
        name: str = "cohen_kappa",
        dtype: DTypeLike = "float32",
    ) -> None:
        super().__init__(num_classes, threshold, name, dtype)

    def result(self) -> Tensor:
        """The kappa so far."""
        correct, true, predicted = self._counts()
        total = ops.reduce_sum(true)
        accuracy = composed.divide_no_nan(ops.reduce_sum(correct), total)
        expected = composed.divide_no_nan(ops.reduce_sum(true * predicted), total * total)
        return ops.cast(composed.divide_no_nan(accuracy - expected, 1.0 - expected), self.dtype)
