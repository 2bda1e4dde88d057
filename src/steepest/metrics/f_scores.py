"""F-scores: means of precision and recall for each output, or over the outputs."""

from __future__ import annotations

from steepest.arguments import require_within
from steepest.core import ops
from steepest.core.dtype import DTypeLike
from steepest.core.primitives import show
from steepest.core.tensor import Tensor, TensorLike
from steepest.core.variable import Variable
from steepest.errors import ArgumentError, ShapeError
from steepest.functions import composed
from steepest.functions.softmax import floating
from steepest.labels import in_one_shape
from steepest.losses.base import weights_like
from steepest.metrics.base import METRICS, SUMS, Metric
from steepest.metrics.decisions import cases, truth_of

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
            values = ops.cast(cases(what, truth, positive), p.dtype)
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
