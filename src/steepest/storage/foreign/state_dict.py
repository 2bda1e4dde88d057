"""State dictionaries of PyTorch in safetensors files: names, transposed kernels, other statistics.

The numbers beside the weights are not in such a file: PyTorch's normalisations have
`epsilon=1e-5`, where the layers here have Keras's 1e-3. Depends on matching.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from steepest.errors import DataError
from steepest.layers.tracking import Trackable
from steepest.storage.foreign.matching import (
    Fitted,
    Source,
    WeightTable,
    assign,
    assign_fitting,
    by_names,
    by_order_or_shape,
    given_names,
    own_weights,
    weighted_layers,
)

PARTS = {
    "kernel": "weight",
    "embeddings": "weight",
    "gamma": "weight",
    "scale": "weight",
    "alpha": "weight",
    "bias": "bias",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}
"""PyTorch's name of each weight."""
IGNORED = ("num_batches_tracked",)


def assign_state(
    where: str,
    model: Trackable,
    arrays: Mapping[str, np.ndarray],
    names: Mapping[str, str] | None = None,
    skip_mismatch: bool = False,
) -> WeightTable:
    """Sets the weights of a model to those of a state dictionary.

    >>> import steepest as st
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,), name="fc")])
    >>> state = {"0.weight": np.array([[3.0, 4.0]]), "0.bias": np.array([5.0])}
    >>> assign_state("a dictionary", model, state)
    weight     from                   shape
    fc/kernel  0.weight (transposed)  (2, 1)
    fc/bias    0.bias                 (1,)
    """
    layers, sources = weighted_layers(model), _sources(where, arrays)
    if skip_mismatch:
        own = {name: layer for layer, name in (names or {}).items()}
        renamed = [Source(own.get(each.name, each.name), each.arrays) for each in sources]
        return assign_fitting(where, model, renamed, _fitted)
    if names is not None:
        chosen = given_names(where, layers, sources, names)
    else:
        chosen = by_names(layers, sources) or by_order_or_shape(where, layers, sources, _fitted)
    return assign(where, list(zip(layers, chosen, strict=True)), _fitted)


def _sources(where: str, arrays: Mapping[str, np.ndarray]) -> list[Source]:
    """The layers of a dictionary: what stands before the last point of the keys."""
    found: dict[str, dict[str, np.ndarray]] = {}
    for key, array in arrays.items():
        layer, _, part = key.rpartition(".")
        if part in IGNORED:
            continue
        if part not in PARTS.values():
            known = ", ".join(dict.fromkeys(PARTS.values()))
            raise DataError(
                f"{where}: the weight {key!r} has no counterpart here; known are {known}"
            )
        found.setdefault(layer, {})[key] = array
    return [Source(layer, parts) for layer, parts in found.items()]


def _fitted(layer: Trackable, source: Source) -> Fitted | None:
    """The weights of a layer; kernels are transposed, one slope of PReLU is repeated."""
    parts, pairs = {key.rpartition(".")[2]: key for key in source.arrays}, []
    for weight in own_weights(layer):
        key = parts.pop(PARTS.get(weight.name, ""), None)
        if key is None:
            return None
        array, note = source.arrays[key], key
        if weight.name == "kernel" and array.ndim == 2:
            array, note = array.T, f"{key} (transposed)"
        elif weight.name == "alpha" and array.shape == (1,):
            array, note = np.broadcast_to(array, weight.numpy().shape), f"{key} (repeated)"
        if array.shape != weight.shape:
            return None
        pairs.append((weight, note, np.ascontiguousarray(array)))
    return None if parts else pairs
