"""Global pooling: the mean or the maximum over the steps of a sequence.

After an `Embedding(mask_zero=True)`, it turns a text of any length, padded with 0, into the input
of a dense network. Depends on the Layer base.
"""

from __future__ import annotations

import math
from typing import Any

from steepest.core import ops
from steepest.core.primitives import show
from steepest.core.tensor import Tensor
from steepest.errors import ShapeError
from steepest.functions import composed
from steepest.layers.inputs import as_float
from steepest.layers.layer import Layer


class Pooling(Layer):
    """The base of pooling layers: a subclass writes `pool(x, mask)`.

    It reduces (batch, steps, features) to (batch, features). `mask`, of shape (batch, steps, 1),
    is 1 for the steps that count and 0 for the others; None where all steps count.

    >>> class Last(Pooling):
    ...     def pool(self, x, mask):
    ...         return x[:, -1]
    >>> Last()([[[1.0], [2.0]]]).tolist()
    [[2.0]]
    """

    single_input = True
    supports_masking = True

    def __init__(self, keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.keepdims = keepdims

    def pool(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """Returns one vector for each sequence."""
        raise NotImplementedError

    def compute_mask(self, inputs: Any, mask: Any = None) -> None:
        """Returns None: the outputs have no steps."""

    def call(self, inputs: Tensor, mask: Any = None) -> Tensor:
        """Returns one vector for each example; with `keepdims`, as a sequence of one step."""
        if inputs.ndim != 3:
            raise ShapeError(
                f"layer {self.name!r} takes sequences of vectors, (batch, steps, features), got "
                f"{show(inputs.shape)}"
            )
        x = as_float(inputs, self.dtype)
        pooled = self.pool(x, self._numeric_mask(x, mask))
        shape = (pooled.shape[0], 1, pooled.shape[1])
        return ops.reshape(pooled, shape) if self.keepdims else pooled

    def _numeric_mask(self, x: Tensor, mask: Any) -> Tensor | None:
        """Returns the mask as numbers in a shape that broadcasts with the inputs."""
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
    """The mean over the steps of a sequence, or over the steps of the `mask` of a call.

    >>> layer, x = GlobalAveragePooling1D(), [[[1.0, 5.0], [3.0, 7.0]]]
    >>> layer(x).tolist(), layer(x, mask=[[False, True]]).tolist()
    ([[2.0, 6.0]], [[3.0, 7.0]])
    """

    def pool(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """Returns the means; 0 where no step counts."""
        if mask is None:
            return ops.reduce_mean(x, axis=1)
        return composed.divide_no_nan(ops.reduce_sum(x * mask, 1), ops.reduce_sum(mask, 1))


class GlobalMaxPooling1D(Pooling):
    """The maximum over the steps of a sequence, or over the steps of the `mask` of a call.

    >>> GlobalMaxPooling1D()([[[1.0, 7.0], [3.0, 5.0]]]).tolist()
    [[3.0, 7.0]]
    """

    def pool(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """Returns the maxima; 0 where no step counts."""
        if mask is None:
            return ops.reduce_max(x, axis=1)
        greatest = ops.reduce_max(ops.where(mask > 0.0, x, -math.inf), axis=1)
        return ops.where(ops.reduce_max(mask, axis=1) > 0.0, greatest, 0.0)
