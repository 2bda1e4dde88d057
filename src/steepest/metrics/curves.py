"""Metrics over all thresholds: their counts, the equal error rate, one rate at another.

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
from steepest.functions import composed
from steepest.functions.softmax import floating
from steepest.labels import in_one_shape
from steepest.losses.base import weights_like
from steepest.metrics.base import METRICS, SUMS, Metric
from steepest.metrics.decisions import require_output, thresholds_of, truth_of


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
        require_output(self.name, self.class_id, p)
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

    @property
    def true_positives(self) -> Tensor:
        """The number of true cases above each threshold.

        >>> import steepest as st
        >>> auc = st.metrics.AUC(3)
        >>> auc.update_state([0, 1, 1], [0.2, 0.4, 0.9])
        >>> auc.true_positives.tolist(), auc.false_positives.tolist()
        ([2.0, 1.0, 0.0], [1.0, 0.0, 0.0])
        >>> auc.false_negatives.tolist(), auc.true_negatives.tolist()
        ([0.0, 1.0, 2.0], [0.0, 1.0, 1.0])
        """
        return self._above()[0][:-1]

    @property
    def false_positives(self) -> Tensor:
        """The number of false cases above each threshold."""
        return self._above()[1][:-1]

    @property
    def false_negatives(self) -> Tensor:
        """The number of true cases not above each threshold."""
        true, _ = self._above()
        return true[:1] - true[:-1]

    @property
    def true_negatives(self) -> Tensor:
        """The number of false cases not above each threshold."""
        _, false = self._above()
        return false[:1] - false[:-1]

    def _rates(self) -> tuple[Tensor, Tensor]:
        """True and false positive rate at each threshold, falling from 1 to 0."""
        true, false = self._above()
        return composed.divide_no_nan(true, true[0]), composed.divide_no_nan(false, false[0])


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
