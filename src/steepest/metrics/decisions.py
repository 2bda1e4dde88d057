"""Counts of true and false positives and negatives, precision and recall.

A prediction above the threshold is positive; each threshold has its own counts.
"""

from __future__ import annotations

from typing import Any

from steepest.arguments import is_number, require_within
from steepest.core import ops
from steepest.core.dtype import DTypeLike, is_float
from steepest.core.primitives import show
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ArgumentError, ShapeError
from steepest.functions import composed
from steepest.functions.softmax import floating
from steepest.labels import in_one_shape
from steepest.losses.base import weights_like
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
        if self.top_k is not None and (given.ndim < 2 or (given.shape[-1] or 0) < self.top_k):
            raise ShapeError(
                f"{self.name}: top_k={self.top_k} needs rows of at least so many outputs, y_pred "
                f"has shape {show(given.shape)}"
            )
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
            hit = cases(what, truth, positive)
            values = ops.cast(hit, p.dtype)
            weighed = values if weights is None else values * composed.expand_dims(weights, -1)
            axes = tuple(range(weighed.ndim - 1))
            variable.assign_add(ops.cast(ops.reduce_sum(weighed, axes), SUMS))

    def _per_threshold(self, values: Tensor) -> Tensor:
        """The values, as one number if there is one threshold."""
        single = not isinstance(self.thresholds, (list, tuple))
        return ops.cast(values[0] if single else values, self.dtype)


def cases(what: str, truth: Tensor, positive: Tensor) -> Tensor:
    """Marks the cases of a name such as "true_positives".

    >>> from steepest.core import ops
    >>> truth, positive = ops.constant([True, True]), ops.constant([True, False])
    >>> cases("false_negatives", truth, positive).tolist()
    [False, True]
    """
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
