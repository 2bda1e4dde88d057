"""Drawing: the graph of layer calls that lead from a functional model's inputs to its outputs.

A model that has a drawing computes its outputs by replaying the calls. Depends on symbolic layers.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from steepest.core import ops, tree
from steepest.core.dtype import computing, is_float, string
from steepest.core.primitives import Shape, show
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.data.frames import columns_of, is_frame
from steepest.errors import ArgumentError, ShapeError, caution, noted
from steepest.functions import composed
from steepest.layers.inputs import Prepared
from steepest.layers.lambda_layer import Lambda
from steepest.layers.layer import Layer
from steepest.layers.merging import Merge
from steepest.layers.symbolic import Call, InputLayer, is_drawn, key_of
from steepest.neuralnet.drawing_config import (
    PlainDrawing,
    drawing_config,
    drawing_from_config,
    plain,
    redrawn,
)
from steepest.neuralnet.prefix import HostPrefix, filled, prefix_of


def warn_of_equal_names(model: str, layers: Sequence[Layer]) -> None:
    """Warns where two layers of a model have one name.

    >>> import steepest as st
    >>> warn_of_equal_names("net", [st.layers.Dense(1, name="a"), st.layers.Dense(1, name="b")])
    """
    named: dict[str, Layer] = {}
    for layer in layers:
        if named.setdefault(layer.name, layer) is not layer:
            caution(
                f"{model}: two layers are named {layer.name!r}, and get_layer finds one of them; "
                "give each its own name= (Keras refuses equal names)"
            )
            return


class Drawing:
    """The calls, in order, that compute drawn outputs from drawn inputs.

    Inputs and outputs are nests of drawn tensors. A copy has new ones, made by the copied layers.

    >>> import steepest as st
    >>> x = st.Input((2,), name="x")
    >>> drawing = Drawing(x, st.layers.Dense(3, name="dense")(x + 1.0))
    >>> drawing.input_names, drawing.output_shape
    (['x'], (None, 3))
    >>> drawing.replay(st.zeros((4, 2)), "a model").shape
    (4, 3)
    """

    def __init__(self, inputs: Any, outputs: Any) -> None:
        _check_drawn(inputs, "inputs")
        _check_drawn(outputs, "outputs")
        is_list = isinstance(inputs, (list, tuple))
        self._draw(inputs[0] if is_list and len(inputs) == 1 else inputs, outputs)
        self.input_layers: list[InputLayer] = []
        for leaf in tree.leaves(self.inputs):
            texts = "string" if leaf.dtype == string else None
            layer = InputLayer(leaf.shape[1:], dtype=texts, name=leaf.data.name)
            layer.note_drawn(leaf, leaf)
            self.input_layers.append(layer)

    def _draw(self, inputs: Any, outputs: Any) -> None:
        self.inputs, self.outputs = inputs, outputs
        self.calls = _calls_in_order(inputs, outputs)
        self._as_declared = {
            key_of(leaf)
            for call in self.calls
            if isinstance(call.operation, (Merge, Lambda)) or not isinstance(call.operation, Layer)
            for leaf in tree.leaves((call.arguments, call.options))
            if is_drawn(leaf) and leaf.data.call is None
        }
        self.prefix: HostPrefix | None = prefix_of(inputs, self.calls, outputs)

    # ------------------------------------------------------------ layers and links

    @property
    def layers(self) -> list[Layer]:
        """The input layers, then the layers in the order of their first calls."""
        used = dict.fromkeys(c.operation for c in self.calls if isinstance(c.operation, Layer))
        return [*self.input_layers, *used]

    @property
    def variables(self) -> list[Variable]:
        """The variables that the drawing uses outside of its layers."""
        arguments = [leaf for call in self.calls for leaf in tree.leaves(call.arguments)]
        return [leaf for leaf in arguments if isinstance(leaf, Variable)]

    @property
    def links(self) -> list[tuple[Layer, Layer]]:
        """Which layer's outputs go into which, also through operations between layers."""
        makers: dict[Any, list[Layer]] = {
            _maker(leaf): [layer]
            for leaf, layer in zip(tree.leaves(self.inputs), self.input_layers, strict=True)
        }
        found: dict[tuple[Layer, Layer], None] = {}
        for call in self.calls:
            given = [leaf for leaf in tree.leaves((call.arguments, call.options)) if is_drawn(leaf)]
            before = [layer for leaf in given for layer in makers[_maker(leaf)]]
            own = [call.operation] if isinstance(call.operation, Layer) else before
            found.update({
                (a, b): None for a in before for b in own if a is not b and b not in before
            })
            makers[call] = own
        return list(found)

    @property
    def first_layers(self) -> list[list[Layer]]:
        """For each input of the compiled steps the layers that read it."""
        if self.prefix is not None:
            return self.prefix.readers
        return [[b for a, b in self.links if a is layer] for layer in self.input_layers]

    # ------------------------------------------------------------ names and shapes

    @property
    def input_shape(self) -> Any:
        """The shapes of the inputs, in a nest of the inputs' form."""
        return tree.transform(lambda leaf: leaf.shape, self.inputs)

    @property
    def output_shape(self) -> Any:
        """The shapes of the outputs, in a nest of the outputs' form."""
        return tree.transform(lambda leaf: leaf.shape, self.outputs)

    @property
    def input_names(self) -> list[str]:
        """The names of the inputs in a dictionary of them: their keys, or those of the inputs."""
        if isinstance(self.inputs, dict):
            return sorted(self.inputs)
        return [leaf.data.name for leaf in tree.leaves(self.inputs)]

    @property
    def output_names(self) -> list[str]:
        """The names of the outputs: their keys, or those of the layers that make them."""
        if isinstance(self.outputs, dict):
            return sorted(self.outputs)
        return [leaf.data.name for leaf in tree.leaves(self.outputs)]

    # ------------------------------------------------------------ values

    def redrawn(
        self, clone: Callable[[Layer], Layer], inputs: Any, call: Callable[..., Any] | None
    ) -> tuple[Any, Any]:
        """New drawn inputs, or those that are given, and outputs, by a clone of each layer."""
        drawing = plain(self.inputs, self.calls, self.outputs)
        made: dict[int, Layer] = {}
        calls = []
        for operation, arguments, options in drawing.calls:
            if isinstance(operation, Layer):
                if id(operation) not in made:
                    made[id(operation)] = clone(operation)
                operation = made[id(operation)]
            calls.append((operation, arguments, options))
        return redrawn(PlainDrawing(drawing.inputs, calls, drawing.outputs), inputs, call)

    def replay(self, inputs: Any, name: str) -> Any:
        """The outputs for values of the inputs; `name` is the model's, for errors.

        The values may be those that the host has prepared.
        """
        if self.prefix is not None and isinstance(inputs, Prepared):
            values = dict(zip(map(key_of, self.prefix.cut), inputs, strict=True))
            calls = self.prefix.following
        else:
            values, calls = self._bound(inputs, name), self.calls
        rows = next((value.shape[0] for value in values.values() if value.shape), None)
        for call in calls:
            fill = functools.partial(filled, values)
            arguments = tree.transform(fill, call.arguments)
            options = tree.transform(fill, call.options)
            if rows is not None and call.primitive:  # outside of programs the batch is known
                options = {key: _with_rows(value, rows) for key, value in options.items()}
            if rows is not None and call.primitive == "batch_size":
                results = [ops.constant(rows, "int64")]
            else:
                results = tree.leaves(call.operation(*arguments, **options))
            values.update({(call, place): result for place, result in enumerate(results)})
        return tree.transform(lambda leaf: values[key_of(leaf)], self.outputs)

    def prepared(self, inputs: Any, name: str) -> Prepared:
        """The columns that the host makes of values of the inputs."""
        assert self.prefix is not None
        wanted = tree.leaves(self.inputs)
        if is_frame(inputs) and len(wanted) > 1:
            inputs = {str(column): values for column, values in columns_of(inputs)}
        if isinstance(inputs, dict):
            given = self._by_name(inputs, name)
        else:
            several = isinstance(inputs, (list, tuple)) and len(wanted) > 1
            given = list(inputs) if several or _is_list_of_one_array(inputs) else [inputs]
        self._check_count(given, name)
        with noted(f"in the inputs of {name!r}"):
            return self.prefix.run(given)

    def _check_count(self, given: list[Any], name: str) -> None:
        wanted = tree.leaves(self.inputs)
        if len(given) != len(wanted):
            raise ArgumentError(
                f"{name}: takes {len(wanted)} inputs ({', '.join(self.input_names)}), "
                f"got {len(given)}"
            )

    def _bound(self, inputs: Any, name: str) -> dict[Any, Tensor]:
        wanted = tree.leaves(self.inputs)
        given = self._by_name(inputs, name) if isinstance(inputs, dict) else tree.leaves(inputs)
        self._check_count(given, name)
        fitted = [self._fitted(*pair) for pair in zip(wanted, given, strict=True)]
        for drawn, value in zip(wanted, fitted, strict=True):
            _check_shape(name, drawn, value)
        return {key_of(drawn): value for drawn, value in zip(wanted, fitted, strict=True)}

    def _fitted(self, drawn: Tensor, value: Tensor) -> Tensor:
        """The value of an input in its rank and, where an operation reads it, in its dtype.

        Layers take integers in their own way: an embedding as they are, a dense layer as floats.
        """
        value = in_rank_of_input(drawn.shape, value)
        if is_float(drawn.dtype) == is_float(value.dtype):
            return value
        if is_float(value.dtype):
            return ops.cast(value, drawn.dtype)
        return (
            ops.cast(value, computing(drawn.dtype)) if key_of(drawn) in self._as_declared else value
        )

    def _by_name(self, inputs: dict[str, Any], name: str) -> list[Any]:
        """The entries of a dictionary of inputs, in the order of the drawing's inputs."""
        own = self.input_names
        missing = [key for key in own if key not in inputs]
        unknown = [key for key in inputs if key not in own]
        if missing:
            raise ArgumentError(
                f"{name}: the inputs are named {own}; "
                + "; ".join(
                    f"{names} are {word}"
                    for names, word in ((missing, "missing"), (unknown, "not among them"))
                    if names
                )
            )
        if unknown:
            caution(f"{name}: the inputs are named {own}; {unknown} are left out")
        return [inputs[key] for key in own]

    # ------------------------------------------------------------ copies and configurations

    def get_config(self) -> dict[str, Any]:
        """The inputs, the layers and their calls as JSON values.

        >>> import steepest as st
        >>> x = st.Input((2,))
        >>> config = Drawing(x, st.layers.Dense(3)(x)).get_config()
        >>> Drawing.from_config(config).output_shape
        (None, 3)
        """
        return drawing_config(self._plain())

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Drawing:
        """A drawing of new layers by a configuration from `get_config`."""
        return cls(*redrawn(drawing_from_config(config)))

    def _plain(self) -> PlainDrawing:
        return plain(self.inputs, self.calls, self.outputs)

    def __getstate__(self) -> dict[str, Any]:
        """The drawing as plain data: drawn tensors can be neither copied nor pickled."""
        return {"plain": self._plain(), "input_layers": self.input_layers}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._draw(*redrawn(state["plain"]))
        self.input_layers = state["input_layers"]
        for layer, leaf in zip(self.input_layers, tree.leaves(self.inputs), strict=True):
            layer.note_drawn(leaf, leaf)


def in_rank_of_input(declared: Shape, value: Tensor) -> Tensor:
    """The value with a last axis of size 1 added or removed, where the declared shape differs so.

    >>> in_rank_of_input((None, 1), ops.constant([1.0, 2.0])).shape
    (2, 1)
    """
    if len(declared) == value.ndim + 1 and declared[-1] == 1 and value.ndim:
        return composed.expand_dims(value, -1)
    if value.ndim == len(declared) + 1 and value.shape[-1] == 1 and declared:
        return composed.squeeze(value, -1)
    return value


def _is_list_of_one_array(inputs: Any) -> bool:
    is_one = isinstance(inputs, (list, tuple)) and len(inputs) == 1
    return is_one and len(getattr(inputs[0], "shape", ())) > 0


def _check_shape(name: str, drawn: Tensor, value: Tensor) -> None:
    fits = len(value.shape) == len(drawn.shape) and all(
        want is None or have is None or want == have
        for want, have in zip(drawn.shape, value.shape, strict=True)
    )
    if not fits:
        raise ShapeError(
            f"{name}: input {drawn.data.name!r} has shape {show(drawn.shape)}, "
            f"got {show(value.shape)}"
        )


def _check_drawn(nest: Any, what: str) -> None:
    for leaf in tree.leaves(nest):
        if leaf is None:
            raise ArgumentError(f"Model: {what} are missing; st.Model(inputs, outputs) takes both")
        if not is_drawn(leaf):
            raise ArgumentError(
                f"Model: {what} must come from st.Input and calls of layers on it, got {leaf!r}"
            )


def _maker(tensor: Tensor) -> Any:
    """The call that makes a drawn tensor; of an input, the input itself."""
    return tensor.data.call or tensor.data


def _with_rows(sizes: Any, rows: int) -> Any:
    """The parameter of an operation, with the number of rows for the open size of the batch."""
    if not isinstance(sizes, tuple):
        return sizes
    if sizes.count(None) > 1:
        raise ShapeError(
            f"an operation on an input with several open sizes, {show(sizes)}, cannot tell which "
            "is the batch: write it in a layer's call or in st.layers.Lambda"
        )
    return tuple(rows if size is None else _with_rows(size, rows) for size in sizes)


def _calls_in_order(inputs: Any, outputs: Any) -> list[Call]:
    """The calls that lead from the inputs to the outputs, each after those that it needs."""
    given = {key_of(leaf) for leaf in tree.leaves(inputs)}
    done: dict[Call, None] = {}
    waiting = list(reversed(tree.leaves(outputs)))
    while waiting:
        tensor = waiting[-1]
        call = tensor.data.call
        if key_of(tensor) in given or call in done:
            waiting.pop()
            continue
        if call is None:
            raise ArgumentError(
                f"Model: the outputs need the input {tensor.data.name!r}, "
                "which is not among the inputs"
            )
        needed = [leaf for leaf in tree.leaves((call.arguments, call.options)) if is_drawn(leaf)]
        missing = [
            leaf for leaf in needed if key_of(leaf) not in given and leaf.data.call not in done
        ]
        if missing:
            waiting.extend(reversed(missing))
        else:
            done[call] = None
            waiting.pop()
    return list(done)
