"""The eager interpreter, the default one: each operation runs at once, by its NumPy rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest.core import dispatch
from steepest.core.numpy_rules import evaluate
from steepest.core.primitives import Primitive
from steepest.core.tensor import Tensor
from steepest.errors import TraceError


class Eager:
    """Runs operations at once; variables hold their values themselves."""

    def apply(self, primitive: Primitive, inputs: Sequence[Tensor], params: Any) -> Tensor:
        """Checks shapes and dtypes, then evaluates."""
        shape = primitive.shape(*[tensor.shape for tensor in inputs], **params)
        for tensor in inputs:
            if not isinstance(tensor.data, np.ndarray):
                raise TraceError(
                    f"{primitive.name}: a tensor made while a program was recorded was used after "
                    f"the recording ended ({getattr(tensor.data, 'source', 'unknown line')}); "
                    "return it from the recorded function instead"
                )
        if dispatch.drawings and (None in shape or params.get("of", shape) is None):
            # A size can be open outside of programs only in the drawing of a functional model.
            drawn: Tensor = dispatch.drawings[0].apply(primitive, inputs, params)
            return drawn
        primitive.dtype(*[tensor.dtype for tensor in inputs], **params)
        return Tensor(evaluate(primitive.name, [tensor.data for tensor in inputs], params))

    def read(self, variable: Any) -> Tensor:
        """The value of the variable."""
        return variable.held

    def assign(self, variable: Any, value: Tensor) -> None:
        """Sets the value of the variable."""
        variable.hold(value)

    def value_of(self, tensor: Tensor) -> np.ndarray:
        """The value of the tensor."""
        return tensor.numpy()


dispatch.set_eager(Eager())
