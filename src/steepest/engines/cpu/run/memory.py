"""The memory of one call: the address of every buffer, for a batch size and a number of workers.

Depends on call_layout.py. One call at a time uses a `CallMemory`, so calls from several threads use
several.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import is_

import numpy as np

from steepest.core.memory_limit import require_memory
from steepest.engines.cpu.loops.spaces import (
    BLOCK_ROWS,
    LEAVING,
    ORDER,
    SCRATCH,
    STOP,
    Buffer,
    entries_of,
    table_size,
)
from steepest.engines.cpu.machine.addresses import address
from steepest.engines.cpu.run.call_layout import CallLayout
from steepest.engines.cpu.run.patience import patience
from steepest.engines.stopping import StopWord

LINE = 64  # bytes of a cache line: buffers begin at one, so that no two workers write to the same


@dataclass(frozen=True)
class Offsets:
    """Offsets into one block of memory, in bytes, for batches of up to `batch` rows."""

    batch: int
    workers: int
    buffers: dict[Buffer, int]
    private_bytes: int
    scratch_bytes: int
    scratch_offset: int
    total: int


def offsets_of(layout: CallLayout, batch: int, workers: int, product_bytes: int) -> Offsets:
    """Scratch buffers, each worker's private buffers and block, then each worker's products."""
    buffers, end = _packed(layout, "scratch", batch, 0)
    private, behind = _packed(layout, "private", batch, end)
    block, behind = _packed(layout, "block", min(batch, BLOCK_ROWS), behind)
    private_bytes, scratch = behind - end, rounded(product_bytes)
    start = end + private_bytes * workers
    total = start + scratch * workers
    return Offsets(batch, workers, buffers | private | block, private_bytes, scratch, start, total)


def _packed(layout: CallLayout, role: str, batch: int, end: int) -> tuple[dict[Buffer, int], int]:
    """The offsets of the buffers of a role, one behind the other, and where they end."""
    offsets = {}
    for buffer in layout.buffers:
        if buffer.role == role:
            offsets[buffer], end = end, end + rounded(buffer.bytes(batch))
    return offsets, end


def rounded(size: int) -> int:
    """A size in bytes, rounded up to whole cache lines.

    >>> rounded(1), rounded(128)
    (64, 128)
    """
    return -(-size // LINE) * LINE


@dataclass(eq=False)
class CallMemory:
    """A block of memory, the table of pointers into it, and the counter of the workers' barrier."""

    layout: CallLayout
    offsets: Offsets
    state: list[np.ndarray] = field(default_factory=list)

    def __post_init__(self) -> None:
        offsets = self.offsets
        require_memory(
            offsets.total,
            f"the intermediate results of a batch of {offsets.batch:,} rows",
            "give a smaller batch_size, or make the layers smaller",
        )
        self.block = np.empty(offsets.total + LINE, np.uint8)
        base = -(-address(self.block) // LINE) * LINE
        self.table = (ctypes.c_int64 * table_size(self.layout.buffers))()
        sizes = offsets.private_bytes, offsets.scratch_bytes
        self.numbers = (ctypes.c_int64 * 6)(0, 1, 0, *sizes, patience(offsets.workers))
        self.counter = (ctypes.c_int64 * 16)()
        self.shared = tuple(map(ctypes.addressof, (self.table, self.numbers, self.counter)))
        self.identity = np.arange(max(offsets.batch, 1), dtype=np.int64)
        self.identity_address = address(self.identity)
        self.table[SCRATCH] = base + offsets.scratch_offset
        self.entries: dict[str, list[int]] = {
            role: []
            for role in ("input", "state", "constant", "scratch", "private", "block", "output")
        }
        for buffer, entry in entries_of(self.layout.buffers).items():
            role = "input" if buffer.is_partition else buffer.role
            self.entries[role] += range(entry, entry + buffer.pointers)
            if buffer in offsets.buffers:
                self.table[entry] = base + offsets.buffers[buffer]
        self.place_arrays("constant", self.layout.constants)

    def place_arrays(self, role: str, arrays: Sequence[np.ndarray]) -> None:
        """Writes the addresses of arrays into the table, as the buffers of a role."""
        table = self.table
        for entry, array in zip(self.entries[role], arrays, strict=True):
            table[entry] = array.__array_interface__["data"][0]

    def place_state(self, state: list[np.ndarray]) -> None:
        """Writes the addresses of the variables, unless they are those of the last call."""
        known = self.state
        if len(known) == len(state) and all(map(is_, known, state)):
            return
        self.place_arrays("state", state)
        self.state = list(state)

    def place_stop(self, stop: StopWord) -> None:
        """Writes the address of a stop word, and that no workers leave yet."""
        self.table[STOP], self.counter[LEAVING] = stop.address, 0

    def set_batches(self, order: int, rows: int, batch: int, batches: int) -> None:
        """Sets the rows of the next call: `rows` an epoch, their numbers at the address `order`."""
        self.table[ORDER] = order
        self.numbers[0], self.numbers[1], self.numbers[2] = rows, batch, batches
