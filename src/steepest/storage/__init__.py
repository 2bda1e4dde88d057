"""Files of weights, models and checkpoints: safetensors, written whole or not at all."""

from steepest.storage.model_file import load_model, save_model
from steepest.storage.tensors import read_tensors, write_tensors
from steepest.storage.weights import load_variables, save_variables

__all__ = [
    "load_model",
    "load_variables",
    "read_tensors",
    "save_model",
    "save_variables",
    "write_tensors",
]
