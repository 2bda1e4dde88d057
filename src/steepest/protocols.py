"""Protocols of models, for the packages that models are built on.

Callbacks, storage and diagnosis use models without importing them: they name the part of a model
that they need, and a type checker compares it with the models. Depends on NumPy.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from steepest.callbacks.history import History
    from steepest.core.variable import Variable
    from steepest.data.preparing.preparer import Preparation
    from steepest.layers.layer import Layer
    from steepest.layers.tracking import Trackable


class LayeredModel(Protocol):
    """The layers of a model, its weights, and which layer reads which: for diagrams and diagnosis.

    >>> from steepest.protocols import LayeredModel
    >>> def names(model: LayeredModel) -> list[str]:
    ...     return [layer.name for layer in model.layers]
    >>> names(st.Sequential([st.layers.Dense(1, name="out")]))
    ['out']
    """

    @property
    def name(self) -> str:
        """The model's name."""

    @property
    def layers(self) -> list[Layer]:
        """The layers; where a `call` decides their order, those among the attributes."""

    @property
    def links(self) -> list[tuple[Layer, Layer]] | None:
        """Which layer's outputs go into which; None where a `call` decides it."""

    @property
    def first_layers(self) -> list[list[Layer]]:
        """For each input the layers that read it; none where a `call` decides it."""

    @property
    def input_names(self) -> list[str]:
        """The names of the inputs in a dictionary of them."""

    @property
    def weights(self) -> list[Variable]:
        """All weights."""

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that training changes."""


class TrainedModel(LayeredModel, Protocol):
    """A model in a training: what callbacks read, change and save.

    >>> from steepest.protocols import TrainedModel
    >>> def stop(model: TrainedModel) -> None:
    ...     model.stop_training = True
    """

    optimizer: Any
    history: History
    stop_training: bool

    @property
    def variables(self) -> list[Variable]:
        """All weights, and the states of random generators."""

    @property
    def metrics_names(self) -> list[str]:
        """The names of loss and metrics in logs."""

    @property
    def metrics_variables(self) -> list[Variable]:
        """The state variables of the metrics."""

    def get_weights(self) -> list[np.ndarray]:
        """The values of all weights."""

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Sets the values of all weights."""

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the whole model to a file."""

    def save_weights(self, path: str | os.PathLike[str]) -> None:
        """Writes the weights to a file."""


class StoredModel(Protocol):
    """A model for storage: its configuration, weights, learned values and preparation.

    >>> from steepest.protocols import StoredModel
    >>> def size(model: StoredModel) -> int:
    ...     return sum(weight.size for weight in model.weights)
    >>> size(st.Sequential([st.layers.Dense(1, input_shape=(2,))]))
    3
    """

    built: bool
    preparation: Preparation | None
    column_names: list[tuple[str, ...]] | None
    optimizer: Any

    @property
    def name(self) -> str:
        """The model's name."""

    @property
    def weights(self) -> list[Variable]:
        """All weights."""

    @property
    def variables(self) -> list[Variable]:
        """All weights, then the states of random generators."""

    @property
    def input_shape(self) -> Any:
        """The shapes of the inputs."""

    def flatten_layers(self) -> list[Trackable]:
        """The model, its layers, and theirs."""

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shapes of the outputs for inputs of a shape; builds the layers if needed."""

    def get_config(self) -> dict[str, Any]:
        """The configuration."""

    def get_compile_config(self) -> dict[str, Any] | None:
        """What `compile` was given, as JSON; None if it was not called."""
