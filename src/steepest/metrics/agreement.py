"""How well classes were told apart where some are rare: figures of the confusion matrix.

An accuracy of 99% is worth nothing where 99% are of one class; these are 0.5 or 0 there.
Leans on confusion.
"""

from __future__ import annotations

from steepest.core import ops
from steepest.core.dtype import DTypeLike
from steepest.core.tensor import Tensor
from steepest.functions import composed
from steepest.metrics.base import METRICS, SUMS
from steepest.metrics.confusion import ConfusionMatrix


class _Agreement(ConfusionMatrix):
    def __init__(
        self, num_classes: int, threshold: float, name: str, dtype: DTypeLike = "float32"
    ) -> None:
        super().__init__(num_classes, threshold, name, dtype)

    def _counts(self) -> tuple[Tensor, Tensor, Tensor]:
        """For each class: how often it was right, how often it was, how often it was taken."""
        matrix = self.matrix.value
        right = ops.reduce_sum(matrix * composed.eye(self.num_classes, dtype=SUMS), axis=0)
        return right, ops.reduce_sum(matrix, axis=1), ops.reduce_sum(matrix, axis=0)


@METRICS.register
class BalancedAccuracy(_Agreement):
    """The mean over classes of the share of each that was found.

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
        right, was, _ = self._counts()
        occurring = ops.reduce_sum(ops.cast(was > 0.0, SUMS))
        found = ops.reduce_sum(composed.divide_no_nan(right, was))
        return ops.cast(composed.divide_no_nan(found, occurring), self.dtype)


@METRICS.register("mcc")
class MatthewsCorrelation(_Agreement):
    """The correlation of classes and what they were taken for: 1 all right, 0 as by chance.

    (n c - sum t p) / sqrt((n^2 - sum t^2) (n^2 - sum p^2)), of n examples c right, each class t
    times there and p times predicted (Matthews, 1975; Gorodkin, 2004, for several classes).

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
        """The correlation so far; 0 while there is one class alone."""
        right, was, taken = self._counts()
        total = ops.reduce_sum(was)
        together = total * ops.reduce_sum(right) - ops.reduce_sum(was * taken)
        spreads = [total * total - ops.reduce_sum(counts * counts) for counts in (was, taken)]
        root = ops.sqrt(spreads[0]) * ops.sqrt(spreads[1])
        return ops.cast(composed.divide_no_nan(together, root), self.dtype)


@METRICS.register("kappa")
class CohenKappa(_Agreement):
    """(share right - share right by chance) / (1 - share right by chance) (Cohen, 1960).

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
        right, was, taken = self._counts()
        total = ops.reduce_sum(was)
        share = composed.divide_no_nan(ops.reduce_sum(right), total)
        chance = composed.divide_no_nan(ops.reduce_sum(was * taken), total * total)
        return ops.cast(composed.divide_no_nan(share - chance, 1.0 - chance), self.dtype)
