"""Helpers of MNIST and Fashion-MNIST: four IDX files, pictures and labels, train and test.

Depends on fetch.py and the IDX reader.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steepest.data.files import read_idx
from steepest.datasets.fetch import RemoteFile, Version, locate
from steepest.errors import DataError

Bytes = NDArray[np.uint8]
Pair = tuple[Bytes, Bytes]

NAMES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)


def idx_files(
    dataset: str, folders: tuple[str, ...], versions: tuple[tuple[Version, ...], ...]
) -> tuple[RemoteFile, ...]:
    """The four files with their addresses and known versions."""
    return tuple(
        RemoteFile(dataset, name, tuple(f"{folder}/{name}" for folder in folders), known)
        for name, known in zip(NAMES, versions, strict=True)
    )


def load_idx_set(files: tuple[RemoteFile, ...]) -> tuple[Pair, Pair]:
    """((x_train, y_train), (x_test, y_test)) as bytes."""
    x_train, y_train, x_test, y_test = (read_idx(locate(file)) for file in files)
    for x, y, file in ((x_train, y_train, files[1]), (x_test, y_test, files[3])):
        if len(x) != len(y):
            raise DataError(f"{file.place}: {len(y):,} labels for {len(x):,} pictures")
    return (x_train, y_train), (x_test, y_test)
