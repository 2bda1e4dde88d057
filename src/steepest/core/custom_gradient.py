"""custom_gradient (user-defined derivatives) and stop_gradient (no derivative).

Depends on dispatch.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from steepest.arguments import require_function
from steepest.core import dispatch, ops, tree
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ArgumentError


def stop_gradient(x: TensorLike) -> Tensor:
    """The same values, through which no derivative flows.

    >>> import steepest as st
    >>> x = st.constant(2.0)
    >>> with st.GradientTape() as tape:
    ...     tape.watch(x)
    ...     y = x * st.stop_gradient(x)
    >>> tape.gradient(y, x).item()
    2.0
    """
    value = ops.as_tensor(x)
    return Tensor(value.data, value.shape, value.dtype)


def custom_gradient(function: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a function a user-defined derivative: it returns (value, pullback).

    The pullback takes the cotangents of the outputs and returns those of the arguments. If the
    function reads trainable variables, the pullback is called with `variables=` and returns a pair:
    the cotangents of the arguments, and a list of those of the variables.

    >>> import steepest as st
    >>> @st.custom_gradient
    ... def clipped_identity(x):
    ...     return x, lambda g: st.clip_by_value(g, -1.0, 1.0)
    >>> x = st.constant(3.0)
    >>> with st.GradientTape() as tape:
    ...     tape.watch(x)
    ...     y = clipped_identity(x) * 5.0
    >>> tape.gradient(y, x).item()
    1.0
    """

    require_function("custom_gradient", function)

    @functools.wraps(function)
    def wrapped(*arguments: TensorLike, **options: Any) -> Any:
        inputs = [ops.as_tensor(argument) for argument in arguments]
        tapes = dispatch.STACKS.tapes
        seen = _VariableReads()
        with dispatch.untaped():
            dispatch.STACKS.tapes.append(seen)
            value, pullback = _pair(function, function(*inputs, **options))
        results = [stop_gradient(leaf) for leaf in tree.leaves(value)]
        variables = list(seen.values)
        for tape in tapes:
            for variable, read in zip(variables, seen.values.values(), strict=True):
                tape.record_read(variable, read)
            _record_custom(tape, results, inputs, seen, pullback)
        return tree.rebuild(value, iter(results))

    return wrapped


def _record_custom(
    tape: Any, results: list[Tensor], inputs: list[Tensor], seen: _VariableReads, pullback: Any
) -> None:
    def all_parts(*cotangents: Tensor) -> tuple[Any, ...]:
        if not seen.values:
            return _counted("arguments", pullback(*cotangents), len(inputs))
        back, for_variables = pullback(*cotangents, variables=list(seen.values))
        return (
            *_counted("arguments", back, len(inputs)),
            *_counted("variables", for_variables, len(seen.values)),
        )

    tape.record_pullback(results, [*inputs, *seen.values.values()], all_parts)


def _pair(function: Callable[..., Any], result: Any) -> tuple[Any, Callable[..., Any]]:
    if isinstance(result, tuple) and len(result) == 2 and callable(result[1]):
        return result
    raise ArgumentError(
        f"custom_gradient: {getattr(function, '__name__', function)} must return its value and a "
        f"function that gives the derivatives, got {result!r:.80}"
    )


def _counted(what: str, back: Any, count: int) -> tuple[Any, ...]:
    parts = tuple(back) if isinstance(back, (tuple, list)) else (back,)
    if len(parts) != count:
        raise ArgumentError(
            f"custom_gradient: one derivative for each of the {count} {what} was expected, "
            f"got {len(parts)}; give None for one through which no derivative flows"
        )
    return parts


class _VariableReads:
    """A tape that records only which trainable variables were read."""

    def __init__(self) -> None:
        self.values: dict[Any, Tensor] = {}

    def record(self, *operation: Any) -> None:
        """Operations do not matter here."""

    def record_pullback(self, *computation: Any) -> None:
        """Nor do computations with a pullback of their own."""

    def record_read(self, variable: Any, value: Tensor) -> None:
        """Stores the variable with the value that was read."""
        if variable.trainable:
            self.values[variable] = value
