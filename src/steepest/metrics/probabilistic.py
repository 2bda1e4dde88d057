"""Cross-entropies and divergences as metrics: means of the functions of the losses."""

from __future__ import annotations

from steepest.arguments import require_within
from steepest.core import ops
from steepest.core.dtype import DTypeLike
from steepest.core.tensor import TensorLike
from steepest.functions.softmax import floating
from steepest.losses import (
    binary_crossentropy,
    categorical_crossentropy,
    kl_divergence,
    poisson,
    sparse_categorical_crossentropy,
)
from steepest.losses.base import weights_like
from steepest.losses.crossentropy import class_labels
from steepest.metrics.base import METRICS, MeanMetricWrapper, SeparableMean


@METRICS.register("bce")
class BinaryCrossentropy(SeparableMean):
    """The mean binary cross-entropy.

    >>> import steepest as st
    >>> round(st.metrics.BinaryCrossentropy()([[1.0], [0.0]], [[0.5], [0.5]]).item(), 4)
    0.6931
    """

    def __init__(
        self,
        name: str = "binary_crossentropy",
        dtype: DTypeLike = "float32",
        from_logits: bool = False,
        label_smoothing: float = 0.0,
    ) -> None:
        require_within(self, "[0, 1]", label_smoothing=label_smoothing)
        super().__init__(
            binary_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )


@METRICS.register("cce")
class CategoricalCrossentropy(MeanMetricWrapper):
    """The mean categorical cross-entropy of one-hot targets.

    >>> import steepest as st
    >>> round(st.metrics.CategoricalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]]).item(), 4)
    0.6931
    """

    def __init__(
        self,
        name: str = "categorical_crossentropy",
        dtype: DTypeLike = "float32",
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
    ) -> None:
        require_within(self, "[0, 1]", label_smoothing=label_smoothing)
        super().__init__(
            categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


@METRICS.register("scce")
class SparseCategoricalCrossentropy(MeanMetricWrapper):
    """The mean categorical cross-entropy of class numbers; examples of `ignore_class` are ignored.

    >>> import steepest as st
    >>> round(st.metrics.SparseCategoricalCrossentropy()([1], [[0.5, 0.5]]).item(), 4)
    0.6931
    """

    def __init__(
        self,
        name: str = "sparse_categorical_crossentropy",
        dtype: DTypeLike = "float32",
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ) -> None:
        super().__init__(
            sparse_categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )

    def update_state(  # type: ignore[override]
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike | None = None
    ) -> None:
        """Adds a batch; examples of the ignored class have the weight 0."""
        ignored = self.options["ignore_class"]
        if ignored is not None:
            predicted = floating(y_pred)
            labels = class_labels(self.name, y_true, predicted)
            counted = ops.cast(labels != ignored, predicted.dtype)
            weights = 1.0 if sample_weight is None else weights_like(sample_weight, counted)
            sample_weight = counted * weights
        super().update_state(y_true, y_pred, sample_weight)


@METRICS.register("kld", "kullback_leibler_divergence")
class KLDivergence(MeanMetricWrapper):
    """The mean divergence of predicted probabilities from the true ones.

    >>> import steepest as st
    >>> st.metrics.KLDivergence()([[0.5, 0.5]], [[0.5, 0.5]]).item()
    0.0
    """

    def __init__(self, name: str = "kl_divergence", dtype: DTypeLike = "float32") -> None:
        super().__init__(kl_divergence, name, dtype)


@METRICS.register
class Poisson(SeparableMean):
    """The mean Poisson loss of counts.

    >>> import steepest as st
    >>> st.metrics.Poisson()([[0.0]], [[1.0]]).item()
    1.0
    """

    def __init__(self, name: str = "poisson", dtype: DTypeLike = "float32") -> None:
        super().__init__(poisson, name, dtype)
