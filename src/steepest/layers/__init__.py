"""Layers: what networks are made of."""

from __future__ import annotations

from typing import Any

from steepest.errors import suggest_names
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
from steepest.layers.dense import Activation, Dense, Embedding, Identity, Lambda
from steepest.layers.layer import LAYERS, Layer
from steepest.layers.merging import (
    Add,
    Average,
    Concatenate,
    Dot,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
    add,
    average,
    concatenate,
    dot,
    maximum,
    minimum,
    multiply,
    subtract,
)
from steepest.layers.normalization import (
    BatchNormalization,
    GroupNormalization,
    LayerNormalization,
    RMSNormalization,
    UnitNormalization,
)
from steepest.layers.pooling import GlobalAveragePooling1D, GlobalMaxPooling1D
from steepest.layers.preprocessing.categories import (
    BinaryCodes,
    CategoryEncoding,
    Discretization,
    IntegerLookup,
)
from steepest.layers.preprocessing.learned import (
    MinMaxScaling,
    MissingValues,
    PrincipalComponents,
    RobustScaling,
)
from steepest.layers.preprocessing.scaling import Normalization, Rescaling
from steepest.layers.regularization import (
    ActivityRegularization,
    AlphaDropout,
    Dropout,
    GaussianDropout,
    GaussianNoise,
    SpatialDropout1D,
)
from steepest.layers.shaping import Flatten, Permute, RepeatVector, Reshape
from steepest.layers.symbolic import Input, InputLayer

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
    "GlobalAveragePooling1D",
    "GlobalMaxPooling1D",
    "Dropout",
    "SpatialDropout1D",
    "AlphaDropout",
    "GaussianNoise",
    "GaussianDropout",
    "ActivityRegularization",
    "BatchNormalization",
    "LayerNormalization",
    "GroupNormalization",
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
    "add",
    "subtract",
    "multiply",
    "average",
    "maximum",
    "minimum",
    "concatenate",
    "dot",
]

for _name in __all__:
    if isinstance(globals()[_name], type) and _name != "Layer":
        LAYERS.register(globals()[_name])


def get(given: Any) -> Any:
    """The layer that a name, a configuration or an object stands for.

    >>> get({"class_name": "Dense", "config": {"units": 3, "name": "out"}})
    Dense(3, name='out')
    """
    return LAYERS.get(given)


suggest_names(__name__)
