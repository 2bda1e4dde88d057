"""Networks: built of layers, compiled, trained by one loop, used."""

from steepest.layers.drawing import Input, InputLayer
from steepest.neuralnet.model import Model, clone_model
from steepest.neuralnet.sequential import Sequential

__all__ = ["Input", "InputLayer", "Model", "Sequential", "clone_model"]
