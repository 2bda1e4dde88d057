"""Registries of classes and functions by name, and configurations of objects.

A name is looked up only here, in `custom_objects` and among the objects given to
`register_serializable`: nothing is ever imported because a file or a string names it. Depends on
errors, arguments and changes.
"""

from __future__ import annotations

import contextlib
import inspect
import re
import threading
from collections.abc import Iterator
from typing import Any, Self

from steepest.arguments import argument_names, checked, constructor_parameters
from steepest.changes import is_same, note_change
from steepest.errors import ArgumentError, unknown_name

_registries: list[Registry] = []
_registered_by_users: dict[str, Any] = {}


OF_USERS = "Custom>"  # precedes the name of a user's class in files if steepest has that name too


class _Scopes(threading.local):
    def __init__(self) -> None:
        self.stack: list[dict[str, Any]] = []


_scopes = _Scopes()


def _normalized(name: str) -> str:
    """The name as it is compared: "GlorotUniform" and "glorot_uniform" are equal."""
    return name.replace("_", "").lower()


def snake_case(name: str) -> str:
    """A class's name in lower case with underscores between words, split as Keras does.

    >>> snake_case("BatchNormalization"), snake_case("ReLU")
    ('batch_normalization', 're_lu')
    """
    words = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower().strip("_")


class Registry:
    """The classes and functions of one kind by name; the name of a class gives an instance.

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
            holder = self._found.setdefault(_normalized(name), thing)
            if holder is not thing:
                raise ArgumentError(f"{self.kind}: the name {name!r} is taken by {holder!r}")
            self._names[name] = thing
        return thing

    def names(self) -> list[str]:
        """All registered names."""
        return list(self._names)

    def has(self, name: str) -> bool:
        """Whether a name is registered, by steepest or by the user."""
        return registered_object(name) is not None or _normalized(name) in self._found

    def find(self, name: str) -> Any:
        """The class or function of a name; raises for an unknown one."""
        found = registered_object(name) or self._found.get(_normalized(name))
        if found is None:
            spelling = str if name.lower() != name else snake_case
            known = map(spelling, self._names)
            of_users = [n for scope in (*_scopes.stack, _registered_by_users) for n in scope]
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
        with _scoped(custom_objects or {}):
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


def registered_object(name: str) -> Any:
    """The user's class or function of a name, in `custom_objects` or registered; None without one.

    >>> registered_object("Unheard") is None
    True
    """
    for scope in (*reversed(_scopes.stack), _registered_by_users):
        if name in scope:
            return scope[name]
    return registered_object(name.removeprefix(OF_USERS)) if name.startswith(OF_USERS) else None


def registered_objects() -> dict[str, Any]:
    """The classes and functions that users have registered, by name; entries can be added.

    >>> registered_objects() is registered_objects()
    True
    """
    return _registered_by_users


@contextlib.contextmanager
def custom_objects(objects: dict[str, Any]) -> Iterator[None]:
    """Makes user-defined classes and functions known by name inside the `with` block.

    >>> import steepest as st
    >>> def double(x):
    ...     return x * 2.0
    >>> with st.custom_objects({"double": double}):
    ...     st.layers.Activation("double")([[1.0]]).tolist()
    [[2.0]]
    """
    _scopes.stack.append(dict(objects))
    try:
        yield
    finally:
        _scopes.stack.pop()


_scoped = custom_objects  # where an argument has that name


def register_serializable(thing: Any = None, *, name: str | None = None) -> Any:
    """Registers a user-defined class or function, so that files that name it can be read.

    >>> import steepest as st
    >>> @st.register_serializable
    ... def twice(x):
    ...     return x + x
    >>> st.layers.Activation("twice")([[1.0]]).tolist()
    [[2.0]]
    """
    if thing is None:
        return lambda given: register_serializable(given, name=name)
    _registered_by_users[name or thing.__name__] = thing
    return thing


def name_of(thing: Any) -> str:
    """The name under which a class or function is saved.

    >>> def one_of_mine(x):
    ...     return x
    >>> name_of(one_of_mine)
    'one_of_mine'
    """
    for name, entry in _registered_by_users.items():
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
        if _normalized(own) in registry._found:
            if isinstance(thing, type):
                return OF_USERS + own
            raise ArgumentError(
                f"{thing!r} cannot be saved as {own!r}, which is the {registry.kind} of steepest; "
                f"rename it, or decorate it with @st.register_serializable(name=...)"
            )
    return own


def registered_name(function: Any) -> str:
    """The name under which a user's function is registered; raises if it is not.

    >>> @register_serializable
    ... def halved(x):
    ...     return x * 0.5
    >>> registered_name(halved)
    'halved'
    """
    for scope in (*reversed(_scopes.stack), _registered_by_users):
        for name, entry in scope.items():
            if entry is function:
                return name
    own = getattr(function, "__name__", repr(function))
    raise ArgumentError(
        f"the function {own!r} cannot be written into a configuration, which would not find it "
        "again; define it with def and decorate it with @st.register_serializable"
    )


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

    >>> @register_serializable
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
        if registered_object(name) is not None or _normalized(name) in registry._found:
            return registry
    known = [name for each in registries for name in each.names()]
    raise unknown_name(kind or "class", name, known)


_ABSENT = object()


class Configurable:
    """A base class that derives configuration and repr from the constructor's arguments.

    The constructor stores each argument as an attribute of the same name.

    >>> class Ball(Configurable):
    ...     def __init__(self, radius, colour="red"):
    ...         self.radius, self.colour = radius, colour
    >>> Ball(2), Ball(2).get_config()
    (Ball(2), {'radius': 2, 'colour': 'red'})
    """

    def __setattr__(self, name: str, value: Any) -> None:
        """Assigns an attribute; programs recorded with another value are not used again."""
        before = _ABSENT if name[0] == "_" else vars(self).get(name, _ABSENT)
        super().__setattr__(name, value)
        if before is _ABSENT or is_same(before, vars(self).get(name)):
            return
        if self.is_argument(name):
            self.argument_changed(name, before)

    def is_argument(self, name: str) -> bool:
        """Whether an attribute is an argument of the constructor on which programs may depend."""
        return name != "name" and name in argument_names(type(self))

    def argument_changed(self, name: str, before: Any) -> None:
        """Handles an argument whose value was `before`; a subclass may refuse the change."""
        note_change()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Makes steepest's own constructors check their arguments; see layers/class_hooks.py."""
        super().__init_subclass__(**kwargs)
        own = vars(cls).get("__init__")
        if own is not None and cls.__module__.startswith("steepest."):
            cls.__init__ = checked(own)  # type: ignore[method-assign]

    def argument(self, name: str) -> Any:
        """The value of a constructor argument."""
        try:
            return getattr(self, name)
        except AttributeError:
            raise ArgumentError(
                f"{type(self).__name__}: the constructor takes {name!r} but keeps no attribute of "
                f"that name; write self.{name} = {name} in it, or override get_config"
            ) from None

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments as JSON.

        If a user's class overrides `get_config`, arguments that are not stored as attributes are
        left for it to add.
        """
        overridden = not type(self).get_config.__module__.startswith("steepest.")
        return {
            name: to_config(self.argument(name))
            for name in constructor_parameters(type(self))
            if not overridden or name in vars(self) or hasattr(type(self), name)
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """An object with the configuration of another's `get_config`."""
        return cls(**config)

    def __repr__(self) -> str:
        shown = [
            self._shown_argument(parameter, getattr(self, name, parameter.default))
            for name, parameter in constructor_parameters(type(self)).items()
        ]
        return f"{type(self).__name__}({', '.join(text for text in shown if text)})"

    def _shown_argument(self, parameter: inspect.Parameter, value: Any) -> str:
        if parameter.default is parameter.empty:
            return _shown(value)
        usual = _is_usual(value, parameter.default)
        return "" if usual else f"{parameter.name}={_shown(value)}"


def _shown(value: Any) -> str:
    if inspect.isfunction(value) or inspect.isbuiltin(value):
        return repr(value.__name__)
    return repr(value.numpy() if hasattr(value, "numpy") else value)


def _is_usual(value: Any, default: Any) -> bool:
    """Whether a value is the default, which may be its name."""
    if isinstance(default, str) and not isinstance(value, str):
        own = getattr(value, "__name__", type(value).__name__)
        plain = inspect.isfunction(value) or repr(value) == f"{type(value).__name__}()"
        return plain and _normalized(own) == _normalized(default)
    return type(value) is type(default) and repr(value) == repr(default)
