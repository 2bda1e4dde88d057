"""A whole model in one .safetensors file: weights as tensors, the rest as JSON in its header.

Reading runs nothing of the file: classes and functions are found by name in the library's own
lists, in `custom_objects` or among what was registered. Leans on weights, learned, the registry.
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
    """Write a model: its configuration, its weights, what it learned and carries.

    >>> import os, tempfile, steepest as st
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_model(os.path.join(folder, "m.safetensors"), model)
    ...     load_model(os.path.join(folder, "m.safetensors")).count_params()
    3
    """
    note = {"model": model.name, "config": to_config(model), "input_shape": _shape_of(model)}
    save_variables(path, model.weights, {**note, **learned_note(model)})


def _shape_of(model: StoredModel) -> Any:
    return to_config(model.input_shape) if model.built else None


def load_model(path: str | os.PathLike[str], custom_objects: dict[str, Any] | None = None) -> Any:
    """The model of a file that `model.save` wrote; it is to be compiled before further training.

    One's own classes and functions are found in `custom_objects` by name, or where
    `st.register_serializable` entered them.

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
            f"{name!r} holds weights alone: make the model and call load_weights, or write the "
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
                f"{name!r}: its configuration is that of no model ({error!r})"
            ) from error


def _made(name: str, arrays: dict[str, np.ndarray], note: dict[str, Any]) -> Any:
    """The model, for which no more is set aside than the file holds."""
    with limited_weights(sum(array.size for array in arrays.values())):
        model = from_config(note["config"], "layer")
        take_learned(model, note, name)
        if len(model.weights) < len(arrays) and note.get("input_shape") is not None:
            model.compute_output_shape(_as_shape(note["input_shape"]))
    assign_variables(name, arrays, model.weights)
    return model


def _as_shape(told: Any) -> Any:
    """A shape, or several, as it was before JSON made lists of all."""
    if isinstance(told, list) and not any(isinstance(part, (list, dict)) for part in told):
        return tuple(told)
    return (
        {k: _as_shape(v) for k, v in told.items()}
        if isinstance(told, dict)
        else [_as_shape(part) for part in told]
    )
