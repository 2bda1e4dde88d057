"""steepest: neural networks written like formulas, trained at the speed of machine code.

    import steepest as st

Tensors, functions and derivatives stand here; everything else in the rooms `st.layers`,
`st.losses`, `st.data` and so on, which are opened when first used.
"""

from __future__ import annotations

import importlib
from typing import Any

import steepest.core.eager
import steepest.functions.methods  # noqa: F401 - the operators of tensors
from steepest.config import config
from steepest.core.custom_gradient import custom_gradient, stop_gradient
from steepest.core.dtype import (
    bfloat16,
    float16,
    float32,
    float64,
    int32,
    int64,
    uint8,
)
from steepest.core.dtype import (
    bool_ as bool,
)
from steepest.core.gradcheck import GradientCheck, gradcheck
from steepest.core.tape import (
    GradientTape,
    gradients,
    value_and_gradients,
)
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.engines.function import Function, function
from steepest.errors import nearest
from steepest.functions import linalg, nn, random
from steepest.functions import public as math
from steepest.functions.public import *  # noqa: F403 - a list of names, which a test holds to it
from steepest.functions.public import __all__ as _functions
from steepest.program.branching import cond, while_loop
from steepest.program.graph import Graph
from steepest.program.trace import TensorSpec, trace
from steepest.registry import custom_objects, register_serializable

__version__ = "0.1.0"
newaxis = None
"""What stands in a key for a new axis of size 1."""

ROOMS: dict[str, str] = {
    name: f"steepest.{name}"
    for name in (
        "activations callbacks classroom constraints data datasets diagnosis errors initializers "
        "layers losses metrics neuralnet optimizers regularizers schedules utils"
    ).split()
}
ROOMS["keras"] = "steepest"  # so that tf.keras.layers.Dense becomes st.keras.layers.Dense
ROOMS["models"] = "steepest.neuralnet"  # Keras's name of the room
for _name in ("Input", "Model", "Sequential", "load_model"):
    ROOMS[_name] = f"steepest.neuralnet:{_name}"
"""Names that are imported when first asked for, and the modules that hold them."""

__all__ = [
    "Function",
    "GradientCheck",
    "GradientTape",
    "Graph",
    "Tensor",
    "TensorSpec",
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
    "nn",
    "random",
    "register_serializable",
    "stop_gradient",
    "trace",
    "uint8",
    "value_and_gradients",
    "while_loop",
    *_functions,
    *(room for room in ROOMS if room != "keras"),
]


def __getattr__(name: str) -> Any:
    if name in ROOMS:
        module, _, attribute = ROOMS[name].partition(":")
        found = importlib.import_module(module)
        value = getattr(found, attribute) if attribute else found
        globals()[name] = value
        return value
    if name.startswith("__"):
        raise AttributeError(name)
    raise AttributeError(f"steepest has no {name!r}: {nearest(name, __all__)}")


def __dir__() -> list[str]:
    return sorted(__all__)
