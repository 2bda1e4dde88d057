"""Initial values of weights. Depends on the random numbers and the registry.

An initializer is any function of (shape, dtype). With a seed it gives the same values at each call;
without one it draws from the default generator, which `st.random.set_seed` seeds.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.core.tensor import Operators
from steepest.errors import suggest_names
from steepest.initializers.base import INITIALIZERS, Initializer
from steepest.initializers.matrices import Identity, Orthogonal
from steepest.initializers.plain import (
    Constant,
    Ones,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
    Zeros,
)
from steepest.initializers.scaled import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
    fans,
)

XavierUniform = GlorotUniform
XavierNormal = GlorotNormal
# Keras's other names: he_normal() is HeNormal().
zeros = Zeros
ones = Ones
constant = Constant
random_uniform = RandomUniform
random_normal = RandomNormal
truncated_normal = TruncatedNormal
variance_scaling = VarianceScaling
glorot_uniform = GlorotUniform
glorot_normal = GlorotNormal
he_uniform = HeUniform
he_normal = HeNormal
lecun_uniform = LecunUniform
lecun_normal = LecunNormal
orthogonal = Orthogonal
identity = Identity


def get(identifier: Any) -> Any:
    """The initializer of a name, configuration or tensor of values, or the object itself.

    >>> get("he_normal"), get("GlorotUniform")
    (HeNormal(), GlorotUniform())
    """
    if isinstance(identifier, (Operators, np.ndarray)):
        return Constant(np.asarray(identifier))
    return INITIALIZERS.get(identifier)


IdentityInitializer = Identity
OrthogonalInitializer = Orthogonal

__all__ = [
    "IdentityInitializer",
    "OrthogonalInitializer",
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "XavierNormal",
    "XavierUniform",
    "Zeros",
    "constant",
    "fans",
    "get",
    "deserialize",
    "serialize",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "identity",
    "lecun_normal",
    "lecun_uniform",
    "ones",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "truncated_normal",
    "variance_scaling",
    "zeros",
]

serialize = INITIALIZERS.serialize
deserialize = INITIALIZERS.deserialize

suggest_names(__name__)
