"""The engine's debug form: every buffer is between pages without access; inputs are read-only.

A load or store outside a buffer ends the test run with a fault instead of passing unseen; a store
into the few bytes between a buffer and its page is found after each run. Depends on the engine's
Code and CallMemory, whose memory it replaces.
"""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest.engines.batches import Batches
from steepest.engines.cpu.engine import CpuProgram
from steepest.engines.cpu.loops.spaces import (
    BLOCK_ROWS,
    ORDER,
    SCRATCH,
    Buffer,
    Stored,
    entries_of,
)
from steepest.engines.cpu.machine.addresses import address
from steepest.engines.cpu.run.code import Code
from steepest.engines.cpu.run.memory import CallMemory, Offsets
from steepest.engines.stopping import StopWord
from steepest.program.graph import Graph
from tests.engines.cpu.gemm_harness import guarded

PAGE = mmap.PAGESIZE
UNTOUCHED, UNWRITTEN = 0xA5, 0xFF  # around a buffer; in it (NaN, if it holds floats)
_libc = ctypes.CDLL(None, use_errno=True)


def protect(start: int, size: int, rights: int) -> None:
    """Sets the access rights of whole pages."""
    assert _libc.mprotect(ctypes.c_void_p(start), ctypes.c_size_t(size), rights) == 0


def pages(size: int) -> int:
    """The bytes of the pages for `size` bytes, at least one page."""
    return -(-max(size, 1) // PAGE) * PAGE


class Fenced:
    """A copy of an array that ends, or begins, at a page without access."""

    def __init__(self, array: np.ndarray, at_end: bool) -> None:
        self.original = array
        whole = np.full(pages(array.nbytes), UNTOUCHED, np.uint8)
        self.whole = guarded(whole)
        first = self.whole.size - array.nbytes if at_end else 0
        self.inside = self.whole[first : first + array.nbytes]
        self.inside.view(array.dtype)[...] = array.reshape(-1)

    @property
    def address(self) -> int:
        """The address of the copy."""
        return address(self.inside)

    def make_read_only(self) -> None:
        """Makes a store into the copy fatal too."""
        protect(address(self.whole), self.whole.size, mmap.PROT_READ)

    def give_back(self) -> None:
        """Copies the numbers back to the original."""
        self.original.reshape(-1)[...] = self.inside.view(self.original.dtype)

    def check(self) -> None:
        """Raises an error if a byte around the copy was written."""
        wrong = int((self.whole != UNTOUCHED).sum()) - int((self.inside != UNTOUCHED).sum())
        assert wrong == 0, f"{wrong} bytes beside a buffer were overwritten"


def slots(size: int, stride: int, workers: int, at_end: bool) -> tuple[np.ndarray, int]:
    """Memory of `size` bytes for each worker at distances of `stride`, and its address."""
    whole = guarded(np.full(stride * workers, UNWRITTEN, np.uint8))
    for worker in range(workers):
        protect(address(whole) + (worker + 1) * stride - PAGE, PAGE, 0)
    return whole, address(whole) + (stride - PAGE - size if at_end else 0)


class FencedMemory(CallMemory):
    """A `CallMemory` whose buffers are all fenced."""

    def __init__(self, code: Code, offsets: Offsets, at_end: bool) -> None:
        self.at_end = at_end
        self.held: list[Any] = []
        self.copies: dict[str, list[Fenced]] = {}
        super().__init__(code.layout, offsets)
        self._place_buffers(offsets)

    def _place_buffers(self, offsets: Offsets) -> None:
        entries = {b: e for b, e in entries_of(self.layout.buffers).items() if b in offsets.buffers}
        private = [_bytes(b, offsets.batch) for b in entries if b.role in ("private", "block")]
        self.numbers[3] = pages(max(private, default=0)) + PAGE
        self.numbers[4] = pages(offsets.scratch_bytes) + PAGE
        for buffer, entry in entries.items():
            size = _bytes(buffer, offsets.batch)
            several = buffer.role in ("private", "block")
            workers = offsets.workers if several else 1
            stride = self.numbers[3] if several else pages(size) + PAGE
            self.table[entry] = self._slots(size, stride, workers)
        scratch = offsets.scratch_bytes
        self.table[SCRATCH] = self._slots(scratch, self.numbers[4], offsets.workers)

    def _slots(self, size: int, stride: int, workers: int) -> int:
        memory, start = slots(size, stride, workers, self.at_end)
        self.held.append(memory)
        return start

    def place_arrays(self, role: str, arrays: Sequence[np.ndarray]) -> None:
        """Places fenced copies of these arrays."""
        self.copies[role] = [Fenced(array, self.at_end) for array in arrays]
        for entry, copy in zip(self.entries[role], self.copies[role], strict=True):
            self.table[entry] = copy.address
            if role in ("input", "constant"):
                copy.make_read_only()

    def place_state(self, state: list[np.ndarray]) -> None:
        """Places fenced copies of the variables."""
        self.place_arrays("state", state)

    def set_batches(self, order: int, rows: int, batch: int, batches: int) -> None:
        """Prepares the run with a fenced copy of the order."""
        numbers = np.ctypeslib.as_array((ctypes.c_int64 * rows).from_address(order))
        copy = Fenced(np.array(numbers), self.at_end)
        copy.make_read_only()
        self.copies["order"] = [copy]
        super().set_batches(copy.address, rows, batch, batches)
        assert self.table[ORDER] == copy.address

    def settle(self) -> None:
        """After a run: checks that nothing beside the buffers was written, and copies results."""
        for role, copies in self.copies.items():
            for copy in copies:
                copy.check()
                if role in ("state", "output"):
                    copy.give_back()


def _bytes(buffer: Buffer, batch: int) -> int:
    return buffer.bytes(min(batch, BLOCK_ROWS) if buffer.role == "block" else batch)


class FencedCode(Code):
    """Code that runs in a `FencedMemory`, with a given number of workers."""

    at_end, team = True, 1

    def suited(self, batches: Batches, threads: int | None = None) -> Code:
        """The code for such batches, with fenced memory too."""
        made = super().suited(batches, threads)
        assert isinstance(made, FencedCode)
        made.at_end, made.team = self.at_end, self.team
        return made

    def take_memory(self, batch: int, workers: int) -> CallMemory:
        """A new memory each time, for the test's number of workers."""
        made = super().take_memory(batch, self.team)
        return FencedMemory(self, made.offsets, self.at_end)

    def launch(self, memory: CallMemory, stop: StopWord | None = None) -> int:
        """Runs, then checks the fences."""
        assert isinstance(memory, FencedMemory)
        done = super().launch(memory, stop)
        memory.settle()
        self._free.clear()
        return done


class FencedProgram(CpuProgram):
    """A program in its debug form."""

    def __init__(self, graph: Graph, at_end: bool = True, team: int = 1) -> None:
        self.at_end, self.team = at_end, team
        super().__init__(graph)

    def code(self, storage: tuple[Stored, ...] | None = None) -> Code:
        """Code with fenced memory."""
        kinds = self._dense if storage is None else storage
        if kinds not in self._codes:
            code = FencedCode(self.graph, kinds)
            code.at_end, code.team = self.at_end, self.team
            self._codes[kinds] = code
        return self._codes[kinds]

    def _new_form(self, key: Any, inputs: Sequence[np.ndarray]) -> Any:
        """Disables the path for small calls, which have preallocated memory of their own."""
        form = super()._new_form(key, inputs)
        form.small = False
        return form
