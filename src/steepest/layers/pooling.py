"""Layers that make one vector of a sequence of them: their mean, their greatest entries.

Behind an Embedding they turn a text of any length into the input of a dense network: the mask is
`ids != 0` where texts are filled up with 0. Leans on the layer contract.
"""

from __future__ import annotations

import math
from typing import Any

from steepest.core import ops
from steepest.core.dtype import is_float
from steepest.core.primitives import show
from steepest.core.tensor import Tensor
from steepest.errors import ShapeError
from steepest.functions import composed
from steepest.layers.layer import Layer


class Pooling(Layer):
    """The base: `pooled(x, counted)` makes (batch, features) of (batch, steps, features).

    `counted`, of shape (batch, steps, 1), is 1 for the steps that count and 0 for the others, or
    None where all do: the argument `mask` of a call.

    >>> class Last(Pooling):
    ...     def pooled(self, x, counted):
    ...         return x[:, -1]
    >>> Last()([[[1.0], [2.0]]]).tolist()
    [[2.0]]
    """

    single_input = True

    def __init__(self, keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.keepdims = keepdims

    def pooled(self, x: Tensor, counted: Tensor | None) -> Tensor:
        """One vector of each sequence."""
        raise NotImplementedError

    def call(self, inputs: Tensor, mask: Any = None) -> Tensor:
        """One vector for each example; with `keepdims`, as a sequence of one."""
        if inputs.ndim != 3:
            raise ShapeError(
                f"layer {self.name!r} takes sequences of vectors, (batch, steps, features), got "
                f"{show(inputs.shape)}"
            )
        x = inputs if is_float(inputs.dtype) else ops.cast(inputs, self.dtype)
        found = self.pooled(x, self._counted(x, mask))
        shape = (found.shape[0], 1, found.shape[1])
        return ops.reshape(found, shape) if self.keepdims else found

    def _counted(self, x: Tensor, mask: Any) -> Tensor | None:
        """The mask as numbers that meet the inputs."""
        if mask is None:
            return None
        given = ops.as_tensor(mask)
        if given.shape != x.shape[:2]:
            raise ShapeError(
                f"layer {self.name!r}: a mask of shape {show(given.shape)} does not fit sequences "
                f"of shape {show(x.shape)}; give it one entry for each step"
            )
        return composed.expand_dims(ops.cast(given, x.dtype), -1)


class GlobalAveragePooling1D(Pooling):
    """The mean over the steps of a sequence; over those of a `mask` alone, if a call gives one.

    >>> layer, x = GlobalAveragePooling1D(), [[[1.0, 5.0], [3.0, 7.0]]]
    >>> layer(x).tolist(), layer(x, mask=[[False, True]]).tolist()
    ([[2.0, 6.0]], [[3.0, 7.0]])
    """

    def pooled(self, x: Tensor, counted: Tensor | None) -> Tensor:
        """The means; 0 where no step counts."""
        if counted is None:
            return ops.reduce_mean(x, axis=1)
        return composed.divide_no_nan(ops.reduce_sum(x * counted, 1), ops.reduce_sum(counted, 1))


class GlobalMaxPooling1D(Pooling):
    """The greatest over the steps of a sequence (or of its `mask`), feature by feature.

    >>> GlobalMaxPooling1D()([[[1.0, 7.0], [3.0, 5.0]]]).tolist()
    [[3.0, 7.0]]
    """

    def pooled(self, x: Tensor, counted: Tensor | None) -> Tensor:
        """The greatest; 0 where no step counts."""
        if counted is None:
            return ops.reduce_max(x, axis=1)
        found = ops.reduce_max(ops.where(counted > 0.0, x, -math.inf), axis=1)
        return ops.where(ops.reduce_max(counted, axis=1) > 0.0, found, 0.0)
