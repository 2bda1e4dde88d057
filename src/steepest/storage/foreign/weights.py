"""Weights of any known file into a model: our own, Keras's HDF5, PyTorch's in safetensors.

The content says which kind a file is, not its name. Depends on the readers of each kind.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from steepest.data.arguments import path_of
from steepest.errors import ArgumentError
from steepest.storage.foreign.keras_archive import is_keras_archive, keras_archive
from steepest.storage.foreign.keras_hdf5 import MAGIC, assign_keras_weights, read_keras_weights
from steepest.storage.foreign.matching import (
    Source,
    WeightTable,
    assign_fitting,
    in_file_order,
)
from steepest.storage.foreign.state_dict import assign_state
from steepest.storage.learned import take_learned
from steepest.storage.tensors import is_own, read_tensors
from steepest.storage.weights import assign_variables, read_groups


def load_weights(
    model: Any,
    path: str | os.PathLike[str],
    names: Mapping[str, str] | None = None,
    skip_mismatch: bool = False,
) -> WeightTable:
    """Sets the weights of a model to those of a file; returns a table of what went where.

    The file is one of our own, a Keras `.weights.h5`, `.keras` or `.h5`, or a state dictionary of
    PyTorch in safetensors; nothing of it is executed. Layers are matched by name, or by their
    place, if all names differ, and every shape is checked; all weights are set or none. For
    PyTorch `names` can give the name in the file for each layer. PyTorch's normalisations have
    `epsilon=1e-5`, which the file does not say: make the layers here with it. With `skip_mismatch`
    the layers whose weights do not fit, or are not in the file, stay as they are, with a warning.

    >>> import os, tempfile, steepest as st
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,), name="out")])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "w.safetensors")
    ...     model.save_weights(path)
    ...     st.saving.load_weights(model, path)
    weight      from          shape
    out/kernel  0:out/kernel  (2, 1)
    out/bias    1:out/bias    (1,)
    """
    where = repr(path_of("load_weights", path))
    if not os.path.isfile(path):
        raise FileNotFoundError(f"there is no file {where}")
    if is_keras_archive(path):
        _, found = keras_archive(path)
        return assign_keras_weights(where, model, found, skip_mismatch)
    with open(path, "rb") as file:
        head = file.read(len(MAGIC))
    if head == MAGIC:
        found = read_keras_weights(os.fspath(path), where)
        return assign_keras_weights(where, model, found, skip_mismatch)
    if not is_own(path):
        return assign_state(where, model, read_tensors(path)[0], names, skip_mismatch)
    if names is not None:
        raise ArgumentError(f"load_weights: names= is for weights of PyTorch, {where} is our own")
    return _own(model, path, skip_mismatch)


def _own(model: Any, path: str | os.PathLike[str], skip_mismatch: bool) -> WeightTable:
    groups, note = read_groups(path)
    arrays, weights = groups[""], model.weights
    if skip_mismatch:
        take_learned(model, note, os.fspath(path))
        found: dict[str, dict[str, np.ndarray]] = {}
        for key, array in arrays.items():
            name = key.partition(":")[2].rpartition("/")[0]
            found.setdefault(name, {})[key] = array
        sources = [Source(name, parts) for name, parts in found.items()]
        return assign_fitting(repr(os.fspath(path)), model, sources, in_file_order)
    assign_variables(os.fspath(path), arrays, weights)
    take_learned(model, note, os.fspath(path))
    pairs = zip(weights, arrays, strict=True)
    return WeightTable([(weight.path, key, weight.shape) for weight, key in pairs])
