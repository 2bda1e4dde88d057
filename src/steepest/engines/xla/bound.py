"""A compiled graph with the variables of a recording, whose values stay on the device.

Depends on compiled, side_by_side, transfer and Bound.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest.core.variable import Variable
from steepest.distribution.agreement import agree, together
from steepest.engines.batches import batch_by_batch, check_order, cut
from steepest.engines.bound import Bound
from steepest.engines.engine import BatchRun, Column, Program
from steepest.engines.meeting import current_seat
from steepest.engines.stopping import StopWord
from steepest.engines.xla.compiled import Compiled
from steepest.engines.xla.library import wide
from steepest.engines.xla.placement import ONE_DEVICE, Placement, placement
from steepest.engines.xla.side_by_side import Call, run_calls
from steepest.engines.xla.transfer import DeviceCopy, to_device
from steepest.processes import num_processes
from steepest.program.trace import Recording

CALL_SECONDS, SECONDS_PER_BYTE, MOST_SECONDS = 0.2, 1e-8, 1.0
"""Of a call of `run`. It costs a millisecond, more where others compute, and the time to be given
its memory, about as much as variables have: 25 milliseconds for 100 MB.
"""


class XlaBound(Bound):
    """Runs programs on the device's values of variables, which the host fetches when it reads them.

    >>> import steepest as st
    >>> from steepest.engines.choose import bind
    >>> from steepest.program.trace import record
    >>> total = st.Variable(1.0)
    >>> step = record(lambda x: total.assign_add(x).value, [st.TensorSpec(())])
    >>> bind(step, engine="xla").call([np.float32(2.0)]), total.item()
    ([array(3., dtype=float32)], 3.0)
    """

    def __init__(self, recording: Recording, program: Program, compiled: Compiled) -> None:
        super().__init__(recording, program)
        self._compiled = compiled
        size = sum(variable.size * variable.dtype.itemsize for variable in recording.variables)
        self.call_seconds = min(CALL_SECONDS + SECONDS_PER_BYTE * size, MOST_SECONDS)

    def call(self, inputs: Sequence[np.ndarray], threads: int | None = None) -> list[np.ndarray]:
        """The outputs for one set of inputs; the variables are updated unless the guard forbids."""
        return self._once(inputs)[0]

    def _once(self, inputs: Sequence[np.ndarray]) -> tuple[list[np.ndarray], bool]:
        variables = self._on_device()
        with together():
            outputs, fresh, legal = self._compiled.batch(inputs, variables)
        self._own(fresh)
        return outputs, legal

    def run(
        self,
        columns: Sequence[Column],
        order: np.ndarray,
        batch: int,
        epoch: int | None = None,
        threads: int | None = None,
        stop: StopWord | None = None,
    ) -> BatchRun:
        """Runs the rows of `order`, `batch` rows at a time (the last batch may have fewer)."""
        check_order(order, columns, batch)
        batches, compiled = cut(len(order), batch, epoch), self._compiled
        if not compiled.loops(columns, batches):
            return batch_by_batch(self.recording.graph, columns, order, batches, self._once, stop)
        seat = current_seat()
        if seat is not None:
            call = Call(self.recording, compiled, columns, order, batches, stop)
            joined: BatchRun | None = seat.call(call.key(), call, run_calls)
            if joined is not None:
                return joined
        variables = self._on_device()
        for variable, changed in self.recording.slots:
            if changed and isinstance(variable.owner, DeviceCopy) and variable.owner.on_host:
                variable.owner = None  # its array is given up; the host has the values
        where = placement()
        shardings = (
            ()
            if where is ONE_DEVICE
            else tuple(
                where.variable(variable.path, variable.shape)
                for variable in self.recording.variables
            )
        )
        with together():
            done, fresh = compiled.batches(variables, columns, order, batches, stop, shardings)
        self._own(fresh)
        return done

    def _on_device(self) -> list[Any]:
        """The values of all variables, by slot; those that are not on the device are copied."""
        variables = self.recording.variables
        if num_processes() > 1:
            _agree_on([v for v in variables if _copy(v, placement()) is None])
        where = placement()
        with wide():
            return [_on_device(variable, where) for variable in variables]

    def _own(self, fresh: Sequence[Any]) -> None:
        """Lets the variables that the program changes have new values, on the device."""
        where = placement()
        for (slot, _), values in zip(self.recording.graph.updates, fresh, strict=True):
            variable = self.recording.variables[slot]
            variable.owner = DeviceCopy(values, where, on_host=False)


def _on_device(variable: Variable, where: Placement) -> Any:
    """The values of a variable where the placement wants them."""
    copy = _copy(variable, where)
    if copy is None:
        array = variable.array
        values = to_device(array, where.variable(variable.path, array.shape))
        variable.owner = copy = DeviceCopy(values, where, on_host=True)
    return copy.values


def _copy(variable: Variable, where: Placement) -> DeviceCopy | None:
    """The copy of a variable that the device has where the placement wants it, if it has one."""
    owner = variable.owner
    return owner if isinstance(owner, DeviceCopy) and owner.placement is where else None


def _agree_on(variables: Sequence[Variable]) -> None:
    """Raises unless all processes have the same values, as each uploads its own."""
    if variables:
        digest = hashlib.sha256()
        for variable in variables:
            digest.update(variable.array.tobytes())
        names = ", ".join(variable.path for variable in variables[:3])
        agree(f"the values of {names} and so on", digest.hexdigest()[:16])
