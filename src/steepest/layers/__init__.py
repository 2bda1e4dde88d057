"""Layers: what networks are made of."""

from __future__ import annotations

from typing import Any

from steepest.layers.activation import ELU, LeakyReLU, PReLU, ReLU, Softmax
from steepest.layers.augmentation import (
    RandomBrightness,
    RandomContrast,
    RandomErasing,
    RandomFlip,
    RandomRotation,
    RandomTranslation,
    RandomZoom,
)
from steepest.layers.categories import (
    BinaryCodes,
    CategoryEncoding,
    Discretization,
    IntegerLookup,
)
from steepest.layers.core import Activation, Dense, Embedding, Identity, Lambda
from steepest.layers.drawing import Input, InputLayer
from steepest.layers.layer import LAYERS, Layer
from steepest.layers.learned import (
    MinMaxScaling,
    MissingValues,
    PrincipalComponents,
    RobustScaling,
)
from steepest.layers.merging import (
    Add,
    Average,
    Concatenate,
    Dot,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
)
from steepest.layers.normalization import (
    BatchNormalization,
    LayerNormalization,
    RMSNormalization,
    UnitNormalization,
)
from steepest.layers.preprocessing import Normalization, Rescaling
from steepest.layers.regularization import (
    ActivityRegularization,
    AlphaDropout,
    Dropout,
    GaussianDropout,
    GaussianNoise,
)
from steepest.layers.shaping import Flatten, Permute, RepeatVector, Reshape

__all__ = [
    "Layer",
    "Input",
    "InputLayer",
    "Dense",
    "Embedding",
    "Activation",
    "Lambda",
    "Identity",
    "ReLU",
    "LeakyReLU",
    "PReLU",
    "ELU",
    "Softmax",
    "Flatten",
    "Reshape",
    "Permute",
    "RepeatVector",
    "Dropout",
    "AlphaDropout",
    "GaussianNoise",
    "GaussianDropout",
    "ActivityRegularization",
    "BatchNormalization",
    "LayerNormalization",
    "RMSNormalization",
    "UnitNormalization",
    "Normalization",
    "Rescaling",
    "MinMaxScaling",
    "RobustScaling",
    "PrincipalComponents",
    "MissingValues",
    "CategoryEncoding",
    "BinaryCodes",
    "Discretization",
    "IntegerLookup",
    "RandomTranslation",
    "RandomRotation",
    "RandomZoom",
    "RandomFlip",
    "RandomContrast",
    "RandomBrightness",
    "RandomErasing",
    "Add",
    "Subtract",
    "Multiply",
    "Average",
    "Maximum",
    "Minimum",
    "Concatenate",
    "Dot",
]

for _name in __all__:
    if _name not in ("Layer", "Input"):
        LAYERS.register(globals()[_name])


def get(given: Any) -> Any:
    """The layer that a name, a configuration or an object stands for.

    >>> get({"class_name": "Dense", "config": {"units": 3, "name": "out"}})
    Dense(3, name='out')
    """
    return LAYERS.get(given)
