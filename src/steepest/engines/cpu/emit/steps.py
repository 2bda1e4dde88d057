"""Emits the steps of a kernel, each in the outermost loop that contains all its inputs.

Depends on frame.py and rules.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from steepest.engines.cpu import ir
from steepest.engines.cpu.emit.frame import Frame, Point, index_of, read
from steepest.engines.cpu.emit.philox import Keys, keys_of, random_bits
from steepest.engines.cpu.emit.rules import cast, compute, constant
from steepest.engines.cpu.loops.form import (
    BatchSize,
    Bits,
    Compute,
    Constant,
    Load,
    Position,
    Result,
    Step,
)
from steepest.engines.cpu.loops.spaces import Coordinate

ALL = 1 << 30  # the level of steps that depend on the result of a kernel's root


@dataclass
class Evaluator:
    """The values of a kernel's steps, emitted while the loops around them are opened one by one.

    `loops` lists the axes in the order in which their loops are opened.
    """

    frame: Frame
    steps: tuple[Step, ...]
    loops: tuple[int, ...]
    result: ir.Value | None = None
    values: list[ir.Value | None] = field(init=False)
    levels: list[int] = field(init=False)
    keys: dict[Bits, Keys] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.values = [None] * len(self.steps)
        self.levels = []
        for step in self.steps:
            self.levels.append(self._level(step))

    def _level(self, step: Step) -> int:
        if isinstance(step, Result):
            return ALL
        levels = [self.loops.index(axis) for axis in _axes(step)]
        levels += [self.levels[number] for number in _inputs(step)]
        return max(levels, default=-1)

    def open(self, point: Point, level: int) -> None:
        """Emits the steps that depend on the loop at `level` and on no loop inside it."""
        for number, step in enumerate(self.steps):
            if isinstance(step, Bits) and max(self.levels[word] for word in step.seed) == level:
                seed: list[Any] = [self.values[word] for word in step.seed]
                self.keys[step] = keys_of(self.frame.builder, seed, step.lane)
            if self.levels[number] == level:
                self.values[number] = self._emit(step, point)

    def _emit(self, step: Step, point: Point) -> ir.Value:
        values: list[Any] = self.values
        frame, builder = self.frame, self.frame.builder
        if isinstance(step, Load):
            return read(frame, point, step.access, values)
        if isinstance(step, Constant):
            return constant(step.dtype, step.value)
        if isinstance(step, Compute):
            inputs = [values[number] for number in step.inputs]
            dtype = self.steps[step.inputs[-1]].dtype
            return compute(builder, step.op, inputs, dtype, step.dtype)
        if isinstance(step, Position):
            number = index_of(frame, point, step.coordinate, values)
            return cast(builder, number, np.dtype("int64"), step.dtype)
        if isinstance(step, BatchSize):
            return cast(builder, frame.batch, np.dtype("int64"), step.dtype)
        if isinstance(step, Bits):
            return random_bits(frame, point, step, self.keys[step])
        assert self.result is not None
        return self.result


def _axes(step: Step) -> Iterable[int]:
    coordinates: tuple[Coordinate, ...] = ()
    if isinstance(step, Load):
        coordinates = step.access.coordinates
    elif isinstance(step, Bits):
        coordinates = step.coordinates
    elif isinstance(step, Position):
        coordinates = (step.coordinate,)
    return [c.axis for c in coordinates if c.axis is not None]


def _inputs(step: Step) -> Iterable[int]:
    if isinstance(step, Compute):
        return step.inputs
    if isinstance(step, Bits):
        return step.seed
    if isinstance(step, Load):
        return [c.looked for c in step.access.coordinates if c.looked is not None]
    return ()
