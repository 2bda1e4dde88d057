"""`keras.preprocessing`: its two parts, `sequence` and `image`, are `st.utils`, as in Keras 3."""

from __future__ import annotations

from steepest import utils as image
from steepest import utils as sequence
from steepest.errors import suggest_names

__path__: list[str] = []  # so that `steepest.preprocessing.sequence` can be imported by that name
__all__ = ["image", "sequence"]

suggest_names(__name__)
