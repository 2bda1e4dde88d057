"""The context of layer calls in this thread: training or inference, values or only shapes.

Depends on core and tracking.py.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from steepest.core import dispatch
from steepest.layers.tracking import Trackable


class _Calls(threading.local):
    def __init__(self) -> None:
        self.training: list[bool] = []
        self.shape_inferences = 0


_calls = _Calls()


def inside_a_call() -> bool:
    """Whether a layer is being called in this thread.

    >>> inside_a_call()
    False
    """
    return bool(_calls.training)


def inside_two_calls() -> bool:
    """Whether the layer that is being called belongs to a layer or model that is being called.

    >>> inside_two_calls()
    False
    """
    return len(_calls.training) > 1


def training_now() -> bool:
    """Whether the layer that is being called trains; False outside of calls.

    >>> training_now()
    False
    """
    return bool(_calls.training) and _calls.training[-1]


@contextlib.contextmanager
def training_as(training: bool) -> Iterator[None]:
    """Sets the default of the argument `training` for layers called inside the `with` block.

    >>> with training_as(True):
    ...     training_now()
    True
    """
    _calls.training.append(bool(training))
    try:
        yield
    finally:
        _calls.training.pop()


def inferring_shapes() -> bool:
    """Whether layers are called only to infer the shapes of their outputs.

    >>> inferring_shapes()
    False
    """
    return _calls.shape_inferences > 0


@contextlib.contextmanager
def shape_inference(layer: Trackable) -> Iterator[None]:
    """Prepares for a call of the layer that only infers shapes, possibly before it is adapted.

    No tape records the call, and the layer's losses stay unchanged.

    >>> layer = st.layers.ActivityRegularization(l2=0.1)
    >>> with shape_inference(layer):
    ...     _ = layer(st.ones((1, 2)))
    >>> layer.losses
    []
    """
    before = {id(part): list(part._added_losses) for part in layer.flatten_layers()}
    _calls.shape_inferences += 1
    try:
        with dispatch.untaped():
            yield
    finally:
        _calls.shape_inferences -= 1
    for part in layer.flatten_layers():
        part._added_losses = before.get(id(part), [])
