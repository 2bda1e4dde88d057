"""Sources of a pipeline: arrays in memory, generators, files read chunk by chunk.

Depends on columns, base and signatures.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from steepest.core import tree
from steepest.core.arrays import array_of
from steepest.core.tensor import Operators
from steepest.data.columns import as_column
from steepest.data.stages import blocks
from steepest.data.stages.alike import AlikeRows, Raised
from steepest.data.stages.base import INFINITE, UNKNOWN, Stage
from steepest.data.stages.blocks import Block
from steepest.data.stages.column_plan import ColumnPlan, ObjectColumn, in_order
from steepest.data.stages.signatures import as_specified
from steepest.errors import ArgumentError, DataError, DTypeError, ShapeError
from steepest.program.trace import TensorSpec

NUMBERS = 512


class Columns(Stage):
    """The rows of arrays, read in place.

    >>> Columns((np.zeros((3, 2)), [1, 2, 3])).size()
    3
    """

    def __init__(self, given: Any) -> None:
        self.columns = _columns_of(given, "tensors")
        lengths = {len(leaf) for leaf in tree.leaves(self.columns)}
        if len(lengths) > 1:
            raise ShapeError(
                f"from_tensor_slices: all parts must have equally many rows, got {sorted(lengths)}"
            )

    @cached_property
    def spec(self) -> Any:
        """The shape and dtype of a row of each column; None for lists and texts."""
        if any(isinstance(leaf, ObjectColumn) for leaf in tree.leaves(self.columns)):
            return None
        return tree.transform(lambda leaf: TensorSpec(leaf.row_shape, leaf.dtype), self.columns)

    @cached_property
    def plan(self) -> ColumnPlan:
        """The rows in order."""
        return in_order(self.columns)

    def size(self) -> int:
        """The number of rows."""
        return self.plan.count


def _columns_of(given: Any, where: str) -> Any:
    """A nest of columns; a list is one array, as in `st.constant`."""
    if isinstance(given, dict):
        return {key: _columns_of(part, f"{where}[{key!r}]") for key, part in given.items()}
    if isinstance(given, tuple):
        return tuple(_columns_of(part, f"{where}[{place}]") for place, part in enumerate(given))
    return _column(given, where)


def _column(given: Any, where: str) -> Any:
    if isinstance(given, Iterator):
        raise ArgumentError(
            f"from_tensor_slices: {where} can be iterated only once; pass a function that "
            "returns it to Dataset.from_generator, or a list"
        )
    values = np.asarray(given) if isinstance(given, Operators) else given
    if isinstance(values, list):
        try:
            return as_column(array_of(values), where)
        except (ShapeError, DTypeError):
            return ObjectColumn(values)
    if isinstance(values, np.ndarray) and values.dtype.kind in "OUS":
        return ObjectColumn(values)
    return as_column(values, where)


class Numbers(Stage):
    """Numbers without end: `start`, `start + step`, ...

    >>> Numbers(3, 2, np.dtype("int64")).size() == INFINITE
    True
    """

    def __init__(self, start: Any, step: Any, dtype: Any) -> None:
        self.start, self.step, self.dtype = start, step, dtype

    @cached_property
    def spec(self) -> Any:
        """A single number."""
        return TensorSpec((), self.dtype)

    def size(self) -> int:
        """Endless."""
        return INFINITE

    def blocks(self, epoch: int) -> Iterator[Block]:
        """Some hundreds of numbers at a time."""
        for first in itertools.count(0, NUMBERS):
            yield (self.start + self.step * np.arange(first, first + NUMBERS)).astype(self.dtype)


class RandomNumbers(Stage):
    """Random whole numbers of 32 bits without end, others in each epoch if `redraws`.

    >>> RandomNumbers(1, False).size() == INFINITE
    True
    """

    def __init__(self, seed: int, redraws: bool) -> None:
        self.seed, self.redraws = seed, redraws

    @cached_property
    def spec(self) -> Any:
        """A single number."""
        return TensorSpec((), "int64")

    def size(self) -> int:
        """Endless."""
        return INFINITE

    def blocks(self, epoch: int) -> Iterator[Block]:
        """Some hundreds of numbers at a time."""
        key = [self.seed, epoch if self.redraws else 0]
        rng = np.random.Generator(np.random.Philox(key=key))
        while True:
            yield rng.integers(0, 2**32, NUMBERS)


class Single(Stage):
    """One element.

    >>> Single(np.zeros(3)).size()
    1
    """

    def __init__(self, element: Any) -> None:
        self.element = blocks.arrays(element)

    @cached_property
    def spec(self) -> Any:
        """The shape and dtype of the element."""
        return spec_of_element(self.element)

    def size(self) -> int:
        """One."""
        return 1

    def blocks(self, epoch: int) -> Iterator[Block]:
        """The element."""
        yield blocks.single(self.element)


def spec_of_element(element: Any) -> Any:
    """The spec of an element; None where it holds texts or lists.

    >>> spec_of_element((np.zeros(2), "a")) is None
    True
    """
    leaves = tree.leaves(element)
    if not all(isinstance(leaf, np.ndarray) and blocks.is_numeric(leaf.dtype) for leaf in leaves):
        return None
    return tree.transform(lambda leaf: TensorSpec(leaf.shape, leaf.dtype), element)


class Generator(Stage):
    """The elements of the iterator that a function returns, checked against a signature.

    >>> stage = Generator(lambda: iter([1, 2]), TensorSpec((), "int32"))
    >>> [block.tolist() for block in stage.blocks(0)]
    [[1], [2]]
    """

    in_python = True

    def __init__(self, function: Callable[[], Any], signature: Any) -> None:
        if not callable(function):
            raise ArgumentError(
                "from_generator: a function that returns an iterator was expected, so that every "
                f"epoch can begin anew, got {type(function).__name__}; write lambda: ..."
            )
        self.function, self.signature, self.count = function, signature, 1

    def together(self, count: int) -> Generator:
        """The same elements, `count` in a block."""
        stage = Generator(self.function, self.signature)
        stage.count = count
        return stage

    @cached_property
    def spec(self) -> Any:
        """The signature, if each leaf has at most one open size."""
        known = all(isinstance(leaf, TensorSpec) for leaf in tree.leaves(self.signature))
        return self.signature if known else None

    def blocks(self, epoch: int) -> Iterator[Block]:
        """Blocks of `count` elements, or of fewer where their shapes differ."""
        made = self._made()
        if self.count == 1:
            yield from (blocks.single(self._checked(each, n)) for n, each in enumerate(made))
            return
        rows = AlikeRows(self._checked, self.signature)
        while some := rows.blocks(itertools.islice(made, self.count)):
            yield from some

    def _made(self) -> Iterator[Any]:
        made = self.function()
        if not hasattr(made, "__iter__"):
            raise DataError(
                "from_generator: the function must return an iterator, as one with yield does; it "
                f"returned {made!r:.60}"
            )
        return _until_raised(made)

    def _checked(self, element: Any, number: int) -> Any:
        try:
            if isinstance(element, Raised):
                raise element.error
            if self.signature is not None:
                return as_specified(element, self.signature)
        except Exception as error:
            error.add_note(f"in the generator of a Dataset, at element {number}")
            raise
        return tree.transform(  # copies, since a generator may change its array afterwards
            lambda leaf: leaf.copy() if isinstance(leaf, np.ndarray) else leaf,
            blocks.arrays(element),
        )


def _until_raised(elements: Iterable[Any]) -> Iterator[Any]:
    """The elements; where an error ends them, it is the last."""
    try:
        yield from elements
    except Exception as error:
        yield Raised(error)


class Chunks(Stage):
    """The rows of a file, read some at a time; shapes and dtypes are those of the first.

    Elements are dictionaries of columns or, with a label, pairs (features, label); of a file that
    holds one array without a name, its rows.
    """

    in_python = True

    def __init__(
        self, source: Any, label: str | None, features: Sequence[str] | None, rows: int | None
    ) -> None:
        self.file, self.label, self.rows_per_chunk = source, label, rows
        names = [name for name in source.columns if name != label]
        self.features = names if features is None else list(features)
        unknown = {*self.features, *([label] if label else [])} - set(source.columns)
        if unknown:
            raise DataError(f"there is no column {sorted(unknown)}; known names: {source.columns}")

    @cached_property
    def spec(self) -> Any:
        """The spec of the first row."""
        first = next(iter(self._chunks(1)), None)
        return None if first is None else spec_of_element(next(blocks.rows(first)))

    def size(self) -> int:
        """The number of rows, where the file declares it."""
        return UNKNOWN if self.file.rows is None else self.file.rows

    def blocks(self, epoch: int) -> Iterator[Block]:
        """Chunk by chunk."""
        rows = self.rows_per_chunk
        if not rows:
            first = next(iter(self._chunks(1)), None)
            rows = 1 if first is None else blocks.rows_in_a_block(blocks.row_bytes(first))
        return self._chunks(rows)

    def _chunks(self, rows: int) -> Iterator[Block]:
        for chunk in self.file.chunks(rows):
            yield self._element(
                {name: v if _is_text(v) else as_column(v).take(slice(None))
                 for name, v in chunk.items()}
            )  # fmt: skip

    def _element(self, chunk: dict[str, np.ndarray]) -> Any:
        columns = {name: chunk[name] for name in self.features}
        if self.label is None:
            return columns["values"] if [*columns] == ["values"] else columns
        if len(columns) == 1:
            return next(iter(columns.values())), chunk[self.label]
        return _feature_table(columns), chunk[self.label]

    def in_place(self) -> Any:
        """An element of whole columns, mapped from the file; None where they cannot be mapped.

        >>> import tempfile, pathlib
        >>> from steepest.data.files import NumpyFile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.npy"
        >>> np.save(path, np.arange(6.0).reshape(3, 2))
        >>> Chunks(NumpyFile(path), None, None, None).in_place().shape
        (3, 2)
        """
        mapped = getattr(self.file, "mapped", None)
        separate = self.label is None or len(self.features) == 1  # a table of several is a copy
        if mapped is None or not separate or self.rows_per_chunk is not None:
            return None
        wanted = [*self.features, *([] if self.label is None else [self.label])]
        arrays = {name: mapped(name) for name in wanted}
        missing = any(array is None or _is_text(array) for array in arrays.values())
        return None if missing else self._element(arrays)


def _is_text(values: np.ndarray) -> bool:
    return values.dtype.kind in "OUS"


def rows_of_file(chunks: Chunks) -> Stage:
    """The rows of a file: mapped where possible, else read chunk by chunk."""
    whole = chunks.in_place()
    return chunks if whole is None else Columns(whole)


def _feature_table(columns: dict[str, np.ndarray]) -> Any:
    """Number columns as one table of float32; unchanged where one has more than one axis."""
    if any(column.ndim != 1 for column in columns.values()):
        return columns
    for name, column in columns.items():
        if not blocks.is_numeric(column.dtype):
            raise DataError(
                f"column {name!r} holds text, which cannot be part of a table of features: name "
                "the number columns in features=, or leave out label= and use map"
            )
    return np.stack([column.astype(np.float32) for column in columns.values()], axis=1)
