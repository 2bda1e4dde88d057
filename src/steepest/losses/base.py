"""The base class of losses, sample weights and reductions.

A loss that is only a formula is a `LossFunction` of it; the formulas are in the other files of this
folder.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Self, TypeVar

from steepest.arguments import require_function_of
from steepest.configurable import Configurable
from steepest.core import ops
from steepest.core.custom_gradient import stop_gradient
from steepest.core.dtype import DTypeLike, as_dtype, is_float, name_of
from steepest.core.masks import counted_in, mask_of
from steepest.core.primitives import Shape, show
from steepest.core.tape import GradientTape
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ArgumentError, ShapeError, unknown_name
from steepest.functions import composed
from steepest.functions.softmax import floating
from steepest.labels import columns, refuse_column
from steepest.losses.facts import Labels, Predictions
from steepest.registry import Registry, to_config
from steepest.schedules.hyper import now

REDUCTIONS = ("sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none", None)
LOSSES = Registry("loss")
CLASSES: dict[Callable[..., Any], type[Loss]] = {}
"""The class of each loss function. A loss given as such a function becomes its class, which also
checks shapes, finds logits and ignores rows."""
SMALLEST = 1e-7  # the bound that makes quotients and logarithms of predictions finite


class Loss(Configurable):
    """The base of losses: subclass it with `call(y_true, y_pred)`, one value per example.

    `reduction` turns these values into one number: their mean ("sum_over_batch_size" or "mean"),
    their "sum", "mean_with_sample_weight" (divided by the sum of the weights) or "none". It is
    computed in `dtype`, by default that of the predictions.

    >>> import steepest as st
    >>> class Quartic(st.losses.Loss):
    ...     def call(self, y_true, y_pred):
    ...         return st.reduce_mean((y_pred - y_true) ** 4, axis=-1)
    >>> Quartic()([[0.0], [0.0]], [[1.0], [2.0]]).item()
    8.5
    """

    labels: Labels | None = None
    """Which labels the loss takes, if it does not take all."""
    predictions: Predictions | None = None
    """Which predictions the loss takes, if it does not take all."""
    from_logits: bool = False
    """Whether predictions are logits, to which the loss applies the activation itself."""
    ignore_class: int | None = None
    """The class number of examples that are ignored."""

    def __init__(
        self,
        name: str | None = None,
        reduction: str | None = "sum_over_batch_size",
        dtype: DTypeLike = None,
    ) -> None:
        if reduction not in REDUCTIONS:
            raise unknown_name("reduction", reduction, [str(known) for known in REDUCTIONS])
        self.name = name or type(self).__name__
        self.reduction = reduction
        self.dtype = None if dtype is None else name_of(as_dtype(dtype))

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The loss of each example."""
        raise NotImplementedError(
            f"{type(self).__name__} must define call(y_true, y_pred), or, in NumPy, loss and "
            "derivative"
        )

    def counted(self, y_true: Tensor, y_pred: Tensor) -> Tensor | None:
        """Marks the values that count with true, the others with false; None if all count."""
        return None

    @property
    def squared_residuals(self) -> bool:
        """Whether the loss is the mean of (y_pred - y_true)^2, as Levenberg-Marquardt requires."""
        return False

    def __call__(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike | None = None
    ) -> Tensor:
        """The loss of a batch, weighted and reduced; steps that a mask leaves out do not count."""
        truth, predicted = ops.as_tensor(y_true), floating(y_pred)
        if self.dtype is not None:
            predicted = ops.cast(predicted, self.dtype)
            truth = ops.cast(truth, self.dtype) if is_float(truth.dtype) else truth
        values = self.call(truth, predicted)
        if values is None:
            raise ArgumentError(f"loss {self.name!r} returned nothing; end it with return")
        marks = (self.counted(truth, predicted), counted_in(values, y_pred), mask_of(values))
        counted = [mark for mark in marks if mark is not None]
        all_of = functools.reduce(ops.logical_and, counted) if counted else None
        return reduced(values, sample_weight, all_of, self.reduction)

    def loss(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike | None = None
    ) -> Tensor:
        """The loss of a batch, the same as calling the object."""
        return self(y_true, y_pred, sample_weight)

    def derivative(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike | None = None
    ) -> Tensor:
        """The derivative of the reduced loss with respect to each prediction.

        >>> import steepest as st
        >>> st.losses.MeanSquaredError().derivative([[0.0], [0.0]], [[1.0], [2.0]]).tolist()
        [[1.0], [2.0]]
        """
        predicted = stop_gradient(floating(y_pred))  # hides the logits behind an activation
        with GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(predicted)
            value = self(y_true, predicted, sample_weight)
        return tape.gradient(value, predicted, unconnected_gradients="zero")


class LossFunction(Loss):
    """A loss made from a function of (y_true, y_pred); options are passed to the function.

    >>> import steepest as st
    >>> def worst(y_true, y_pred):
    ...     return st.reduce_max(abs(y_true - y_pred), axis=-1)
    >>> st.losses.LossFunction(worst).loss([[0.0, 0.0]], [[1.0, -3.0]]).item()
    3.0
    """

    any_option = True

    def __init__(
        self,
        function: Callable[..., Any],
        name: str | None = None,
        reduction: str | None = "sum_over_batch_size",
        dtype: DTypeLike = None,
        **options: Any,
    ) -> None:
        require_function_of(self, "(y_true, y_pred)", function, 2, options)
        super().__init__(name or getattr(function, "__name__", None), reduction, dtype)
        self.function = function
        self._options = tuple(options)
        for option, value in options.items():
            setattr(self, option, value)

    @property
    def __name__(self) -> str:
        """The name of the function, which is what `losses.get` gives by a name in Keras."""
        return getattr(self.function, "__name__", self.name)

    @property
    def options(self) -> dict[str, Any]:
        """The function's further arguments, with scheduled ones at their value in this step."""
        return {name: now(self, name) for name in self._options}

    def is_argument(self, name: str) -> bool:
        """Whether an attribute is an argument of the constructor or of the function."""
        return name in vars(self).get("_options", ()) or super().is_argument(name)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The function's values."""
        refuse_column(self.name, y_true, y_pred)
        values = self.function(y_true, y_pred, **self.options)
        if values is None:
            raise ArgumentError(f"loss {self.name!r} returned nothing; end it with return")
        return ops.as_tensor(values)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal loss, as JSON types."""
        options = {name: getattr(self, name) for name in self._options}
        return {**super().get_config(), **to_config(options)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """The loss that a configuration describes; a function is looked up by its name."""
        if isinstance(config.get("function"), str):
            found = LOSSES.find(config["function"])
            function = found().function if isinstance(found, type) else found
            config = {**config, "function": function}
        return cls(**config)


class SeparableLoss(LossFunction):
    """A loss whose function averages element-wise values along the last axis.

    In arrays with one axis every entry is an example.
    """

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The function's values, one for each example."""
        same_shape(self.name, y_true, y_pred)
        return super().call(*columns(y_true, y_pred))


LossClass = TypeVar("LossClass", bound=type[Loss])


def loss_of(function: Callable[..., Any], *names: str) -> Callable[[LossClass], LossClass]:
    """Registers a class under its name and further names, as the class of a loss function.

    >>> def worst(y_true, y_pred):
    ...     return st.reduce_max(abs(y_true - y_pred), axis=-1)
    >>> @loss_of(worst, "worst_of_all")
    ... class Worst(LossFunction):
    ...     def __init__(self):
    ...         super().__init__(worst)
    >>> st.losses.get(worst), st.losses.get("worst_of_all")
    (Worst(), Worst())
    """

    def register(loss_class: LossClass) -> LossClass:
        CLASSES[function] = LOSSES.register(*names)(loss_class)
        return loss_class

    return register


# ---------------------------------------------------------------- weights and reduction


def reduced(
    values: Tensor,
    sample_weight: TensorLike | None = None,
    counted: Tensor | None = None,
    reduction: str | None = "sum_over_batch_size",
) -> Tensor:
    """Reduces values per example, weighted, to one number.

    >>> import steepest as st
    >>> st.losses.reduced(st.constant([1.0, 3.0]), sample_weight=[1.0, 0.0]).item()
    0.5
    """
    if sample_weight is None and counted is None and reduction in ("sum_over_batch_size", "mean"):
        return ops.reduce_mean(values)
    mask = None if counted is None else ops.cast(counted, values.dtype)
    weights = None if sample_weight is None else weights_like(sample_weight, values)
    weighted = times(times(values, mask), weights)
    if reduction in ("none", None):
        return weighted
    total = ops.reduce_sum(weighted)
    return total if reduction == "sum" else _mean(total, values, mask, weights, reduction)


def _mean(
    total: Tensor, values: Tensor, mask: Tensor | None, weights: Tensor | None, reduction: Any
) -> Tensor:
    """The total over the sum of the weights, the number of values that count, or of all."""
    if reduction == "mean_with_sample_weight" and weights is not None:
        spread = ops.broadcast_to(weights, values.shape)
        return composed.divide_no_nan(total, ops.reduce_sum(times(spread, mask)))
    if mask is not None:
        return composed.divide_no_nan(total, ops.reduce_sum(mask))
    return total / ops.count_of(values.shape, range(values.ndim), values.dtype)


def times(values: Tensor, factors: Tensor | None) -> Tensor:
    """The values times the factors, if there are any."""
    return values if factors is None else values * factors


def weights_like(sample_weight: TensorLike, values: Tensor) -> Tensor:
    """Gives sample weights the number of axes and the dtype of the values that they weigh.

    >>> import steepest as st
    >>> st.losses.base.weights_like([[1.0], [2.0]], st.constant([5.0, 6.0])).shape
    (2,)
    """
    weights = ops.as_tensor(sample_weight, values.dtype)
    shape: Shape = weights.shape
    if len(shape) == values.ndim + 1 and shape[-1] == 1:
        shape = shape[:-1]
    while len(shape) < values.ndim and shape:
        shape = (*shape, 1)
    weights = ops.reshape(weights, shape)
    agree = zip(shape, values.shape, strict=False)
    if len(shape) > values.ndim or any(a not in (1, b) for a, b in agree):
        raise ShapeError(
            f"sample_weight: shape {show(ops.as_tensor(sample_weight).shape)} does not fit losses "
            f"of shape {show(values.shape)}; give one weight per example"
        )
    return weights


# ---------------------------------------------------------------- shapes


def same_shape(name: str, y_true: Tensor, y_pred: Tensor) -> None:
    """Raises unless targets and predictions have the same shape."""
    refuse_column(name, y_true, y_pred)
    if y_true.shape != y_pred.shape:
        raise ShapeError(
            f"{name}: y_true has shape {show(y_true.shape)} and y_pred has shape "
            f"{show(y_pred.shape)}; they must be equal, one target for each output"
        )


def matched(name: str, y_true: TensorLike, y_pred: TensorLike) -> tuple[Tensor, Tensor]:
    """Targets and predictions of the same shape, in the dtype of the predictions."""
    predicted = floating(y_pred)
    truth = ops.as_tensor(y_true, predicted.dtype)
    same_shape(name, truth, predicted)
    return truth, predicted
