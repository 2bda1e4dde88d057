"""Input data: pipelines, readers of files, schemas, preparation in Python, splits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from steepest.data.preparing.dates import DateParts, date_parts
from steepest.data.preparing.preparer import Preparer
from steepest.data.preparing.token_counts import TokenCounts
from steepest.data.splitting.split import share_counts, split, split_indices, take_rows
from steepest.errors import UnseenWarning, suggest_names

if TYPE_CHECKING:
    from steepest.data import experimental, files
    from steepest.data.dataset import (
        INFINITE_CARDINALITY,
        UNKNOWN_CARDINALITY,
        Dataset,
    )
    from steepest.data.experimental import TextLineDataset
    from steepest.data.options import Options
    from steepest.data.preparing.sequences import (
        normalize,
        pad_sequences,
        to_categorical,
        vectorize_sequences,
    )
    from steepest.data.schema_reading import Table, read_table, schema
    from steepest.data.splitting.folds import KFold, RepeatedKFold, Splitter, fold_indices
    from steepest.data.splitting.split_warnings import SplitWarning
    from steepest.data.stages.threads_ahead import AUTOTUNE
    from steepest.data.table_schema import ColumnSchema, Schema
    from steepest.evaluate.cross_validation import CrossValidation, cross_validate
    from steepest.evaluate.same_distribution import ColumnDifference, Comparison, same_distribution
    from steepest.layers.preprocessing.hashing import Hashing
    from steepest.layers.preprocessing.lookups import StringLookup
    from steepest.layers.preprocessing.texts import TextVectorization

__all__ = [
    "Dataset",
    "AUTOTUNE",
    "INFINITE_CARDINALITY",
    "UNKNOWN_CARDINALITY",
    "Options",
    "TextLineDataset",
    "experimental",
    "files",
    "schema",
    "Schema",
    "ColumnSchema",
    "read_table",
    "Table",
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

# Names that a model does not need are imported on first use, so that `import steepest` is fast.
# `evaluate` trains models, so it is on a floor above them; its names are here beside the splits.
# Layers of texts and categories are above too; a model's `preparation` may be one.
_LATER = {
    "steepest.data.dataset": ("Dataset", "INFINITE_CARDINALITY", "UNKNOWN_CARDINALITY"),
    "steepest.data.experimental": ("TextLineDataset",),
    "steepest.data.options": ("Options",),
    "steepest.data.preparing.sequences": (
        "normalize",
        "pad_sequences",
        "to_categorical",
        "vectorize_sequences",
    ),
    "steepest.data.schema_reading": ("Table", "read_table", "schema"),
    "steepest.data.splitting.split_warnings": ("SplitWarning",),
    "steepest.data.splitting.folds": ("KFold", "RepeatedKFold", "Splitter", "fold_indices"),
    "steepest.data.stages.threads_ahead": ("AUTOTUNE",),
    "steepest.data.table_schema": ("ColumnSchema", "Schema"),
    "steepest.evaluate.cross_validation": ("CrossValidation", "cross_validate"),
    "steepest.evaluate.same_distribution": ("ColumnDifference", "Comparison", "same_distribution"),
    "steepest.layers.preprocessing.hashing": ("Hashing",),
    "steepest.layers.preprocessing.lookups": ("StringLookup",),
    "steepest.layers.preprocessing.texts": ("TextVectorization",),
}
_PATHS = {name: f"{module}:{name}" for module, names in _LATER.items() for name in names}
_MODULES = {name: f"steepest.data.{name}" for name in ("files", "experimental")}
suggest_names(__name__, later={**_PATHS, **_MODULES})
