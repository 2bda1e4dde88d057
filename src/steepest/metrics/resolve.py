"""Chooses the metric for "accuracy" and "crossentropy" by output, target and loss."""

from __future__ import annotations

from typing import Any

from steepest.losses import (
    BinaryCrossentropy as BinaryCrossentropyLoss,
)
from steepest.losses import (
    BinaryFocalCrossentropy,
    Hinge,
    SquaredHinge,
)
from steepest.losses import (
    SparseCategoricalCrossentropy as SparseCategoricalCrossentropyLoss,
)
from steepest.metrics.accuracy import (
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
)
from steepest.metrics.base import Metric
from steepest.metrics.probabilistic import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
)

ACCURACIES = ("accuracy", "acc")
CROSSENTROPIES = ("crossentropy", "ce")
_BINARY = (BinaryCrossentropyLoss, BinaryFocalCrossentropy, Hinge, SquaredHinge)


def depends_on_labels(name: str) -> bool:
    """Whether the metric of a name is chosen by the form of the labels.

    >>> depends_on_labels("acc"), depends_on_labels("mae")
    (True, False)
    """
    return name.lower() in (*ACCURACIES, *CROSSENTROPIES)


def resolve_accuracy(y_true: Any, y_pred: Any, loss: Any = None, name: str = "accuracy") -> Metric:
    """Chooses the accuracy for an output: binary, sparse or categorical.

    `y_true` and `y_pred` are objects with a shape. It is binary for one unit or a binary loss, with
    the threshold 0 if the loss takes logits, and sparse for one class number per row of outputs.

    >>> import steepest as st
    >>> st.metrics.resolve_accuracy(st.TensorSpec((None,)), st.TensorSpec((None, 10)))
    SparseCategoricalAccuracy(name='accuracy')
    """
    form = _form(y_true, y_pred, loss)
    if form == "binary":
        centred = getattr(loss, "from_logits", False) or isinstance(loss, (Hinge, SquaredHinge))
        return BinaryAccuracy(name=name, threshold=0.0 if centred else 0.5)
    return SparseCategoricalAccuracy(name) if form == "sparse" else CategoricalAccuracy(name)


def resolve_crossentropy(
    y_true: Any, y_pred: Any, loss: Any = None, name: str = "crossentropy"
) -> Metric:
    """Chooses the cross-entropy for an output: binary, sparse or categorical.

    >>> import steepest as st
    >>> st.metrics.resolve_crossentropy(st.TensorSpec((None, 1)), st.TensorSpec((None, 1)))
    BinaryCrossentropy(name='crossentropy')
    """
    from_logits = bool(getattr(loss, "from_logits", False))
    metric = {
        "binary": BinaryCrossentropy,
        "sparse": SparseCategoricalCrossentropy,
        "categorical": CategoricalCrossentropy,
    }[_form(y_true, y_pred, loss)]
    return metric(name=name, from_logits=from_logits)


def _form(y_true: Any, y_pred: Any, loss: Any) -> str:
    truth, predicted = tuple(y_true.shape), tuple(y_pred.shape)
    if isinstance(loss, SparseCategoricalCrossentropyLoss):
        return "sparse"
    if len(predicted) < 2 or predicted[-1] == 1 or isinstance(loss, _BINARY):
        return "binary"
    one_number = len(truth) < len(predicted) or truth[-1] == 1
    return "sparse" if one_number else "categorical"
