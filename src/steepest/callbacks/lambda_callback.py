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
            setattr(self, name, function)

    @property
    def wants_batches(self) -> bool:
        """Whether a batch hook was given."""
        return any("batch" in name for name in vars(self) if name.startswith("on_"))

    @property
    def wants_stretches(self) -> bool:
        """Whether the hook for stretches was given."""
        return "on_stretch_end" in vars(self)
