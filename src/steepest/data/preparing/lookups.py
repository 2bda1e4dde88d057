"""Category names as integers: by a vocabulary, or by a hash. Depends on preparer."""

from __future__ import annotations

import hashlib
import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from steepest.arguments import whole
from steepest.data.preparing.preparer import PREPARERS, UNKNOWN, Preparer, checked_vocabulary
from steepest.errors import ArgumentError, DataError, SteepestError, UnseenWarning


@PREPARERS.register
class StringLookup(Preparer):
    """Texts as integers: positions in a vocabulary, given or learned from the training set.

    With `num_oov_indices=1` the number 0 is for unknown and missing entries (None, NaN), with a
    warning when there are any; with 0 they are an error. The most frequent texts come first.

    >>> lookup = StringLookup(num_oov_indices=0).fit(["cat", "dog", "cat"])
    >>> lookup.transform([["dog"], ["cat"]]).tolist(), lookup.inverse_transform([0]).tolist()
    ([[1], [0]], ['cat'])
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        vocabulary: Sequence[str] | None = None,
    ) -> None:
        if num_oov_indices not in (0, 1):
            raise ArgumentError(f"StringLookup: num_oov_indices is 0 or 1, got {num_oov_indices}")
        self.max_tokens, self.num_oov_indices = max_tokens, num_oov_indices
        self.vocabulary = checked_vocabulary("StringLookup", vocabulary)
        self._numbers: dict[str, int] | None = None

    def fit(self, data: Any) -> Self:
        """Learns the vocabulary; returns the lookup."""
        counts = Counter(str(token) for token in _texts(data).ravel() if not is_gap(token))
        most = None if self.max_tokens is None else self.max_tokens - self.num_oov_indices
        by_number = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        self.vocabulary, self._numbers = [token for token, _ in by_number[:most]], None
        return self

    def places(self) -> dict[str, int]:
        """The number of each known text."""
        if self.vocabulary is None:
            raise SteepestError("StringLookup has no vocabulary yet: call fit with training data")
        if self._numbers is None:
            numbered = enumerate(self.vocabulary, self.num_oov_indices)
            self._numbers = {token: number for number, token in numbered}
        return self._numbers

    def transform(self, data: Any) -> np.ndarray:
        """The numbers of texts, in their shape."""
        texts, numbers = _texts(data), self.places()
        found = np.array(
            [-1 if is_gap(text) else numbers.get(str(text), -1) for text in texts.ravel()], np.int64
        )
        unseen = np.flatnonzero(found < 0)
        if len(unseen):
            self._report(texts.ravel(), unseen)
            found[unseen] = 0
        return found.reshape(texts.shape)

    def _report(self, texts: np.ndarray, unseen: np.ndarray) -> None:
        examples = list(dict.fromkeys(texts[unseen[:100]].tolist()))[:5]
        message = f"StringLookup: fit never saw {examples} (first in entry {unseen[0]})"
        if not self.num_oov_indices:
            raise DataError(f"{message}; num_oov_indices=1 reserves a number for them")
        warnings.warn(f"{message}; they become 0", UnseenWarning, stacklevel=3)

    def inverse_transform(self, numbers: Any) -> np.ndarray:
        """The texts of the given numbers."""
        names = np.array([UNKNOWN] * self.num_oov_indices + [*self.places()], object)
        return names[np.asarray(numbers)]

    def get_vocabulary(self) -> list[str]:
        """The vocabulary by number."""
        return [UNKNOWN] * self.num_oov_indices + [*self.places()]


def is_gap(entry: Any) -> bool:
    """Whether an entry is missing: None, NaN, or the NA of a frame.

    >>> is_gap(None), is_gap(float("nan")), is_gap("")
    (True, True, False)
    """
    return entry is None or type(entry).__name__ in ("NAType", "NaTType") or entry != entry


def _texts(data: Any) -> np.ndarray:
    return np.asarray(data if hasattr(data, "__len__") else list(data), object)


@PREPARERS.register
class Hashing(Preparer):
    """Texts or numbers as one of `num_bins` integers, by a hash; there is nothing to learn.

    Different categories may share a number. The hash is the same on every machine and version.

    >>> Hashing(10).transform(["cat", "dog", "cat"]).tolist()
    [9, 5, 9]
    """

    def __init__(self, num_bins: int, salt: str = "") -> None:
        self.num_bins, self.salt = whole("Hashing: num_bins", num_bins, 1), salt

    def transform(self, data: Any) -> np.ndarray:
        """The numbers, in the shape of the data."""
        values, bins = _texts(data), []
        for value in values.ravel():
            digest = hashlib.blake2b(f"{self.salt}{value}".encode(), digest_size=8).digest()
            bins.append(int.from_bytes(digest, "little") % self.num_bins)
        return np.array(bins, np.int64).reshape(values.shape)
