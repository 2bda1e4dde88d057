"""Finds the layers that read a model's inputs first. Depends on Layer and Learner."""

from __future__ import annotations

from typing import Any

from steepest.core import tree
from steepest.layers.layer import Layer
from steepest.neuralnet.learner import Learner
from steepest.protocols import LayeredModel


def readers(model: LayeredModel) -> list[list[Layer]]:
    """For each input the layers that read it directly; none where a `call` decides it.

    >>> import steepest as st
    >>> model = st.Sequential([st.layers.MissingValues(name="gaps"), st.layers.Dense(1)])
    >>> readers(model)
    [[MissingValues(name='gaps')]]
    """
    found = model.first_layers
    return [[deep for layer in layers for deep in _first_within(layer)] for layers in found]


def _first_within(layer: Layer) -> list[Layer]:
    """The layer itself; of a model with one input that is used as a layer, its first layers."""
    inner = readers(layer) if isinstance(layer, Learner) else []
    return inner[0] if len(inner) == 1 else [layer]


def readers_of(model: LayeredModel, x: Any) -> list[list[Layer]]:
    """The readers of each leaf of `x`, given in the model's order or by name."""
    found, count = readers(model), len(tree.leaves(x))
    if len(found) != count:
        return [[]] * count
    if isinstance(x, dict) and set(x) == set(model.input_names):
        return [found[model.input_names.index(name)] for name in sorted(x)]
    return found


def any_inspects(model: Layer) -> bool:
    """Whether a layer of the model, or of a model inside it, inspects its inputs.

    >>> import steepest as st
    >>> any_inspects(st.Sequential([st.layers.Dense(1)]))
    False
    """
    if not isinstance(model, Learner):
        return model.inspects_inputs is True
    return any(map(any_inspects, model.layers))
