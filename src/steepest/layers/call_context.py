"""What happens around a layer's `call`: whose training flag holds, what inputs become.

Leans on core.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np

from steepest.core import ops, tree
from steepest.core.dtype import DType, is_float
from steepest.core.primitives import Shape, show
from steepest.core.tensor import Operators, Tensor
from steepest.errors import ArgumentError, DataError


class _Calls(threading.local):
    def __init__(self) -> None:
        self.training: list[bool] = []
        self.shapes_only = 0
        self.room: int | None = None


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
def room_for(numbers: int) -> Iterator[None]:
    """Let the weights made inside the `with` block hold no more numbers than these, all together.

    So a file whose configuration asks for more than it holds costs no memory.

    >>> with room_for(3):
    ...     take_room("kernel", 3)
    """
    before, _calls.room = _calls.room, numbers
    try:
        yield
    finally:
        _calls.room = before


def take_room(name: str | None, numbers: int) -> None:
    """Set room aside for a weight about to be made; raise where there is not so much."""
    if _calls.room is None:
        return
    if numbers > _calls.room:
        raise DataError(
            f"the configuration asks for a weight {name!r} of {numbers:,} numbers, "
            f"where the file holds {_calls.room:,} more"
        )
    _calls.room -= numbers


def home_of(nest: Any) -> Any:
    """The drawing of a functional model that a tensor of the nest belongs to, if one does.

    >>> home_of([ops.constant(1.0), 2.0]) is None
    True
    """
    for leaf in tree.leaves(nest):
        if isinstance(leaf, Tensor) and leaf.is_symbolic:
            home = getattr(leaf.data, "home", None)
            if home is not None:
                return home
    return None


def as_inputs(value: Any, kind: DType) -> Any:
    """Arrays, numbers and nests of arrays as tensors; fractions in one kind.

    >>> as_inputs({"a": np.zeros(2), "b": [1, 2]}, np.dtype("float32"))["a"].dtype
    dtype('float32')
    """
    if isinstance(value, dict):
        return {key: as_inputs(part, kind) for key, part in value.items()}
    if isinstance(value, (list, tuple)) and _is_nest(value):
        return type(value)(as_inputs(part, kind) for part in value)
    tensor = ops.as_tensor(value)
    return ops.cast(tensor, kind) if is_float(tensor.dtype) else tensor


def _is_nest(value: Any) -> bool:
    """Whether a list holds arrays, and is not an array written out."""
    if isinstance(value, (list, tuple)):
        return any(_is_nest(part) for part in value)
    return isinstance(value, (Operators, np.ndarray, dict))


def open_shapes(inputs: Any) -> Any:
    """The shapes of a tensor or of a nest of tensors, with the batch left open.

    >>> open_shapes(ops.constant([[1.0, 2.0]]))
    (None, 2)
    """
    return tree.transform(lambda tensor: open_batch(tensor.shape), inputs)


def open_batch(shape: Shape) -> Shape:
    """The shape with its first size left open.

    >>> open_batch((32, 784))
    (None, 784)
    """
    return (None, *shape[1:]) if shape else ()


class NotDrawn(ArgumentError, AttributeError):
    """A layer that no drawing has called has no `input` and `output`."""


def not_drawn(name: str) -> NotDrawn:
    """The error for the ends of a layer that no drawing has called."""
    return NotDrawn(
        f"layer {name!r} has no input and output yet: call it on st.Input(shape), or put it in a "
        "Sequential whose input shape is known"
    )


def shapes(inputs: Any) -> Any:
    """The shapes of a tensor or of a nest of tensors.

    >>> shapes([ops.constant([1.0]), ops.constant(2.0)])
    [(1,), ()]
    """
    return tree.transform(lambda tensor: tensor.shape, inputs)


def shown(shapes: Any) -> str:
    """Shapes as errors write them.

    >>> shown([(None, 3), (2,)])
    '(batch, 3), (2,)'
    """
    return ", ".join(show(shape) for shape in _flat(shapes))


def _flat(shapes: Any) -> Iterator[Shape]:
    if isinstance(shapes, dict):
        shapes = list(shapes.values())
    if all(size is None or isinstance(size, int) for size in shapes):
        yield tuple(shapes)
    else:
        for part in shapes:
            yield from _flat(part)
