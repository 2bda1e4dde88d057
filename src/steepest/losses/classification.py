"""Classes of the cross-entropy losses, around the functions of crossentropy."""

from __future__ import annotations

from collections.abc import Sequence

from steepest.arguments import require_within
from steepest.core.dtype import DTypeLike
from steepest.core.tensor import Tensor
from steepest.losses.base import LossFunction, SeparableLoss, loss_of
from steepest.losses.crossentropy import (
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_generalized_cross_entropy,
    class_labels,
    kl_divergence,
    sparse_categorical_crossentropy,
)
from steepest.losses.facts import (
    CLASS_NUMBERS,
    SHARES,
    SHARES_OF_CLASSES,
    ZERO_OR_ONE,
    Predictions,
)
from steepest.schedules.hyper import HyperParameter, Setting


@loss_of(binary_crossentropy, "bce", "binary_cross_entropy")
class BinaryCrossentropy(SeparableLoss):
    """The cross-entropy of binary labels, each 0 or 1; see `binary_crossentropy`.

    Use `from_logits=True` after a last layer without a sigmoid. `label_smoothing` is a number, a
    schedule or a function of the training's progress.

    >>> import steepest as st
    >>> round(st.losses.BinaryCrossentropy()([[1.0], [0.0]], [[0.5], [0.5]]).item(), 4)
    0.6931
    """

    label_smoothing = HyperParameter("[0, 1]")
    labels = ZERO_OR_ONE
    predictions = Predictions("sigmoid")

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: Setting = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "binary_crossentropy",
        dtype: DTypeLike = None,
    ) -> None:
        super().__init__(
            binary_crossentropy,
            name,
            reduction,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
            dtype=dtype,
        )


@loss_of(categorical_crossentropy, "cce", "categorical_cross_entropy")
class CategoricalCrossentropy(LossFunction):
    """The cross-entropy of one-hot targets; see `categorical_crossentropy`.

    Use `from_logits=True` after a last layer without a softmax. `label_smoothing` is a number, a
    schedule or a function of the training's progress.

    >>> import steepest as st
    >>> round(st.losses.CategoricalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]]).item(), 4)
    0.6931
    """

    label_smoothing = HyperParameter("[0, 1]")
    labels = SHARES_OF_CLASSES
    predictions = Predictions("softmax")

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: Setting = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_crossentropy",
        dtype: DTypeLike = None,
    ) -> None:
        super().__init__(
            categorical_crossentropy,
            name,
            reduction,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
            dtype=dtype,
        )


@loss_of(sparse_categorical_crossentropy, "scce", "sparse_categorical_cross_entropy")
class SparseCategoricalCrossentropy(LossFunction):
    """The cross-entropy of class numbers; see `sparse_categorical_crossentropy`.

    Examples of `ignore_class` count neither in the sum nor in the mean.

    >>> import steepest as st
    >>> loss = st.losses.SparseCategoricalCrossentropy(ignore_class=-1)
    >>> round(loss([0, -1], [[0.5, 0.5], [0.9, 0.1]]).item(), 4)
    0.6931
    """

    labels = CLASS_NUMBERS
    predictions = Predictions("softmax")

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str = "sparse_categorical_crossentropy",
        dtype: DTypeLike = None,
    ) -> None:
        super().__init__(
            sparse_categorical_crossentropy,
            name,
            reduction,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
            dtype=dtype,
        )

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The cross-entropy of each example."""
        return sparse_categorical_crossentropy(y_true, y_pred, **self.options)

    def counted(self, y_true: Tensor, y_pred: Tensor) -> Tensor | None:
        """Marks the examples that are not of the ignored class."""
        ignored = self.options["ignore_class"]
        return None if ignored is None else class_labels(self.name, y_true, y_pred) != ignored


@loss_of(categorical_generalized_cross_entropy)
class CategoricalGeneralizedCrossEntropy(LossFunction):
    """A cross-entropy robust to wrong labels; see `categorical_generalized_cross_entropy`.

    >>> import steepest as st
    >>> st.losses.CategoricalGeneralizedCrossEntropy(q=0.5)([1], [[0.75, 0.25]]).item()
    1.0
    """

    def __init__(
        self,
        q: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_generalized_cross_entropy",
        dtype: DTypeLike = None,
    ) -> None:
        require_within(self, "(0, 1)", q=q)
        super().__init__(categorical_generalized_cross_entropy, name, reduction, q=q, dtype=dtype)


@loss_of(binary_focal_crossentropy)
class BinaryFocalCrossentropy(SeparableLoss):
    """Binary cross-entropy that down-weights examples already classified well; see
    `binary_focal_crossentropy`.

    >>> import steepest as st
    >>> round(st.losses.BinaryFocalCrossentropy(gamma=2)([[1.0]], [[0.5]]).item(), 4)
    0.1733
    """

    label_smoothing = HyperParameter("[0, 1]")

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: Setting = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "binary_focal_crossentropy",
        dtype: DTypeLike = None,
    ) -> None:
        require_within(self, "[0, inf)", gamma=gamma)
        require_within(self, "[0, 1]", alpha=alpha)
        super().__init__(
            binary_focal_crossentropy,
            name,
            reduction,
            apply_class_balancing=apply_class_balancing,
            alpha=alpha,
            gamma=gamma,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
            dtype=dtype,
        )


@loss_of(categorical_focal_crossentropy)
class CategoricalFocalCrossentropy(LossFunction):
    """Categorical cross-entropy that down-weights examples already classified well; see
    `categorical_focal_crossentropy`.

    >>> import steepest as st
    >>> loss = st.losses.CategoricalFocalCrossentropy(alpha=1.0)
    >>> round(loss([[1.0, 0.0]], [[0.5, 0.5]]).item(), 4)
    0.1733
    """

    label_smoothing = HyperParameter("[0, 1]")

    def __init__(
        self,
        alpha: float | Sequence[float] = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: Setting = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_focal_crossentropy",
        dtype: DTypeLike = None,
    ) -> None:
        require_within(self, "[0, inf)", gamma=gamma)
        super().__init__(
            categorical_focal_crossentropy,
            name,
            reduction,
            alpha=alpha,
            gamma=gamma,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
            dtype=dtype,
        )


@loss_of(kl_divergence, "kld", "kullback_leibler_divergence")
class KLDivergence(LossFunction):
    """The divergence of predicted probabilities from the true ones; see `kl_divergence`.

    >>> import steepest as st
    >>> st.losses.KLDivergence()([[0.5, 0.5]], [[0.5, 0.5]]).item()
    0.0
    """

    labels = SHARES

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "kl_divergence",
        dtype: DTypeLike = None,
    ) -> None:
        super().__init__(kl_divergence, name, reduction, dtype=dtype)
