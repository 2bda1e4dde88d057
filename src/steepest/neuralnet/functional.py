"""Models drawn as a graph of layers: `Model(inputs, outputs)`.

Calling the model replays the calls of its drawing on values. Leans on layers' drawn tensors.
"""

from __future__ import annotations

import functools
import inspect
from typing import Any

from steepest.core import tree
from steepest.core.primitives import show
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.errors import ArgumentError, ShapeError
from steepest.layers.layer import LAYERS, Layer
from steepest.layers.symbolic import Call, InputLayer, is_drawn
from steepest.neuralnet.drawing_config import drawing_config, drawing_from_config, plain, redrawn
from steepest.neuralnet.model import Model
from steepest.registry import to_config

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

    def __init__(
        self,
        inputs: Any = None,
        outputs: Any = None,
        name: str | None = None,
        trainable: bool = True,
    ) -> None:
        super().__init__(name=name)
        _check_drawn(inputs, "inputs")
        _check_drawn(outputs, "outputs")
        self._draw_from(_unwrapped(inputs), outputs)
        self.built = True
        if not trainable:
            self.trainable = False

    def _draw_from(self, inputs: Any, outputs: Any) -> None:
        self._ends = inputs, outputs
        self._calls = _calls_in_order(inputs, outputs)
        self.layers = _layers_of(inputs, self._calls)
        # Those that the drawing uses outside of its layers: held here, they belong to the model.
        self._own_variables = [
            leaf
            for call in self._calls
            for leaf in tree.leaves(call.arguments)
            if isinstance(leaf, Variable)
        ]

    @property
    def inputs(self) -> list[Tensor]:
        """The drawn inputs, one after another."""
        return tree.leaves(self._ends[0])

    @property
    def outputs(self) -> list[Tensor]:
        """The drawn outputs, one after another."""
        return tree.leaves(self._ends[1])

    def drawn_ends(self) -> tuple[Any, Any]:
        """The inputs and outputs of the drawing, in the form that they were given in."""
        return self._ends

    @property
    def input_shape(self) -> Any:
        """The shapes of the inputs."""
        return tree.transform(lambda leaf: leaf.shape, self._ends[0])

    @property
    def output_shape(self) -> Any:
        """The shapes of the outputs."""
        return tree.transform(lambda leaf: leaf.shape, self._ends[1])

    @property
    def input_names(self) -> list[str]:
        """The names under which a dictionary of inputs gives them."""
        return [leaf.data.name for leaf in self.inputs]

    @property
    def output_names(self) -> list[str]:
        """The names of the outputs: their keys, or those of the layers that make them."""
        if isinstance(self._ends[1], dict):
            return sorted(self._ends[1])
        return [leaf.data.name for leaf in self.outputs]

    @property
    def links(self) -> list[tuple[Layer, Layer]]:
        """Which layer's outputs go into which."""
        makers: dict[Any, list[Layer]] = {}
        for layer, leaf in zip(self.layers, self.inputs, strict=False):
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
        return tree.transform(lambda leaf: values[_key(leaf)], self._ends[1])

    def _bound(self, inputs: Any) -> dict[Any, Tensor]:
        wanted = self.inputs
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
        own = sorted(self._ends[0]) if isinstance(self._ends[0], dict) else self.input_names
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
        """The name, the layers, and the calls that lead from the inputs to the outputs.

        A subclass whose constructor draws for itself is described by that one's arguments.
        """
        if not _takes_ends(type(self)):
            own = _own_parameters(type(self))
            return {
                "name": self.name,
                "trainable": self.trainable,
                **{name: to_config(self.argument(name)) for name in own},
            }
        return {
            "name": self.name,
            "trainable": self.trainable,
            **drawing_config(plain(self._ends[0], self._calls, self._ends[1])),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Functional:
        """A fresh model of the same drawing."""
        if "calls" not in config:
            return super().from_config(config)
        inputs, outputs = redrawn(drawing_from_config(config))
        model = cls(inputs, outputs, name=config["name"])
        model._trainable = config.get("trainable", True)
        return model

    def __getstate__(self) -> dict[str, Any]:
        """What copies and pickles take along: the drawing as plain data."""
        left_out = ("_ends", "_calls", "layers")
        kept = {name: v for name, v in super().__getstate__().items() if name not in left_out}
        return {**kept, "_plain": plain(self._ends[0], self._calls, self._ends[1])}

    def __setstate__(self, state: dict[str, Any]) -> None:
        drawing = state.pop("_plain")
        vars(self).update(state)
        self._draw_from(*redrawn(drawing))


def drawn_class(kind: type[Model]) -> type[Functional]:
    """A subclass of Model whose instances are drawn: its own methods, and below them Functional's.

    >>> import steepest as st
    >>> class Twice(st.Model):
    ...     def predict_step(self, data):
    ...         return super().predict_step(data) * 2.0
    >>> x = st.Input((1,))
    >>> Twice(x, x + 1.0).predict([[2.0]]).tolist(), drawn_class(Twice) is drawn_class(Twice)
    ([[6.0]], True)
    """
    if issubclass(kind, Functional):
        return kind
    if "drawn_kind" not in vars(kind):
        named = {"__module__": kind.__module__, "__qualname__": kind.__qualname__}
        own = {**named, "__doc__": kind.__doc__, "__reduce__": _reduced, "saved_as": kind}
        kind.drawn_kind = type(kind.__name__, (kind, Functional), own)
    return kind.drawn_kind


def _own_parameters(kind: type) -> list[str]:
    """The named arguments of a class's own constructor."""
    constructor = next(
        vars(owner)["__init__"] for owner in kind.__mro__ if "__init__" in vars(owner)
    )
    found = list(inspect.signature(constructor).parameters.values())[1:]
    return [p.name for p in found if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]


def _takes_ends(kind: type) -> bool:
    """Whether the constructor is given inputs and outputs, or else draws for itself."""
    own = _own_parameters(kind)
    return not own or {"inputs", "outputs"} <= set(own)


def _reduced(model: Any) -> tuple[Any, ...]:
    """How copies and pickles name a class that no module holds: by the one it was drawn from."""
    return _empty, (model.saved_as,), model.__getstate__()


def _empty(kind: type[Model]) -> Any:
    made = drawn_class(kind)
    return made.__new__(made)


def _unwrapped(inputs: Any) -> Any:
    """A list of one input is that input."""
    return inputs[0] if isinstance(inputs, (list, tuple)) and len(inputs) == 1 else inputs


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
    first = [_input_layer(leaf) for leaf in tree.leaves(inputs)]
    used = dict.fromkeys(call.operation for call in calls if isinstance(call.operation, Layer))
    return [*first, *used]


def _input_layer(leaf: Any) -> InputLayer:
    layer = InputLayer(leaf.shape[1:], name=leaf.data.name)
    layer.note_drawn(leaf, leaf)
    return layer
