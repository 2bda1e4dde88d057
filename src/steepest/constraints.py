"""Constraints, applied to weights after each update. Depends on core and the registry.

A constraint is any function from a weight to a weight of the same shape.
"""

from __future__ import annotations

from typing import Any

from steepest.arguments import require_within
from steepest.configurable import Configurable
from steepest.core import ops
from steepest.core.tensor import Axis, Tensor, TensorLike
from steepest.errors import suggest_names
from steepest.functions import composed
from steepest.registry import Registry

CONSTRAINTS = Registry("constraint")
EPSILON = 1e-7


class Constraint(Configurable):
    """The base class of constraints: `__call__(w)` returns the allowed weight.

    >>> class Rounded(Constraint):
    ...     def __call__(self, w):
    ...         return ops.round(w)
    >>> Rounded()([0.9]).tolist()
    [1.0]
    """

    def __call__(self, w: TensorLike) -> Tensor:
        """The allowed weight, usually the nearest."""
        raise NotImplementedError


@CONSTRAINTS.register
class MaxNorm(Constraint):
    """Limits the Euclidean norm along an axis to `max_value`.

    Axis 0 is that of the inputs of a dense layer: each unit's weights have a norm.

    >>> print(MaxNorm(1.0)([[3.0], [4.0]]))
    Tensor([[0.6]
            [0.8]], shape=(2, 1), dtype=float32)
    """

    def __init__(self, max_value: float = 2, axis: Axis = 0) -> None:
        self.max_value, self.axis = max_value, axis
        require_within(self, "[0, inf]", max_value=max_value)

    def __call__(self, w: TensorLike) -> Tensor:
        """The weight, scaled down where its norm is too large."""
        return composed.clip_by_norm(w, self.max_value, self.axis)


@CONSTRAINTS.register
class NonNeg(Constraint):
    """Replaces negative values by 0.

    >>> NonNeg()([-1.0, 2.0]).tolist()
    [0.0, 2.0]
    """

    def __call__(self, w: TensorLike) -> Tensor:
        """The weight with 0 for negative values."""
        return ops.maximum(w, 0.0)


@CONSTRAINTS.register
class UnitNorm(Constraint):
    """Scales weights to Euclidean norm 1 along an axis.

    >>> UnitNorm()([[3.0], [4.0]])
    Tensor([[0.6]
            [0.8]], shape=(2, 1), dtype=float32)
    """

    def __init__(self, axis: Axis = 0) -> None:
        self.axis = axis

    def __call__(self, w: TensorLike) -> Tensor:
        """The weight divided by its norm."""
        return ops.as_tensor(w) / (EPSILON + composed.norm(w, axis=self.axis, keepdims=True))


@CONSTRAINTS.register
class MinMaxNorm(Constraint):
    """Moves the Euclidean norm along an axis into a range; only partly if `rate` is below 1.

    >>> MinMaxNorm(2.0, 3.0)([[0.0], [8.0]])
    Tensor([[0.]
            [3.]], shape=(2, 1), dtype=float32)
    """

    def __init__(
        self,
        min_value: float = 0.0,
        max_value: float = 1.0,
        rate: float = 1.0,
        axis: Axis = 0,
    ) -> None:
        require_within(self, "[0, inf]", max_value=max_value)
        require_within(self, f"[0, {max_value}]", min_value=min_value)
        require_within(self, "(0, 1]", rate=rate)
        self.min_value, self.max_value = min_value, max_value
        self.rate, self.axis = rate, axis

    def __call__(self, w: TensorLike) -> Tensor:
        """The weight, with its norm moved towards the range."""
        length = composed.norm(w, axis=self.axis, keepdims=True)
        allowed = composed.clip_by_value(length, self.min_value, self.max_value)
        wanted = self.rate * allowed + (1.0 - self.rate) * length
        return ops.as_tensor(w) * (wanted / (EPSILON + length))


max_norm = MaxNorm
non_neg = NonNeg
unit_norm = UnitNorm
min_max_norm = MinMaxNorm


def get(identifier: Any) -> Any:
    """The constraint of a name or configuration, or the object itself; None for None.

    >>> get("max_norm"), get(None)
    (MaxNorm(), None)
    """
    return CONSTRAINTS.get(identifier)


__all__ = [
    "Constraint",
    "MaxNorm",
    "MinMaxNorm",
    "NonNeg",
    "UnitNorm",
    "get",
    "deserialize",
    "serialize",
    "max_norm",
    "min_max_norm",
    "non_neg",
    "unit_norm",
]

serialize = CONSTRAINTS.serialize
deserialize = CONSTRAINTS.deserialize

suggest_names(__name__)
