"""Reads the archives of CIFAR-10 and CIFAR-100: pickled batches, which are never unpickled.

Depends on fetch.py, archives.py and pickled.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.data.files.checks import read_exactly
from steepest.datasets.archives import check_member, opened_tar
from steepest.datasets.pickled import Reader, as_text
from steepest.errors import DataError

Pair = tuple[NDArray[np.uint8], NDArray[np.uint8]]
MOST_BYTES = 1 << 28
SIDE = 32


def load_batches(archive: Path, train: Sequence[str], test: str, labels: str) -> tuple[Pair, Pair]:
    """The pictures and labels of the named entries, joined for the training part."""
    found = {}
    with opened_tar(archive, "pictures") as members:
        for count, member in enumerate(members):
            check_member(member, archive, count)
            if member.name not in (*train, test):
                continue
            where = f"{archive}: {member.name}"
            stream = members.extractfile(member)
            if stream is None or member.size > MOST_BYTES:
                raise DataError(f"{where} is not a batch of {member.size:,} bytes")
            held = bytes(read_exactly(stream, member.size, where))
            found[member.name] = _pictures(Reader(held, where).read(), labels, where)
    missing = [name for name in (*train, test) if name not in found]
    if missing:
        raise DataError(f"{archive}: has no entry {missing[0]!r}; download it again")
    x, y = (np.concatenate(parts) for parts in zip(*(found[name] for name in train), strict=True))
    return (x, y), found[test]


def _pictures(batch: Any, labels: str, where: str) -> Pair:
    """Pictures of shape (rows, 32, 32, 3) and labels of shape (rows, 1), of one batch."""
    named = {as_text(key): value for key, value in batch.items()} if type(batch) is dict else {}
    pixels, found = named.get("data"), named.get(labels)
    if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8 or pixels.ndim != 2:
        raise DataError(f"{where}: holds no table of bytes called 'data'")
    if pixels.shape[1] != 3 * SIDE * SIDE:
        raise DataError(f"{where}: pictures have {pixels.shape[1]} bytes, not {3 * SIDE * SIDE}")
    numbers = np.asarray(found if isinstance(found, list) else [])
    fitting = numbers.shape == (len(pixels),) and numbers.dtype.kind == "i" and len(numbers)
    if not fitting or numbers.min() < 0 or numbers.max() > 255:
        raise DataError(f"{where}: {labels!r} is not a list of {len(pixels)} classes")
    pictures = pixels.reshape(-1, 3, SIDE, SIDE).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(pictures), numbers.astype(np.uint8)[:, None]
