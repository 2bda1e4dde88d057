"""Bound: a program together with the variables that it reads and updates.

Leans on the recording and the engine's contract. Callers run a Bound and never hand state to a
program themselves, so that an engine is free to keep the values where it computes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from steepest.engines.engine import BatchRun, Column, Cost, Program
from steepest.program.trace import Recording


class Bound:
    """A program bound to the variables of one recording, whose values live in host memory.

    An engine that keeps values on a device returns a subclass from `Program.bind`. Its `run` and
    `call` take each variable's values from the device if `variable.owner` is a copy of its own
    there, else from `variable.array`; they give each updated variable its new copy as `owner`,
    which fetches the values once somebody reads the variable.

    `threads` holds for calls that do not say how many they may use.

    >>> import steepest as st
    >>> from steepest.engines.choose import bind
    >>> from steepest.program.trace import record
    >>> total = st.Variable(1.0)
    >>> bound = bind(record(lambda x: total.assign_add(x).value, [st.TensorSpec(())]))
    >>> bound.call([np.float32(2.0)]), total.item()
    ([array(3., dtype=float32)], 3.0)
    """

    def __init__(self, recording: Recording, program: Program, threads: int | None = None) -> None:
        self.recording = recording
        self.program = program
        self.threads = threads
        self._state = recording.state if recording.graph.updates else recording.values

    def call(self, inputs: Sequence[np.ndarray], threads: int | None = None) -> list[np.ndarray]:
        """The outputs for one set of inputs; the variables are updated unless the guard forbids."""
        return self.program.call(inputs, self._state(), threads or self.threads)

    def run(
        self,
        columns: Sequence[Column],
        order: np.ndarray,
        batch: int,
        epoch: int | None = None,
        threads: int | None = None,
    ) -> BatchRun:
        """Go through the rows named by `order`, `batch` rows at a time (the last may be fewer).

        With `epoch`, the order holds epochs of so many rows, and no batch reaches over their ends.
        `threads` is the most workers that this call may use, as `Program` says.
        """
        threads = threads or self.threads
        return self.program.run(self._state(), columns, order, batch, epoch, threads)

    def explain(self, columns: Sequence[Column], batch: int | None = None) -> list[Cost]:
        """What the program computes for the first `batch` rows, measured; no variable changes."""
        names = [variable.path for variable in self.recording.variables]
        return self.program.explain(columns, self.recording.values(), batch, names)
