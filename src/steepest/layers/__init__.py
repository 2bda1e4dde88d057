"""The layers, and the Layer base class."""

from __future__ import annotations

from typing import Any

from steepest.errors import suggest_names
from steepest.layers.activation import ELU, Activation, LeakyReLU, PReLU, ReLU, Softmax
from steepest.layers.activity_regularization import ActivityRegularization
from steepest.layers.augmentation import (
    RandomBrightness,
    RandomContrast,
    RandomErasing,
    RandomFlip,
)
from steepest.layers.dense import Dense
from steepest.layers.dropout import (
    AlphaDropout,
    Dropout,
    GaussianDropout,
    SpatialDropout1D,
    SpatialDropout2D,
)
from steepest.layers.einsum_dense import EinsumDense
from steepest.layers.embedding import Embedding
from steepest.layers.geometric_augmentation import (
    RandomRotation,
    RandomTranslation,
    RandomZoom,
)
from steepest.layers.identity import Identity
from steepest.layers.input_spec import InputSpec
from steepest.layers.lambda_layer import Lambda
from steepest.layers.layer import LAYERS, Layer
from steepest.layers.masking import Masking
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
from steepest.layers.noise import GaussianNoise
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
)
from steepest.layers.preprocessing.components import PrincipalComponents
from steepest.layers.preprocessing.gaps import MissingValues
from steepest.layers.preprocessing.hashing import HashedCrossing, Hashing
from steepest.layers.preprocessing.lookups import IntegerLookup, StringLookup
from steepest.layers.preprocessing.scaling import (
    MinMaxScaling,
    Normalization,
    Rescaling,
    RobustScaling,
)
from steepest.layers.preprocessing.texts import TextVectorization
from steepest.layers.reshaping import Flatten, Permute, RepeatVector, Reshape
from steepest.layers.spectral_normalization import SpectralNormalization
from steepest.layers.symbolic import Input, InputLayer
from steepest.layers.wrapper import TimeDistributed, Wrapper

GlobalAvgPool1D = GlobalAveragePooling1D
GlobalMaxPool1D = GlobalMaxPooling1D

__all__ = [
    "GlobalAvgPool1D",
    "GlobalMaxPool1D",
    "Layer",
    "Input",
    "InputLayer",
    "InputSpec",
    "Dense",
    "EinsumDense",
    "Embedding",
    "Masking",
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
    "SpatialDropout2D",
    "AlphaDropout",
    "GaussianNoise",
    "GaussianDropout",
    "ActivityRegularization",
    "BatchNormalization",
    "LayerNormalization",
    "GroupNormalization",
    "RMSNormalization",
    "UnitNormalization",
    "SpectralNormalization",
    "TimeDistributed",
    "Wrapper",
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
    "StringLookup",
    "TextVectorization",
    "Hashing",
    "HashedCrossing",
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
    "serialize",
    "deserialize",
]

for _name in __all__:
    if isinstance(globals().get(_name), type) and _name not in ("Layer", "InputSpec"):
        LAYERS.register(globals()[_name])


def get(given: Any) -> Any:
    """Returns the layer for a class name, a configuration or a layer.

    >>> get({"class_name": "Dense", "config": {"units": 3, "name": "out"}})
    Dense(3, name='out')
    """
    return LAYERS.get(given)


serialize = LAYERS.serialize
deserialize = LAYERS.deserialize

suggest_names(__name__)
