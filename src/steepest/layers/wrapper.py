"""Wrapper, a layer around another one, and TimeDistributed. Depends on the Layer base."""

from __future__ import annotations

from typing import Any

from steepest.core.primitives import show
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError, ShapeError
from steepest.functions import composed
from steepest.layers.layer import LAYERS, Layer
from steepest.registry import from_config


class Wrapper(Layer):
    """The base of layers around another one, `layer`; a subclass writes `call`.

    >>> class Twice(Wrapper):
    ...     def call(self, x):
    ...         return self.layer(self.layer(x))
    >>> Twice(st.layers.Rescaling(3.0))([[1.0]]).tolist()
    [[9.0]]
    """

    def __init__(self, layer: Layer, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        found = LAYERS.get(layer)
        if not isinstance(found, Layer):
            raise ArgumentError(f"{type(self).__name__}: a layer was expected, got {layer!r}")
        self.layer = found

    def build(self, input_shape: Any) -> None:
        """Builds the layer inside."""
        self.layer.ensure_built(input_shape)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Wrapper:
        """Returns a layer with the configuration that `get_config` returned, with new weights."""
        return super().from_config({**config, "layer": from_config(config["layer"], "layer")})


class TimeDistributed(Wrapper):
    """Applies a layer to each step of a sequence, (batch, steps, ...), with the same weights.

    A Dense applies to each step by itself, and computes it at once; this is for layers that take a
    whole example, such as `Flatten`.

    >>> TimeDistributed(st.layers.Flatten())(st.ones((2, 3, 4, 5))).shape
    (2, 3, 20)
    """

    single_input = True
    supports_masking = True

    def build(self, input_shape: Any) -> None:
        """Builds the layer for the shape of one step."""
        if len(input_shape) < 3 or input_shape[1] is None:
            raise ShapeError(
                f"layer {self.name!r} takes sequences of a known number of steps, (batch, steps, "
                f"features), got {show(input_shape)}"
            )
        self.layer.ensure_built((input_shape[0], *input_shape[2:]))

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the outputs of all steps."""
        steps = range(int(inputs.shape[1] or 0))
        return composed.stack([self.layer(inputs[:, step]) for step in steps], axis=1)
