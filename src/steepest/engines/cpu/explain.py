"""Measures a program: each kernel's operations, its time, arithmetic and memory.

Depends on the engine's programs. Kernels are timed one by one, in one thread, on a few rows.
"""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from steepest.core.aligned_arrays import aligned_copy
from steepest.engines.cpu import ir
from steepest.engines.cpu.emit.denormals import changes_variables, denormals_of
from steepest.engines.cpu.ir.helpers import INDEX, loop
from steepest.engines.cpu.kernels.ceilings import Ceilings, quickest
from steepest.engines.cpu.loops.costs import all_steps, kernel_size, operations, reads
from steepest.engines.cpu.loops.form import Bits, Compute, Expand, Kernel, Product
from steepest.engines.cpu.loops.spaces import BLOCK_ROWS, Buffer
from steepest.engines.cpu.machine.jit import compile_module
from steepest.engines.cpu.machine.processor import processor
from steepest.engines.cpu.run.code import Code
from steepest.engines.cpu.run.column_arrays import arrays_of
from steepest.engines.cpu.run.memory import CallMemory
from steepest.engines.engine import Column, Cost, column_numbers

if TYPE_CHECKING:
    from steepest.engines.cpu.engine import CpuProgram


@dataclass(frozen=True)
class Timing:
    """The measured time of one kernel, and its cost, each for one of `times` blocks of rows."""

    kernel: Kernel
    phase: int
    seconds: float
    operations: float
    bytes: int
    times: float = 1.0


def measure(
    program: CpuProgram,
    inputs: Sequence[np.ndarray | Column],
    state: Sequence[np.ndarray],
    batch: int | None = None,
) -> list[Timing]:
    """The time of each kernel over the first `batch` rows, all by default.

    `state` is copied, not changed. Columns are read as they are stored.

    >>> import steepest as st
    >>> from steepest.engines.cpu.engine import CpuProgram
    >>> program = CpuProgram(st.trace(lambda x: x * 2.0, [st.TensorSpec((None,))]))
    >>> [timing.kernel.name for timing in measure(program, [np.ones(4, np.float32)], [])]
    ['p0k0_multiply']
    """
    columns = [_Rows(x) if isinstance(x, np.ndarray) else x for x in inputs]
    rows = len(columns[0]) if columns else 1
    batch = rows if batch is None else min(batch, rows)
    copies = [aligned_copy(array) for array in state]
    code = program.code(program.storage(columns)).variant(False, batch)
    outputs = [
        np.empty([batch if size is None else size for size in node.shape], node.dtype)
        for node in program.graph.outputs
    ]
    memory = code.take_memory(batch, 1)
    memory.place_arrays("input", arrays_of(columns, code, batch))
    memory.place_arrays("output", outputs)
    memory.place_state(copies)
    memory.set_batches(memory.identity_address, batch, batch, 1)
    entries = _entries(code, columns, batch)
    return [
        _timed(code, memory, kernel, number, batch, entries)
        for number, phase in enumerate(code.plan.loops.phases)
        for kernel in phase
    ]


class _Rows:
    """An array as a column."""

    storage = "dense"

    def __init__(self, array: np.ndarray) -> None:
        self.array = np.ascontiguousarray(array)

    @property
    def row_shape(self) -> tuple[int, ...]:
        """The shape of one row."""
        return self.array.shape[1:]

    def __len__(self) -> int:
        return len(self.array)

    def take(self, rows: np.ndarray) -> np.ndarray:
        """Those rows."""
        return self.array[rows]


Entries = Mapping[Buffer, int]
"""The number of entries of each sparse buffer."""


def _entries(code: Code, columns: Sequence[Any], batch: int) -> Entries:
    return {
        buffer: int(columns[buffer.place].indptr[batch])
        for buffer in code.plan.loops.buffers
        if buffer.stored != "dense"
    }


def _timed(
    code: Code, memory: CallMemory, kernel: Kernel, phase: int, batch: int, entries: Entries
) -> Timing:
    """Times one kernel over its whole range, or a block's; the repetitions are a loop in machine
    code.
    """
    high = kernel.space[kernel.share.axis].at(batch) if kernel.share.splits else 0
    rows = batch
    if code.layout.in_blocks and kernel.share.kind in ("rows", "groups"):
        high = rows = min(batch, BLOCK_ROWS)
    as_zero = changes_variables(kernel)
    module = compile_module(lambda: _repeat_text(as_zero), key=f"repeat{' as zero' * as_zero}")
    repeat = _REPEAT(module.address("repeat"))
    place, table = code.module.address(kernel.name), memory.shared[0]
    seconds = quickest(lambda count: repeat(place, count, table, batch, 0, high))
    work, size = arithmetic(kernel, rows, entries), moved_bytes(kernel, rows, entries)
    return Timing(kernel, phase, seconds, work, size, batch / max(rows, 1))


_REPEAT = ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * 6)


def _repeat_text(as_zero: bool) -> str:
    """Emits repeat(kernel, count, table, batch, low, high), which calls a kernel `count` times, as
    `run` does, with denormals as zero or not.
    """
    module = ir.Module("repeat")
    kernel = ir.FunctionType(ir.VoidType(), [INDEX] * 4)
    signature = ir.FunctionType(ir.VoidType(), [INDEX] * 6)
    function = ir.Function(module, signature, "repeat")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    place, count, *given = function.args
    denormals = denormals_of(builder, processor().triple, as_zero)
    with denormals.as_zero(builder, as_zero), loop(builder, 0, count):
        builder.call(builder.inttoptr(place, ir.PointerType()), given, kernel)
    builder.ret_void()
    return str(module)


def _touched(kernel: Kernel) -> set[Buffer]:
    root = kernel.root
    accesses = [*reads(kernel), *(store.access for store in kernel.stores)]
    expanded = {root.buffer} if isinstance(root, Expand) else set()
    return {access.buffer for access in accesses} | expanded


def moved_bytes(kernel: Kernel, batch: int, entries: Entries | None = None) -> int:
    """The bytes of the arrays that a kernel reads and writes, each counted once."""
    return sum(_bytes_of(buffer, batch, entries or {}) for buffer in _touched(kernel))


def _bytes_of(buffer: Buffer, batch: int, entries: Entries) -> int:
    """The bytes of a buffer; of sparse rows those of bounds, column numbers and values."""
    if buffer not in entries:
        return buffer.bytes(batch)
    number = column_numbers(buffer.shape[1].count).itemsize
    return 8 * (batch + 1) + entries[buffer] * (number + _VALUE_BYTES[buffer.stored])


_VALUE_BYTES = {"ones": 0, "sparse bytes": 1, "sparse": 4}


def arithmetic(kernel: Kernel, batch: int, entries: Entries | None = None) -> float:
    """The operations of a kernel; of a product of sparse rows, those of its entries."""
    whole, root = operations(kernel, batch), kernel.root
    if not isinstance(root, Product) or root.left.access.buffer not in (entries or {}):
        return whole
    buffer = root.left.access.buffer
    places = (buffer.shape[0] * buffer.shape[1]).at(batch)
    share = (entries or {})[buffer] / max(places, 1)
    return whole - 2.0 * kernel_size(kernel).at(batch) * (1.0 - share)


def parts(kernel: Kernel, names: Mapping[str, str] | None = None) -> str:
    """The operations fused into a kernel (its root, its steps by name) and what it writes.

    `names` are those to print instead of the buffers' own.

    >>> from steepest.engines.cpu.plan import plan
    >>> import steepest as st
    >>> graph = st.trace(lambda x: st.exp(x * 2.0) * 2.0, [st.TensorSpec((None,))])
    >>> parts(plan(graph).loops.phases[0][0])
    '2 multiply, exp -> out0'
    """
    root, steps = kernel.root, all_steps(kernel)
    words = [] if root is None else [_ROOTS.get(type(root).__name__, getattr(root, "op", ""))]
    words += [step.op for step in steps if isinstance(step, Compute)]
    words += ["random_bits" for step in steps if isinstance(step, Bits)]
    counted = [f"{n} {word}" if n > 1 else word for word, n in Counter(words).items()]
    written = dict.fromkeys(store.access.buffer.name for store in kernel.stores)
    targets = [(names or {}).get(name, name) for name in written]
    return f"{', '.join(counted) or 'copy'} -> {', '.join(targets)}"


_ROOTS = {
    "Product": "matmul", "Scan": "cumsum", "Scatter": "scatter_add", "Expand": "to_dense",
}  # fmt: skip


def explain(
    program: CpuProgram,
    inputs: Sequence[np.ndarray | Column],
    state: Sequence[np.ndarray],
    batch: int | None = None,
    names: Sequence[str] | None = None,
) -> list[Cost]:
    """The program's kernels over a batch: time, arithmetic, memory, fused operations.

    `arithmetic` and `memory` are the times of the kernel's operations and of its bytes (in the
    caches that hold them) at the peak rates of one core: multiply-adds in registers, and copies.
    They are measured in the same call. A copy reads as much as it writes, so a kernel that only
    reads may take less; a function such as exp counts as one operation.

    `names` are those of the variables. `program.code().module` has the code as `ir` and `assembly`;
    `program.code().plan.loops` is the plan.

    >>> import steepest as st
    >>> from steepest.engines.cpu.engine import CpuProgram
    >>> program = CpuProgram(st.trace(lambda x: x * 2.0, [st.TensorSpec((None,))]))
    >>> [(cost.name, cost.computes) for cost in explain(program, [np.ones(4, np.float32)], [])]
    [('multiply', 'multiply -> out0')]
    """
    given = names or [node.params["name"] for node in program.graph.variables]
    known, ceilings = {f"s{slot}": name for slot, name in enumerate(given)}, Ceilings()
    return [_cost(timing, ceilings, known) for timing in measure(program, inputs, state, batch)]


def _cost(timing: Timing, ceilings: Ceilings, names: Mapping[str, str]) -> Cost:
    kernel = timing.kernel
    kinds = [step.dtype for step in all_steps(kernel)]
    kinds += [] if kernel.root is None else [kernel.root.dtype]
    bits = 64 if any(kind == np.float64 for kind in kinds) else 32
    arithmetic, memory = ceilings.seconds(bits, timing.operations, timing.bytes)
    times = timing.times
    return Cost(
        name=kernel.name.split("_", 1)[1],
        computes=parts(kernel, names),
        seconds=times * timing.seconds,
        bytes=int(times * timing.bytes),
        operations=times * timing.operations,
        arithmetic=times * arithmetic,
        memory=times * memory,
        phase=timing.phase,
        shared=str(kernel.share),
    )
