"""The mathematical functions of the language as LLVM instructions, for scalars and vectors.

`FUNCTIONS["exp"](builder, x)` emits e**x for x of type float, double, <N x float> or <N x double>;
every lane gets the bits that a scalar would. The error bounds in the docstrings are in units in the
last place (ulp) of the exact value. Depends on ir/; `apply.py`, for tests and documentation, runs a
function on arrays.
"""

from __future__ import annotations

from steepest.engines.cpu.vectormath import (
    erf as _erf,
)
from steepest.engines.cpu.vectormath import (
    exponential,
    logarithm,
    power,
    simple,
    trigonometric,
)
from steepest.engines.cpu.vectormath.lanes import Emit, emitter

FUNCTIONS: dict[str, Emit] = {
    "exp": emitter(exponential.exp),
    "expm1": emitter(exponential.expm1),
    "log": emitter(logarithm.log),
    "log1p": emitter(logarithm.log1p),
    "tanh": emitter(exponential.tanh),
    "logistic": emitter(exponential.logistic),
    "erf": emitter(_erf.erf),
    "sqrt": emitter(simple.sqrt),
    "rsqrt": emitter(simple.rsqrt),
    "power": emitter(power.power),
    "abs": emitter(simple.absolute),
    "sign": emitter(simple.sign),
    "floor": emitter(simple.floor),
    "round": emitter(simple.round_half_even),
    "sin": emitter(trigonometric.sin),
    "cos": emitter(trigonometric.cos),
    "maximum": emitter(simple.maximum),
    "minimum": emitter(simple.minimum),
    "negative": emitter(simple.negative),
    "floor_divide": emitter(simple.floor_divide),
    "remainder": emitter(simple.remainder),
}
