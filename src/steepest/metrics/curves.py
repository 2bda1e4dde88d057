"""Metrics over all thresholds: areas under curves, equal error rate, one rate at another.

Predictions are sorted into bins between evenly spaced thresholds, so an update costs one addition
per example and the state does not grow. The result is exact for predictions that are multiples of
1 / (num_thresholds - 1); others are off by less than one bin.
"""

from __future__ import annotations

from collections.abc import Sequence

from steepest.arguments import require_within
from steepest.core import ops
from steepest.core.dtype import DTypeLike, float64
from steepest.core.primitives import Shape
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ArgumentError, unknown_name
from steepest.functions import composed
from steepest.functions.softmax import floating
from steepest.labels import in_one_shape
from steepest.losses.base import weights_like
from steepest.metrics.base import METRICS, SUMS, Metric
from steepest.metrics.confusion import thresholds_of, truth_of


class Rates(Metric):
    """The base of metrics over all thresholds: the number of true and false cases in each bin.

    Thresholds are evenly spaced, or those given and the two ends; `class_id` selects one output.
    """

    def __init__(
        self,
        num_thresholds: int = 200,
        name: str | None = None,
        dtype: DTypeLike = "float32",
        thresholds: Sequence[float] | None = None,
        class_id: int | None = None,
    ) -> None:
        super().__init__(name, dtype)
        require_within(self, "[2, inf)", num_thresholds=num_thresholds)
        require_within(self, "[0, inf)", class_id=class_id)
        self.num_thresholds, self.thresholds, self.class_id = num_thresholds, thresholds, class_id
        self._inner = None
        if thresholds is not None:
            self._inner = sorted(thresholds_of(type(self).__name__, list(thresholds)))
            self.num_thresholds = len(self._inner) + 2
        self._add_counts(())

    def _add_counts(self, labels: tuple[int, ...]) -> None:
        """Makes the counts: one for each threshold, and for each label if these are separate."""
        shape = (self.num_thresholds, *labels)
        self.true_cases = self.add_variable("true_cases", shape, dtype=SUMS)
        self.false_cases = self.add_variable("false_cases", shape, dtype=SUMS)

    def probabilities(self, y_pred: Tensor) -> Tensor:
        """Predictions as probabilities from 0 to 1."""
        return y_pred

    def update_state(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike | None = None
    ) -> None:
        """Adds a batch."""
        p = self.probabilities(floating(y_pred))
        y, p = in_one_shape(self.name, ops.as_tensor(y_true), p)
        if self.class_id is not None:
            y, p = (tensor[..., self.class_id : self.class_id + 1] for tensor in (y, p))
        truth = ops.cast(truth_of(y), p.dtype)
        weights = composed.ones_like(p) if sample_weight is None else weights_like(sample_weight, p)
        bins = self._bins(p)
        for variable, share in ((self.true_cases, truth), (self.false_cases, 1.0 - truth)):
            counts = self._counted(bins, share * weights, variable.shape)
            variable.assign_add(ops.cast(counts, SUMS))

    def _counted(self, bins: Tensor, values: Tensor, shape: Shape) -> Tensor:
        """The sums of the values in each bin."""
        return ops.scatter_add(bins, values, shape[0])

    def _bins(self, p: Tensor) -> Tensor:
        """The number of the last threshold below each prediction; all exceed the first."""
        if self._inner is not None:
            higher = composed.expand_dims(p, -1) > ops.constant(self._inner, p.dtype)
            return ops.cast(ops.reduce_sum(ops.cast(higher, "int32"), axis=-1), "int32")
        # Thresholds are 1e-7 above the multiples, so that no rounded multiple exceeds its own.
        place = composed.ceil((ops.cast(p, float64) - 1e-7) * float(self.num_thresholds - 1)) - 1.0
        limited = composed.clip_by_value(place, 0.0, float(self.num_thresholds - 1))
        return ops.cast(ops.where(composed.is_nan(limited), 0.0, limited), "int32")

    def _above(self) -> tuple[Tensor, Tensor]:
        """True and false positives at each threshold, with zeros at the end."""
        none = composed.zeros((1, *self.true_cases.shape[1:]), SUMS)
        true, false = (
            ops.concat([ops.cumsum(cases.value, reverse=True), none])
            for cases in (self.true_cases, self.false_cases)
        )
        return true, false

    def _rates(self) -> tuple[Tensor, Tensor]:
        """True and false positive rate at each threshold, falling from 1 to 0."""
        true, false = self._above()
        return composed.divide_no_nan(true, true[0]), composed.divide_no_nan(false, false[0])


SUMMATIONS = ("interpolation", "minoring", "majoring")


@METRICS.register
class AUC(Rates):
    """The area under the curve of true against false positive rate ("ROC"), or precision
    against recall ("PR").

    `summation_method` is "interpolation" (trapezoids; for PR by Davis and Goadrich, 2006),
    "minoring" (the lower of two neighbours) or "majoring". `thresholds` may be given. With
    `multi_label` each output has its own area, and the result is their mean, weighted by
    `label_weights` if given.

    >>> import steepest as st
    >>> st.metrics.AUC()([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).item()
    0.75
    """

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str = "auc",
        dtype: DTypeLike = "float32",
        thresholds: Sequence[float] | None = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Sequence[float] | None = None,
        from_logits: bool = False,
    ) -> None:
        super().__init__(num_thresholds, name, dtype, thresholds)
        require_within(self, "[1, inf)", num_labels=num_labels)
        self.multi_label, self.num_labels = multi_label, num_labels
        self.label_weights = label_weights
        if num_labels and multi_label:
            self._separate_labels(num_labels)
        if curve.upper() not in ("ROC", "PR"):
            raise unknown_name("curve", curve, ("ROC", "PR"))
        if summation_method not in SUMMATIONS:
            raise unknown_name("summation method", summation_method, SUMMATIONS)
        self.curve, self.summation_method, self.from_logits = curve, summation_method, from_logits

    def probabilities(self, y_pred: Tensor) -> Tensor:
        """Predictions as probabilities from 0 to 1."""
        return ops.logistic(y_pred) if self.from_logits else y_pred

    def _separate_labels(self, labels: int) -> None:
        """Replaces the counts by separate ones for each label."""
        weights = self.label_weights
        if weights is not None and len(weights) != labels:
            raise ArgumentError(
                f"AUC: {labels} labels need as many label_weights, got {len(weights)}"
            )
        self._initial_values.clear()
        self._add_counts((labels,))

    def update_state(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike | None = None
    ) -> None:
        """Adds a batch."""
        outputs = ops.as_tensor(y_pred).shape
        if self.multi_label and len(self.true_cases.shape) == 1:
            self._separate_labels(int(outputs[-1] or 1) if len(outputs) > 1 else 1)
        super().update_state(y_true, y_pred, sample_weight)

    def _counted(self, bins: Tensor, values: Tensor, shape: Shape) -> Tensor:
        """The sums of the values in each bin of each label."""
        if not self.multi_label:
            return super()._counted(bins, values, shape)
        labels = shape[1] or 1
        places = bins * labels + ops.iota((labels,), 0, "int32")
        return ops.reshape(ops.scatter_add(places, values, (shape[0] or 1) * labels), shape)

    def result(self) -> Tensor:
        """The area, or the mean area of the labels; 0 until both classes occurred."""
        areas = self._areas()
        if self.label_weights is None:
            return ops.cast(ops.reduce_mean(areas), self.dtype)
        weights = ops.constant(list(self.label_weights), SUMS)
        mean = composed.divide_no_nan(ops.reduce_sum(areas * weights), ops.reduce_sum(weights))
        return ops.cast(mean, self.dtype)

    def _areas(self) -> Tensor:
        """The area, or one area for each label."""
        if self.curve.upper() == "ROC":
            height, width = self._rates()
            return _area(width, height, self.summation_method)
        true, false = self._above()
        if self.summation_method == "interpolation":
            return _interpolated(true, false)
        precision = composed.divide_no_nan(true, true + false)
        return _area(composed.divide_no_nan(true, true[0]), precision, self.summation_method)


def _area(x: Tensor, y: Tensor, method: str) -> Tensor:
    """The area under points whose x decrease."""
    widths, (left, right) = x[:-1] - x[1:], (y[:-1], y[1:])
    heights = {
        "interpolation": lambda: (left + right) * 0.5,
        "minoring": lambda: ops.minimum(left, right),
        "majoring": lambda: ops.maximum(left, right),
    }[method]()
    return ops.reduce_sum(widths * heights, axis=0)


def _interpolated(true: Tensor, false: Tensor) -> Tensor:
    """The area under precision over recall; true positives are linear between thresholds.

    Between two thresholds with T true of P positives each, precision is (a + s t) / t for t
    positives, with slope s = dT / dP and a = T - s P; its integral over t is s (dT + a log(P'/P)).
    """
    positive = true + false
    gained, more = true[:-1] - true[1:], positive[:-1] - positive[1:]
    slope = composed.divide_no_nan(gained, ops.maximum(more, 0.0))
    start = true[1:] - slope * positive[1:]
    some = (positive[:-1] > 0.0) & (positive[1:] > 0.0)
    ratio = ops.where(some, composed.divide_no_nan(positive[:-1], positive[1:]), 1.0)
    area = ops.reduce_sum(slope * (gained + start * ops.log(ratio)), axis=0)
    return composed.divide_no_nan(area, true[0])


@METRICS.register("equal_error_rate")
class EER(Rates):
    """The equal error rate: the false negative rate where it equals the false positive rate.

    Rates are interpolated linearly between the two thresholds around that point; the resolution
    is 1 / (num_thresholds - 1) of the predictions' range.

    >>> import steepest as st
    >>> st.metrics.EER()([0, 0, 1, 1], [0.1, 0.6, 0.4, 0.9]).item()
    0.5
    """

    def __init__(
        self, num_thresholds: int = 1001, name: str = "eer", dtype: DTypeLike = "float32"
    ) -> None:
        super().__init__(num_thresholds, name, dtype)

    def result(self) -> Tensor:
        """The rate so far."""
        found, alarms = self._rates()
        missed = 1.0 - found
        difference = missed - alarms  # rises from -1 to 1
        after = ops.argmax(ops.cast(difference >= 0.0, "int32"), axis=0)
        before = ops.maximum(after - 1, 0)
        start, end = (ops.gather(difference, position) for position in (before, after))
        fraction = composed.divide_no_nan(-start, end - start)
        low, high = (ops.gather(alarms, position) for position in (before, after))
        return ops.cast(low + fraction * (high - low), self.dtype)


class _RateAtRate(Rates):
    """The greatest value of one rate over the thresholds where another is at least `asked`."""

    def __init__(
        self, asked: float, num_thresholds: int, class_id: int | None, name: str, dtype: DTypeLike
    ) -> None:
        super().__init__(num_thresholds, name, dtype, class_id=class_id)
        self._asked = asked

    def _best(self, asked: Tensor, wanted: Tensor) -> Tensor:
        # Rates are quotients of float64 sums: rounding must not exclude an equal rate.
        allowed = asked >= self._asked - 1e-12
        return ops.cast(ops.reduce_max(ops.where(allowed, wanted, 0.0)), self.dtype)


@METRICS.register
class SensitivityAtSpecificity(_RateAtRate):
    """The greatest sensitivity (true positive rate) where the specificity is at least as given.

    >>> import steepest as st
    >>> st.metrics.SensitivityAtSpecificity(0.5)([0, 0, 1, 1], [0.1, 0.6, 0.4, 0.9]).item()
    1.0
    """

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str = "sensitivity_at_specificity",
        dtype: DTypeLike = "float32",
    ) -> None:
        super().__init__(specificity, num_thresholds, class_id, name, dtype)
        require_within(self, "[0, 1]", specificity=specificity)
        self.specificity = specificity

    def result(self) -> Tensor:
        """The sensitivity so far."""
        found, alarms = self._rates()
        return self._best(1.0 - alarms, found)


@METRICS.register
class SpecificityAtSensitivity(_RateAtRate):
    """The greatest specificity (true negative rate) where the sensitivity is at least as given.

    >>> import steepest as st
    >>> st.metrics.SpecificityAtSensitivity(0.5)([0, 0, 1, 1], [0.1, 0.6, 0.4, 0.9]).item()
    1.0
    """

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str = "specificity_at_sensitivity",
        dtype: DTypeLike = "float32",
    ) -> None:
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)
        require_within(self, "[0, 1]", sensitivity=sensitivity)
        self.sensitivity = sensitivity

    def result(self) -> Tensor:
        """The specificity so far."""
        found, alarms = self._rates()
        return self._best(found, 1.0 - alarms)


@METRICS.register
class PrecisionAtRecall(_RateAtRate):
    """The greatest precision where the recall is at least as given.

    >>> import steepest as st
    >>> st.metrics.PrecisionAtRecall(0.5)([0, 0, 1, 1], [0.1, 0.6, 0.4, 0.9]).item()
    1.0
    """

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str = "precision_at_recall",
        dtype: DTypeLike = "float32",
    ) -> None:
        super().__init__(recall, num_thresholds, class_id, name, dtype)
        require_within(self, "[0, 1]", recall=recall)
        self.recall = recall

    def result(self) -> Tensor:
        """The precision so far."""
        true, false = self._above()
        found = composed.divide_no_nan(true, true[0])
        return self._best(found, composed.divide_no_nan(true, true + false))


@METRICS.register
class RecallAtPrecision(_RateAtRate):
    """The greatest recall where the precision is at least as given.

    >>> import steepest as st
    >>> st.metrics.RecallAtPrecision(0.6)([0, 0, 1, 1], [0.1, 0.6, 0.4, 0.9]).numpy().round(3)
    np.float32(1.0)
    """

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str = "recall_at_precision",
        dtype: DTypeLike = "float32",
    ) -> None:
        super().__init__(precision, num_thresholds, class_id, name, dtype)
        require_within(self, "[0, 1]", precision=precision)
        self.precision = precision

    def result(self) -> Tensor:
        """The recall so far."""
        true, false = self._above()
        found = composed.divide_no_nan(true, true[0])
        return self._best(composed.divide_no_nan(true, true + false), found)
