"""A whole model in one .safetensors file: weights as tensors, the rest as JSON in its header.

Reading runs no code of the file: classes and functions are found by name in the library's own
lists, in `custom_objects` or among the registered ones. Depends on weights, learned, the registry.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from steepest.errors import DataError, SteepestError
from steepest.layers.weight_limit import limited_weights
from steepest.protocols import StoredModel
from steepest.registry import custom_objects as custom_scope
from steepest.registry import from_config, to_config
from steepest.storage.learned import learned_note, take_learned
from steepest.storage.weights import assign_variables, read_variables, save_variables

FAULTS = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)


def save_model(path: str | os.PathLike[str], model: StoredModel) -> None:
    """Writes a model: its configuration, weights, what its layers learned, and its preparation.

    >>> import os, tempfile, steepest as st
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_model(os.path.join(folder, "m.safetensors"), model)
    ...     load_model(os.path.join(folder, "m.safetensors")).count_params()
    3
    """
    shape = to_config(model.input_shape) if model.built else None
    note = {"model": model.name, "config": to_config(model), "input_shape": shape}
    save_variables(path, model.weights, {**note, **learned_note(model)})


def load_model(path: str | os.PathLike[str], custom_objects: dict[str, Any] | None = None) -> Any:
    """Reads the model of a file that `model.save` wrote; compile it before further training.

    User-defined classes and functions are found by name in `custom_objects`, or among those that
    `st.register_serializable` registered.

    >>> import os, tempfile, steepest as st
    >>> layer = st.layers.Normalization()
    >>> layer.adapt([[1.0], [3.0]])
    >>> model = st.Sequential([layer, st.layers.Dense(1, kernel_initializer="ones")])
    >>> wanted = model([[5.0]]).tolist()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     model.save(os.path.join(folder, "m.safetensors"))
    ...     again = st.models.load_model(os.path.join(folder, "m.safetensors"))
    >>> again([[5.0]]).tolist() == wanted
    True
    """
    name = os.fspath(path)
    arrays, note = read_variables(path)
    if "config" not in note:
        raise DataError(
            f"{name!r} holds weights only: make the model and call load_weights, or write the "
            "whole with model.save"
        )
    with custom_scope(custom_objects or {}):
        try:
            return _made(name, arrays, note)
        except SteepestError as error:
            error.add_note(f"in the model file {name!r}")
            raise
        except FAULTS as error:
            raise DataError(
                f"{name!r}: its configuration does not describe a model ({error!r})"
            ) from error


def _made(name: str, arrays: dict[str, np.ndarray], note: dict[str, Any]) -> Any:
    """The model, for whose weights no more memory is allocated than the file's arrays need."""
    with limited_weights(sum(array.size for array in arrays.values())):
        model = from_config(note["config"], "layer")
        take_learned(model, note, name)
        if len(model.weights) < len(arrays) and note.get("input_shape") is not None:
            model.compute_output_shape(_as_shape(note["input_shape"]))
    assign_variables(name, arrays, model.weights)
    return model


def _as_shape(value: Any) -> Any:
    """A shape, or a nest of shapes, from the lists that JSON makes of tuples."""
    if isinstance(value, dict):
        return {name: _as_shape(part) for name, part in value.items()}
    if any(isinstance(part, (list, dict)) for part in value):
        return [_as_shape(part) for part in value]
    return tuple(value)
