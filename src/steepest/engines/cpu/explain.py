"""What became of a program: each kernel's parts, its time, arithmetic and memory; the code itself.

Leans on the engine's programs. Kernels are timed one by one, in one thread, on rows of their own.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from steepest.engines.cpu.code import Code
from steepest.engines.cpu.engine import CpuProgram, arrays_of
from steepest.engines.cpu.loops import Kernel, Load, Product, Reduce, Scan, Scatter
from steepest.engines.cpu.memory import Room
from steepest.engines.cpu.spaces import Access
from steepest.engines.cpu.work import operations
from steepest.engines.engine import Column

_KERNEL = ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * 4)
_LEAST_SECONDS = 1e-3
_REPEATS = 5


@dataclass(frozen=True)
class Timing:
    """One kernel, measured."""

    kernel: Kernel
    phase: int
    seconds: float
    operations: float
    bytes: int

    @property
    def gigaflops(self) -> float:
        """Arithmetic a nanosecond."""
        return self.operations / self.seconds / 1e9


def measure(
    program: CpuProgram,
    inputs: Sequence[np.ndarray | Column],
    state: Sequence[np.ndarray],
    batch: int | None = None,
) -> list[Timing]:
    """The time of each kernel over the first `batch` rows, all by default.

    `state` is copied, not changed. Columns are read as they are stored.

    >>> import steepest as st
    >>> program = CpuProgram(st.trace(lambda x: x * 2.0, [st.TensorSpec((None,))]))
    >>> [timing.kernel.name for timing in measure(program, [np.ones(4, np.float32)], [])]
    ['p0k0_multiply']
    """
    columns = [_Rows(x) if isinstance(x, np.ndarray) else x for x in inputs]
    rows = len(columns[0]) if columns else 1
    batch = rows if batch is None else min(batch, rows)
    held = [np.array(array) for array in state]
    code = program.code(program.storage(columns))
    outputs = [
        np.empty([batch if size is None else size for size in node.shape], node.dtype)
        for node in program.graph.outputs
    ]
    room = code.take_room(batch, 1)
    room.place_arrays("input", [array for column in columns for array in arrays_of(column)])
    room.place_arrays("output", outputs)
    room.place_state(held)
    room.go_through(room.identity_address, batch, batch, 1)
    nothing = _seconds(code, room, "nothing", batch, 0)
    return [
        _timed(code, room, kernel, number, batch, nothing)
        for number, phase in enumerate(code.plan.loops.phases)
        for kernel in phase
    ]


class _Rows:
    """An array as a column."""

    storage = "dense"

    def __init__(self, array: np.ndarray) -> None:
        self.array = np.ascontiguousarray(array)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one row."""
        return self.array.shape[1:]

    def __len__(self) -> int:
        return len(self.array)

    def take(self, rows: np.ndarray) -> np.ndarray:
        """Those rows."""
        return self.array[rows]


def _timed(
    code: Code, room: Room, kernel: Kernel, phase: int, batch: int, nothing: float
) -> Timing:
    seconds = _seconds(code, room, kernel.name, batch, _whole_range(kernel, batch))
    work = operations(kernel, batch)
    return Timing(kernel, phase, max(seconds - nothing, 1e-9), work, moved_bytes(kernel, batch))


def _seconds(code: Code, room: Room, name: str, batch: int, high: int) -> float:
    """What one call of a kernel over its whole range takes, the quickest of a few tries."""
    call = _KERNEL(code.module.address(name))
    table = room.shared[0]
    return min(_a_while(lambda: call(table, batch, 0, high)) for _ in range(_REPEATS))


def _a_while(call: Callable[[], None]) -> float:
    """The seconds of one call, measured over as many as take a while."""
    turns, seconds = 1, 0.0
    while seconds < _LEAST_SECONDS:
        turns *= 2
        start = time.perf_counter()
        for _ in range(turns):
            call()
        seconds = time.perf_counter() - start
    return seconds / turns


def _whole_range(kernel: Kernel, batch: int) -> int:
    split = kernel.share.kind in ("rows", "parts")
    return kernel.space[kernel.share.axis].at(batch) if split else 0


def moved_bytes(kernel: Kernel, batch: int) -> int:
    """The bytes of the arrays that a kernel reads and writes, each counted once."""
    buffers = {access.buffer for access in _accesses(kernel)}
    return sum(buffer.bytes(batch) for buffer in buffers)


def _accesses(kernel: Kernel) -> list[Access]:
    root = kernel.root
    steps = [*kernel.steps, *(root.steps if isinstance(root, Reduce) else ())]
    found = [step.access for step in steps if isinstance(step, Load)]
    found += [store.access for store in kernel.stores]
    if isinstance(root, Product):
        found += [root.left.access, root.right.access]
    if isinstance(root, Scan):
        found.append(root.access)
    if isinstance(root, Scatter):
        found += [root.indices, root.updates]
    return found


def explain(
    program: CpuProgram,
    inputs: Sequence[np.ndarray | Column],
    state: Sequence[np.ndarray],
    batch: int | None = None,
    *,
    peak: float | None = None,
) -> str:
    """A table of the program's kernels over a batch: time, share, arithmetic, memory.

    `peak` is the machine's arithmetic ceiling in GFLOP/s, if it is known. The code itself is
    `program.code().module`, its `ir` and its `assembly`; the plan is `program.code().plan.loops`.

    >>> import steepest as st
    >>> program = CpuProgram(st.trace(lambda x: x * 2.0, [st.TensorSpec((None,))]))
    >>> print(explain(program, [np.ones(4, np.float32)], []).splitlines()[0].split())
    ['phase', 'kernel', 'shared', 'us', 'share', 'GFLOP/s', 'KB']
    """
    timings = measure(program, inputs, state, batch)
    total = sum(timing.seconds for timing in timings)
    head = (
        f"{'phase':5} {'kernel':40} {'shared':12} {'us':>8} {'share':>6} {'GFLOP/s':>8} {'KB':>8}"
    )
    lines = [head + (f" {'peak':>5}" if peak else "")]
    lines += [_line(timing, total, peak) for timing in timings]
    lines.append(f"{'':5} {'in one thread, one after another':40} {'':12} {total * 1e6:8.1f}")
    return "\n".join(lines)


def _line(timing: Timing, total: float, peak: float | None) -> str:
    name = timing.kernel.name.split("_", 1)[1]
    text = (
        f"{timing.phase:<5} {name[:40]:40} {timing.kernel.share!s:12} {timing.seconds * 1e6:8.2f} "
        f"{timing.seconds / total:6.1%} {timing.gigaflops:8.1f} {timing.bytes / 1024:8.1f}"
    )
    return f"{text} {timing.gigaflops / peak:5.0%}" if peak else text
