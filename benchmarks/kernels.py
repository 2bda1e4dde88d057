"""The matrix kernels against the peak of one core: `python -m benchmarks.kernels`.

The peak is measured by a loop of multiply-adds only. Each time is the best of many, in processor
time, which other programs affect least. As in a training step, all sizes but the batch are
constants of the code.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import process_time

os.environ["STEEPEST_CACHE"] = "off"

import numpy as np

from steepest.engines.cpu import gemm, ir
from steepest.engines.cpu.ir.helpers import (
    INDEX,
    Integer,
    accumulate,
    at,
    fma,
    index,
    load,
    loop,
    store,
)
from steepest.engines.cpu.machine.jit import compile_module
from steepest.engines.cpu.machine.processor import processor

POINTER = ir.PointerType()
MACHINE = gemm.machine_for(processor())
SECONDS = 0.4  # measured for each line
Emit = Callable[[ir.IRBuilder, Sequence[ir.Value], ir.Value], None]


@dataclass(frozen=True)
class Shape:
    """A product of a training step: its use, its sizes, and whether the pixels are bytes."""

    use: str
    m: int
    n: int
    k: int
    element: str = "f32"
    pixels: bool = False


SHAPES = [
    Shape("forward", 100, 50, 784),
    Shape("forward", 100, 50, 784, pixels=True),
    Shape("weights", 784, 50, 100),
    Shape("weights", 784, 50, 100, pixels=True),
    Shape("forward", 100, 50, 50),
    Shape("forward", 100, 10, 50),
    Shape("inputs", 100, 50, 10),
    Shape("inputs", 100, 50, 50),
    Shape("weights", 50, 10, 100),
    Shape("forward", 1, 50, 784),
    Shape("forward", 512, 1, 16),
    Shape("forward", 32, 16, 30),
    Shape("inputs", 32, 16, 16),
    Shape("forward", 128, 512, 784),
    Shape("inputs", 128, 512, 512),
    Shape("weights", 784, 512, 128),
    Shape("forward", 256, 2048, 2048),
    Shape("inputs", 256, 2048, 2048),
    Shape("weights", 2048, 2048, 256),
    Shape("forward", 1024, 2048, 2048),
    Shape("forward", 1024, 2048, 2048, "f64"),
]


def compiled(emit: Emit) -> tuple[Callable[..., None], float]:
    """Returns a function of (pointers, batch, repetitions) and its compile time in seconds."""
    start = process_time()
    module = ir.Module()
    parameters: list[ir.Type] = [POINTER] * 6 + [INDEX] * 2
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), parameters), "kernel")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    *pointers, batch, repetitions = function.args
    with loop(builder, 0, repetitions):
        emit(builder, pointers, batch)
    builder.ret_void()
    code = compile_module(str(module))
    seconds = process_time() - start
    types = [ctypes.c_void_p] * 6 + [ctypes.c_int64] * 2
    entry = ctypes.CFUNCTYPE(None, *types)(code.address("kernel"))

    def call(*arguments: int, keep: object = code) -> None:
        entry(*arguments)

    return call, seconds


def seconds_per_call(call: Callable[[int], None]) -> float:
    """The best time of one repetition among many calls."""
    start = process_time()
    call(1)
    repetitions = max(1, int(SECONDS / 10 / max(process_time() - start, 1e-9)))
    repetitions = min(repetitions, 100_000)
    best, until = float("inf"), process_time() + SECONDS
    while process_time() < until:
        start = process_time()
        call(repetitions)
        best = min(best, (process_time() - start) / repetitions)
    return best


def peak(element: str) -> float:
    """Floating-point operations per second without memory access: twelve independent sums."""
    chains, steps = 12, 10_000
    number = ir.DoubleType() if element == "f64" else ir.FloatType()
    vector = ir.VectorType(number, MACHINE.lanes(element))

    def emit(builder: ir.IRBuilder, pointers: Sequence[ir.Value], batch: ir.Value) -> None:
        factor = load(builder, pointers[0], vector)

        def body(step: Integer, sums: list[ir.Value]) -> list[ir.Value]:
            return [fma(builder, total, factor, factor) for total in sums]

        # The sums start at different values, since the compiler would merge equal ones.
        starts = [ir.Constant(vector, float(chain)) for chain in range(chains)]
        for chain, total in enumerate(accumulate(builder, steps, starts, body)):
            store(builder, total, at(builder, pointers[1], chain, vector))

    call, _ = compiled(emit)
    memory = np.zeros(512)
    addresses = [memory.ctypes.data] * 6
    seconds = seconds_per_call(lambda times: call(*addresses, 0, times))
    return 2.0 * MACHINE.lanes(element) * chains * steps / seconds


def product_of(shape: Shape, pointers: Sequence[ir.Value], batch: ir.Value) -> gemm.Product:
    """The product of a shape: the batch is m, or k in the gradient of weights."""
    left, right, order = pointers[:3]
    stored = "u8" if shape.pixels else shape.element
    scale = 1 / 255 if shape.pixels else 1.0
    if shape.use == "weights":
        x = gemm.Operand(left, stored, shape.m, row_index=order, scale=scale)
        dy = gemm.Operand(right, shape.element, shape.n)
        return gemm.Product(x.transposed(), dy, shape.m, shape.n, batch, shape.element)
    x = gemm.Operand(left, stored, shape.k, row_index=order, scale=scale)
    if shape.use == "inputs":
        weights = gemm.Operand(right, shape.element, shape.k).transposed()
    else:
        weights = gemm.Operand(right, shape.element, shape.n)
    return gemm.Product(x, weights, batch, shape.n, shape.k, shape.element)


def scratch_bytes(shape: Shape, batch: int) -> int:
    """The bytes of scratch that the shape's product needs, computed by code for the batch."""
    module = ir.Module()
    function = ir.Function(module, ir.FunctionType(INDEX, [INDEX]), "scratch")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    product = product_of(shape, [ir.Constant(POINTER, None)] * 6, function.args[0])
    builder.ret(index(gemm.dense_scratch_bytes(builder, product, MACHINE)))
    code = compile_module(str(module))
    call = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(code.address("scratch"))
    return int(call(batch))


def measure(shape: Shape) -> tuple[float, float]:
    """(seconds per call, seconds to compile)."""
    rng = np.random.default_rng(0)
    number = {"f32": np.float32, "f64": np.float64}[shape.element]

    def emit(builder: ir.IRBuilder, pointers: Sequence[ir.Value], batch: ir.Value) -> None:
        product = product_of(shape, pointers, batch)
        store = gemm.store_to(pointers[3], shape.n)
        gemm.emit_dense_product(builder, product, store, MACHINE, scratch=pointers[4])

    call, compiling = compiled(emit)
    left = rng.integers(0, 256, shape.m * shape.k).astype(np.uint8 if shape.pixels else number)
    right = rng.standard_normal(shape.n * shape.k).astype(number)
    batch = shape.k if shape.use == "weights" else shape.m
    order, result = rng.permutation(batch), np.zeros((shape.m, shape.n), number)
    scratch = np.zeros(scratch_bytes(shape, batch) + 64, np.uint8)
    memory = [left, right, order, result, scratch, order]
    addresses = [array.ctypes.data for array in memory]
    return seconds_per_call(lambda times: call(*addresses, batch, times)), compiling


def main() -> None:
    """Print one line for each shape."""
    limits = {element: peak(element) for element in ("f32", "f64")}
    print(
        "limit of one core: " + ", ".join(f"{e} {x / 1e9:.0f} GFLOP/s" for e, x in limits.items())
    )
    print(f"{'use':8} {'m':>5} {'n':>5} {'k':>5} {'':5} {'us':>10} GFLOP/s of limit compiled ms")
    for shape in SHAPES:
        seconds, compiling = measure(shape)
        rate = 2 * shape.m * shape.n * shape.k / seconds
        stored = "u8" if shape.pixels else shape.element
        print(
            f"{shape.use:8} {shape.m:5} {shape.n:5} {shape.k:5} {stored:5} {seconds * 1e6:10.3f}"
            f" {rate / 1e9:7.1f} {rate / limits[shape.element]:8.0%} {compiling * 1e3:11.1f}"
        )


if __name__ == "__main__":
    main()
