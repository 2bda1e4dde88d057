"""The confusion matrix: how often each class was predicted as each class."""

from __future__ import annotations

from steepest.arguments import require_within
from steepest.core import ops
from steepest.core.dtype import DTypeLike
from steepest.core.primitives import show
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ShapeError
from steepest.functions import composed
from steepest.functions.softmax import floating
from steepest.labels import columns
from steepest.losses.base import weights_like
from steepest.losses.crossentropy import class_labels
from steepest.metrics.base import METRICS, SUMS, Metric


def pairs_counted(rows: Tensor, columns: Tensor, sample_weight: TensorLike | None) -> Tensor:
    """Counts pairs of a class in one-hot rows and a class in one-hot columns, weighted if asked.

    >>> from steepest.core import ops
    >>> ones = ops.constant([[1.0, 0.0], [1.0, 0.0]])
    >>> pairs_counted(ones, ones, [0.5, 2.0]).tolist()
    [[2.5, 0.0], [0.0, 0.0]]
    """
    if sample_weight is not None:
        columns = columns * weights_like(sample_weight, columns)
    pairs = ops.matmul(rows, columns, transpose_a=True)
    counts = ops.reduce_sum(pairs, tuple(range(pairs.ndim - 2))) if pairs.ndim > 2 else pairs
    return ops.cast(counts, SUMS)


@METRICS.register
class ConfusionMatrix(Metric):
    """How often each class (row) was predicted as each class (column).

    Targets are class numbers or one-hot; predictions are one output per class, or a single output
    with a threshold for two classes.

    >>> import steepest as st
    >>> st.metrics.ConfusionMatrix(2)([0, 1, 1], [[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]]).tolist()
    [[1.0, 0.0], [1.0, 1.0]]
    """

    def __init__(
        self,
        num_classes: int,
        threshold: float = 0.5,
        name: str = "confusion_matrix",
        dtype: DTypeLike = "float32",
    ) -> None:
        super().__init__(name, dtype)
        require_within(self, "[1, inf)", num_classes=num_classes)
        self.num_classes, self.threshold = num_classes, threshold
        self.matrix = self.add_variable("matrix", (num_classes, num_classes), dtype=SUMS)

    def update_state(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike | None = None
    ) -> None:
        """Adds a batch."""
        p = floating(y_pred)
        if p.ndim < 2 or p.shape[-1] == 1:
            (p,) = columns(p)
            p = ops.concat([1.0 - p, p - (2.0 * self.threshold - 1.0)], axis=-1)
        if p.shape[-1] != self.num_classes:
            raise ShapeError(
                f"{self.name}: made for {self.num_classes} classes, y_pred has {show(p.shape)}"
            )
        truth = ops.as_tensor(y_true)
        labels = ops.argmax(truth, -1) if truth.shape == p.shape else class_labels(
            self.name, truth, p
        )  # fmt: skip
        rows = composed.one_hot(labels, self.num_classes)
        predicted = composed.one_hot(ops.argmax(p, -1), self.num_classes)
        self.matrix.assign_add(pairs_counted(rows, predicted, sample_weight))

    def result(self) -> Tensor:
        """The counts so far."""
        return ops.cast(self.matrix, self.dtype)
