"""Loss: one value per example, then weights and reduction in one place. Leans on core.

A loss that is only a formula is a `LossFunction` around it; the formulas stand beside this file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self, TypeVar

from steepest.arguments import require_function_of
from steepest.core import ops
from steepest.core.custom_gradient import stop_gradient
from steepest.core.primitives import show
from steepest.core.tape import GradientTape
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ArgumentError, ShapeError, unknown_name
from steepest.functions import composed
from steepest.functions.softmax import floating
from steepest.labels import columns, refuse_column
from steepest.losses.facts import Labels, Predictions
from steepest.registry import Configurable, Registry, to_config
from steepest.schedules.hyper import now

REDUCTIONS = ("sum_over_batch_size", "mean", "sum", "mean_with_sample_weight", "none", None)
LOSSES = Registry("loss")
CLASSES: dict[Callable[..., Any], type[Loss]] = {}
"""The class of each loss function: a loss given as the function is the class, which keeps shapes,
logits and ignored rows."""
SMALLEST = 1e-7  # keeps quotients and logarithms of predictions within the numbers


class Loss(Configurable):
    """What training makes small: subclass it with `call(y_true, y_pred)`, one value per example.

    `reduction` makes one number of these values: their mean ("sum_over_batch_size" or "mean"),
    their "sum", "mean_with_sample_weight" (divided by the sum of the weights) or "none".

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
    """Whether the loss applies the activation of such predictions itself."""
    ignore_class: int | None = None
    """The class number of examples that do not count."""

    def __init__(
        self, name: str | None = None, reduction: str | None = "sum_over_batch_size"
    ) -> None:
        if reduction not in REDUCTIONS:
            raise unknown_name("reduction", reduction, [str(known) for known in REDUCTIONS])
        self.name = name or type(self).__name__
        self.reduction = reduction

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The loss of each example."""
        raise NotImplementedError(f"{type(self).__name__} must define call(y_true, y_pred)")

    def counted(self, y_true: Tensor, y_pred: Tensor) -> Tensor | None:
        """Which values count (true or false), or None where all do."""
        return None

    @property
    def squared_residuals(self) -> bool:
        """Whether the loss is the mean of (y_pred - y_true)^2, which methods of residuals need."""
        return False

    def __call__(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike | None = None
    ) -> Tensor:
        """The loss of a batch, weighted and reduced."""
        truth, predicted = ops.as_tensor(y_true), floating(y_pred)
        values = self.call(truth, predicted)
        if values is None:
            raise ArgumentError(f"loss {self.name!r} returned nothing; end it with return")
        return reduced(values, sample_weight, self.counted(truth, predicted), self.reduction)

    def loss(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike | None = None
    ) -> Tensor:
        """The loss of a batch: the same as calling."""
        return self(y_true, y_pred, sample_weight)

    def derivative(
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike | None = None
    ) -> Tensor:
        """The derivative of the reduced loss by each prediction.

        >>> import steepest as st
        >>> st.losses.MeanSquaredError().derivative([[0.0], [0.0]], [[1.0], [2.0]]).tolist()
        [[1.0], [2.0]]
        """
        predicted = stop_gradient(floating(y_pred))  # a plain tensor: nothing to look through
        with GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(predicted)
            value = self(y_true, predicted, sample_weight)
        return tape.gradient(value, predicted, unconnected_gradients="zero")


class LossFunction(Loss):
    """A plain function of (y_true, y_pred) as a loss; options are handed on to it.

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
        **options: Any,
    ) -> None:
        require_function_of(self, "(y_true, y_pred)", function, 2, options)
        super().__init__(name or getattr(function, "__name__", None), reduction)
        self.function = function
        self._options = tuple(options)
        for option, value in options.items():
            setattr(self, option, value)

    @property
    def options(self) -> dict[str, Any]:
        """What the function is given besides targets and predictions, in this step."""
        return {name: now(self, name) for name in self._options}

    def is_argument(self, name: str) -> bool:
        """Whether an attribute is an argument of the constructor, or one of the function's."""
        return name in vars(self).get("_options", ()) or super().is_argument(name)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The function's values."""
        refuse_column(self.name, y_true, y_pred)
        values = self.function(y_true, y_pred, **self.options)
        if values is None:
            raise ArgumentError(f"loss {self.name!r} returned nothing; end it with return")
        return ops.as_tensor(values)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal loss, in the words of JSON."""
        options = {name: getattr(self, name) for name in self._options}
        return {**super().get_config(), **to_config(options)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """The loss that a configuration describes; a function is found by its name."""
        if isinstance(config.get("function"), str):
            found = LOSSES.find(config["function"])
            function = found().function if isinstance(found, type) else found
            config = {**config, "function": function}
        return cls(**config)


class SeparableLoss(LossFunction):
    """A loss whose function takes the mean of element-wise values along the last axis.

    Of arrays with one axis every entry is an example of its own.
    """

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The function's values, one for each example."""
        same_shape(self.name, y_true, y_pred)
        return super().call(*columns(y_true, y_pred))


Kind = TypeVar("Kind", bound=type[Loss])


def loss_of(function: Callable[..., Any], *names: str) -> Callable[[Kind], Kind]:
    """Enters a class among the losses, under further names too, as the class of a function.

    >>> def worst(y_true, y_pred):
    ...     return st.reduce_max(abs(y_true - y_pred), axis=-1)
    >>> @loss_of(worst, "worst_of_all")
    ... class Worst(LossFunction):
    ...     def __init__(self):
    ...         super().__init__(worst)
    >>> st.losses.get(worst), st.losses.get("worst_of_all")
    (Worst(), Worst())
    """

    def entered(kind: Kind) -> Kind:
        CLASSES[function] = LOSSES.register(*names)(kind)
        return kind

    return entered


# ---------------------------------------------------------------- weights and reduction


def reduced(
    values: Tensor,
    sample_weight: TensorLike | None = None,
    counted: Tensor | None = None,
    reduction: str | None = "sum_over_batch_size",
) -> Tensor:
    """Values per example, weighted, as one number.

    >>> import steepest as st
    >>> st.losses.reduced(st.constant([1.0, 3.0]), sample_weight=[1.0, 0.0]).item()
    0.5
    """
    if sample_weight is None and counted is None and reduction in ("sum_over_batch_size", "mean"):
        return ops.reduce_mean(values)
    kept = None if counted is None else ops.cast(counted, values.dtype)
    weights = None if sample_weight is None else fitted(sample_weight, values)
    weighted = times(times(values, kept), weights)
    if reduction in ("none", None):
        return weighted
    total = ops.reduce_sum(weighted)
    return total if reduction == "sum" else _divided(total, values, kept, weights, reduction)


def _divided(
    total: Tensor, values: Tensor, kept: Tensor | None, weights: Tensor | None, reduction: Any
) -> Tensor:
    if reduction == "mean_with_sample_weight" and weights is not None:
        spread = ops.broadcast_to(weights, values.shape)
        return composed.divide_no_nan(total, ops.reduce_sum(times(spread, kept)))
    if kept is not None:
        return composed.divide_no_nan(total, ops.reduce_sum(kept))
    return total / ops.count_of(values.shape, range(values.ndim), values.dtype)


def times(values: Tensor, factors: Tensor | None) -> Tensor:
    """The product, where there is a factor."""
    return values if factors is None else values * factors


def fitted(sample_weight: TensorLike, values: Tensor) -> Tensor:
    """Weights with as many axes as the values that they weigh, of the same kind.

    >>> import steepest as st
    >>> st.losses.base.fitted([[1.0], [2.0]], st.constant([5.0, 6.0])).shape
    (2,)
    """
    weights = ops.as_tensor(sample_weight, values.dtype)
    shape = weights.shape
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
    """Raise unless targets and predictions have one shape."""
    refuse_column(name, y_true, y_pred)
    if y_true.shape != y_pred.shape:
        raise ShapeError(
            f"{name}: y_true has shape {show(y_true.shape)} and y_pred has shape "
            f"{show(y_pred.shape)}; they must be equal, one target for each output"
        )


def matched(name: str, y_true: TensorLike, y_pred: TensorLike) -> tuple[Tensor, Tensor]:
    """Targets and predictions of one shape, in the predictions' kind."""
    predicted = floating(y_pred)
    truth = ops.as_tensor(y_true, predicted.dtype)
    same_shape(name, truth, predicted)
    return truth, predicted
