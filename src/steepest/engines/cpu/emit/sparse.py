"""Describes sparse buffers as operands of gemm. Depends on frame.py and gemm."""

from __future__ import annotations

from steepest.engines.cpu import gemm, ir
from steepest.engines.cpu.emit.frame import Frame
from steepest.engines.cpu.loops.spaces import Buffer
from steepest.engines.engine import column_numbers

VALUES = {"sparse": "f32", "sparse bytes": "u8"}  # gemm's name of the values' dtype


def sparse_rows(frame: Frame, buffer: Buffer) -> gemm.SparseRows:
    """The rows of a sparse buffer, in the order of the epoch."""
    entry = frame.entries[buffer]
    values = None
    if buffer.stored in VALUES:
        values = gemm.Operand(frame.pointer(entry + 2), VALUES[buffer.stored], 0)
    return gemm.SparseRows(
        frame.pointer(entry),
        frame.pointer(entry + 1),
        values,
        frame.order,
        columns_kind=ir.IntType(8 * column_numbers(buffer.shape[1].count).itemsize),
    )
