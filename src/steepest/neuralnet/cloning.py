"""Copies of models by their configurations: `clone_model` and `model_from_json`.

Depends on models and drawings.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from steepest.arguments import suggests_arguments
from steepest.core import tree
from steepest.errors import ArgumentError, DataError
from steepest.layers.layer import Layer
from steepest.layers.symbolic import Input, is_drawn
from steepest.neuralnet.model import Model
from steepest.neuralnet.sequential import Sequential
from steepest.registry import from_config
from steepest.storage.reading import reading

Clone = Callable[[Layer], Layer]


@suggests_arguments
def clone_model(
    model: Model,
    input_tensors: Any = None,
    clone_function: Clone | None = None,
    call_function: Callable[..., Any] | None = None,
    recursive: bool = False,
) -> Any:
    """A model of the same layers with new weights, not compiled.

    `clone_function` makes the new layer of each layer, inside inner models too if `recursive`;
    `call_function(layer, *args, **kwargs)` calls it; `input_tensors` are the drawn inputs of the
    new model. These need a model that was drawn, or a Sequential.

    >>> import steepest as st
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> st.models.clone_model(model).count_params()
    3
    >>> def wider(layer):
    ...     return st.layers.Dense(layer.units + 1, name=layer.name)
    >>> st.models.clone_model(model, clone_function=wider).output_shape
    (None, 2)
    """
    if not isinstance(model, Layer):
        raise ArgumentError(f"clone_model: a model was expected, got {model!r:.60}")
    if clone_function is not None and not callable(clone_function):
        raise ArgumentError(f"clone_model: clone_function: a function, got {clone_function!r:.60}")
    if input_tensors is None and clone_function is None and call_function is None and not recursive:
        return type(model).from_config(model.get_config())
    if not isinstance(model, Sequential) and not model.is_drawn:
        raise ArgumentError(
            f"clone_model: {model.name!r} computes its outputs in `call`, so that its layers "
            "cannot be exchanged from outside; clone it without these arguments"
        )

    def cloned(layer: Layer) -> Layer:
        if recursive and isinstance(layer, Model) and (layer.is_drawn or layer.links is not None):
            return clone_model(layer, None, clone_function, call_function, recursive=True)
        if clone_function is None:
            return type(layer).from_config(layer.get_config())
        new = clone_function(layer)
        if not isinstance(new, Layer):
            raise ArgumentError(f"clone_model: clone_function must return a layer, got {new!r}")
        return new

    if isinstance(model, Sequential):
        return _sequential(model, input_tensors, cloned, call_function)
    _check_inputs(input_tensors)
    inputs, outputs = model.redrawn(cloned, input_tensors, call_function)
    return Model(inputs, outputs, name=model.name)


def _check_inputs(tensors: Any) -> None:
    for leaf in tree.leaves(tensors):
        if leaf is not None and not is_drawn(leaf):
            raise ArgumentError(
                f"clone_model: input_tensors: inputs made by st.Input were expected, got {leaf!r}"
            )


def _sequential(
    model: Sequential,
    inputs: Any,
    cloned: Clone,
    call: Callable[..., Any] | None,
) -> Any:
    layers = [cloned(layer) for layer in model.layers]
    _check_inputs(inputs)
    if call is not None:
        shape = model.input_shape
        value = first = inputs
        if inputs is None:
            value = first = Input(shape[1:], shape[0])
        for layer in layers:
            value = call(layer, value)
        return Model(first, value, name=model.name)
    given = [] if inputs is None else tree.leaves(inputs)
    made = Sequential([*given, *layers], name=model.name)
    if model.built and not made.built:
        made.build(model.input_shape)
    return made


def model_from_json(json_string: str, custom_objects: dict[str, Any] | None = None) -> Any:
    """The model that `model.to_json` described, with new weights; nothing in the text is executed.

    >>> import steepest as st
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> st.models.model_from_json(model.to_json()).output_shape
    (None, 1)
    """
    try:
        config = json.loads(json_string)
    except (TypeError, ValueError, RecursionError) as error:
        raise DataError(
            f"model_from_json: the text of model.to_json() was expected: {error}"
        ) from error
    if not isinstance(config, dict):
        raise DataError(f"model_from_json: a model is an object {{...}}, got {json_string!r:.60}")
    with reading("the text given to model_from_json", custom_objects):
        return from_config(config, "layer")
