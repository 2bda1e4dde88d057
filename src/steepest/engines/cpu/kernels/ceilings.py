"""What one core can do at most: multiply-adds in registers, and copies of memory.

Leans on the JIT. Measured in the same minute as the kernels that are held against it, for a
processor's speed depends on its heat and on what else is running.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from steepest.engines.cpu import ir
from steepest.engines.cpu.ir.helpers import INDEX, accumulate, fma, index
from steepest.engines.cpu.machine.jit import compile_module
from steepest.engines.cpu.machine.processor import processor

LEAST_SECONDS = 1e-3
REPEATS = 5
_SUMS = 12  # more than a multiply-add takes cycles, times the two that can begin in each
_LEAST_COPIED, _MOST_COPIED = 1 << 15, 1 << 26  # bytes: what is less is lost in the call


def quickest(run: Callable[[int], object]) -> float:
    """The seconds of one turn of run(turns): the best of a few tries, each of which takes a while.

    >>> quickest(lambda turns: sum(range(turns))) < 1e-3
    True
    """
    return min(_a_while(run) for _ in range(REPEATS))


def _a_while(run: Callable[[int], object]) -> float:
    turns, seconds = 1, 0.0
    while seconds < LEAST_SECONDS:
        turns *= 2
        start = time.perf_counter()
        run(turns)
        seconds = time.perf_counter() - start
    return seconds / turns


def peak_gigaflops(bits: int = 32) -> float:
    """The multiply-adds of one core in floats of so many bits, each counted as two, a nanosecond.

    >>> peak_gigaflops() > 1
    True
    """
    lanes = processor().lanes(bits)
    module = compile_module(lambda: _text(bits, lanes), key=f"ceiling {bits} {lanes}")
    call = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64)(module.address("peak"))
    sums = np.zeros(_SUMS * lanes * bits // 8, np.uint8)
    return 2.0 * lanes * _SUMS / quickest(lambda turns: call(sums.ctypes.data, turns)) / 1e9


def _text(bits: int, lanes: int) -> str:
    """peak(sums, turns): squares added to sums that stay in registers."""
    module = ir.Module("peak")
    kind = ir.VectorType(ir.DoubleType() if bits == 64 else ir.FloatType(), lanes)
    signature = ir.FunctionType(ir.VoidType(), [ir.PointerType(), INDEX])
    function = ir.Function(module, signature, "peak")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    memory, turns = function.args
    spots = [builder.gep(memory, [index(n)], source_etype=kind) for n in range(_SUMS)]
    sums = [builder.load(spot, typ=kind, align=bits // 8) for spot in spots]

    def step(_: object, totals: list[ir.Value]) -> list[ir.Value]:
        return [fma(builder, sums[0], sums[0], total) for total in totals]

    for spot, total in zip(spots, accumulate(builder, turns, sums, step), strict=True):
        builder.store(total, spot, align=bits // 8)
    builder.ret_void()
    return str(module)


def copy_rate(size: int) -> float:
    """Gigabytes read and written a second by a copy, where so many bytes lie in some cache.

    >>> copy_rate(1 << 16) > 0.1
    True
    """
    half = min(max(size, _LEAST_COPIED), _MOST_COPIED) // 2
    source, target = np.zeros(half, np.uint8), np.zeros(half, np.uint8)
    given = target.ctypes.data, source.ctypes.data, half

    def run(turns: int) -> None:
        for _ in range(turns):
            ctypes.memmove(*given)

    return 2 * half / quickest(run) / 1e9


@dataclass
class Ceilings:
    """The shortest time in which one core can do some work, each rate measured when it is needed.

    >>> Ceilings().seconds(32, operations=1e6, size=1 << 16) > 0
    True
    """

    _peaks: dict[int, float] = field(default_factory=dict)
    _rates: dict[int, float] = field(default_factory=dict)

    def seconds(self, bits: int, operations: float, size: int) -> float:
        """The longer of the times for the arithmetic, in floats of so many bits, and the bytes."""
        if bits not in self._peaks:
            self._peaks[bits] = peak_gigaflops(bits)
        among = min(max(size, _LEAST_COPIED), _MOST_COPIED).bit_length()
        if among not in self._rates:
            self._rates[among] = copy_rate(1 << among)
        return max(operations / self._peaks[bits], size / self._rates[among]) / 1e9
