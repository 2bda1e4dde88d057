"""Models drawn as a graph of layers: `Model(inputs, outputs)`.

Calling the model replays the calls of its drawing on values. Leans on layers' drawn tensors.
"""

from __future__ import annotations

import functools
from typing import Any

from steepest.core import tree
from steepest.core.primitives import show
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.errors import ArgumentError, ShapeError
from steepest.layers.drawing import Call, InputLayer, is_drawn
from steepest.layers.layer import LAYERS, Layer
from steepest.neuralnet.model import Model
from steepest.neuralnet.plain_drawing import (
    drawing_config,
    drawing_from_config,
    plain,
    redrawn,
)

MOST_RESULTS = 8  # of one layer, for the links between layers


@LAYERS.register
class Functional(Model):
    """A model drawn from its inputs to its outputs.

    >>> import steepest as st
    >>> a, b = st.Input((2,), name="a"), st.Input((2,), name="b")
    >>> model = st.Model({"a": a, "b": b}, st.layers.Add()([a, b]))
    >>> model({"a": st.ones((1, 2)), "b": st.ones((1, 2))}).tolist()
    [[2.0, 2.0]]
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None) -> None:
        super().__init__(name=name)
        _check_drawn(inputs, "inputs")
        _check_drawn(outputs, "outputs")
        self._draw_from(inputs, outputs)
        self.built = True

    def _draw_from(self, inputs: Any, outputs: Any) -> None:
        self.inputs, self.outputs = inputs, outputs
        self._calls = _calls_in_order(inputs, outputs)
        self.layers = _layers_of(inputs, self._calls)
        # Those that the drawing uses outside of its layers: held here, they belong to the model.
        self._own_variables = [
            leaf
            for call in self._calls
            for leaf in tree.leaves(call.arguments)
            if isinstance(leaf, Variable)
        ]

    def drawn_ends(self) -> tuple[Any, Any]:
        """The inputs and outputs of the drawing."""
        return self.inputs, self.outputs

    @property
    def input_shape(self) -> Any:
        """The shapes of the inputs."""
        return tree.transform(lambda leaf: leaf.shape, self.inputs)

    @property
    def output_shape(self) -> Any:
        """The shapes of the outputs."""
        return tree.transform(lambda leaf: leaf.shape, self.outputs)

    @property
    def input_names(self) -> list[str]:
        """The names under which a dictionary of inputs gives them."""
        return [leaf.data.name for leaf in tree.leaves(self.inputs)]

    @property
    def output_names(self) -> list[str]:
        """The names of the outputs: their keys, or those of the layers that make them."""
        if isinstance(self.outputs, dict):
            return sorted(self.outputs)
        return [leaf.data.name for leaf in tree.leaves(self.outputs)]

    @property
    def links(self) -> list[tuple[Layer, Layer]]:
        """Which layer's outputs go into which."""
        makers: dict[Any, list[Layer]] = {}
        for layer, leaf in zip(self.layers, tree.leaves(self.inputs), strict=False):
            makers[_key(leaf)] = [layer]
        found: dict[tuple[Layer, Layer], None] = {}
        for call in self._calls:
            given = [leaf for leaf in tree.leaves((call.arguments, call.options)) if is_drawn(leaf)]
            before = [layer for leaf in given for layer in makers[_key(leaf)]]
            own = [call.operation] if isinstance(call.operation, Layer) else before
            found.update({
                (a, b): None for a in before for b in own if a is not b and b not in before
            })
            for place in range(MOST_RESULTS):
                makers[(call, place)] = own
        return list(found)

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Replay the drawing on values."""
        values = self._bound(inputs)
        for call in self._calls:
            fill = functools.partial(_filled, values=values)
            arguments = tree.transform(fill, call.arguments)
            options = tree.transform(fill, call.options)
            results = tree.leaves(call.operation(*arguments, **options))
            values.update({(call, place): result for place, result in enumerate(results)})
        return tree.transform(lambda leaf: values[_key(leaf)], self.outputs)

    def _bound(self, inputs: Any) -> dict[Any, Tensor]:
        wanted = tree.leaves(self.inputs)
        given = self._by_name(inputs) if isinstance(inputs, dict) else tree.leaves(inputs)
        if len(given) != len(wanted):
            raise ArgumentError(
                f"{self.name}: takes {len(wanted)} inputs ({', '.join(self.input_names)}), "
                f"got {len(given)}"
            )
        for drawn, value in zip(wanted, given, strict=True):
            _check_shape(self.name, drawn, value)
        return {_key(drawn): value for drawn, value in zip(wanted, given, strict=True)}

    def _by_name(self, inputs: dict[str, Any]) -> list[Any]:
        """The entries of a dictionary of inputs, in the order of the model's own."""
        own = sorted(self.inputs) if isinstance(self.inputs, dict) else self.input_names
        if set(inputs) != set(own):
            missing = [name for name in own if name not in inputs]
            unknown = [name for name in inputs if name not in own]
            raise ArgumentError(
                f"{self.name}: the inputs are named {own}; "
                + "; ".join(
                    f"{names} are {word}"
                    for names, word in ((missing, "missing"), (unknown, "not among them"))
                    if names
                )
            )
        return tree.leaves([inputs[name] for name in own])

    def get_config(self) -> dict[str, Any]:
        """The name, the layers, and the calls that lead from the inputs to the outputs."""
        return {
            "name": self.name,
            "trainable": self.trainable,
            **drawing_config(plain(self.inputs, self._calls, self.outputs)),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Functional:
        """A fresh model of the same drawing."""
        inputs, outputs = redrawn(drawing_from_config(config))
        return cls(inputs, outputs, name=config["name"])

    def __getstate__(self) -> dict[str, Any]:
        """What copies and pickles take along: the drawing as plain data."""
        left_out = ("inputs", "outputs", "_calls", "layers")
        kept = {name: v for name, v in super().__getstate__().items() if name not in left_out}
        return {**kept, "_plain": plain(self.inputs, self._calls, self.outputs)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        drawing = state.pop("_plain")
        vars(self).update(state)
        self._draw_from(*redrawn(drawing))


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
        if not is_drawn(leaf):
            raise ArgumentError(
                f"Model: {what} must come from st.Input and calls of layers on it, got {leaf!r}"
            )


def _key(tensor: Tensor) -> Any:
    drawn = tensor.data
    return drawn if drawn.call is None else (drawn.call, drawn.place)


def _filled(leaf: Any, values: dict[Any, Tensor]) -> Any:
    if isinstance(leaf, Variable):
        return leaf.value
    return values[_key(leaf)] if is_drawn(leaf) else leaf


def _calls_in_order(inputs: Any, outputs: Any) -> list[Call]:
    """The calls that lead from the inputs to the outputs, each after those it needs."""
    given = {_key(leaf) for leaf in tree.leaves(inputs)}
    done: dict[Call, None] = {}
    waiting = list(reversed(tree.leaves(outputs)))
    while waiting:
        tensor = waiting[-1]
        call = tensor.data.call
        if _key(tensor) in given or call in done:
            waiting.pop()
            continue
        if call is None:
            raise ArgumentError(
                f"Model: the outputs need the input {tensor.data.name!r}, "
                "which is not among the inputs"
            )
        needed = [leaf for leaf in tree.leaves((call.arguments, call.options)) if is_drawn(leaf)]
        missing = [
            leaf for leaf in needed if _key(leaf) not in given and leaf.data.call not in done
        ]
        if missing:
            waiting.extend(reversed(missing))
        else:
            done[call] = None
            waiting.pop()
    return list(done)


def _layers_of(inputs: Any, calls: list[Call]) -> list[Layer]:
    first = [InputLayer(leaf.shape[1:], name=leaf.data.name) for leaf in tree.leaves(inputs)]
    used = dict.fromkeys(call.operation for call in calls if isinstance(call.operation, Layer))
    return [*first, *used]
