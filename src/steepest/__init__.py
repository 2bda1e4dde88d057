"""steepest: neural networks written like formulas, trained at the speed of machine code.

    import steepest as st

Tensors, functions and derivatives are here; everything else is in the modules `st.layers`,
`st.losses`, `st.data` and so on, which are imported at their first use.
"""

from __future__ import annotations

import sys as _sys

if getattr(_sys, "argv", [])[:1] == ["-m"]:  # python -m steepest: its help needs nothing below
    from steepest_command import start_if_asked

    start_if_asked()

from typing import TYPE_CHECKING

import steepest.core.eager
import steepest.engines.draws
import steepest.functions.methods
from steepest.config import DTypePolicy, FloatDTypePolicy, config
from steepest.core.custom_gradient import custom_gradient, stop_gradient
from steepest.core.dispatch import name_scope
from steepest.core.dtype import (
    bfloat16,
    float16,
    float32,
    float64,
    int32,
    int64,
    string,
    uint8,
)
from steepest.core.dtype import (
    bool_ as bool,
)
from steepest.core.gradcheck import GradientCheck, gradcheck
from steepest.core.sizes import TensorShape
from steepest.core.tape import (
    GradientTape,
    UnconnectedGradients,
    gradients,
    value_and_gradients,
)
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.engines.function import Function, function
from steepest.errors import suggest_names
from steepest.functions import linalg, nn, random
from steepest.functions import public as math
from steepest.functions.printing import print
from steepest.functions.public import *  # noqa: F403 - its files name them in their __all__
from steepest.functions.python_calls import numpy_function, py_function
from steepest.program.branching import cond, while_loop
from steepest.program.graph import Graph
from steepest.program.trace import TensorSpec, trace
from steepest.second_names import install as install_second_names
from steepest.user_objects import custom_objects, register_serializable
from steepest.version import VERSION

if TYPE_CHECKING:  # for type checkers: the modules that LATER imports at run time
    import steepest
    from steepest import activations as activations
    from steepest import backend as backend
    from steepest import callbacks as callbacks
    from steepest import classroom as classroom
    from steepest import constraints as constraints
    from steepest import data as data
    from steepest import datasets as datasets
    from steepest import doctor as doctor
    from steepest import errors as errors
    from steepest import events as events
    from steepest import initializers as initializers
    from steepest import io as io
    from steepest import layers as layers
    from steepest import losses as losses
    from steepest import metrics as metrics
    from steepest import mixed_precision as mixed_precision
    from steepest import neuralnet as neuralnet
    from steepest import ops as ops
    from steepest import optimizers as optimizers
    from steepest import page as page
    from steepest import plot as plot
    from steepest import preprocessing as preprocessing
    from steepest import regularizers as regularizers
    from steepest import saving as saving
    from steepest import schedules as schedules
    from steepest import strings as strings
    from steepest import studio as studio
    from steepest import tune as tune
    from steepest import utils as utils
    from steepest.distribution import distribute as distribute
    from steepest.evaluate.together import Together as Together
    from steepest.evaluate.together import together as together
    from steepest.initializers import Initializer as Initializer
    from steepest.layers import InputSpec as InputSpec
    from steepest.layers import Layer as Layer
    from steepest.layers.module import Module as Module
    from steepest.losses import Loss as Loss
    from steepest.metrics import Metric as Metric
    from steepest.neuralnet import Ensemble as Ensemble
    from steepest.neuralnet import Input as Input
    from steepest.neuralnet import Model as Model
    from steepest.neuralnet import Sequential as Sequential
    from steepest.neuralnet import load_model as load_model
    from steepest.optimizers import Optimizer as Optimizer
    from steepest.regularizers import Regularizer as Regularizer

    constant_initializer = initializers.Constant
    keras = steepest
    models = neuralnet
    ones_initializer = initializers.Ones
    random_normal_initializer = initializers.RandomNormal
    random_uniform_initializer = initializers.RandomUniform
    zeros_initializer = initializers.Zeros

__version__ = VERSION
newaxis = None
"""Adds an axis of size 1 in an index, as in `x[st.newaxis]`."""

LATER: dict[str, str] = {
    name: f"steepest.{name}"
    for name in (
        "activations backend callbacks classroom constraints data datasets diagnosis distribution "
        "doctor errors events initializers io layers losses metrics mixed_precision neuralnet ops "
        "optimizers page plot preprocessing regularizers saving schedules strings studio tune utils"
    ).split()
}
LATER["keras"] = "steepest"  # so that tf.keras.layers.Dense becomes st.keras.layers.Dense
LATER["models"] = "steepest.neuralnet"  # Keras's name of the module
_HOMES = {
    "neuralnet": "Ensemble Input Model Sequential load_model",
    "layers": "InputSpec Layer",
    "layers.module": "Module",
    "losses": "Loss",
    "metrics": "Metric",
    "optimizers": "Optimizer",
    "initializers": "Initializer",
    "regularizers": "Regularizer",
}
for _home, _names in _HOMES.items():
    LATER |= {name: f"steepest.{_home}:{name}" for name in _names.split()}
LATER |= {"distribute": "steepest.distribution:distribute"}
LATER |= {"Together": "steepest.evaluate.together:Together"}
LATER |= {"together": "steepest.evaluate.together:together"}
LATER |= {  # TensorFlow's names
    "constant_initializer": "steepest.initializers:Constant",
    "ones_initializer": "steepest.initializers:Ones",
    "random_normal_initializer": "steepest.initializers:RandomNormal",
    "random_uniform_initializer": "steepest.initializers:RandomUniform",
    "zeros_initializer": "steepest.initializers:Zeros",
}
"""Names that are imported at their first use, and their modules."""

__all__ = [
    "DTypePolicy",
    "FloatDTypePolicy",
    "Function",
    "GradientCheck",
    "GradientTape",
    "Graph",
    "Tensor",
    "TensorShape",
    "TensorSpec",
    "UnconnectedGradients",
    "Variable",
    "bfloat16",
    "bool",
    "cond",
    "config",
    "custom_gradient",
    "custom_objects",
    "float16",
    "float32",
    "float64",
    "function",
    "gradcheck",
    "gradients",
    "int32",
    "int64",
    "linalg",
    "math",
    "newaxis",
    "name_scope",
    "nn",
    "numpy_function",
    "print",
    "py_function",
    "random",
    "register_serializable",
    "stop_gradient",
    "string",
    "trace",
    "uint8",
    "value_and_gradients",
    "while_loop",
    *vars(math)["__all__"],
    *(name for name in LATER if name != "keras"),
]

suggest_names(__name__, "steepest", later=LATER)
install_second_names()
