"""Intersection over union of true and predicted classes.

Targets and predictions are class numbers, or rows with one entry per class, of which the greatest
counts. Rows are recognized by their shape, or by `sparse_y_true=False` and `sparse_y_pred=False`.
"""

from __future__ import annotations

from collections.abc import Sequence

from steepest.arguments import require_within
from steepest.core import ops
from steepest.core.dtype import DTypeLike, is_float
from steepest.core.primitives import show
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ArgumentError, ShapeError
from steepest.functions import composed
from steepest.metrics.base import METRICS, SUMS, Metric
from steepest.metrics.confusion import pairs_counted


@METRICS.register
class IoU(Metric):
    """The mean intersection over union of some classes: TP / (TP + FP + FN).

    Examples of `ignore_class`, and numbers outside the classes, are ignored; classes that never
    occur do not count in the mean.

    >>> import steepest as st
    >>> st.metrics.IoU(2, target_class_ids=[0])([0, 0, 1, 1], [0, 1, 0, 1]).numpy().round(4).item()
    0.3333
    """

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str = "io_u",
        dtype: DTypeLike = "float32",
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(name, dtype)
        require_within(self, "[2, inf)", num_classes=num_classes)
        if not target_class_ids or not all(0 <= i < num_classes for i in target_class_ids):
            raise ArgumentError(
                f"{type(self).__name__}: target_class_ids are some of 0 to {num_classes - 1}, "
                f"got {target_class_ids!r}"
            )
        self.num_classes, self.target_class_ids = num_classes, list(target_class_ids)
        self.ignore_class, self.axis = ignore_class, axis
        self.sparse_y_true, self.sparse_y_pred = sparse_y_true, sparse_y_pred
        self.matrix = self.add_variable("matrix", (num_classes, num_classes), dtype=SUMS)

    def update_state(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike | None = None
    ) -> None:
        """Adds a batch."""
        true, predicted = self._class_numbers(ops.as_tensor(y_true), ops.as_tensor(y_pred))
        if true.shape != predicted.shape:
            raise ShapeError(
                f"{self.name}: classes of shape {show(true.shape)} were predicted as "
                f"{show(predicted.shape)}; they must be equal"
            )
        rows = composed.one_hot(true, self.num_classes, dtype=SUMS)
        if self.ignore_class is not None:
            rows = ops.where(
                ops.equal(composed.expand_dims(true, -1), self.ignore_class), 0.0, rows
            )
        columns = composed.one_hot(predicted, self.num_classes, dtype=SUMS)
        self.matrix.assign_add(pairs_counted(rows, columns, sample_weight))

    def _class_numbers(self, y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
        """Converts targets and predictions to class numbers."""
        true, predicted = _without_last_axis(y_true), _without_last_axis(y_pred)
        if self.num_classes == 2 and is_float(predicted.dtype):  # probabilities of the second class
            predicted = predicted >= 0.5
        if not self.sparse_y_true or self._has_class_axis(y_true, y_pred):
            true = ops.argmax(y_true, self.axis)
        if not self.sparse_y_pred or self._has_class_axis(y_pred, y_true):
            predicted = ops.argmax(y_pred, self.axis)
        return ops.cast(true, "int64"), ops.cast(predicted, "int64")

    def _has_class_axis(self, one: Tensor, other: Tensor) -> bool:
        """Whether `one` has an entry for each class along `axis`, by its shape and the other's."""
        return one.ndim > 1 and one.shape[self.axis] == self.num_classes > 1 and (
            other.ndim < one.ndim or other.shape[self.axis] in (1, self.num_classes)
        )  # fmt: skip

    def result(self) -> Tensor:
        """The mean over the selected classes that occur."""
        matrix = self.matrix.value
        overlap = ops.reduce_sum(matrix * composed.eye(self.num_classes, dtype=SUMS), axis=0)
        union = ops.reduce_sum(matrix, axis=0) + ops.reduce_sum(matrix, axis=1) - overlap
        wanted = [float(number in self.target_class_ids) for number in range(self.num_classes)]
        counted = ops.where(union > 0.0, ops.constant(wanted, SUMS), 0.0)
        total = ops.reduce_sum(counted * composed.divide_no_nan(overlap, union))
        return ops.cast(composed.divide_no_nan(total, ops.reduce_sum(counted)), self.dtype)


def _without_last_axis(numbers: Tensor) -> Tensor:
    """Drops a last axis of size 1."""
    single = numbers.ndim > 1 and numbers.shape[-1] == 1
    return ops.without_axes(numbers, [numbers.ndim - 1]) if single else numbers


@METRICS.register
class MeanIoU(IoU):
    """The mean intersection over union of all classes that occur; see `IoU`.

    >>> import steepest as st
    >>> st.metrics.MeanIoU(2)([0, 1], [[0.9, 0.1], [0.6, 0.4]]).item()
    0.25
    """

    def __init__(
        self,
        num_classes: int,
        name: str = "mean_io_u",
        dtype: DTypeLike = "float32",
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes,
            list(range(num_classes)),
            name,
            dtype,
            ignore_class,
            sparse_y_true,
            sparse_y_pred,
            axis,
        )


@METRICS.register
class BinaryIoU(IoU):
    """Intersection over union of two classes, predicted by a threshold; see `IoU`.

    >>> import steepest as st
    >>> iou = st.metrics.BinaryIoU([1], threshold=0.3)
    >>> iou([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7]).numpy().round(4).item()
    0.3333
    """

    def __init__(
        self,
        target_class_ids: Sequence[int] = (0, 1),
        threshold: float = 0.5,
        name: str = "binary_io_u",
        dtype: DTypeLike = "float32",
    ) -> None:
        super().__init__(2, target_class_ids, name, dtype)
        require_within(self, "[0, 1]", threshold=threshold)
        self.threshold = threshold

    def _class_numbers(self, y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
        """Converts targets and predictions to class numbers, predictions by the threshold."""
        predicted = ops.cast(y_pred, SUMS) >= self.threshold
        true, predicted = _without_last_axis(y_true), _without_last_axis(predicted)
        return ops.cast(true, "int64"), ops.cast(predicted, "int64")


@METRICS.register
class OneHotIoU(IoU):
    """The mean intersection over union of some classes, for one-hot targets; see `IoU`.

    >>> import steepest as st
    >>> iou = st.metrics.OneHotIoU(2, [0, 1])
    >>> iou([[1, 0], [0, 1]], [[0.9, 0.1], [0.6, 0.4]]).item()
    0.25
    """

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str = "one_hot_io_u",
        dtype: DTypeLike = "float32",
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis
        )


@METRICS.register
class OneHotMeanIoU(OneHotIoU):
    """The mean intersection over union of all classes, for one-hot targets; see `IoU`.

    >>> import steepest as st
    >>> st.metrics.OneHotMeanIoU(2)([[1, 0], [0, 1]], [[0.9, 0.1], [0.6, 0.4]]).item()
    0.25
    """

    def __init__(
        self,
        num_classes: int,
        name: str = "one_hot_mean_io_u",
        dtype: DTypeLike = "float32",
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes, list(range(num_classes)), name, dtype, ignore_class, sparse_y_pred, axis
        )
