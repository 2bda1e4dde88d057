"""Where pipelines begin: arrays in memory, generators, files read chunk by chunk.

Leans on columns, the readers of files and stages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from steepest.core import tree
from steepest.core.arrays import array_of
from steepest.core.tensor import Operators
from steepest.data.columns import as_column
from steepest.data.stages import blocks
from steepest.data.stages.base import UNKNOWN, Stage
from steepest.data.stages.blocks import Block
from steepest.data.stages.column_plan import ObjectColumn, Plan, in_order
from steepest.data.stages.signatures import as_specified
from steepest.errors import ArgumentError, DataError, DTypeError, ShapeError
from steepest.program.trace import TensorSpec


class Columns(Stage):
    """The rows of arrays, read in place.

    >>> Columns((np.zeros((3, 2)), [1, 2, 3])).size()
    3
    """

    def __init__(self, given: Any) -> None:
        self.columns = _columns(given, "tensors")
        lengths = {len(leaf) for leaf in tree.leaves(self.columns)}
        if len(lengths) > 1:
            raise ShapeError(
                f"from_tensor_slices: all parts must have equally many rows, got {sorted(lengths)}"
            )

    @cached_property
    def spec(self) -> Any:
        """The shape and kind of a row of each; none for lists and texts."""
        if any(isinstance(leaf, ObjectColumn) for leaf in tree.leaves(self.columns)):
            return None
        return tree.transform(lambda leaf: TensorSpec(leaf.row_shape, leaf.dtype), self.columns)

    @cached_property
    def plan(self) -> Plan:
        """The rows in order."""
        return in_order(self.columns)

    def size(self) -> int:
        """The number of rows."""
        return self.plan.count


def _columns(given: Any, where: str) -> Any:
    """A nest of columns; a list is one array, as `st.constant` reads it."""
    if isinstance(given, dict):
        return {key: _columns(part, f"{where}[{key!r}]") for key, part in given.items()}
    if isinstance(given, tuple):
        return tuple(_columns(part, f"{where}[{place}]") for place, part in enumerate(given))
    return _column(given, where)


def _column(given: Any, where: str) -> Any:
    if isinstance(given, Iterator):
        raise ArgumentError(
            f"from_tensor_slices: {where} can be walked once only; give a function that makes it "
            "to Dataset.from_generator, or a list"
        )
    values = np.asarray(given) if isinstance(given, Operators) else given
    if isinstance(values, list):
        return _column_of_list(values, where)
    if isinstance(values, np.ndarray) and values.dtype.kind in "OUS":
        return ObjectColumn(values)
    return as_column(values, where)


def _column_of_list(values: list[Any], where: str) -> Any:
    try:
        return as_column(array_of(values), where)
    except (ShapeError, DTypeError):
        return ObjectColumn(values)


class Single(Stage):
    """One element, as it is.

    >>> Single(np.zeros(3)).size()
    1
    """

    def __init__(self, element: Any) -> None:
        self.element = blocks.arrays(element)

    @cached_property
    def spec(self) -> Any:
        """The shape and kind of the element."""
        return spec_of_element(self.element)

    def size(self) -> int:
        """One."""
        return 1

    def blocks(self, epoch: int) -> Iterator[Block]:
        """The element."""
        yield blocks.single(self.element)


def spec_of_element(element: Any) -> Any:
    """What an element looks like; None where it holds texts or lists.

    >>> spec_of_element((np.zeros(2), "a")) is None
    True
    """
    leaves = tree.leaves(element)
    if not all(isinstance(leaf, np.ndarray) and blocks.is_numeric(leaf.dtype) for leaf in leaves):
        return None
    return tree.transform(lambda leaf: TensorSpec(leaf.shape, leaf.dtype), element)


class Generator(Stage):
    """What a function's iterator yields, checked against a signature.

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
        self.function, self.signature = function, signature

    @cached_property
    def spec(self) -> Any:
        """The signature, if it leaves no more than a batch open."""
        known = all(isinstance(leaf, TensorSpec) for leaf in tree.leaves(self.signature))
        return self.signature if known else None

    def blocks(self, epoch: int) -> Iterator[Block]:
        """Each element as it comes."""
        made = self.function()
        if not hasattr(made, "__iter__"):
            raise DataError(
                "from_generator: the function must return an iterator, as one with yield does; it "
                f"returned {made!r:.60}"
            )
        elements = iter(made)
        number = 0
        while True:
            try:
                element = next(elements)
            except StopIteration:
                return
            except Exception as error:
                error.add_note(f"in the generator of a Dataset, at element {number}")
                raise
            yield blocks.single(self._checked(element, number))
            number += 1

    def _checked(self, element: Any, number: int) -> Any:
        if self.signature is None:
            return blocks.arrays(element)
        try:
            return as_specified(element, self.signature)
        except (TypeError, ValueError) as error:
            error.add_note(f"in the generator of a Dataset, at element {number}")
            raise


class Chunks(Stage):
    """The rows of a file, read some at a time; shapes and kinds are those of the first.

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
            raise DataError(f"there is no column {sorted(unknown)}; there is: {source.columns}")

    @cached_property
    def spec(self) -> Any:
        """Those of the first row."""
        first = next(iter(self._chunks(1)), None)
        return None if first is None else spec_of_element(next(blocks.rows(first)))

    def size(self) -> int:
        """The number of rows, where the file tells."""
        return UNKNOWN if self.file.rows is None else self.file.rows

    def blocks(self, epoch: int) -> Iterator[Block]:
        """Chunk by chunk."""
        return self._chunks(self.rows_per_chunk or self._rows_in_a_chunk())

    def _rows_in_a_chunk(self) -> int:
        first = next(iter(self._chunks(1)), None)
        return 1 if first is None else blocks.rows_in_a_block(blocks.row_bytes(first))

    def _chunks(self, rows: int) -> Iterator[Block]:
        for chunk in self.file.chunks(rows):
            yield self._element({name: _adopted(values) for name, values in chunk.items()})

    def _element(self, chunk: dict[str, np.ndarray]) -> Any:
        columns = {name: chunk[name] for name in self.features}
        if self.label is None:
            return columns["values"] if [*columns] == ["values"] else columns
        if len(columns) == 1:
            return next(iter(columns.values())), chunk[self.label]
        return _side_by_side(columns), chunk[self.label]

    def in_place(self) -> Any:
        """An element of whole columns, mapped where they lie in the file; None where they do not.

        >>> import tempfile, pathlib
        >>> from steepest.data.files import NumpyFile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.npy"
        >>> np.save(path, np.arange(6.0).reshape(3, 2))
        >>> Chunks(NumpyFile(path), None, None, None).in_place().shape
        (3, 2)
        """
        mapped = getattr(self.file, "mapped", None)
        apart = self.label is None or len(self.features) == 1  # a table side by side is a copy
        if mapped is None or not apart or self.rows_per_chunk is not None:
            return None
        wanted = [*self.features, *([] if self.label is None else [self.label])]
        arrays = {name: mapped(name) for name in wanted}
        return None if _any_missing(arrays) else self._element(arrays)


def _any_missing(arrays: dict[str, Any]) -> bool:
    return any(array is None or array.dtype.kind in "OUS" for array in arrays.values())


def rows_of_file(chunks: Chunks) -> Stage:
    """The rows of a file: read in place where they are mapped, else chunk by chunk."""
    whole = chunks.in_place()
    return chunks if whole is None else Columns(whole)


def _adopted(values: np.ndarray) -> np.ndarray:
    return values if values.dtype.kind in "OUS" else as_column(values).take(slice(None))


def _side_by_side(columns: dict[str, np.ndarray]) -> Any:
    """Columns of plain numbers as one table of float32; columns of another form stay apart."""
    if any(column.ndim != 1 for column in columns.values()):
        return columns
    for name, column in columns.items():
        if not blocks.is_numeric(column.dtype):
            raise DataError(
                f"column {name!r} holds text, which cannot stand in a table of features: name the "
                "number columns in features=, or leave out label= and use map"
            )
    return np.stack([column.astype(np.float32) for column in columns.values()], axis=1)
