"""Accuracies, as functions and classes: the proportion of correct predictions."""

from __future__ import annotations

from steepest.arguments import require_within
from steepest.core import ops
from steepest.core.dtype import DTypeLike, float32
from steepest.core.primitives import show
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ShapeError, caution
from steepest.functions import composed
from steepest.functions.softmax import floating
from steepest.labels import in_one_shape
from steepest.losses.crossentropy import class_labels, require_classes
from steepest.metrics.base import METRICS, Mean, MeanMetricWrapper
from steepest.metrics.decisions import truth_of


def _proportion(hit: Tensor) -> Tensor:
    return ops.reduce_mean(ops.cast(hit, float32), axis=-1)


def accuracy(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """The proportion of predictions that equal their targets.

    >>> import steepest as st
    >>> st.metrics.accuracy([[1], [2]], [[1], [3]]).tolist()
    [1.0, 0.0]
    """
    y, p = in_one_shape("accuracy", ops.as_tensor(y_true), ops.as_tensor(y_pred))
    return _proportion(ops.equal(y, p))


def binary_accuracy(y_true: TensorLike, y_pred: TensorLike, threshold: float = 0.5) -> Tensor:
    """The proportion of predictions on the correct side of the threshold; targets above 0.5 are 1.

    >>> import steepest as st
    >>> st.metrics.binary_accuracy([[1], [0]], [[0.9], [0.6]]).tolist()
    [1.0, 0.0]
    """
    y, p = in_one_shape("binary_accuracy", ops.as_tensor(y_true), floating(y_pred))
    return _proportion(ops.equal(truth_of(y), p > threshold))


def categorical_accuracy(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """1 where the greatest prediction is at the position of the one-hot target's 1.

    >>> import steepest as st
    >>> st.metrics.categorical_accuracy([[0, 1], [1, 0]], [[0.2, 0.8], [0.3, 0.7]]).tolist()
    [1.0, 0.0]
    """
    y, p = ops.as_tensor(y_true), floating(y_pred)
    if y.shape != p.shape:
        hint = "; for class numbers use the sparse form" * (len(y.shape) < len(p.shape))
        raise ShapeError(
            f"categorical_accuracy: y_true has shape {show(y.shape)} and y_pred has shape "
            f"{show(p.shape)}; they must be equal{hint}"
        )
    return ops.cast(ops.equal(ops.argmax(y, -1), ops.argmax(p, -1)), float32)


def sparse_categorical_accuracy(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """1 where the greatest prediction is that of the target's class.

    >>> import steepest as st
    >>> st.metrics.sparse_categorical_accuracy([1, 0], [[0.2, 0.8], [0.3, 0.7]]).tolist()
    [1.0, 0.0]
    """
    p = floating(y_pred)
    labels = class_labels("sparse_categorical_accuracy", y_true, p)
    return ops.cast(ops.equal(labels, ops.argmax(p, -1)), float32)


def top_k_categorical_accuracy(y_true: TensorLike, y_pred: TensorLike, k: int = 5) -> Tensor:
    """1 where the one-hot target is among the k greatest predictions.

    >>> import steepest as st
    >>> st.metrics.top_k_categorical_accuracy([[0, 0, 1]], [[0.5, 0.2, 0.3]], k=2).tolist()
    [1.0]
    """
    require_classes("top_k_categorical_accuracy", floating(y_pred))
    return sparse_top_k_categorical_accuracy(ops.argmax(y_true, -1), y_pred, k)


def sparse_top_k_categorical_accuracy(y_true: TensorLike, y_pred: TensorLike, k: int = 5) -> Tensor:
    """1 where fewer than k predictions are greater than that of the target's class.

    >>> import steepest as st
    >>> st.metrics.sparse_top_k_categorical_accuracy([2], [[0.5, 0.2, 0.3]], k=2).tolist()
    [1.0]
    """
    p = floating(y_pred)
    labels = class_labels("sparse_top_k_categorical_accuracy", y_true, p)
    hit = ops.equal(composed.expand_dims(labels, -1), ops.iota((p.shape[-1],), 0, labels.dtype))
    own = ops.reduce_sum(ops.where(hit, p, 0.0), axis=-1, keepdims=True)
    greater = ops.reduce_sum(ops.cast(p > own, float32), axis=-1)
    return ops.cast(greater < k, float32)


@METRICS.register
class Accuracy(MeanMetricWrapper):
    """How often predictions equal targets exactly (`"accuracy"` in `compile` chooses by shape).

    >>> import steepest as st
    >>> st.metrics.Accuracy()([1, 2, 3], [1, 2, 0]).numpy().round(3).item()
    0.667
    """

    def __init__(self, name: str = "accuracy", dtype: DTypeLike = "float32") -> None:
        super().__init__(accuracy, name, dtype)

    def update_state(  # type: ignore[override]
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike | None = None
    ) -> None:
        """Adds a batch; weights of the targets' shape weigh each entry."""
        y, p = in_one_shape("accuracy", ops.as_tensor(y_true), ops.as_tensor(y_pred))
        if sample_weight is None or ops.as_tensor(sample_weight).shape != y.shape:
            super().update_state(y, p, sample_weight)
        else:
            Mean.update_state(self, ops.cast(ops.equal(y, p), float32), sample_weight)


@METRICS.register
class BinaryAccuracy(MeanMetricWrapper):
    """How often predictions are on the correct side of a threshold.

    >>> import steepest as st
    >>> st.metrics.BinaryAccuracy()([1, 0], [[0.9], [0.6]]).item()
    0.5
    """

    def __init__(
        self, name: str = "binary_accuracy", dtype: DTypeLike = "float32", threshold: float = 0.5
    ) -> None:
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)
        if threshold > 1.0:
            caution(
                f"BinaryAccuracy: no probability exceeds 1, so threshold={threshold} counts all of "
                "them as 0; it is right for logits only"
            )


@METRICS.register
class CategoricalAccuracy(MeanMetricWrapper):
    """How often the greatest prediction is at the position of the one-hot target's 1.

    >>> import steepest as st
    >>> st.metrics.CategoricalAccuracy()([[0, 1], [1, 0]], [[0.2, 0.8], [0.3, 0.7]]).item()
    0.5
    """

    def __init__(self, name: str = "categorical_accuracy", dtype: DTypeLike = "float32") -> None:
        super().__init__(categorical_accuracy, name, dtype)


@METRICS.register
class SparseCategoricalAccuracy(MeanMetricWrapper):
    """How often the greatest prediction is that of the target's class.

    >>> import steepest as st
    >>> st.metrics.SparseCategoricalAccuracy()([1, 0], [[0.2, 0.8], [0.3, 0.7]]).item()
    0.5
    """

    def __init__(
        self, name: str = "sparse_categorical_accuracy", dtype: DTypeLike = "float32"
    ) -> None:
        super().__init__(sparse_categorical_accuracy, name, dtype)


@METRICS.register
class TopKCategoricalAccuracy(MeanMetricWrapper):
    """How often the one-hot target is among the k greatest predictions.

    >>> import steepest as st
    >>> st.metrics.TopKCategoricalAccuracy(k=2)([[0, 0, 1]], [[0.5, 0.2, 0.3]]).item()
    1.0
    """

    def __init__(
        self, k: int = 5, name: str = "top_k_categorical_accuracy", dtype: DTypeLike = "float32"
    ) -> None:
        require_within(self, "[1, inf)", k=k)
        super().__init__(top_k_categorical_accuracy, name, dtype, k=k)


@METRICS.register
class SparseTopKCategoricalAccuracy(MeanMetricWrapper):
    """How often the prediction of the target's class is among the k greatest.

    >>> import steepest as st
    >>> st.metrics.SparseTopKCategoricalAccuracy(k=2)([2], [[0.5, 0.2, 0.3]]).item()
    1.0
    """

    def __init__(
        self,
        k: int = 5,
        name: str = "sparse_top_k_categorical_accuracy",
        dtype: DTypeLike = "float32",
    ) -> None:
        require_within(self, "[1, inf)", k=k)
        super().__init__(sparse_top_k_categorical_accuracy, name, dtype, k=k)
