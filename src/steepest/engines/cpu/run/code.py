"""One graph for one way of storing its inputs: planned, compiled, with rooms to run in.

Leans on plan/, emit/, jit.py, memory.py and run.py.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from steepest.config import config
from steepest.engines.batches import Batches, cut
from steepest.engines.cpu.loops.spaces import Stored
from steepest.engines.cpu.machine.addresses import address
from steepest.engines.cpu.machine.jit import CompiledModule, compile_module
from steepest.engines.cpu.machine.processor import processor
from steepest.engines.cpu.run.call_layout import Outline
from steepest.engines.cpu.run.memory import Room, lay_out
from steepest.engines.cpu.run.thread_count import Pace
from steepest.engines.cpu.run.workers import entry_at, launch, size_at
from steepest.program.graph import Graph
from steepest.program.passes import clean

if TYPE_CHECKING:
    from steepest.engines.cpu import ir
    from steepest.engines.cpu.plan import Plan

_KEPT_ROOMS = 4
_KEPT_PACES = 64
_ROWS_AT_ONCE = 512
_WORTH_A_THREAD = 1_000_000  # operations a batch from which a second worker pays for its barriers


@dataclass(frozen=True)
class _Given:
    """What a run reads and writes."""

    arrays: Sequence[np.ndarray]
    state: list[np.ndarray]
    outputs: Sequence[np.ndarray]
    rowwise: Sequence[bool]  # of each output: it has the batch axis, else one value a batch
    order: np.ndarray

    def behind(self, batches: Batches, done: int) -> _Given:
        """The part after so many batches. A single batch has outputs of any rank, scalars too."""
        if not done:
            return self
        rows = batches.rows_before(done)
        starts = [rows if rowwise else done for rowwise in self.rowwise]
        outputs = [o[start:] for o, start in zip(self.outputs, starts, strict=True)]
        return replace(self, outputs=outputs, order=self.order[rows:])


class Code:
    """Machine code for a graph, and the memory that its calls take turns in.

    It is kept under the graph's key: one that was compiled before needs neither plan nor text.
    """

    def __init__(self, graph: Graph, storage: tuple[Stored, ...]) -> None:
        self.graph, self.storage = graph, storage
        key = f"cpu engine {graph.key()} {storage}"
        self.module: CompiledModule = compile_module(self._written, key=key, note=self._note)
        self.outline = Outline.unpacked(self.module.note)
        self._entry = entry_at(self.module.address("run"))
        self._product_bytes = size_at(self.module.address("scratch"))
        self._rooms: list[Room] = []
        self._paces: dict[int, Pace] = {}
        self._rowwise = [None in node.shape for node in graph.outputs]

    @cached_property
    def plan(self) -> Plan:
        """The loop form that the code was made of."""
        from steepest.engines.cpu.plan import plan

        return plan(clean(self.graph), self.storage)

    def _written(self) -> ir.Module:
        from steepest.engines.cpu.emit.program import emit_module
        from steepest.engines.cpu.gemm import machine_for

        return emit_module(self.plan.loops, machine_for(processor()), processor().triple)

    def _note(self) -> bytes:
        from steepest.engines.cpu.loops.costs import has_independent_rows, operations_per_row

        loops, constants = self.plan.loops, self.plan.constants
        work, apart = operations_per_row(loops), has_independent_rows(loops)
        return Outline(loops.buffers, constants, work, apart).packed()

    def run(
        self,
        arrays: Sequence[np.ndarray],
        state: list[np.ndarray],
        outputs: Sequence[np.ndarray],
        order: np.ndarray | None,
        batches: Batches,
        threads: int | None = None,
    ) -> int:
        """Go through rows of the inputs (all of them, as they come, without an order).

        At least one batch is done, be it empty. Returns how many were.
        """
        order = np.arange(max(batches.rows, 1)) if order is None else order
        given = _Given(arrays, state, outputs, self._rowwise, order)
        if self.rows_independent and batches.rows:
            parts = cut(batches.rows, min(batches.rows, _ROWS_AT_ONCE), None)
            self._at_pace(given, parts, threads)
            return batches.count
        return self._at_pace(given, batches, threads)

    def _at_pace(self, given: _Given, batches: Batches, threads: int | None) -> int:
        """Go through rows with as many workers as pays; another number is tried on few of them."""
        threads = threads or config.threads
        most = self.workers(min(batches.rows, batches.batch), threads)
        if most == 1 or threads is not None:
            return self._launched(given, batches, most)
        pace, done = self._pace(batches.batch), 0
        for workers, part in pace.parts(most, batches):
            start, rows = time.perf_counter(), batches.rows_before(done)
            done += self._launched(given.behind(batches, done), part, workers)
            pace.note(workers, part.rows, time.perf_counter() - start)
            if batches.rows_before(done) < rows + part.rows:
                break
        return done

    def _launched(self, given: _Given, batches: Batches, workers: int) -> int:
        room = self.take_room(batches.batch, workers)
        try:
            room.place_arrays("input", given.arrays)
            room.place_state(given.state)
            room.place_arrays("output", given.outputs)
            count = max(batches.count, 1)
            room.go_through(address(given.order), batches.epoch, batches.batch, count)
            return self.launch(room)
        finally:
            self._rooms.append(room)

    def _pace(self, batch: int) -> Pace:
        if len(self._paces) > _KEPT_PACES:
            self._paces.clear()
        return self._paces.setdefault(batch, Pace())

    def launch(self, room: Room) -> int:
        """Do what the room says; returns how many batches were done."""
        return launch(self._entry, room)

    def take_room(self, batch: int, workers: int) -> Room:
        """A room that is free and fits, or a new one; calls of several threads take several.

        Lists change in one piece, so no lock is needed that a fork could leave locked.
        """
        for room in list(self._rooms):
            if room.layout.batch == batch and room.layout.workers == workers:
                try:
                    self._rooms.remove(room)
                except ValueError:
                    continue  # another thread was quicker
                return room
        del self._rooms[: max(0, len(self._rooms) - _KEPT_ROOMS + 1)]
        layout = lay_out(self.outline, batch, workers, self._product_bytes(batch))
        return Room(self.outline, layout)

    @property
    def rows_independent(self) -> bool:
        """Whether rows may be cut into batches as it suits the caches."""
        return self.outline.rows_independent

    def workers(self, batch: int, threads: int | None = None) -> int:
        """As many as `threads`, `config.threads` or the cores, where each has enough to do."""
        most = threads or config.threads or processor().cores
        return max(1, min(most, self.useful_workers(batch)))

    def useful_workers(self, batch: int) -> int:
        """How many have enough to do with a batch."""
        fixed, growing = self.outline.operations
        return int((fixed + growing * batch) / _WORTH_A_THREAD) + 1
