"""Indices as rows of features: one-hot, multi-hot, counts, tf-idf; in programs and on the host.

Depends on core, and on the counting of tokens for sparse rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest.core import ops
from steepest.core.dtype import DType
from steepest.core.tensor import Tensor
from steepest.data.columns import SparseColumn
from steepest.data.preparing.token_counts import counted
from steepest.errors import unknown_name
from steepest.functions import creation, shapes
from steepest.layers import call_context

MODES = ("one_hot", "multi_hot", "count")
LOOKUP_MODES = ("int", *MODES, "tf_idf")
OLDER_NAMES = {"binary": "multi_hot", "tf-idf": "tf_idf"}
DROPPED = -1
"""The index, on the host, of entries that no row counts: those of the mask."""


def checked_mode(layer: str, mode: str, allowed: Sequence[str]) -> str:
    """Returns an output mode under its present name; raises for an unknown one.

    >>> checked_mode("StringLookup", "binary", LOOKUP_MODES)
    'multi_hot'
    """
    mode = OLDER_NAMES.get(mode, mode)
    if mode not in allowed:
        raise unknown_name(f"output_mode of {layer}", mode, allowed)
    return mode


def encoded(
    indices: Tensor, depth: int, mode: str, dtype: DType, weights: Tensor | None = None
) -> Tensor:
    """Returns one-hot, multi-hot or count rows of `depth` features for indices.

    Each entry may have a weight. A vector that a user gives directly is one sample, as in Keras;
    a model's inputs are a batch.

    >>> encoded(ops.constant([[0, 2, 2]]), 3, "count", np.dtype("float32")).tolist()
    [[1.0, 0.0, 2.0]]
    """
    one_hot = nan_where_unknown(creation.one_hot(indices, depth, dtype=dtype), indices, depth)
    if weights is not None:
        one_hot = one_hot * shapes.expand_dims(ops.cast(weights, dtype), -1)
    if mode == "one_hot":
        has_one_column = indices.ndim > 1 and indices.shape[-1] == 1
        return shapes.squeeze(one_hot, -2) if has_one_column else one_hot
    of_batch = indices.ndim == 0 or indices.shape[0] is None or call_context.inside_two_calls()
    if indices.ndim < 2 and of_batch:
        return one_hot
    total = ops.reduce_sum(one_hot, -2)
    return total if mode == "count" else ops.minimum(total, 1.0)


def nan_where_unknown(features: Tensor, indices: Tensor, count: int) -> Tensor:
    """Returns the features, NaN where an index is not from 0 to count - 1.

    >>> nan_where_unknown(ops.constant([[1.0], [0.0]]), ops.constant([0, 5]), 1).tolist()
    [[1.0], [nan]]
    """
    known = ops.logical_and(indices >= 0, indices < count)
    return ops.where(shapes.expand_dims(known, -1), features, math.nan)


def encoded_shape(shape: Any, depth: int, mode: str) -> tuple[Any, ...]:
    """Returns the shape of encoded rows for a batch of indices of a shape.

    >>> encoded_shape((None, 3), 5, "one_hot"), encoded_shape((None, 3), 5, "count")
    ((None, 3, 5), (None, 5))
    """
    if len(shape) == 1:
        return (*shape, depth)
    return (*(shape if mode == "one_hot" and shape[-1] != 1 else shape[:-1]), depth)


def encoded_rows(
    numbers: np.ndarray, offsets: np.ndarray, depth: int, mode: str, weights: Any = None
) -> SparseColumn:
    """Returns the rows of lists of indices on the host: "multi_hot", "count" or "tf_idf".

    List i is `numbers[offsets[i]:offsets[i + 1]]`; `weights` are those of "tf_idf".

    >>> encoded_rows(np.array([0, 2, 2]), np.array([0, 3]), 3, "count").toarray().tolist()
    [[1.0, 0.0, 2.0]]
    """
    counting = numbers != DROPPED
    if not counting.all():
        offsets = np.concatenate([[0], np.cumsum(counting)])[offsets]
        numbers = numbers[counting]
    rows = counted(numbers, offsets, depth)
    if mode == "count":
        return rows
    values: Any = None
    if mode == "tf_idf":
        assert rows.values is not None
        values = rows.values * np.asarray(weights, np.float32)[rows.indices]
    return SparseColumn(rows.indptr, rows.indices, values, depth)


def encoded_on_host(
    indices: np.ndarray, depth: int, mode: str, weights: Any = None
) -> np.ndarray | SparseColumn:
    """Returns the features of indices that were looked up on the host.

    >>> encoded_on_host(np.array([1, 0]), 2, "one_hot").tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    if mode == "int":
        return indices
    if mode == "one_hot":
        if indices.ndim > 1 and indices.shape[-1] == 1:
            indices = indices[..., 0]
        return np.asarray(indices[..., None] == np.arange(depth), np.float32)
    lists = indices.reshape(-1, indices.shape[-1] if indices.ndim else 1)
    offsets = np.arange(len(lists) + 1) * lists.shape[1]
    rows = encoded_rows(lists.ravel(), offsets, depth, mode, weights)
    if indices.ndim == 2:
        return rows
    return rows.toarray().reshape(*indices.shape[:-1], depth)
