"""Lists of numbers of unequal length as arrays: padded, multi-hot, one-hot; normalize.

Depends on columns and csr.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from steepest.arguments import is_number, is_whole, suggests_arguments, whole
from steepest.core.dtype import DTypeLike, as_dtype
from steepest.data.columns import SparseColumn
from steepest.data.csr import locked
from steepest.errors import ArgumentError, DataError

Side = Literal["pre", "post"]
MARKED_BYTES = 1 << 24


def flat(sequences: Any) -> tuple[np.ndarray, np.ndarray]:
    """All numbers in one array, and the offset where each list begins (and the last one ends).

    >>> flat([[3, 5], [], [4]])
    (array([3, 5, 4]), array([0, 2, 2, 3]))
    """
    if hasattr(sequences, "indices") and hasattr(sequences, "offsets"):
        return np.asarray(sequences.indices), np.asarray(sequences.offsets, np.int64)
    rows = [_row(row, number) for number, row in enumerate(sequences)]
    offsets = np.cumsum([0, *map(len, rows)], dtype=np.int64)
    try:
        given = np.fromiter(itertools.chain.from_iterable(rows), np.float64, int(offsets[-1]))
        numbers = given.astype(np.int64)
        if not np.array_equal(numbers, given):
            raise ValueError(f"{given[numbers != given][0]} is none")
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(
            f"sequences of whole numbers were expected ({error}); convert words to numbers first "
            "(StringLookup, TextVectorization)"
        ) from None
    return numbers, offsets


def _row(row: Any, number: int) -> Any:
    if isinstance(row, (str, bytes)) or not hasattr(row, "__len__"):
        raise DataError(f"row {number}: a list of whole numbers was expected, got {row!r:.60}")
    return row


def vectorize_sequences(
    sequences: Any, dimension: int = 10000, sparse: bool = False
) -> np.ndarray | SparseColumn:
    """Multi-hot rows: 1 in each column whose number is in the list, 0 elsewhere.

    `sparse=True` stores only the ones: the same training, in a fraction of the time and memory.

    >>> vectorize_sequences([[0, 2], [1, 1]], dimension=3).tolist()
    [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    >>> vectorize_sequences([[0, 2], [1, 1]], dimension=3, sparse=True).indices
    array([0, 2, 1], dtype=uint16)
    """
    numbers, offsets = flat(sequences)
    _check_range(numbers, offsets, dimension)
    count = len(offsets) - 1
    if not sparse:
        table = np.zeros((count, dimension), np.float32)
        _mark(table, numbers, offsets)
        return table
    rows = max(1, MARKED_BYTES // dimension)
    parts = [_marked(numbers, offsets[first : first + rows + 1], dimension)
             for first in range(0, count, rows)]  # fmt: skip
    starts = np.cumsum([0, *(size for sizes, _ in parts for size in sizes.tolist())])
    places = [places for _, places in parts] or [np.zeros(0, np.int32)]
    return SparseColumn(starts, locked(np.concatenate(places)), None, dimension)


def _mark(table: np.ndarray, numbers: np.ndarray, offsets: np.ndarray) -> None:
    """Sets the columns that the lists of some rows contain."""
    owners = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    table[owners, numbers[offsets[0] : offsets[-1]]] = 1


def _marked(
    numbers: np.ndarray, offsets: np.ndarray, dimension: int
) -> tuple[np.ndarray, np.ndarray]:
    """For some rows: the number of distinct columns of each, and these columns in order.

    Marking a table of bytes takes a twentieth of the time of sorting.
    """
    table = np.zeros((len(offsets) - 1, dimension), bool)
    _mark(table, numbers, offsets)
    places = np.flatnonzero(table) % dimension
    return np.count_nonzero(table, axis=1), places.astype(np.int32)


def _check_range(numbers: np.ndarray, offsets: np.ndarray, dimension: int) -> None:
    whole("dimension", dimension, 1)
    wrong = (numbers < 0) | (numbers >= dimension)
    if wrong.any():
        place = int(wrong.argmax())
        row = int(np.searchsorted(offsets, place, side="right")) - 1
        raise DataError(
            f"row {row} holds {numbers[place]}, outside of 0 to {dimension - 1}; load the data "
            f"with num_words={dimension}, or pass a larger dimension"
        )


@suggests_arguments
def pad_sequences(
    sequences: Any,
    maxlen: int | None = None,
    dtype: DTypeLike = "int32",
    padding: Side = "pre",
    truncating: Side = "pre",
    value: float | str = 0.0,
) -> np.ndarray:
    """Lists as rows of one length: shorter ones are padded with `value`, longer ones cut.

    "pre" pads, or cuts, at the beginning, "post" at the end. Lists of texts take `dtype=object` or
    `dtype=str`, and a text as `value`.

    >>> pad_sequences([[1], [2, 3], [4, 5, 6]], maxlen=2).tolist()
    [[0, 1], [2, 3], [5, 6]]
    """
    for name, side in (("padding", padding), ("truncating", truncating)):
        if side not in ("pre", "post"):
            raise ArgumentError(f"{name}: 'pre' or 'post' was expected, got {side!r}")
    if not hasattr(sequences, "__iter__") or isinstance(sequences, (str, bytes)):
        raise DataError(f"pad_sequences: a list of lists was expected, got {sequences!r:.60}")
    if maxlen is not None:
        whole("pad_sequences: maxlen", maxlen, 0)
    rows = [np.asarray(_row(row, number)) for number, row in enumerate(sequences)]
    inner = next((row.shape[1:] for row in rows if len(row)), ())
    width = max(map(len, rows), default=0) if maxlen is None else maxlen
    of_texts = dtype in (object, str, "string")
    if of_texts is not isinstance(value, str):
        wanted = "a text" if of_texts else "a number, or dtype=object for texts,"
        raise ArgumentError(f"pad_sequences: value: {wanted} was expected, got {value!r}")
    made = np.full((len(rows), width, *inner), value, object if of_texts else as_dtype(dtype))
    for number, row in enumerate(rows):
        if row.dtype.kind in "OUS" and not of_texts:
            raise DataError(
                f"pad_sequences: row {number} holds {row.tolist()!r:.60}, which are no numbers; "
                "texts take dtype=object and a text as value"
            )
        cut = row[len(row) - width :] if truncating == "pre" and len(row) > width else row[:width]
        if not len(cut):
            continue
        if cut.shape[1:] != inner:
            raise DataError(f"row {number} holds entries of shape {cut.shape[1:]}, not {inner}")
        start = width - len(cut) if padding == "pre" else 0
        made[number, start : start + len(cut)] = cut
    return made


@suggests_arguments
def to_categorical(x: Any, num_classes: int | None = None) -> np.ndarray:
    """One-hot rows of class numbers, which begin at 0.

    >>> to_categorical([0, 2, 1]).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    """
    labels = np.asarray(x)
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    number = labels.astype(np.int64) if labels.dtype.kind in "biuf" else None
    if number is None or (labels.size and not np.array_equal(number, labels)):
        raise DataError(
            f"to_categorical: class numbers must be whole numbers, got {x!r:.60}; use StringLookup "
            "for text"
        )
    classes = int(number.max(initial=-1)) + 1
    if num_classes is not None:
        classes = whole("to_categorical: num_classes", num_classes, 1)
    wrong = (number < 0) | (number >= classes)
    if wrong.any():
        place: Sequence[int] = np.argwhere(wrong)[0].tolist()
        raise DataError(
            f"to_categorical: label {number[tuple(place)]} at {place} is outside the {classes} "
            f"classes 0 to {classes - 1}"
        )
    return np.eye(classes, dtype=np.float32)[number]


def normalize(x: Any, axis: int = -1, order: int = 2) -> np.ndarray:
    """Divides each vector along an axis by its norm of the given order; zero vectors stay zero.

    >>> normalize([[3.0, 4.0], [0.0, 0.0]]).tolist()
    [[0.6, 0.8], [0.0, 0.0]]
    """
    values = np.atleast_1d(np.asarray(x))
    if values.dtype.kind not in "biuf":
        raise DataError(f"normalize: an array of numbers was expected, got {x!r:.60}")
    if not (is_whole(axis) and -values.ndim <= axis < values.ndim and is_number(order)):
        raise ArgumentError(
            f"normalize: axis {axis!r} and order {order!r}: one of the {values.ndim} axes and a "
            "number were expected"
        )
    dtype = values.dtype if values.dtype.kind == "f" else np.dtype(np.float64)
    length = np.linalg.norm(values.astype(dtype), order, axis, keepdims=True)
    return values / np.where(length == 0, dtype.type(1), length)
