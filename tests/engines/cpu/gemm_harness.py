"""Helpers for tests of matrix products: arrays between protected pages, and compiled products.

An array from `guarded` is between two pages without access, so that a load or store outside of it
ends the test run with a fault instead of passing unseen.
"""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from steepest.engines.cpu import ir
from steepest.engines.cpu.gemm import (
    Machine,
    Operand,
    Product,
    dense_scratch_bytes,
    emit_dense_product,
    machine_for,
    store_to,
)
from steepest.engines.cpu.machine.jit import CompiledModule, compile_module
from steepest.engines.cpu.machine.processor import processor

MACHINE = machine_for(processor())
POINTER, INDEX = ir.PointerType(), ir.IntType(64)
NUMBERS = {"f32": np.float32, "f64": np.float64, "u8": np.uint8}
_libc = ctypes.CDLL(None, use_errno=True)


def guarded(array: np.ndarray, at_end: bool = True) -> np.ndarray:
    """A copy of `array` whose last byte is next to a page without access, or its first byte."""
    array = np.ascontiguousarray(array)
    page = mmap.PAGESIZE
    size = -(-max(array.nbytes, 1) // page) * page
    memory = mmap.mmap(-1, size + 2 * page)
    start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    for fence in (start, start + page + size):
        assert _libc.mprotect(ctypes.c_void_p(fence), ctypes.c_size_t(page), 0) == 0
    first = page + (size - array.nbytes if at_end else 0)
    inside = np.frombuffer(memory, array.dtype, array.size, first).reshape(array.shape)
    inside[...] = array
    return inside


def compiled(
    emit: Callable[[ir.IRBuilder, list[ir.Value], list[ir.Value]], None],
    pointers: int,
    integers: int,
    machine: Machine = MACHINE,
) -> Callable[..., None]:
    """A function of arrays and integers whose body `emit(builder, pointers, integers)` writes."""
    module = ir.Module()
    kinds = [POINTER] * pointers + [INDEX] * integers
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), kinds), "kernel")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    emit(builder, function.args[:pointers], function.args[pointers:])
    builder.ret_void()
    code: CompiledModule = compile_module(
        str(module), target=processor().narrowed(machine.vector_bits)
    )
    types = [ctypes.c_void_p] * pointers + [ctypes.c_int64] * integers
    entry = ctypes.CFUNCTYPE(None, *types)(code.address("kernel"))

    def call(*arguments: np.ndarray | int, keep: CompiledModule = code) -> None:
        entry(*[a.ctypes.data if isinstance(a, np.ndarray) else a for a in arguments])

    return call


@dataclass(frozen=True)
class MatrixLayout:
    """A matrix in memory: its dtype, transposed or not, gathered by an index array, padded."""

    element: str = "f32"
    transposed: bool = False
    gathered: bool = False
    padding: int = 0
    scale: float = 1.0
    offset: float = 0.0

    def operand(
        self, pointer: ir.Value, indices: ir.Value, rows: int | ir.Value, cols: int | ir.Value
    ) -> Operand:
        """The operand of a logical matrix of rows x cols; a padded stride is cols + padding."""
        stride = rows if self.transposed else cols
        if self.padding:
            assert isinstance(stride, int)
            stride += self.padding
        chosen = indices if self.gathered else None
        operand = Operand(pointer, self.element, stride, 1, chosen, None, self.scale, self.offset)
        return operand.transposed() if self.transposed else operand

    def memory(
        self, rows: int, cols: int, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(array in memory, index array, the logical matrix in float64)."""
        tall, wide = (cols, rows) if self.transposed else (rows, cols)
        stored = tall + 3 if self.gathered else tall
        if self.element == "u8":
            array = rng.integers(0, 256, (stored, wide + self.padding)).astype(np.uint8)
        else:
            array = rng.standard_normal((stored, wide + self.padding))
            array = array.astype(NUMBERS[self.element])
        indices = rng.integers(0, stored, tall) if self.gathered else np.zeros(1, np.int64)
        scale, offset = np.float32([self.scale, self.offset]).astype(np.float64)
        values = array[:, :wide].astype(np.float64) * scale + offset
        if self.element == "u8":  # one rounding, as a fused multiply-add does
            values = values.astype(np.float32).astype(np.float64)
        logical = values[indices] if self.gathered else values
        return array, indices.astype(np.int64), logical.T if self.transposed else logical


@dataclass(frozen=True)
class Case:
    """A product to test: its sizes (None: known at run time) and the layouts of its operands."""

    m: int | None
    n: int | None
    k: int | None
    a: MatrixLayout = MatrixLayout()
    b: MatrixLayout = MatrixLayout()
    element: str = "f32"
    machine: Machine = MACHINE

    def compile(self) -> Callable[..., None]:
        """A function of (A, A's indices, B, B's indices, C, scratch, m, n, k, i0, i1, j0, j1)."""

        def emit(builder: ir.IRBuilder, pointers: list[ir.Value], integers: list[ir.Value]) -> None:
            product = self.product(pointers, integers[:3])
            rows = (integers[3], integers[4]) if self.m is None else None
            cols = (integers[5], integers[6]) if self.n is None else None
            emit_dense_product(
                builder,
                product,
                store_to(pointers[4], product.n),
                self.machine,
                rows,
                cols,
                scratch=pointers[5],
            )

        return compiled(emit, 6, 7, self.machine)

    def product(self, pointers: list[ir.Value], integers: list[ir.Value]) -> Product:
        """The product over the function's arguments."""
        known = (self.m, self.n, self.k)
        m, n, k = (
            given if size is None else size for size, given in zip(known, integers, strict=True)
        )
        a = self.a.operand(pointers[0], pointers[1], m, k)
        b = self.b.operand(pointers[2], pointers[3], k, n)
        return Product(a, b, m, n, k, self.element)

    def scratch(self, *sizes: int) -> np.ndarray:
        """Scratch of exactly the size that the product needs."""
        module = ir.Module()
        function = ir.Function(module, ir.FunctionType(INDEX, [INDEX] * 3), "scratch")
        builder = ir.IRBuilder(function.append_basic_block())
        nothing = [ir.Constant(POINTER, None)] * 6
        product = self.product(nothing, list(function.args))
        size = dense_scratch_bytes(builder, product, self.machine)
        builder.ret(ir.Constant(INDEX, size) if isinstance(size, int) else size)
        code = compile_module(str(module))
        call = ctypes.CFUNCTYPE(*[ctypes.c_int64] * 4)(code.address("scratch"))
        return guarded(np.full(call(*sizes), 255, np.uint8))


def run_case(
    case: Case,
    kernel: Callable[..., None],
    sizes: tuple[int, int, int],
    rng: np.random.Generator,
    parts: list[tuple[int, int, int, int]] | None = None,
    at_end: bool = True,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(C, its reference, the sum of magnitudes); C is computed in parts (i0, i1, j0, j1)."""
    m, n, k = sizes
    array_a, index_a, logical_a = case.a.memory(m, k, rng)
    array_b, index_b, logical_b = case.b.memory(k, n, rng)
    memory = [guarded(array, at_end) for array in (array_a, index_a, array_b, index_b)]
    result = guarded(np.full((m, n), np.nan, NUMBERS[case.element]), at_end)
    for part in parts or [(0, m, 0, n)]:
        kernel(*memory, result, case.scratch(m, n, k), m, n, k, *part)
    return result, logical_a @ logical_b, abs(logical_a) @ abs(logical_b)


def assert_close(result: np.ndarray, reference: np.ndarray, magnitude: np.ndarray, k: int) -> None:
    """Asserts that each sum of k products is off by at most k + 2 roundings of its magnitudes."""
    epsilon = np.finfo(result.dtype).eps / 2
    bound = (k + 2) * epsilon * magnitude + 1e-300
    wrong = ~(abs(result.astype(np.float64) - reference) <= bound)
    assert not wrong.any(), f"{wrong.sum()} of {wrong.size} elements, first {np.argwhere(wrong)[0]}"
