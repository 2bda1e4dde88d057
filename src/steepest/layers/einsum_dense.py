"""EinsumDense, a dense layer over any axes, by an einsum equation.

Depends on dense.py and einsum.
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from typing import Any

from steepest import activations
from steepest.arguments import as_tuple
from steepest.core import ops
from steepest.core.primitives import Shape, show
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError, ShapeError
from steepest.functions import composed
from steepest.layers.dense import KernelAndBias
from steepest.layers.inputs import as_float

FORM = r"(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]+)(\.\.\.)?"


class EinsumDense(KernelAndBias):
    """A dense layer whose product is an einsum: activation(einsum(equation, x, kernel) + bias).

    `output_shape` is the shape of one output, where None takes the size of the same letter in the
    inputs; `bias_axes` are the letters of the output along which biases differ. "..." stands for
    all further axes.

    >>> EinsumDense("ab,bc->ac", output_shape=64, bias_axes="c")(st.ones((2, 32))).shape
    (2, 64)
    >>> layer = EinsumDense("...x,xy->...y", output_shape=4, bias_axes="y")
    >>> layer(st.ones((2, 3, 5))).shape, layer.kernel.shape, layer.bias.shape
    ((2, 3, 4), (5, 4), (4,))
    """

    single_input = True

    def __init__(
        self,
        equation: str,
        output_shape: int | Sequence[int | None],
        activation: Any = None,
        bias_axes: str | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
            kernel_constraint, bias_constraint, **kwargs,
        )  # fmt: skip
        found = re.fullmatch(FORM, equation.replace(" ", ""))
        before, after = (found[1], found[3]) if found else (None, None)
        if not found or (before, after) != (found[5], found[7]) or (before and after):
            raise ArgumentError(
                f"EinsumDense: an equation of the form 'ab,bc->ac', '...b,bc->...c' or "
                f"'ab...,bc->ac...' was expected, got {equation!r}"
            )
        self.equation = equation
        self.partial_output_shape = as_tuple(output_shape)
        self.activation = activations.get(activation or "linear")
        self.bias_axes = bias_axes
        self._equation = equation

    def build(self, input_shape: Any) -> None:
        """Creates the kernel, and the bias if `bias_axes` are given."""
        inputs, kernel, outputs = _letters(self.equation, len(input_shape))
        self._equation = f"{inputs},{kernel}->{outputs}"
        sizes = self._sizes(inputs, outputs, input_shape)
        missing = [letter for letter in kernel + outputs if letter not in sizes]
        if missing:
            raise ArgumentError(
                f"EinsumDense: {missing[0]!r} of {self.equation!r} is neither an axis of the "
                "inputs nor of the outputs, so that its size is unknown"
            )
        self.add_kernel([sizes[letter] for letter in kernel])
        if self.bias_axes:
            self.add_bias(self._bias_shape(outputs, sizes))

    def _sizes(self, inputs: str, outputs: str, input_shape: Shape) -> dict[str, Any]:
        """Returns the size of each letter, from the inputs and the shape of the outputs."""
        sizes = dict(zip(inputs, input_shape, strict=False))
        elided = [letter for letter in inputs if letter not in self.equation]
        elided = elided[1:] if self.equation.lstrip().startswith("...") else elided
        stated = [letter for letter in outputs if letter not in elided]
        given = self.partial_output_shape
        if len(inputs) != len(input_shape) or len(stated) != len(given) + 1:
            raise ShapeError(
                f"EinsumDense: {self.equation!r} with output_shape {given} does not fit inputs of "
                f"shape {show(input_shape)}; output_shape has one size for each letter of the "
                "output but the batch"
            )
        for letter, size in zip(stated[1:], given, strict=True):
            if size is not None and sizes.setdefault(letter, size) not in (None, size):
                raise ShapeError(
                    f"EinsumDense: axis {letter!r} has size {sizes[letter]} in the inputs and "
                    f"{size} in output_shape"
                )
        return sizes

    def _bias_shape(self, outputs: str, sizes: dict[str, Any]) -> list[Any]:
        """Returns the bias's shape: 1 at the axes after its first that it does not have."""
        axes = self.bias_axes or ""
        unknown = [letter for letter in axes if letter not in outputs]
        if unknown:
            raise ArgumentError(
                f"EinsumDense: bias_axes {axes!r}: {unknown[0]!r} is no axis of the output "
                f"{outputs!r}"
            )
        first = min(outputs.index(letter) for letter in axes)
        return [sizes[letter] if letter in axes else 1 for letter in outputs[first:]]

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the activation of the product plus the bias."""
        x, kernel = self.rounded(as_float(inputs, self.dtype)), self.rounded(self.kernel)
        product = self.rounded(composed.einsum(self._equation, x, kernel))
        return self.activation(ops.add(product, self.bias) if self.bias_axes else product)

    def argument(self, name: str) -> Any:
        """Returns the constructor's argument of a name."""
        return self.partial_output_shape if name == "output_shape" else super().argument(name)


def _letters(equation: str, ndim: int) -> tuple[str, str, str]:
    """Returns the letters of the inputs, kernel and outputs, with letters in place of "..."."""
    free = "".join(letter for letter in string.ascii_letters if letter not in equation)
    given = equation.replace(" ", "").partition(",")[0].replace("...", "")
    more = free[: max(ndim - len(given), 0)]
    inputs, rest = equation.replace(" ", "").replace("...", more).split(",")
    kernel, outputs = rest.split("->")
    return inputs, kernel, outputs
