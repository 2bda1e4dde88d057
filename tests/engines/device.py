"""An engine with memory of its own: variables stay there between calls, as on a device.

Runs programs by NumPy on copies that the host does not see. What is copied to and fro is counted,
so that tests can say that nothing moves without need. Depends on the NumPy engine and on Bound.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from steepest.core.variable import Variable
from steepest.engines.bound import Bound
from steepest.engines.engine import BatchRun, Column
from steepest.engines.numpy import NumpyEngine, NumpyProgram
from steepest.engines.stopping import StopWord
from steepest.program.graph import Graph
from steepest.program.trace import Recording

COPIES: Counter[str] = Counter()
"""How many variables were copied "to" the device and "back"."""


class DeviceCopy:
    """The values of one variable in the device's memory."""

    def __init__(self, values: np.ndarray, on_host: bool) -> None:
        self.values, self.on_host = values, on_host

    def fetch(self, variable: Variable) -> np.ndarray | None:
        """The values for the host, to be read only, unless it has them."""
        if self.on_host:
            return None
        self.on_host = True
        COPIES["back"] += 1
        values = np.array(self.values)
        values.flags.writeable = False
        return values


class DeviceBound(Bound):
    """Runs on copies in the device's memory and leaves the new values there."""

    def call(self, inputs: Sequence[np.ndarray], threads: int | None = None) -> list[np.ndarray]:
        """The outputs for one set of inputs."""
        state = self._uploaded()
        outputs = self.program.call(inputs, state, threads)
        self._own(state)
        return outputs

    def run(
        self,
        columns: Sequence[Column],
        order: np.ndarray,
        batch: int,
        epoch: int | None = None,
        threads: int | None = None,
        stop: StopWord | None = None,
    ) -> BatchRun:
        """Go through batches."""
        state = self._uploaded()
        done = self.program.run(state, columns, order, batch, epoch, threads, stop)
        self._own(state)
        return done

    def _uploaded(self) -> list[np.ndarray]:
        """The values by slot, in new memory where the program changes them."""
        copies = [(_on_device(variable), changed) for variable, changed in self.recording.slots]
        return [np.array(copy.values) if changed else copy.values for copy, changed in copies]

    def _own(self, state: list[np.ndarray]) -> None:
        for (variable, changed), values in zip(self.recording.slots, state, strict=True):
            if changed:
                variable.owner = DeviceCopy(values, on_host=False)


def _on_device(variable: Variable) -> DeviceCopy:
    """The copy that the device has of a variable, made if need be."""
    if not isinstance(variable.owner, DeviceCopy):
        COPIES["to"] += 1
        variable.owner = DeviceCopy(np.array(variable.array), on_host=True)
    return variable.owner


class DeviceProgram(NumpyProgram):
    """A program whose variables live on the device."""

    def bind(self, recording: Recording, threads: int | None = None) -> Bound:
        """The program with the variables of a recording."""
        return DeviceBound(recording, self, threads)


class DeviceEngine(NumpyEngine):
    """Prepares programs for the device."""

    name = "device"

    def prepare(self, graph: Graph, storage: Sequence[str] | None = None) -> DeviceProgram:
        """The program of a graph."""
        return DeviceProgram(super().prepare(graph, storage).graph)
