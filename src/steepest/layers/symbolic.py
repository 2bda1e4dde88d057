"""Input, and the symbolic tensors that layers called on it return, for `Model(inputs, outputs)`.

Such a tensor is called drawn: it belongs to the drawing (the graph of calls) of a functional model
and carries the call that computes it. Depends on Layer, and on the program recorder for shapes.
"""

from __future__ import annotations

import functools
import itertools
import types
import weakref
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from steepest.arguments import as_tuple, sizes_of, suggests_arguments, whole
from steepest.core import tree
from steepest.core.dispatch import bind, drawings
from steepest.core.dtype import DType, DTypeLike, input_dtype, string
from steepest.core.primitives import Primitive, Shape
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError, DTypeError, SteepestError
from steepest.layers import call_context
from steepest.layers.layer import Layer
from steepest.layers.open_sizes import inferred

MOST_OUTPUTS = 1 << 10
_PLAIN = (bool, int, types.FunctionType)
_serial = itertools.count(1)


@dataclass(frozen=True, eq=False)
class Call:
    """One call in a drawing: the layer or operation, its arguments and its options."""

    operation: Callable[..., Any]
    arguments: Any
    options: dict[str, Any]
    primitive: str = ""


@dataclass(frozen=True, eq=False)
class Drawn:
    """The data of a drawn tensor: result number `place` of a call, or an input without a call.

    `home` is the interpreter that records whatever is computed from the tensor.
    """

    home: CallRecorder
    call: Call | None
    place: int
    name: str
    source: str

    @property
    def op(self) -> str:
        """The name of the operation that makes it; empty for inputs and results of layers."""
        return "" if self.call is None else self.call.primitive

    @property
    def inputs(self) -> list[Any]:
        """The data of what the operation was given."""
        return [] if self.call is None else [leaf.data for leaf in tree.leaves(self.call.arguments)]


class CallRecorder:
    """The interpreter of drawn tensors: records each operation on them as a call to replay."""

    def __init__(self) -> None:
        self._outputs: dict[Hashable, tuple[Shape, DType]] = {}  # of calls that were recorded

    def apply(self, primitive: Primitive, inputs: Sequence[Tensor], params: Any) -> Tensor:
        """Records an operation, as in `x + y`."""
        for tensor in inputs:
            _refuse_texts(tensor, f"the operation {primitive.name}")
        if primitive.name == "random_bits":
            raise ArgumentError(
                "random numbers for each example of a drawn batch: draw them in the call of a "
                "layer (st.layers.GaussianNoise, st.layers.Lambda, a subclass), which runs for "
                "each batch; here they would be drawn once"
            )
        shape = primitive.shape(*[tensor.shape for tensor in inputs], **params)
        dtype = primitive.dtype(*[tensor.dtype for tensor in inputs], **params)
        operation = functools.partial(bind, primitive)
        call = Call(operation, tuple(map(_variable_or_tensor, inputs)), params, primitive.name)
        return self._tensor(call, 0, shape, dtype, primitive.name)

    def call_layer(self, layer: Layer, arguments: Any, options: Any) -> Any:
        """Records the call of a layer, which is built if necessary."""
        nest = (arguments, options)
        leaves = tree.leaves(nest)
        if layer.runs_on_host:
            return self._call_on_host(layer, arguments[0])
        drawn = [index for index, leaf in enumerate(leaves) if is_drawn(leaf)]
        for index in drawn:
            _refuse_texts(leaves[index], f"layer {layer.name!r}")
        key = None if layer.built else _known_by(layer, leaves)
        if key in self._outputs and _built_for(layer, leaves[0]):
            call = Call(layer, arguments, options)
            output = self._tensor(call, 0, *self._outputs[key], layer.name)
            layer.note_drawn(arguments[0], output)
            return output
        specs = [(leaves[index].shape, leaves[index].dtype) for index in drawn]

        def call_on(*tensors: Tensor) -> Any:
            filled = list(leaves)
            for index, tensor in zip(drawn, tensors, strict=True):
                filled[index] = tensor
            inner_arguments, inner_options = tree.rebuild(nest, iter(filled))
            return layer(*inner_arguments, **inner_options)

        was_built = layer.built
        with call_context.shape_inference(layer):
            recording, shapes = inferred(call_on, specs)
        if not was_built and is_drawn(arguments[0]) and arguments[0].shape.count(None) > 1:
            layer._input_shape = arguments[0].shape  # not that of the sizes that were tried
        call = Call(layer, arguments, options)
        outputs = [
            self._tensor(call, place, shape, node.dtype, layer.name)
            for place, (node, shape) in enumerate(zip(recording.graph.outputs, shapes, strict=True))
        ]
        results = tree.rebuild(recording.result, iter(outputs))
        if key is not None and len(self._outputs) < MOST_OUTPUTS:
            self._outputs[key] = results.shape, results.dtype
        layer.note_drawn(arguments[0], results)
        return results

    def _call_on_host(self, layer: Any, inputs: Any) -> Tensor:
        """Records the call of a layer that computes on the host and knows its output's shape."""
        shapes = tree.transform(lambda leaf: leaf.shape, inputs)
        shape, dtype = layer.output_spec(shapes, tree.transform(lambda leaf: leaf.dtype, inputs))
        layer.ensure_built(shapes)
        result = self._tensor(Call(layer, (inputs,), {}), 0, shape, dtype, layer.name)
        layer.note_drawn(inputs, result)
        return result

    def input(self, shape: Shape, dtype: Any, name: str) -> Tensor:
        """Returns a drawn tensor for an input of a model."""
        return self._tensor(None, 0, shape, dtype, name)

    def _tensor(self, call: Call | None, place: int, shape: Shape, dtype: Any, name: str) -> Tensor:
        drawn = Drawn(self, call, place, name, f"a functional model, at {name!r}")
        return Tensor(drawn, shape, dtype)


def _known_by(layer: Layer, leaves: list[Any]) -> Hashable:
    """All that the form of a layer's one output depends on; None if that is not known."""
    names = vars(type(layer)).get("output_depends_on")
    if names is None or len(leaves) != 1 or not is_drawn(leaves[0]):
        return None
    values = tuple([getattr(layer, name) for name in names])
    for value in values:  # a user's function may return outputs of any form
        module = getattr(value, "__module__", "steepest.") or ""
        if type(value) not in _PLAIN or not module.startswith("steepest."):
            return None
    if leaves[0].shape.count(None) > 1 or layer.activity_regularizer is not None:
        return None
    return type(layer), values, layer.dtype, leaves[0].shape, leaves[0].dtype


def _built_for(layer: Layer, x: Tensor) -> bool:
    """Builds a layer for an input; False if it does not take it, for its call to say so."""
    try:
        layer._build_and_check(x, x.shape)
    except SteepestError:
        return False
    return True


CALL_RECORDER = CallRecorder()
drawings[:] = [CALL_RECORDER]


def _refuse_texts(tensor: Tensor, reader: str) -> None:
    """Raises if a tensor holds texts, where a layer or an operation takes numbers."""
    if tensor.dtype == string:
        name = getattr(tensor.data, "name", "")
        raise DTypeError(
            f"{reader} takes numbers, and {name!r} holds texts: put st.layers.StringLookup, "
            "TextVectorization or Hashing between them"
        )


def key_of(tensor: Tensor) -> Any:
    """What identifies a drawn tensor: the call that makes it and the place, or the input.

    >>> import steepest as st
    >>> x = st.Input((2,))
    >>> key_of(x) is x.data, key_of(x + 1.0)[1]
    (True, 0)
    """
    drawn = tensor.data
    return drawn if drawn.call is None else (drawn.call, drawn.place)


def _variable_or_tensor(tensor: Tensor) -> Any:
    """Returns the variable that the tensor was just read from, or the tensor without one.

    A replayed call must read the variable again: its value may have changed.
    """
    origin = getattr(tensor, "origin", None)
    variable = origin() if isinstance(origin, weakref.ref) else None
    return tensor if variable is None or variable.array is not tensor.data else variable


def is_drawn(value: object) -> bool:
    """Whether the value is a drawn tensor: one of a functional model's drawing.

    >>> import steepest as st
    >>> is_drawn(st.Input((3,))), is_drawn(st.constant(1.0))
    (True, False)
    """
    return isinstance(value, Tensor) and isinstance(value.data, Drawn)


@suggests_arguments
def Input(  # noqa: N802 - Keras's name
    shape: Any = None,
    batch_size: int | None = None,
    dtype: DTypeLike = None,
    name: str | None = None,
    batch_shape: Sequence[int | None] | None = None,
    tensor: Tensor | None = None,
    optional: bool = False,
) -> Tensor:
    """Returns an input of a functional model, where `shape` is the shape of one example.

    `batch_shape` is the shape of a batch, as in (None, 4). With `dtype="string"` it takes texts,
    which a layer such as StringLookup or TextVectorization makes numbers of. `tensor` is a tensor
    of another model's drawing that becomes an input of this one.

    >>> import steepest as st
    >>> x = st.Input((4,))
    >>> model = st.Model(x, st.layers.Dense(2)(x))
    >>> model.output_shape
    (None, 2)
    """
    if optional:
        raise ArgumentError(
            "Input: an optional input is not supported, as a compiled step needs all its inputs; "
            "give zeros in place of what is missing, or make two models that share layers"
        )
    if tensor is not None:
        return _drawn(tensor)
    if batch_shape is not None:
        if shape is not None:
            raise ArgumentError("Input: give shape or batch_shape, not both")
        batch_size, *shape = sizes_of("Input: batch_shape", batch_shape)
    elif shape is None:
        raise ArgumentError(
            "Input: a shape was expected, as in st.Input((4,)) for four numbers an example; () "
            "is one number"
        )
    sizes = tuple(
        None if size is None else whole("Input: a size of the shape", size, 0)
        for size in as_tuple(shape)
    )
    return CALL_RECORDER.input(
        (batch_size, *sizes), input_dtype(dtype), name or f"input_{next(_serial)}"
    )


def _drawn(tensor: Any) -> Tensor:
    if is_drawn(tensor):
        return tensor
    raise ArgumentError(
        "Input: tensor= takes a tensor of a functional model, made by st.Input or by layers called "
        f"on it, got {tensor!r}"
    )


class InputLayer(Layer):
    """The layer of a model's input; in a Sequential it declares the input shape.

    The shape is given as `shape` or `input_shape`, of one example, or as `batch_shape`.

    >>> import steepest as st
    >>> st.Sequential([st.layers.InputLayer((4,)), st.layers.Dense(2)]).output_shape
    (None, 2)
    """

    single_input = True

    def __init__(
        self,
        shape: int | Sequence[int | None] | None = None,
        batch_size: int | None = None,
        dtype: DTypeLike = None,
        batch_shape: Sequence[int | None] | None = None,
        input_tensor: Any = None,
        optional: bool = False,
        name: str | None = None,
        input_shape: int | Sequence[int | None] | None = None,
    ) -> None:
        given: Any = input_shape if shape is None else shape
        if input_tensor is not None or optional or batch_shape is not None:
            tensor = Input(
                given, batch_size, dtype, batch_shape=batch_shape, tensor=input_tensor,
                optional=optional,
            )  # fmt: skip
            given = tensor.shape[1:]
        if given is None:
            raise ArgumentError(
                "InputLayer: the shape is missing; give that of one example, as in (784,)"
            )
        self.input_dtype = input_dtype(dtype)
        computed = None if self.input_dtype == string else dtype
        sizes = as_tuple(given)
        declared = None if None in sizes else sizes
        super().__init__(
            name=name or f"input_{next(_serial)}", dtype=computed, input_shape=declared
        )
        self.shape, self._input_shape = sizes, (None, *sizes)
        self.batch_size = batch_size

    def argument(self, name: str) -> Any:
        """Returns the constructor's argument of a name: the shape in its first form."""
        if name == "optional":
            return False
        other_forms = ("batch_shape", "input_tensor", "input_shape")
        return None if name in other_forms else super().argument(name)

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the input."""
        return inputs
