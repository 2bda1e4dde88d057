"""A functional model's drawing as plain data, for copies, files and configurations.

Drawn tensors become references to the call that makes them; `redrawn` makes new drawn tensors.
Depends on symbolic layers and the registry.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.core import ops, tree
from steepest.core.dtype import as_dtype, name_of
from steepest.core.primitives import PRIMITIVES
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.errors import ArgumentError
from steepest.layers.layer import Layer
from steepest.layers.symbolic import CALL_RECORDER, Call, Input, is_drawn
from steepest.registry import from_config, to_config


@dataclass(frozen=True)
class Given:
    """An input of the model."""

    shape: tuple[int | None, ...]
    dtype: str
    name: str


@dataclass(frozen=True)
class Ref:
    """The result number `place` of a call or, for call -1, the input of that number."""

    call: int
    place: int


@dataclass(frozen=True)
class PlainDrawing:
    """Inputs as nests of Given; calls as (layer or name of a primitive, arguments, options)."""

    inputs: Any
    calls: list[tuple[Any, Any, dict[str, Any]]]
    outputs: Any


def plain(inputs: Any, calls: Sequence[Call], outputs: Any) -> PlainDrawing:
    """The plain form of the drawing from inputs to outputs by these calls, in this order."""
    givens = {id(leaf.data): place for place, leaf in enumerate(tree.leaves(inputs))}
    numbers = {id(call): number for number, call in enumerate(calls)}

    def referred(leaf: Any) -> Any:
        if not is_drawn(leaf):
            return leaf
        drawn = leaf.data
        if id(drawn) in givens:
            return Ref(-1, givens[id(drawn)])
        return Ref(numbers[id(drawn.call)], drawn.place)

    return PlainDrawing(
        tree.transform(lambda t: Given(t.shape, name_of(t.dtype), t.data.name), inputs),
        [
            (
                call.operation if isinstance(call.operation, Layer) else call.primitive,
                tree.transform(referred, call.arguments),
                _each(referred, call.options),
            )
            for call in calls
        ],
        tree.transform(referred, outputs),
    )


def _each(function: Callable[[Any], Any], options: dict[str, Any]) -> dict[str, Any]:
    return {name: tree.transform(function, value) for name, value in options.items()}


def redrawn(
    drawing: PlainDrawing, inputs: Any = None, call: Callable[..., Any] | None = None
) -> tuple[Any, Any]:
    """New drawn inputs, or those that are given, and outputs of a drawing.

    `call(layer, *arguments, **options)` replaces the call of a layer, if it is given.
    """
    if inputs is None:
        inputs = tree.transform(
            lambda given: Input(given.shape[1:], given.shape[0], given.dtype, given.name),
            drawing.inputs,
        )
    elif len(tree.leaves(inputs)) != len(tree.leaves(drawing.inputs)):
        raise ArgumentError(
            f"{len(tree.leaves(inputs))} inputs were given for a model with "
            f"{len(tree.leaves(drawing.inputs))}"
        )
    made: dict[Ref, Tensor] = {
        Ref(-1, place): leaf for place, leaf in enumerate(tree.leaves(inputs))
    }

    def found(leaf: Any) -> Any:
        return made[leaf] if isinstance(leaf, Ref) else leaf

    for number, (operation, arguments, options) in enumerate(drawing.calls):
        given = tree.transform(found, arguments)
        if isinstance(operation, Layer):
            named = _each(found, options)
            results = (
                operation(*given, **named) if call is None else call(operation, *given, **named)
            )
        else:
            results = CALL_RECORDER.apply(PRIMITIVES[operation], given, options)
        made.update({Ref(number, p): leaf for p, leaf in enumerate(tree.leaves(results))})
    return inputs, tree.transform(found, drawing.outputs)


# ---------------------------------------------------------------- JSON


def drawing_config(drawing: PlainDrawing) -> dict[str, Any]:
    """The drawing as JSON values; layers are listed once and referred to by number."""
    used = [operation for operation, _, _ in drawing.calls if isinstance(operation, Layer)]
    layers = list(dict.fromkeys(used))
    return {
        "inputs": _written(drawing.inputs),
        "layers": [to_config(layer) for layer in layers],
        "calls": [
            {
                "of": layers.index(operation) if isinstance(operation, Layer) else operation,
                "arguments": _written(arguments),
                "options": _written(options),
            }
            for operation, arguments, options in drawing.calls
        ],
        "outputs": _written(drawing.outputs),
    }


def drawing_from_config(config: dict[str, Any]) -> PlainDrawing:
    """A drawing of new layers by a configuration from `drawing_config`."""
    layers = [from_config(entry, "layer") for entry in config["layers"]]
    calls = []
    for entry in config["calls"]:
        of = entry["of"]
        if isinstance(of, str) and of not in PRIMITIVES:
            raise ArgumentError(f"the configuration of a model names an unknown operation {of!r}")
        operation = of if isinstance(of, str) else layers[of]
        calls.append((operation, _read(entry["arguments"]), _read(entry["options"])))
    return PlainDrawing(_read(config["inputs"]), calls, _read(config["outputs"]))


def _written(value: Any) -> Any:
    """A nest as JSON values: what JSON lacks becomes {"kind": ..., ...}."""
    if isinstance(value, dict):
        return {"kind": "dict", "of": {name: _written(part) for name, part in value.items()}}
    if isinstance(value, (list, tuple)):
        return {"kind": type(value).__name__, "of": [_written(part) for part in value]}
    if isinstance(value, Ref):
        return {"kind": "result", "call": value.call, "place": value.place}
    if isinstance(value, Given):
        return {
            "kind": "input",
            "shape": list(value.shape),
            "dtype": value.dtype,
            "name": value.name,
        }
    if isinstance(value, np.dtype):
        return {"kind": "dtype", "name": name_of(value)}
    if isinstance(value, Variable):
        raise ArgumentError(
            f"a model that uses the variable {value.name!r} outside of its layers has no "
            "configuration; put it into a layer, or copy the model with copy.deepcopy"
        )
    if isinstance(value, (Tensor, np.ndarray)):
        array = np.asarray(value)
        return {"kind": "array", "values": array.tolist(), "dtype": name_of(array.dtype)}
    return to_config(value)


def _read(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    kind = value["kind"]
    if kind == "dict":
        return {name: _read(part) for name, part in value["of"].items()}
    if kind in ("list", "tuple"):
        return (list if kind == "list" else tuple)(_read(part) for part in value["of"])
    if kind == "result":
        return Ref(value["call"], value["place"])
    if kind == "input":
        return Given(tuple(value["shape"]), value["dtype"], value["name"])
    if kind == "dtype":
        return as_dtype(value["name"])
    return ops.constant(value["values"], value["dtype"])
