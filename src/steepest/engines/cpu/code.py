"""One graph for one way of storing its inputs: planned, compiled, with rooms to run in.

Leans on plan/, emit/, jit.py, memory.py and run.py.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from steepest.config import config
from steepest.engines.cpu.jit import CompiledModule, compile_module
from steepest.engines.cpu.memory import Room, lay_out
from steepest.engines.cpu.pace import Pace
from steepest.engines.cpu.plan import Plan, plan
from steepest.engines.cpu.processor import processor
from steepest.engines.cpu.run import entry_at, launch
from steepest.engines.cpu.spaces import Stored
from steepest.engines.cpu.work import has_rows_apart, operations_per_row
from steepest.engines.engine import Batches, cut
from steepest.program.graph import Graph

_KEPT_ROOMS = 4
_KEPT_PACES = 64
_ROWS_AT_ONCE = 512
_WORTH_A_THREAD = 1_000_000  # operations a batch from which a second worker pays for its barriers


class Code:
    """Machine code for a graph, and the memory that its calls take turns in."""

    def __init__(self, graph: Graph, storage: tuple[Stored, ...]) -> None:
        self.plan: Plan = plan(graph, storage)
        key = f"cpu engine {graph.key()} {storage}"
        self.module: CompiledModule = compile_module(self._text, key=key)
        self._entry = entry_at(self.module.address("run"))
        self._rooms: list[Room] = []
        self._paces: dict[int, Pace] = {}

    def _text(self) -> str:
        from steepest.engines.cpu.emit.program import emit_module
        from steepest.engines.cpu.gemm import machine_for

        return emit_module(self.plan.loops, machine_for(processor()), processor().triple)

    def run(
        self,
        arrays: Sequence[np.ndarray],
        state: list[np.ndarray],
        outputs: Sequence[np.ndarray],
        order: np.ndarray | None,
        batches: Batches,
    ) -> int:
        """Go through rows of the inputs (all of them, as they come, without an order).

        At least one batch is done, be it empty. Returns how many were.
        """
        asked, rows = max(batches.count, 1), batches.rows
        if self.rows_apart and rows:
            batches = cut(rows, min(rows, _ROWS_AT_ONCE), None)
        batch = batches.batch
        workers, pace = self.workers(min(rows, batch)), self._pace(batch)
        if config.threads is None and workers > 1:
            workers = pace.choose(workers)
        room = self.take_room(batch, workers)
        order = np.arange(max(rows, 1)) if order is None else order
        try:
            room.place_arrays("input", arrays)
            room.place_state(state)
            room.place_arrays("output", outputs)
            room.go_through(order.ctypes.data, batches.epoch, batch, max(batches.count, 1))
            start = time.perf_counter()
            done = self.launch(room)
            pace.note(workers, rows, time.perf_counter() - start)
            return asked if self.rows_apart else done
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
        layout = lay_out(self.plan.loops, batch, workers, self._product_bytes)
        return Room(self.plan.loops, self.plan.constants, layout)

    def _product_bytes(self, batch: int) -> int:
        from steepest.engines.cpu.emit.program import scratch_bytes
        from steepest.engines.cpu.gemm import machine_for

        return scratch_bytes(self.plan.loops, machine_for(processor()), batch)

    @cached_property
    def rows_apart(self) -> bool:
        """Whether rows may be cut into batches as it suits the caches."""
        return has_rows_apart(self.plan.loops)

    @cached_property
    def _operations(self) -> tuple[float, float]:
        return operations_per_row(self.plan.loops)

    def workers(self, batch: int) -> int:
        """As many as there are cores, where each has enough to do."""
        fixed, growing = self._operations
        useful = int((fixed + growing * batch) / _WORTH_A_THREAD) + 1
        return max(1, min(config.threads or processor().cores, useful))
