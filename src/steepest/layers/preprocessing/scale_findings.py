"""Findings about data that do not have the scale of the training set. Depends on finding.py.

A recorded program cannot raise, so models pass their data to the layers that read the inputs first,
before they run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from steepest.errors import UnseenWarning
from steepest.finding import Finding, Rule, Severity, Where

if TYPE_CHECKING:
    from steepest.layers.layer import Layer

SAMPLED_ROWS = 2000
FEWEST_ROWS = 20  # from so many rows on, a column's typical values are judged, not single ones
FAR = 100.0  # a scaled value that is far outside by itself
UNUSUAL = 10.0  # a scaled value that only a few rows of the training set reach
UNUSUAL_SHARE = 0.2  # of a column's rows: so many unusual ones mean another scale
NARROW = 0.01  # a standard deviation of scaled values: data of less were scaled before

FAR_FROM_TRAINING = Rule(
    "far-from-training-scale",
    Severity.WARNING,
    "Values lie far outside of the scale that a layer learned from the training set.",
    "layer {where.layer!r}: the value {value} in {where.cell} lies far outside of the training "
    "set's scale",
    "give the data in the units of the training set, or fit the layer to them",
    UnseenWarning,
)
SCALED_BEFORE = Rule(
    "scaled-before",
    Severity.WARNING,
    "No column varies by a hundredth of what it did in the training set.",
    "layer {where.layer!r}: no column varies by a hundredth of what it did in the training set",
    "were the data scaled before? give them as they were for training",
    UnseenWarning,
)


def scale_findings(layer: Layer, values: np.ndarray) -> Iterator[Finding]:
    """Yields a finding where the layer scales the values far from where its training set is.

    >>> layer = st.layers.MinMaxScaling().fit([[0.0], [1.0]])
    >>> [finding.rule for finding in scale_findings(layer, np.array([[500.0]]))]
    ['far-from-training-scale']
    """
    rows = np.unique(np.linspace(0, len(values) - 1, SAMPLED_ROWS).astype(np.int64))
    scaled = np.abs(np.asarray(layer(values[rows])))
    if not np.isfinite(scaled).any():
        return
    enough = len(rows) >= FEWEST_ROWS
    largest = np.unravel_index(np.nanargmax(scaled), scaled.shape)
    if enough:
        is_far = bool(((scaled > UNUSUAL).mean(axis=0) > UNUSUAL_SHARE).any())
    else:
        is_far = scaled[largest] > FAR
    if is_far:
        row, column = int(rows[largest[0]]), int(largest[-1])
        where = Where("x", layer=layer.name, row=row, column=column)
        yield FAR_FROM_TRAINING.finding(where, value=values[(row, *largest[1:])])
    elif enough and 0 < np.nanmax(np.nanstd(scaled, axis=0)) < NARROW:
        yield SCALED_BEFORE.finding(Where("x", layer=layer.name))
