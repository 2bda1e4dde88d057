"""The peak rates of one core: multiply-adds in registers, and copies of memory.

They are measured in the same minute as the kernels that are compared with them, because a
processor's speed depends on its temperature and its load. Depends on the JIT.
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
_SUMS = 12  # independent: more than the cycles of a multiply-add times the two begun in each cycle
_LEAST_COPIED, _MOST_COPIED = 1 << 15, 1 << 26  # bytes: for fewer the call takes most of the time


def quickest(run: Callable[[int], object]) -> float:
    """The seconds of one repetition of run(repetitions): the best of a few measurements.

    >>> quickest(lambda repetitions: sum(range(repetitions))) < 1e-3
    True
    """
    return min(_measured(run) for _ in range(REPEATS))


def _measured(run: Callable[[int], object]) -> float:
    """Doubles the repetitions until they take long enough; the seconds of one."""
    repetitions, seconds = 1, 0.0
    while seconds < LEAST_SECONDS:
        repetitions *= 2
        start = time.perf_counter()
        run(repetitions)
        seconds = time.perf_counter() - start
    return seconds / repetitions


def peak_gigaflops(bits: int = 32) -> float:
    """The peak GFLOP/s of one core in floats of `bits` bits; a multiply-add counts as two.

    >>> peak_gigaflops() > 1
    True
    """
    lanes = processor().lanes(bits)
    module = compile_module(lambda: _text(bits, lanes), key=f"ceiling {bits} {lanes}")
    call = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64)(module.address("peak"))
    sums = np.zeros(_SUMS * lanes * bits // 8, np.uint8)
    return 2.0 * lanes * _SUMS / quickest(lambda count: call(sums.ctypes.data, count)) / 1e9


def _text(bits: int, lanes: int) -> str:
    """Emits peak(sums, count): adds a square to each sum, `count` times, in registers."""
    module = ir.Module("peak")
    kind = ir.VectorType(ir.DoubleType() if bits == 64 else ir.FloatType(), lanes)
    signature = ir.FunctionType(ir.VoidType(), [ir.PointerType(), INDEX])
    function = ir.Function(module, signature, "peak")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    memory, count = function.args
    addresses = [builder.gep(memory, [index(n)], source_etype=kind) for n in range(_SUMS)]
    sums = [builder.load(one, typ=kind, align=bits // 8) for one in addresses]

    def step(_: object, totals: list[ir.Value]) -> list[ir.Value]:
        return [fma(builder, sums[0], sums[0], total) for total in totals]

    for one, total in zip(addresses, accumulate(builder, count, sums, step), strict=True):
        builder.store(total, one, align=bits // 8)
    builder.ret_void()
    return str(module)


def copy_rate(size: int) -> float:
    """The gigabytes that a copy reads and writes a second, for `size` bytes in all.

    >>> copy_rate(1 << 16) > 0.1
    True
    """
    half = min(max(size, _LEAST_COPIED), _MOST_COPIED) // 2
    source, target = np.zeros(half, np.uint8), np.zeros(half, np.uint8)
    given = target.ctypes.data, source.ctypes.data, half

    def run(count: int) -> None:
        for _ in range(count):
            ctypes.memmove(*given)

    return 2 * half / quickest(run) / 1e9


@dataclass
class Ceilings:
    """The least times of some work on one core; rates are measured when they are first needed.

    >>> arithmetic, memory = Ceilings().seconds(32, operations=1e6, size=1 << 16)
    >>> arithmetic > 0 and memory > 0
    True
    """

    _peaks: dict[int, float] = field(default_factory=dict)
    _rates: dict[int, float] = field(default_factory=dict)

    def seconds(self, bits: int, operations: float, size: int) -> tuple[float, float]:
        """The seconds of operations on floats of `bits` bits, and of copying as many bytes."""
        if bits not in self._peaks:
            self._peaks[bits] = peak_gigaflops(bits)
        power = min(max(size, _LEAST_COPIED), _MOST_COPIED).bit_length()
        if power not in self._rates:
            self._rates[power] = copy_rate(1 << power)
        return operations / self._peaks[bits] / 1e9, size / self._rates[power] / 1e9
