"""Bound: a program together with the variables that it reads and updates.

Depends on the recording and the engine's contract. Callers run a Bound and never pass state to a
program themselves, so that an engine may store the values on its own device.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from steepest.engines.engine import BatchRun, Column, Cost, Program
from steepest.engines.stopping import StopWord
from steepest.program.trace import Recording


class Bound:
    """A program bound to the variables of one recording, whose values live in host memory.

    An engine that stores values on a device returns a subclass from `Program.bind`. Its `run` and
    `call` read each variable's values from the device if `variable.owner` is its own copy there,
    else from `variable.array`; they set the new copy of each updated variable as its `owner`, which
    fetches the values when the variable is read.

    `threads` is the number for calls that give none.

    >>> import steepest as st
    >>> from steepest.engines.choose import bind
    >>> from steepest.program.trace import record
    >>> total = st.Variable(1.0)
    >>> bound = bind(record(lambda x: total.assign_add(x).value, [st.TensorSpec(())]))
    >>> bound.call([np.float32(2.0)]), total.item()
    ([array(3., dtype=float32)], 3.0)
    """

    call_seconds = 0.05
    """About how long a call of `run` should take: progress and Ctrl-C wait for its end."""

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
        stop: StopWord | None = None,
    ) -> BatchRun:
        """Runs the rows of `order`, `batch` rows at a time (the last batch may have fewer).

        With `epoch`, the order consists of epochs of so many rows, and no batch crosses their ends.
        `threads` is the most workers that this call may use, and `stop` ends it, as in `Program`.
        """
        threads = threads or self.threads
        return self.program.run(self._state(), columns, order, batch, epoch, threads, stop)

    def explain(self, columns: Sequence[Column], batch: int | None = None) -> list[Cost]:
        """The measured costs of the program for the first `batch` rows; no variable changes."""
        names = [variable.path for variable in self.recording.variables]
        return self.program.explain(columns, self.recording.values(), batch, names)
