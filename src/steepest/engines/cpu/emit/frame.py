"""The frame of a kernel's function, points of its loops, and loads and stores at accesses.

Depends on the loop form, ir/helpers.py and rules.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from steepest.core.dtype import DType
from steepest.engines.cpu import ir
from steepest.engines.cpu.emit.rules import (
    filled,
    lanes_of,
    memory_type,
    register_type,
    typed,
    widen,
)
from steepest.engines.cpu.gemm import Machine
from steepest.engines.cpu.ir.helpers import (
    INDEX,
    Integer,
    add,
    at,
    element_bytes,
    first_lanes,
    index,
    load,
    maximum,
    multiply,
    store,
    subtract,
)
from steepest.engines.cpu.loops.spaces import (
    BLOCK_ROWS,
    MOST_GROUPS,
    STOP,
    Access,
    Buffer,
    Coordinate,
    Size,
)

POINTER = ir.PointerType()


@dataclass
class Frame:
    """The function of a kernel: its builder, table of pointers, batch and the worker's range.

    With `may_stop` its long loops test the stop word from time to time.
    """

    builder: ir.IRBuilder
    table: ir.Value
    batch: ir.Value
    low: ir.Value
    high: ir.Value
    entries: dict[Buffer, int]
    machine: Machine
    _pointers: dict[int, ir.Value] = field(default_factory=dict)
    may_stop: bool = False

    def number(self, size: Size) -> Integer:
        """A size as a Python int, or as an i64 value if it depends on the batch."""
        total: Integer = size.count
        for _ in range(size.power):
            total = multiply(self.builder, self.batch, total)
        for _ in range(size.groups):
            total = multiply(self.builder, group_count(self.builder, self.batch), total)
        return total

    @cached_property
    def group(self) -> tuple[ir.Value, ir.Value]:
        """The group of which a kernel of groups has a block of rows, and whether it is the first
        block of its group.
        """
        with self.builder.goto_entry_block():
            rows = group_rows(self.builder, self.batch)
            place = self.builder.srem(self.low, rows)
            is_first = self.builder.icmp_signed("==", place, index(0))
            return self.builder.udiv(self.low, rows), is_first

    def pointer(self, entry: int) -> ir.Value:
        """An entry of the table, loaded once at the function's entry."""
        if entry not in self._pointers:
            with self.builder.goto_entry_block():
                slot = at(self.builder, self.table, entry, POINTER)
                self._pointers[entry] = self.builder.load(slot, typ=POINTER, align=8)
        return self._pointers[entry]

    @property
    def order(self) -> ir.Value:
        """The address of the row numbers of the batch."""
        return self.pointer(0)

    def base(self, buffer: Buffer) -> ir.Value:
        """The address of a buffer."""
        return self.pointer(self.entries[buffer])

    def may_leave(self, builder: ir.IRBuilder) -> None:
        """Emits a return from a kernel that may stop, if the stop word is set."""
        if self.may_stop:
            leave, stay = (builder.append_basic_block(name) for name in ("leave", "stay"))
            builder.cbranch(is_set(builder, self.pointer(STOP)), leave, stay)
            builder.position_at_end(leave)
            builder.ret_void()
            builder.position_at_end(stay)


def group_rows(builder: ir.IRBuilder, batch: ir.Value) -> ir.Value:
    """The rows of a group of a batch, as `loops/spaces.py` defines them."""
    most = BLOCK_ROWS * MOST_GROUPS
    blocks = builder.udiv(builder.add(batch, index(most - 1)), index(most))
    return builder.mul(index(maximum(builder, blocks, 1)), index(BLOCK_ROWS))


def group_count(builder: ir.IRBuilder, batch: ir.Value) -> ir.Value:
    """The number of groups of a batch."""
    rows = group_rows(builder, batch)
    whole = builder.add(batch, builder.sub(rows, index(1)))
    return index(maximum(builder, builder.udiv(whole, rows), 1))


def is_set(builder: ir.IRBuilder, stop: ir.Value) -> ir.Value:
    """Whether the stop word at an address is set."""
    word = builder.load_atomic(stop, "monotonic", 8, typ=INDEX)
    return builder.icmp_signed("!=", word, index(0))


@dataclass(frozen=True)
class Point:
    """A point of the iteration space, or `lanes` neighbouring ones along axis `vector`.

    `axes` maps each axis to its index (that of the first lane). Lanes whose mask is off are outside
    of the space; a mask of None means that all are inside.
    """

    axes: dict[int, Integer]
    vector: int | None = None
    lanes: int = 0
    mask: ir.Value | None = None


def lane_numbers(lanes: int) -> ir.Constant:
    """A vector of 0, 1, 2, ... as i64."""
    return ir.Constant(ir.VectorType(INDEX, lanes), range(lanes))


def position(
    frame: Frame, point: Point, coordinate: Coordinate, values: list[ir.Value]
) -> tuple[Integer | ir.Value, int | None]:
    """(index, step): the index of the first lane and the step between lanes, 0 if all are equal.

    A step of None means that the index is a vector.
    """
    if coordinate.looked is not None:
        value = values[coordinate.looked]
        kind = typed(INDEX, lanes_of(value))
        value = value if value.type == kind else frame.builder.sext(value, kind)
        return value, None if lanes_of(value) else 0
    if coordinate.axis is None:
        return coordinate.start, 0
    moved = multiply(frame.builder, point.axes[coordinate.axis], coordinate.step)
    moved = add(frame.builder, moved, coordinate.start)
    return moved, coordinate.step if coordinate.axis == point.vector else 0


def index_of(
    frame: Frame, point: Point, coordinate: Coordinate, values: list[ir.Value]
) -> ir.Value:
    """A coordinate's index: a vector if it differs between lanes, else a scalar."""
    here, step = position(frame, point, coordinate, values)
    return index_vector(frame, point, here, step) if step else index(here)


def index_vector(frame: Frame, point: Point, start: Integer, step: int) -> ir.Value:
    """A vector of start, start + step, ..."""
    wide = widen(frame.builder, index(start), point.lanes)
    numbers = frame.builder.mul(lane_numbers(point.lanes), filled(wide.type, step))
    return frame.builder.add(wide, numbers)


# ---------------------------------------------------------------- addresses


@dataclass(frozen=True)
class Address:
    """Elements of a buffer: the offset of the first and the step between lanes.

    With a step of None `offset` is a vector. `inside` is None, or whether a looked-up row exists.
    """

    offset: Integer | ir.Value
    step: int | None
    inside: ir.Value | None = None


def address_of(frame: Frame, point: Point, access: Access, values: list[ir.Value]) -> Address:
    """The elements that an access refers to at a point."""
    total = Address(0, 0)
    for axis, (coordinate, size) in enumerate(
        zip(access.coordinates, access.strides(), strict=True)
    ):
        here, step = position(frame, point, coordinate, values)
        inside = None
        if coordinate.looked is not None:
            here, inside = _checked(frame, index(here), access.shape[axis])
        if axis == 0 and access.buffer.gathered:
            here, step = _ordered(frame, point, here, step)
        total = _moved(frame, point, total, here, step, size, inside)
    return total


def _checked(frame: Frame, here: ir.Value, rows: Size) -> tuple[ir.Value, ir.Value]:
    """A looked-up row, 0 where there is no such row, and whether there is one."""
    builder = frame.builder
    limit = widen(builder, index(frame.number(rows)), lanes_of(here))
    inside = builder.icmp_unsigned("<", here, limit)
    return builder.select(inside, here, filled(here.type, 0)), inside


def _ordered(
    frame: Frame, point: Point, here: Integer | ir.Value, step: int | None
) -> tuple[ir.Value, int | None]:
    """The stored rows of rows of the batch, by the order of the epoch."""
    builder = frame.builder
    if step == 0:
        slot = at(builder, frame.order, here, INDEX)
        return builder.load(slot, typ=INDEX, align=8), 0
    if step == 1:
        slot = at(builder, frame.order, here, INDEX)
        return load(builder, slot, ir.VectorType(INDEX, point.lanes), point.mask), None
    rows = index(here) if step is None else index_vector(frame, point, here, step)
    return _gather(frame, point, frame.order, rows, INDEX), None


def _moved(
    frame: Frame,
    point: Point,
    total: Address,
    here: Integer | ir.Value,
    step: int | None,
    size: Size,
    inside: ir.Value | None,
) -> Address:
    """An address moved along one axis by `here` (and `step` between lanes) times the stride."""
    builder, stride = frame.builder, frame.number(size)
    both = inside if total.inside is None else total.inside
    if step == 0 and total.step == 0:
        moved = add(builder, total.offset, multiply(builder, here, stride))
        return Address(moved, 0, both)
    plain = step is not None and total.step is not None and isinstance(stride, int)
    if plain or step == 0:
        moved = multiply(builder, here, stride)
        if total.step is None:
            moved = widen(builder, index(moved), point.lanes)
            return Address(builder.add(total.offset, moved), None, both)
        own = (step or 0) * stride if isinstance(stride, int) else 0
        return Address(add(builder, total.offset, moved), total.step + own, both)
    rows = index(here) if step is None else index_vector(frame, point, here, step)
    moved = builder.mul(rows, widen(builder, index(stride), point.lanes))
    return Address(builder.add(_vector(frame, point, total), moved), None, both)


def _vector(frame: Frame, point: Point, total: Address) -> ir.Value:
    """An address's offsets as a vector."""
    if total.step is None:
        return index(total.offset)
    return index_vector(frame, point, total.offset, total.step)


# ---------------------------------------------------------------- loads and stores


def read(frame: Frame, point: Point, access: Access, values: list[ir.Value]) -> ir.Value:
    """Reads the number at an access, or a vector of them; NaN or 0 outside the rows of a table."""
    if any(size == Size(0) for size in access.shape):
        return _missing(access.buffer.dtype, 0)  # an empty buffer
    where = address_of(frame, point, access, values)
    dtype = access.buffer.dtype
    value = _read_at(frame, point, frame.base(access.buffer), where, memory_type(dtype))
    if dtype == np.bool_:
        value = frame.builder.icmp_unsigned("!=", value, filled(value.type, 0))
    if where.inside is None:
        return value
    lanes = max(lanes_of(value), lanes_of(where.inside))
    inside = widen(frame.builder, where.inside, lanes)
    found = widen(frame.builder, value, lanes)
    return frame.builder.select(inside, found, _missing(dtype, lanes))


def _missing(dtype: DType, lanes: int) -> ir.Value:
    return filled(typed(register_type(dtype), lanes), np.nan if dtype.kind == "f" else 0)


def _read_at(frame: Frame, point: Point, base: ir.Value, where: Address, kind: ir.Type) -> ir.Value:
    builder = frame.builder
    if where.step == 0:
        return builder.load(at(builder, base, where.offset, kind), typ=kind, align=bytes_of(kind))
    if where.step == 1:
        first = at(builder, base, where.offset, kind)
        return load_vector(builder, first, ir.VectorType(kind, point.lanes), point.mask)
    return _gather(frame, point, base, _vector(frame, point, where), kind)


def bytes_of(kind: ir.Type) -> int:
    """The bytes of a number in memory."""
    return 2 if isinstance(kind, ir.HalfType) else element_bytes(kind)


def load_vector(
    builder: ir.IRBuilder, pointer: ir.Value, kind: ir.VectorType, mask: ir.Value | None
) -> ir.Value:
    """Reads adjacent elements; float16 is read as integers of 16 bits."""
    if isinstance(kind.element, ir.HalfType):
        words = load(builder, pointer, ir.VectorType(ir.IntType(16), kind.count), mask)
        return builder.bitcast(words, kind)
    return load(builder, pointer, kind, mask)


def _gather(
    frame: Frame, point: Point, base: ir.Value, offsets: ir.Value, kind: ir.Type
) -> ir.Value:
    """Reads elements with a separate offset for each lane."""
    builder, lanes = frame.builder, lanes_of(offsets)
    moved = ir.IntType(16) if isinstance(kind, ir.HalfType) else kind
    result = ir.VectorType(moved, lanes)
    mask = point.mask or filled(ir.VectorType(ir.IntType(1), lanes), 1)
    arguments = (
        builder.gep(base, [offsets], source_etype=moved),
        ir.Constant(ir.IntType(32), bytes_of(moved)),
        mask,
        filled(result, 0),
    )
    name = f"llvm.masked.gather.{result.suffix}.v{lanes}p0"
    found = builder.intrinsic(name, result, arguments)
    return builder.bitcast(found, ir.VectorType(kind, lanes))


def write(frame: Frame, point: Point, access: Access, value: ir.Value) -> None:
    """Stores a number or a vector at an access."""
    builder, kind = frame.builder, memory_type(access.buffer.dtype)
    where = address_of(frame, point, access, [])
    value = widen(builder, value, point.lanes)
    if access.buffer.dtype == np.bool_:
        value = builder.zext(value, typed(kind, lanes_of(value)))
    if isinstance(kind, ir.HalfType):
        kind = ir.IntType(16)
        value = builder.bitcast(value, typed(kind, lanes_of(value)))
    base = frame.base(access.buffer)
    if not point.lanes:
        single = at(builder, base, where.offset, kind)
        builder.store(value, single, align=bytes_of(kind))
    elif where.step == 1:
        store(builder, value, at(builder, base, where.offset, kind), point.mask)
    else:
        _scatter(frame, point, base, _vector(frame, point, where), value)


def _scatter(
    frame: Frame, point: Point, base: ir.Value, offsets: ir.Value, value: ir.Value
) -> None:
    """Stores elements with a separate offset for each lane."""
    builder, lanes = frame.builder, point.lanes
    mask = point.mask or filled(ir.VectorType(ir.IntType(1), lanes), 1)
    align = ir.Constant(ir.IntType(32), bytes_of(value.type.element))
    pointers = builder.gep(base, [offsets], source_etype=value.type.element)
    name = f"llvm.masked.scatter.{value.type.suffix}.v{lanes}p0"
    builder.intrinsic(name, ir.VoidType(), (value, pointers, align, mask))


def mask_up_to(frame: Frame, start: Integer, stop: Integer, lanes: int) -> ir.Value:
    """The mask of the lanes, numbered from `start`, that are before `stop`."""
    return first_lanes(frame.builder, subtract(frame.builder, stop, start), lanes)
