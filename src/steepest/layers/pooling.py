"""Layers that make one vector of a sequence of them: their mean, their greatest entries.

Behind an Embedding they turn a text of any order into the input of a dense network. Leans on the
layer contract.
"""

from __future__ import annotations

from typing import Any

from steepest.core import ops
from steepest.core.dtype import is_float
from steepest.core.primitives import show
from steepest.core.tensor import Tensor
from steepest.errors import ShapeError
from steepest.layers.layer import Layer


class Pooling(Layer):
    """The base: `pooled(x)` makes (batch, features) of (batch, steps, features).

    >>> class Last(Pooling):
    ...     def pooled(self, x):
    ...         return x[:, -1]
    >>> Last()([[[1.0], [2.0]]]).tolist()
    [[2.0]]
    """

    def __init__(self, keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.keepdims = keepdims

    def pooled(self, x: Tensor) -> Tensor:
        """One vector of each sequence."""
        raise NotImplementedError

    def call(self, inputs: Tensor) -> Tensor:
        """One vector for each example; with `keepdims`, as a sequence of one."""
        if inputs.ndim != 3:
            raise ShapeError(
                f"layer {self.name!r} takes sequences of vectors, (batch, steps, features), got "
                f"{show(inputs.shape)}"
            )
        found = self.pooled(inputs)
        shape = (found.shape[0], 1, found.shape[1])
        return ops.reshape(found, shape) if self.keepdims else found


class GlobalAveragePooling1D(Pooling):
    """The mean over the steps of a sequence.

    >>> GlobalAveragePooling1D()([[[1.0, 5.0], [3.0, 7.0]]]).tolist()
    [[2.0, 6.0]]
    """

    def pooled(self, x: Tensor) -> Tensor:
        """The means."""
        return ops.reduce_mean(x if is_float(x.dtype) else ops.cast(x, self.dtype), axis=1)


class GlobalMaxPooling1D(Pooling):
    """The greatest over the steps of a sequence, feature by feature.

    >>> GlobalMaxPooling1D()([[[1.0, 7.0], [3.0, 5.0]]]).tolist()
    [[3.0, 7.0]]
    """

    def pooled(self, x: Tensor) -> Tensor:
        """The greatest."""
        return ops.reduce_max(x, axis=1)
