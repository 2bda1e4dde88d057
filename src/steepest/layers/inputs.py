"""Converts the inputs of a layer call to tensors, and reads their shapes. Depends on core."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from steepest.core import ops, tree
from steepest.core.dtype import DType, is_float
from steepest.core.masks import attach, mask_of
from steepest.core.primitives import Shape, show
from steepest.core.tensor import Operators, Tensor


class Prepared(tuple[Any, ...]):
    """The inputs of the compiled part of a model that begins with layers on the host.

    >>> as_inputs(Prepared([np.zeros(2)]), np.dtype("float32"))[0].shape
    (2,)
    """


def call_recorder_of(nest: Any) -> Any:
    """Returns the recorder of a functional model's calls that a tensor of the nest belongs to.

    None where all tensors have values, or belong to a program that is being recorded.

    >>> call_recorder_of([ops.constant(1.0), 2.0]) is None
    True
    """
    for leaf in tree.leaves(nest):
        if isinstance(leaf, Tensor) and leaf.is_symbolic:
            recorder = getattr(leaf.data, "home", None)
            if recorder is not None:
                return recorder
    return None


def as_inputs(value: Any, dtype: DType) -> Any:
    """Returns arrays, numbers and nests of arrays as tensors; float tensors are cast to a dtype.

    >>> as_inputs({"a": np.zeros(2), "b": [1, 2]}, np.dtype("float32"))["a"].dtype
    dtype('float32')
    """
    if isinstance(value, dict):
        return {key: as_inputs(part, dtype) for key, part in value.items()}
    if isinstance(value, (list, tuple)) and _is_nest(value):
        parts = [as_inputs(part, dtype) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    tensor = ops.as_tensor(value)
    if not is_float(tensor.dtype):
        return tensor
    converted = ops.cast(tensor, dtype)
    if converted is not tensor:
        attach(converted, mask_of(tensor))
    return converted


def as_float(inputs: Tensor, dtype: DType) -> Tensor:
    """Returns float tensors unchanged, and integers cast to a float dtype.

    >>> as_float(ops.constant([1, 2]), np.dtype("float32")).tolist()
    [1.0, 2.0]
    """
    return inputs if is_float(inputs.dtype) else ops.cast(inputs, dtype)


def _is_nest(value: Any) -> bool:
    """Whether a list contains arrays, and is not itself the numbers of one array."""
    if isinstance(value, (list, tuple)):
        return any(_is_nest(part) for part in value)
    return isinstance(value, (Operators, np.ndarray, dict))


def shapes_of(inputs: Any) -> Any:
    """Returns the shapes of a tensor or of a nest of tensors.

    >>> shapes_of([ops.constant([1.0]), ops.constant(2.0)])
    [(1,), ()]
    """
    if isinstance(inputs, Tensor):
        return inputs.shape
    return tree.transform(lambda tensor: tensor.shape, inputs)


def open_shapes(inputs: Any) -> Any:
    """Returns the shapes of a tensor or of a nest of tensors, with None for the batch.

    >>> open_shapes(ops.constant([[1.0, 2.0]]))
    (None, 2)
    """
    return tree.transform(lambda tensor: open_batch(tensor.shape), inputs)


def open_batch(shape: Shape) -> Shape:
    """Returns the shape with None as its first size.

    >>> open_batch((32, 784))
    (None, 784)
    """
    return (None, *shape[1:]) if shape else ()


def format_shapes(shapes: Any) -> str:
    """Formats shapes for an error.

    >>> format_shapes([(None, 3), (2,)])
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
