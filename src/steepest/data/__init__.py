"""Data on their way to a model: pipelines, files, splits.

Leans on core, and on NumPy alone for files and splits.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from steepest.data.dates import DateParts, date_parts
from steepest.data.lookups import Hashing, StringLookup
from steepest.data.preparation import Preparer
from steepest.data.same_distribution import ColumnDifference, Comparison, same_distribution
from steepest.data.split import share_counts, split, split_indices, take_rows
from steepest.data.texts import TextVectorization, TokenCounts
from steepest.errors import nearest
from steepest.layers.preparing import UnseenWarning

if TYPE_CHECKING:
    from steepest.data import files
    from steepest.data.background import AUTOTUNE
    from steepest.data.cross_validation import CrossValidation, cross_validate
    from steepest.data.dataset import (
        INFINITE_CARDINALITY,
        UNKNOWN_CARDINALITY,
        Dataset,
    )
    from steepest.data.folds import KFold, RepeatedKFold, Splitter, fold_indices
    from steepest.data.sequences import (
        normalize,
        pad_sequences,
        to_categorical,
        vectorize_sequences,
    )
    from steepest.data.split_checks import SplitWarning

__all__ = [
    "Dataset",
    "AUTOTUNE",
    "INFINITE_CARDINALITY",
    "UNKNOWN_CARDINALITY",
    "files",
    "split",
    "split_indices",
    "share_counts",
    "take_rows",
    "KFold",
    "RepeatedKFold",
    "Splitter",
    "fold_indices",
    "SplitWarning",
    "UnseenWarning",
    "cross_validate",
    "CrossValidation",
    "same_distribution",
    "Comparison",
    "ColumnDifference",
    "Preparer",
    "StringLookup",
    "TextVectorization",
    "TokenCounts",
    "Hashing",
    "DateParts",
    "date_parts",
    "vectorize_sequences",
    "pad_sequences",
    "to_categorical",
    "normalize",
]


_LATER = {
    "background": ("AUTOTUNE",),
    "cross_validation": ("CrossValidation", "cross_validate"),
    "dataset": ("Dataset", "INFINITE_CARDINALITY", "UNKNOWN_CARDINALITY"),
    "folds": ("KFold", "RepeatedKFold", "Splitter", "fold_indices"),
    "sequences": ("normalize", "pad_sequences", "to_categorical", "vectorize_sequences"),
    "split_checks": ("SplitWarning",),
}
_HOMES = {name: module for module, names in _LATER.items() for name in names}


def __getattr__(name: str) -> Any:
    """What a model does not need is imported when it is named: each start would pay for it."""
    if name == "files":
        return importlib.import_module("steepest.data.files")
    if name not in _HOMES:
        raise AttributeError(f"st.data has no {name!r}: {nearest(name, __all__)}")
    module = importlib.import_module(f"steepest.data.{_HOMES[name]}")
    for one in _LATER[_HOMES[name]]:
        globals()[one] = getattr(module, one)
    return globals()[name]
