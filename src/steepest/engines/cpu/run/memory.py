"""The memory of one call: where every buffer lies, for a batch size and a number of workers.

Leans on the outline. A room is used by one call at a time, so calls from several threads take
several rooms.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import is_

import numpy as np

from steepest.engines.cpu.loops.spaces import ORDER, SCRATCH, Buffer, entries_of, table_size
from steepest.engines.cpu.machine.addresses import address
from steepest.engines.cpu.run.call_layout import Outline

LINE = 64  # bytes of a cache line: buffers begin at one, so that workers share none by accident


@dataclass(frozen=True)
class Layout:
    """Offsets into one block of memory, in bytes, for batches of up to `batch` rows."""

    batch: int
    workers: int
    offsets: dict[Buffer, int]
    private_bytes: int
    scratch_bytes: int
    scratch_offset: int
    total: int


def lay_out(outline: Outline, batch: int, workers: int, product_bytes: int) -> Layout:
    """Scratch first, then each worker's private buffers, then each worker's room for products."""
    offsets, end = _packed(outline, "scratch", batch, 0)
    private, behind = _packed(outline, "private", batch, end)
    private_bytes, scratch = behind - end, rounded(product_bytes)
    start = end + private_bytes * workers
    total = start + scratch * workers
    return Layout(batch, workers, offsets | private, private_bytes, scratch, start, total)


def _packed(outline: Outline, role: str, batch: int, end: int) -> tuple[dict[Buffer, int], int]:
    """Buffers of a role one behind the other, and where they end."""
    offsets = {}
    for buffer in outline.buffers:
        if buffer.role == role:
            offsets[buffer], end = end, end + rounded(buffer.bytes(batch))
    return offsets, end


def rounded(size: int) -> int:
    """Whole cache lines.

    >>> rounded(1), rounded(128)
    (64, 128)
    """
    return -(-size // LINE) * LINE


@dataclass(eq=False)
class Room:
    """Memory, the table of pointers into it, and the meeting point of the workers."""

    outline: Outline
    layout: Layout
    state: list[np.ndarray] = field(default_factory=list)

    def __post_init__(self) -> None:
        layout = self.layout
        self.block = np.empty(layout.total + LINE, np.uint8)
        base = -(-address(self.block) // LINE) * LINE
        self.table = (ctypes.c_int64 * table_size(self.outline.buffers))()
        self.numbers = (ctypes.c_int64 * 5)(0, 1, 0, layout.private_bytes, layout.scratch_bytes)
        self.meeting = (ctypes.c_int64 * 16)()
        self.shared = tuple(map(ctypes.addressof, (self.table, self.numbers, self.meeting)))
        self.identity = np.arange(max(layout.batch, 1), dtype=np.int64)
        self.identity_address = address(self.identity)
        self.table[SCRATCH] = base + layout.scratch_offset
        self.entries: dict[str, list[int]] = {
            role: [] for role in ("input", "state", "constant", "scratch", "private", "output")
        }
        for buffer, entry in entries_of(self.outline.buffers).items():
            role = "input" if buffer.is_deal else buffer.role
            self.entries[role] += range(entry, entry + buffer.pointers)
            if buffer in layout.offsets:
                self.table[entry] = base + layout.offsets[buffer]
        self.place_arrays("constant", self.outline.constants)

    def place_arrays(self, role: str, arrays: Sequence[np.ndarray]) -> None:
        """Let the buffers of a role be these arrays."""
        table = self.table
        for entry, array in zip(self.entries[role], arrays, strict=True):
            table[entry] = array.__array_interface__["data"][0]

    def place_state(self, state: list[np.ndarray]) -> None:
        """Let the variables be these arrays; those of the call before are known already."""
        known = self.state
        if len(known) == len(state) and all(map(is_, known, state)):
            return
        self.place_arrays("state", state)
        self.state = list(state)

    def go_through(self, order: int, rows: int, batch: int, batches: int) -> None:
        """What the next run is about: `rows` an epoch; `order` is the address of their numbers."""
        self.table[ORDER] = order
        self.numbers[0], self.numbers[1], self.numbers[2] = rows, batch, batches
