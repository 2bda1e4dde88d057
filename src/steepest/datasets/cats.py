"""Cat or not: 259 pictures of 64 x 64 pixels in two HDF5 files, as used in courses.

Depends on fetch.py and the HDF5 reader (extra `hdf5`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steepest.data.files import read_hdf5
from steepest.datasets.fetch import RemoteFile, Version, locate

Pair = tuple[NDArray[np.uint8], NDArray[np.int64]]

# The course offers the files only with a login; these are public copies with the same hash.
FOLDERS = (
    "https://raw.githubusercontent.com/PyDataBlog/NN-From-Scratch-With-Julia/master",
    "https://github.com/ridhimagarg/Cat-vs-Non-cat-Deep-learning-implementation/raw/master/datasets",
)


def _file(name: str, size: int, sha256: str) -> RemoteFile:
    addresses = tuple(f"{folder}/{name}" for folder in FOLDERS)
    return RemoteFile("cats", name, addresses, (Version(size, sha256),))


TRAIN = _file(
    "train_catvnoncat.h5",
    2572022,
    "fbe56ab67c3ae28d564e3a644189117976d6b31af0a3ce9bb17dbf22908af242",
)
TEST = _file(
    "test_catvnoncat.h5",
    616958,
    "6a9d39ce52fa85953c5834695b8534a30ed8cfd54971fb2f080b5a24d002b951",
)
FILES = (TRAIN, TEST)
CLASS_NAMES = ("non-cat", "cat")


def load_data() -> tuple[Pair, Pair]:
    """((x_train, y_train), (x_test, y_test)): bytes of shape (209, 64, 64, 3) and (50, 64, 64, 3).

    Reads STEEPEST_DATA/cats/train_catvnoncat.h5 and test_catvnoncat.h5, or downloads them.

    >>> (x_train, y_train), (x_test, y_test) = load_data()  # doctest: +SKIP
    >>> x_train.reshape(209, -1).shape, y_train[:3]  # doctest: +SKIP
    ((209, 12288), array([0, 0, 1]))
    """
    train = read_hdf5(locate(TRAIN), columns=["train_set_x", "train_set_y"])
    test = read_hdf5(locate(TEST), columns=["test_set_x", "test_set_y"])
    return (train["train_set_x"], train["train_set_y"]), (test["test_set_x"], test["test_set_y"])
