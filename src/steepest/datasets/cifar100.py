"""CIFAR-100: 60,000 colour pictures of a hundred kinds of things (Krizhevsky, 2009).

Depends on cifar.py.
"""

from __future__ import annotations

from steepest.datasets.cifar import Pair, load_batches
from steepest.datasets.fetch import RemoteFile, Version, locate
from steepest.errors import ArgumentError

ARCHIVE = RemoteFile(
    "cifar100",
    "cifar-100-python.tar.gz",
    ("https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",),
    (Version(None, "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7"),),
)
FILES = (ARCHIVE,)
FOLDER = "cifar-100-python"


def load_data(label_mode: str = "fine") -> tuple[Pair, Pair]:
    """((x_train, y_train), (x_test, y_test)): bytes of shape (50000, 32, 32, 3) and (50000, 1).

    Labels are those of the 100 "fine" classes, or of the 20 "coarse" groups of them. The test part
    has 10,000 pictures. Reads STEEPEST_DATA/cifar100/cifar-100-python.tar.gz, or downloads it.

    >>> (x_train, y_train), (x_test, y_test) = load_data("coarse")  # doctest: +SKIP
    >>> y_train.max()  # doctest: +SKIP
    np.uint8(19)
    """
    if label_mode not in ("fine", "coarse"):
        raise ArgumentError(f"label_mode: 'fine' or 'coarse' was expected, got {label_mode!r}")
    archive = locate(ARCHIVE)
    return load_batches(archive, [f"{FOLDER}/train"], f"{FOLDER}/test", f"{label_mode}_labels")
