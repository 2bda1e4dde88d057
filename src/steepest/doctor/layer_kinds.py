"""Kinds of layers, as rules on the structure of a network read them off its description.

Depends on setup and layers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from steepest import layers
from steepest.doctor.setup import LayerSpec
from steepest.registry import snake_case

ACTIVATION_LAYERS = {
    layers.ReLU: "relu",
    layers.LeakyReLU: "leaky_relu",
    layers.PReLU: "prelu",
    layers.ELU: "elu",
    layers.Softmax: "softmax",
    layers.Activation: None,
}
"""Layers that are an activation alone; that of `Activation` is its option."""
DROPOUTS = (layers.Dropout, layers.SpatialDropout1D, layers.SpatialDropout2D)
NOISES = (*DROPOUTS, layers.AlphaDropout, layers.GaussianDropout, layers.GaussianNoise)
SCALINGS = (layers.Normalization, layers.Rescaling, layers.MinMaxScaling, layers.RobustScaling)
STAYS_LINEAR = (
    *NOISES, *SCALINGS, layers.BatchNormalization, layers.Flatten, layers.Reshape, layers.Permute,
    layers.Identity, layers.ActivityRegularization,
)  # fmt: skip
"""Layers after which an affine function of the inputs is still one, for fixed statistics."""


def activation_of(spec: LayerSpec) -> str:
    """The name of the activation that a layer ends in, "linear" without one.

    >>> activation_of(LayerSpec.of(st.layers.Dense(3, "relu")))
    'relu'
    >>> activation_of(LayerSpec.of(st.layers.Dropout(0.5)))
    'linear'
    """
    named = ACTIVATION_LAYERS.get(spec.kind)
    if named is not None:
        return named
    given = spec["activation"]
    if isinstance(given, dict):
        return snake_case(str(given["class_name"]))
    return given if isinstance(given, str) else "linear"


def has_kernel(spec: LayerSpec) -> bool:
    """Whether a layer multiplies its inputs by a kernel: Dense.

    >>> has_kernel(LayerSpec.of(st.layers.Dense(3))), has_kernel(LayerSpec.of(st.layers.ReLU()))
    (True, False)
    """
    return issubclass(spec.kind, layers.Dense)


def kernel_positions(specs: Sequence[LayerSpec]) -> list[int]:
    """The positions of the layers with a kernel.

    >>> kinds = st.layers.Flatten(), st.layers.Dense(3), st.layers.ReLU(), st.layers.Dense(1)
    >>> kernel_positions([LayerSpec.of(layer) for layer in kinds])
    [1, 3]
    """
    return [position for position, spec in enumerate(specs) if has_kernel(spec)]


def hidden_positions(specs: Sequence[LayerSpec]) -> list[int]:
    """The positions of the layers with a kernel before the last one.

    >>> kinds = st.layers.Dense(3, "relu"), st.layers.Dense(1)
    >>> hidden_positions([LayerSpec.of(layer) for layer in kinds])
    [0]
    """
    return kernel_positions(specs)[:-1]


def dropouts(specs: Sequence[LayerSpec]) -> Iterator[tuple[int, float]]:
    """The positions and rates of the layers that drop units.

    >>> list(dropouts([LayerSpec.of(st.layers.Dropout(0.3))]))
    [(0, 0.3)]
    """
    for position, spec in enumerate(specs):
        if issubclass(spec.kind, (*DROPOUTS, layers.AlphaDropout, layers.GaussianDropout)):
            yield position, float(spec["rate"] or 0.0)
