"""IMDB: 50,000 film reviews as lists of word numbers, half of them positive, numbered as in Keras.

Depends on imdb_archive.py, which reads the archive and ranks the words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.datasets.imdb_archive import ARCHIVE, Reviews, load_reviews
from steepest.errors import ArgumentError, DataError

Lists = NDArray[np.object_]
Labels = NDArray[np.int64]
FILES = (ARCHIVE,)
CLASS_NAMES = ("neg", "pos")


@dataclass(frozen=True)
class TokenRows:
    """Word numbers of many reviews in two arrays: row i is indices[offsets[i]:offsets[i + 1]].

    >>> rows = TokenRows(np.array([5, 9, 4]), np.array([0, 2, 3]))
    >>> rows.lists().tolist()
    [[5, 9], [4]]
    """

    indices: NDArray[np.int32]
    offsets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def lengths(self) -> NDArray[np.int64]:
        """The number of words of each row."""
        return np.diff(self.offsets)

    def lists(self) -> Lists:
        """An array of Python lists, as in Keras; equal numbers share one object."""
        numbers = np.arange(self.indices.max(initial=0) + 1).astype(object)
        flat = numbers[self.indices].tolist()
        lists = np.empty(len(self), object)
        bounds = self.offsets.tolist()
        for row in range(len(self)):
            lists[row] = flat[bounds[row] : bounds[row + 1]]
        return lists

    def select(self, rows: NDArray[np.int64]) -> TokenRows:
        """The given rows, in the given order."""
        lengths = self.lengths()[rows]
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        shift = np.repeat(self.offsets[:-1][rows] - offsets[:-1], lengths)
        return TokenRows(self.indices[np.arange(offsets[-1]) + shift], offsets)

    def keep(self, mask: NDArray[np.bool_]) -> TokenRows:
        """The words where the mask is true; the number of rows is unchanged."""
        before = np.concatenate([[0], np.cumsum(mask)])
        return TokenRows(self.indices[mask], before[self.offsets])


def load_data(
    *,
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int = 3,
) -> tuple[tuple[Lists, Labels], tuple[Lists, Labels]]:
    """((x_train, y_train), (x_test, y_test)): 25,000 lists of word numbers each, and 0 or 1.

    A word of rank r has the number r + `index_from`; 0 is left for padding. `start_char` begins
    each review. Numbers of `num_words` and above, or below `skip_top`, become `oov_char`, or are
    dropped if that is None. Reviews of `maxlen` numbers and more are left out. Words are ranked
    over all 50,000 reviews; the seed sets the order of reviews, which differs from Keras's file.

    >>> (x_train, y_train), (x_test, y_test) = load_data(num_words=10000)  # doctest: +SKIP
    >>> len(x_train), max(map(max, x_train)), y_test.mean()  # doctest: +SKIP
    (25000, 9999, np.float64(0.5))
    """
    (train, y_train), (test, y_test) = load_rows(
        num_words=num_words,
        skip_top=skip_top,
        maxlen=maxlen,
        seed=seed,
        start_char=start_char,
        oov_char=oov_char,
        index_from=index_from,
    )
    return (train.lists(), y_train), (test.lists(), y_test)


def load_rows(
    *,
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int = 3,
) -> tuple[tuple[TokenRows, Labels], tuple[TokenRows, Labels]]:
    """Like `load_data`, in two flat arrays instead of lists: faster, with a tenth of the memory.

    >>> (train, y_train), (test, y_test) = load_rows(num_words=10000)  # doctest: +SKIP
    >>> train.indices.dtype, len(train)  # doctest: +SKIP
    (dtype('int32'), 25000)
    """
    reviews = load_reviews()
    limit = len(reviews.words) + index_from + 1 if num_words is None else num_words
    _check_limits(limit, skip_top, maxlen)
    random = np.random.default_rng(seed)
    parts = []
    for first, last in ((0, reviews.train_count), (reviews.train_count, len(reviews.labels))):
        chosen = first + random.permutation(last - first)
        rows = numbered(ranked_rows(reviews).select(chosen), start_char, index_from)
        short = rows.lengths() < (maxlen or np.inf)
        if not short.any():
            raise DataError(f"maxlen={maxlen} leaves no review: all are longer")
        rows = rows.select(np.flatnonzero(short))
        labels = reviews.labels[chosen[short]].astype(np.int64)
        parts.append((limited(rows, limit, skip_top, oov_char), labels))
    return parts[0], parts[1]


def get_word_index() -> dict[str, int]:
    """The rank of every word, 1 the most frequent: its number in the lists is 3 more.

    >>> get_word_index()["the"]  # doctest: +SKIP
    1
    """
    return {word: rank for rank, word in enumerate(load_reviews().words, 1)}


def ranked_rows(reviews: Reviews) -> TokenRows:
    """All reviews as rows of ranks."""
    return TokenRows(reviews.ranks, reviews.offsets)


def numbered(rows: TokenRows, start_char: int | None, index_from: int) -> TokenRows:
    """Ranks shifted by `index_from`, for the special numbers; `start_char` begins each row.

    >>> numbered(TokenRows(np.array([1, 2, 1]), np.array([0, 2, 3])), 1, 3).lists().tolist()
    [[1, 4, 5], [1, 4]]
    """
    moved = (rows.indices + index_from).astype(np.int32)
    if start_char is None:
        return TokenRows(moved, rows.offsets)
    opened = np.insert(moved, rows.offsets[:-1], start_char)
    return TokenRows(opened, rows.offsets + np.arange(len(rows.offsets)))


def limited(rows: TokenRows, num_words: int, skip_top: int, oov_char: int | None) -> TokenRows:
    """Numbers outside skip_top..num_words-1 replaced by `oov_char`, or dropped.

    >>> limited(TokenRows(np.array([4, 9, 5]), np.array([0, 2, 3])), 6, 0, 2).lists().tolist()
    [[4, 2], [5]]
    """
    known = (rows.indices >= skip_top) & (rows.indices < num_words)
    if oov_char is None:
        return rows.keep(known)
    return TokenRows(np.where(known, rows.indices, np.int32(oov_char)), rows.offsets)


def _check_limits(num_words: int, skip_top: int, maxlen: int | None) -> None:
    checks: dict[str, tuple[Any, bool]] = {
        "num_words": (num_words, num_words > max(skip_top, 0)),
        "skip_top": (skip_top, skip_top >= 0),
        "maxlen": (maxlen, maxlen is None or maxlen > 0),
    }
    for name, (value, is_right) in checks.items():
        if not is_right:
            raise ArgumentError(f"{name}={value}: expected 0 <= skip_top < num_words, maxlen > 0")
