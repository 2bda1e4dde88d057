"""Regression losses, as functions and classes.

Each function gives the mean along the last axis; each class is such a function as a loss.
"""

from __future__ import annotations

from steepest.arguments import require_within
from steepest.core import ops
from steepest.core.dtype import DTypeLike
from steepest.core.tensor import Tensor, TensorLike
from steepest.functions import composed, nn
from steepest.losses.base import SMALLEST, LossFunction, SeparableLoss, loss_of, matched
from steepest.losses.facts import COUNTS, QUANTITIES, SIZES, Predictions


def mean_squared_error(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """mean((p - y)^2).

    >>> import steepest as st
    >>> st.losses.mean_squared_error([[0.0, 0.0]], [[1.0, 3.0]]).tolist()
    [5.0]
    """
    y, p = matched("mean_squared_error", y_true, y_pred)
    return ops.reduce_mean(composed.square(p - y), axis=-1)


def mean_absolute_error(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """mean(|p - y|), with the derivative 0 where p = y.

    >>> import steepest as st
    >>> st.losses.mean_absolute_error([[0.0, 0.0]], [[1.0, -3.0]]).tolist()
    [2.0]
    """
    y, p = matched("mean_absolute_error", y_true, y_pred)
    return ops.reduce_mean(ops.absolute(p - y), axis=-1)


def mean_absolute_percentage_error(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """100 mean(|p - y| / max(|y|, 1e-7)).

    >>> import steepest as st
    >>> st.losses.mean_absolute_percentage_error([[2.0, 4.0]], [[1.0, 4.0]]).tolist()
    [25.0]
    """
    y, p = matched("mean_absolute_percentage_error", y_true, y_pred)
    ratio = ops.absolute(p - y) / ops.maximum(ops.absolute(y), SMALLEST)
    return 100.0 * ops.reduce_mean(ratio, axis=-1)


def mean_squared_logarithmic_error(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """mean((log(1 + p) - log(1 + y))^2); values below 1e-7 are set to it.

    >>> import steepest as st
    >>> st.losses.mean_squared_logarithmic_error([[0.0]], [[np.e - 1]]).numpy().round(4).tolist()
    [1.0]
    """
    y, p = matched("mean_squared_logarithmic_error", y_true, y_pred)
    low, high = (ops.log1p(ops.maximum(value, SMALLEST)) for value in (y, p))
    return ops.reduce_mean(composed.square(high - low), axis=-1)


def huber(y_true: TensorLike, y_pred: TensorLike, delta: float = 1.0) -> Tensor:
    """The mean of e^2 / 2 where |e| <= delta, and of delta (|e| - delta / 2) beyond (Huber, 1964).

    >>> import steepest as st
    >>> st.losses.huber([[0.0, 0.0]], [[1.0, 3.0]]).tolist()
    [1.5]
    """
    y, p = matched("huber", y_true, y_pred)
    size = ops.absolute(p - y)
    inside = ops.minimum(size, delta)  # the derivative by this part is that of the square
    return ops.reduce_mean(inside * (size - 0.5 * inside), axis=-1)


def log_cosh(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """mean(log(cosh(p - y))): e^2 / 2 for small errors, |e| - log 2 for large ones.

    Computed as |e| + log1p(expm1(-2|e|) / 2), which neither overflows nor cancels.

    >>> import steepest as st
    >>> st.losses.log_cosh([[0.0]], [[1.0]]).numpy().round(4).tolist()
    [0.4338]
    """
    y, p = matched("log_cosh", y_true, y_pred)
    size = ops.absolute(p - y)
    return ops.reduce_mean(size + ops.log1p(0.5 * ops.expm1(-2.0 * size)), axis=-1)


def quantile(y_true: TensorLike, y_pred: TensorLike, tau: float = 0.5) -> Tensor:
    """mean(max(tau e, (tau - 1) e)) with e = y - p: least at the quantile tau of the targets.

    >>> import steepest as st
    >>> st.losses.quantile([[1.0], [0.0]], [[0.0], [1.0]], tau=0.75).tolist()
    [0.75, 0.25]
    """
    y, p = matched("quantile", y_true, y_pred)
    error = y - p
    return ops.reduce_mean(ops.maximum(tau * error, (tau - 1.0) * error), axis=-1)


def poisson(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """mean(p - y log(p + 1e-7)): for counts y drawn with expectation p.

    >>> import steepest as st
    >>> st.losses.poisson([[2.0]], [[1.0]]).numpy().round(4).tolist()
    [1.0]
    """
    y, p = matched("poisson", y_true, y_pred)
    return ops.reduce_mean(p - y * ops.log(p + SMALLEST), axis=-1)


def cosine_similarity(y_true: TensorLike, y_pred: TensorLike, axis: int = -1) -> Tensor:
    """Minus the cosine of the angle between target and prediction: -1 for the same direction.

    >>> import steepest as st
    >>> st.losses.cosine_similarity([[1.0, 0.0]], [[0.0, 2.0]]).tolist()
    [-0.0]
    """
    y, p = matched("cosine_similarity", y_true, y_pred)
    return -ops.reduce_sum(nn.l2_normalize(y, axis) * nn.l2_normalize(p, axis), axis)


@loss_of(mean_squared_error, "mse")
class MeanSquaredError(SeparableLoss):
    """The mean of squared errors; see `mean_squared_error`.

    >>> import steepest as st
    >>> st.losses.MeanSquaredError()([[0.0], [1.0]], [[1.0], [1.0]]).item()
    0.5
    """

    labels = QUANTITIES

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "mean_squared_error",
        dtype: DTypeLike = None,
    ) -> None:
        super().__init__(mean_squared_error, name, reduction, dtype=dtype)

    @property
    def squared_residuals(self) -> bool:
        """True unless a subclass overrides the formula."""
        return type(self).call is SeparableLoss.call


@loss_of(mean_absolute_error, "mae")
class MeanAbsoluteError(SeparableLoss):
    """The mean of absolute errors; see `mean_absolute_error`.

    >>> import steepest as st
    >>> st.losses.MeanAbsoluteError()([[0.0], [1.0]], [[1.0], [1.0]]).item()
    0.5
    """

    labels = QUANTITIES

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "mean_absolute_error",
        dtype: DTypeLike = None,
    ) -> None:
        super().__init__(mean_absolute_error, name, reduction, dtype=dtype)


@loss_of(mean_absolute_percentage_error, "mape")
class MeanAbsolutePercentageError(SeparableLoss):
    """The mean absolute error in percent; see `mean_absolute_percentage_error`.

    >>> import steepest as st
    >>> st.losses.MeanAbsolutePercentageError()([[2.0]], [[1.0]]).item()
    50.0
    """

    labels = QUANTITIES

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "mean_absolute_percentage_error",
        dtype: DTypeLike = None,
    ) -> None:
        super().__init__(mean_absolute_percentage_error, name, reduction, dtype=dtype)


@loss_of(mean_squared_logarithmic_error, "msle")
class MeanSquaredLogarithmicError(SeparableLoss):
    """The mean squared difference of logarithms; see `mean_squared_logarithmic_error`.

    >>> import steepest as st
    >>> st.losses.MeanSquaredLogarithmicError()([[1.0]], [[1.0]]).item()
    0.0
    """

    labels = SIZES

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "mean_squared_logarithmic_error",
        dtype: DTypeLike = None,
    ) -> None:
        super().__init__(mean_squared_logarithmic_error, name, reduction, dtype=dtype)


@loss_of(huber, "huber_loss")
class Huber(SeparableLoss):
    """Quadratic for small errors, linear for large ones; see `huber`.

    >>> import steepest as st
    >>> st.losses.Huber(delta=1.0)([[0.0]], [[3.0]]).item()
    2.5
    """

    labels = QUANTITIES

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str = "huber_loss",
        dtype: DTypeLike = None,
    ) -> None:
        require_within(self, "(0, inf]", delta=delta)
        super().__init__(huber, name, reduction, delta=delta, dtype=dtype)


@loss_of(log_cosh)
class LogCosh(SeparableLoss):
    """The logarithm of the hyperbolic cosine of errors; see `log_cosh`.

    >>> import steepest as st
    >>> st.losses.LogCosh()([[0.0]], [[0.0]]).item()
    0.0
    """

    labels = QUANTITIES

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "log_cosh",
        dtype: DTypeLike = None,
    ) -> None:
        super().__init__(log_cosh, name, reduction, dtype=dtype)


@loss_of(quantile, "pinball")
class Quantile(SeparableLoss):
    """The loss whose best prediction is a quantile of the targets; see `quantile`.

    Koenker and Bassett, "Regression quantiles", 1978.

    >>> import steepest as st
    >>> st.losses.Quantile(0.9)([[1.0]], [[0.0]]).numpy().round(4).item()
    0.9
    """

    def __init__(
        self,
        tau: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str = "quantile",
        dtype: DTypeLike = None,
    ) -> None:
        require_within(self, "(0, 1)", tau=tau)
        super().__init__(quantile, name, reduction, tau=tau, dtype=dtype)


@loss_of(poisson)
class Poisson(SeparableLoss):
    """The loss for counts; see `poisson`.

    >>> import steepest as st
    >>> st.losses.Poisson()([[0.0]], [[1.0]]).item()
    1.0
    """

    labels = COUNTS
    predictions = Predictions(positive=True)

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "poisson",
        dtype: DTypeLike = None,
    ) -> None:
        super().__init__(poisson, name, reduction, dtype=dtype)


@loss_of(cosine_similarity)
class CosineSimilarity(LossFunction):
    """Minus the cosine similarity of target and prediction; see `cosine_similarity`.

    >>> import steepest as st
    >>> st.losses.CosineSimilarity()([[1.0, 0.0]], [[2.0, 0.0]]).item()
    -1.0
    """

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "cosine_similarity",
        dtype: DTypeLike = None,
    ) -> None:
        super().__init__(cosine_similarity, name, reduction, axis=axis, dtype=dtype)
