"""Converts a dense matrix that is mostly zero to sparse rows.

A sample of rows decides whether it is. Products with sparse rows take a time that is proportional
to the entries: pixels of digits are four fifths zero, words of a text 99%. The matrix is read once,
in vectors and by several threads, at the speed of memory. Depends on ir/helpers.py and the JIT.
"""

from __future__ import annotations

import ctypes
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from steepest.engines.cores import most_threads
from steepest.engines.cpu import ir
from steepest.engines.cpu.ir.helpers import (
    BIT,
    INDEX,
    Integer,
    accumulate,
    add,
    at,
    first_lanes,
    index,
    load,
    multiply,
    subtract,
)
from steepest.engines.cpu.machine.jit import CompiledModule, compile_module
from steepest.engines.cpu.machine.processor import processor
from steepest.engines.engine import SparseArrays, column_numbers

DENSEST = 0.3  # the largest share of entries for which sparse products are quicker
SAMPLED = 1 << 20  # numbers, in evenly spaced rows, from which the share is estimated
PIECE = 1 << 20  # numbers that a thread takes at a time
LANES, GROUP = 16, 4  # numbers in a vector; vectors that are searched together
POINTER = ir.PointerType()
_PACK = ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_void_p] * 4, *[ctypes.c_int64] * 2)
_TYPES = {"float32": ir.FloatType(), "float64": ir.DoubleType(), "uint8": ir.IntType(8)}


def to_sparse_rows(array: np.ndarray, densest: float = DENSEST) -> SparseArrays | None:
    """Converts a matrix to sparse rows; None if it has too few zeros or another dtype or layout.

    >>> rows = to_sparse_rows(np.array([[0, 0, 1, 0], [0, 0, 0, 0], [1, 0, 0, 0]], np.float32))
    >>> rows.indptr, rows.indices, rows.values
    (array([0, 1, 1, 2]), array([2, 0], dtype=uint16), None)
    >>> to_sparse_rows(np.ones((3, 4), np.float32)) is None
    True
    """
    if array.ndim != 2 or array.dtype.name not in _TYPES or not array.flags.c_contiguous:
        return None
    if not array.size:
        return None
    some = rows_to_judge(array)
    if np.count_nonzero(some) > densest * some.size:
        return None
    ones = bool(((some == 0) | (some == 1)).all())
    found = _converted(array, "pack_ones") if ones else None
    return found or _converted(array, "pack")


def rows_to_judge(array: np.ndarray) -> np.ndarray:
    """Evenly spaced rows of a matrix.

    >>> rows_to_judge(np.eye(4)).shape
    (4, 4)
    """
    count = min(len(array), max(64, SAMPLED // max(array.shape[1], 1)))
    return array[np.linspace(0, len(array) - 1, count).astype(np.int64)]


def _converted(array: np.ndarray, kernel: str) -> SparseArrays | None:
    """Converts the rows by one of the kernels; None if it finds an entry that it cannot store."""
    rows, width = array.shape
    indptr = np.zeros(rows + 1, np.int64)
    step = max(1, PIECE // width)
    module = _module(array.dtype.name, column_numbers(width).name)
    work = partial(_piece, module, kernel, array, indptr, step)
    pieces = []
    with ThreadPoolExecutor(most_threads(processor().cores)) as threads:
        for piece in threads.map(work, range(0, rows, step)):
            if piece is None:
                threads.shutdown(cancel_futures=True)
                return None
            pieces.append(piece)
    np.cumsum(indptr, out=indptr)
    indices, values = (np.concatenate(parts) for parts in zip(*pieces, strict=True))
    return SparseArrays(indptr, indices, values if kernel == "pack" else None, width)


def _piece(
    module: CompiledModule,
    kernel: str,
    array: np.ndarray,
    indptr: np.ndarray,
    step: int,
    first: int,
) -> tuple[np.ndarray, np.ndarray] | None:
    """The entries of `step` rows from `first` on; the number in each row is written to `indptr`."""
    part, width = array[first : first + step], array.shape[1]
    # As large as rows without a zero need: memory that is never written costs nothing.
    indices = np.empty(part.size, column_numbers(width))
    values = np.empty(part.size if kernel == "pack" else 0, array.dtype)
    counts = indptr[first + 1 : first + 1 + len(part)]
    call = _PACK(module.address(kernel))
    found = call(*[one.ctypes.data for one in (part, counts, indices, values)], len(part), width)
    return None if found < 0 else (indices[:found].copy(), values[:found].copy())


@lru_cache(maxsize=8)
def _module(name: str, numbers: str) -> CompiledModule:
    """The kernels for a dtype of values and one of column numbers."""
    return compile_module(partial(_text, name, numbers), key=f"sparse rows of {name} by {numbers}")


# ---------------------------------------------------------------- emitted code


def _text(name: str, numbers: str) -> str:
    """The kernels `pack` and `pack_ones` for a dtype of values and one of column numbers."""
    module, kind = ir.Module(), _TYPES[name]
    word = ir.IntType(8 * np.dtype(numbers).itemsize)
    for stores_values in (False, True):
        _emit_pack(module, kind, word, stores_values)
    return str(module)


def _emit_pack(module: ir.Module, kind: ir.Type, word: ir.IntType, stores_values: bool) -> None:
    """Emits pack(array, counts, indices, values, rows, width), which returns the entries' number.

    `pack_ones` stores no values, and returns -1 if an entry is not 1.
    """
    signature = ir.FunctionType(INDEX, [POINTER] * 4 + [INDEX] * 2)
    function = ir.Function(module, signature, "pack" if stores_values else "pack_ones")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    array, counts, indices, values, rows, width = function.args
    writer = _EntryWriter(builder, kind, word, indices, values if stores_values else None)

    def row(number: Integer, state: list[ir.Value]) -> list[ir.Value]:
        head = at(builder, array, multiply(builder, number, width), kind)
        whole = builder.sdiv(width, index(LANES * GROUP))
        done = multiply(builder, whole, GROUP)
        after = accumulate(builder, whole, state, lambda group, now: writer.group(head, group, now))
        vectors = builder.sdiv(builder.add(width, index(LANES - 1)), index(LANES))
        after = accumulate(
            builder,
            subtract(builder, vectors, done),
            after,
            lambda vector, now: writer.tail(head, add(builder, done, vector), width, now),
        )
        entries = builder.sub(after[0], state[0])
        builder.store(entries, at(builder, counts, number, INDEX), align=8)
        return after

    found, odd = accumulate(builder, rows, [index(0), index(0)], row)
    none_odd = builder.icmp_signed("==", odd, index(0))
    builder.ret(builder.select(none_odd, found, index(-1)))


@dataclass(frozen=True)
class _EntryWriter:
    """Emits code that appends entries; its state is (their number, bits of those not 1)."""

    builder: ir.IRBuilder
    kind: ir.Type
    word: ir.IntType
    indices: ir.Value
    values: ir.Value | None

    def group(self, head: ir.Value, group: Integer, state: list[ir.Value]) -> list[ir.Value]:
        """Appends the entries of a group of whole vectors of the row that begins at `head`."""
        builder, vector = self.builder, ir.VectorType(self.kind, LANES)
        start = index(multiply(builder, group, LANES * GROUP))
        columns = [add(builder, start, LANES * number) for number in range(GROUP)]
        numbers = [load(builder, at(builder, head, one, self.kind), vector) for one in columns]
        return self._append(head, start, numbers, state)

    def tail(
        self, head: ir.Value, number: Integer, width: ir.Value, state: list[ir.Value]
    ) -> list[ir.Value]:
        """Appends the entries of a row's vector, of which some lanes may be beyond the row."""
        builder, vector = self.builder, ir.VectorType(self.kind, LANES)
        start = index(multiply(builder, number, LANES))
        mask = first_lanes(builder, subtract(builder, width, start), LANES)
        numbers = load(builder, at(builder, head, start, self.kind), vector, mask)
        return self._append(head, start, [numbers], state)

    def _append(
        self, head: ir.Value, start: ir.Value, numbers: list[ir.Value], state: list[ir.Value]
    ) -> list[ir.Value]:
        builder, (entry, odd) = self.builder, state
        found = _joined(builder, [_unlike(builder, vector, 0.0) for vector in numbers])
        if self.values is None:
            not_one = _joined(builder, [_unlike(builder, vector, 1.0) for vector in numbers])
            odd = builder.or_(odd, builder.and_(found, not_one))

        def each(_: Integer, carried: list[ir.Value]) -> list[ir.Value]:
            bits, entry = carried
            lane = builder.intrinsic("llvm.cttz.i64", INDEX, (bits, ir.Constant(BIT, 0)))
            self._write(head, builder.add(start, lane), entry)
            rest = builder.and_(bits, builder.sub(bits, index(1)))
            return [rest, builder.add(entry, index(1))]

        count = builder.intrinsic("llvm.ctpop.i64", INDEX, (found,))
        _, entry = accumulate(builder, count, [found, entry], each)
        return [entry, odd]

    def _write(self, head: ir.Value, column: ir.Value, entry: ir.Value) -> None:
        builder = self.builder
        target = at(builder, self.indices, entry, self.word)
        builder.store(builder.trunc(column, self.word), target, align=self.word.width // 8)
        if self.values is not None:
            number = builder.load(at(builder, head, column, self.kind), typ=self.kind)
            builder.store(number, at(builder, self.values, entry, self.kind))


def _unlike(builder: ir.IRBuilder, numbers: ir.Value, other: float) -> ir.Value:
    """An integer with a bit for each lane that differs from `other` (NaN does)."""
    kind = numbers.type
    if isinstance(kind.element, ir.IntType):
        lanes = builder.icmp_unsigned("!=", numbers, ir.Constant(kind, int(other)))
    else:
        lanes = builder.fcmp_unordered("!=", numbers, ir.Constant(kind, other))
    return builder.zext(builder.bitcast(lanes, ir.IntType(LANES)), INDEX)


def _joined(builder: ir.IRBuilder, bits: list[ir.Value]) -> ir.Value:
    """The bits of several vectors as one integer, the first vector's lowest."""
    whole = bits[0]
    for number, more in enumerate(bits[1:], 1):
        whole = builder.or_(whole, builder.shl(more, index(LANES * number)))
    return whole
