"""A whole model in one .safetensors file: weights as tensors, the rest as JSON in its header.

A compiled model has its optimizer, loss and metrics in the file too, and the states of the
optimizer and of random generators, so that training continues with the same bits. Reading runs no
code of the file: classes and functions are found by name in the library's own lists, in
`custom_objects` or among the registered ones. Depends on weights, learned, the registry.
"""

from __future__ import annotations

import os
from typing import Any

from steepest.arguments import suggests_arguments
from steepest.data.arguments import path_of
from steepest.errors import ArgumentError, DataError, caution
from steepest.layers.weight_limit import limited_weights
from steepest.protocols import StoredModel
from steepest.registry import from_config, to_config
from steepest.storage.learned import learned_note, take_learned
from steepest.storage.reading import reading
from steepest.storage.weights import Groups, assign_variables, read_groups, save_variables


def save_model(
    path: str | os.PathLike[str], model: StoredModel, include_optimizer: bool = True
) -> None:
    """Writes a model: its configuration, weights, what its layers learned, and its preparation.

    Of a compiled one also the optimizer with its state, the loss and the metrics.

    >>> import os, tempfile, steepest as st
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_model(os.path.join(folder, "m.safetensors"), model)
    ...     load_model(os.path.join(folder, "m.safetensors")).count_params()
    3
    """
    shape = to_config(model.input_shape) if model.built else None
    note = {"model": model.name, "config": to_config(model), "input_shape": shape}
    weights = model.weights
    if weights and not model.built and "layers" in note["config"]["config"]:
        raise ArgumentError(
            f"save: {model.name!r} is built only in part: its input shape is unknown, and some of "
            "its layers have weights, which the layers made from the file would not have; call it "
            "on an example first, or model.build((None, ...)) with the shape of its input"
        )
    state = {"generator": model.variables[len(weights) :]}
    if include_optimizer and (compiled := _compile_note(model)) is not None:
        note["compile"] = compiled
        if model.optimizer is not None:
            state["optimizer"] = model.optimizer.variables
            places = {id(weight): place for place, weight in enumerate(weights)}
            note["trained"] = [places.get(id(weight)) for weight in model.optimizer.built_for]
    save_variables(path, weights, {**note, **learned_note(model)}, state)


def _compile_note(model: StoredModel) -> dict[str, Any] | None:
    """What `compile` was given, as JSON; None, with a warning, where that has no name."""
    try:
        return model.get_compile_config()
    except ArgumentError as error:
        caution(
            f"{model.name!r} is saved without its optimizer, loss and metrics, as a file can only "
            f"name them: {error}"
        )
        return None


@suggests_arguments
def load_model(
    path: str | os.PathLike[str],
    custom_objects: dict[str, Any] | None = None,
    compile: bool = True,
) -> Any:
    """Reads the model of a file that `model.save` wrote, compiled if it was when it was saved.

    `compile=False` leaves the optimizer, the loss and the metrics out. A `.keras` archive that
    Keras wrote is read too, not compiled, if all of its layers are known. User-defined classes and
    functions are found by name in `custom_objects`, or among those that
    `st.register_serializable` registered.

    >>> import os, tempfile, steepest as st
    >>> layer = st.layers.Normalization()
    >>> layer.adapt([[1.0], [3.0]])
    >>> model = st.Sequential([layer, st.layers.Dense(1, kernel_initializer="ones")])
    >>> model.compile("adam", "mse")
    >>> wanted = model([[5.0]]).tolist()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     model.save(os.path.join(folder, "m.safetensors"))
    ...     again = st.models.load_model(os.path.join(folder, "m.safetensors"))
    >>> again([[5.0]]).tolist() == wanted, again.optimizer
    (True, Adam())
    """
    from steepest.storage.foreign.keras_archive import is_keras_archive, load_keras_archive

    name = path_of("load_model", path)
    if os.path.isfile(name) and is_keras_archive(name):
        return load_keras_archive(name, custom_objects)
    groups, note = read_groups(path)
    if "config" not in note:
        raise DataError(
            f"{name!r} holds weights only: make the model and call load_weights, or write the "
            "whole with model.save"
        )
    with reading(f"the model file {name!r}", custom_objects):
        model = _made(name, groups, note)
        if compile and note.get("compile") is not None:
            _compile(name, model, groups, note)
        return model


def _made(name: str, groups: Groups, note: dict[str, Any]) -> Any:
    """The model, for whose weights no more memory is allocated than the file's arrays need."""
    arrays = groups[""]
    with limited_weights(sum(array.size for array in arrays.values())):
        model = from_config(note["config"], "layer")
        take_learned(model, note, name)
        if len(model.weights) < len(arrays) and note.get("input_shape") is not None:
            model.compute_output_shape(_as_shape(note["input_shape"]))
    assign_variables(name, arrays, model.weights)
    if "generator" in groups:
        generators = model.variables[len(model.weights) :]
        assign_variables(name, groups["generator"], generators, "states of random generators")
    return model


def _compile(name: str, model: Any, groups: Groups, note: dict[str, Any]) -> None:
    """Compiles the model, and gives its optimizer the state of the file."""
    model.compile_from_config(note["compile"])
    if model.optimizer is None:
        return
    arrays, weights = groups.get("optimizer", {}), model.weights
    with limited_weights(sum(array.size for array in arrays.values())):
        model.optimizer.build([weights[place] for place in note["trained"] if place is not None])
    own = model.optimizer.variables
    assign_variables(name, arrays, own, "variables of the optimizer")


def _as_shape(value: Any) -> Any:
    """A shape, or a nest of shapes, from the lists that JSON makes of tuples."""
    if isinstance(value, dict):
        return {name: _as_shape(part) for name, part in value.items()}
    if any(isinstance(part, (list, dict)) for part in value):
        return [_as_shape(part) for part in value]
    return tuple(value)
