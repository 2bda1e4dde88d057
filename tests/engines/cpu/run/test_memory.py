"""The memory of a call: blocks that do not overlap, at cache lines, and pointers to them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import steepest as st
from steepest.engines.cpu.loops.spaces import (
    FIRST_BUFFER,
    LEAVING,
    ORDER,
    SCRATCH,
    STOP,
    Buffer,
    Role,
    Size,
    Stored,
)
from steepest.engines.cpu.machine.addresses import address
from steepest.engines.cpu.run.call_layout import CallLayout
from steepest.engines.cpu.run.memory import LINE, CallMemory, offsets_of, rounded
from steepest.engines.cpu.run.patience import patience
from steepest.engines.stopping import StopWord

BATCH = Size(1, 1)
CONSTANT = np.arange(3, dtype=np.float32)


def buffer(name: str, role: Role, *shape: Size, stored: Stored = "dense") -> Buffer:
    return Buffer(name, role, 0, np.dtype("float32"), shape, stored)


SPARSE = buffer("x", "input", BATCH, Size(9), stored="sparse")
SHARES = buffer("parts", "shares", Size(65))
STATE = buffer("w", "state", Size(9), Size(2))
TABLE = buffer("c", "constant", Size(3))
FIRST = buffer("a", "scratch", BATCH, Size(5))  # 10 rows: 200 bytes, in 256
SECOND = buffer("b", "scratch", Size(16))  # 64 bytes
OWN = buffer("p", "private", BATCH)  # 40 bytes, in 64
OTHER = buffer("q", "private", Size(17))  # 68 bytes, in 128
OUTPUT = buffer("y", "output", BATCH)
BUFFERS = (SPARSE, SHARES, STATE, TABLE, FIRST, OWN, SECOND, OTHER, OUTPUT)
LAYOUT = CallLayout(BUFFERS, (CONSTANT,), (0.0, 0.0), (0.0, 0.0, 0.0), False)


@pytest.fixture
def memory() -> CallMemory:
    return CallMemory(LAYOUT, offsets_of(LAYOUT, batch=10, workers=3, product_bytes=100))


@pytest.mark.parametrize(("size", "lines"), [(0, 0), (1, 1), (63, 1), (64, 1), (65, 2)])
def test_sizes_are_whole_cache_lines(size: int, lines: int) -> None:
    assert rounded(size) == lines * LINE


def test_buffers_of_all_then_of_each_worker_then_its_products() -> None:
    found = offsets_of(LAYOUT, batch=10, workers=3, product_bytes=100)
    assert found.buffers == {FIRST: 0, SECOND: 256, OWN: 320, OTHER: 384}
    assert (found.private_bytes, found.scratch_bytes) == (192, 128)
    assert found.scratch_offset == 320 + 3 * 192
    assert found.total == 320 + 3 * 192 + 3 * 128
    assert (found.batch, found.workers) == (10, 3)


def test_pointers_lie_in_the_block_at_cache_lines(memory: CallMemory) -> None:
    start, base = address(memory.block), memory.table[memory.entries["scratch"][0]]
    assert base % LINE == 0 and start <= base < start + LINE
    assert memory.table[SCRATCH] == base + memory.offsets.scratch_offset
    assert [memory.table[entry] - base for entry in memory.entries["private"]] == [320, 384]
    assert len(memory.block) >= memory.offsets.total + base - start


def test_each_role_has_its_entries_of_the_table(memory: CallMemory) -> None:
    """A sparse input has three pointers; its partition comes after it, as an input."""
    entries = memory.entries
    assert entries["input"] == [FIRST_BUFFER + at for at in range(4)]
    assert entries["state"] == [FIRST_BUFFER + 4] and entries["output"] == [FIRST_BUFFER + 10]
    flat = list(itertools.chain.from_iterable(entries.values()))
    assert sorted(flat) == list(range(FIRST_BUFFER, len(memory.table)))
    (constant,) = entries["constant"]
    assert memory.table[constant] == address(CONSTANT)


def test_variables_are_placed_again_only_if_they_are_others(memory: CallMemory) -> None:
    (entry,) = memory.entries["state"]
    one, other = (np.zeros((9, 2), np.float32) for _ in range(2))
    memory.place_state([one])
    assert memory.table[entry] == address(one)
    memory.table[entry] = 0
    memory.place_state([one])
    assert memory.table[entry] == 0
    memory.place_state([other])
    assert memory.table[entry] == address(other)
    with pytest.raises(ValueError, match="zip"):
        memory.place_state([other, one])


def test_numbers_of_a_call(memory: CallMemory) -> None:
    assert list(memory.numbers) == [0, 1, 0, 192, 128, patience(3)]
    memory.set_batches(order=4096, rows=25, batch=10, batches=3)
    assert list(memory.numbers) == [25, 10, 3, 192, 128, patience(3)]
    assert memory.table[ORDER] == 4096
    stop = StopWord()
    memory.counter[LEAVING] = 7
    memory.place_stop(stop)
    assert memory.table[STOP] == stop.address and memory.counter[LEAVING] == 0


@pytest.mark.parametrize("batch", [0, 1, 10])
def test_the_order_of_a_batch_in_its_own_order(batch: int) -> None:
    memory = CallMemory(LAYOUT, offsets_of(LAYOUT, batch, 1, 0))
    assert memory.identity.tolist() == list(range(max(batch, 1)))
    assert memory.identity_address == address(memory.identity)


def test_a_batch_that_needs_more_than_the_machine_has_is_refused() -> None:
    offsets = offsets_of(LAYOUT, 10**15, 1, 0)
    with pytest.raises(st.errors.NotEnoughMemory, match="a batch of 1,000,000,000,000,000 rows"):
        CallMemory(LAYOUT, offsets)
