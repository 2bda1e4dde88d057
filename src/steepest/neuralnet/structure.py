"""The structure of a model: a key that is equal for models whose steps are the same programs.

It describes every attribute of the model, its layers, optimizer, losses and metrics; the values of
variables do not count. Depends on the model and its parts.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Collection, Iterable
from itertools import chain
from operator import is_
from typing import Any

import numpy as np

from steepest.core.tensor import Tensor
from steepest.core.variable import Variable

MOST_CONSTANTS = 1 << 12  # numbers of an array among the attributes

# Attributes that no program depends on.
_IGNORED = frozenset(
    "history stop_training stop_evaluating stop_predicting idle_settings column_names metric_use "
    "_steps _predictors _metric_values _recorded_at _threads _drawing _drawn _numbers planned "
    "owner _own _held _added_losses".split()  # the last are of the latest call
)
_PLAIN = frozenset((type(None), bool, int, float, complex, str, bytes))
_QUICK = frozenset((bool, int, str))
_ours: set[type] = set()  # classes whose objects are described by their attributes
_SEEN = object()  # in a key, before the number of an object that was described earlier
_END = object()  # after the attributes of an object, and after the last of several values


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
        self._parts: list[Any] = []  # of the key: each begins with its kind, which says how it ends
        # What was found: the attributes by name and the elements of lists, with the sizes of both.
        self._attributes: list[tuple[dict[str, Any], int, list[str], list[Any]]] = []
        self._elements: list[tuple[Collection[Any], int, list[Any]]] = []
        self._has_arrays = False  # whose elements may be assigned
        for part in parts:
            self._describe(part)
        self.key = tuple(self._parts)

    def is_current(self) -> bool:
        """Whether nothing has been assigned since, so that the key would be the same.

        >>> model = st.Sequential([st.layers.Dropout(0.5)])
        >>> structure = Structure(model)
        >>> before = structure.is_current()
        >>> model.layers[0].rate = 0.1
        >>> before, structure.is_current()
        (True, False)
        """
        return (
            not self._has_arrays
            and all(
                len(attributes) == size and all(map(is_, map(attributes.get, names), values))
                for attributes, size, names, values in self._attributes
            )
            and all(
                len(given) == size and all(map(is_, _elements_of(given), values))
                for given, size, values in self._elements
            )
        )

    def _describe(self, value: Any) -> None:
        kind, parts = type(value), self._parts
        if kind in _PLAIN:
            # 0.0 and -0.0 are equal, and no program may take one for the other.
            has_zero = kind is complex or (kind is float and not value)
            parts += (kind, str(value) if has_zero else value)
            return
        if kind in (tuple, list, dict):
            self._several(kind, value)
            return
        seen = self._seen.get(id(value))
        if seen is not None:
            parts += (_SEEN, seen)
            return
        self._seen[id(value)] = len(self._retained)
        self._retained.append(value)
        describe = _KINDS.get(kind)
        if describe is not None:
            describe(self, value)
        elif kind in _ours:
            self._object(value)
        elif isinstance(value, np.generic):
            parts += (kind, value.tobytes())
        elif isinstance(value, (np.dtype, type)):
            parts += (kind, value)
        else:
            self._object(value)

    def _object(self, value: Any) -> None:
        kind, parts = type(value), self._parts
        if kind not in _ours:
            if not kind.__module__.startswith("steepest.") or not kind.__dictoffset__:
                raise NotDescribed(f"{kind.__module__}.{kind.__name__}")
            _ours.add(kind)
        parts.append(kind)
        attributes = value.__dict__
        if kind is Variable:
            self.variables.append(value)
            parts += (value.shape, value.dtype)
        # The drawing of a Sequential follows from its layers, that of others does not.
        if attributes.get("_drawing") is not None and not is_sequential(value):
            raise NotDescribed(f"{kind.__module__}.{kind.__name__}")
        names = [name for name in attributes if name not in _IGNORED]
        values = [attributes[name] for name in names]
        self._attributes.append((attributes, len(attributes), names, values))
        for name, each in zip(names, values, strict=True):
            if each is None or type(each) in _QUICK:
                parts += (name, type(each), each)
            else:
                parts.append(name)
                self._describe(each)
        parts.append(_END)

    def _function(self, function: types.FunctionType) -> None:
        if not (function.__module__ or "").startswith("steepest."):
            raise NotDescribed(f"{function.__module__}.{function.__qualname__}")
        self._parts += (types.FunctionType, function.__module__, function.__code__)
        for values in (function.__defaults__, function.__kwdefaults__):
            self._describe(values)
        self._several(tuple, [cell.cell_contents for cell in function.__closure__ or ()])

    def _array(self, given: np.ndarray | Tensor) -> None:
        array = given.data if isinstance(given, Tensor) else given
        self._has_arrays |= array is given
        if (
            not isinstance(array, np.ndarray)
            or array.size > MOST_CONSTANTS
            or array.dtype.hasobject
        ):
            raise NotDescribed("a symbolic tensor, or a large array")
        self._parts += (np.ndarray, array.dtype, array.shape, array.tobytes())

    def _set(self, values: set[Any] | frozenset[Any]) -> None:
        if len(values) > 1:
            raise NotDescribed("a set, which has no order")
        self._several(type(values), values)

    def _several(self, kind: type, given: Collection[Any]) -> None:
        values, parts = list(_elements_of(given)), self._parts
        if kind is not tuple:
            self._elements.append((given, len(given), values))
        parts.append(kind)
        for value in values:
            if value is None or type(value) in _QUICK:
                parts += (type(value), value)
            else:
                self._describe(value)
        parts.append(_END)


def _elements_of(given: Collection[Any]) -> Iterable[Any]:
    """The elements of a list or set; of a dictionary its keys and values."""
    return chain(given, given.values()) if isinstance(given, dict) else given


_KINDS: dict[type, Callable[[Structure, Any], None]] = {
    Tensor: Structure._array,
    np.ndarray: Structure._array,
    set: Structure._set,
    frozenset: Structure._set,
    types.FunctionType: Structure._function,
    functools.partial: lambda self, f: self._several(type(f), (f.func, f.args, f.keywords)),
    types.MethodType: lambda self, m: self._several(type(m), (m.__func__, m.__self__)),
    types.BuiltinFunctionType: lambda self, f: self._parts.extend((type(f), f)),
    np.ufunc: lambda self, f: self._parts.extend((type(f), f)),
}
