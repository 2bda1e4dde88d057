"""Networks: models built of layers, their training, evaluation and prediction."""

from steepest.errors import suggest_names
from steepest.layers.symbolic import Input, InputLayer
from steepest.neuralnet.cloning import clone_model, model_from_json
from steepest.neuralnet.ensemble import Ensemble
from steepest.neuralnet.model import Model
from steepest.neuralnet.sequential import Sequential
from steepest.storage.keras_names import save_model
from steepest.storage.model_file import load_model

Functional = Model  # Keras's name of a model that is made from inputs and outputs

__all__ = [
    "Ensemble",
    "Functional",
    "Input",
    "InputLayer",
    "Model",
    "Sequential",
    "clone_model",
    "load_model",
    "model_from_json",
    "save_model",
]

suggest_names(__name__)
