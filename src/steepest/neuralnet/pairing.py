"""Do loss, output and labels fit each other? Errors for what cannot be right, warnings for what
is probably wrong. Leans on columns and endings.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.errors import ArgumentError, DataError, caution
from steepest.labels import class_count, is_one_hot
from steepest.neuralnet.endings import ending_of, softmax_input
from steepest.program.graph import Node

SHARES_ERROR = 0.01
_CROSSENTROPIES = ("BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy")
REGRESSIONS = (
    "MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError",
    "MeanSquaredLogarithmicError", "Huber", "LogCosh",
)  # fmt: skip


_RANGES = {
    "BinaryCrossentropy": ("labels between 0 and 1", 0.0, 1.0, "map the two classes to 0 and 1"),
    "CategoricalCrossentropy": (
        "shares of classes between 0 and 1", 0.0, 1.0, "st.one_hot(y, classes) makes them"
    ),
    "KLDivergence": ("shares between 0 and 1", 0.0, 1.0, "divide each row by its sum"),
    "Hinge": ("labels -1 and 1, or 0 and 1", -1.0, 1.0, "map the two classes to -1 and 1"),
    "SquaredHinge": ("labels -1 and 1, or 0 and 1", -1.0, 1.0, "map the two classes to -1 and 1"),
    "Poisson": ("counts of 0 or more", 0.0, np.inf, "for other quantities use 'mse'"),
}  # fmt: skip
"""What some losses take: in words, the least and the greatest, and what to do otherwise."""

_REACHED = {"relu": (0.0, np.inf), "sigmoid": (0.0, 1.0)}
"""Between what numbers outputs lie that end so."""


def check_labels(loss: Any, output: Node, values: np.ndarray, name: str) -> None:
    """Raise if labels are outside what a loss takes for an output.

    >>> import steepest as st
    >>> output = st.trace(st.nn.softmax, [st.TensorSpec((None, 3))]).outputs[0]
    >>> check_labels(st.losses.get("sparse_categorical_crossentropy"), output, np.array([2]), "y")
    """
    check_bounds(loss, output, values, name)
    if type(loss).__name__ == "CategoricalCrossentropy":
        _warn_of_shares(values, name)


def check_bounds(loss: Any, output: Node, values: np.ndarray, name: str) -> None:
    """The errors of `check_labels`, without its warnings.

    >>> import steepest as st
    >>> output = st.trace(st.nn.softmax, [st.TensorSpec((None, 3))]).outputs[0]
    >>> check_bounds(st.losses.get("sparse_categorical_crossentropy"), output, np.array([2]), "y")
    """
    kind = type(loss).__name__
    if kind == "SparseCategoricalCrossentropy":
        _check_indices(loss, values, int(output.shape[-1] or 1), name)
    elif kind in _RANGES:
        _check_range(*_RANGES[kind], values, name)


def check_pair(loss: Any, output: Node, values: np.ndarray) -> None:
    """Raise or warn where a loss does not fit the output, or the kind of labels.

    >>> import steepest as st
    >>> output = st.trace(st.nn.softmax, [st.TensorSpec((None, 1))]).outputs[0]
    >>> check_pair(st.losses.get("binary_crossentropy"), output, np.array([1]))
    Traceback (most recent call last):
        ...
    steepest.errors.ArgumentError: softmax over one unit is always 1: use Dense(1, 'sigmoid') ...
    """
    kind, ending = type(loss).__name__, ending_of(output)
    if ending == "softmax":
        _check_softmax(output)
    if kind in _CROSSENTROPIES:
        _check_crossentropy(loss, kind, ending)
        _warn_of_sigmoids(kind, ending, output, values)
    if kind in REGRESSIONS:
        _warn_of_regression(kind, ending, values)
        _warn_of_reach(ending, values)
    if kind == "Poisson" and ending == "linear":
        caution(
            "poisson takes the logarithm of the output, which ends in plain numbers that may fall "
            "below 0: end the last layer in 'softplus' or 'exponential'"
        )


def _check_softmax(output: Node) -> None:
    if output.shape[-1] == 1:
        raise ArgumentError(
            "softmax over one unit is always 1: use Dense(1, 'sigmoid') with "
            "binary_crossentropy, or one unit a class"
        )
    inner = softmax_input(output)
    if inner is not None and softmax_input(inner) is not None:
        raise ArgumentError(
            "softmax is applied twice to the output, which flattens the probabilities: "
            "leave out one of the two"
        )


def _check_crossentropy(loss: Any, kind: str, ending: str) -> None:
    if loss.from_logits and ending in ("softmax", "sigmoid"):
        raise ArgumentError(
            f"{kind}(from_logits=True) after {ending}: the loss applies {ending} itself; "
            "leave out the activation, or from_logits"
        )
    if not loss.from_logits and ending in ("linear", "relu"):
        wanted = "sigmoid" if kind == "BinaryCrossentropy" else "softmax"
        caution(
            f"{kind} takes probabilities, but the output ends in {ending}: end the last layer in "
            f"{wanted!r}, or give the loss from_logits=True"
        )


def _warn_of_sigmoids(kind: str, ending: str, output: Node, values: np.ndarray) -> None:
    units = output.shape[-1]
    if ending != "sigmoid" or units == 1:
        return
    exclusive = values.shape[-1] > 2 and is_one_hot(values)
    if kind != "BinaryCrossentropy" or exclusive:
        caution(
            f"sigmoid over {units} exclusive classes with {kind}: softmax with "
            "categorical_crossentropy was probably meant"
        )


def _warn_of_reach(ending: str, values: np.ndarray) -> None:
    low, high = _REACHED.get(ending, (-np.inf, np.inf))
    outside = (values < low) | (values > high)
    if outside.any():
        where = tuple(np.argwhere(outside)[0].tolist())
        limits = "0 or more" if high == np.inf else f"{low:g} to {high:g}"
        caution(
            f"the output ends in {ending} and reaches {limits}, but y holds {values[where]:.4g} "
            f"in row {where[0]}: leave out the last activation, or scale y"
        )


def _warn_of_shares(values: np.ndarray, name: str) -> None:
    sums = values.reshape(-1, values.shape[-1]).sum(axis=1, dtype=np.float64)
    wrong = np.flatnonzero(np.abs(sums - 1.0) > SHARES_ERROR)
    if len(wrong):
        caution(
            f"{name}: row {wrong[0]} adds up to {sums[wrong[0]]:.4g}, where "
            "categorical_crossentropy takes shares that add up to 1; for several labels at once "
            "use sigmoid with binary_crossentropy"
        )


def _warn_of_regression(kind: str, ending: str, values: np.ndarray) -> None:
    classes = 0 if ending in ("sigmoid", "softmax") else class_count(values)
    if ending == "softmax" or classes > 2:
        what = "a softmax" if ending == "softmax" else f"labels 0 to {classes - 1}"
        caution(
            f"{kind} is a loss for quantities, used here on {what}: for classes use softmax with "
            "sparse_categorical_crossentropy, or categorical_crossentropy for one-hot labels; "
            "labels that are counts say so as floats, y.astype('float32')"
        )


def _check_indices(loss: Any, values: np.ndarray, units: int, name: str) -> None:
    if units == 1:
        raise ArgumentError(
            "sparse_categorical_crossentropy over one unit has one class, and nothing to learn: "
            "use Dense(1, 'sigmoid') with binary_crossentropy, or one unit a class"
        )
    whole = values if values.dtype.kind in "iu" else np.round(values)
    if values.dtype.kind == "f" and not np.array_equal(whole, values):
        row = int(np.flatnonzero((whole != values).reshape(len(values), -1).any(axis=1))[0])
        raise DataError(
            f"{name}: class numbers must be whole, row {row} holds {values[row]}; "
            "for numbers to predict use loss='mse'"
        )
    ignored = getattr(loss, "ignore_class", None)
    wrong = (whole < 0) | (whole >= units)
    if ignored is not None:
        wrong &= whole != ignored
    if wrong.any():
        where = tuple(np.argwhere(wrong)[0].tolist())
        raise DataError(
            f"{name}: label {values[where]} in row {where[0]} is outside the {units} classes of "
            f"the output, 0 to {units - 1}; give the last layer more units, or number classes "
            "from 0"
        )


def _check_range(
    wanted: str, low: float, high: float, remedy: str, values: np.ndarray, name: str
) -> None:
    if values.min() < low or values.max() > high:
        outside = (values < low) | (values > high)
        row = int(np.flatnonzero(outside.reshape(len(values), -1).any(axis=1))[0])
        raise DataError(f"{name}: the loss takes {wanted}, row {row} holds {values[row]}; {remedy}")
