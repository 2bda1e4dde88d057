"""Functions of `keras.utils`: data sets, pictures, sequences, labels, features, files, seeds."""

from __future__ import annotations

import random

import numpy as np

from steepest.arguments import whole
from steepest.backend import clear_session
from steepest.callbacks.progbar import Progbar
from steepest.data.from_folders import image_dataset_from_directory, text_dataset_from_directory
from steepest.data.halves import split_dataset
from steepest.data.pictures import array_to_img, img_to_array, load_img, save_img
from steepest.data.preparing.sequences import (
    normalize,
    pad_sequences,
    to_categorical,
    vectorize_sequences,
)
from steepest.data.py_dataset import PyDataset
from steepest.data.series import timeseries_dataset_from_array
from steepest.datasets.get_file import get_file
from steepest.errors import suggest_names
from steepest.functions.random import set_seed
from steepest.neuralnet.diagram import plot_model
from steepest.neuralnet.feature_space import FeatureSpace

Sequence = PyDataset
"""The former name of PyDataset in Keras."""

__all__ = [
    "Progbar",
    "FeatureSpace",
    "PyDataset",
    "clear_session",
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
]


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
