"""`keras.preprocessing`: its two parts, `sequence` and `image`, are `st.utils`, as in Keras 3."""

from __future__ import annotations

from steepest import utils as image
from steepest import utils as sequence
from steepest.errors import suggest_names
from steepest.utils import (
    image_dataset_from_directory,
    text_dataset_from_directory,
    timeseries_dataset_from_array,
)

__path__: list[str] = []  # so that `steepest.preprocessing.sequence` can be imported by that name
__all__ = [
    "image",
    "sequence",
    "image_dataset_from_directory",
    "text_dataset_from_directory",
    "timeseries_dataset_from_array",
]

suggest_names(__name__)
