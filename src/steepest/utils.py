"""Functions of `keras.utils`: data sets, pictures, sequences, labels, features, files, seeds."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from steepest.arguments import whole
from steepest.backend import clear_session
from steepest.callbacks.progbar import Progbar
from steepest.config import config
from steepest.data.from_folders import image_dataset_from_directory, text_dataset_from_directory
from steepest.data.pictures import array_to_img, img_to_array, load_img, save_img
from steepest.data.preparing.sequences import (
    normalize,
    pad_sequences,
    to_categorical,
    vectorize_sequences,
)
from steepest.data.py_dataset import PyDataset
from steepest.data.series import timeseries_dataset_from_array
from steepest.data.two_parts import split_dataset
from steepest.datasets.get_file import get_file
from steepest.errors import suggest_names
from steepest.functions.generators import set_seed
from steepest.neuralnet.diagram import plot_model
from steepest.neuralnet.feature_space import FeatureSpace
from steepest.neuralnet.step import unpack
from steepest.storage.keras_names import (
    deserialize_keras_object,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
    serialize_keras_object,
)
from steepest.user_objects import custom_objects as custom_object_scope
from steepest.user_objects import registered_objects as get_custom_objects

enable_interactive_logging = config.enable_interactive_logging
disable_interactive_logging = config.disable_interactive_logging
is_interactive_logging_enabled = config.is_interactive_logging_enabled
CustomObjectScope = custom_object_scope
unpack_x_y_sample_weight = unpack
Sequence = PyDataset
"""The former name of PyDataset in Keras."""

__all__ = [
    "Progbar",
    "FeatureSpace",
    "PyDataset",
    "clear_session",
    "disable_interactive_logging",
    "enable_interactive_logging",
    "is_interactive_logging_enabled",
    "Sequence",
    "image_dataset_from_directory",
    "text_dataset_from_directory",
    "timeseries_dataset_from_array",
    "split_dataset",
    "get_file",
    "load_img",
    "save_img",
    "img_to_array",
    "array_to_img",
    "normalize",
    "pad_sequences",
    "plot_model",
    "set_random_seed",
    "to_categorical",
    "vectorize_sequences",
    "CustomObjectScope",
    "custom_object_scope",
    "get_custom_objects",
    "deserialize_keras_object",
    "get_registered_name",
    "get_registered_object",
    "register_keras_serializable",
    "serialize_keras_object",
    "pack_x_y_sample_weight",
    "unpack_x_y_sample_weight",
]


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """A batch as `train_step` gets it: x alone, or a tuple of x, y and sample weights.

    >>> st.utils.pack_x_y_sample_weight(1, 2), st.utils.unpack_x_y_sample_weight((1, 2))
    ((1, 2), (1, 2, None))
    """
    if y is None and sample_weight is None:
        return (x,) if isinstance(x, (list, tuple)) else x
    return (x, y) if sample_weight is None else (x, y, sample_weight)


def set_random_seed(seed: int) -> None:
    """Seeds all random numbers: those of steepest, of Python's `random` and of `numpy.random`.

    `st.random.set_seed` seeds only those of steepest.

    >>> import steepest as st
    >>> st.utils.set_random_seed(1); first = np.random.rand(), st.random.normal(()).item()
    >>> st.utils.set_random_seed(1); first == (np.random.rand(), st.random.normal(()).item())
    True
    """
    number = whole("set_random_seed: seed", seed, 0, 2**32 - 1)
    set_seed(number)
    random.seed(number)
    np.random.seed(number)


suggest_names(__name__)
