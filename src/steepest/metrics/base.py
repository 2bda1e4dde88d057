"""The base class of metrics, sums and means over batches, and metrics made from functions.

State is in variables, so that a recorded step can update it. Sums and counts are float64: a float32
count stops at 2^24 = 16,777,216 examples, which an epoch can exceed, and a float32 sum of losses
loses digits long before. One batch is summed in the dtype of the predictions, so that this costs
one float64 addition a batch. Results are float32 again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Self, overload

from steepest import initializers
from steepest.arguments import as_tuple, by_first, require_function_of
from steepest.configurable import Configurable
from steepest.core import dispatch, ops
from steepest.core.dtype import DTypeLike, as_dtype, name_of
from steepest.core.masks import counted_in
from steepest.core.tensor import Tensor, TensorLike
from steepest.core.variable import Variable
from steepest.errors import ArgumentError
from steepest.functions import composed
from steepest.functions.softmax import floating
from steepest.labels import columns
from steepest.losses.base import LOSSES, weights_like
from steepest.registry import Registry, to_config

METRICS = Registry("metric")
SUMS = "float64"
# The positional arguments of add_variable, in its two forms.
_NAME_FIRST = ("name", "shape", "initializer", "dtype")
_SHAPE_FIRST = ("shape", "initializer", "dtype")


class Metric(Configurable):
    """The base of metrics: subclass it with `update_state` and `result`.

    State is in variables made by `add_variable`; `reset_state` sets them to their initial values.

    >>> import steepest as st
    >>> class LargestError(st.metrics.Metric):
    ...     def __init__(self, name="largest_error"):
    ...         super().__init__(name)
    ...         self.largest = self.add_variable("largest")
    ...     def update_state(self, y_true, y_pred, sample_weight=None):
    ...         error = st.reduce_max(abs(y_true - st.constant(y_pred)))
    ...         self.largest.assign(st.maximum(self.largest, error))
    ...     def result(self):
    ...         return self.largest.value
    >>> LargestError()([[1.0]], [[3.0]]).item()
    2.0
    """

    def __init__(self, name: str | None = None, dtype: DTypeLike = "float32") -> None:
        snake_case = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(self).__name__).lower()
        self.name = name or snake_case
        self.dtype = name_of(as_dtype("float32" if dtype is None else dtype))
        self._initial_values: list[tuple[Variable, Tensor]] = []

    @overload
    def add_variable(
        self,
        name: str | None = None,
        shape: Any = (),
        initializer: Any = "zeros",
        dtype: DTypeLike = None,
    ) -> Variable: ...

    @overload
    def add_variable(
        self,
        shape: Any,
        initializer: Any = "zeros",
        dtype: DTypeLike = None,
        *,
        name: str | None = None,
    ) -> Variable: ...

    def add_variable(self, *given: Any, **options: Any) -> Variable:
        """Makes a state variable of the metric, float32 unless a dtype is given.

        The first argument is the name or the shape: `add_variable("total")`,
        `add_variable((), "zeros", name="total")`.
        """
        return self._made_variable(**by_first(given, _NAME_FIRST, _SHAPE_FIRST), **options)

    add_weight = add_variable

    def _made_variable(
        self,
        name: str | None = None,
        shape: Any = (),
        initializer: Any = "zeros",
        dtype: DTypeLike = None,
    ) -> Variable:
        sizes = as_tuple(shape)
        with dispatch.eagerly():
            initial = initializers.get(initializer)(sizes, as_dtype(dtype or self.dtype))
        made = Variable(initial, trainable=False, name=f"{self.name}/{name or 'state'}")
        self._initial_values.append((made, initial))
        return made

    @property
    def variables(self) -> list[Variable]:
        """The variables of the metric and of metrics inside it, in the order of creation."""
        own = [variable for variable, _ in self._initial_values]
        found = own + list(_variables_in({k: v for k, v in vars(self).items() if k[0] != "_"}))
        return list(dict.fromkeys(found))

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Adds a batch, usually given as (y_true, y_pred, sample_weight=None)."""
        raise NotImplementedError(f"{type(self).__name__} must define update_state")

    def result(self) -> Any:
        """The value over all batches since the last reset."""
        raise NotImplementedError(f"{type(self).__name__} must define result()")

    def reset_state(self) -> None:
        """Sets all variables to their initial values."""
        initial_values = dict(self._initial_values)
        for variable in self.variables:
            initial = initial_values.get(variable)
            variable.assign(composed.zeros_like(variable) if initial is None else initial)

    def reset_states(self) -> None:
        """`reset_state` under its former name."""
        self.reset_state()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Adds a batch and returns the value so far."""
        self.update_state(*args, **kwargs)
        return self.result()


def _variables_in(value: Any) -> Iterator[Variable]:
    if isinstance(value, Variable):
        yield value
    elif isinstance(value, Metric):
        yield from value.variables
    elif isinstance(value, (list, tuple)):
        for entry in value:
            yield from _variables_in(entry)
    elif isinstance(value, dict):
        yield from _variables_in(list(value.values()))


@METRICS.register
class Sum(Metric):
    """The sum of all values, weighted if weights are given.

    >>> import steepest as st
    >>> total = st.metrics.Sum()
    >>> total.update_state([1.0, 2.0])
    >>> total([3.0]).item()
    6.0
    """

    def __init__(self, name: str = "sum", dtype: DTypeLike = "float32") -> None:
        super().__init__(name, dtype)
        self.total = self.add_variable("total", dtype=SUMS)

    def update_state(self, values: TensorLike, sample_weight: TensorLike | None = None) -> None:
        """Adds values."""
        self.total.assign_add(ops.cast(ops.reduce_sum(weighted(values, sample_weight)[0]), SUMS))

    def result(self) -> Tensor:
        """The sum so far."""
        return ops.cast(self.total, self.dtype)


@METRICS.register
class Mean(Metric):
    """The mean of all values, weighted if weights are given; 0 before the first batch.

    >>> import steepest as st
    >>> mean = st.metrics.Mean()
    >>> mean.update_state([1.0, 2.0])
    >>> mean([6.0]).item()
    3.0
    """

    def __init__(self, name: str = "mean", dtype: DTypeLike = "float32") -> None:
        super().__init__(name, dtype)
        self.total = self.add_variable("total", dtype=SUMS)
        self.count = self.add_variable("count", dtype=SUMS)

    def update_state(self, values: TensorLike, sample_weight: TensorLike | None = None) -> None:
        """Adds values."""
        products, weight = weighted(values, sample_weight)
        self.total.assign_add(ops.cast(ops.reduce_sum(products), SUMS))
        self.count.assign_add(weight)

    def result(self) -> Tensor:
        """The mean so far."""
        return ops.cast(composed.divide_no_nan(self.total, self.count), self.dtype)


def weighted(values: TensorLike, sample_weight: TensorLike | None) -> tuple[Tensor, Tensor]:
    """Returns the values times their weights, and the sum of the weights (1 each by default).

    >>> products, weight = weighted([1.0, 2.0], [0.5, 1.0])
    >>> products.tolist(), weight.item()
    ([0.5, 2.0], 1.5)
    """
    numbers = floating(values)
    if sample_weight is None:
        count = ops.count_of(numbers.shape, range(numbers.ndim), as_dtype(SUMS))
        return numbers, ops.as_tensor(count, SUMS)
    weights = ops.broadcast_to(weights_like(sample_weight, numbers), numbers.shape)
    return numbers * weights, ops.cast(ops.reduce_sum(weights), SUMS)


@METRICS.register
class MeanMetricWrapper(Mean):
    """The mean over all examples of a function of (y_true, y_pred), which is passed the options.

    >>> import steepest as st
    >>> def error(y_true, y_pred):
    ...     return abs(y_true - y_pred)
    >>> st.metrics.MeanMetricWrapper(error)([[1.0], [1.0]], [[1.0], [3.0]]).item()
    1.0
    """

    any_option = True

    def __init__(
        self,
        fn: Callable[..., Any],
        name: str | None = None,
        dtype: DTypeLike = "float32",
        **options: Any,
    ) -> None:
        require_function_of(self, "(y_true, y_pred)", fn, 2, options)
        super().__init__(name or str(getattr(fn, "__name__", "metric")), dtype)
        self.fn = fn
        self._options = tuple(options)
        vars(self).update(options)

    @property
    def options(self) -> dict[str, Any]:
        """The function's further arguments."""
        return {name: getattr(self, name) for name in self._options}

    def values(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The function's values, one for each example."""
        values = self.fn(y_true, y_pred, **self.options)
        if values is None:
            raise ArgumentError(f"metric {self.name!r} returned nothing; end it with return")
        return ops.as_tensor(values)

    def update_state(  # type: ignore[override]
        self, y_true: TensorLike, y_pred: TensorLike, sample_weight: TensorLike | None = None
    ) -> None:
        """Adds a batch."""
        values = self.values(ops.as_tensor(y_true), floating(y_pred))
        mask = counted_in(values, y_pred)
        if mask is not None:
            counted = ops.cast(mask, floating(values).dtype)
            weights = 1.0 if sample_weight is None else weights_like(sample_weight, counted)
            sample_weight = counted * weights
        super().update_state(values, sample_weight)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal metric, as JSON types."""
        return {**super().get_config(), **to_config(self.options)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """The metric that a configuration describes; a function is looked up by its name."""
        name = config.get("fn")
        if isinstance(name, str):  # a user's function, or the function of a metric or a loss
            found = (METRICS if METRICS.has(name) else LOSSES).find(name)
            made = found() if isinstance(found, type) else found
            function = getattr(made, "fn", None) or getattr(made, "function", made)
            config = {**config, "fn": function}
        return cls(**config)


@METRICS.register
class SeparableMean(MeanMetricWrapper):
    """The mean of a function that averages element-wise values along the last axis.

    In arrays with one axis every entry is an example.
    """

    def values(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The function's values, one for each example."""
        return super().values(*columns(y_true, y_pred))
