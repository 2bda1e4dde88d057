"""Text, categories by name and dates become numbers: what is fitted on training data, in Python.

Programs compute with numbers alone, so these run before the model; `get_config` holds all that
they learned, in the words of JSON. Layers for numbers (scaling, components, one-hot, binary
codes, gaps) stand in `st.layers`. Leans on the sequences.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, Self

import numpy as np

from steepest.data.columns import SparseColumn
from steepest.data.sequences import flat, pad_sequences
from steepest.errors import ArgumentError, DataError, SteepestError
from steepest.layers.learned import UnseenWarning

Mode = Literal["multi_hot", "count", "tf_idf"]
UNKNOWN = "[UNK]"
SPLITTER = re.compile(r"[^\w']+")


class StringLookup:
    """Texts as whole numbers: places in a vocabulary, given or learned from the training set.

    With `num_oov_indices=1` the number 0 is for what was never seen, and a warning says so when
    there is any; with 0 it is an error. The most frequent come first.

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
        self.vocabulary = None if vocabulary is None else list(vocabulary)
        self._places: dict[str, int] | None = None

    def adapt(self, data: Any) -> None:
        """Learn the vocabulary."""
        counts = Counter(str(token) for token in _texts(data).ravel())
        most = None if self.max_tokens is None else self.max_tokens - self.num_oov_indices
        by_number = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        self.vocabulary, self._places = [token for token, _ in by_number[:most]], None

    def fit(self, data: Any) -> Self:
        """`adapt`; returns the lookup."""
        self.adapt(data)
        return self

    def places(self) -> dict[str, int]:
        """The number of each known text."""
        if self.vocabulary is None:
            raise SteepestError("StringLookup has no vocabulary yet: call fit with training data")
        if self._places is None:
            numbered = enumerate(self.vocabulary, self.num_oov_indices)
            self._places = {token: place for place, token in numbered}
        return self._places

    def transform(self, data: Any) -> np.ndarray:
        """The numbers of texts, in their shape."""
        texts, places = _texts(data), self.places()
        found = np.array([places.get(str(text), -1) for text in texts.ravel()], np.int64)
        unseen = np.flatnonzero(found < 0)
        if len(unseen):
            self._report(texts.ravel(), unseen)
            found[unseen] = 0
        return found.reshape(texts.shape)

    __call__ = transform

    def _report(self, texts: np.ndarray, unseen: np.ndarray) -> None:
        examples = list(dict.fromkeys(texts[unseen[:100]].tolist()))[:5]
        message = f"StringLookup: fit never saw {examples} (first in entry {unseen[0]})"
        if not self.num_oov_indices:
            raise DataError(f"{message}; num_oov_indices=1 keeps a number for such")
        warnings.warn(f"{message}; they become 0", UnseenWarning, stacklevel=3)

    def inverse_transform(self, numbers: Any) -> np.ndarray:
        """The texts of numbers."""
        names = np.array([UNKNOWN] * self.num_oov_indices + [*self.places()], object)
        return names[np.asarray(numbers)]

    def get_vocabulary(self) -> list[str]:
        """The vocabulary by number."""
        return [UNKNOWN] * self.num_oov_indices + [*self.places()]

    def get_config(self) -> dict[str, Any]:
        """All that it needs to be made again."""
        return {
            "max_tokens": self.max_tokens,
            "num_oov_indices": self.num_oov_indices,
            "vocabulary": self.vocabulary,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """A lookup like the one that `get_config` described."""
        return cls(**config)


def _texts(data: Any) -> np.ndarray:
    return np.asarray(data if hasattr(data, "__len__") else list(data), object)


class Hashing:
    """Texts or numbers as one of `num_bins` numbers, by a hash: nothing to learn or to keep.

    Different categories may share a number. The hash is the same on every machine, for ever.

    >>> Hashing(10).transform(["cat", "dog", "cat"]).tolist()
    [9, 5, 9]
    """

    def __init__(self, num_bins: int, salt: str = "") -> None:
        if isinstance(num_bins, bool) or not isinstance(num_bins, int) or num_bins < 1:
            raise ArgumentError(f"Hashing: num_bins is a whole number from 1, got {num_bins!r}")
        self.num_bins, self.salt = num_bins, salt

    def transform(self, data: Any) -> np.ndarray:
        """The numbers, in the shape of the data."""
        values = _texts(data)
        return np.array([self._bin(value) for value in values.ravel()], np.int64).reshape(
            values.shape
        )

    __call__ = transform

    def _bin(self, value: Any) -> int:
        digest = hashlib.blake2b(f"{self.salt}{value}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "little") % self.num_bins


class TokenCounts:
    """Lists of token numbers as rows: "multi_hot", "count", or "tf_idf".

    tf_idf is the count times log(1 + n / (1 + d)), where d of the n training rows hold the token.
    `sparse=True` gives a SparseColumn, which trains in a small part of the time and memory.

    >>> TokenCounts(3, "count").transform([[0, 2, 2]]).tolist()
    [[1.0, 0.0, 2.0]]
    """

    def __init__(self, dimension: int, output_mode: Mode = "multi_hot", sparse: bool = False):
        if output_mode not in ("multi_hot", "count", "tf_idf"):
            raise ArgumentError(f"TokenCounts: output_mode {output_mode!r} is not known")
        self.dimension, self.output_mode, self.sparse = dimension, output_mode, sparse
        self.weights: np.ndarray | None = None

    def fit(self, sequences: Any) -> Self:
        """Learn how many rows hold each token; only "tf_idf" needs it."""
        rows = self._rows(sequences)
        holding = np.bincount(rows.indices, minlength=self.dimension)
        self.weights = np.log1p(len(rows) / (1.0 + holding)).astype(np.float32)
        return self

    def transform(self, sequences: Any) -> np.ndarray | SparseColumn:
        """The rows."""
        rows = self._rows(sequences)
        if self.output_mode == "multi_hot":
            rows = SparseColumn(rows.indptr, rows.indices, None, self.dimension)
        elif self.output_mode == "tf_idf":
            if self.weights is None:
                raise SteepestError("TokenCounts: call fit with the training rows before tf_idf")
            assert rows.values is not None
            values = rows.values * self.weights[rows.indices]
            rows = SparseColumn(rows.indptr, rows.indices, values, self.dimension)
        return rows if self.sparse else rows.take(np.arange(len(rows)))

    def _rows(self, sequences: Any) -> SparseColumn:
        """Each token of a row once, with its count."""
        numbers, offsets = flat(sequences)
        wrong = (numbers < 0) | (numbers >= self.dimension)
        if wrong.any():
            raise DataError(
                f"TokenCounts: the token {numbers[wrong.argmax()]} is outside of 0 to "
                f"{self.dimension - 1}"
            )
        owners = np.repeat(np.arange(len(offsets) - 1, dtype=np.int64), np.diff(offsets))
        places, counts = np.unique(owners * self.dimension + numbers, return_counts=True)
        ends = np.bincount(places // self.dimension, minlength=len(offsets) - 1)
        return SparseColumn(np.cumsum([0, *ends]), places % self.dimension, counts, self.dimension)


class TextVectorization:
    """Texts as token numbers ("int", padded with 0) or as rows of counts; learned from texts.

    Texts are lowered and split at what is neither letter, digit nor apostrophe, unless `split`
    does it otherwise. In "int", 0 is padding, 1 what was never seen, words follow by frequency;
    in the other modes 0 is what was never seen.

    >>> vectorize = TextVectorization().fit(["The cat.", "The dog!"])
    >>> vectorize.transform(["the dog the", "bird"]).tolist()
    [[2, 4, 2], [1, 0, 0]]
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        output_mode: str = "int",
        output_sequence_length: int | None = None,
        split: Callable[[str], Iterable[str]] | None = None,
        sparse: bool = False,
        vocabulary: Sequence[str] | None = None,
    ) -> None:
        if output_mode not in ("int", "multi_hot", "count", "tf_idf"):
            raise ArgumentError(f"TextVectorization: output_mode {output_mode!r} is not known")
        self.max_tokens, self.output_mode, self.sparse = max_tokens, output_mode, sparse
        self.output_sequence_length, self.split = output_sequence_length, split or words
        self.vocabulary = None if vocabulary is None else list(vocabulary)
        self._counts: TokenCounts | None = None

    @property
    def _special(self) -> int:
        return 2 if self.output_mode == "int" else 1

    def adapt(self, texts: Iterable[str]) -> None:
        """Learn the vocabulary, and for "tf_idf" how rare its words are."""
        split = [list(self.split(str(text))) for text in texts]
        counts = Counter(word for text in split for word in text)
        most = None if self.max_tokens is None else self.max_tokens - self._special
        by_number = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        self.vocabulary = [word for word, _ in by_number[:most]]
        if self.output_mode != "int":
            made = TokenCounts(self.vocabulary_size(), self.output_mode, self.sparse)  # type: ignore[arg-type]
            self._counts = made.fit(self._numbers(split))

    def fit(self, texts: Iterable[str]) -> Self:
        """`adapt`; returns the vectorizer."""
        self.adapt(texts)
        return self

    def vocabulary_size(self) -> int:
        """How many numbers there are."""
        if self.vocabulary is None:
            raise SteepestError("TextVectorization has no vocabulary yet: call fit with texts")
        return len(self.vocabulary) + self._special

    def get_vocabulary(self) -> list[str]:
        """The words by number."""
        self.vocabulary_size()
        return ["", UNKNOWN][2 - self._special :] + list(self.vocabulary or [])

    def transform(self, texts: Iterable[str]) -> np.ndarray | SparseColumn:
        """The numbers of texts."""
        self.vocabulary_size()
        numbers = self._numbers([list(self.split(str(text))) for text in texts])
        if self.output_mode == "int":
            length = self.output_sequence_length
            return pad_sequences(numbers, length, "int64", padding="post", truncating="post")
        if self._counts is None:
            made = TokenCounts(self.vocabulary_size(), self.output_mode, self.sparse)  # type: ignore[arg-type]
            self._counts = made
        return self._counts.transform(numbers)

    __call__ = transform

    def _numbers(self, split: list[list[str]]) -> list[list[int]]:
        special = self._special
        places = {word: place for place, word in enumerate(self.vocabulary or [], special)}
        return [[places.get(word, special - 1) for word in text] for text in split]


def words(text: str) -> list[str]:
    """The words of a text, in small letters.

    >>> words("Don't stop, he said.")
    ["don't", 'stop', 'he', 'said']
    """
    return [word for word in SPLITTER.split(text.lower()) if word]


PARTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "year": lambda days: days.astype("M8[Y]").astype(np.int64) + 1970,
    "month": lambda days: days.astype("M8[M]").astype(np.int64) % 12 + 1,
    "day": lambda days: (days.astype("M8[D]") - days.astype("M8[M]")).astype(np.int64) + 1,
    "weekday": lambda days: (days.astype("M8[D]").astype(np.int64) + 3) % 7,
    "day_of_year": lambda days: (days.astype("M8[D]") - days.astype("M8[Y]")).astype(np.int64) + 1,
    "hour": lambda days: days.astype("M8[h]").astype(np.int64) % 24,
    "minute": lambda days: days.astype("M8[m]").astype(np.int64) % 60,
}
CYCLES = {"month": 12, "day": 31, "weekday": 7, "day_of_year": 366, "hour": 24, "minute": 60}


def date_parts(
    dates: Any, parts: Sequence[str] = ("year", "month", "day", "weekday"), cyclic: bool = False
) -> np.ndarray:
    """Dates as columns of numbers; Monday is 0. Dates are NumPy's, Python's, or ISO texts.

    `cyclic` gives sine and cosine of each part but the year, so that December is near January.

    >>> date_parts(["2024-02-29", "1970-01-01"]).tolist()
    [[2024.0, 2.0, 29.0, 3.0], [1970.0, 1.0, 1.0, 3.0]]
    """
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise ArgumentError(f"date_parts: {unknown} is none of {tuple(PARTS)}")
    try:
        moments = np.asarray(dates, "M8[s]")
    except (ValueError, TypeError) as error:
        raise DataError(f"date_parts: dates as 2024-02-29 were expected ({error})") from None
    missing = np.flatnonzero(np.isnat(moments))
    if len(missing):
        raise DataError(f"date_parts: row {missing[0]} holds no date; fill or drop it")
    columns: list[np.ndarray] = []
    for part in parts:
        columns += _columns(part, PARTS[part](moments), cyclic)
    return np.stack(columns, axis=-1).astype(np.float32)


def _columns(part: str, values: np.ndarray, cyclic: bool) -> list[np.ndarray]:
    if not cyclic or part not in CYCLES:
        return [values]
    angle = values * (2.0 * np.pi / CYCLES[part])
    return [np.sin(angle), np.cos(angle)]
