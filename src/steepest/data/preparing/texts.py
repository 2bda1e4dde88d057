"""Texts and lists of tokens as numbers, padded or counted. Depends on preparer and sequences."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, Self

import numpy as np

from steepest.data.columns import SparseColumn
from steepest.data.preparing.preparer import PREPARERS, UNKNOWN, Preparer, checked_vocabulary
from steepest.data.preparing.sequences import flat, pad_sequences
from steepest.errors import ArgumentError, DataError, SteepestError
from steepest.registry import Registry

Mode = Literal["multi_hot", "count", "tf_idf"]
SPLITTER = re.compile(r"[^\w']+")
SPLITS = Registry("split function of texts")


@SPLITS.register
def words(text: str) -> list[str]:
    """The words of a text, in lower case.

    >>> words("Don't stop, he said.")
    ["don't", 'stop', 'he', 'said']
    """
    return [word for word in SPLITTER.split(text.lower()) if word]


@PREPARERS.register
class TokenCounts(Preparer):
    """Lists of token numbers as rows: "multi_hot", "count", or "tf_idf".

    tf_idf is the count times log(1 + n / (1 + d)), where d of the n training rows contain the
    token. `sparse=True` gives a SparseColumn, which trains in a fraction of the time and memory.

    >>> TokenCounts(3, "count").transform([[0, 2, 2]]).tolist()
    [[1.0, 0.0, 2.0]]
    """

    def __init__(
        self,
        dimension: int,
        output_mode: Mode = "multi_hot",
        sparse: bool = False,
        idf_weights: Sequence[float] | None = None,
    ) -> None:
        if output_mode not in ("multi_hot", "count", "tf_idf"):
            raise ArgumentError(
                f"TokenCounts: output_mode {output_mode!r} is not known; known names: "
                "multi_hot, count, tf_idf"
            )
        self.dimension, self.output_mode, self.sparse = dimension, output_mode, sparse
        self.idf_weights = _one_each(idf_weights, dimension)

    def fit(self, data: Any) -> Self:
        """Learns how many rows contain each token; only "tf_idf" needs it."""
        rows = self._rows(data)
        holding = np.bincount(rows.indices, minlength=self.dimension)
        self.idf_weights = np.log1p(len(rows) / (1.0 + holding)).astype(np.float32)
        return self

    def transform(self, data: Any) -> np.ndarray | SparseColumn:
        """The rows."""
        rows = self._rows(data)
        if self.output_mode == "multi_hot":
            rows = SparseColumn(rows.indptr, rows.indices, None, self.dimension)
        elif self.output_mode == "tf_idf":
            if self.idf_weights is None:
                raise SteepestError("TokenCounts: call fit with the training rows before tf_idf")
            assert rows.values is not None
            values = rows.values * self.idf_weights[rows.indices]
            rows = SparseColumn(rows.indptr, rows.indices, values, self.dimension)
        return rows if self.sparse else rows.take(np.arange(len(rows)))

    def _rows(self, sequences: Any) -> SparseColumn:
        """Sparse rows of the count of each distinct token."""
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


def _check_several(texts: Any) -> None:
    if isinstance(texts, (str, bytes)):
        raise ArgumentError(f"TextVectorization: several texts were expected, got {texts!r:.40}; "
                            "put it in a list")  # fmt: skip


def _one_each(weights: Any, dimension: int) -> np.ndarray | None:
    if weights is not None and np.shape(weights) != (dimension,):
        raise ArgumentError(
            f"idf_weights: one for each of {dimension} tokens was expected, got the shape "
            f"{np.shape(weights)}"
        )
    return None if weights is None else np.asarray(weights, np.float32)


@PREPARERS.register
class TextVectorization(Preparer):
    """Texts as token numbers ("int", padded with 0) or as rows of counts; learned from texts.

    Texts are converted to lower case and split at all but letters, digits and apostrophes, or by
    the function `split`, which must be registered to be saved (see `st.register_serializable`).
    In "int", 0 is padding, 1 an unknown word, words follow by frequency; in the other modes 0 is
    an unknown word.

    >>> vectorize = TextVectorization().fit(["The cat.", "The dog!"])
    >>> vectorize.transform(["the dog the", "bird"]).tolist()
    [[2, 4, 2], [1, 0, 0]]
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        output_mode: str = "int",
        output_sequence_length: int | None = None,
        split: Callable[[str], Iterable[str]] | str | None = None,
        sparse: bool = False,
        vocabulary: Sequence[str] | None = None,
        idf_weights: Sequence[float] | None = None,
    ) -> None:
        if output_mode not in ("int", "multi_hot", "count", "tf_idf"):
            raise ArgumentError(
                f"TextVectorization: output_mode {output_mode!r} is not known; known names: "
                "int, multi_hot, count, tf_idf"
            )
        self.max_tokens, self.output_mode, self.sparse = max_tokens, output_mode, sparse
        self.output_sequence_length, self.split = output_sequence_length, SPLITS.get(split or words)
        self.vocabulary = checked_vocabulary("TextVectorization", vocabulary)
        self._counts: TokenCounts | None = None
        if self.vocabulary is not None and output_mode != "int":
            self._counts = self._counter(idf_weights)

    @property
    def _special(self) -> int:
        return 2 if self.output_mode == "int" else 1

    @property
    def idf_weights(self) -> np.ndarray | None:
        """The weight of each word in "tf_idf"; None before `fit`."""
        return None if self._counts is None else self._counts.idf_weights

    def _counter(self, idf_weights: Any = None) -> TokenCounts:
        mode: Any = self.output_mode
        return TokenCounts(self.vocabulary_size(), mode, self.sparse, idf_weights)

    def fit(self, data: Iterable[str]) -> Self:
        """Learns the vocabulary of texts, and for "tf_idf" the weights of its words."""
        _check_several(data)
        split = [list(self.split(str(text))) for text in data]
        counts = Counter(word for text in split for word in text)
        most = None if self.max_tokens is None else self.max_tokens - self._special
        by_number = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        self.vocabulary = [word for word, _ in by_number[:most]]
        if self.output_mode != "int":
            self._counts = self._counter().fit(self._numbers(split))
        return self

    def vocabulary_size(self) -> int:
        """The number of words, padding and unknown word included."""
        if self.vocabulary is None:
            raise SteepestError("TextVectorization has no vocabulary yet: call fit with texts")
        return len(self.vocabulary) + self._special

    def get_vocabulary(self) -> list[str]:
        """The words by number."""
        self.vocabulary_size()
        return ["", UNKNOWN][2 - self._special :] + list(self.vocabulary or [])

    def transform(self, data: Iterable[str]) -> np.ndarray | SparseColumn:
        """Token numbers, or rows of counts."""
        self.vocabulary_size()
        _check_several(data)
        numbers = self._numbers([list(self.split(str(text))) for text in data])
        if self.output_mode == "int":
            length = self.output_sequence_length
            return pad_sequences(numbers, length, "int64", padding="post", truncating="post")
        assert self._counts is not None
        return self._counts.transform(numbers)

    def _numbers(self, split: list[list[str]]) -> list[list[int]]:
        special = self._special
        places = {word: place for place, word in enumerate(self.vocabulary or [], special)}
        return [[places.get(word, special - 1) for word in text] for text in split]
