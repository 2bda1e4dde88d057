"""The hooks that run when a class of layers, or a layer, is created, and why they exist.

A subclass writes `build`, `call` and perhaps a constructor, and calls nothing else. What every
subclass must guarantee is therefore done by hooks, which a subclass cannot forget to call:

* `Trackable.__new__` creates the lists of weights and added losses before any constructor runs: a
  user's constructor may assign layers and call `add_weight` before `super().__init__()`, or
  without it. For a user's class it also records the arguments of the constructor: `get_config`
  reads those that are not stored as attributes there.
* `Layer.__init_subclass__` calls `prepare_class` below, once for each class:
  - It wraps `build`, which then runs once, eagerly even while a program is being recorded, and
    leaves no weights behind if it fails. Wrapping it at each call would miss `super().build()`.
  - It finds the positions of `training` and `mask` among the arguments of `call`; to inspect the
    signature at each call would cost microseconds.
* `Configurable.__init_subclass__`, in configurable.py since losses, optimizers and metrics need it
  too, wraps the constructors of steepest's own classes in `constructors.checked`, which refuses
  arguments of wrong types and unknown names. Users' constructors run as they are written.

There are no other hooks: no metaclass, and no class that is created at run time. Depends on core.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from steepest.core import dispatch

if TYPE_CHECKING:
    from steepest.layers.layer import Layer


def prepare_class(cls: type[Layer]) -> None:
    """Wraps the class's own `build`, and finds `training` and `mask` among `call`'s arguments."""
    if "build" in vars(cls):
        cls.build = build_once(cls.build)  # type: ignore[method-assign]
    if "compute_mask" in vars(cls) and "supports_masking" not in vars(cls):
        cls.supports_masking = True
    names = list(inspect.signature(cls.call).parameters)
    cls._training_position = position_of("training", names)
    cls._mask_position = position_of("mask", names)


def position_of(argument: str, names: list[str]) -> int | None:
    """Returns the position of an argument of `call` after the inputs; None without it.

    >>> position_of("training", ["self", "inputs", "mask", "training"])
    1
    """
    return names.index(argument) - 2 if argument in names else None


def build_once(build: Callable[..., None]) -> Callable[..., None]:
    """Returns a `build` that runs once, eagerly, and leaves no weights behind if it fails."""

    @functools.wraps(build)
    def wrapped(self: Layer, input_shape: Any) -> None:
        if self.built:
            return
        before = len(self._weights)
        try:
            with dispatch.eagerly(), dispatch.scope(self.name):
                build(self, input_shape)
        except BaseException:
            del self._weights[before:]
            raise
        self._set_built(input_shape)

    return wrapped
