"""Reuters: 11,228 news items of 1987 as lists of word numbers, of 46 topics, numbered as in Keras.

Depends on imdb.py for rows of word numbers, and on pickled.py: the file is never unpickled.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from steepest.data.files.checks import read_exactly, refuse_bomb
from steepest.datasets.fetch import RemoteFile, Version, locate
from steepest.datasets.housing import FOLDER, in_two, npz_file, shuffled
from steepest.datasets.imdb import Labels, Lists, TokenRows, limited, numbered
from steepest.datasets.pickled import Reader
from steepest.errors import ArgumentError, DataError

FILE = npz_file("reuters", "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916")
WORDS = RemoteFile(
    "reuters",
    "reuters_word_index.json",
    (f"{FOLDER}/reuters_word_index.json",),
    (Version(None, "4d44cc38712099c9e383dc6e5f11a921"),),
)
FILES = (FILE, WORDS)
CLASS_NAMES = (
    "cocoa", "grain", "veg-oil", "earn", "acq", "wheat", "copper", "housing", "money-supply",
    "coffee", "sugar", "trade", "reserves", "ship", "cotton", "carcass", "crude", "nat-gas",
    "cpi", "money-fx", "interest", "gnp", "meal-feed", "alum", "oilseed", "gold", "tin",
    "strategic-metal", "livestock", "retail", "ipi", "iron-steel", "rubber", "heat", "jobs",
    "lei", "bop", "zinc", "orange", "pet-chem", "dlr", "gas", "silver", "wpi", "hog", "lead",
)  # fmt: skip
FAULTS = (zipfile.BadZipFile, KeyError, OSError, EOFError, RuntimeError, NotImplementedError)


def load_data(
    *,
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    test_split: float = 0.2,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int = 3,
) -> tuple[tuple[Lists, Labels], tuple[Lists, Labels]]:
    """((x_train, y_train), (x_test, y_test)): lists of word numbers, and topics from 0 to 45.

    The arguments are those of `imdb.load_data`; `test_split` is the share of the test part. The
    same seed gives the same order as in Keras. Without `num_words` all words have their numbers
    (Keras replaces the largest of them by `oov_char`). Reads STEEPEST_DATA/reuters/reuters.npz, or
    downloads it.

    >>> (x_train, y_train), (x_test, y_test) = load_data(num_words=10000)  # doctest: +SKIP
    >>> len(x_train), len(x_test), CLASS_NAMES[y_train[0]]  # doctest: +SKIP
    (8982, 2246, 'earn')
    """
    if not 0 <= test_split < 1:
        raise ArgumentError(f"test_split={test_split}: expected a share from 0 to below 1")
    rows, labels = read_items(locate(FILE))
    order = shuffled(len(rows), seed)
    rows, labels = numbered(rows.select(order), start_char, index_from), labels[order]
    if maxlen is not None:
        short = np.flatnonzero(rows.lengths() < maxlen)
        rows, labels = rows.select(short), labels[short]
        if not len(short):
            raise DataError(f"maxlen={maxlen} leaves no item: all are longer")
    limit = int(rows.indices.max(initial=0)) + 1 if num_words is None else num_words
    if not 0 <= skip_top < limit:
        raise ArgumentError(
            f"skip_top={skip_top}, num_words={num_words}: expected 0 <= skip_top < num_words"
        )
    return in_two(limited(rows, limit, skip_top, oov_char).lists(), labels, test_split)


def get_word_index() -> dict[str, int]:
    """The rank of every word, 1 the most frequent: its number in the lists is 3 more.

    >>> get_word_index()["the"]  # doctest: +SKIP
    1
    """
    path = locate(WORDS)
    try:
        index = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise DataError(f"{path}: is not sound JSON ({error}); download it again") from error
    if type(index) is not dict or not all(type(rank) is int for rank in index.values()):
        raise DataError(f"{path}: words with their ranks were expected")
    return index


def get_label_names() -> tuple[str, ...]:
    """The names of the topics by label.

    >>> get_label_names()[:3]
    ('cocoa', 'grain', 'veg-oil')
    """
    return CLASS_NAMES


def read_items(path: Path) -> tuple[TokenRows, Labels]:
    """The items as rows of word numbers, and their topics, in the order of the file."""
    texts, topics = (_member(path, name) for name in ("x", "y"))
    lists = texts.tolist() if texts.ndim == 1 else []
    if not lists or not all(type(row) is list for row in lists) or topics.shape != texts.shape:
        raise DataError(f"{path}: lists of word numbers and a topic for each were expected")
    offsets = np.cumsum([0, *map(len, lists)], dtype=np.int64)
    flat = np.array([word for row in lists for word in row])
    labels = np.array(topics.tolist())
    if flat.dtype.kind != "i" or labels.dtype.kind != "i" or flat.min(initial=0) < 0:
        raise DataError(f"{path}: word numbers and topics must be whole numbers from 0")
    return TokenRows(flat.astype(np.int32), offsets), labels.astype(np.int64)


def _member(path: Path, name: str) -> np.ndarray:
    """One array of the file: of numbers, or of objects, whose pickle is read as data."""
    where = f"{path}: {name}"
    try:
        with zipfile.ZipFile(path) as archive, archive.open(f"{name}.npy") as stream:
            member = archive.getinfo(f"{name}.npy")
            refuse_bomb(member.file_size, member.compress_size, where)
            version = npy.read_magic(stream)
            if version != (1, 0):
                raise DataError(f"{where}: is of version {version} of NumPy's format, not 1.0")
            shape, _, dtype = npy.read_array_header_1_0(stream)
            size = member.file_size - stream.tell()
            held = bytes(read_exactly(stream, size, where))
    except DataError:
        raise
    except (*FAULTS, ValueError, SyntaxError, TypeError) as error:
        raise DataError(f"{where}: is not a sound array ({error}); download it again") from error
    if not dtype.hasobject:
        if len(shape) != 1 or shape[0] * dtype.itemsize != size:
            raise DataError(f"{where}: declares {shape} of {dtype}, but has {size:,} bytes")
        return np.frombuffer(held, dtype)
    found = Reader(held, where).read()
    if not isinstance(found, np.ndarray) or found.shape != shape:
        raise DataError(f"{where}: declares {shape}, but its pickle has another array")
    return found
