"""Gradients beside the variables that they belong to: looked at before any of them moves.

Leans on ops and Variable.
"""

from __future__ import annotations

from typing import Any

from steepest.core import ops
from steepest.core.dtype import computing
from steepest.core.primitives import show
from steepest.core.tensor import Tensor, TensorLike
from steepest.core.variable import Variable
from steepest.errors import ArgumentError, ShapeError
from steepest.finding import Rule, Severity, report

NO_GRADIENT = Rule(
    "no-gradient",
    Severity.WARNING,
    "The loss does not depend on some of the weights to train.",
    "the loss does not depend on {weights}: no update for these",
    "leave them out, or set trainable = False on their layers",
)


def connected(
    gradients: list[Any], variables: list[Variable]
) -> tuple[list[Tensor], list[Variable]]:
    """Gradients and variables without the pairs whose gradient is missing, which are named."""
    if len(gradients) != len(variables):
        raise ArgumentError(
            f"apply: {len(gradients)} gradients for {len(variables)} variables; one each is needed"
        )
    missing = [v.path or v.name for v, g in zip(variables, gradients, strict=True) if g is None]
    if variables and len(missing) == len(variables):
        raise ArgumentError(
            f"no gradients for any variable ({', '.join(missing)}): the loss does not depend on "
            "them. Was it computed inside `with GradientTape()`, and not through .numpy()?"
        )
    if missing:
        report([NO_GRADIENT.finding(weights=", ".join(missing))])
    found = [(g, v) for g, v in zip(gradients, variables, strict=True) if g is not None]
    return [_fitting(g, v) for g, v in found], [v for _, v in found]


def computed(variable: Variable) -> Tensor:
    """A weight's value in a kind that can be computed with; half precision only stores."""
    return ops.cast(variable.value, computing(variable.dtype))


def _fitting(gradient: TensorLike, variable: Variable) -> Tensor:
    tensor = ops.as_tensor(gradient, computing(variable.dtype))
    if tensor.shape != variable.shape:
        raise ShapeError(
            f"apply: the gradient of {variable.name!r} has shape {show(tensor.shape)}, "
            f"the variable has {show(variable.shape)}"
        )
    return tensor
