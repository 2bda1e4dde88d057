"""Lambda, a function of tensors as a layer. Depends on the Layer base and the registry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from steepest.arguments import as_tuple, is_whole
from steepest.core.primitives import show
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError, ShapeError
from steepest.layers.inputs import shapes_of
from steepest.layers.layer import Layer
from steepest.registry import Registry

FUNCTIONS = Registry("function")


class Lambda(Layer):
    """A function of tensors as a layer; `arguments` are passed to it by name.

    `output_shape` is the shape of one output, without the batch: it is checked. `mask` is the mask
    of the outputs, or a function of (inputs, mask of the inputs). To be saved, the function needs a
    registered name: see `register_serializable`.

    >>> Lambda(lambda x: x * 2.0)([[1.0]]).tolist()
    [[2.0]]
    """

    supports_masking = True

    def __init__(
        self,
        function: Callable[..., Any] | str,
        output_shape: Any = None,
        mask: Any = None,
        arguments: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.function = FUNCTIONS.find(function) if isinstance(function, str) else function
        if not callable(self.function):
            raise ArgumentError(f"Lambda: a function of tensors was expected, got {function!r}")
        if arguments is not None and not isinstance(arguments, dict):
            raise ArgumentError(f"Lambda: arguments is a dictionary by name, got {arguments!r}")
        sizes = output_shape if isinstance(output_shape, (list, tuple)) else [output_shape]
        if not callable(output_shape) and any(s is not None and not is_whole(s) for s in sizes):
            raise ArgumentError(
                "Lambda: output_shape is the shape of one output, as in (3,), or a function of "
                f"those of the inputs, got {output_shape!r}"
            )
        if not (mask is None or callable(mask) or isinstance(mask, (Tensor, np.ndarray))):
            raise ArgumentError(
                "Lambda: mask is a mask, or a function of (inputs, mask of the inputs), got "
                f"{mask!r}"
            )
        self.expected_shape = output_shape
        self.mask = mask
        self.arguments = arguments

    def call(self, inputs: Any) -> Any:
        """Returns the function of the inputs."""
        outputs = self.function(inputs, **(self.arguments or {}))
        if self.expected_shape is not None:
            self._check_outputs(shapes_of(inputs), outputs)
        return outputs

    def _check_outputs(self, input_shapes: Any, outputs: Any) -> None:
        """Raises unless the outputs have the shape that the constructor was given."""
        given = self.expected_shape
        wanted = tuple(given(input_shapes)) if callable(given) else (None, *as_tuple(given))
        found = outputs.shape if isinstance(outputs, Tensor) else wanted
        if len(found) != len(wanted) or any(
            a is not None and b is not None and a != b for a, b in zip(found, wanted, strict=True)
        ):
            raise ShapeError(
                f"layer {self.name!r}: output_shape says {show(wanted)}, the function returned "
                f"{show(found)}; correct or leave out output_shape"
            )

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Returns the mask that the constructor was given, or the result of that function."""
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    def argument(self, name: str) -> Any:
        """Returns the constructor's argument of a name."""
        return self.expected_shape if name == "output_shape" else super().argument(name)
