"""Tables of houses in .npz files, shuffled and divided as in Keras. Depends on fetch.py."""

from __future__ import annotations

import numpy as np

from steepest.arguments import whole
from steepest.data.files import read_npz
from steepest.datasets.fetch import RemoteFile, Version, locate
from steepest.datasets.tables import Array, Pair
from steepest.errors import ArgumentError, DataError

FOLDER = "https://storage.googleapis.com/tensorflow/tf-keras-datasets"


def npz_file(name: str, digest: str) -> RemoteFile:
    """The file of a table, at Keras's address."""
    address = f"{FOLDER}/{name}.npz"
    return RemoteFile(name, f"{name}.npz", (address,), (Version(None, digest),))


def load_houses(
    file: RemoteFile, test_split: float, seed: int, rows: int | None = None
) -> tuple[Pair, Pair]:
    """Train and test pairs of a file, or of its first rows."""
    if not 0 <= test_split < 1:
        raise ArgumentError(f"test_split={test_split}: expected a share from 0 to below 1")
    path = locate(file)
    arrays = read_npz(path, columns=["x", "y"])
    x, y = arrays["x"][:rows], arrays["y"][:rows]
    if x.ndim != 2 or y.shape != (len(x),):
        raise DataError(f"{path}: a table and a number for each row were expected")
    order = shuffled(len(x), seed)
    return in_two(x[order], y[order], test_split)


def shuffled(rows: int, seed: int) -> Array:
    """Row numbers in Keras's order for a seed, so that the same rows are in the test part."""
    order = np.arange(rows)
    np.random.RandomState(whole("seed", seed, 0, 2**32 - 1)).shuffle(order)
    return order


def in_two(x: Array, y: Array, test_split: float) -> tuple[Pair, Pair]:
    """The first rows and the rest, cut where Keras cuts."""
    cut = int(len(x) * (1 - test_split))
    return (x[:cut], y[:cut]), (x[cut:], y[cut:])
