"""The structure of a model: a key that is equal for models whose steps are the same programs.

It describes every attribute of the model, its layers, optimizer, losses and metrics; the values of
variables do not count. Depends on the model and its parts.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from steepest.core.tensor import Tensor
from steepest.core.variable import Variable

MOST_CONSTANTS = 1 << 12  # numbers of an array among the attributes

# Attributes that no program depends on.
_IGNORED = frozenset(
    "history stop_training stop_evaluating stop_predicting idle_settings column_names metric_use "
    "_steps _predictors _metric_values _recorded_at _threads _drawing _drawn _numbers planned "
    "owner _own _held".split()
)
_PLAIN = (type(None), bool, int, float, complex, str, bytes)


def is_sequential(value: Any) -> bool:
    """Whether a value is a `Sequential`, and of no subclass.

    >>> is_sequential(st.Sequential()), is_sequential(st.Model())
    (True, False)
    """
    return type(value).__module__ == "steepest.neuralnet.sequential"


class NotDescribed(Exception):
    """An attribute may make the program another one, and no key can tell."""


class Structure:
    """The key of some objects, and their variables in the order in which they were found.

    Where the keys of two structures are equal, their variables correspond one by one.

    >>> def model(units, rate):
    ...     network = st.Sequential([st.layers.Dense(units, "relu", input_shape=(2,), name="d")])
    ...     network.compile(st.optimizers.SGD(rate), "mse")
    ...     network.name = "n"
    ...     return network
    >>> keys = [Structure(model(*pair)).key for pair in ((3, 0.1), (3, 0.2), (4, 0.1))]
    >>> keys[0] == keys[1], keys[0] == keys[2]
    (True, False)
    """

    def __init__(self, *parts: Any) -> None:
        self.variables: list[Variable] = []
        self._seen: dict[int, int] = {}
        self._retained: list[Any] = []  # so that no id is used twice
        self.key = tuple(map(self._described, parts))

    def _described(self, value: Any) -> Any:
        kind = type(value)
        if kind in _PLAIN:
            return kind, value
        if kind in (tuple, list):
            return kind, tuple(map(self._described, value))
        if kind is dict:
            return tuple((self._described(k), self._described(v)) for k, v in value.items())
        if id(value) in self._seen:
            return "seen", self._seen[id(value)]
        self._seen[id(value)] = len(self._seen)
        self._retained.append(value)
        describe = _KINDS.get(kind)
        if describe is not None:
            return describe(self, value)
        if isinstance(value, (np.dtype, np.generic, type)):
            return kind, value
        # The drawing of a Sequential follows from its layers; that of other models does not.
        is_drawn = getattr(value, "_drawing", None) is not None and not is_sequential(value)
        is_ours = kind.__module__.startswith("steepest.") and hasattr(value, "__dict__")
        if is_drawn or not is_ours:
            raise NotDescribed(f"{kind.__module__}.{kind.__name__}")
        return kind, self._attributes(value)

    def _attributes(self, value: Any) -> Any:
        is_variable = isinstance(value, Variable)
        if is_variable:
            self.variables.append(value)
        form = (value.shape, value.dtype) if is_variable else ()
        return form, tuple(
            (name, self._described(each))
            for name, each in vars(value).items()
            if name not in _IGNORED
        )

    def _function(self, function: types.FunctionType) -> Any:
        if not (function.__module__ or "").startswith("steepest."):
            raise NotDescribed(f"{function.__module__}.{function.__qualname__}")
        cells = [cell.cell_contents for cell in function.__closure__ or ()]
        return function.__code__, self._described([cells, function.__defaults__])

    def _array(self, given: np.ndarray | Tensor) -> Any:
        array = given.data if isinstance(given, Tensor) else given
        if (
            not isinstance(array, np.ndarray)
            or array.size > MOST_CONSTANTS
            or array.dtype.hasobject
        ):
            raise NotDescribed("a symbolic tensor, or a large array")
        return array.dtype, array.shape, array.tobytes()

    def _several(self, values: set[Any] | frozenset[Any]) -> Any:
        if len(values) > 1:
            raise NotDescribed("a set, which has no order")
        return type(values), tuple(map(self._described, values))


_KINDS: dict[type, Callable[[Structure, Any], Any]] = {
    Tensor: Structure._array,
    np.ndarray: Structure._array,
    set: Structure._several,
    frozenset: Structure._several,
    types.FunctionType: Structure._function,
    functools.partial: lambda self, f: ("partial", self._described([f.func, f.args, f.keywords])),
    types.MethodType: lambda self, m: ("method", self._described([m.__func__, m.__self__])),
    types.BuiltinFunctionType: lambda self, function: ("builtin", function),
    np.ufunc: lambda self, function: ("ufunc", function),
}
