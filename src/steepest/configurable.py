"""The base class of objects whose configuration and repr follow from the constructor's arguments.

Depends on constructors, changes and the registry.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, Self

from steepest.changes import is_same, note_change
from steepest.constructors import argument_names, checked, constructor_parameters
from steepest.errors import ArgumentError
from steepest.registry import normalized, to_config


def require_config(cls: type, config: Any) -> None:
    """Raises unless the configuration for an object of a class is a dictionary.

    >>> require_config(dict, {"units": 3})
    """
    if not isinstance(config, Mapping):
        raise ArgumentError(
            f"{cls.__name__}.from_config: a dictionary from get_config was expected, "
            f"got {config!r:.60}"
        )


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
        held = self.__dict__
        if name[0] == "_" or name not in held:  # in constructors: the usual case
            super().__setattr__(name, value)
            return
        before = held[name]
        super().__setattr__(name, value)
        if not is_same(before, held.get(name)) and self.is_argument(name):
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
        require_config(cls, config)
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
        return plain and normalized(own) == normalized(default)
    return type(value) is type(default) and repr(value) == repr(default)
