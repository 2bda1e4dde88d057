"""Partitions the columns of sparse rows among workers into shares of equal cost.

Columns of text are sorted by the frequency of words: the first half of them would have nine tenths
of the entries. The shares depend on a column of data and the batch size alone, so that no sum
depends on the number of workers, the order of an epoch or the length of a run of batches.
Depends on ir/helpers.py and the JIT.
"""

from __future__ import annotations

import ctypes
from functools import lru_cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from steepest.engines.cpu.loops.spaces import SHARES
from steepest.engines.cpu.machine.jit import CompiledModule, compile_module

SAMPLED = 4096  # entries from which costs are estimated
ROW_COST = 6  # of updating a row of the matrix, in entries
LANES = 32
_COUNT = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 3, *[ctypes.c_int64] * 2)


class Partition(NamedTuple):
    """The column where each share begins (and the end of the last), and the middle of each row.

    The middle is the number of a row's entries in the first half of the shares.
    """

    shares: np.ndarray
    middles: np.ndarray


_known: WeakKeyDictionary[Any, dict[int, Partition]] = WeakKeyDictionary()


def partition(column: Any, batch: int) -> Partition:
    """The partition of a sparse column for batches of `batch` rows; it is cached.

    >>> from steepest.data.columns import SparseColumn
    >>> rows = SparseColumn(np.array([0, 2, 4]), np.array([0, 9, 7, 8]), None, 10)
    >>> shares, middles = partition(rows, 100)
    >>> int(shares[0]), int(shares[SHARES // 2]), int(shares[-1]), middles.tolist()
    (0, 8, 10, [1, 1])
    """
    known = _known.setdefault(column, {})
    if batch not in known:
        # A run of batches may have a part of a column; its shares are those of the whole column.
        whole = getattr(column, "whole", None)
        shares = shares_of(column, batch) if whole is None else partition(whole, batch).shares
        known[batch] = Partition(shares, entries_before(column, int(shares[SHARES // 2])))
    return known[batch]


def shares_of(column: Any, batch: int) -> np.ndarray:
    """The columns at which the work of a batch is divided equally, estimated from some entries."""
    entries, rows = len(column.indices), max(len(column), 1)
    some = np.linspace(0, entries - 1, min(entries, SAMPLED)).astype(np.int64)
    before = np.arange(len(some) + 1) / max(len(some), 1) * (batch * entries / rows)
    ends = np.r_[np.sort(column.indices[some]).astype(np.float64), column.width]
    costs = before + ROW_COST * ends
    due = np.arange(SHARES + 1) / SHARES * costs[-1]
    cuts = np.ceil(np.interp(due, np.r_[0, costs], np.r_[0, ends])).astype(np.int64)
    cuts[0], cuts[-1] = 0, column.width
    return cuts


def entries_before(column: Any, cut: int) -> np.ndarray:
    """The number of entries of each row in columns before `cut`.

    >>> from steepest.data.columns import SparseColumn
    >>> rows = SparseColumn(np.array([0, 1, 1, 4]), np.array([2, 0, 1, 5]), None, 6)
    >>> entries_before(rows, 2).tolist()
    [0, 0, 2]
    """
    counts = np.empty(len(column), np.int64)
    call = _COUNT(_module(column.indices.dtype.name).address("count"))
    addresses = (array.ctypes.data for array in (column.indptr, column.indices, counts))
    call(*addresses, len(counts), cut)
    return counts


@lru_cache(maxsize=4)
def _module(numbers: str) -> CompiledModule:
    """The code; a reference to it must remain while its address is used, or it is freed."""
    return compile_module(lambda: _text(np.dtype(numbers)), key=f"entries before {numbers}")


def _text(numbers: np.dtype[Any]) -> str:
    """Emits count(starts, columns, counts, rows, cut)."""
    from steepest.engines.cpu import ir
    from steepest.engines.cpu.ir import helpers as b

    pointer, word, bits = ir.PointerType(), ir.IntType(8 * numbers.itemsize), ir.IntType(LANES)
    module = ir.Module("partition")
    kind = ir.FunctionType(ir.VoidType(), [pointer] * 3 + [b.INDEX] * 2)
    function = ir.Function(module, kind, "count")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    starts, columns, counts, rows, cut = function.args

    def count_row(first: ir.Value, entries: ir.Value) -> ir.Value:
        def count(number: b.Integer, totals: list[ir.Value]) -> list[ir.Value]:
            begin = b.multiply(builder, number, LANES)
            mask = b.first_lanes(builder, b.subtract(builder, entries, begin), LANES)
            address = b.at(builder, columns, b.add(builder, first, begin), word)
            found = b.load(builder, address, ir.VectorType(word, LANES), mask)
            wide = builder.zext(found, ir.VectorType(b.INDEX, LANES))
            before = builder.icmp_signed("<", wide, b.splat(builder, cut, LANES))
            lanes = builder.bitcast(builder.and_(before, mask), bits)
            many = builder.intrinsic(f"llvm.ctpop.i{LANES}", bits, (lanes,))
            return [builder.add(totals[0], builder.zext(many, b.INDEX))]

        vectors = builder.udiv(builder.add(entries, b.index(LANES - 1)), b.index(LANES))
        return b.accumulate(builder, vectors, [b.index(0)], count)[0]

    with b.loop(builder, 0, rows) as row:
        first, stop = (
            b.read_index(builder, starts, b.add(builder, row, further)) for further in (0, 1)
        )
        total = count_row(first, builder.sub(stop, first))
        builder.store(total, b.at(builder, counts, row, b.INDEX), align=8)
    builder.ret_void()
    return str(module)
