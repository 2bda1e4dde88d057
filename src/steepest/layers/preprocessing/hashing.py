"""Hashing and HashedCrossing: texts and whole numbers as buckets. Depends on HostLayer."""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.arguments import whole
from steepest.core.dtype import DType, float32, int64, is_float, name_of
from steepest.data.preparing.preparer import PREPARERS
from steepest.errors import ArgumentError, DTypeError, ShapeError
from steepest.layers.preprocessing.encoding import (
    MODES,
    checked_mode,
    encoded_on_host,
    encoded_shape,
)
from steepest.layers.preprocessing.fingerprints import crossed, fingerprint
from steepest.layers.preprocessing.hash_buckets import bucket_of, checked_salt, encoded
from steepest.layers.preprocessing.host import HostLayer, Rows, Spec, host_values, is_number
from steepest.layers.preprocessing.lookups import without_string


@PREPARERS.register
class Hashing(HostLayer):
    """Maps texts or whole numbers to `num_bins` integers by a hash; there is nothing to learn.

    Different entries may share a bin. The bins are those of Keras: by FarmHash, or with a `salt`
    of one or two whole numbers by SipHash. `mask_value` has the bin 0 alone. Rows are "one_hot",
    "multi_hot" or "count".

    >>> Hashing(10)(["cat", "dog", "cat"]).tolist()
    [6, 2, 6]
    """

    def __init__(
        self,
        num_bins: int,
        mask_value: str | int | None = None,
        salt: Any = None,
        output_mode: str = "int",
        sparse: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**without_string(kwargs))
        self.num_bins = whole("Hashing: num_bins", num_bins, 1)
        self.mask_value, self.salt = mask_value, checked_salt("Hashing", salt)
        self.output_mode = checked_mode("Hashing", output_mode, ("int", *MODES))
        self.sparse = sparse

    def on_host(self, values: np.ndarray) -> Rows:
        """Returns the bins of entries, or their rows."""
        if is_number(values) and values.dtype.kind == "f":
            values = values.astype(np.int64)
        reserved = int(self.mask_value is not None and self.num_bins > 1)
        bins: dict[Any, int] = {self.mask_value: 0} if reserved else {}
        buckets = self.num_bins - reserved
        entries = _plain(values)
        for entry in entries:
            if entry not in bins:
                bins[entry] = reserved + bucket_of(entry, buckets, self.salt)
        indices = np.array([bins[entry] for entry in entries], np.int64).reshape(values.shape)
        return encoded_on_host(indices, self.num_bins, self.output_mode)

    def output_spec(self, shape: Any, dtype: DType) -> Spec:
        """Returns the shape and dtype of the outputs for those of the inputs."""
        if self.output_mode == "int":
            return tuple(shape), int64
        return encoded_shape(tuple(shape), self.num_bins, self.output_mode), float32


def _plain(values: np.ndarray) -> list[Any]:
    """The entries of an array as Python's texts and numbers."""
    if is_number(values):
        return list(values.ravel().tolist())
    flat = values.ravel()
    return [entry.decode() if isinstance(entry, bytes) else entry for entry in flat]


def _hashes(values: np.ndarray) -> np.ndarray:
    """The hash of each entry: of a text its fingerprint, of a number the number itself."""
    if is_number(values):
        return values.ravel().astype(np.int64).view(np.uint64)
    texts = [str(text) for text in _plain(values)]
    known = {text: fingerprint(encoded(text)) for text in set(texts)}
    return np.array([known[text] for text in texts], np.uint64)


class HashedCrossing(HostLayer):
    """Crosses two or more features of texts or whole numbers, as one integer below `num_bins`.

    Each combination of values has a bin by a hash, as in Keras. A feature has one value in each
    row; `output_mode="one_hot"` gives rows.

    >>> cross = HashedCrossing(5)
    >>> cross((["A", "B", "B"], [101, 101, 102])).tolist()
    [1, 4, 1]
    """

    single_input = False

    def __init__(
        self,
        num_bins: int,
        output_mode: str = "int",
        sparse: bool = False,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **without_string(kwargs))
        self.num_bins = whole("HashedCrossing: num_bins", num_bins, 1)
        self.output_mode = checked_mode("HashedCrossing", output_mode, ("int", "one_hot"))
        self.sparse = sparse

    def host_inputs(self, inputs: Any) -> list[np.ndarray]:
        """Returns the features as arrays of one shape, (batch,) or (batch, 1)."""
        several = isinstance(inputs, (list, tuple)) and len(inputs) > 1
        if not several or isinstance(inputs[0], (str, bytes)):
            raise ArgumentError(
                f"layer {self.name!r} crosses a list of at least two features, got {inputs!r:.60}"
            )
        features = [host_values(feature) for feature in inputs]
        for feature in features:
            self._check(feature.shape, features[0].shape)
            if feature.dtype.kind == "f":
                raise self._no_whole_numbers(feature.dtype)
        return features

    def on_host(self, values: list[np.ndarray]) -> Rows:
        """Returns the bins of combinations, or their rows."""
        bins = crossed([_hashes(feature) for feature in values]) % np.uint64(self.num_bins)
        indices = bins.astype(np.int64).reshape(values[0].shape)
        return encoded_on_host(indices, self.num_bins, self.output_mode)

    def output_spec(self, shape: Any, dtype: Any) -> Spec:
        """Returns the shape and dtype of the outputs for those of the inputs."""
        if len(shape) < 2 or not all(isinstance(one, tuple) for one in shape):
            raise ArgumentError(f"layer {self.name!r} crosses a list of at least two features")
        for one, kind in zip(shape, dtype, strict=True):
            self._check(one, shape[0])
            if is_float(kind):
                raise self._no_whole_numbers(kind)
        if self.output_mode == "int":
            return tuple(shape[0]), int64
        return encoded_shape(tuple(shape[0]), self.num_bins, "one_hot"), float32

    def _check(self, shape: Any, first: Any) -> None:
        if len(shape) > 2 or (len(shape) == 2 and shape[1] != 1) or shape != first:
            raise ShapeError(
                f"layer {self.name!r}: features of one shape, (batch,) or (batch, 1), were "
                f"expected, got {tuple(first)} and {tuple(shape)}"
            )

    def _no_whole_numbers(self, dtype: DType) -> DTypeError:
        return DTypeError(
            f"layer {self.name!r} crosses texts and whole numbers, got {name_of(dtype)}; declare "
            "the input as st.Input((1,), dtype='string') or dtype='int64', or put numbers into "
            "buckets first (st.layers.Discretization)"
        )
