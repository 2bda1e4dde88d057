"""Backpropagation through the entries of a tape. Depends on ops.

Derivatives are summed over broadcast axes here, once for all gradient rules.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from steepest.core import ops
from steepest.core.dtype import DType
from steepest.core.primitives import Shape
from steepest.core.tensor import Tensor


class TensorKey(NamedTuple):
    """What backpropagation must know of a tensor: its serial number, shape and dtype."""

    serial: int
    shape: Shape
    dtype: DType


class TapeEntry(NamedTuple):
    """One recorded computation: its outputs, its inputs (None: not followed) and its pullback."""

    outputs: tuple[TensorKey, ...]
    inputs: tuple[TensorKey | None, ...]
    pullback: Callable[..., Any]


def key_of(tensor: Tensor) -> TensorKey:
    """The key of a tensor."""
    return TensorKey(tensor.serial, tensor.shape, tensor.dtype)


class Cotangents:
    """The derivatives found so far, by serial number; only the sources' remain once used."""

    def __init__(self, sources: Iterable[int]) -> None:
        self._sources = set(sources)
        self._by_serial: dict[int, Tensor] = {}

    def add(self, key: TensorKey, cotangent: Tensor) -> None:
        """Adds a contribution to a tensor's derivative, summed over the broadcast axes."""
        fitted = _unbroadcast(cotangent, key.shape)
        before = self._by_serial.get(key.serial)
        self._by_serial[key.serial] = fitted if before is None else before + fitted

    def push_back(self, entry: TapeEntry) -> None:
        """Applies a pullback: adds the derivatives by the inputs."""
        found = [
            (self._by_serial.get if key.serial in self._sources else self._by_serial.pop)(
                key.serial, None
            )
            for key in entry.outputs
        ]
        if all(cotangent is None for cotangent in found):
            return
        full = [
            ops.broadcast_to(ops.constant(0.0, key.dtype), key.shape) if g is None else g
            for g, key in zip(found, entry.outputs, strict=True)
        ]
        back = entry.pullback(*full)
        parts = back if isinstance(back, (tuple, list)) else (back,)
        for key, cotangent in zip(entry.inputs, parts, strict=True):
            if key is not None and cotangent is not None:
                self.add(key, cotangent)

    def total(self, serials: Iterable[int]) -> Tensor | None:
        """The sum of the derivatives by these tensors, or None."""
        found = [self._by_serial[serial] for serial in serials if serial in self._by_serial]
        return functools.reduce(lambda a, b: a + b, found) if found else None


def _unbroadcast(cotangent: Tensor, shape: Shape) -> Tensor:
    """Sums over the axes along which a value of `shape` was repeated."""
    if cotangent.shape == shape:
        return cotangent
    missing = len(shape) - cotangent.ndim  # the axes that a user's derivative left out
    if missing > 0:
        cotangent = ops.reshape(cotangent, (1,) * missing + cotangent.shape)
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
    # A cotangent smaller than the value is constant along the missing axes.
    return summed if summed.shape == shape else ops.broadcast_to(summed, shape)
