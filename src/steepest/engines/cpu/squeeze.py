"""Dense rows that are mostly zero, as sparse rows: found out by a look, made by a kernel.

Leans on gemm's words and the JIT. Products with sparse rows take a time that goes with the entries:
pixels of digits are four fifths zero, and words of a text all but a hundredth.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from llvmlite import ir

from steepest.engines.cpu.gemm.building import (
    BIT,
    INDEX,
    Size,
    accumulate,
    add,
    at,
    first_lanes,
    index,
    intrinsic,
    load,
    loop,
    multiply,
    subtract,
)
from steepest.engines.cpu.gemm.operand import constant
from steepest.engines.cpu.jit import CompiledModule, compile_module

DENSEST = 0.3  # share of entries up to which sparse products win
LOOKED_AT = 512  # rows, evenly spread, by which the share is judged
LANES = 16
POINTER, WORD = ir.PointerType(), ir.IntType(32)
_KINDS = {"float32": ir.FloatType, "float64": ir.DoubleType, "uint8": lambda: ir.IntType(8)}


@dataclass(frozen=True)
class SparseArrays:
    """Compressed sparse rows; values of None stand for ones."""

    indptr: np.ndarray
    indices: np.ndarray
    values: np.ndarray | None
    width: int


def squeezed(array: np.ndarray, densest: float = DENSEST) -> SparseArrays | None:
    """The rows of a matrix without their zeros; None if they have too few, or another kind.

    >>> rows = squeezed(np.array([[0, 0, 1, 0], [0, 0, 0, 0], [1, 0, 0, 0]], np.float32))
    >>> rows.indptr, rows.indices, rows.values
    (array([0, 1, 1, 2]), array([2, 0], dtype=int32), None)
    >>> squeezed(np.ones((3, 4), np.float32)) is None
    True
    """
    if array.ndim != 2 or array.dtype.name not in _KINDS or not array.flags.c_contiguous:
        return None
    if not array.size or share_of_entries(array) > densest:
        return None
    module = _module(array.dtype.name)
    rows, width = array.shape
    indptr, others = np.zeros(rows + 1, np.int64), np.zeros(1, np.int64)
    _call(module, "count", array, indptr, others, rows, width)
    np.cumsum(indptr, out=indptr)
    indices = np.empty(indptr[-1], np.int32)
    values = np.empty(indptr[-1] if others[0] else 0, array.dtype)
    fill = "fill" if others[0] else "fill_ones"
    _call(module, fill, array, indptr, indices, values, rows, width)
    return SparseArrays(indptr, indices, values if others[0] else None, width)


def share_of_entries(array: np.ndarray) -> float:
    """The share of numbers that are not zero, judged by some rows.

    >>> share_of_entries(np.eye(4))
    0.25
    """
    some = array[:: max(1, len(array) // LOOKED_AT)]
    return float(np.count_nonzero(some) / some.size)


def _call(module: CompiledModule, name: str, *arguments: np.ndarray | int) -> None:
    types = [ctypes.c_void_p if isinstance(a, np.ndarray) else ctypes.c_int64 for a in arguments]
    entry = ctypes.CFUNCTYPE(None, *types)(module.address(name))
    entry(*[a.ctypes.data if isinstance(a, np.ndarray) else a for a in arguments])


@lru_cache(maxsize=4)
def _module(name: str) -> CompiledModule:
    """The kernels for one kind of number."""
    module, kind = ir.Module(), _KINDS[name]()
    _emit_count(module, kind)
    _emit_fill(module, kind, "fill")
    _emit_fill(module, kind, "fill_ones")
    return compile_module(str(module))


def _function(module: ir.Module, name: str, pointers: int) -> tuple[ir.IRBuilder, list[ir.Value]]:
    signature = ir.FunctionType(ir.VoidType(), [POINTER] * pointers + [INDEX] * 2)
    function = ir.Function(module, signature, name)
    return ir.IRBuilder(function.append_basic_block("entry")), list(function.args)


def _emit_count(module: ir.Module, kind: ir.Type) -> None:
    """count(array, counts, others, rows, width): counts[row + 1], and entries that are not 1."""
    builder, (array, counts, others, rows, width) = _function(module, "count", 3)
    with loop(builder, 0, rows) as row:
        head = at(builder, array, multiply(builder, row, width), kind)

        def step(place: Size, totals: list[ir.Value]) -> list[ir.Value]:
            numbers = _numbers(builder, head, place, width, kind)
            found, ones = _unlike(builder, numbers, 0.0), _unlike(builder, numbers, 1.0)
            odd = builder.and_(found, ones)
            pairs = zip(totals, (found, odd), strict=True)
            return [builder.add(total, _how_many(builder, bits)) for total, bits in pairs]

        entries, odd = accumulate(builder, _steps(builder, width), [index(0)] * 2, step)
        builder.store(entries, at(builder, counts, add(builder, row, 1), INDEX), align=8)
        before = builder.load(others, typ=INDEX, align=8)
        builder.store(builder.add(before, odd), others, align=8)
    builder.ret_void()


def _emit_fill(module: ir.Module, kind: ir.Type, name: str) -> None:
    """fill(array, indptr, indices, values, rows, width): the entries of each row, in order."""
    builder, (array, indptr, indices, values, rows, width) = _function(module, name, 4)
    with loop(builder, 0, rows) as row:
        head = at(builder, array, multiply(builder, row, width), kind)
        first = builder.load(at(builder, indptr, row, INDEX), typ=INDEX, align=8)

        def vector(place: Size, entry: list[ir.Value]) -> list[ir.Value]:
            found = _unlike(builder, _numbers(builder, head, place, width, kind), 0.0)

            def each(_: Size, carried: list[ir.Value]) -> list[ir.Value]:
                bits, entry = carried
                lane = intrinsic(builder, "llvm.cttz.i64", INDEX, (bits, ir.Constant(BIT, 0)))
                column = builder.add(index(multiply(builder, place, LANES)), lane)
                target = at(builder, indices, entry, WORD)
                builder.store(builder.trunc(column, WORD), target, align=4)
                if name == "fill":
                    number = builder.load(at(builder, head, column, kind), typ=kind)
                    builder.store(number, at(builder, values, entry, kind))
                rest = builder.and_(bits, builder.sub(bits, index(1)))
                return [rest, builder.add(entry, index(1))]

            return accumulate(builder, _how_many(builder, found), [found, *entry], each)[1:]

        accumulate(builder, _steps(builder, width), [first], vector)
    builder.ret_void()


def _steps(builder: ir.IRBuilder, width: ir.Value) -> ir.Value:
    return builder.sdiv(builder.add(width, index(LANES - 1)), index(LANES))


def _numbers(
    builder: ir.IRBuilder, head: ir.Value, place: Size, width: ir.Value, kind: ir.Type
) -> ir.Value:
    """The vector number `place` of a row; zeros behind its end."""
    start = multiply(builder, place, LANES)
    mask = first_lanes(builder, subtract(builder, width, start), LANES)
    return load(builder, at(builder, head, start, kind), ir.VectorType(kind, LANES), mask)


def _unlike(builder: ir.IRBuilder, numbers: ir.Value, other: float) -> ir.Value:
    """One bit for each lane that is not `other` (NaN is not), as an integer."""
    kind = numbers.type
    if isinstance(kind.element, ir.IntType):
        lanes = builder.icmp_unsigned("!=", numbers, constant(kind, int(other)))
    else:
        lanes = builder.fcmp_unordered("!=", numbers, constant(kind, other))
    return builder.zext(builder.bitcast(lanes, ir.IntType(LANES)), INDEX)


def _how_many(builder: ir.IRBuilder, bits: ir.Value) -> ir.Value:
    return intrinsic(builder, "llvm.ctpop.i64", INDEX, (bits,))
