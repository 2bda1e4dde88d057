"""SpectralNormalization, a wrapper that limits the norm of a layer's kernel. Depends on Layer."""

from __future__ import annotations

from typing import Any

from steepest.arguments import whole
from steepest.core import ops
from steepest.core.custom_gradient import stop_gradient
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.errors import ArgumentError
from steepest.functions import composed, nn
from steepest.initializers import TruncatedNormal
from steepest.layers.layer import Layer
from steepest.layers.wrapper import Wrapper


class SpectralNormalization(Wrapper):
    """Divides the kernel of a layer by its largest singular value, once in each training step.

    The value is estimated by power iterations, which go on from step to step. Miyato et al.,
    "Spectral normalization for generative adversarial networks", 2018.

    >>> layer = SpectralNormalization(st.layers.Dense(2), power_iterations=20)
    >>> _ = layer(st.ones((1, 3)), training=True)
    >>> np.linalg.norm(layer.layer.kernel.numpy(), 2).round(3).item()
    1.0
    """

    single_input = True

    vector_u: Variable

    def __init__(self, layer: Layer, power_iterations: int = 1, **kwargs: Any) -> None:
        super().__init__(layer, **kwargs)
        self.power_iterations = whole("power_iterations", power_iterations, 1)

    def build(self, input_shape: Any) -> None:
        """Builds the layer, and the vector of the power iterations."""
        self.layer.ensure_built(input_shape)
        size = int(self._weight().shape[-1] or 0)
        self.vector_u = self.add_weight(
            "vector_u", (1, size), TruncatedNormal(stddev=0.02), trainable=False
        )

    def _weight(self) -> Variable:
        """Returns the kernel of the layer, or the table of an Embedding."""
        for name in ("kernel", "embeddings"):
            found = getattr(self.layer, name, None)
            if isinstance(found, Variable):
                return found
        raise ArgumentError(
            f"SpectralNormalization: layer {self.layer.name!r} has no kernel and no embeddings to "
            "normalize; wrap a Dense, EinsumDense or Embedding"
        )

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Returns the layer's outputs; in training, after normalizing its kernel."""
        if training:
            self._normalize()
        return self.layer(inputs)

    def normalized_weights(self) -> tuple[Tensor, Tensor]:
        """Computes the next vector of the power iterations, and the kernel divided by its norm."""
        weight, u = self._weight(), self.vector_u.value
        matrix = ops.reshape(weight.value, (-1, weight.shape[-1]))
        v = u
        for _ in range(self.power_iterations):
            v = nn.l2_normalize(ops.matmul(u, matrix, transpose_b=True), -1)
            u = nn.l2_normalize(ops.matmul(v, matrix), -1)
        u, v = stop_gradient(u), stop_gradient(v)
        return u, weight.value / ops.reduce_sum(ops.matmul(v, matrix) * u)

    def _normalize(self) -> None:
        weight, (u, normalized) = self._weight(), self.normalized_weights()
        started = composed.reduce_any(ops.not_equal(self.vector_u.value, 0.0))
        self.vector_u.assign(ops.where(started, u, self.vector_u.value))
        weight.assign(ops.where(started, normalized, weight.value))
