"""Class weights for streams of batches, computed from the labels as a part of the step.

Depends on core, functions and feeds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from steepest.core import ops
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError
from steepest.functions import shapes
from steepest.neuralnet.input.feeds import Prepare


def weighing(class_weight: Any, prepare: Prepare | None = None) -> Prepare:
    """A function that adds class weights to each batch (x, y[, weights]), after `prepare`.

    >>> weigh = weighing({0: 1.0, 1: 3.0})
    >>> weigh((ops.constant([[0.5], [0.1]]), ops.constant([1, 0])))[2].tolist()
    [3.0, 1.0]
    """
    weights = ops.constant(_by_class(class_weight), "float32")

    def prepared(data: Any) -> Any:
        batch = data if prepare is None else prepare(data)
        if not isinstance(batch, tuple) or len(batch) < 2 or not isinstance(batch[1], Tensor):
            raise ArgumentError("class_weight: needs batches (x, y) with one output of classes")
        x, y, *given = batch
        by_class = ops.gather(weights, _class_indices(y, weights.shape[0]))
        return x, y, by_class * given[0] if given else by_class

    return prepared


def _by_class(class_weight: Any) -> np.ndarray:
    """The weights in order, then NaN for all greater labels, so that training stops there."""
    if not isinstance(class_weight, Mapping):
        raise ArgumentError(
            "class_weight: for a data set, a dictionary of class to weight was expected, got "
            f"{class_weight!r}"
        )
    known = {int(label): float(weight) for label, weight in class_weight.items()}
    if set(known) != set(range(len(known))):
        raise ArgumentError(
            f"class_weight: a weight for each class from 0 on was expected, got {sorted(known)}"
        )
    return np.array([*(known[label] for label in range(len(known))), math.nan])


def _class_indices(y: Tensor, size: Any) -> Tensor:
    if y.ndim == 2 and y.shape[1] != 1:
        labels = ops.argmax(y, 1)
    else:
        labels = ops.cast(y if y.ndim == 1 else shapes.squeeze(y, -1), "int64")
    return ops.minimum(labels, ops.constant(size - 1, "int64"))
