"""Saving and loading under Keras's names, and the models and weights of other libraries.

`save_model` and `load_model` write and read whole models; `load_weights` reads our weights, Keras's
and PyTorch's; `from_sklearn` makes a model of a fitted perceptron.
"""

from steepest.errors import suggest_names
from steepest.saving.perceptrons import from_sklearn
from steepest.storage.foreign import WeightTable, load_weights
from steepest.storage.keras_names import (
    deserialize_keras_object,
    get_registered_name,
    get_registered_object,
    load_model,
    register_keras_serializable,
    save_model,
    save_weights,
    serialize_keras_object,
)
from steepest.user_objects import custom_objects as custom_object_scope
from steepest.user_objects import registered_objects as get_custom_objects

CustomObjectScope = custom_object_scope

__all__ = [
    "CustomObjectScope",
    "WeightTable",
    "custom_object_scope",
    "deserialize_keras_object",
    "from_sklearn",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "load_model",
    "load_weights",
    "register_keras_serializable",
    "save_model",
    "save_weights",
    "serialize_keras_object",
]

suggest_names(__name__)
