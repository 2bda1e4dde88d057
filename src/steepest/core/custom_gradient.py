"""Derivatives of one's own, and none at all: custom_gradient, stop_gradient. Leans on dispatch."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from steepest.core import dispatch, ops, tree
from steepest.core.tensor import Tensor, TensorLike


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
    """Let a function bring its own derivative: it returns (value, pullback).

    The pullback takes the cotangents of the outputs and gives those of the arguments. A function
    that reads trainable variables takes them with `variables=`, and then gives a pair: the
    cotangents of the arguments, and a list of those of the variables.

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

    @functools.wraps(function)
    def wrapped(*arguments: TensorLike, **options: Any) -> Any:
        inputs = [ops.as_tensor(argument) for argument in arguments]
        tapes = dispatch.STACKS.tapes
        seen = _VariableReads()
        with dispatch.untaped():
            dispatch.STACKS.tapes.append(seen)
            value, pullback = function(*inputs, **options)
        results = [stop_gradient(leaf) for leaf in tree.leaves(value)]
        variables = list(seen.values)
        for tape in tapes:
            for variable, held in zip(variables, seen.values.values(), strict=True):
                tape.record_read(variable, held)
            _note_custom(tape, results, inputs, seen, pullback)
        return tree.rebuild(value, iter(results))

    return wrapped


def _note_custom(
    tape: Any, results: list[Tensor], inputs: list[Tensor], seen: _VariableReads, pullback: Any
) -> None:
    if not seen.values:
        tape.note(results, inputs, pullback)
        return

    def with_variables(*cotangents: Tensor) -> tuple[Any, ...]:
        back, for_variables = pullback(*cotangents, variables=list(seen.values))
        parts = back if isinstance(back, (tuple, list)) else (back,)
        return (*parts, *for_variables)

    tape.note(results, [*inputs, *seen.values.values()], with_variables)


class _VariableReads:
    """A tape that notes only which trainable variables were read."""

    def __init__(self) -> None:
        self.values: dict[Any, Tensor] = {}

    def record(self, *operation: Any) -> None:
        """Operations do not matter here."""

    def note(self, *computation: Any) -> None:
        """Neither do composed ones."""

    def record_read(self, variable: Any, value: Tensor) -> None:
        """Remember the variable with the tensor that it held."""
        if variable.trainable:
            self.values[variable] = value
