"""Drawn tensors: `Input`, and what comes of calling layers on it, for `Model(inputs, outputs)`.

A drawn tensor carries the call that makes it. Leans on Layer and on the recorder, which tells
what shape a layer gives.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from steepest.arguments import as_tuple, whole
from steepest.core import tree
from steepest.core.dispatch import bind
from steepest.core.dtype import DTypeLike, as_dtype, float32
from steepest.core.primitives import Primitive, Shape
from steepest.core.tensor import Tensor
from steepest.layers import call_context
from steepest.layers.layer import Layer
from steepest.program.trace import TensorSpec, record

_serial = itertools.count(1)


@dataclass(frozen=True, eq=False)
class Call:
    """One operation of a drawing: what is called, on what, and what came of it."""

    operation: Callable[..., Any]
    arguments: Any
    options: dict[str, Any]
    primitive: str = ""


@dataclass(frozen=True, eq=False)
class Drawn:
    """What a drawn tensor stands for: the place-th result of a call, or a model's input."""

    home: Drawing
    call: Call | None
    place: int
    name: str
    source: str


class Drawing:
    """The interpreter of drawn tensors: every operation on one becomes a call to be replayed."""

    def apply(self, primitive: Primitive, inputs: Sequence[Tensor], params: Any) -> Tensor:
        """Draw a bare operation, as in `x + y`."""
        shape = primitive.shape(*[tensor.shape for tensor in inputs], **params)
        kind = primitive.dtype(*[tensor.dtype for tensor in inputs], **params)
        operation = functools.partial(bind, primitive)
        call = Call(operation, tuple(map(_variable_of, inputs)), params, primitive.name)
        return self._tensor(call, 0, shape, kind, primitive.name)

    def call_layer(self, layer: Layer, arguments: Any, options: Any) -> Any:
        """Draw the call of a layer; it is built if it was not."""
        nest = (arguments, options)
        found = tree.leaves(nest)
        drawn = [place for place, leaf in enumerate(found) if is_drawn(leaf)]
        specs = [TensorSpec(found[place].shape, found[place].dtype) for place in drawn]

        def stand_in(*tensors: Tensor) -> Any:
            filled = list(found)
            for place, tensor in zip(drawn, tensors, strict=True):
                filled[place] = tensor
            inner_arguments, inner_options = tree.rebuild(nest, iter(filled))
            return layer(*inner_arguments, **inner_options)

        with call_context.for_shapes():
            graph = (recording := record(stand_in, specs)).graph
        call = Call(layer, arguments, options)
        made = [
            self._tensor(call, place, node.shape, node.dtype, layer.name)
            for place, node in enumerate(graph.outputs)
        ]
        results = tree.rebuild(recording.result, iter(made))
        layer.note_drawn(arguments[0], results)
        return results

    def input(self, shape: Shape, dtype: Any, name: str) -> Tensor:
        """Draw an input of a model."""
        return self._tensor(None, 0, shape, dtype, name)

    def _tensor(self, call: Call | None, place: int, shape: Shape, dtype: Any, name: str) -> Tensor:
        drawn = Drawn(self, call, place, name, f"a drawing of layers, at {name!r}")
        return Tensor(drawn, shape, dtype)


DRAWING = Drawing()


def _variable_of(tensor: Tensor) -> Any:
    """The variable that the tensor was just read from, which may change; else the tensor."""
    source = getattr(tensor, "variable", None)
    variable = None if source is None else source()
    return tensor if variable is None or variable.array is not tensor.data else variable


def is_drawn(value: object) -> bool:
    """Whether the value is a tensor of a functional model's drawing.

    >>> import steepest as st
    >>> is_drawn(st.Input((3,))), is_drawn(st.constant(1.0))
    (True, False)
    """
    return isinstance(value, Tensor) and isinstance(value.data, Drawn)


def Input(  # noqa: N802 - Keras's name
    shape: Any = None,
    batch_size: int | None = None,
    dtype: DTypeLike = None,
    name: str | None = None,
    batch_shape: Sequence[int | None] | None = None,
) -> Tensor:
    """An input of a functional model; `shape` is that of one example.

    `batch_shape` is that of a batch, as in (None, 4).

    >>> import steepest as st
    >>> x = st.Input((4,))
    >>> model = st.Model(x, st.layers.Dense(2)(x))
    >>> model.output_shape
    (None, 2)
    """
    if batch_shape is not None:
        batch_size, *shape = batch_shape
    sizes = tuple(
        None if size is None else whole("Input: a size of the shape", size, 0)
        for size in as_tuple(shape or ())
    )
    kind = float32 if dtype is None else as_dtype(dtype)
    return DRAWING.input((batch_size, *sizes), kind, name or f"input_{next(_serial)}")


class InputLayer(Layer):
    """The place of an input in a model's list of layers; in a Sequential it gives the shape.

    >>> import steepest as st
    >>> st.Sequential([st.layers.InputLayer((4,)), st.layers.Dense(2)]).output_shape
    (None, 2)
    """

    def __init__(
        self, shape: int | Sequence[int], dtype: DTypeLike = None, name: str | None = None
    ) -> None:
        super().__init__(name=name or f"input_{next(_serial)}", dtype=dtype, input_shape=shape)
        self.shape = self.given_input_shape or ()

    def call(self, inputs: Tensor) -> Tensor:
        """The input as it is."""
        return inputs
