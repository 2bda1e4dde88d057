"""The walk of a tape: derivatives on their way back, from note to note. Leans on ops.

Broadcasting is undone here, once for all rules.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from steepest.core import ops
from steepest.core.dtype import DType
from steepest.core.primitives import Shape
from steepest.core.tensor import Tensor


class Place(NamedTuple):
    """What the walk must know of a tensor: its serial number, shape and kind."""

    serial: int
    shape: Shape
    dtype: DType


class Note(NamedTuple):
    """One computation: where it came from and went to, and how derivatives go back."""

    outputs: tuple[Place, ...]
    inputs: tuple[Place | None, ...]
    pullback: Callable[..., Any]


def place_of(tensor: Tensor) -> Place:
    """What the walk must know of a tensor."""
    return Place(tensor.serial, tensor.shape, tensor.dtype)


class Cotangents:
    """The derivatives on their way back, by serial number; those of the sources are kept."""

    def __init__(self, sources: Iterable[int]) -> None:
        self._sources = set(sources)
        self._held: dict[int, Tensor] = {}

    def add(self, place: Place, cotangent: Tensor) -> None:
        """Add what came back to a tensor, summed over what was broadcast."""
        fitted = _unbroadcast(cotangent, place.shape)
        before = self._held.get(place.serial)
        self._held[place.serial] = fitted if before is None else before + fitted

    def _take(self, place: Place) -> Tensor | None:
        get = self._held.get if place.serial in self._sources else self._held.pop
        return get(place.serial, None)

    def push_back(self, note: Note) -> None:
        """Send what came back to a computation's outputs on to its inputs."""
        arrived = [self._take(place) for place in note.outputs]
        if all(cotangent is None for cotangent in arrived):
            return
        full = [
            ops.broadcast_to(ops.constant(0.0, place.dtype), place.shape) if g is None else g
            for g, place in zip(arrived, note.outputs, strict=True)
        ]
        back = note.pullback(*full)
        parts = back if isinstance(back, (tuple, list)) else (back,)
        for place, cotangent in zip(note.inputs, parts, strict=True):
            if place is not None and cotangent is not None:
                self.add(place, cotangent)

    def total(self, serials: Iterable[int]) -> Tensor | None:
        """The sum of what came back to any of these."""
        found = [self._held[serial] for serial in serials if serial in self._held]
        return functools.reduce(lambda a, b: a + b, found) if found else None


def _unbroadcast(cotangent: Tensor, shape: Shape) -> Tensor:
    """Sum over the axes along which a value of `shape` was repeated."""
    if cotangent.shape == shape:
        return cotangent
    lead = cotangent.ndim - len(shape)
    spread = tuple(
        lead + axis
        for axis, size in enumerate(shape)
        if size == 1 and cotangent.shape[lead + axis] != 1
    )
    axes = tuple(range(lead)) + spread
    summed = ops.reduce_sum(cotangent, axes, keepdims=True) if axes else cotangent
    if lead:
        summed = ops.reshape(summed, summed.shape[lead:])
    # A cotangent narrower than the value is one that was the same everywhere.
    return summed if summed.shape == shape else ops.broadcast_to(summed, shape)
