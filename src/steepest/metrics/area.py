"""AUC, the area under curves of rates over all thresholds. Depends on the counts of curves.py."""

from __future__ import annotations

from collections.abc import Sequence

from steepest.arguments import require_within
from steepest.core import ops
from steepest.core.dtype import DTypeLike
from steepest.core.primitives import Shape, show
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ArgumentError, ShapeError, unknown_name
from steepest.functions import composed
from steepest.functions.softmax import floating
from steepest.losses.base import weights_like
from steepest.metrics.base import METRICS, SUMS
from steepest.metrics.curves import Rates

CURVES = ("ROC", "PR", "PRGAIN")
SUMMATIONS = ("interpolation", "minoring", "majoring")


@METRICS.register
class AUC(Rates):
    """The area under a curve of rates over all thresholds.

    `curve` is "ROC" (true against false positive rate), "PR" (precision against recall) or
    "PRGAIN" (precision gain against recall gain: Flach and Kull, "Precision-recall-gain curves",
    2015).

    `summation_method` is "interpolation" (trapezoids; for PR by Davis and Goadrich, 2006),
    "minoring" (the lower of two neighbours) or "majoring". `thresholds` may be given. With
    `multi_label` each output has its own area, and the result is their mean, weighted by
    `label_weights` if given; without it these are the weights of the outputs' cases in one area.

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
        if curve.upper() not in CURVES:
            raise unknown_name("curve", curve, CURVES)
        if summation_method not in SUMMATIONS:
            raise unknown_name("summation method", summation_method, SUMMATIONS)
        if label_weights is not None and min(label_weights, default=0.0) < 0:
            raise ArgumentError(f"AUC: label_weights are 0 or more, got {label_weights}")
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
        if self.label_weights is not None and not self.multi_label:
            sample_weight = self._weights_by_label(floating(y_pred), sample_weight)
        super().update_state(y_true, y_pred, sample_weight)

    def _weights_by_label(self, p: Tensor, sample_weight: TensorLike | None) -> Tensor:
        """The weight of each prediction: that of its label, times that of its example."""
        assert self.label_weights is not None
        if p.ndim < 2 or p.shape[-1] != len(self.label_weights):
            raise ShapeError(
                f"{self.name}: {len(self.label_weights)} label_weights need as many outputs a row, "
                f"y_pred has shape {show(p.shape)}"
            )
        by_label = composed.ones_like(p) * ops.constant(list(self.label_weights), p.dtype)
        return by_label if sample_weight is None else by_label * weights_like(sample_weight, p)

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
        if self.label_weights is None or not self.multi_label:
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
        if self.curve.upper() == "PRGAIN":
            return _area(*_gains(true, false), self.summation_method)
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


def _gains(true: Tensor, false: Tensor) -> tuple[Tensor, Tensor]:
    """Recall gain, at least 0, and precision gain at each threshold.

    1 - P / N times false negatives (positives) over true positives; 0 and 1 without true positives.
    """
    scale = composed.divide_no_nan(true[0], false[0])
    recall = 1.0 - scale * composed.divide_no_nan(true[0] - true, true)
    precision = 1.0 - scale * composed.divide_no_nan(false, true)
    some = true > 0.0
    return ops.where(some, ops.maximum(recall, 0.0), 0.0), ops.where(some, precision, 1.0)


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
