"""Counts of true and false positives and negatives, precision, recall, F-scores, confusion matrix.

A prediction above the threshold is positive; each threshold has its own counts.
"""

from __future__ import annotations

from typing import Any

from steepest.arguments import is_number, require_within
from steepest.core import ops
from steepest.core.dtype import DTypeLike, is_float
from steepest.core.primitives import show
from steepest.core.tensor import Tensor, TensorLike
from steepest.core.variable import Variable
from steepest.errors import ArgumentError, ShapeError
from steepest.functions import composed
from steepest.functions.softmax import floating
from steepest.labels import columns, in_one_shape
from steepest.losses.base import weights_like
from steepest.losses.crossentropy import class_labels
from steepest.metrics.base import METRICS, SUMS, Metric


def thresholds_of(name: str, given: Any, default: float = 0.5) -> list[float]:
    """Checks one threshold or several, and returns them as a list of numbers from 0 to 1.

    >>> thresholds_of("Precision", None), thresholds_of("Precision", [0.1, 0.9])
    ([0.5], [0.1, 0.9])
    """
    if given is None:
        return [default]
    found = list(given) if isinstance(given, (list, tuple)) else [given]
    if not found or not all(is_number(entry) and 0.0 <= entry <= 1.0 for entry in found):
        raise ArgumentError(f"{name}: thresholds are numbers from 0 to 1, got {given!r}")
    return [float(entry) for entry in found]


def truth_of(y: Tensor) -> Tensor:
    """Converts labels to bool: above 0 (floats: above 0.5) is true.

    >>> from steepest.core import ops
    >>> truth_of(ops.constant([0, 1])).tolist()
    [False, True]
    """
    return y if y.dtype == bool else y > (0.5 if is_float(y.dtype) else 0)


def _top_only(p: Tensor, k: int) -> Tensor:
    """Sets all predictions but the k greatest of each row to -1, below any threshold.

    Of equal predictions the first ones count, so that exactly k remain.
    """
    own, others = composed.expand_dims(p, -1), composed.expand_dims(p, -2)
    size = p.shape[-1]
    earlier = ops.iota((size, size), 1, "int32") < ops.iota((size, size), 0, "int32")
    greater = (others > own) | (ops.equal(others, own) & earlier)
    rank = ops.reduce_sum(ops.cast(greater, p.dtype), axis=-1)
    return ops.where(rank < float(k), p, -1.0)


def require_output(metric: str, class_id: int | None, p: Tensor) -> None:
    """Raises unless the rows of predictions have the output of this number.

    >>> from steepest.core import ops
    >>> require_output("recall", 0, ops.constant([0.5, 0.2]))
    Traceback (most recent call last):
        ...
    steepest.errors.ShapeError: recall: class_id=0 is no output of y_pred, which has shape (2,)
    """
    width = p.shape[-1] if p.ndim > 1 else None
    if class_id is not None and (width is None or class_id >= width):
        remedy = f"; give 0 to {width - 1}" if width else ""
        raise ShapeError(
            f"{metric}: class_id={class_id} is no output of y_pred, which has shape "
            f"{show(p.shape)}{remedy}"
        )


class Decisions(Metric):
    """The base of metrics that count true and false positives and negatives.

    `counted` names those of the four that a metric needs; each is an attribute too, as in
    `precision.true_positives`.
    """

    counted: tuple[str, ...] = ()

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: DTypeLike = "float32",
    ) -> None:
        super().__init__(name, dtype)
        require_within(self, "[1, inf)", top_k=top_k)
        require_within(self, "[0, inf)", class_id=class_id)
        self.thresholds, self.top_k, self.class_id = thresholds, top_k, class_id
        # Without a threshold, the greatest k all count as positive.
        self._limits = thresholds_of(type(self).__name__, thresholds, -0.5 if top_k else 0.5)
        self.counts = {
            what: self.add_variable(what, (len(self._limits),), dtype=SUMS) for what in self.counted
        }
        vars(self).update(self.counts)

    def _selected(self, y_true: TensorLike, y_pred: TensorLike) -> tuple[Tensor, Tensor]:
        """Labels as bool, and predictions, of the wanted class and of the k greatest outputs."""
        given = floating(y_pred)
        require_output(self.name, self.class_id, given)
        y, p = in_one_shape(self.name, ops.as_tensor(y_true), given)
        truth = truth_of(y)
        if self.top_k is not None:
            p = _top_only(p, self.top_k)
        if self.class_id is not None:
            wanted = slice(self.class_id, self.class_id + 1)
            truth, p = (tensor[..., wanted] for tensor in (truth, p))
        return truth, p

    def update_state(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike | None = None
    ) -> None:
        """Adds a batch."""
        truth, p = self._selected(y_true, y_pred)
        weights = None if sample_weight is None else weights_like(sample_weight, p)
        limits = ops.constant(self._limits, p.dtype)
        positive = composed.expand_dims(p, -1) > limits
        truth = composed.expand_dims(truth, -1)
        for what, variable in self.counts.items():
            hit = _cases(what, truth, positive)
            values = ops.cast(hit, p.dtype)
            weighed = values if weights is None else values * composed.expand_dims(weights, -1)
            axes = tuple(range(weighed.ndim - 1))
            variable.assign_add(ops.cast(ops.reduce_sum(weighed, axes), SUMS))

    def _per_threshold(self, values: Tensor) -> Tensor:
        """The values, as one number if there is one threshold."""
        single = not isinstance(self.thresholds, (list, tuple))
        return ops.cast(values[0] if single else values, self.dtype)


def _cases(what: str, truth: Tensor, positive: Tensor) -> Tensor:
    """Marks the cases of a name such as "true_positives"."""
    correctness, sign = what.split("_")
    predicted = positive if sign == "positives" else ~positive
    correct = truth if sign == "positives" else ~truth
    return predicted & (correct if correctness == "true" else ~correct)


class _OneCount(Decisions):
    def __init__(
        self, thresholds: Any = None, name: str | None = None, dtype: DTypeLike = "float32"
    ) -> None:
        super().__init__(thresholds, name=name, dtype=dtype)

    def result(self) -> Tensor:
        """The count so far."""
        return self._per_threshold(self.counts[self.counted[0]].value)


@METRICS.register
class TruePositives(_OneCount):
    """The number of positive cases predicted as positive.

    >>> import steepest as st
    >>> st.metrics.TruePositives()([1, 1, 0], [0.9, 0.2, 0.8]).item()
    1.0
    """

    counted = ("true_positives",)


@METRICS.register
class FalsePositives(_OneCount):
    """The number of negative cases predicted as positive.

    >>> import steepest as st
    >>> st.metrics.FalsePositives()([1, 1, 0], [0.9, 0.2, 0.8]).item()
    1.0
    """

    counted = ("false_positives",)


@METRICS.register
class TrueNegatives(_OneCount):
    """The number of negative cases predicted as negative.

    >>> import steepest as st
    >>> st.metrics.TrueNegatives()([1, 1, 0], [0.9, 0.2, 0.8]).item()
    0.0
    """

    counted = ("true_negatives",)


@METRICS.register
class FalseNegatives(_OneCount):
    """The number of positive cases predicted as negative.

    >>> import steepest as st
    >>> st.metrics.FalseNegatives()([1, 1, 0], [0.9, 0.2, 0.8]).item()
    1.0
    """

    counted = ("false_negatives",)


@METRICS.register
class Precision(Decisions):
    """The proportion of positive predictions that are correct; 0 if there are none.

    `thresholds` is one number or several; with `top_k` the k greatest outputs of each example are
    positive; `class_id` selects one output.

    >>> import steepest as st
    >>> st.metrics.Precision()([1, 1, 0], [0.9, 0.2, 0.8]).item()
    0.5
    """

    counted = ("true_positives", "false_positives")

    def result(self) -> Tensor:
        """The precision so far."""
        correct, wrong = (self.counts[what].value for what in self.counted)
        return self._per_threshold(composed.divide_no_nan(correct, correct + wrong))


@METRICS.register
class Recall(Decisions):
    """The proportion of positive cases that are predicted as positive; 0 if there are none.

    `thresholds` is one number or several; with `top_k` the k greatest outputs of each example are
    positive; `class_id` selects one output.

    >>> import steepest as st
    >>> st.metrics.Recall()([1, 1, 0, 1], [0.9, 0.2, 0.8, 0.6]).numpy().round(3).item()
    0.667
    """

    counted = ("true_positives", "false_negatives")

    def result(self) -> Tensor:
        """The recall so far."""
        found, missed = (self.counts[what].value for what in self.counted)
        return self._per_threshold(composed.divide_no_nan(found, found + missed))


AVERAGES = (None, "micro", "macro", "weighted")


@METRICS.register
class FBetaScore(Metric):
    """The harmonic mean of precision and recall, where recall counts beta times as much.

    (1 + b^2) P R / (b^2 P + R) for each output; then the mean of the outputs ("macro"), the mean
    weighted by the number of positive cases ("weighted"), the score of all counts together
    ("micro"), or one score for each output (None). Without a threshold the greatest output of an
    example is positive; a single output has the threshold 0.5.

    >>> import steepest as st
    >>> score = st.metrics.FBetaScore(average="macro", beta=2.0)
    >>> score([[1, 0], [1, 0]], [[0.9, 0.1], [0.2, 0.8]]).numpy().round(4).item()
    0.2778
    """

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str = "fbeta_score",
        dtype: DTypeLike = "float32",
    ) -> None:
        super().__init__(name, dtype)
        require_within(self, "(0, inf)", beta=beta)
        require_within(self, "(0, 1]", threshold=threshold)
        if average not in AVERAGES:
            raise ArgumentError(
                f"{type(self).__name__}: average is one of {AVERAGES}, got {average!r}"
            )
        self.average, self.beta, self.threshold = average, beta, threshold
        self._counts: dict[str, Variable] = {}

    def update_state(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike | None = None
    ) -> None:
        """Adds a batch."""
        y, p = in_one_shape(self.name, ops.as_tensor(y_true), floating(y_pred))
        if p.ndim != 2:
            raise ShapeError(f"{self.name}: expected (batch, outputs), got {show(p.shape)}")
        if not self._counts:
            for what in ("true_positives", "false_positives", "false_negatives"):
                self._counts[what] = self.add_variable(what, (int(p.shape[-1] or 0),), dtype=SUMS)
            vars(self).update(self._counts)
        truth, positive = truth_of(y), self._positive(p)
        for what, variable in self._counts.items():
            values = ops.cast(_cases(what, truth, positive), p.dtype)
            if sample_weight is not None:
                values = values * weights_like(sample_weight, values)
            variable.assign_add(ops.cast(ops.reduce_sum(values, axis=0), SUMS))

    def _positive(self, p: Tensor) -> Tensor:
        """Marks the positive predictions: above the threshold, or the greatest of each row."""
        if self.threshold is not None or p.shape[-1] == 1:
            return p > (0.5 if self.threshold is None else self.threshold)
        classes = ops.iota((p.shape[-1],), 0, "int64")
        return ops.equal(ops.argmax(p, axis=-1, keepdims=True), classes)

    def result(self) -> Tensor:
        """The score so far."""
        if not self._counts:
            return composed.zeros((), self.dtype)
        right, wrong, missed = (variable.value for variable in self._counts.values())
        if self.average == "micro":
            right, wrong, missed = (ops.reduce_sum(count) for count in (right, wrong, missed))
        square = self.beta**2
        bottom = (1.0 + square) * right + wrong + square * missed
        scores = composed.divide_no_nan((1.0 + square) * right, bottom)
        if self.average == "macro":
            scores = ops.reduce_mean(scores)
        elif self.average == "weighted":
            true = right + missed
            scores = composed.divide_no_nan(ops.reduce_sum(scores * true), ops.reduce_sum(true))
        return ops.cast(scores, self.dtype)


@METRICS.register("f1")
class F1Score(FBetaScore):
    """The harmonic mean of precision and recall; see `FBetaScore`.

    >>> import steepest as st
    >>> st.metrics.F1Score()([[1], [1], [0]], [[0.9], [0.2], [0.8]]).tolist()
    [0.5]
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str = "f1_score",
        dtype: DTypeLike = "float32",
    ) -> None:
        super().__init__(average, 1.0, threshold, name, dtype)


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
