"""What a layer is called on: its conversion to tensors, its shapes, the drawing it may belong to.

Leans on core.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from steepest.core import ops, tree
from steepest.core.dtype import DType, is_float
from steepest.core.primitives import Shape, show
from steepest.core.tensor import Operators, Tensor


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


def shapes_of(inputs: Any) -> Any:
    """The shapes of a tensor or of a nest of tensors.

    >>> shapes_of([ops.constant([1.0]), ops.constant(2.0)])
    [(1,), ()]
    """
    if isinstance(inputs, Tensor):
        return inputs.shape
    return tree.transform(lambda tensor: tensor.shape, inputs)


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
