"""Findings of the layers that read a model's inputs first.

Preprocessing layers know which inputs they take; a program cannot raise, so the layers check the
data before it runs. Depends on columns and Layer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from steepest.data.columns import DenseColumn, Stored, is_mapped
from steepest.finding import Finding
from steepest.layers.layer import Layer

MOST_VALUES = 50_000_000
SAMPLE = 2000

Readers = Sequence[Sequence[Layer]]
"""For each input of a model the layers that read it first; none where that is not known."""


def take_gaps(readers: Readers) -> list[bool]:
    """For each input whether all layers that read it fill NaN.

    >>> import steepest as st
    >>> take_gaps([[st.layers.MissingValues()], [st.layers.Dense(1)], []])
    [True, False, False]
    """
    return [_all(layer.takes_gaps for layer in layers) for layers in readers]


def scale(readers: Readers) -> list[bool]:
    """For each input whether all layers that read it scale it.

    >>> import steepest as st
    >>> scale([[st.layers.Normalization()], [st.layers.Dense(1)], []])
    [True, False, False]
    """
    return [_all(layer.scales for layer in layers) for layers in readers]


def _all(marks: Iterator[Any]) -> bool:
    """Whether there are marks and all are True; a user's layer may use the name otherwise."""
    given = list(marks)
    return bool(given) and all(mark is True for mark in given)


def reader_findings(
    columns: Sequence[Stored], readers: Readers, rows: np.ndarray | None = None
) -> Iterator[Finding]:
    """The findings of the layers that inspect their inputs, in columns or in some of their rows.

    >>> import steepest as st
    >>> column = DenseColumn(np.array([[0], [7]]))
    >>> layer = st.layers.CategoryEncoding(3, name="colour")
    >>> print(*reader_findings([column], [[layer]]))
    layer 'colour': the category 7 in row 1 is none of 0 to 2; number the categories from 0, ...
    """
    for column, layers in zip(columns, readers, strict=True):
        inspecting = [layer for layer in layers if layer.inspects_inputs is True]
        if inspecting and isinstance(column, DenseColumn):
            values = _values(column, rows)
            for layer in inspecting:
                yield from layer.findings_in(values)


def _values(column: DenseColumn, rows: np.ndarray | None) -> np.ndarray:
    """The rows that the model will read; of large arrays and files, a sample of them."""
    if rows is None or len(column) <= len(rows):
        chosen: Any = slice(None)
    else:
        chosen = rows
    if is_mapped(column.array) or column.array.size > MOST_VALUES:
        spread = np.linspace(0, len(column) - 1, min(SAMPLE, len(column)))
        chosen = np.unique(spread.astype(np.int64))
    return column.take(chosen)
