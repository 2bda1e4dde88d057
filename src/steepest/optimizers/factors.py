"""Factors of the learning rate and of the weight decay for some of the variables.

They do not depend on the numbers in automatic names of layers: a layer is given as an object, a
bias by the name "bias".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from steepest.arguments import is_number, require_function_of
from steepest.core.variable import Variable
from steepest.errors import ArgumentError, caution
from steepest.registry import Registry
from steepest.user_objects import registered_name

RULES = Registry("rule for variables")  # functions that a user registered
FactorsGiven = Mapping[Any, float] | Callable[[Variable], float] | str | None


class Factors:
    """A factor for each variable: the type of `rate_factors` and `decay_factors` of an optimizer.

    Given as a dictionary from keys to factors, or as a function `variable -> factor`. A key is a
    layer (all of its weights, also those of layers inside), a variable, or a text: the name of a
    variable or of its layer ("bias", "dense_1"), or a whole path ("dense_1/kernel"), in which `*`
    matches any text. The factors of all matching keys are multiplied; without any it is 1.

    >>> import steepest as st
    >>> layer = st.layers.Dense(2, name="first", input_shape=(3,))
    >>> _ = layer(np.ones((1, 3)))
    >>> factors = Factors("rate_factors", {layer: 6.0, "bias": 0.5})
    >>> factors.of(layer.kernel), factors.of(layer.bias), factors.of(st.Variable(1.0))
    (6.0, 3.0, 1.0)
    >>> Factors("rate_factors", lambda v: 2.0 if v.ndim == 2 else 1.0).of(layer.kernel)
    2.0
    """

    def __init__(self, name: str, given: FactorsGiven) -> None:
        self.name = name
        self.rule: Callable[[Variable], float] | None = None
        self.pairs: tuple[tuple[Any, float], ...] = ()
        if isinstance(given, str):
            given = RULES.find(given)
        if isinstance(given, Mapping):
            self.pairs = tuple(given.items())
            for key, factor in self.pairs:
                self._check_key(key)
                self._check(factor, f"for {_shown(key)}")
        elif given is not None:
            if not callable(given):
                raise ArgumentError(
                    f"{name}: a dictionary from layers, variables or names to factors was "
                    f"expected, or a function of a variable, got {given!r}"
                )
            require_function_of(self, "(variable)", given, 1, {})
            self.rule = given

    def _check_key(self, key: Any) -> None:
        if not (isinstance(key, (str, Variable)) or hasattr(key, "weights")):
            raise ArgumentError(
                f"{self.name}: a layer, a variable or a name was expected as a key, got {key!r}"
            )

    def _check(self, factor: Any, place: str) -> float:
        if not is_number(factor) or not 0 <= factor < math.inf:
            raise ArgumentError(
                f"{self.name}: a factor of 0 or more was expected {place}, got {factor!r}"
            )
        return float(factor)

    def of(self, variable: Variable) -> float:
        """The factor of a variable."""
        if self.rule is not None:
            return self._check(self.rule(variable), f"for {variable.path}")
        return math.prod((float(f) for key, f in self.pairs if _matches(key, variable)), start=1.0)

    def warn_of_misses(self, variables: list[Variable]) -> None:
        """Warns of names that match none of the variables: they may be misspelt."""
        missed = [k for k, _ in self.pairs if not any(_matches(k, v) for v in variables)]
        names = [repr(key) for key in missed if isinstance(key, str)]
        if names:
            caution(
                f"{self.name}: {', '.join(names)} fits none of the trained variables "
                f"({', '.join(variable.path for variable in variables)})"
            )

    def get_config(self) -> Any:
        """The factors as JSON types: layers and variables by their names."""
        if self.rule is not None:
            return registered_name(self.rule)
        factors: dict[str, float] = {}
        for key, factor in self.pairs:
            for name in _names_of(key):
                factors[name] = factors.get(name, 1.0) * float(factor)
        return factors or None

    def __bool__(self) -> bool:
        return self.rule is not None or bool(self.pairs)

    def __repr__(self) -> str:
        if self.rule is not None:
            return repr(getattr(self.rule, "__name__", self.rule))
        return "{" + ", ".join(f"{_shown(key)}: {factor!r}" for key, factor in self.pairs) + "}"


def _matches(key: Any, variable: Variable) -> bool:
    if isinstance(key, str):
        return fnmatchcase(variable.path, key) or any(
            fnmatchcase(part, key) for part in variable.path.split("/")
        )
    return key is variable or (
        not isinstance(key, Variable) and any(weight is variable for weight in key.weights)
    )


def _names_of(key: Any) -> Iterator[str]:
    """The texts that match the same variables as a key."""
    if isinstance(key, (str, Variable)):
        yield key if isinstance(key, str) else key.path
        return
    paths = [weight.path for weight in key.weights]
    yield from paths or [f"{key.name}/*"]


def _shown(key: Any) -> str:
    return repr(key) if isinstance(key, str) else repr(getattr(key, "path", key.name))


class FactorsOf:
    """An attribute that converts assigned values to Factors.

    >>> class Thing:
    ...     speeds = FactorsOf()
    >>> thing = Thing()
    >>> thing.speeds = {"bias": 0.1}
    >>> thing.speeds
    {'bias': 0.1}
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, owner: Any, kind: type | None = None) -> Any:
        return self if owner is None else vars(owner)[self.name]

    def __set__(self, owner: Any, given: Any) -> None:
        if not isinstance(given, Factors):
            given = Factors(self.name, given)
        vars(owner)[self.name] = given
