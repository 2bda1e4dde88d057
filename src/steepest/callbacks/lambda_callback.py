"""LambdaCallback: hooks given as functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from steepest.callbacks.callback import Callback
from steepest.errors import ArgumentError, nearest

_HOOKS = [name for name in dir(Callback) if name.startswith("on_")]


class LambdaCallback(Callback):
    """A callback made of functions: `LambdaCallback(on_epoch_end=lambda epoch, logs: ...)`.

    >>> import steepest as st
    >>> shout = st.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch))
    >>> shout.on_epoch_end(3, {})
    3
    """

    def __init__(self, **hooks: Callable[..., Any]) -> None:
        super().__init__()
        for name, function in hooks.items():
            if name not in _HOOKS:
                raise ArgumentError(f"LambdaCallback: no hook {name!r}: {nearest(name, _HOOKS)}")
            if not callable(function):
                raise ArgumentError(f"LambdaCallback: {name}: a function, got {function!r}")
            setattr(self, name, function)

    def overrides(self, *hooks: str) -> bool:
        """Whether one of these hooks was given."""
        return any(hook in vars(self) for hook in hooks)
