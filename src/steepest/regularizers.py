"""Penalties on weights and outputs: L1, L2, both, orthogonality. Depends on core and the registry.

A regularizer is any function from a tensor to one number.
"""

from __future__ import annotations

from typing import Any

from steepest.configurable import Configurable
from steepest.core import ops
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ArgumentError, suggest_names
from steepest.functions import composed, nn
from steepest.registry import Registry

REGULARIZERS = Registry("regularizer")


class Regularizer(Configurable):
    """The base class of regularizers: `__call__(x)` returns one number.

    >>> class Far(Regularizer):
    ...     def __call__(self, x):
    ...         return ops.reduce_max(ops.absolute(x))
    >>> Far()([1.0, -3.0]).item()
    3.0
    """

    def __call__(self, x: TensorLike) -> Tensor:
        """The penalty of a tensor."""
        raise NotImplementedError


def _strength(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e30:
        raise ArgumentError(f"{name}: a strength is a number from 0 up, got {value!r}")
    return float(value)


@REGULARIZERS.register
class L1(Regularizer):
    """l1 times the sum of |x|: makes weights exactly 0.

    >>> L1(0.5)([1.0, -3.0]).item()
    2.0
    """

    def __init__(self, l1: float = 0.01) -> None:
        self.l1 = _strength("l1", l1)

    def __call__(self, x: TensorLike) -> Tensor:
        """The penalty of a tensor."""
        return self.l1 * ops.reduce_sum(ops.absolute(x))


@REGULARIZERS.register
class L2(Regularizer):
    """l2 times the sum of x^2, with the derivative 2 l2 x: a decay of the weights.

    Under plain gradient descent with rate r, L2(l2) is weight decay of 2 r l2 a step.

    >>> L2(0.5)([1.0, -3.0]).item()
    5.0
    """

    def __init__(self, l2: float = 0.01) -> None:
        self.l2 = _strength("l2", l2)

    def __call__(self, x: TensorLike) -> Tensor:
        """The penalty of a tensor."""
        return self.l2 * ops.reduce_sum(composed.square(x))


@REGULARIZERS.register
class L1L2(Regularizer):
    """l1 times the sum of |x|, plus l2 times the sum of x^2. Named "l1_l2" it takes 0.01 of each.

    >>> L1L2(0.5, 0.5)([1.0, -3.0]).item()
    7.0
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1 = _strength("l1", l1)
        self.l2 = _strength("l2", l2)

    def __call__(self, x: TensorLike) -> Tensor:
        """The penalty of a tensor."""
        penalties = [L1(self.l1)] * (self.l1 > 0) + [L2(self.l2)] * (self.l2 > 0)
        return composed.add_n([penalty(x) for penalty in penalties] or [0.0])


@REGULARIZERS.register
class OrthogonalRegularizer(Regularizer):
    """`factor` times the mean of |cosine| over all pairs of different rows (or columns).

    `mode` is "rows" or "columns": which of them should be orthogonal.

    >>> OrthogonalRegularizer(1.0)([[1.0, 0.0], [0.0, 1.0]]).item()
    0.0
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        if mode not in ("rows", "columns"):
            raise ArgumentError(f"mode: 'rows' or 'columns', got {mode!r}")
        self.factor, self.mode = _strength("factor", factor), mode

    def __call__(self, x: TensorLike) -> Tensor:
        """The penalty of a matrix."""
        tensor = ops.as_tensor(x)
        if tensor.ndim != 2:
            raise ArgumentError(
                f"an orthogonal regularizer takes a matrix, got an array of {tensor.ndim} axes"
            )
        rows = nn.l2_normalize(tensor if self.mode == "rows" else tensor.T, axis=1)
        count = rows.shape[0] or 0
        off_diagonal = 1.0 - composed.eye(count, dtype=rows.dtype)
        pairs = max(count * (count - 1), 1)
        return self.factor * ops.reduce_sum(ops.absolute(rows @ rows.T) * off_diagonal) / pairs


def l1(l1: float = 0.01) -> L1:
    """The regularizer L1.

    >>> l1(0.1)
    L1(l1=0.1)
    """
    return L1(l1)


def l2(l2: float = 0.01) -> L2:
    """The regularizer L2.

    >>> l2(0.1)
    L2(l2=0.1)
    """
    return L2(l2)


def l1_l2(l1: float = 0.01, l2: float = 0.01) -> L1L2:
    """The regularizer L1L2, by default with 0.01 of each.

    >>> l1_l2()
    L1L2(l1=0.01, l2=0.01)
    """
    return L1L2(l1, l2)


def orthogonal(factor: float = 0.01, mode: str = "rows") -> OrthogonalRegularizer:
    """The regularizer OrthogonalRegularizer.

    >>> orthogonal(0.1)
    OrthogonalRegularizer(factor=0.1)
    """
    return OrthogonalRegularizer(factor, mode)


REGULARIZERS.register(orthogonal)


orthogonal_regularizer = OrthogonalRegularizer


def get(identifier: Any) -> Any:
    """The regularizer of a name or configuration, or the object itself; None for None.

    >>> get("l2"), get("l1_l2")
    (L2(), L1L2(l1=0.01, l2=0.01))
    """
    if isinstance(identifier, str) and identifier.lower() in ("l1l2", "l1_l2"):
        return l1_l2()
    found = REGULARIZERS.get(identifier)
    return orthogonal() if found is orthogonal else found


__all__ = [
    "L1",
    "L1L2",
    "L2",
    "OrthogonalRegularizer",
    "Regularizer",
    "get",
    "deserialize",
    "serialize",
    "orthogonal_regularizer",
    "l1",
    "l1_l2",
    "l2",
    "orthogonal",
]  # fmt: skip

serialize = REGULARIZERS.serialize
deserialize = REGULARIZERS.deserialize

suggest_names(__name__)
