"""Turns the data that users pass to fit, evaluate and predict into feeds. Depends on feeds.

Arrays become columns, also those of a Dataset that is made of columns; anything else that can be
iterated is a stream of batches.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from steepest.arguments import whole
from steepest.core import tree
from steepest.data import INFINITE_CARDINALITY
from steepest.data.columns import DenseColumn
from steepest.data.py_dataset import PyDataset, PyDatasetEpochs
from steepest.errors import ArgumentError, DataError, caution
from steepest.labels import class_of_each_row, stratification
from steepest.neuralnet.input.column_names import ColumnNames
from steepest.neuralnet.input.feeds import (
    ArrayFeed,
    Feed,
    StreamFeed,
    check_rows,
    columns_of,
    in_dtype,
)
from steepest.neuralnet.step import data_nest

if TYPE_CHECKING:
    from steepest.neuralnet.learner import Learner

DEFAULT_BATCH = 32


def is_stream(x: Any) -> bool:
    """Whether `x` yields batches itself, labels included.

    >>> is_stream(iter([])), is_stream([1, 2])
    (True, False)
    """
    if isinstance(x, np.ndarray):
        return False
    batches = isinstance(x, (Iterator, PyDataset)) or inspect.isgeneratorfunction(x)
    if batches or hasattr(x, "as_columns"):
        return True
    if isinstance(x, (list, tuple)):
        return bool(x) and all(map(_is_batch, x))
    if isinstance(x, (str, bytes, Mapping)) or any(hasattr(x, name) for name in _OF_ARRAYS):
        return False
    return hasattr(x, "__iter__") or (hasattr(x, "__getitem__") and hasattr(x, "__len__"))


_OF_ARRAYS = ("__array__", "__dataframe__", "indptr", "tocsr", "shape", "take")


def _is_batch(entry: Any) -> bool:
    """Whether an entry of a list is (x, y) or (x, y, weights or None), each an array of rows."""
    parts = entry if isinstance(entry, tuple) and 1 < len(entry) < 4 else ((),)
    if len(parts) == 3 and parts[2] is None:
        parts = parts[:2]
    return all(len(getattr(part, "shape", ())) > 0 for part in parts)


class _Restartable:
    """Batches that can be iterated again: from a generator function, or by number."""

    def __init__(self, source: Any) -> None:
        self.source = source

    def __iter__(self) -> Iterator[Any]:
        if callable(self.source):
            return iter(self.source())
        return (self.source[number] for number in range(len(self.source)))


def intake(
    model: Learner,
    x: Any,
    y: Any = None,
    weights: Any = None,
    batch_size: int | None = None,
    shuffle: bool = False,
    steps: int | None = None,
    seed: int = 0,
) -> Feed:
    """The feed for data as users pass them."""
    if steps is not None:
        steps = whole("steps", steps, 1)
    _check_given(x)
    if is_stream(x):
        if y is not None or weights is not None:
            raise ArgumentError(
                "y and sample_weight must come with the batches of a data set, as (x, y) or "
                "(x, y, sample_weight); leave them out here"
            )
        return _from_stream(model, x, batch_size, steps, shuffle, seed)
    batch = whole("batch_size", DEFAULT_BATCH if batch_size is None else batch_size, 1)
    dtype = model.compute_dtype
    parts = data_nest(
        inputs_of(model, x),
        None if y is None else columns_of(y, "y", dtype),
        None if weights is None else columns_of(weights, "sample_weight", np.dtype("float32")),
    )
    check_rows(parts)
    return ArrayFeed(parts, batch, shuffle, steps=steps, seed=seed)


def inputs_of(model: Learner, x: Any) -> Any:
    """The inputs of a model as columns, those of tables in the order of the training.

    Entries of a dictionary that the model does not read are left out, with a warning.
    """
    names = model.input_names
    if isinstance(x, dict) and names and set(names) < set(x):
        caution(
            f"{model.name}: x has entries that are no inputs of the model and are left out: "
            f"{[name for name in x if name not in names]}"
        )
        x = {name: x[name] for name in names}
    columns = columns_of(model.prepared(x), "x", model.compute_dtype)
    trained = model.column_names
    if trained is None:
        return columns
    return ColumnNames(trained).in_order(columns, model.compute_dtype)


def _check_given(x: Any) -> None:
    if x is None:
        raise ArgumentError(
            "x is missing: give an array, a table, a Dataset, or an iterable of batches"
        )
    if isinstance(x, (str, bytes, os.PathLike)):
        raise ArgumentError(
            f"x: data were expected, got {x!r}; read a file first, as with "
            "st.data.files.read_csv or st.data.files.read_npz"
        )


def _from_stream(
    model: Learner, x: Any, batch_size: int | None, steps: int | None, shuffle: bool, seed: int
) -> Feed:
    if batch_size is not None:
        caution(
            f"batch_size={batch_size} is not used: the data set makes its own batches; leave it "
            f"out, or call .batch({batch_size}) on the data set"
        )
    plan = x.as_columns() if hasattr(x, "as_columns") else None
    if steps is None and hasattr(x, "cardinality") and x.cardinality() == INFINITE_CARDINALITY:
        raise ArgumentError(
            "the data set repeats for ever: say how many steps make an epoch (steps_per_epoch=, "
            "validation_steps=, steps=)"
        )
    on_host = model.prefix is not None
    if plan is None or (on_host and plan.prepare is not None):
        if isinstance(x, PyDataset):
            source: Any = PyDatasetEpochs(x, shuffle, seed)
        else:
            source = x if hasattr(x, "__iter__") else _Restartable(x)
        return StreamFeed(source, model.compute_dtype, steps, prepared=model.prepared)
    if not len(plan.order(0)):
        raise DataError("the data set is empty; at least one row is needed")
    columns = (model.prepared(plan.columns[0]), *plan.columns[1:])
    dtype = model.compute_dtype
    nest = tree.transform(lambda column: in_dtype(column, dtype), columns)
    return PlannedFeed(nest, plan.batch, steps=steps, seed=seed, plan=plan)


class PlannedFeed(ArrayFeed):
    """Columns in the orders that a Dataset determines by shuffle, take and repeat."""

    def __init__(self, nest: Any, batch: int, steps: int | None, seed: int, plan: Any) -> None:
        self._plan = plan
        self._epoch_rows = plan.order(0)
        super().__init__(nest, batch, rows=self._epoch_rows, steps=steps, seed=seed)
        self.prepare = plan.prepare

    def _order(self, number: int) -> np.ndarray:
        return np.ascontiguousarray(self._plan.order(number), np.int64)


def combined_weights(y: Any, sample_weight: Any, class_weight: Any) -> Any:
    """One weight a row: the product of its sample weight and the weight of its class.

    >>> combined_weights([0, 1, 1], None, {0: 2.0, 1: 0.5}).tolist()
    [2.0, 0.5, 0.5]
    """
    if class_weight is None:
        return sample_weight
    by_class = _class_weights(_classes(y), class_weight)
    if sample_weight is None:
        return by_class
    return by_class * np.asarray(sample_weight, np.float32)


def _classes(y: Any) -> np.ndarray:
    """The class of each row: its label, or the position of the 1 in a one-hot row."""
    if y is None or isinstance(y, (dict, tuple)):
        raise ArgumentError("class_weight: needs one output with class labels; use sample_weight")
    labels = np.asarray(y)
    if labels.ndim == 2 and labels.shape[1] > 1:
        return labels.argmax(axis=1)  # one-hot rows, or the probabilities of classes
    classes = class_of_each_row(labels)
    if classes is None or classes.dtype.kind not in "biuf":
        raise ArgumentError("class_weight: the labels are no classes; use sample_weight")
    return classes.astype(np.int64)


def _class_weights(classes: np.ndarray, class_weight: Any) -> np.ndarray:
    present, positions, counts = np.unique(classes, return_inverse=True, return_counts=True)
    if isinstance(class_weight, str):
        if class_weight != "balanced":
            raise ArgumentError(
                f"class_weight: a dictionary of class to weight, or 'balanced', got "
                f"{class_weight!r}"
            )
        each = len(classes) / (len(present) * counts)
        return np.asarray(each[positions], np.float32)
    if not isinstance(class_weight, Mapping):
        raise ArgumentError(
            f"class_weight: a dictionary of class to weight was expected, got {class_weight!r}"
        )
    wrong = [
        pair
        for pair in class_weight.items()
        if not all(isinstance(value, (int, float, np.number)) and value >= 0 for value in pair)
    ]
    if wrong:
        label, weight = wrong[0]
        raise ArgumentError(
            f"class_weight: class numbers to weights, as in {{0: 1.0, 1: 2.5}}, were expected, "
            f"got {label!r}: {weight!r}"
        )
    known = {int(label): float(weight) for label, weight in class_weight.items()}
    missing = [int(label) for label in present if int(label) not in known]
    if missing:
        raise ArgumentError(f"class_weight: no weight is given for the classes {missing}")
    return np.asarray([known[int(label)] for label in present], np.float32)[positions]


def split_off(feed: ArrayFeed, share: float, seed: int) -> tuple[ArrayFeed, ArrayFeed]:
    """Training and validation feeds: a seeded random share, stratified where labels are classes.

    The share is random because a table may be sorted by label. A feed that is not shuffled gives
    its last rows: its order means something, such as time.
    """
    if not isinstance(share, (int, float)) or not 0.0 < share < 1.0:
        raise ArgumentError(f"validation_split: a share between 0 and 1, got {share!r}")
    if feed.shuffle:
        from steepest.data.splitting.split import split_indices

        shares, labels = (1.0 - share, share), _stratification(feed)
        train, validation = split_indices(feed.count, shares, stratify=labels, seed=seed)
    else:
        train, validation = np.split(np.arange(feed.count), [int(feed.count * (1.0 - share))])
        if not len(train):
            raise DataError(
                f"validation_split: {share} of {feed.count} rows leaves none to train on"
            )
    make = type(feed)
    return (
        make(feed.nest, feed.batch, feed.shuffle, np.sort(train), feed.steps, feed.seed),
        make(feed.nest, feed.batch, False, np.sort(validation)),
    )


def _stratification(feed: ArrayFeed) -> np.ndarray | None:
    """The class of each row, if the labels are classes that each have rows for both parts."""
    labels = tree.leaves(feed.nest[1]) if len(feed.nest) > 1 else []
    if len(labels) != 1 or not isinstance(labels[0], DenseColumn):
        return None
    return stratification(labels[0].array.reshape(len(labels[0]), -1))
