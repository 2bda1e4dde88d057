"""What Python runs when a class of layers or a layer is made, and why; the only place for it.

A subclass writes `build`, `call` and perhaps a constructor, and calls nothing else. What must hold
for every subclass is therefore arranged by hooks, which no subclass can forget:

* `Holder.__new__` makes the lists of weights and added losses before any constructor runs: a user's
  constructor may assign layers and call `add_weight` before `super().__init__()`, or without it.
* `Layer.__init_subclass__` calls `prepare_class` below, once for each class:
  - `build` is wrapped: it runs once, eagerly even while a program is being recorded, and a failed
    one leaves no weights behind. A wrapper at each call of `build` would miss `super().build()`.
  - `call` is asked for its place of `training`, which would cost microseconds at each call.
* `Configurable.__init_subclass__`, in registry.py since losses, optimizers and metrics need it too,
  wraps the constructors of steepest's own classes in `arguments.checked`: wrong kinds and unknown
  names are refused without a line about it in some two hundred constructors. Those of users run
  as they are written.

Nothing else hooks into the making of classes: there is no metaclass, and no class made at run time.
Leans on core.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from steepest.core import dispatch

if TYPE_CHECKING:
    from steepest.layers.layer import Layer


def prepare_class(kind: type[Layer]) -> None:
    """Wraps a class's own `build`, and finds where its `call` takes the training flag."""
    if "build" in vars(kind):
        kind.build = once(kind.build)  # type: ignore[method-assign]
    kind._training_place = training_place(kind.call)


def training_place(call: Callable[..., Any]) -> int | None:
    """The place of the argument `training` of a `call` after its inputs; None without one.

    >>> def call(self, inputs, mask=None, training=False): ...
    >>> training_place(call)
    1
    """
    names = list(inspect.signature(call).parameters)
    return names.index("training") - 2 if "training" in names else None


def once(build: Callable[..., None]) -> Callable[..., None]:
    """A `build` that runs once, eagerly, and leaves nothing behind if it fails."""

    @functools.wraps(build)
    def building(self: Layer, input_shape: Any) -> None:
        if self.built:
            return
        before = len(self._weights)
        try:
            with dispatch.eagerly(), dispatch.scope(self.name):
                build(self, input_shape)
        except BaseException:
            del self._weights[before:]
            raise
        self._note_built(input_shape)

    return building
