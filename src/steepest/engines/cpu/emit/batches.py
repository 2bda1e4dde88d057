"""The function `run` of a program: the loop over batches, phases, workers' ranges and barriers.

In an interruptible program a worker tests the stop word while it computes kernels that may stop: a
long range is computed in slices, as if there were more workers. One that finds the word set leaves
the phase and writes the target of its barrier at LEAVING; behind the barrier all find it there and
end the run. They compare targets, because others may have passed the barrier and found the word set
in the next phase.

Depends on the barrier, frame.py and the code of kernels, which it calls by name.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass

from steepest.engines.cpu import ir
from steepest.engines.cpu.emit.denormals import changes_variables, denormals_of
from steepest.engines.cpu.emit.frame import (
    POINTER,
    Frame,
    Point,
    group_count,
    group_rows,
    is_set,
    read,
)
from steepest.engines.cpu.emit.sparse_products import share_begins, shares_of
from steepest.engines.cpu.gemm import CACHE_LINE, Machine
from steepest.engines.cpu.ir.helpers import (
    INDEX,
    at,
    index,
    loop,
    maximum,
    minimum,
    prefetch,
    read_index,
)
from steepest.engines.cpu.loops.costs import operations_of_slice
from steepest.engines.cpu.loops.form import Kernel, Loops, Product, Reduce, Scatter, Share
from steepest.engines.cpu.loops.spaces import (
    BLOCK_ROWS,
    LEAVING,
    ORDER,
    SCRATCH,
    SHARES,
    STOP,
    Buffer,
    Size,
    product_of,
    table_size,
)
from steepest.engines.cpu.plan.sharing import granularity

NUMBERS = range(6)
ROWS, BATCH, BATCHES, PRIVATE_BYTES, SCRATCH_BYTES, CHECKS = NUMBERS
SLICE_OPERATIONS = 10_000_000  # of a product, for each bit of a vector: some 30 milliseconds
SMALL_SLICE = 30_000_000  # of another kernel
MOST_PREFETCHED = 1024  # bytes of a row: the second-level cache holds a block of them
LEAST_SLICE, LEAST_LONG_SLICE = 64, 256  # rows of a product, so that copies of B pay


@dataclass
class Run:
    """The function `run` while it is being emitted."""

    module: ir.Module
    loops: Loops
    entries: dict[Buffer, int]
    machine: Machine
    triple: str

    def emit(self) -> None:
        """Emits the function: this worker's table, then batches, phases and barriers."""
        kind = ir.FunctionType(INDEX, [INDEX, INDEX, POINTER, POINTER, POINTER])
        function = ir.Function(self.module, kind, "run")
        self.worker, self.workers, self.table, numbers, self.counter = function.args
        self.builder = builder = ir.IRBuilder(function.append_basic_block("entry"))
        self.numbers = [
            builder.load(at(builder, numbers, slot, INDEX), typ=INDEX) for slot in NUMBERS
        ]
        self.arrived, self.done, self.left = (self._variable() for _ in range(3))
        changes = any(changes_variables(kernel) for phase in self.loops.phases for kernel in phase)
        self.denormals = denormals_of(builder, self.triple, changes)
        self.own = self._own_table()
        self.blocks = {
            buffer: builder.load(at(builder, self.own, self.entries[buffer], INDEX), typ=INDEX)
            for buffer in self.loops.buffers
            if buffer.role == "block"
        }
        self.parts = self._parts()
        self.ended = function.append_basic_block("ended")
        with loop(builder, 0, self.numbers[BATCHES]):
            count = self._next_count()
            self._batch(count)
            self._advance(count)
        builder.branch(self.ended)
        builder.position_at_end(self.ended)
        builder.ret(builder.load(self.done, typ=INDEX))

    def _next_count(self) -> ir.Value:
        """The rows of the next batch; the last one of an epoch may have fewer."""
        builder = self.builder
        left = builder.load(self.left, typ=INDEX)
        none = builder.icmp_signed("==", left, index(0))
        left = builder.select(none, self.numbers[ROWS], left)
        count = minimum(builder, left, self.numbers[BATCH])
        builder.store(builder.sub(left, index(count)), self.left)
        return index(count)

    def _variable(self) -> ir.Value:
        memory = self.builder.alloca(INDEX)
        self.builder.store(index(0), memory)
        return memory

    def _own_table(self) -> ir.Value:
        """The table with this worker's private memory and scratch."""
        builder, count = self.builder, table_size(self.loops.buffers)
        own = builder.alloca(ir.IntType(64), count)
        with loop(builder, 0, count) as entry:
            pointer = builder.load(at(builder, self.table, entry, POINTER), typ=POINTER)
            builder.store(pointer, at(builder, own, entry, POINTER))
        private = [b for b in self.loops.buffers if b.role in ("private", "block")]
        strides = {SCRATCH: SCRATCH_BYTES} | {self.entries[b]: PRIVATE_BYTES for b in private}
        for number, stride in strides.items():
            slot = at(builder, own, number, POINTER)
            pointer = builder.load(slot, typ=POINTER)
            moved = builder.mul(self.worker, self.numbers[stride])
            builder.store(at(builder, pointer, moved, ir.IntType(8)), slot)
        return own

    def _parts(self) -> dict[Size, tuple[ir.Value, ir.Value]]:
        """This worker's range of each split axis whose size is known, by size."""
        split = [
            (kernel.space[kernel.share.axis], shares_of(kernel))
            for phase in self.loops.phases
            for kernel in phase
            if kernel.share.kind == "parts" and kernel.space[kernel.share.axis].is_known
        ]
        by_shares = {size: shares for size, shares in split if shares is not None}
        return {
            size: self._part_by_shares(by_shares[size])
            if size in by_shares
            else self._part(index(size.count), granularity(size.count))
            for size in dict(split)
        }

    def _part_by_shares(self, shares: Buffer) -> tuple[ir.Value, ir.Value]:
        """Worker w of n has the shares from w/n to (w + 1)/n."""
        first, stop = self._part(index(SHARES), 1)
        slot = at(self.builder, self.table, self.entries[shares], POINTER)
        numbers = self.builder.load(slot, typ=POINTER)
        return share_begins(self.builder, numbers, first), share_begins(self.builder, numbers, stop)

    def _part(self, size: ir.Value, unit: int) -> tuple[ir.Value, ir.Value]:
        """Worker w of n has the units from w/n to (w + 1)/n."""
        builder = self.builder
        units = builder.udiv(builder.add(size, index(unit - 1)), index(unit))
        ends = []
        for worker in (self.worker, builder.add(self.worker, index(1))):
            share = builder.udiv(builder.mul(units, worker), self.workers)
            ends.append(index(minimum(builder, builder.mul(share, index(unit)), size)))
        return ends[0], ends[1]

    def _batch(self, batch: ir.Value) -> None:
        rows = self._part(batch, 1)
        for number, phase in enumerate(self.loops.phases):
            if number == 0 and self.loops.in_blocks:
                self._phase_in_blocks(phase, batch)
                continue
            if any(kernel.may_stop for kernel in phase):
                self._phase_with_stops(phase, batch, rows)
                continue
            for kernel in phase:
                self._call(kernel, batch, self._range(kernel.share, kernel, batch, rows))
                if kernel.guards is not None:
                    self._check(kernel, batch)
            self._wait_for_all()

    def _call(self, kernel: Kernel, batch: ir.Value, span: tuple[ir.Value, ir.Value]) -> None:
        function = self.module.get_global(kernel.name)
        arguments = [self.own, batch, *span]
        first = self.builder.icmp_signed("==", self.worker, index(0))
        chosen = self.builder.if_then(first) if kernel.share.kind == "first" else nullcontext()
        with chosen, self.denormals.as_zero(self.builder, changes_variables(kernel)):
            self.builder.call(function, arguments)

    def _range(
        self, share: Share, kernel: Kernel, batch: ir.Value, rows: tuple[ir.Value, ir.Value]
    ) -> tuple[ir.Value, ir.Value]:
        if share.kind == "rows":
            return rows
        if share.kind == "parts":
            size = kernel.space[share.axis]
            if not size.is_known:
                return self._part(self._number(size, batch), 1)
            return self.parts[size]
        return index(0), index(0)

    def _number(self, size: Size, batch: ir.Value) -> ir.Value:
        total = index(size.count)
        for _ in range(size.power):
            total = self.builder.mul(total, batch)
        for _ in range(size.groups):
            total = self.builder.mul(total, group_count(self.builder, batch))
        return total

    def _check(self, kernel: Kernel, batch: ir.Value) -> None:
        """Stops if the guard is false; all workers read the same guard, so all take one branch."""
        assert kernel.guards is not None
        frame = Frame(self.builder, self.own, batch, batch, batch, self.entries, Machine(), *())
        slot = at(self.builder, self.own, self.entries[kernel.guards.buffer], POINTER)
        pointer = self.builder.load(slot, typ=POINTER)
        frame._pointers[self.entries[kernel.guards.buffer]] = pointer
        holds = read(frame, Point({}), kernel.guards, [])
        going = self.builder.append_basic_block("going")
        self.builder.cbranch(holds, going, self.ended)
        self.builder.position_at_end(going)

    # ------------------------------------------------------------ blocks of rows

    def _phase_in_blocks(self, phase: tuple[Kernel, ...], batch: ir.Value) -> None:
        """This worker's groups of rows, block by block through all kernels of rows and groups."""
        builder, end = self.builder, self.builder.append_basic_block("end")
        inside = [kernel for kernel in phase if kernel.share.kind in ("rows", "groups")]
        for kernel in phase:
            if kernel not in inside:
                self._call(kernel, batch, self._range(kernel.share, kernel, batch, (batch, batch)))
        groups = self._part(group_count(builder, batch), 1)
        each = group_rows(builder, batch)
        first, stop = (minimum(builder, builder.mul(g, each), batch) for g in groups)
        with loop(builder, first, stop, BLOCK_ROWS) as low:
            self._place_blocks(low)
            high = index(minimum(builder, builder.add(low, index(BLOCK_ROWS)), stop))
            self._prefetch(low, high)
            for kernel in inside:
                self._call(kernel, batch, (low, high))
            if any(kernel.may_stop for kernel in inside):
                self._unless_stopped(end)
        builder.branch(end)
        builder.position_at_end(end)
        if any(kernel.may_stop for kernel in phase):
            self._wait_or_leave()
        else:
            self._wait_for_all()

    def _prefetch(self, low: ir.Value, high: ir.Value) -> None:
        """Requests a block's rows of the inputs, which the order of the epoch names: all at a time,
        as each product would wait for one after another.
        """
        builder = self.builder
        order = builder.load(at(builder, self.own, ORDER, POINTER), typ=POINTER)
        for buffer in self.loops.buffers:
            size = product_of(buffer.shape[1:]).count * int(buffer.dtype.itemsize)
            if not buffer.gathered or size > MOST_PREFETCHED:
                continue
            slot = at(builder, self.own, self.entries[buffer], POINTER)
            pointer = builder.load(slot, typ=POINTER)
            with loop(builder, low, high) as row:
                first = builder.mul(read_index(builder, order, row), index(size))
                for line in sorted({*range(0, size, CACHE_LINE), max(size - 1, 0)}):
                    place = builder.add(first, index(line))
                    prefetch(builder, at(builder, pointer, place, ir.IntType(8)))

    def _place_blocks(self, low: ir.Value) -> None:
        """Moves the start of each block's memory, so that row `low` of the batch begins there."""
        builder = self.builder
        for buffer, start in self.blocks.items():
            row = index(product_of(buffer.shape[1:]).count * int(buffer.dtype.itemsize))
            slot = at(builder, self.own, self.entries[buffer], INDEX)
            builder.store(builder.sub(start, builder.mul(low, row)), slot)

    # ------------------------------------------------------------ stops within a batch

    def _phase_with_stops(
        self, phase: tuple[Kernel, ...], batch: ir.Value, rows: tuple[ir.Value, ir.Value]
    ) -> None:
        """A phase whose kernels may stop, up to the place where all workers go on or leave."""
        end = self.builder.append_basic_block("end")
        for kernel in phase:
            span = self._range(kernel.share, kernel, batch, rows)
            if not kernel.may_stop:
                self._call(kernel, batch, span)
            elif kernel.share.kind not in ("rows", "parts") or _tests_by_itself(kernel):
                self._call(kernel, batch, span)
                self._unless_stopped(end)
            else:
                step = self._slice(kernel, batch)
                with loop(self.builder, *span, step) as first:
                    last = minimum(self.builder, self.builder.add(first, step), span[1])
                    self._call(kernel, batch, (first, index(last)))
                    self._unless_stopped(end)
            if kernel.guards is not None:
                self._check(kernel, batch)
        self.builder.branch(end)
        self.builder.position_at_end(end)
        self._wait_or_leave()

    def _slice(self, kernel: Kernel, batch: ir.Value) -> ir.Value:
        """The length of a kernel's slices, a multiple of 8."""
        builder, root = self.builder, kernel.root
        most, least = SMALL_SLICE, 1
        if isinstance(root, Product):
            most = SLICE_OPERATIONS * self.machine.vector_bits
            least = LEAST_LONG_SLICE if root.over.power else LEAST_SLICE
        each = maximum(builder, self._number(operations_of_slice(kernel), batch), 1)
        fitting = maximum(builder, builder.udiv(index(most), index(each)), least)
        return builder.and_(builder.add(index(fitting), index(7)), index(-8))

    def _unless_stopped(self, end: ir.Block) -> None:
        """Goes to the end of the phase if the stop word is set."""
        going = self.builder.append_basic_block("going")
        self.builder.cbranch(self._is_stopped(), end, going)
        self.builder.position_at_end(going)

    def _is_stopped(self) -> ir.Value:
        slot = at(self.builder, self.table, STOP, POINTER)
        return is_set(self.builder, self.builder.load(slot, typ=POINTER))

    def _wait_or_leave(self) -> None:
        """Waits for all workers; if one found the stop word set before it arrived, all leave."""
        builder = self.builder
        target = builder.add(builder.load(self.arrived, typ=INDEX), self.workers)
        builder.store(target, self.arrived)
        leaving = at(builder, self.counter, LEAVING, INDEX)
        with builder.if_then(self._is_stopped()):
            builder.atomic_rmw("xchg", leaving, target, "monotonic")
        several = builder.icmp_signed(">", self.workers, index(1))
        with builder.if_then(several):
            self._barrier(target)
        found = builder.load_atomic(leaving, "monotonic", 8, typ=INDEX)
        going = builder.append_basic_block("going")
        builder.cbranch(builder.icmp_signed("==", found, target), self.ended, going)
        builder.position_at_end(going)

    def _wait_for_all(self) -> None:
        builder = self.builder
        several = builder.icmp_signed(">", self.workers, index(1))
        with builder.if_then(several):
            target = builder.add(builder.load(self.arrived, typ=INDEX), self.workers)
            builder.store(target, self.arrived)
            self._barrier(target)

    def _barrier(self, target: ir.Value) -> None:
        barrier = self.module.get_global("barrier")
        self.builder.call(barrier, [self.counter, target, self.numbers[CHECKS]])

    def _advance(self, batch: ir.Value) -> None:
        """Moves the pointers of the order and of the outputs to the next batch."""
        builder = self.builder
        done = builder.add(builder.load(self.done, typ=INDEX), index(1))
        builder.store(done, self.done)
        self._move(ORDER, builder.mul(batch, index(8)))
        for buffer in self.loops.buffers:
            if buffer.role == "output":
                size = index(buffer.dtype.itemsize)
                for axis in buffer.shape:
                    size = builder.mul(size, self._number(axis, batch))
                self._move(self.entries[buffer], size)

    def _move(self, entry: int, by: ir.Value) -> None:
        slot = at(self.builder, self.own, entry, POINTER)
        pointer = self.builder.load(slot, typ=POINTER)
        self.builder.store(at(self.builder, pointer, by, ir.IntType(8)), slot)


def _tests_by_itself(kernel: Kernel) -> bool:
    """Whether a kernel tests the stop word often enough: each slice would read the whole batch."""
    root = kernel.root
    if isinstance(root, Product):
        return root.over.power > 0 and not root.is_dense
    return isinstance(root, (Reduce, Scatter)) and any(size.power for size in root.over)
