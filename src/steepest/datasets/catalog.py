"""Data sets by name, with their splits and a description: load("mnist", with_info=True).

Depends on data/; a loader is imported when it is used.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.data import Dataset
from steepest.datasets.fetch import RemoteFile
from steepest.errors import ArgumentError, unknown_name

Array = NDArray[Any]
Pair = tuple[Array, Array]

PICTURES = frozenset({"mnist", "fashion_mnist", "cats", "cifar10", "cifar100"})
NAMES = (
    "mnist", "fashion_mnist", "imdb", "cats",
    "reuters", "cifar10", "cifar100", "boston_housing", "california_housing",
    "iris", "wine", "breast_cancer", "digits", "diabetes",
    "xor", "moons", "circles", "spirals", "blobs", "softmax_table", "stocks",
)  # fmt: skip
FROM_SKLEARN = frozenset({"iris", "wine", "breast_cancer", "digits", "diabetes"})
PART = re.compile(r"(\w+)(?:\[(-?\d+%?)?:(-?\d+%?)?\])?")


@dataclass(frozen=True)
class SplitInfo:
    """The size of one split.

    >>> SplitInfo("train", 60000).num_examples
    60000
    """

    name: str
    num_examples: int


@dataclass(frozen=True)
class Info:
    """The description of a data set: its splits, the shapes and dtypes of its parts, its classes.

    >>> parts = {"train": (np.zeros((4, 2)), np.zeros(4, int))}
    >>> info = describe("xor", parts, ("features", "label"))
    >>> info.splits["train"].num_examples, info.features["features"].shape
    (4, (2,))
    """

    name: str
    description: str
    splits: dict[str, SplitInfo]
    features: dict[str, Feature]
    class_names: tuple[str, ...] | None


@dataclass(frozen=True)
class Feature:
    """The shape and dtype of one part of an example.

    >>> Feature((28, 28, 1), np.dtype("uint8")).shape
    (28, 28, 1)
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]


def load(
    name: str,
    *,
    split: str | Sequence[str] | None = None,
    with_info: bool = False,
    as_supervised: bool = False,
) -> Any:
    """The named data set: a dictionary of its splits, or the requested splits.

    `split` is "train", "test", a slice as "train[:80%]" or "train[5000:]", a sum "train+test",
    or a list of those. Examples are dictionaries, or (input, label) pairs `as_supervised`.

    >>> splits, info = load("mnist", as_supervised=True, with_info=True)  # doctest: +SKIP
    >>> info.splits["train"].num_examples  # doctest: +SKIP
    60000
    """
    parts = _parts(name)
    keys = ("image" if name in PICTURES else "features", "label")
    wanted = split if split is not None else list(parts)
    if isinstance(wanted, str):
        found: Any = _data_set(pick(parts, wanted), keys, as_supervised)
    else:
        found = [_data_set(pick(parts, text), keys, as_supervised) for text in wanted]
    if split is None:
        found = dict(zip(parts, found, strict=True))
    return (found, describe(name, parts, keys)) if with_info else found


def loader(name: str) -> Any:
    """The module whose `load_data()` returns this data set.

    >>> loader("xor").load_data()[0][1].shape
    (4, 1)
    """
    if name not in NAMES:
        raise unknown_name("data set", name, NAMES)
    return importlib.import_module(f"steepest.datasets.{name}")


def files(name: str) -> tuple[RemoteFile, ...]:
    """The files that a data set is read from; none where it is computed or scikit-learn's.

    >>> [file.place for file in files("cats")]
    ['cats/train_catvnoncat.h5', 'cats/test_catvnoncat.h5']
    """
    return getattr(loader(name), "FILES", ())


def description(name: str) -> str:
    """What a data set is, in a sentence; nothing is read or downloaded for it.

    >>> description("xor")
    'Exclusive or: the four points that no straight line separates.'
    """
    return (loader(name).__doc__ or "").split("\n")[0].split(" Depends on")[0]


def pick(parts: Mapping[str, Pair], text: str) -> Pair:
    """The rows of a split expression.

    >>> parts = {"train": (np.arange(10), np.arange(10)), "test": (np.arange(3), np.arange(3))}
    >>> pick(parts, "train[80%:]+test[:1]")[0].tolist()
    [8, 9, 0]
    """
    pairs = [_slice(parts, piece.strip()) for piece in text.split("+")]
    if len(pairs) == 1:
        return pairs[0]
    return np.concatenate([x for x, _ in pairs]), np.concatenate([y for _, y in pairs])


def _slice(parts: Mapping[str, Pair], piece: str) -> Pair:
    match = PART.fullmatch(piece)
    if match is None:
        raise ArgumentError(f"split={piece!r}: expected 'train', 'train[:80%]' or 'train[100:]'")
    part, start, stop = match.groups()
    if part not in parts:
        raise unknown_name("split", part, parts)
    x, y = parts[part]
    rows = slice(_row(start, 0, len(x)), _row(stop, len(x), len(x)))
    return x[rows], y[rows]


def _row(text: str | None, default: int, rows: int) -> int:
    if text is None:
        return default
    if not text.endswith("%"):
        number = int(text)
    elif abs(percent := int(text[:-1])) <= 100:
        number = (rows * percent + 50) // 100
    else:
        raise ArgumentError(f"split: {text} of {rows} rows; expected -100% to 100%")
    return number + rows if number < 0 else number


def _parts(name: str) -> dict[str, Pair]:
    """The splits; gray pictures get an axis of one channel, as picture layers expect."""
    parts = dict(zip(("train", "test"), loader(name).load_data(), strict=True))
    if name in PICTURES:
        parts = {part: (x[..., None] if x.ndim == 3 else x, y) for part, (x, y) in parts.items()}
    return parts


def _data_set(pair: Pair, keys: tuple[str, str], as_supervised: bool) -> Any:
    return as_dataset(pair if as_supervised else dict(zip(keys, pair, strict=True)))


def as_dataset(elements: Pair | dict[str, Array]) -> Dataset:
    """The rows of arrays as a `steepest.data.Dataset`.

    >>> len(as_dataset((np.zeros((3, 2)), np.zeros(3))))
    3
    """
    return Dataset.from_tensor_slices(elements)


def describe(name: str, parts: Mapping[str, Pair], keys: tuple[str, str]) -> Info:
    """The Info of a data set, from its loader and its arrays.

    >>> describe("xor", {"train": (np.zeros((4, 2)), np.zeros(4))}, ("x", "y")).description
    'Exclusive or: the four points that no straight line separates.'
    """
    pair = next(iter(parts.values()))
    return Info(
        name=name,
        description=description(name),
        splits={part: SplitInfo(part, len(arrays[0])) for part, arrays in parts.items()},
        features={
            key: Feature(array.shape[1:], array.dtype)
            for key, array in zip(keys, pair, strict=True)
        },
        class_names=getattr(loader(name), "CLASS_NAMES", None),
    )
