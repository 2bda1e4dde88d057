"""A program as one LLVM module: a function for each kernel, and `run`, the loop over batches.

Depends on the other files of emit/. Every worker calls `run(worker, workers, table, numbers,
counter)` with the same arguments but the first:

* table: pointers to the order, the scratch of products, then every buffer
* numbers: rows of an epoch, batch, batches, bytes of private memory and of product scratch a worker
* counter: that of the barrier, shared by all workers

It returns the number of batches done. `scratch(batch)` returns the bytes of product scratch.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from steepest.engines.cpu import ir
from steepest.engines.cpu.emit.barrier import emit_barrier
from steepest.engines.cpu.emit.forms import alike, form_of
from steepest.engines.cpu.emit.frame import POINTER, Frame, Point, read
from steepest.engines.cpu.emit.nests import emit_sweep
from steepest.engines.cpu.emit.products import emit_product_kernel, product_scratch_bytes
from steepest.engines.cpu.emit.reductions import emit_reduction
from steepest.engines.cpu.emit.scattering import emit_dense_rows, emit_scan, emit_scatter
from steepest.engines.cpu.emit.sparse_products import (
    emit_sparse_product_kernel,
    share_begins,
    shares_of,
    sparse_product_scratch_bytes,
)
from steepest.engines.cpu.gemm import Machine
from steepest.engines.cpu.ir.helpers import (
    INDEX,
    Integer,
    at,
    index,
    local_array,
    loop,
    maximum,
    minimum,
)
from steepest.engines.cpu.loops.form import Kernel, Loops, Product, Reduce, Scan, Scatter, Share
from steepest.engines.cpu.loops.spaces import (
    ORDER,
    SCRATCH,
    SHARES,
    Buffer,
    Size,
    entries_of,
    table_size,
)
from steepest.engines.cpu.plan.sharing import granularity

_VOID = ir.VoidType()
NUMBERS = range(5)
ROWS, BATCH, BATCHES, PRIVATE_BYTES, SCRATCH_BYTES = NUMBERS


SCRATCH_OF = "scratch"  # the name of the function that returns the bytes of scratch


def emit_module(loops: Loops, machine: Machine, triple: str) -> ir.Module:
    """The LLVM module of a program."""
    module = ir.Module("program")
    entries = entries_of(loops.buffers)
    for kernels in alike(kernel for phase in loops.phases for kernel in phase):
        if len(kernels) == 1:
            _emit_kernel(module, kernels[0], entries, machine)
        else:
            _emit_shared(module, kernels, entries, machine)
    _emit_scratch(module, loops, entries, machine)
    emit_barrier(module, triple)
    _Run(module, loops, entries).emit()
    return module


def _emit_scratch(
    module: ir.Module, loops: Loops, entries: dict[Buffer, int], machine: Machine
) -> None:
    """Emits `scratch(batch)`: the bytes that the products of the program need in each worker."""
    function = ir.Function(module, ir.FunctionType(INDEX, [INDEX]), SCRATCH_OF)
    builder, nowhere = ir.IRBuilder(function.append_basic_block()), ir.Constant(POINTER, None)
    pointers: dict[int, ir.Value] = dict.fromkeys(range(table_size(loops.buffers)), nowhere)
    none = index(0)
    frame = Frame(builder, nowhere, function.args[0], none, none, entries, machine, pointers)
    most: Integer = 0
    for kernel in (kernel for phase in loops.phases for kernel in phase):
        if isinstance(kernel.root, Product):
            wanted = (
                product_scratch_bytes if is_dense(kernel.root) else sparse_product_scratch_bytes
            )
            most = maximum(builder, most, wanted(frame, kernel, kernel.root))
    builder.ret(index(most))


# ---------------------------------------------------------------- kernels


def _kernel_frame(
    module: ir.Module, name: str, entries: dict[Buffer, int], machine: Machine
) -> Frame:
    """A new function (table, batch, low, high), and the frame for its code."""
    kind = ir.FunctionType(_VOID, [POINTER, INDEX, INDEX, INDEX])
    function = ir.Function(module, kind, name)
    function.attributes.append("noinline")
    function.attributes.append("nounwind")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    start = function.append_basic_block("start")
    builder.branch(start)
    builder.position_at_end(start)
    table, batch, low, high = function.args
    table.add_attribute("noalias")
    return Frame(builder, table, batch, low, high, entries, machine)


def _emit_shared(
    module: ir.Module, kernels: list[Kernel], entries: dict[Buffer, int], machine: Machine
) -> None:
    """Emits one function for kernels of one form; each calls it with a table of its buffers."""
    shared = replace(kernels[0], name=f"shared_{kernels[0].name}")
    _emit_kernel(module, shared, entries_of(form_of(shared)[1]), machine)
    function = module.get_global(shared.name)
    function.linkage = "internal"
    for kernel in kernels:
        frame = _kernel_frame(module, kernel.name, entries, machine)
        own = _own_entries(frame, form_of(kernel)[1])
        frame.builder.call(function, [own, frame.batch, frame.low, frame.high])
        frame.builder.ret_void()


def _own_entries(frame: Frame, buffers: tuple[Buffer, ...]) -> ir.Value:
    """A table of these buffers, one after another."""
    builder, numbers = frame.builder, [ORDER, SCRATCH]
    for buffer in buffers:
        first = frame.entries[buffer]
        numbers += range(first, first + buffer.pointers)
    own = local_array(builder, ir.IntType(64), len(numbers))
    for slot, entry in enumerate(numbers):
        builder.store(frame.pointer(entry), at(builder, own, slot, POINTER))
    return own


def _emit_kernel(
    module: ir.Module, kernel: Kernel, entries: dict[Buffer, int], machine: Machine
) -> None:
    frame = _kernel_frame(module, kernel.name, entries, machine)
    root = kernel.root
    if root is None:
        emit_sweep(frame, kernel)
    elif isinstance(root, Product):
        emit = emit_product_kernel if is_dense(root) else emit_sparse_product_kernel
        emit(frame, kernel, root, frame.pointer(SCRATCH))
    elif isinstance(root, Reduce):
        emit_reduction(frame, kernel, root)
    elif isinstance(root, Scan):
        emit_scan(frame, kernel, root)
    elif isinstance(root, Scatter):
        emit_scatter(frame, kernel, root)
    else:
        emit_dense_rows(frame, kernel, root)
    frame.builder.ret_void()


def is_dense(root: Product) -> bool:
    """Whether the left side of a product is stored dense."""
    return root.left.access.buffer.stored == "dense"


# ---------------------------------------------------------------- the loop over batches


@dataclass
class _Run:
    """The function `run` while it is being emitted."""

    module: ir.Module
    loops: Loops
    entries: dict[Buffer, int]

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
        self.own = self._own_table()
        self.parts = self._parts()
        self.stop = function.append_basic_block("stop")
        with loop(builder, 0, self.numbers[BATCHES]):
            count = self._next_count()
            self._batch(count)
            self._advance(count)
        builder.branch(self.stop)
        builder.position_at_end(self.stop)
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
        private = [buffer for buffer in self.loops.buffers if buffer.role == "private"]
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
            if kernel.share.kind == "parts" and not kernel.space[kernel.share.axis].power
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
        for phase in self.loops.phases:
            for kernel in phase:
                self._call(kernel, batch, rows)
                if kernel.guards is not None:
                    self._check(kernel, batch)
            self._wait_for_all()

    def _call(self, kernel: Kernel, batch: ir.Value, rows: tuple[ir.Value, ir.Value]) -> None:
        function = self.module.get_global(kernel.name)
        low, high = self._range(kernel.share, kernel, batch, rows)
        arguments = [self.own, batch, low, high]
        if kernel.share.kind == "first":
            first = self.builder.icmp_signed("==", self.worker, index(0))
            with self.builder.if_then(first):
                self.builder.call(function, arguments)
        else:
            self.builder.call(function, arguments)

    def _range(
        self, share: Share, kernel: Kernel, batch: ir.Value, rows: tuple[ir.Value, ir.Value]
    ) -> tuple[ir.Value, ir.Value]:
        if share.kind == "rows":
            return rows
        if share.kind == "parts":
            size = kernel.space[share.axis]
            if size.power:
                return self._part(self._number(size, batch), 1)
            return self.parts[size]
        return index(0), index(0)

    def _number(self, size: Size, batch: ir.Value) -> ir.Value:
        total = index(size.count)
        for _ in range(size.power):
            total = self.builder.mul(total, batch)
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
        self.builder.cbranch(holds, going, self.stop)
        self.builder.position_at_end(going)

    def _wait_for_all(self) -> None:
        builder = self.builder
        several = builder.icmp_signed(">", self.workers, index(1))
        with builder.if_then(several):
            target = builder.add(builder.load(self.arrived, typ=INDEX), self.workers)
            builder.store(target, self.arrived)
            builder.call(self.module.get_global("barrier"), [self.counter, target])

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
