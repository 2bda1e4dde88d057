"""Gradients before the update: checked against their variables, accumulated and clipped."""

from __future__ import annotations

from typing import Any

from steepest.core import ops
from steepest.core.dtype import computing
from steepest.core.primitives import show
from steepest.core.tensor import Tensor, TensorLike
from steepest.core.variable import Variable
from steepest.errors import ArgumentError, ShapeError
from steepest.finding import Rule, Severity, report
from steepest.functions import composed

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
    """Drops the pairs whose gradient is None, with a warning that names their variables."""
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
    return [_checked(g, v) for g, v in found], [v for _, v in found]


def computed(variable: Variable) -> Tensor:
    """The value of a weight in a dtype to compute with: half precision is for storage only."""
    return ops.cast(variable.value, computing(variable.dtype))


def pairs_of(grads_and_vars: Any) -> list[tuple[Any, Any]]:
    """The pairs of a gradient and its variable that `apply_gradients` is given.

    >>> pairs_of(zip([1.0], ["w"]))
    [(1.0, 'w')]
    """
    try:
        return [(gradient, variable) for gradient, variable in grads_and_vars]
    except (TypeError, ValueError):
        raise ArgumentError(
            "apply_gradients: pairs (gradient, variable) were expected, as zip(gradients, "
            f"variables) gives them; got {grads_and_vars!r:.60}"
        ) from None


def _checked(gradient: TensorLike, variable: Variable) -> Tensor:
    if not isinstance(variable, Variable):
        raise ArgumentError(
            f"apply: pairs of a gradient and its variable were expected, got {variable!r:.60} for "
            "the variable; give (gradient, variable)"
        )
    tensor = ops.as_tensor(gradient, computing(variable.dtype))
    if tensor.shape != variable.shape:
        raise ShapeError(
            f"apply: the gradient of {variable.name!r} has shape {show(tensor.shape)}, "
            f"the variable has {show(variable.shape)}"
        )
    return tensor


def clipped(
    gradients: list[Tensor],
    clipvalue: float | None,
    clipnorm: float | None,
    global_clipnorm: float | None,
) -> list[Tensor]:
    """Clips each entry, the norm of each gradient, or the norm of all gradients together.

    >>> from steepest.core import ops
    >>> [g.tolist() for g in clipped([ops.constant([3.0, -4.0])], 3.5, None, None)]
    [[3.0, -3.5]]
    """
    if global_clipnorm is not None:
        return composed.clip_by_global_norm(gradients, global_clipnorm)[0]
    if clipnorm is not None:
        return [composed.clip_by_norm(gradient, clipnorm) for gradient in gradients]
    if clipvalue is not None:
        return [composed.clip_by_value(gradient, -clipvalue, clipvalue) for gradient in gradients]
    return gradients


def accumulated(
    gradients: list[Tensor], sums: list[Variable], every: int, step: Tensor
) -> list[Tensor]:
    """Adds gradients to their sums and returns the means; an update sets the sums to 0."""
    means = []
    for gradient, variable in zip(gradients, sums, strict=True):
        total = variable.value + gradient
        variable.assign(if_due(every, step, composed.zeros_like(total), total))
        means.append(total / float(every))
    return means


def if_due(every: int | None, step: Tensor, new: Tensor, old: Tensor) -> Tensor:
    """The new value in every n-th step (in all steps for None), the old one in the others."""
    return new if not every else ops.where((step + 1) % every == 0, new, old)
