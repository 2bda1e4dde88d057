"""Index spaces and memory: sizes that may hold the batch, coordinates, buffers, accesses.

Depends on core alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from steepest.core.dtype import DType, name_of

Role = Literal[
    "input", "middles", "shares", "state", "constant", "scratch", "private", "block", "output"
]
Stored = Literal["dense", "sparse", "sparse bytes", "ones"]
SHARES = 64  # parts of the columns of sparse rows, and the most workers that get one each
BLOCK_ROWS = 256  # rows of a long batch that go through all layers before the next ones
MOST_GROUPS = 64  # groups of blocks, each with sums of its own


def all_dense(inputs: int) -> tuple[Stored, ...]:
    """The storage of so many inputs, all of them dense arrays."""
    dense: Stored = "dense"
    return (dense,) * inputs


def group_rows(batch: int) -> int:
    """The rows of a group of a batch: whole blocks, the same for any number of workers.

    >>> group_rows(1_000), group_rows(65_536)
    (256, 1024)
    """
    return BLOCK_ROWS * max(1, -(-batch // (BLOCK_ROWS * MOST_GROUPS)))


def group_count(batch: int) -> int:
    """The number of groups of a batch; the last one may have fewer rows.

    >>> group_count(1_000), group_count(65_536)
    (4, 64)
    """
    return max(1, -(-batch // group_rows(batch)))


@dataclass(frozen=True)
class Size:
    """count * batch ** power * (number of groups of rows) ** groups.

    >>> str(Size(3, 1)), Size(3, 1).at(10), Size(2) * Size(3, 1)
    ('3*batch', 30, Size(count=6, power=1, groups=0))
    """

    count: int
    power: int = 0
    groups: int = 0

    def __mul__(self, other: Size) -> Size:
        return Size(self.count * other.count, self.power + other.power, self.groups + other.groups)

    @property
    def is_known(self) -> bool:
        """Whether it is the same for every batch."""
        return not (self.power or self.groups)

    def at(self, batch: int) -> int:
        """The size for a batch of so many rows."""
        size = self.count * batch**self.power
        return size * group_count(batch) ** self.groups if self.groups else size

    def __str__(self) -> str:
        factors = [] if self.count == 1 and not self.is_known else [str(self.count)]
        return "*".join(factors + ["batch"] * self.power + ["groups"] * self.groups)


BATCH, GROUPS = Size(1, 1), Size(1, 0, 1)


def size_of(size: int | None) -> Size:
    """A size of a graph's shape, None being the batch."""
    return Size(1, 1) if size is None else Size(size)


def product_of(sizes: tuple[Size, ...]) -> Size:
    """The number of elements of a space of these sizes."""
    total = Size(1)
    for size in sizes:
        total = total * size
    return total


@dataclass(frozen=True)
class Coordinate:
    """An index: start + step * i[axis], or the number that an earlier step computed (`looked`)."""

    axis: int | None = None
    step: int = 1
    start: int = 0
    looked: int | None = None

    def __str__(self) -> str:
        if self.looked is not None:
            return f"t{self.looked}"
        if self.axis is None:
            return str(self.start)
        text = f"i{self.axis}" if self.step == 1 else f"{self.step}*i{self.axis}"
        return f"{text}{self.start:+d}" if self.start else text


ZERO = Coordinate(None, 0, 0)


@dataclass(frozen=True, eq=False)
class Buffer:
    """Memory that kernels read and write: row-major, of sizes that may hold the batch.

    Inputs are read in the order of the epoch: row r of a batch is row order[r].
    "private" memory exists once for each worker, and so does "block", which holds a batch's rows of
    one block at a time. "sparse" rows are stored as bounds, column numbers
    and values; those of "sparse bytes" are bytes, and "ones" have none. "middles" and "shares" say
    how the input at `place`, of sparse rows, is partitioned among workers.
    """

    name: str
    role: Role
    place: int
    dtype: DType
    shape: tuple[Size, ...]
    stored: Stored = "dense"

    @property
    def gathered(self) -> bool:
        """Whether its rows are read through the order."""
        return self.role in ("input", "middles") and bool(self.shape) and self.shape[0].power > 0

    @property
    def is_partition(self) -> bool:
        """Whether it says how an input is partitioned; such buffers are listed after the inputs."""
        return self.role in ("middles", "shares")

    @property
    def pointers(self) -> int:
        """The number of its arrays: bounds, columns and values where rows are sparse."""
        return 1 if self.stored == "dense" else 3

    def bytes(self, batch: int) -> int:
        """The memory it takes for a batch of so many rows."""
        return product_of(self.shape).at(batch) * int(self.dtype.itemsize)

    def __str__(self) -> str:
        sizes = ", ".join(map(str, self.shape))
        how = "" if self.stored == "dense" else f", {self.stored}"
        return f"{self.role} {self.name}: {name_of(self.dtype)}[{sizes}]{how}"


ORDER, SCRATCH, STOP, FIRST_BUFFER = range(4)  # entries of the table of pointers
LEAVING = 8  # a word behind the barrier's counter, in another cache line: see emit/batches.py


def entries_of(buffers: tuple[Buffer, ...]) -> dict[Buffer, int]:
    """The index of each buffer's pointer (or the first of them) in a table of these buffers."""
    entries, end = {}, FIRST_BUFFER
    for buffer in buffers:
        entries[buffer] = end
        end += buffer.pointers
    return entries


def table_size(buffers: tuple[Buffer, ...]) -> int:
    """The number of entries of the table."""
    return FIRST_BUFFER + sum(buffer.pointers for buffer in buffers)


@dataclass(frozen=True)
class Access:
    """One element of a buffer, seen as an array of `shape`, for each point of a space."""

    buffer: Buffer
    shape: tuple[Size, ...]
    coordinates: tuple[Coordinate, ...]

    def strides(self) -> tuple[Size, ...]:
        """The distance, in elements, between neighbours along each axis of `shape`."""
        strides, inner = [], Size(1)
        for size in reversed(self.shape):
            strides.append(inner)
            inner = inner * size
        return tuple(reversed(strides))

    def __str__(self) -> str:
        return f"{self.buffer.name}[{', '.join(map(str, self.coordinates))}]"
