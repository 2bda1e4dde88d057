"""CategoryEncoding, BinaryCodes, Discretization and IntegerLookup: integers as features.

An unknown category is an error when a layer is called on data. A recorded program cannot raise:
there the features of an unknown category are NaN, so that training stops at the loss. Depends on
the bases of preprocessing layers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from steepest.arguments import require_within, whole
from steepest.core import ops
from steepest.core.dtype import DType
from steepest.core.primitives import show
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError, DataError, ShapeError, SteepestError, UnseenWarning
from steepest.finding import Finding, Rule, Severity, Where
from steepest.functions import creation, shapes
from steepest.layers import call_context
from steepest.layers.preprocessing.base import JsonAdaptedLayer, PreprocessingLayer, gathered

MODES = ("one_hot", "multi_hot", "count")

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
UNSEEN_NUMBER = Rule(
    "unseen-number",
    Severity.WARNING,
    "A lookup is given numbers that it did not see when it was adapted.",
    "layer {where.layer!r}: adapt never saw {unseen}, first in row {where.row}; they share the "
    "index 0",
    "adapt the layer to data that contain all of them, if they matter",
    UnseenWarning,
)
NO_INDEX_FOR_UNSEEN = Rule(
    "no-place-for-unseen-number",
    Severity.ERROR,
    "A lookup without a place for unseen numbers is given one.",
    "layer {where.layer!r}: adapt never saw {unseen}, first in row {where.row}",
    "num_oov_indices=1 reserves an index for unseen numbers",
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


def _encoded(indices: Tensor, depth: int, mode: str, dtype: DType) -> Tensor:
    """Returns one-hot, multi-hot or count rows of `depth` features for indices.

    The last axis holds the categories of one example: one axis alone is one example, as in Keras.
    """
    if mode == "one_hot" and indices.ndim > 1 and indices.shape[-1] == 1:
        indices = shapes.squeeze(indices, -1)
    one_hot = _nan_where_unknown(creation.one_hot(indices, depth, dtype=dtype), indices, depth)
    if mode == "one_hot" or not indices.ndim:
        return one_hot
    if indices.shape[-1] is None:
        raise ShapeError(
            f"output_mode {mode!r} joins the categories of one example, which stand in a row; "
            f"inputs of shape {show(indices.shape)} have none: give rows of one, x[:, None]"
        )
    total = ops.reduce_sum(one_hot, -2)
    return total if mode == "count" else ops.minimum(total, 1.0)


def _nan_where_unknown(features: Tensor, indices: Tensor, count: int) -> Tensor:
    """Returns the features, NaN where an index is not from 0 to count - 1."""
    known = ops.logical_and(indices >= 0, indices < count)
    return ops.where(shapes.expand_dims(known, -1), features, math.nan)


def _check_mode(layer: PreprocessingLayer, mode: str, allowed: Sequence[str]) -> str:
    if mode not in allowed:
        raise ArgumentError(
            f"{type(layer).__name__}: output_mode is one of {tuple(allowed)}, got {mode!r}"
        )
    return mode


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
        self.output_mode = _check_mode(self, output_mode, MODES)

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the rows."""
        return _encoded(
            self.category_numbers(inputs), self.num_tokens, self.output_mode, self.dtype
        )

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
        return _nan_where_unknown(digits, numbers, self.num_tokens)

    def inverse_call(self, inputs: Tensor) -> Tensor:
        """Returns the category numbers of digits."""
        powers = ops.constant([2**bit for bit in range(self.bits)], "int64")
        return ops.reduce_sum(ops.cast(inputs, "int64") * powers, -1)


class Discretization(JsonAdaptedLayer):
    """Returns the bucket of each value: the number of boundaries that are at or below it.

    Boundaries are given, or computed by `adapt` so that each bucket has equally many examples.

    >>> Discretization([0.0, 10.0])([[-1.0, 0.0, 99.0]]).tolist()
    [[0, 1, 2]]
    """

    def __init__(
        self,
        bin_boundaries: Sequence[float] | None = None,
        num_bins: int | None = None,
        output_mode: str = "int",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if (bin_boundaries is None) and (num_bins is None):
            raise ArgumentError("Discretization: give bin_boundaries, or num_bins and call adapt")
        self.output_mode = _check_mode(self, output_mode, ("int", *MODES))
        self.num_bins = num_bins
        self.set_learned({"bin_boundaries": bin_boundaries})

    def get_learned(self) -> dict[str, Any]:
        """Returns the boundaries."""
        return {"bin_boundaries": self.bin_boundaries}

    def set_learned(self, learned: dict[str, Any]) -> None:
        """Sets the boundaries."""
        given = learned["bin_boundaries"]
        self.bin_boundaries = None if given is None else sorted(map(float, given))

    def adapt(self, data: Any) -> None:
        """Computes boundaries that split the training set into equal parts."""
        bins = whole("Discretization: num_bins", self.num_bins, 1)
        shares = np.arange(1, bins) / bins
        values = gathered(data, self.name).astype(np.float64)
        self.bin_boundaries = np.unique(np.nanquantile(values, shares)).tolist()

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the buckets' numbers, or their encoded rows."""
        if _has_input_shape(self, self.bin_boundaries):
            return ops.cast(inputs, "int64")
        if self.bin_boundaries is None:
            raise SteepestError(f"layer {self.name!r} has no boundaries yet: call adapt(data)")
        if not inputs.is_symbolic:
            self.check_values(np.asarray(inputs))
        x = shapes.expand_dims(ops.cast(inputs, self.dtype), -1)
        reached = x >= ops.constant(self.bin_boundaries, self.dtype)
        buckets = ops.reduce_sum(ops.cast(reached, "int64"), -1)
        if self.output_mode == "int":
            return buckets
        return _encoded(buckets, len(self.bin_boundaries) + 1, self.output_mode, self.dtype)

    def findings_in(self, values: np.ndarray) -> Iterator[Finding]:
        """Yields a finding for NaN, which falls in no bucket."""
        gaps = np.isnan(values) if values.dtype.kind == "f" else np.zeros(0, bool)
        if gaps.any():
            row = int(np.argwhere(gaps)[0][0])
            yield NO_BUCKET.finding(Where("x", layer=self.name, row=row))


def _has_input_shape(layer: Any, learned: Any) -> bool:
    """Whether only the output shape is asked for, before `adapt`: it is that of the inputs."""
    return learned is None and layer.output_mode == "int" and call_context.inferring_shapes()


class IntegerLookup(JsonAdaptedLayer):
    """Maps integers to their indices 0, 1, 2, ... in a vocabulary, given or learned by `adapt`.

    With `num_oov_indices=1` unseen numbers have index 0, and a warning reports them; with 0 they
    are an error. Learned vocabularies begin with the most frequent number.

    >>> layer = IntegerLookup(num_oov_indices=0)
    >>> layer.adapt([[1000], [7], [7]])
    >>> layer([[7], [1000]]).tolist()
    [[0], [1]]
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        vocabulary: Sequence[int] | None = None,
        output_mode: str = "int",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if num_oov_indices not in (0, 1):
            raise ArgumentError(f"IntegerLookup: num_oov_indices is 0 or 1, got {num_oov_indices}")
        require_within(self, "[1, inf)", max_tokens=max_tokens)
        self.max_tokens, self.num_oov_indices = max_tokens, num_oov_indices
        self.set_learned({"vocabulary": vocabulary})
        self.output_mode = _check_mode(self, output_mode, ("int", *MODES))

    def get_learned(self) -> dict[str, Any]:
        """Returns the vocabulary."""
        return {"vocabulary": self.vocabulary}

    def set_learned(self, learned: dict[str, Any]) -> None:
        """Sets the vocabulary."""
        given = learned["vocabulary"]
        self.vocabulary = None if given is None else [int(token) for token in given]

    def adapt(self, data: Any) -> None:
        """Learns the vocabulary of the training set."""
        tokens, counts = np.unique(gathered(data, self.name).astype(np.int64), return_counts=True)
        most = None if self.max_tokens is None else self.max_tokens - self.num_oov_indices
        self.vocabulary = tokens[np.argsort(-counts, kind="stable")][:most].tolist()

    def vocabulary_size(self) -> int:
        """Returns the number of indices."""
        return len(self._known()) + self.num_oov_indices

    def get_vocabulary(self) -> list[int]:
        """Returns the vocabulary in order."""
        return list(self._known())

    def _known(self) -> list[int]:
        if self.vocabulary is None:
            raise SteepestError(f"layer {self.name!r} has no vocabulary yet: call adapt(data)")
        return self.vocabulary

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the indices, or their encoded rows."""
        if _has_input_shape(self, self.vocabulary):
            return ops.cast(inputs, "int64")
        if not inputs.is_symbolic:
            self.check_values(np.asarray(inputs))
        known = ops.constant(self._known(), "int64")
        same = ops.equal(shapes.expand_dims(ops.cast(inputs, "int64"), -1), known)
        numbers = ops.constant(np.arange(1, len(self._known()) + 1), "int64")
        indices = ops.reduce_sum(ops.where(same, numbers, ops.constant(0, "int64")), -1)
        indices = indices - (1 - self.num_oov_indices)
        if self.output_mode == "int":
            return indices
        return _encoded(indices, self.vocabulary_size(), self.output_mode, self.dtype)

    def findings_in(self, values: np.ndarray) -> Iterator[Finding]:
        """Yields a finding for unseen numbers: an error where no index is reserved for them."""
        if self.vocabulary is None:
            return
        unseen = np.setdiff1d(values, self.vocabulary)
        if not len(unseen):
            return
        row = int(np.argwhere(~np.isin(values, self.vocabulary))[0][0])
        shown = f"{unseen[:5].tolist()}{' ...' if len(unseen) > 5 else ''}"
        rule = UNSEEN_NUMBER if self.num_oov_indices else NO_INDEX_FOR_UNSEEN
        where = Where("x", layer=self.name, row=row)
        yield rule.finding(where, unseen=shown, count=len(unseen))

    def inverse_call(self, inputs: Tensor) -> Tensor:
        """Returns the numbers of indices; -1 for the index of unseen numbers."""
        if self.output_mode != "int":
            raise ArgumentError("IntegerLookup: only output_mode 'int' can be undone")
        known = [*[-1] * self.num_oov_indices, *self._known()]
        return ops.gather(ops.constant(known, "int64"), ops.cast(inputs, "int64"))
