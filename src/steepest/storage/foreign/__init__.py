"""Weights and models that other libraries wrote: read as numbers and names, nothing is executed."""

from steepest.storage.foreign.keras_archive import is_keras_archive, load_keras_archive
from steepest.storage.foreign.matching import WeightTable
from steepest.storage.foreign.weights import load_weights

__all__ = ["WeightTable", "is_keras_archive", "load_keras_archive", "load_weights"]
