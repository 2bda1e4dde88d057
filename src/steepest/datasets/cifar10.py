"""CIFAR-10: 60,000 colour pictures of ten kinds of things (Krizhevsky, 2009).

Depends on cifar.py.
"""

from __future__ import annotations

from steepest.datasets.cifar import Pair, load_batches
from steepest.datasets.fetch import RemoteFile, Version, locate

ARCHIVE = RemoteFile(
    "cifar10",
    "cifar-10-python.tar.gz",
    ("https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",),
    (Version(None, "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"),),
)
FILES = (ARCHIVE,)
FOLDER = "cifar-10-batches-py"
CLASS_NAMES = (
    "airplane", "automobile", "bird", "cat", "deer",
    "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip


def load_data() -> tuple[Pair, Pair]:
    """((x_train, y_train), (x_test, y_test)): bytes of shape (50000, 32, 32, 3) and (50000, 1).

    The test part has 10,000 pictures. Reads STEEPEST_DATA/cifar10/cifar-10-python.tar.gz, or
    downloads it.

    >>> (x_train, y_train), (x_test, y_test) = load_data()  # doctest: +SKIP
    >>> x_train.shape, y_test.shape  # doctest: +SKIP
    ((50000, 32, 32, 3), (10000, 1))
    """
    train = [f"{FOLDER}/data_batch_{number}" for number in range(1, 6)]
    return load_batches(locate(ARCHIVE), train, f"{FOLDER}/test_batch", "labels")
