"""The data of each row as NumPy arrays: real if STEEPEST_DATA has them, otherwise synthetic.

Uses scikit-learn (breast cancer) and scipy (sparse rows) if they are installed.
"""

from __future__ import annotations

import gzip
import itertools
import os
import random
import re
import tarfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.rows import MadeUp

CACHE = Path(__file__).parent / ".cache"
WORDS = 10_000
SPLIT_TOKENS = re.compile(r"[\s!\"#$%&()*+,\-./:;<=>?@\[\\\]^_`{|}~]+")


Pair = tuple[Any, np.ndarray]


@dataclass(frozen=True)
class Data:
    """The training arrays, their source ("real" or "synthetic"), and a loader of the test arrays.

    The test set is loaded later, so that it does not count in the memory of training.
    """

    x: Any
    y: np.ndarray
    source: str
    test: Callable[[], Pair]

    @property
    def bytes(self) -> int:
        """The size of the training arrays."""
        return _bytes_of(self.x) + self.y.nbytes


def load(wanted: str | MadeUp) -> Data:
    """Loads the data that a row names, or makes those that it describes."""
    return _made_up(wanted) if isinstance(wanted, MadeUp) else LOADERS[wanted]()


def whole_batches(data: Data, batch: int) -> Data:
    """The same data without the last, partial batch."""
    used = len(data.y) // batch * batch
    return replace(data, x=data.x[:used], y=data.y[:used])


def _bytes_of(part: Any) -> int:
    if isinstance(part, np.ndarray):
        return part.nbytes
    return sum(array.nbytes for array in (part.data, part.indices, part.indptr))


def _folder() -> Path | None:
    named = os.environ.get("STEEPEST_DATA")
    return Path(named) if named else None


def _xor() -> Data:
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float32)
    y = np.array([0, 1, 1, 0], dtype=np.int32)
    return Data(x, y, "real", lambda: (x, y))


def _cancer() -> Data:
    # The table is cached in a file so that only the contestant scikit-learn imports that library.
    stored = CACHE / "cancer.npz"
    if not stored.exists():
        return _standardised(*_synthetic_table(), "synthetic")
    with np.load(stored) as arrays:
        return _standardised(arrays["x"], arrays["y"], "real")


def _standardised(x: np.ndarray, y: np.ndarray, source: str) -> Data:
    order = np.random.default_rng(0).permutation(len(x))
    train, test = order[:455], order[455:]
    scaled = ((x - x[train].mean(0)) / x[train].std(0)).astype(np.float32)
    y = y.astype(np.int32)
    return Data(scaled[train], y[train], source, lambda: (scaled[test], y[test]))


def _synthetic_table() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 569)
    return rng.normal(size=(569, 30)) + 0.8 * y[:, None], y


def _mnist() -> Data:
    stored = _mnist_8bit()

    def test() -> Pair:
        x, y = stored.test()
        return _as_floats(x), y

    return Data(_as_floats(stored.x), stored.y, stored.source, test)


def _mnist_standard() -> Data:
    """MNIST with the mean and the deviation of all pixels taken off: no number is 0."""
    stored = _mnist()
    mean, deviation = float(stored.x.mean()), float(stored.x.std())

    def test() -> Pair:
        x, y = stored.test()
        return (x - mean) / deviation, y

    return Data((stored.x - mean) / deviation, stored.y, stored.source, test)


def _as_floats(pixels: np.ndarray) -> np.ndarray:
    return pixels.astype(np.float32) / np.float32(255)


def _mnist_8bit() -> Data:
    folder = _folder()
    if folder is None or not (folder / "mnist").is_dir():
        return _synthetic_pixels()
    x, y = _pictures(folder / "mnist", "train")
    return Data(x, y, "real", lambda: _pictures(folder / "mnist", "t10k"))


def _pictures(folder: Path, part: str) -> Pair:
    x = _idx(folder / f"{part}-images-idx3-ubyte.gz", 16).reshape(-1, 784)
    return x, _idx(folder / f"{part}-labels-idx1-ubyte.gz", 8).astype(np.int32)


def _idx(path: Path, header: int) -> np.ndarray:
    # A copy, so that the array is aligned and writable, as a user would have it.
    return np.frombuffer(gzip.decompress(path.read_bytes()), np.uint8, offset=header).copy()


def _synthetic_pixels() -> Data:
    """Ten noisy patterns, 19% of the pixels lit, as in MNIST."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 10, 70_000).astype(np.int32)
    likely = np.clip(0.19 + 0.15 * rng.normal(size=(10, 784)), 0, 1)
    x = np.empty((70_000, 784), np.uint8)
    for start in range(0, 70_000, 10_000):
        part = slice(start, start + 10_000)
        lit = rng.random((10_000, 784), dtype=np.float32) < likely[y[part]]
        x[part] = lit * rng.integers(1, 256, (10_000, 784), np.uint8)
    return Data(x[:60_000], y[:60_000], "synthetic", lambda: (x[60_000:], y[60_000:]))


def _large() -> Data:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2048, 1024)).astype(np.float32)
    y = rng.integers(0, 1000, 2048).astype(np.int32)
    return Data(x, y, "synthetic", lambda: (x[:256], y[:256]))


def _made_up(wanted: MadeUp) -> Data:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((wanted.examples, wanted.features), np.float32).astype(wanted.dtype)
    rule = rng.standard_normal((wanted.features, max(2, wanted.classes)), np.float32)
    y = (x.astype(np.float32) @ rule).argmax(1).astype(np.int32)
    return Data(x, y, "synthetic", lambda: (x[:2048], y[:2048]))


def _imdb(form: Callable[[np.ndarray, np.ndarray], Any]) -> Data:
    """Reviews in the given form, from the word numbers and the start of each review."""

    def part(name: str) -> Pair:
        words, starts, labels = _reviews(name)
        return form(words, starts), labels

    source = "real" if (CACHE / "imdb.npz").exists() else "synthetic"
    return Data(*part("train"), source, lambda: part("test"))


def _reviews(part: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    stored = CACHE / "imdb.npz"
    if not stored.exists():
        return _synthetic_reviews(seed=len(part))
    with np.load(stored) as file:
        return file[f"{part}_words"], file[f"{part}_starts"], file[f"{part}_labels"]


def _multi_hot(words: np.ndarray, starts: np.ndarray) -> np.ndarray:
    x = np.zeros((len(starts) - 1, WORDS), np.float32)
    for row, (start, stop) in enumerate(itertools.pairwise(starts)):
        x[row, words[start:stop]] = 1
    return x


def _multi_hot_rows(words: np.ndarray, starts: np.ndarray) -> Any:
    from scipy.sparse import csr_matrix

    ones = np.ones(len(words), np.float32)
    return csr_matrix((ones, words, starts), shape=(len(starts) - 1, WORDS))


def _synthetic_reviews(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """25,000 reviews of about 130 distinct words, with frequencies that depend on the label."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, 25_000).astype(np.int32)
    rank = (WORDS ** rng.random((25_000, 200), dtype=np.float32)).astype(np.int32) - 1
    shift = (rng.random((25_000, 200)) < 0.1) & (rank % 2 != y[:, None])
    words = np.sort(np.minimum(rank + shift, WORDS - 1), axis=1)
    distinct = np.diff(words, axis=1, prepend=-1) > 0
    starts = np.concatenate([[0], np.cumsum(distinct.sum(1))]).astype(np.int32)
    return words[distinct].astype(np.int32), starts, y


LOADERS: dict[str, Callable[[], Data]] = {
    "xor": _xor,
    "cancer": _cancer,
    "mnist": _mnist,
    "mnist_standard": _mnist_standard,
    "mnist_8bit": _mnist_8bit,
    "imdb_dense": partial(_imdb, _multi_hot),
    "imdb_sparse": partial(_imdb, _multi_hot_rows),
    "large": _large,
}


@cache
def prepare(name: str | MadeUp) -> None:
    """Does the slow part of a loader, and imports of other libraries, before any measurement."""
    if isinstance(name, MadeUp):
        return
    CACHE.mkdir(exist_ok=True)
    if name == "cancer" and not (CACHE / "cancer.npz").exists():
        _store_cancer()
    if name.startswith("imdb") and not (CACHE / "imdb.npz").exists():
        _store_imdb()


def _store_cancer() -> None:
    try:
        from sklearn.datasets import load_breast_cancer
    except ImportError:
        return
    table = load_breast_cancer()
    np.savez(CACHE / "cancer.npz", x=table.data, y=table.target)


def _store_imdb() -> None:
    folder = _folder()
    if folder is None or not (folder / "imdb/aclImdb_v1.tar.gz").exists():
        return
    texts: dict[str, list[tuple[int, set[str]]]] = {"train": [], "test": []}
    counts: Counter[str] = Counter()
    for part, label, words in _read_reviews(folder / "imdb/aclImdb_v1.tar.gz"):
        counts.update(words)
        texts[part].append((label, set(words)))
    number = {word: rank for rank, (word, _) in enumerate(counts.most_common(WORDS))}
    # The archive has all reviews of one label first; batches must be mixed.
    random.Random(0).shuffle(texts["train"])
    arrays = {part: _numbered(reviews, number) for part, reviews in texts.items()}
    named = {f"{part}_{key}": array for part, d in arrays.items() for key, array in d.items()}
    np.savez(CACHE / "imdb.npz", allow_pickle=False, **named)


def _read_reviews(path: Path) -> Iterator[tuple[str, int, list[str]]]:
    wanted = re.compile(r"aclImdb/(train|test)/(pos|neg)/\d+_\d+\.txt$")
    with tarfile.open(path) as archive:
        for member in archive:
            match = wanted.match(member.name)
            content = archive.extractfile(member) if match else None
            if match and content is not None:
                text = content.read().decode().lower()
                words = [word for word in SPLIT_TOKENS.split(text) if word]
                yield match[1], int(match[2] == "pos"), words


def _numbered(reviews: list[tuple[int, set[str]]], number: dict[str, int]) -> dict[str, np.ndarray]:
    """The known words of each review as sorted numbers, concatenated."""
    rows = [sorted(number[word] for word in words if word in number) for _, words in reviews]
    lengths = np.array([len(row) for row in rows])
    return {
        "words": np.concatenate([np.array(row, np.int32) for row in rows]),
        "starts": np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32),
        "labels": np.array([label for label, _ in reviews], np.int32),
    }
