"""gradcheck: derivatives compared with finite differences. Depends on the tape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.arguments import require_function
from steepest.core import ops, tree
from steepest.core.tape import value_and_gradients
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError

STEP = 1e-5


@dataclass(frozen=True)
class GradientCheck:
    """The result of a check: true if all inputs passed.

    `errors` holds, for each input, the greatest relative error over the directions tried.

    >>> check = gradcheck(lambda x: x * x, 3.0)
    >>> bool(check), check.worst
    (True, 0)
    """

    errors: tuple[float, ...]
    tolerance: float

    @property
    def worst(self) -> int:
        """The input with the greatest error."""
        return int(np.argmax(np.nan_to_num(self.errors, nan=np.inf)))

    def __bool__(self) -> bool:
        return all(error <= self.tolerance for error in self.errors)

    def __str__(self) -> str:
        if self:
            return f"derivatives agree with finite differences to {max(self.errors):.1e}"
        return (
            f"input {self.worst}: derivative differs from finite differences by "
            f"{self.errors[self.worst]:.1e} (relative), more than {self.tolerance:.0e}"
        )


def gradcheck(
    function: Callable[..., Any],
    *arguments: Any,
    directions: int = 3,
    tolerance: float = 1e-6,
    seed: int = 0,
) -> GradientCheck:
    """Compares a function's derivative with central differences along random directions.

    Everything is computed in float64. The result is true or false, and says which input is wrong
    and by how much. At a kink (relu at 0) the two may differ without an error.

    >>> import steepest as st
    >>> print(st.gradcheck(lambda x: st.reduce_sum(st.tanh(x)), [0.1, 0.2]))  # doctest: +ELLIPSIS
    derivatives agree with finite differences to ...
    """
    require_function("gradcheck", function)
    inputs = [np.asarray(argument, np.float64) for argument in arguments]
    if not inputs:
        raise ArgumentError("gradcheck: give the arguments at which to check the function")
    rng = np.random.default_rng(seed)
    weights: list[np.ndarray] = []

    def weighted(*tensors: Any) -> Tensor:
        outputs = [ops.as_tensor(leaf, "float64") for leaf in tree.leaves(function(*tensors))]
        if not weights:
            weights.extend(rng.standard_normal(output.numpy().shape) for output in outputs)
        total = ops.constant(0.0, "float64")
        for output, weight in zip(outputs, weights, strict=True):
            total = total + ops.reduce_sum(output * weight)
        return total

    _, slopes = value_and_gradients(weighted, *[ops.constant(array) for array in inputs])
    errors = tuple(  # np.max gives NaN if one direction does; max only if the first one does
        float(np.max([_error(weighted, inputs, slope, index, rng) for _ in range(directions)]))
        for index, slope in enumerate(slopes)
    )
    return GradientCheck(errors, tolerance)


def _error(
    function: Callable[..., Tensor],
    inputs: list[np.ndarray],
    slope: Tensor | None,
    index: int,
    rng: np.random.Generator,
) -> float:
    direction = rng.standard_normal(inputs[index].shape)
    step = STEP * max(1.0, float(np.max(np.abs(inputs[index]), initial=0.0)))
    values = []
    for sign in (1.0, -1.0):
        moved = [*inputs]
        moved[index] = moved[index] + sign * step * direction
        # a Python number or a float64 scalar would be converted to float32
        values.append(function(*[ops.constant(array, "float64") for array in moved]).item())
    numeric = (values[0] - values[1]) / (2.0 * step)
    exact = 0.0 if slope is None else float(np.sum(slope.numpy() * direction))
    return abs(numeric - exact) / max(1.0, abs(numeric), abs(exact))
