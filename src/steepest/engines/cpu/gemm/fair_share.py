"""Dealing out the rows of a sparse gradient so that workers have as much to do as one another.

Leans on building.py and sparse_gradient.py. Columns of text are sorted by how common words are: of
two equal halves one would have nine tenths of the entries. No bit depends on who has which rows.
"""

from __future__ import annotations

from steepest.engines.cpu import ir

from .building import Size, accumulate, add, index, minimum, multiply, subtract
from .sparse import SparseRows
from .sparse_gradient import SparseGradient

SAMPLE = 16  # rows of the batch whose entries are counted
ROW_COST = 6  # what a row's update takes, in entries


def emit_fair_range(
    builder: ir.IRBuilder, gradient: SparseGradient, worker: ir.Value, workers: ir.Value
) -> tuple[ir.Value, ir.Value]:
    """The rows of a worker: with those of the others they make up all rows, in order.

    >>> from steepest.engines.cpu.gemm import Operand
    >>> module, pointer, number = ir.Module(), ir.PointerType(), ir.IntType(64)
    >>> kind = ir.FunctionType(ir.VoidType(), [pointer, pointer, number, number])
    >>> function = ir.Function(module, kind, "kernel")
    >>> builder = ir.IRBuilder(function.append_basic_block())
    >>> bounds, columns, worker, workers = function.args
    >>> x, dy = SparseRows(bounds, columns), Operand(ir.Constant(pointer, None), "f32", 16)
    >>> gradient = SparseGradient(x, dy, batch=512, rows=10_000, n=16)
    >>> first, stop = emit_fair_range(builder, gradient, worker, workers)
    """
    after = builder.add(worker, index(1))
    return (
        fair_bound(builder, gradient, worker, workers),
        fair_bound(builder, gradient, after, workers),
    )


def fair_bound(
    builder: ir.IRBuilder, gradient: SparseGradient, worker: ir.Value, workers: ir.Value
) -> ir.Value:
    """The first row below which lies the work of `worker` out of `workers`, by bisection."""
    assert isinstance(gradient.rows, int)
    due = builder.mul(worker, work_below(builder, gradient, gradient.rows))

    def halve(step: Size, ends: list[ir.Value]) -> list[ir.Value]:
        low, high = ends
        middle = builder.lshr(builder.add(low, high), index(1))
        done = builder.mul(workers, work_below(builder, gradient, middle))
        short = builder.and_(
            builder.icmp_signed("<", done, due), builder.icmp_signed("<", low, high)
        )
        above = builder.select(short, builder.add(middle, index(1)), low)
        return [above, builder.select(short, high, middle)]

    several = builder.icmp_signed(">", workers, index(1))
    rounds = builder.select(several, index(gradient.rows.bit_length()), index(0))
    low, _ = accumulate(builder, rounds, [index(0), index(gradient.rows)], halve)
    last = builder.icmp_signed(">=", worker, workers)
    return builder.select(last, index(gradient.rows), low)


def work_below(builder: ir.IRBuilder, gradient: SparseGradient, row: Size) -> ir.Value:
    """What the gradient's rows before `row` cost, in entries times the rows looked at."""
    looked_at = minimum(builder, gradient.batch, SAMPLE)

    def count(place: Size, totals: list[ir.Value]) -> list[ir.Value]:
        return [builder.add(totals[0], entries_below(builder, gradient.x, place, row))]

    (entries,) = accumulate(builder, looked_at, [index(0)], count)
    updates = multiply(builder, multiply(builder, ROW_COST, row), looked_at)
    return builder.add(builder.mul(entries, index(gradient.batch)), index(updates))


def entries_below(builder: ir.IRBuilder, x: SparseRows, place: Size, row: Size) -> ir.Value:
    """How many entries of one of X's rows lie in columns before `row`."""
    first, stop = x.entries(builder, place)

    def count(step: Size, totals: list[ir.Value]) -> list[ir.Value]:
        column = x.column(builder, add(builder, first, step))
        below = builder.icmp_signed("<", column, index(row))
        return [builder.add(totals[0], builder.zext(below, first.type))]

    return accumulate(builder, subtract(builder, stop, first), [index(0)], count)[0]
