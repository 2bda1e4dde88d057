"""Networks: models built of layers, their training, evaluation and prediction."""

from steepest.errors import suggest_names
from steepest.layers.symbolic import Input, InputLayer
from steepest.neuralnet.model import Model, clone_model
from steepest.neuralnet.sequential import Sequential
from steepest.storage.model_file import load_model

Functional = Model  # Keras's name of a model that is made from inputs and outputs

__all__ = [
    "Functional",
    "Input",
    "InputLayer",
    "Model",
    "Sequential",
    "clone_model",
    "load_model",
]

suggest_names(__name__)
