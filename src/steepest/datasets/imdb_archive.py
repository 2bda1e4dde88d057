"""Reads the archive of film reviews as a stream, ranks its words, and caches the arrays.

50,000 texts in aclImdb_v1.tar.gz (Maas and others, 2011), not extracted. Depends on fetch.py and
archives.py.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from steepest.config import cache_folder
from steepest.data.files import read_npy
from steepest.datasets.archives import check_member, opened_tar
from steepest.datasets.fetch import RemoteFile, Version, locate
from steepest.errors import DataError

ARCHIVE = RemoteFile(
    "imdb",
    "aclImdb_v1.tar.gz",
    ("https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",),
    (
        Version(84125825, "c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe"),
        # The same 50,000 labelled reviews without the unlabelled ones.
        Version(27789379, "ecfe36a3ccda0d4d2f24f38b2391f59f800dc992a44fe7dd1dd9c2986f911785"),
    ),
)
LABELLED = re.compile(r"aclImdb/(train|test)/(neg|pos)/\d+_\d+\.txt")
# Applied to lower case; the apostrophe stays, as in Keras.
PUNCTUATION = str.maketrans(dict.fromkeys('!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n', " "))
MOST_BYTES = 1 << 20
CACHED = "words-v1"
ARRAYS = ("ranks", "offsets", "labels", "train_count")


@dataclass(frozen=True)
class Reviews:
    """Reviews as ranks of words, 1 the most frequent: review i is ranks[offsets[i]:offsets[i+1]].

    Training reviews come first, within each part the negative ones; `words[r - 1]` has rank r.
    """

    ranks: NDArray[np.int32]
    offsets: NDArray[np.int64]
    labels: NDArray[np.int8]
    train_count: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class Text:
    """One review of the archive."""

    part: str
    name: str
    label: int
    text: str

    @property
    def place(self) -> tuple[bool, int, str]:
        """The sort key of the review: independent of the order of the archive."""
        return self.part == "test", self.label, self.name


def load_reviews() -> Reviews:
    """All reviews, parsed from the archive once and then read from the cache."""
    archive = locate(ARCHIVE)
    cache = cache_folder()
    if cache is None:
        return parse(archive)
    folder = cache / "datasets" / "imdb" / CACHED
    reviews = _read_cache(folder)
    if reviews is None:
        reviews = parse(archive)
        _write_cache(reviews, folder)
    return reviews


def texts(archive: Path) -> Iterator[Text]:
    """The labelled reviews in the order of the archive, one at a time."""
    with opened_tar(archive, "reviews") as members:
        for count, member in enumerate(members):
            check_member(member, archive, count)
            if not LABELLED.fullmatch(member.name):
                continue
            _, part, sign, name = member.name.split("/")
            stream = members.extractfile(member)
            if stream is None or member.size > MOST_BYTES:
                raise DataError(
                    f"{archive}: {member.name} is not a review of {member.size:,} bytes"
                )
            yield Text(part, name, int(sign == "pos"), stream.read().decode("utf-8"))


def tokens(text: str) -> list[str]:
    """Words in lower case without punctuation, split at spaces as in Keras.

    >>> tokens("Well... it's GREAT!<br />10/10")
    ['well', "it's", 'great', 'br', '10', '10']
    """
    return [word for word in text.lower().translate(PUNCTUATION).split(" ") if word]


def parse(archive: Path) -> Reviews:
    """The reviews, words ranked by frequency; equally frequent words in alphabetical order."""
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__  # a new word gets the next number
    found = []
    for review in texts(archive):
        words = tokens(review.text)
        row = np.fromiter(map(numbers.__getitem__, words), np.int32, len(words))
        found.append((review.place, row))
    if not found:
        raise DataError(f"{archive}: contains no labelled reviews (aclImdb/train/pos/0_9.txt, ...)")
    found.sort(key=lambda entry: entry[0])
    return _ranked(found, list(numbers))


def _ranked(
    found: list[tuple[tuple[bool, int, str], NDArray[np.int32]]], words: list[str]
) -> Reviews:
    flat = np.concatenate([row for _, row in found])
    counts = np.bincount(flat, minlength=len(words))
    order = sorted(range(len(words)), key=lambda number: (-counts[number], words[number]))
    rank = np.empty(len(words), np.int32)
    rank[order] = np.arange(1, len(words) + 1)
    places = [place for place, _ in found]
    return Reviews(
        ranks=rank[flat],
        offsets=np.cumsum([0, *(len(row) for _, row in found)]),
        labels=np.array([label for _, label, _ in places], np.int8),
        train_count=sum(not is_test for is_test, _, _ in places),
        words=tuple(words[number] for number in order),
    )


def _read_cache(folder: Path) -> Reviews | None:
    """The reviews that an earlier run cached, if they are complete."""
    try:
        ranks, offsets, labels, train_count = (read_npy(folder / f"{name}.npy") for name in ARRAYS)
        words = (folder / "words.txt").read_text("utf-8").split("\n")
    except (OSError, ValueError):
        return None
    if any(array.ndim != 1 or array.dtype.kind != "i" for array in (ranks, offsets, labels)):
        return None
    reviews = Reviews(ranks, offsets, labels, int(train_count.flat[0]), tuple(words))
    return reviews if _is_complete(reviews) else None


def _is_complete(reviews: Reviews) -> bool:
    rows = len(reviews.labels)
    return bool(
        len(reviews.offsets) == rows + 1
        and reviews.offsets[0] == 0
        and reviews.offsets[-1] == len(reviews.ranks)
        and (np.diff(reviews.offsets) >= 0).all()
        and 0 < reviews.train_count <= rows
        and reviews.ranks.min(initial=1) >= 1
        and reviews.ranks.max(initial=1) <= len(reviews.words)
    )


def _write_cache(reviews: Reviews, folder: Path) -> None:
    """Writes the arrays to a temporary folder and renames it, so that it is never incomplete."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".part-", dir=folder.parent))
    except OSError:
        return  # without a cache, the archive is parsed again next time
    try:
        _write(reviews, part)
        shutil.rmtree(folder, ignore_errors=True)  # an incomplete one
        os.rename(part, folder)
    except OSError:
        shutil.rmtree(part, ignore_errors=True)


def _write(reviews: Reviews, folder: Path) -> None:
    np.save(folder / "ranks.npy", reviews.ranks)
    np.save(folder / "offsets.npy", reviews.offsets)
    np.save(folder / "labels.npy", reviews.labels)
    np.save(folder / "train_count.npy", np.array([reviews.train_count]))
    (folder / "words.txt").write_text("\n".join(reviews.words), "utf-8", newline="\n")
