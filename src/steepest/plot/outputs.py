"""Outputs of models as rows of numbers, and labels as class numbers, for the pictures.

Depends on labels and NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.arguments import is_number
from steepest.core.primitives import show
from steepest.errors import ArgumentError, DataError, ShapeError
from steepest.labels import class_of_each_row


def outputs_of(who: str, model: Any, x: Any) -> np.ndarray:
    """The outputs of a model, or of a function of rows, with shape (rows, outputs).

    >>> outputs_of("plot", lambda x: x[:, 0] > 1, np.array([[1.0], [2.0]])).tolist()
    [[0.0], [1.0]]
    """
    if hasattr(model, "predict_on_batch"):
        given = model.predict(x, verbose=0)
    elif hasattr(model, "predict"):
        given = model.predict(x)
    elif callable(model):
        given = model(x)
    else:
        raise ArgumentError(f"{who}: a model was expected, got {model!r:.60}")
    if isinstance(given, (list, tuple, dict)):
        raise ArgumentError(
            f"{who}: a model with one output was expected, it has {len(given)}; make one with "
            "st.Model(model.inputs, model.outputs[0])"
        )
    return as_rows(who, "the model's outputs", given)


def as_rows(who: str, what: str, values: Any) -> np.ndarray:
    """Numbers with shape (rows, columns); (rows,) becomes one column.

    >>> as_rows("plot", "y_pred", [0.5, 1.0]).shape
    (2, 1)
    """
    array = np.asarray(values)
    if array.dtype.kind not in "fiub" or array.ndim not in (1, 2) or not array.size:
        raise ShapeError(
            f"{who}: {what}: numbers with shape (rows,) or (rows, columns) were expected, got "
            f"{array.dtype} with shape {show(array.shape)}"
        )
    rows = array.reshape(len(array), -1).astype(np.float64)
    if not np.isfinite(rows).all():
        row = int(np.flatnonzero(~np.isfinite(rows).all(axis=1))[0])
        raise DataError(f"{who}: {what}: finite numbers were expected, row {row} has {rows[row]}")
    return rows


def same_length(who: str, **arrays: Any) -> None:
    """Raises if arrays, by name, differ in their numbers of rows.

    >>> same_length("plot", x=[1, 2], y=[1])
    Traceback (most recent call last):
        ...
    steepest.errors.ShapeError: plot: x has 2 rows and y has 1
    """
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        found = " and ".join(
            f"{name} has {length}" + " rows" * (place == 0)
            for place, (name, length) in enumerate(lengths.items())
        )
        raise ShapeError(f"{who}: {found}")


def class_numbers(who: str, what: str, labels: Any, count: int | None = None) -> np.ndarray:
    """The class of each row as a number from 0: of class numbers, or of one-hot rows.

    With two classes -1 and 1 are taken too, as of a hinge loss.

    >>> class_numbers("plot", "y", [[0, 1], [1, 0]]).tolist(), class_numbers("plot", "y", [-1, 1])
    ([1, 0], array([0, 1]))
    """
    array = np.asarray(labels)
    classes = class_of_each_row(array)
    if classes is None or classes.dtype.kind not in "biuf" or not len(classes):
        raise DataError(
            f"{who}: {what}: class numbers from 0, or one-hot rows were expected, got "
            f"{array.dtype} with shape {show(array.shape)}"
        )
    numbers = classes.astype(np.int64)
    if count in (None, 2) and set(np.unique(numbers).tolist()) == {-1, 1}:
        numbers = (numbers + 1) // 2
    if numbers.min() < 0 or (count is not None and numbers.max() >= count):
        limit = "" if count is None else f" to {count - 1}"
        wrong = numbers.min() if numbers.min() < 0 else numbers.max()
        raise DataError(f"{who}: {what}: class numbers from 0{limit} were expected, got {wrong}")
    return numbers


def threshold_of(model: Any, labels: Any) -> float:
    """Above which a single output means the second class: 0 for logits and labels -1, else 0.5.

    >>> threshold_of(None, [-1, 1]), threshold_of(None, [0, 1])
    (0.0, 0.5)
    """
    objectives = getattr(model, "objectives", None)
    given = objectives.given["loss"] if objectives is not None else None
    logits = getattr(given, "from_logits", False)
    return 0.0 if logits is True or np.min(labels, initial=0) < 0 else 0.5


def named_classes(who: str, names: Any, count: int) -> list[str]:
    """The names of classes as texts; their numbers without names.

    >>> named_classes("plot", None, 2), named_classes("plot", ["cat", "dog"], 2)
    (['0', '1'], ['cat', 'dog'])
    """
    found = [str(number) for number in range(count)] if names is None else [str(n) for n in names]
    if len(found) != count or is_number(names):
        raise ArgumentError(f"{who}: names: {count} names of classes were expected, got {names!r}")
    return found
