"""Directions in the space of a model's weights: random ones, between two models, single weights.

A direction is a list of arrays, one for each trainable weight. Depends on NumPy and errors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.core.variable import Variable
from steepest.errors import ArgumentError, unknown_name

Direction = list[np.ndarray]


def filter_normalised(weights: Sequence[Any], seed: int = 0) -> tuple[Direction, Direction]:
    """Two random directions, orthogonal, in which each unit has the scale of its own weights.

    As in Li et al., Visualizing the Loss Landscape of Neural Nets (2018): the entries are normal
    numbers; then the part for the incoming weights of each unit (a column of a kernel) is scaled to
    the norm of these weights, and the part of biases and other vectors is 0. The two are made
    orthogonal in each unit, so that both properties hold. Where a unit has a single incoming
    weight, the whole kernel counts as one unit.

    >>> one, other = filter_normalised([np.ones((3, 2)), np.zeros(2)], seed=1)
    >>> np.linalg.norm(one[0], axis=0), other[1]
    (array([1.732, 1.732]), array([0., 0.]))
    >>> round(float(np.vdot(one[0], other[0])), 12)
    0.0
    """
    random = np.random.default_rng(seed)
    first, second = [], []
    for weight in weights:
        array = np.asarray(weight, np.float64)
        if array.ndim < 2:
            first.append(np.zeros(array.shape))
            second.append(np.zeros(array.shape))
            continue
        units = array.shape[-1] if array.size > array.shape[-1] else 1
        columns = array.reshape(-1, units)
        one, other = random.standard_normal((2, *columns.shape))
        one = _of_length(one, columns)
        other = other - one * (one * other).sum(0) / np.maximum((one * one).sum(0), 1e-300)
        first.append(one.reshape(array.shape))
        second.append(_of_length(other, columns).reshape(array.shape))
    return first, second


def _of_length(columns: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Columns scaled to the norms of others; zeros where rounding errors are all that they hold."""
    norms = np.linalg.norm(columns, axis=0)
    wanted = np.linalg.norm(like, axis=0)
    return columns * np.where(norms > 1e-12 * wanted, wanted / np.maximum(norms, 1e-300), 0.0)


@dataclass(frozen=True)
class Entry:
    """One number among the weights of a model: the place of its array, its index and value.

    >>> w = st.Variable([[1.0, 2.0]], name="kernel")
    >>> entry = entry_named("slice", [w], "kernel[0, 1]")
    >>> entry.value, entry.direction([w])[0]
    (2.0, array([[0., 1.]]))
    """

    name: str
    place: int
    index: tuple[int, ...]
    value: float

    def direction(self, variables: Sequence[Variable]) -> Direction:
        """The direction that changes this number alone, by 1."""
        arrays = [np.zeros(variable.array.shape) for variable in variables]
        arrays[self.place][self.index] = 1.0
        return arrays


def entry_named(who: str, variables: Sequence[Variable], name: Any) -> Entry:
    """The number of a name such as "dense/kernel[0, 1]": the path of a weight and an index."""
    found = re.fullmatch(r"\s*(.+?)\s*(?:\[([-\d\s,]*)\])?\s*", name) if name == str(name) else None
    if found is None:
        raise ArgumentError(
            f"{who}: the name of a weight and an index were expected, as 'dense/kernel[0, 1]', got "
            f"{name!r:.60}"
        )
    paths = [variable.path for variable in variables]
    if found[1] not in paths:
        raise unknown_name("trainable weight", found[1], paths)
    place = paths.index(found[1])
    array = variables[place].array
    index = tuple(int(part) for part in (found[2] or "").split(",") if part.strip())
    if not index and array.size == 1:
        index = (0,) * array.ndim
    fits = len(index) == array.ndim and all(
        -size <= number < size for number, size in zip(index, array.shape, strict=True)
    )
    if not fits:
        raise ArgumentError(
            f"{who}: {name!r}: {found[1]} has shape {array.shape}; give an index for each axis, as "
            f"'{found[1]}[{', '.join(str(size - 1) for size in array.shape)}]'"
        )
    return Entry(name.strip(), place, index, float(array[index]))
