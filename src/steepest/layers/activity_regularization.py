"""ActivityRegularization, a penalty on activations. Depends on the Layer base and L1L2."""

from __future__ import annotations

from typing import Any

from steepest.core.tensor import Tensor
from steepest.layers.layer import Layer
from steepest.regularizers import L1L2


class ActivityRegularization(Layer):
    """Returns its inputs and adds a penalty on their size: l1 sum |x| + l2 sum x^2.

    The penalty is that of one example: the sums are divided by the size of the batch.

    >>> layer = ActivityRegularization(l1=0.5)
    >>> layer([[1.0, -3.0]]).tolist(), layer.losses[0].item()
    ([[1.0, -3.0]], 2.0)
    """

    single_input = True
    supports_masking = True

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "activity_regularizer": L1L2(l1, l2)})
        self.l1, self.l2 = l1, l2

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the inputs."""
        return inputs
