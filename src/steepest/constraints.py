"""Constraints: what weights are brought back to after each update. Leans on core, the registry.

A constraint is any function of a weight to a weight of the same shape.
"""

from __future__ import annotations

from typing import Any

from steepest.arguments import require_within
from steepest.core import ops
from steepest.core.tensor import Axis, Tensor, TensorLike
from steepest.errors import suggest_names
from steepest.functions import composed
from steepest.registry import Configurable, Registry

CONSTRAINTS = Registry("constraint")
EPSILON = 1e-7


class Constraint(Configurable):
    """The base of one's own constraints: `__call__(w)` gives the weight that is allowed.

    >>> class Rounded(Constraint):
    ...     def __call__(self, w):
    ...         return ops.round(w)
    >>> Rounded()([0.9]).tolist()
    [1.0]
    """

    def __call__(self, w: TensorLike) -> Tensor:
        """The nearest weight that is allowed."""
        raise NotImplementedError


@CONSTRAINTS.register
class MaxNorm(Constraint):
    """The Euclidean length along an axis kept at or below `max_value`.

    With axis 0, each unit of a dense layer has a length of its own.

    >>> print(MaxNorm(1.0)([[3.0], [4.0]]))
    Tensor([[0.6]
            [0.8]], shape=(2, 1), dtype=float32)
    """

    def __init__(self, max_value: float = 2, axis: Axis = 0) -> None:
        self.max_value, self.axis = max_value, axis
        require_within(self, "[0, inf]", max_value=max_value)

    def __call__(self, w: TensorLike) -> Tensor:
        """The weight, scaled down where it is too long."""
        return composed.clip_by_norm(w, self.max_value, self.axis)


@CONSTRAINTS.register
class NonNeg(Constraint):
    """Values below 0 made 0.

    >>> NonNeg()([-1.0, 2.0]).tolist()
    [0.0, 2.0]
    """

    def __call__(self, w: TensorLike) -> Tensor:
        """The weight without its negative values."""
        return ops.maximum(w, 0.0)


@CONSTRAINTS.register
class UnitNorm(Constraint):
    """The Euclidean length along an axis made 1.

    >>> UnitNorm()([[3.0], [4.0]])
    Tensor([[0.6]
            [0.8]], shape=(2, 1), dtype=float32)
    """

    def __init__(self, axis: Axis = 0) -> None:
        self.axis = axis

    def __call__(self, w: TensorLike) -> Tensor:
        """The weight over its length."""
        return ops.as_tensor(w) / (EPSILON + composed.norm(w, axis=self.axis, keepdims=True))


@CONSTRAINTS.register
class MinMaxNorm(Constraint):
    """The Euclidean length along an axis brought between two bounds; partly, if `rate` is below 1.

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
        """The weight, its length moved towards the allowed range."""
        length = composed.norm(w, axis=self.axis, keepdims=True)
        allowed = composed.clip_by_value(length, self.min_value, self.max_value)
        wanted = self.rate * allowed + (1.0 - self.rate) * length
        return ops.as_tensor(w) * (wanted / (EPSILON + length))


max_norm = MaxNorm
non_neg = NonNeg
unit_norm = UnitNorm
min_max_norm = MinMaxNorm


def get(identifier: Any) -> Any:
    """The constraint that a name, an object or a function stands for; None stays None.

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
    "max_norm",
    "min_max_norm",
    "non_neg",
    "unit_norm",
]

suggest_names(__name__)
