"""The race rule: within a phase no worker reads or writes an element that another worker writes.

Depends on the loop form. It is decided from the partition of the work, for every batch size and
every number of workers at once, without running anything:

* A worker has a part of the axis that its kernel splits. The parts of an axis depend only on its
  size: all kernels split the rows of a batch in the same way, and also the rows of all matrices
  with equally many rows (by equal counts, or by the shares of partitioned sparse rows). So index i
  of a split axis of size n belongs to the same worker in every kernel.
* An access is a product of index sets, one for each dimension of the array that it sees. A
  dimension is identified by its stride and its size: these select the same elements of the memory
  in whichever shape it is seen. The index set is a point, a range start + step * i, or any index (a
  row that was looked up).
* Two accesses of different workers are disjoint if, along one dimension of both, they have their
  own parts of the same split or ranges without a common index (parts of a concatenation).
* A worker with groups of rows has these rows in all kernels of rows and of groups of its phase.
* "everyone" means that each worker visits all points, "first" that only worker 0 does. Private
  memory and that of blocks exist once a worker and are not checked; between phases is a barrier, so
  only accesses of one phase are compared.

Accesses that cannot be proven disjoint count as a race.
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
    """A dimension of the memory: `size` elements at a distance of `stride` elements each.

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
    """The coordinate of an access along each dimension; dimensions of size 1 are left out."""
    seen = zip(access.strides(), access.shape, access.coordinates, strict=True)
    return {Dimension(stride, size): c for stride, size, c in seen if size != Size(1)}


@dataclass(frozen=True)
class Indices:
    """start + step * i for all i < count; `split`: each worker has a part of these i.

    Without a count it may be any index.
    """

    start: int = 0
    step: int = 1
    count: Size | None = None
    split: bool = False

    def are_all_of(self, size: Size) -> bool:
        """Whether they are all indices of a dimension, for all workers together."""
        return (self.start, self.step, self.count) == (0, 1, size)

    def are_disjoint_from(self, other: Indices) -> bool:
        """Whether different workers never have the same index."""
        return (self.split and self == other) or self.never_overlap(other)

    def never_overlap(self, other: Indices) -> bool:
        """Whether the two share no index, whichever workers have them.

        >>> first, rest = Indices(0, 1, Size(3)), Indices(3, 1, Size(5))
        >>> first.never_overlap(rest), Indices(0, 2, Size(9)).never_overlap(Indices(1, 2, Size(9)))
        (True, True)
        """
        if self.count is None or other.count is None:
            return False
        if not self.count.count or not other.count.count:
            return True
        if _is_below(self.highest, other.lowest) or _is_below(other.highest, self.lowest):
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
        if self.count is None or not self.count.is_known:
            return None
        return self.start + self.step * (self.count.count - 1)

    @property
    def _spacing(self) -> int:
        return 0 if self.count == Size(1) else abs(self.step)


def _is_below(highest: int | None, lowest: int | None) -> bool:
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
    rows = len(kernel.space) if kernel.share.kind == "groups" else None
    split = coordinate.axis in (split_axis(kernel), rows)
    return Indices(coordinate.start, coordinate.step, count, split)


def split_axis(kernel: Kernel) -> int | None:
    """The axis that workers split, if each has a part."""
    return kernel.share.axis if kernel.share.splits else None


def axes_of(kernel: Kernel) -> tuple[Size, ...]:
    """The sizes of all axes: those of the space, then those that the root runs over."""
    root = kernel.root
    if isinstance(root, Product):
        return (*kernel.space, root.over)
    over = getattr(root, "over", ())
    return (*kernel.space, *over)


def overlap(one: Region, other: Region) -> bool:
    """Whether two regions of one buffer may have an element in common, whichever worker uses it."""
    return not any(one[d].never_overlap(other[d]) for d in one.keys() & other.keys())


# ---------------------------------------------------------------- uses


@dataclass(frozen=True)
class Use:
    """A read or write of a buffer by a kernel. `fills`: it writes a constant."""

    kernel: Kernel
    access: Access
    region: Region
    writes: bool = False
    fills: bool = False
    by_all: bool = False  # all workers read all of it, regardless of the kernel's share

    @property
    def buffer(self) -> Buffer:
        """The buffer."""
        return self.access.buffer

    @property
    def by_first(self) -> bool:
        """Whether only worker 0 does it."""
        return self.kernel.share.kind == "first" and not self.by_all

    def races_with(self, other: Use) -> bool:
        """Whether two different workers may use the same element."""
        if self.by_first and other.by_first:
            return False
        shared = self.region.keys() & other.region.keys()
        return not any(self.region[d].are_disjoint_from(other.region[d]) for d in shared)

    def __str__(self) -> str:
        verb = "writes" if self.writes else "reads"
        who = "everyone" if self.by_all else self.kernel.share
        return f"{self.kernel.name} {verb} {self.access} ({who})"


def uses_of(kernel: Kernel) -> list[Use]:
    """The uses of a kernel: its reads, then its stores, then the guard."""
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
            if use.buffer.role not in ("private", "block"):
                found.setdefault(use.buffer, []).append(use)
    for uses in found.values():
        for one, other in combinations_with_replacement(uses, 2):
            if (one.writes or other.writes) and one.races_with(other):
                yield f"two workers may use the same element in one phase: {one}, {other}"
