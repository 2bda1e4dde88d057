"""Registries of classes and functions by name, and configurations of objects.

A name is looked up only here and in user_objects.py: nothing is ever imported because a file or a
string names it. Depends on errors, constructors and user_objects.
"""

from __future__ import annotations

import functools
import re
from typing import Any

from steepest.constructors import constructor_parameters
from steepest.errors import ArgumentError, unknown_name
from steepest.user_objects import (
    OF_USERS,
    name_spaces,
    registered_object,
    registered_objects,
)
from steepest.user_objects import custom_objects as named_objects

_registries: list[Registry] = []


def normalized(name: str) -> str:
    """The form in which names are compared.

    >>> normalized("GlorotUniform") == normalized("glorot_uniform")
    True
    """
    return name.replace("_", "").lower()


@functools.lru_cache(maxsize=1024)
def snake_case(name: str) -> str:
    """A class's name in lower case with underscores between words, split as Keras does.

    >>> snake_case("BatchNormalization"), snake_case("ReLU")
    ('batch_normalization', 're_lu')
    """
    words = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower().strip("_")


class Registry:
    """The classes and functions of one kind by name; the name of a class gives an instance.

    >>> from steepest.configurable import Configurable
    >>> shapes = Registry("shape")
    >>> @shapes.register("disc")
    ... class RoundShape(Configurable):
    ...     pass
    >>> shapes.get("round_shape"), shapes.get("disc")
    (RoundShape(), RoundShape())
    >>> shapes.get("discc")
    Traceback (most recent call last):
        ...
    steepest.errors.UnknownNameError: no shape is called 'discc': did you mean 'disc'?
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._found: dict[str, Any] = {}
        self._names: dict[str, Any] = {}
        _registries.append(self)

    def register(self, *names: Any) -> Any:
        """Registers a class or function under its own name: `register(thing)` or `@register`.

        `@register("mse", "MSE")` registers it under further names too.
        """
        if len(names) == 1 and not isinstance(names[0], str):
            return self._enter(names[0], ())
        return lambda thing: self._enter(thing, names)

    def _enter(self, thing: Any, aliases: tuple[str, ...]) -> Any:
        for name in (thing.__name__, *aliases):
            holder = self._found.setdefault(normalized(name), thing)
            if holder is not thing:
                raise ArgumentError(f"{self.kind}: the name {name!r} is taken by {holder!r}")
            self._names[name] = thing
        return thing

    def names(self) -> list[str]:
        """All registered names."""
        return list(self._names)

    def has(self, name: str) -> bool:
        """Whether a name is registered, by steepest or by the user."""
        return registered_object(name) is not None or normalized(name) in self._found

    def find(self, name: str) -> Any:
        """The class or function of a name; raises for an unknown one."""
        found = registered_object(name) or self._found.get(normalized(name))
        if found is None:
            spelling = str if name.lower() != name else snake_case
            known = map(spelling, self._names)
            of_users = [entry for names in name_spaces() for entry in names]
            raise unknown_name(self.kind, name, [*known, *of_users])
        return found

    def knows(self, thing: Any) -> bool:
        """Whether this very class or function is registered."""
        return any(entry is thing for entry in self._found.values())

    def get(self, given: Any) -> Any:
        """The object of a name, a configuration or a class; any other object itself.

        None gives None.
        """
        if isinstance(given, str):
            return self._from_name(given)
        if isinstance(given, dict):
            return self.from_config(given)
        if given is None or callable(given) or hasattr(given, "get_config"):
            return _instance(given)
        raise ArgumentError(
            f"{self.kind}: expected a name, a function or an object, got {given!r}; "
            f"known names: {', '.join(sorted(self._names))}"
        )

    def serialize(self, thing: Any) -> Any:
        """An object of this kind as JSON values, a function as its name; see `deserialize`.

        >>> import steepest as st
        >>> st.layers.serialize(st.layers.Flatten(name="flat"))["class_name"]
        'Flatten'
        """
        return to_config(thing)

    def deserialize(self, config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
        """The object of what `serialize` gave; users' classes are found in `custom_objects` too.

        >>> import steepest as st
        >>> st.regularizers.deserialize(st.regularizers.serialize(st.regularizers.L2(0.5)))
        L2(l2=0.5)
        """
        with named_objects(custom_objects or {}):
            return self.get(config)

    def _from_name(self, name: str) -> Any:
        """The function of a name, or an instance of its class made without arguments."""
        found = self.find(name)
        try:
            return _instance(found)
        except TypeError:
            parameters = constructor_parameters(found)
            needed = [key for key, p in parameters.items() if p.default is p.empty]
            if not needed:
                raise
            raise ArgumentError(
                f"{self.kind}: the name {name!r} is not enough, {found.__name__} needs "
                f"{', '.join(needed)}; give an object: {found.__name__}({needed[0]}=...)"
            ) from None

    def from_config(self, config: dict[str, Any]) -> Any:
        """The object of a configuration from `to_config`."""
        if set(config) != {"class_name", "config"}:
            raise ArgumentError(
                f"{self.kind}: a configuration has the entries class_name and config, "
                f"got {sorted(config)}"
            )
        return self.find(config["class_name"]).from_config(config["config"])


def _instance(thing: Any) -> Any:
    return thing() if isinstance(thing, type) else thing


def name_of(thing: Any) -> str:
    """The name under which a class or function is saved.

    >>> def one_of_mine(x):
    ...     return x
    >>> name_of(one_of_mine)
    'one_of_mine'
    """
    for name, entry in registered_objects().items():
        if entry is thing:
            return name
    own: str = getattr(thing, "__name__", "<lambda>")
    if own == "<lambda>":
        raise ArgumentError(
            f"{thing!r} has no name and cannot be saved; "
            "define it with def and decorate it with @st.register_serializable"
        )
    return _not_taken(own, thing)


def _not_taken(own: str, thing: Any) -> str:
    """The name, with a mark if the class of a user has a name of steepest's."""
    ours = getattr(thing, "__module__", None) or ""
    if ours.startswith("steepest.") or any(registry.knows(thing) for registry in _registries):
        return own
    for registry in _registries:
        if normalized(own) in registry._found:
            if isinstance(thing, type):
                return OF_USERS + own
            raise ArgumentError(
                f"{thing!r} cannot be saved as {own!r}, which is the {registry.kind} of steepest; "
                f"rename it, or decorate it with @st.register_serializable(name=...)"
            )
    return own


def to_config(value: Any) -> Any:
    """A value as JSON: objects as {"class_name", "config"}, functions as names.

    >>> to_config((1, [2.0, None]))
    [1, [2.0, None]]
    """
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, dict):
        return {str(key): to_config(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_config(entry) for entry in value]
    if hasattr(value, "get_config") and not isinstance(value, type):
        return {"class_name": name_of(type(value)), "config": value.get_config()}
    if hasattr(value, "tolist"):
        return value.tolist()
    if callable(value):
        return name_of(value)
    raise ArgumentError(f"{value!r} cannot be written into a configuration")


def from_config(config: dict[str, Any], kind: str | None = None) -> Any:
    """The object of a configuration from `to_config`; its class is of any kind, or of the given.

    >>> from steepest.configurable import Configurable
    >>> @st.register_serializable
    ... class Pebble(Configurable):
    ...     def __init__(self, grams):
    ...         self.grams = grams
    >>> from_config(to_config(Pebble(3)))
    Pebble(3)
    """
    return _registry_of(config.get("class_name", ""), kind).from_config(config)


def find_class(name: str, kind: str | None = None) -> Any:
    """The class or function of a name, of any kind or of the given.

    >>> import steepest as st
    >>> find_class("Dense", "layer") is st.layers.Dense
    True
    """
    return _registry_of(name, kind).find(name)


def _registry_of(name: str, kind: str | None) -> Registry:
    registries = [each for each in _registries if kind in (None, each.kind)]
    for registry in registries:
        if registered_object(name) is not None or normalized(name) in registry._found:
            return registry
    known = [name for each in registries for name in each.names()]
    raise unknown_name(kind or "class", name, known)
