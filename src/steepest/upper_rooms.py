"""Methods whose code is in a higher room than their class, loaded when they are called.

`METHODS` is the only place below where such rooms are named. Depends on the standard library only.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

METHODS = {
    "History.plot": "steepest.plot.curves:history_figure",
    "History.diagnose": "steepest.doctor.examine:diagnose",
    "Model.check": "steepest.doctor.examine:check",
    "Model.find_rate": "steepest.doctor.rate_finder:find_rate",
    "RateRange.plot": "steepest.plot.rate_range:rate_range",
}
"""The module and the function of each method; the function takes the object as its first argument.

The other arguments of the function are those of the method, which a test compares.
"""


def function_of(method: str) -> Callable[..., Any]:
    """The function of a method in `METHODS`; imports its module.

    >>> function_of("Model.find_rate").__module__
    'steepest.doctor.rate_finder'
    """
    module, _, name = METHODS[method].partition(":")
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function
