"""Functions of `keras.utils`: data sets from folders, sequences, labels, plot_model, seeds."""

from __future__ import annotations

import random

import numpy as np

from steepest.backend import clear_session
from steepest.callbacks.progbar import Progbar
from steepest.data.from_folders import image_dataset_from_directory, text_dataset_from_directory
from steepest.data.preparing.sequences import (
    normalize,
    pad_sequences,
    to_categorical,
    vectorize_sequences,
)
from steepest.data.py_dataset import PyDataset
from steepest.errors import suggest_names
from steepest.functions.random import set_seed
from steepest.neuralnet.diagram import plot_model


def set_random_seed(seed: int) -> None:
    """Seeds the random numbers of steepest, of NumPy and of Python's `random`.

    >>> set_random_seed(1); first = np.random.rand(), st.random.uniform(()).item()
    >>> set_random_seed(1); first == (np.random.rand(), st.random.uniform(()).item())
    True
    """
    set_seed(seed)
    np.random.seed(seed % 2**32)
    random.seed(seed)


Sequence = PyDataset
"""The former name of PyDataset in Keras."""

__all__ = [
    "Progbar",
    "PyDataset",
    "clear_session",
    "Sequence",
    "image_dataset_from_directory",
    "text_dataset_from_directory",
    "normalize",
    "pad_sequences",
    "plot_model",
    "set_random_seed",
    "to_categorical",
    "vectorize_sequences",
]

suggest_names(__name__)
