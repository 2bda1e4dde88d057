"""Random numbers as functions of a generator's state: (seed, stream, step).

They are drawn by machine code where that pays, else by NumPy. Depends on ops, composed
functions and the bits of a counter (core.random_bits).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import cast

import numpy as np

from steepest.core import ops
from steepest.core.dispatch import bind, computes_at_once
from steepest.core.dtype import DType, DTypeLike, as_dtype, float32, float64
from steepest.core.primitives import PRIMITIVES, Shape
from steepest.core.random_bits import bits_at, random_bits
from steepest.core.tensor import Tensor
from steepest.functions import composed

_BITS = PRIMITIVES["random_bits"]

Draw = Callable[[str, np.ndarray, tuple[int, ...]], tuple[np.ndarray, int] | None]
"""Draws `bits0` to `bits3` (32 bits of a lane), or `fractions`, `normals`, `truncated` in float32;
counts those that are NaN as their rounding is in doubt. None where NumPy should draw."""
_draw: list[Draw] = []


def set_draw(draw: Draw) -> None:
    """Sets the function that draws what is computed at once.

    >>> set_draw(_draw[0])
    """
    _draw[:] = [draw]


def fractions(state: Tensor, shape: Shape, dtype: DTypeLike = float32) -> Tensor:
    """Uniform numbers in [0, 1), a function of a generator's state.

    >>> fractions(ops.constant([0, 0, 0], "int64"), (2,)).tolist()
    [0.399046, 0.880520]
    """
    dtype = as_dtype(dtype)
    if dtype == float64:
        return _fraction_of(_bits(state, shape, 27, 0), _bits(state, shape, 26, 1))
    drawn = _drawn("fractions", state, shape)
    if drawn is not None:
        return ops.cast(Tensor(drawn[0]), dtype)
    if _is_at_once(state, shape):  # the operations below without their checks
        few = random_bits(state.data, cast(tuple[int, ...], shape), 24, 0)
        return ops.cast(Tensor(np.asarray(few.astype(float32) * float32.type(2.0**-24))), dtype)
    bits = bind(_BITS, state, shape=shape, width=24, lane=0)
    return ops.cast(ops.cast(bits, float32) * 2.0**-24, dtype)


def between(fractions: Tensor, low: float, high: float) -> Tensor:
    """Uniform numbers from `low` up to `high` of fractions, in their dtype.

    >>> between(ops.constant([0.0, 0.5]), -1.0, 3.0).tolist()
    [-1.0, 1.0]
    """
    number = fractions.dtype.type
    spread = number(high) - number(low)
    if fractions.is_symbolic or not computes_at_once():
        return fractions * spread + low
    return Tensor(np.asarray(fractions.data * spread + number(low)))


def normal_numbers(state: Tensor, shape: Shape, dtype: DTypeLike = float32) -> Tensor:
    """Standard normal numbers by Box and Muller's cosine form, computed in float64.

    The log and cos of two engines may differ in the last digits of float64, which rounding to
    float32 removes.

    >>> abs(normal_numbers(ops.constant([0, 0, 0], "int64"), (1000,)).mean().item()) < 0.1
    True
    """
    return _rounded("normals", _normal_of, ((2, 30), (3, 30)), state, shape, as_dtype(dtype))


def _rounded(
    kernel: str,
    formula: Callable[..., Tensor],
    parts: tuple[tuple[int, int], ...],
    state: Tensor,
    shape: Shape,
    dtype: DType,
) -> Tensor:
    """A formula in float64 of the bits of some (lane, width), rounded; by a kernel if there is one.

    What the kernel cannot round with certainty is computed here.
    """
    drawn = _drawn(kernel, state, shape) if dtype == float32 else None
    if drawn is None:
        return ops.cast(formula(*(_bits(state, shape, w, lane) for lane, w in parts)), dtype)
    numbers, unsure = drawn
    if unsure:
        places = np.flatnonzero(np.isnan(numbers))
        rows, columns = divmod(places, math.prod(numbers.shape[1:] or numbers.shape))
        bits = (Tensor(bits_at(state.data, rows, columns, w, lane)) for lane, w in parts)
        numbers.reshape(-1)[places] = ops.cast(formula(*bits), float32).data
    return Tensor(numbers)


def _normal_of(radius: Tensor, angle: Tensor) -> Tensor:
    """A normal number in float64 of 30 bits for its length and 30 for its angle."""
    radius, angle = ops.cast(radius, float64), ops.cast(angle, float64)
    length = ops.sqrt(-2.0 * ops.log((radius + 1.0) * 2.0**-30))
    return length * ops.cos(angle * (2.0 * math.pi * 2.0**-30))


def _bits(state: Tensor, shape: Shape, width: int, lane: int) -> Tensor:
    drawn = _drawn(f"bits{lane}", state, shape)
    if drawn is None:
        return bind(_BITS, state, shape=shape, width=width, lane=lane)
    return Tensor((drawn[0].view(np.uint32) >> np.uint32(32 - width)).view(np.int32))


def _drawn(kernel: str, state: Tensor, shape: Shape) -> tuple[np.ndarray, int] | None:
    """Numbers by machine code; None where they are few, recorded, or NumPy's to draw."""
    if not _draw or not _is_at_once(state, shape):
        return None
    return _draw[0](kernel, state.data, cast(tuple[int, ...], shape))


def _is_at_once(state: Tensor, shape: Shape) -> bool:
    """Whether numbers of a known shape are drawn now, and no program records the draw."""
    return not state.is_symbolic and None not in shape and computes_at_once()


def truncated_numbers(state: Tensor, shape: Shape, dtype: DTypeLike = float32) -> Tensor:
    """Standard normal numbers between -2 and 2.

    >>> numbers = truncated_numbers(ops.constant([0, 0, 0], "int64"), (1000,))
    >>> numbers.max().item() <= 2.0
    True
    """
    return _rounded("truncated", truncated_of, ((0, 27), (1, 26)), state, shape, as_dtype(dtype))


def truncated_of(high: Tensor, low: Tensor) -> Tensor:
    """A truncated normal number in float64 of 27 and 26 bits.

    >>> truncated_of(ops.constant([2**26]), ops.constant([0])).tolist()
    [0.0]
    """
    inside = math.erf(math.sqrt(2.0))  # the probability of two standard deviations
    centred = (_fraction_of(high, low) * 2.0 - 1.0) * inside
    numbers = composed.erfinv(centred) * math.sqrt(2.0)
    return composed.clip_by_value(numbers, -2.0, 2.0)


def _fraction_of(high: Tensor, low: Tensor) -> Tensor:
    return (ops.cast(high, float64) * 2.0**26 + ops.cast(low, float64)) * 2.0**-53
