"""In which way layers are being called in this thread: to train or not, for shapes alone or not.

Leans on core.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from steepest.core import dispatch
from steepest.layers.tracking import Holder


class _Calls(threading.local):
    def __init__(self) -> None:
        self.training: list[bool] = []
        self.shapes_only = 0


_calls = _Calls()


def inside_a_call() -> bool:
    """Whether a layer is being called in this thread.

    >>> inside_a_call()
    False
    """
    return bool(_calls.training)


def training_now() -> bool:
    """Whether the layer being called, if one is, trains.

    >>> training_now()
    False
    """
    return bool(_calls.training) and _calls.training[-1]


@contextlib.contextmanager
def training_as(training: bool) -> Iterator[None]:
    """Let layers called inside the `with` block train, or not, unless they are told otherwise.

    >>> with training_as(True):
    ...     training_now()
    True
    """
    _calls.training.append(bool(training))
    try:
        yield
    finally:
        _calls.training.pop()


def only_shapes() -> bool:
    """Whether layers are called to learn the shapes that they give, and no values.

    >>> only_shapes()
    False
    """
    return _calls.shapes_only > 0


@contextlib.contextmanager
def for_shapes() -> Iterator[None]:
    """Let layers inside the `with` block tell shapes even before they learned from data.

    >>> with for_shapes():
    ...     only_shapes()
    True
    """
    _calls.shapes_only += 1
    try:
        yield
    finally:
        _calls.shapes_only -= 1


@contextlib.contextmanager
def on_trial(layer: Holder) -> Iterator[None]:
    """Lets a layer be called for its shapes alone: no tape records it, its losses stay as before.

    >>> layer = st.layers.ActivityRegularization(l2=0.1)
    >>> with on_trial(layer):
    ...     _ = layer(st.ones((1, 2)))
    >>> layer.losses
    []
    """
    before = {id(part): list(part._added_losses) for part in layer.flatten_layers()}
    with dispatch.untaped(), for_shapes():
        yield
    for part in layer.flatten_layers():
        part._added_losses = before.get(id(part), [])
