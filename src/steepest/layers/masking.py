"""Masking, which marks the steps of sequences that only pad them. Depends on the Layer base."""

from __future__ import annotations

from typing import Any

from steepest.core import ops
from steepest.core.tensor import Tensor
from steepest.functions import composed
from steepest.layers.inputs import as_float
from steepest.layers.layer import Layer


class Masking(Layer):
    """Masks the steps of a sequence whose features all equal `mask_value`, and sets them to 0.

    Later layers pass the mask on: pooling, the loss and the metrics then leave those steps out.

    >>> layer = Masking(mask_value=-1.0)
    >>> x = layer([[[3.0, 4.0], [-1.0, -1.0]]])
    >>> x.tolist(), st.layers.GlobalAveragePooling1D()(x).tolist()
    ([[[3.0, 4.0], [0.0, 0.0]]], [[3.0, 4.0]])
    """

    single_input = True
    supports_masking = True

    def __init__(self, mask_value: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mask_value = mask_value

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Returns true for the steps with a feature that differs from `mask_value`."""
        x = ops.as_tensor(inputs)
        return composed.reduce_any(
            ops.not_equal(x, ops.as_tensor(self.mask_value, x.dtype)), axis=-1
        )

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the inputs, with zeros in the masked steps."""
        x = as_float(inputs, self.dtype)
        some = ops.not_equal(x, ops.as_tensor(self.mask_value, x.dtype))
        return ops.where(composed.reduce_any(some, axis=-1, keepdims=True), x, 0.0)
