"""The networks of the rows as data: a network is a tuple of layers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal


@dataclass(frozen=True)
class Dense:
    """A fully connected layer; with `residual` its input is added to its output."""

    units: int
    activation: str
    residual: bool = False


@dataclass(frozen=True)
class Normalization:
    """Keras's BatchNormalization or LayerNormalization with its defaults."""

    kind: Literal["batch", "layer"]


@dataclass(frozen=True)
class Activation:
    """An activation as a layer of its own, as it follows a normalization."""

    name: str


@dataclass(frozen=True)
class Dropout:
    """Inverted dropout: values that remain are divided by 1 - rate."""

    rate: float


Network = tuple[Dense | Normalization | Activation | Dropout, ...]


def step_operations(network: Network, inputs: int, batch: int) -> int:
    """The floating-point operations of one step in its matrix products; all else is not counted.

    A multiply-add is two. Each layer has the products of its output, of its weights' gradient and,
    but for the first one, of its input's gradient.

    >>> step_operations((Dense(3, "relu"), Dense(1, "sigmoid")), 2, 10)
    420
    """
    sizes = [inputs, *(layer.units for layer in network if isinstance(layer, Dense))]
    weights = [rows * columns for rows, columns in pairwise(sizes)]
    return 2 * batch * (3 * sum(weights) - weights[0])
