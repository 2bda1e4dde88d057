"""The base of layers that prepare inputs, and what they say of values they were not made for.

A program cannot raise, so models show what they are given, before they run, to the layers that
read it first. Leans on the layer contract.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

import numpy as np

from steepest.core import ops
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError, UnseenWarning
from steepest.finding import Finding, Rule, Severity, Where, report
from steepest.layers.layer import Layer

SAMPLED = 2000
ENOUGH = 20  # rows that show a column's habits
FAR, USUAL, NARROW = 100.0, 10.0, 0.01
SHARE = 0.2


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


class Preparing(Layer):
    """The base of layers that prepare inputs: usable alone, and asked before a model reads data.

    A subclass writes `call`, where it learns `adapt`, and where it can be undone `restore`.

    >>> class Half(Preparing):
    ...     def call(self, inputs):
    ...         return inputs / 2.0
    ...     def restore(self, inputs):
    ...         return inputs * 2.0
    >>> Half().transform([[4.0]]).tolist(), Half().inverse_transform([[2.0]]).tolist()
    ([[2.0]], [[4.0]])
    """

    single_input = True
    inspects_inputs = True

    def adapt(self, data: Any) -> None:
        """Learn from the training set alone; there may be nothing to learn."""

    def fit(self, data: Any) -> Self:
        """`adapt`, under the name that scikit-learn gives it; returns the layer."""
        self.adapt(data)
        return self

    def transform(self, data: Any) -> np.ndarray:
        """The data, prepared; raises or warns of what `findings_in` finds."""
        values = np.asarray(data)
        result = np.asarray(self(values))
        self.check_values(values)
        return result

    def fit_transform(self, data: Any) -> np.ndarray:
        """`fit`, then `transform`."""
        return self.fit(data).transform(data)

    def inverse_transform(self, data: Any) -> np.ndarray:
        """Prepared data as they were."""
        return np.asarray(self.restore(ops.constant(data, self.dtype)))

    def restore(self, inputs: Tensor) -> Tensor:
        """What `call` did, undone; a subclass that cannot does not write it."""
        raise ArgumentError(f"{type(self).__name__} cannot be undone: it keeps too little")

    def check_values(self, values: np.ndarray) -> None:
        """Raise or warn where values are none that the layer was made for."""
        report(self.findings_in(values))

    def findings_in(self, values: np.ndarray) -> Iterator[Finding]:
        """Values that the layer was not made for.

        Models ask for them with what `fit`, `evaluate` and `predict` are given.
        """
        if self.scales and self.built and values.size and values.ndim > 1:
            yield from self._scale_findings(values)

    def _scale_findings(self, values: np.ndarray) -> Iterator[Finding]:
        rows = np.unique(np.linspace(0, len(values) - 1, SAMPLED).astype(np.int64))
        scaled = np.abs(np.asarray(self(values[rows])))
        if not np.isfinite(scaled).any():
            return
        greatest = np.unravel_index(np.nanargmax(scaled), scaled.shape)
        if _are_far(scaled) or (len(rows) < ENOUGH and scaled[greatest] > FAR):
            row, column = int(rows[greatest[0]]), int(greatest[-1])
            where = Where("x", layer=self.name, row=row, column=column)
            yield FAR_FROM_TRAINING.finding(where, value=values[(row, *greatest[1:])])
        elif len(rows) >= ENOUGH and 0 < np.nanmax(np.nanstd(scaled, axis=0)) < NARROW:
            yield SCALED_BEFORE.finding(Where("x", layer=self.name))


def _are_far(scaled: np.ndarray) -> bool:
    """Whether many rows of some column lie where a few of the training set's do at most."""
    return len(scaled) >= ENOUGH and bool(((scaled > USUAL).mean(axis=0) > SHARE).any())
