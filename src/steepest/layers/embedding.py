"""Embedding, a table of learned vectors. Depends on the Layer base."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from steepest import constraints, initializers, regularizers
from steepest.arguments import whole
from steepest.core import ops
from steepest.core.dtype import is_float
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.errors import ArgumentError
from steepest.finding import Finding, Rule, Severity, Where, report
from steepest.layers.layer import Layer

NO_VECTOR = Rule(
    "number-without-vector",
    Severity.ERROR,
    "An Embedding is given a number for which it has no vector.",
    "layer {where.layer!r} has vectors for the numbers 0 to {greatest}, got {number}",
    "raise input_dim, or check how the numbers are made",
    ArgumentError,
)


class Embedding(Layer):
    """Maps each of the integers 0 to input_dim - 1 to a learned vector.

    With `mask_zero`, the number 0 stands for padding: later layers leave such steps out. `weights`
    are the vectors to begin with, one row for each number.

    >>> Embedding(10, 4)([[1, 2, 3]]).shape
    (1, 3, 4)
    >>> layer = Embedding(3, 1, mask_zero=True, weights=[[9.0], [1.0], [2.0]])
    >>> st.layers.GlobalAveragePooling1D()(layer([[1, 2, 0, 0]])).tolist()
    [[1.5]]
    """

    single_input = True
    inspects_inputs = True

    embeddings: Variable

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.input_dim = whole("input_dim", input_dim, 1)
        self.output_dim = whole("output_dim", output_dim, 1)
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = self.supports_masking = mask_zero
        if weights is not None:
            self.build((None, None))
            listed = isinstance(weights, list) and len(weights) == 1
            self.set_weights(weights if listed else [weights])

    def argument(self, name: str) -> Any:
        """Returns the constructor's argument of a name; not the weights, which files hold."""
        return None if name == "weights" else super().argument(name)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Returns true for the numbers that are not 0, if `mask_zero` is set."""
        return ops.not_equal(ops.as_tensor(inputs), 0) if self.mask_zero else None

    def build(self, input_shape: Any) -> None:
        """Creates the table of vectors, one row for each number."""
        self.embeddings = self.add_weight(
            "embeddings",
            (self.input_dim, self.output_dim),
            self.embeddings_initializer,
            regularizer=self.embeddings_regularizer,
            constraint=self.embeddings_constraint,
        )

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the vectors of the numbers."""
        numbers = ops.cast(inputs, "int32") if is_float(inputs.dtype) else inputs
        if not numbers.is_symbolic and numbers.size:
            report(self.findings_in(np.asarray(numbers)))
        return ops.gather(self.embeddings, numbers)

    def findings_in(self, values: np.ndarray) -> Iterator[Finding]:
        """Yields a finding where a number has no vector."""
        if not values.size:
            return
        low, high = values.min().item(), values.max().item()
        if low < 0 or high >= self.input_dim:
            yield NO_VECTOR.finding(
                Where("x", layer=self.name),
                number=low if low < 0 else high,
                greatest=self.input_dim - 1,
            )
