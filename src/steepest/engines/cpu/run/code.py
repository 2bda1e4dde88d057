"""The machine code of one graph for one way of storing its inputs, and the memory to run it in.

Depends on plan/ and emit/ where the code is not cached, on the JIT, memory.py and workers.py.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from steepest.config import config
from steepest.engines.batches import Batches, cut
from steepest.engines.cores import most_threads
from steepest.engines.cpu.loops.spaces import Stored, group_count
from steepest.engines.cpu.machine.addresses import address
from steepest.engines.cpu.machine.jit import CompiledModule, compile_module
from steepest.engines.cpu.machine.processor import processor
from steepest.engines.cpu.run.call_layout import CallLayout
from steepest.engines.cpu.run.memory import CallMemory, offsets_of
from steepest.engines.cpu.run.pace import LONG_SECONDS, Pace
from steepest.engines.cpu.run.thread_count import ThreadChoice
from steepest.engines.cpu.run.workers import entry_at, run_together, size_at
from steepest.engines.stopping import StopWord
from steepest.program.graph import Graph
from steepest.program.passes import clean

if TYPE_CHECKING:
    from steepest.engines.cpu import ir
    from steepest.engines.cpu.plan import Plan

_MOST_MEMORIES = 4
_MOST_CHOICES = 64
_ROWS_AT_ONCE = 512
BLOCKS_FROM = 1024  # rows of a batch from which on blocks pay, by measurement
_WORTH_A_THREAD = 1_000_000  # operations a batch from which a second worker pays for its barriers


@dataclass(frozen=True)
class _Arrays:
    """The arrays that a run reads and writes."""

    arrays: Sequence[np.ndarray]
    state: list[np.ndarray]
    outputs: Sequence[np.ndarray]
    rowwise: Sequence[bool]  # whether an output has the batch axis; if not, it has a value a batch
    order: np.ndarray

    def after(self, batches: Batches, done: int) -> _Arrays:
        """The part after so many batches. A single batch has outputs of any rank, scalars too."""
        if not done:
            return self
        rows = batches.rows_before(done)
        starts = [rows if rowwise else done for rowwise in self.rowwise]
        outputs = [o[start:] for o, start in zip(self.outputs, starts, strict=True)]
        return replace(self, outputs=outputs, order=self.order[rows:])


class Code:
    """Machine code for a graph, and the memory that its calls use in turn.

    It is cached by the graph's key: cached code needs no plan and no emitter. Calls that take long
    have `interruptible` code, which can stop within a batch; `long` batches have code of their own
    where it differs: their rows are split, not columns, and computed in blocks if the program
    allows it.
    """

    def __init__(
        self,
        graph: Graph,
        storage: tuple[Stored, ...],
        interruptible: bool = False,
        long: bool = False,
    ) -> None:
        self.graph, self.storage = graph, storage
        self.interruptible, self.long = interruptible, long
        kind = f"{' interruptible' * interruptible}{' long' * long}"
        key = f"cpu engine {graph.key()} {storage}{kind}"
        self.module: CompiledModule = compile_module(self._emit, key=key, note=self._note)
        self.layout = CallLayout.unpacked(self.module.note)
        self._entry = entry_at(self.module.address("run"))
        self._product_bytes = size_at(self.module.address("scratch"))
        self._free: list[CallMemory] = []
        self._choices: dict[int, ThreadChoice] = {}
        self.pace = Pace(self.layout.weighted)
        self._variants: dict[tuple[bool, bool], Code] = {(interruptible, long): self}
        self._rowwise = [None in node.shape for node in graph.outputs]

    @cached_property
    def plan(self) -> Plan:
        """The plan that the code was made of."""
        from steepest.engines.cpu.plan import plan

        return plan(clean(self.graph), self.storage, self.interruptible, self.long)

    def _emit(self) -> ir.Module:
        from steepest.engines.cpu.emit.program import emit_module
        from steepest.engines.cpu.gemm import machine_for

        return emit_module(self.plan.loops, machine_for(processor()), processor().triple)

    def _note(self) -> bytes:
        """What a call needs besides the code, as the bytes that are stored with it."""
        from steepest.engines.cpu.loops.costs import (
            has_independent_rows,
            operations_per_row,
            weighted_operations,
        )
        from steepest.engines.cpu.plan import differs_if_long

        loops, constants = self.plan.loops, self.plan.constants
        operations, weighted = operations_per_row(loops), weighted_operations(loops)
        independent, differs = has_independent_rows(loops), differs_if_long(loops)
        costs = operations, weighted, independent
        return CallLayout(loops.buffers, constants, *costs, differs).packed()

    def suited(self, batches: Batches, threads: int | None = None) -> Code:
        """The code for such batches: that for long ones, if they are, and if the call takes long,
        code that can stop within a batch.

        The memory of the others is freed: long batches have large ones.
        """
        seconds = self.pace.measured(batches)
        if seconds is None:
            workers = self.workers(min(batches.rows, batches.batch), threads)
            seconds = self.pace.estimated(batches, workers)
        suited = self.variant(seconds >= LONG_SECONDS, batches.batch)
        for code in self._variants.values() if len(self._variants) > 1 else ():
            if code is not suited:
                code._free.clear()
        return suited

    def variant(self, interruptible: bool, batch: int) -> Code:
        """The code that can stop within a batch or not, for batches of so many rows."""
        kind = interruptible, self.layout.differs_if_long and batch >= BLOCKS_FROM
        if kind not in self._variants:
            made = self._variants[kind] = type(self)(self.graph, self.storage, *kind)
            made.pace = self.pace
        return self._variants[kind]

    def run(
        self,
        arrays: Sequence[np.ndarray],
        state: list[np.ndarray],
        outputs: Sequence[np.ndarray],
        order: np.ndarray | None,
        batches: Batches,
        threads: int | None = None,
        stop: StopWord | None = None,
    ) -> int:
        """Runs the batches of an order of rows (without one: all rows in their own order).

        At least one batch is done, even an empty one, unless `stop` is set. Returns how many were.
        """
        given_batches, start = batches, time.perf_counter()
        order = np.arange(max(batches.rows, 1)) if order is None else order
        given = _Arrays(arrays, state, outputs, self._rowwise, order)
        if self.layout.rows_independent and batches.rows:
            batches = cut(batches.rows, min(batches.rows, _ROWS_AT_ONCE), None)
        most = self.workers(min(batches.rows, batches.batch), threads)
        if most == 1 or threads or config.threads:
            done = self._run_with(given, batches, most, stop)
        else:
            done = self._run_timed(given, batches, most, stop)
        if done == max(batches.count, 1):
            self.pace.record(given_batches, time.perf_counter() - start)
            return max(given_batches.count, 1)
        return done if batches is given_batches else 0

    def _run_timed(self, given: _Arrays, batches: Batches, most: int, stop: StopWord | None) -> int:
        """Runs batches with as many workers as pays; another number is tried on few of them."""
        if len(self._choices) > _MOST_CHOICES:
            self._choices.clear()
        choice, done = self._choices.setdefault(batches.batch, ThreadChoice()), 0
        for workers, part in choice.parts(most, batches):
            start, rows = time.perf_counter(), batches.rows_before(done)
            done += self._run_with(given.after(batches, done), part, workers, stop)
            choice.record(workers, part.rows, time.perf_counter() - start)
            if batches.rows_before(done) < rows + part.rows:
                break
        return done

    def _run_with(
        self, given: _Arrays, batches: Batches, workers: int, stop: StopWord | None
    ) -> int:
        memory = self.take_memory(batches.batch, workers)
        try:
            memory.place_arrays("input", given.arrays)
            memory.place_state(given.state)
            memory.place_arrays("output", given.outputs)
            count = max(batches.count, 1)
            memory.set_batches(address(given.order), batches.epoch, batches.batch, count)
            return self.launch(memory, stop)
        finally:
            self._free.append(memory)

    def launch(self, memory: CallMemory, stop: StopWord | None = None) -> int:
        """Calls the code with the pointers and batches of a memory; returns how many were done.

        A thread of its own runs a call that Ctrl-C may stop, as the main one has to receive it.
        """
        workers, receives = memory.offsets.workers, False
        if self.interruptible:
            stop = StopWord() if stop is None else stop
            memory.place_stop(stop)
            receives = threading.current_thread() is threading.main_thread()
        if workers == 1 and not receives:
            return self._entry(0, 1, *memory.shared)
        memory.counter[0] = 0
        return run_together(self._entry, memory.shared, workers, stop)

    def take_memory(self, batch: int, workers: int) -> CallMemory:
        """A free memory that fits, or a new one; calls of several threads take several.

        A list changes in one step, so no lock is needed that a fork could leave locked.
        """
        for memory in list(self._free):
            if memory.offsets.batch == batch and memory.offsets.workers == workers:
                try:
                    self._free.remove(memory)
                except ValueError:
                    continue  # another thread took it first
                return memory
        del self._free[: max(0, len(self._free) - _MOST_MEMORIES + 1)]
        offsets = offsets_of(self.layout, batch, workers, self._product_bytes(batch))
        return CallMemory(self.layout, offsets)

    def workers(self, batch: int, threads: int | None = None) -> int:
        """As many as `most_threads` allows, where each has enough to do."""
        useful = self.useful_workers(batch)
        if useful == 1:
            return 1
        return max(1, min(most_threads(processor().cores, threads), useful))

    def useful_workers(self, batch: int) -> int:
        """The most workers that have enough to do with a batch."""
        fixed, per_row = self.layout.operations
        useful = int((fixed + per_row * batch) / _WORTH_A_THREAD) + 1
        return min(useful, group_count(batch)) if self.layout.in_blocks else useful
