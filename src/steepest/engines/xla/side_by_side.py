"""Calls that jobs make at the same time: those with programs of one shape run as one program.

The values of their variables stay on the device as rows of one array each, as long as the same runs
make calls together. Depends on many, columns and transfer.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from steepest.core.variable import Variable
from steepest.engines.batches import Batches
from steepest.engines.engine import BatchRun, Column
from steepest.engines.stopping import StopWord
from steepest.engines.xla.columns import Source, memory_of, share_uploads
from steepest.engines.xla.compiled import Compiled
from steepest.engines.xla.library import wide
from steepest.engines.xla.many import ManyCompiled, filled
from steepest.engines.xla.placement import ONE_DEVICE, placement
from steepest.engines.xla.transfer import Stack, StackedCopy, to_device
from steepest.errors import NotEnoughMemory
from steepest.processes import num_processes
from steepest.program.trace import Recording

MOST_PROGRAMS = 32
_programs: OrderedDict[str, ManyCompiled] = OrderedDict()


@dataclass(frozen=True, eq=False)
class Call:
    """A run of batches that a job asks for."""

    recording: Recording
    compiled: Compiled
    columns: Sequence[Column]
    order: np.ndarray
    batches: Batches
    stop: StopWord | None

    def key(self) -> Hashable:
        """Equal for calls that can run as one: shape of the program, data, division into batches.

        The calls of several devices or processes, and of data that are uploaded in parts, run
        alone.
        """
        compiled, columns = self.compiled, self.columns
        alone = placement() is not ONE_DEVICE or num_processes() > 1
        if alone or not compiled.loops(columns, self.batches):
            return object()
        if not Source(compiled.graph.inputs, columns, self.order).in_place:
            return object()
        return compiled.shape.key, *map(memory_of, columns), self.batches


def run_calls(calls: Sequence[Call]) -> list[BatchRun] | None:
    """Runs calls of equal keys as one; None where each is to run alone."""
    changed = [
        variable for call in calls for variable, is_new in call.recording.slots if is_new
    ]  # fmt: skip
    if len(calls) == 1 or len(set(changed)) < len(changed):
        return None
    first = calls[0]
    program = _program(first.compiled)
    slots = program.slots(len(calls))
    share_uploads([call.columns for call in calls])
    try:
        with wide():
            stacks = [
                _stacked(variables, slots)
                for variables in zip(*(call.recording.variables for call in calls), strict=True)
            ]
        runs, state = program.batches(
            [call.compiled.shape.numbers for call in calls],
            [stack.values for stack in stacks],
            first.columns,
            [call.order for call in calls],
            first.batches,
            [call.stop for call in calls],
        )
    except NotEnoughMemory:
        return None  # one may fit where all do not
    for slot, values in zip(first.compiled.changed, state, strict=True):
        _own(Stack(values), [call.recording.variables[slot] for call in calls], on_host=False)
    return runs


def _program(compiled: Compiled) -> ManyCompiled:
    key = compiled.shape.key
    if key not in _programs:
        _programs[key] = ManyCompiled(compiled)
    program = _programs[key]
    _programs.move_to_end(key)
    while len(_programs) > MOST_PROGRAMS:
        _programs.popitem(last=False)
    return program


def _stacked(variables: Sequence[Variable], slots: int) -> Stack:
    """The values of a variable in each run; those of the first fill rows of runs that ended."""
    owners = [variable.owner for variable in variables]
    first = owners[0]
    if isinstance(first, StackedCopy) and len(first.stack.values) == slots:
        rows = [(first.stack, index) for index in range(len(owners))]
        if rows == [(o.stack, o.index) for o in owners if isinstance(o, StackedCopy)]:
            return first.stack
    arrays = [variable.array for variable in variables]
    stack = Stack(to_device(filled(arrays, slots)))
    _own(stack, variables, on_host=True)
    return stack


def _own(stack: Stack, variables: Sequence[Variable], on_host: bool) -> None:
    for index, variable in enumerate(variables):
        variable.owner = StackedCopy(stack, index, ONE_DEVICE, on_host)
