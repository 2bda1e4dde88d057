"""The race rule: within a phase no worker reads or writes what another worker writes.

Leans on the loop form. It is decided from the partition of the work, for every batch size and every
number of workers at once, without running anything:

* A worker has a part of the axis that its kernel splits. The parts of an axis depend on its size
  alone: rows of the batch are split in the same way by all kernels, and so are the rows of all
  matrices with equally many rows (by equal counts, or where sparse rows are dealt out, by the same
  shares). So index i of a split axis of size n belongs to the same worker in every kernel.
* An access is a product of index sets, one for each dimension of the array that it sees. What
  identifies a dimension is its stride and its size: these pick the same elements of the memory in
  whichever shape it is seen. The index set is a point, a range start + step * i, or anything (a row
  that was looked up).
* Two accesses of different workers are apart if along one dimension that both see they have their
  own parts of the same split, or ranges that share no index (parts of a concatenation).
* "everyone" means that each worker visits all places, "first" that worker 0 alone does. Private
  memory exists once a worker, so it takes no part; between phases is a barrier, so only accesses
  of one phase are compared.

What cannot be proven apart counts as a race.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import gcd

from steepest.engines.cpu.loops.costs import reads
from steepest.engines.cpu.loops.form import Constant, Kernel, Product
from steepest.engines.cpu.loops.spaces import Access, Buffer, Coordinate, Size


@dataclass(frozen=True)
class Dimension:
    """A dimension of the memory: neighbours lie `stride` elements apart, there are `size` of them.

    >>> x = Buffer("x", "scratch", 0, np.dtype("float32"), (Size(1, 1), Size(6)))
    >>> flat, square = (Size(1, 1), Size(6)), (Size(1, 1), Size(2), Size(3))
    >>> rows = (Coordinate(0), Coordinate(1)), (Coordinate(0), Coordinate(1), Coordinate(2))
    >>> seen = [dimensions(Access(x, *form)) for form in zip((flat, square), rows)]
    >>> [str(dimension) for dimension in seen[0].keys() & seen[1].keys()]
    ['batch of stride 6']
    """

    stride: Size
    size: Size

    def __str__(self) -> str:
        return f"{self.size} of stride {self.stride}"


def dimensions(access: Access) -> dict[Dimension, Coordinate]:
    """The coordinate along each dimension that an access moves in; sizes of 1 take no part."""
    seen = zip(access.strides(), access.shape, access.coordinates, strict=True)
    return {Dimension(stride, size): c for stride, size, c in seen if size != Size(1)}


@dataclass(frozen=True)
class Indices:
    """start + step * i for all i < count; `split`: each worker has its part of the i.

    Without a count it may be any index.
    """

    start: int = 0
    step: int = 1
    count: Size | None = None
    split: bool = False

    def are_all_of(self, size: Size) -> bool:
        """Whether they are all indices of a dimension, the workers' parts taken together."""
        return (self.start, self.step, self.count) == (0, 1, size)

    def are_apart_from(self, other: Indices) -> bool:
        """Whether different workers never have the same index."""
        return (self.split and self == other) or self.never_meet(other)

    def never_meet(self, other: Indices) -> bool:
        """Whether the two share no index, whoever has them.

        >>> first, rest = Indices(0, 1, Size(3)), Indices(3, 1, Size(5))
        >>> first.never_meet(rest), Indices(0, 2, Size(9)).never_meet(Indices(1, 2, Size(9)))
        (True, True)
        """
        if self.count is None or other.count is None:
            return False
        if not self.count.count or not other.count.count:
            return True
        if _lies_below(self.highest, other.lowest) or _lies_below(other.highest, self.lowest):
            return True
        common = gcd(self._spacing, other._spacing)
        return common != 0 and (self.start - other.start) % common != 0

    @property
    def lowest(self) -> int | None:
        """The least index, or None if it depends on the batch."""
        return self.start if self.step >= 0 else self._last

    @property
    def highest(self) -> int | None:
        """The greatest index, or None if it depends on the batch."""
        return self._last if self.step >= 0 else self.start

    @property
    def _last(self) -> int | None:
        if self.count is None or self.count.power:
            return None
        return self.start + self.step * (self.count.count - 1)

    @property
    def _spacing(self) -> int:
        return 0 if self.count == Size(1) else abs(self.step)


def _lies_below(highest: int | None, lowest: int | None) -> bool:
    return highest is not None and lowest is not None and highest < lowest


Region = dict[Dimension, Indices]


def region_of(kernel: Kernel, access: Access) -> Region:
    """The index set of an access along each dimension."""
    return {
        dimension: _indices(kernel, coordinate)
        for dimension, coordinate in dimensions(access).items()
    }


def _indices(kernel: Kernel, coordinate: Coordinate) -> Indices:
    if coordinate.looked is not None:
        return Indices()
    if coordinate.axis is None:
        return Indices(coordinate.start, 1, Size(1))
    count = axes_of(kernel)[coordinate.axis]
    return Indices(coordinate.start, coordinate.step, count, coordinate.axis == split_axis(kernel))


def split_axis(kernel: Kernel) -> int | None:
    """The axis that workers split, if each has a part."""
    return kernel.share.axis if kernel.share.kind in ("rows", "parts") else None


def axes_of(kernel: Kernel) -> tuple[Size, ...]:
    """The sizes of all axes: those of the space, then those that the root runs over."""
    root = kernel.root
    if isinstance(root, Product):
        return (*kernel.space, root.over)
    over = getattr(root, "over", ())
    return (*kernel.space, *over)


def overlap(one: Region, other: Region) -> bool:
    """Whether two regions of one buffer may have an element in common, whoever touches it."""
    return not any(one[d].never_meet(other[d]) for d in one.keys() & other.keys())


# ---------------------------------------------------------------- who touches what


@dataclass(frozen=True)
class Use:
    """What a kernel reads or writes of a buffer. `fills`: it writes a constant."""

    kernel: Kernel
    access: Access
    region: Region
    writes: bool = False
    fills: bool = False
    by_all: bool = False  # all workers read all of it, whatever the kernel's share

    @property
    def buffer(self) -> Buffer:
        """The memory."""
        return self.access.buffer

    @property
    def by_first(self) -> bool:
        """Whether worker 0 alone does it."""
        return self.kernel.share.kind == "first" and not self.by_all

    def races_with(self, other: Use) -> bool:
        """Whether two different workers may meet at an element."""
        if self.by_first and other.by_first:
            return False
        shared = self.region.keys() & other.region.keys()
        return not any(self.region[d].are_apart_from(other.region[d]) for d in shared)

    def __str__(self) -> str:
        verb = "writes" if self.writes else "reads"
        who = "everyone" if self.by_all else self.kernel.share
        return f"{self.kernel.name} {verb} {self.access} ({who})"


def uses_of(kernel: Kernel) -> list[Use]:
    """All that a kernel touches: its reads, then its stores, then the guard."""
    visits = all(size.count for size in kernel.space)
    read = reads(kernel) if visits else []
    uses = [Use(kernel, access, region_of(kernel, access)) for access in read]
    for store in kernel.stores if visits else ():
        fills = kernel.root is None and isinstance(kernel.steps[store.step], Constant)
        region = region_of(kernel, store.access)
        uses.append(Use(kernel, store.access, region, writes=True, fills=fills))
    if kernel.guards is not None:
        region = region_of(kernel, kernel.guards)
        uses.append(Use(kernel, kernel.guards, region, by_all=True))
    return uses


def race_faults(phase: tuple[Kernel, ...]) -> Iterator[str]:
    """The accesses of a phase between which a barrier is missing."""
    found: dict[Buffer, list[Use]] = {}
    for kernel in phase:
        for use in uses_of(kernel):
            if use.buffer.role != "private":
                found.setdefault(use.buffer, []).append(use)
    for uses in found.values():
        for one, other in combinations_with_replacement(uses, 2):
            if (one.writes or other.writes) and one.races_with(other):
                yield f"two workers may meet in one phase: {one}, {other}"
