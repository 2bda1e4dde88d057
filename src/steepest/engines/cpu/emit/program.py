"""A program as one LLVM module: a function for each kernel, and `run`, the loop over batches.

Depends on the other files of emit/. Every worker calls `run(worker, workers, table, numbers,
counter)` with the same arguments but the first:

* table: pointers to the order, the scratch of products, then every buffer
* numbers: rows of an epoch, batch, batches, bytes of private memory and of product scratch a
  worker, how often it checks a barrier before it sleeps
* counter: that of the barrier, shared by all workers; at LEAVING the one after which all leave

It returns the number of batches done. `scratch(batch)` returns the bytes of product scratch.
"""

from __future__ import annotations

from dataclasses import replace

from steepest.engines.cpu import ir
from steepest.engines.cpu.emit.barrier import emit_barrier
from steepest.engines.cpu.emit.batches import Run
from steepest.engines.cpu.emit.forms import alike, form_of
from steepest.engines.cpu.emit.frame import POINTER, Frame
from steepest.engines.cpu.emit.nests import emit_sweep
from steepest.engines.cpu.emit.products import emit_product_kernel, product_scratch_bytes
from steepest.engines.cpu.emit.reductions import emit_reduction
from steepest.engines.cpu.emit.scattering import emit_dense_rows, emit_scan, emit_scatter
from steepest.engines.cpu.emit.sparse_products import (
    emit_sparse_product_kernel,
    sparse_product_scratch_bytes,
)
from steepest.engines.cpu.gemm import Machine
from steepest.engines.cpu.ir.helpers import (
    INDEX,
    Integer,
    at,
    index,
    local_array,
    maximum,
)
from steepest.engines.cpu.loops.form import Kernel, Loops, Product, Reduce, Scan, Scatter
from steepest.engines.cpu.loops.spaces import (
    FIRST_BUFFER,
    SCRATCH,
    Buffer,
    entries_of,
    table_size,
)

_VOID = ir.VoidType()
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
    Run(module, loops, entries, machine, triple).emit()
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
            is_dense = kernel.root.is_dense
            wanted = product_scratch_bytes if is_dense else sparse_product_scratch_bytes
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
    builder, numbers = frame.builder, list(range(FIRST_BUFFER))
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
    frame.may_stop, root = kernel.may_stop, kernel.root
    if root is None:
        emit_sweep(frame, kernel)
    elif isinstance(root, Product):
        emit = emit_product_kernel if root.is_dense else emit_sparse_product_kernel
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
