"""CategoryEncoding, BinaryCodes and Discretization: integers and buckets as features.

An unknown category is an error when a layer is called on data. A recorded program cannot raise:
there the features of an unknown category are NaN, so that training stops at the loss. Depends on
the bases of preprocessing layers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from steepest.arguments import whole
from steepest.core import ops
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError, DataError, SteepestError
from steepest.finding import Finding, Rule, Severity, Where
from steepest.functions import shapes
from steepest.layers import call_context
from steepest.layers.preprocessing.base import JsonAdaptedLayer, PreprocessingLayer, gathered
from steepest.layers.preprocessing.encoding import MODES, checked_mode, encoded, nan_where_unknown

UNKNOWN_CATEGORY = Rule(
    "unknown-category",
    Severity.ERROR,
    "A category number is none of those that a layer knows.",
    "layer {where.layer!r}: the category {category} in row {where.row} is none of 0 to {greatest}",
    "number the categories from 0, or raise num_tokens",
    DataError,
)
NO_BUCKET = Rule(
    "nan-in-buckets",
    Severity.ERROR,
    "NaN is given to a layer of buckets.",
    "layer {where.layer!r}: row {where.row} holds NaN, which falls in no bucket",
    "put st.layers.MissingValues() before it",
    DataError,
)


class _CategoryLayer(PreprocessingLayer):
    """The base of layers that take the category numbers 0 to `num_tokens` - 1."""

    num_tokens: int

    def findings_in(self, values: np.ndarray) -> Iterator[Finding]:
        """Yields a finding where a value is no category number."""
        wrong = ~((values >= 0) & (values < self.num_tokens) & (values == np.floor(values)))
        if wrong.any():
            first = np.argwhere(wrong)[0].tolist()
            yield UNKNOWN_CATEGORY.finding(
                Where("x", layer=self.name, row=first[0]),
                category=values[tuple(first)],
                greatest=self.num_tokens - 1,
            )

    def category_numbers(self, inputs: Tensor) -> Tensor:
        """Returns the inputs as int64; raises where values are known and are no categories."""
        if not inputs.is_symbolic:
            self.check_values(np.asarray(inputs))
        return ops.cast(inputs, "int64")


class CategoryEncoding(_CategoryLayer):
    """Encodes category numbers as rows of `num_tokens` features: "one_hot", "multi_hot", "count".

    >>> CategoryEncoding(4, output_mode="one_hot")([3, 0]).tolist()
    [[0.0, 0.0, 0.0, 1.0], [1.0, 0.0, 0.0, 0.0]]
    >>> CategoryEncoding(4)([[0, 2, 2]]).tolist()
    [[1.0, 0.0, 1.0, 0.0]]
    """

    def __init__(self, num_tokens: int, output_mode: str = "multi_hot", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.num_tokens = whole("CategoryEncoding: num_tokens", num_tokens, 1)
        self.output_mode = checked_mode("CategoryEncoding", output_mode, MODES)

    def call(self, inputs: Tensor, count_weights: Any = None) -> Tensor:
        """Returns the rows; in the mode "count" each number may have a weight."""
        if count_weights is not None and self.output_mode != "count":
            raise ArgumentError(
                f"CategoryEncoding: count_weights go with output_mode='count', not "
                f"{self.output_mode!r}"
            )
        weights = None if count_weights is None else ops.as_tensor(count_weights)
        numbers = self.category_numbers(inputs)
        return encoded(numbers, self.num_tokens, self.output_mode, self.dtype, weights)

    def inverse_call(self, inputs: Tensor) -> Tensor:
        """Returns the categories of one-hot rows."""
        if self.output_mode != "one_hot":
            raise ArgumentError(f"CategoryEncoding: {self.output_mode} rows cannot be undone")
        return ops.argmax(inputs, -1)


class BinaryCodes(_CategoryLayer):
    """Encodes category numbers as binary digits, lowest first: the fewest features possible.

    1,000 categories take 10 features, where one-hot takes 1,000.

    >>> BinaryCodes(5)([4, 3]).tolist()
    [[0.0, 0.0, 1.0], [1.0, 1.0, 0.0]]
    """

    def __init__(self, num_tokens: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.num_tokens = whole("BinaryCodes: num_tokens", num_tokens, 1)

    @property
    def bits(self) -> int:
        """The number of digits."""
        return max(1, (self.num_tokens - 1).bit_length())

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the digits along a new last axis, or in place of a last axis of size 1."""
        numbers = self.category_numbers(inputs)
        if numbers.ndim > 1 and numbers.shape[-1] == 1:
            numbers = shapes.squeeze(numbers, -1)
        powers = ops.constant([2**bit for bit in range(self.bits)], "int64")
        digits = ops.cast(shapes.expand_dims(numbers, -1) // powers % 2, self.dtype)
        return nan_where_unknown(digits, numbers, self.num_tokens)

    def inverse_call(self, inputs: Tensor) -> Tensor:
        """Returns the category numbers of digits."""
        powers = ops.constant([2**bit for bit in range(self.bits)], "int64")
        return ops.reduce_sum(ops.cast(inputs, "int64") * powers, -1)


class Discretization(JsonAdaptedLayer):
    """Returns the bucket of each value: the number of boundaries that are at or below it.

    Boundaries are given, or computed by `adapt` so that each bucket has equally many examples:
    exact quantiles, so that Keras's `epsilon`, the error of its sketch, changes nothing.

    >>> Discretization([0.0, 10.0])([[-1.0, 0.0, 99.0]]).tolist()
    [[0, 1, 2]]
    """

    def __init__(
        self,
        bin_boundaries: Sequence[float] | None = None,
        num_bins: int | None = None,
        epsilon: float = 0.01,
        output_mode: str = "int",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.epsilon = epsilon
        if (bin_boundaries is None) and (num_bins is None):
            raise ArgumentError("Discretization: give bin_boundaries, or num_bins and call adapt")
        self.output_mode = checked_mode("Discretization", output_mode, ("int", *MODES))
        self.num_bins = num_bins
        self.set_learned({"bin_boundaries": bin_boundaries})

    def get_learned(self) -> dict[str, Any]:
        """Returns the boundaries."""
        return {"bin_boundaries": self.bin_boundaries}

    def set_learned(self, learned: dict[str, Any]) -> None:
        """Sets the boundaries."""
        given = learned["bin_boundaries"]
        self.bin_boundaries = None if given is None else sorted(map(float, given))

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Computes boundaries that split the training set into equal parts.

        Of a data set of batches `steps` are read; all of them by default.
        """
        bins = whole("Discretization: num_bins", self.num_bins, 1)
        shares = np.arange(1, bins) / bins
        values = gathered(data, self.name, steps).astype(np.float64)
        self.bin_boundaries = np.unique(np.nanquantile(values, shares)).tolist()

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the buckets' numbers, or their encoded rows."""
        if self.bin_boundaries is None:
            if self.output_mode == "int" and call_context.inferring_shapes():
                return ops.cast(inputs, "int64")  # the shape of the outputs, before `adapt`
            raise SteepestError(f"layer {self.name!r} has no boundaries yet: call adapt(data)")
        if not inputs.is_symbolic:
            self.check_values(np.asarray(inputs))
        x = shapes.expand_dims(ops.cast(inputs, self.dtype), -1)
        reached = x >= ops.constant(self.bin_boundaries, self.dtype)
        buckets = ops.reduce_sum(ops.cast(reached, "int64"), -1)
        if self.output_mode == "int":
            return buckets
        return encoded(buckets, len(self.bin_boundaries) + 1, self.output_mode, self.dtype)

    def findings_in(self, values: np.ndarray) -> Iterator[Finding]:
        """Yields a finding for NaN, which falls in no bucket."""
        gaps = np.isnan(values) if values.dtype.kind == "f" else np.zeros(0, bool)
        if gaps.any():
            row = int(np.argwhere(gaps)[0][0])
            yield NO_BUCKET.finding(Where("x", layer=self.name, row=row))
