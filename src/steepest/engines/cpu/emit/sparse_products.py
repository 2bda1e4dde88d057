"""Kernels whose root is a product of sparse rows, or of their transpose: a matrix's gradient.

Depends on gemm, products.py and sparse.py.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from steepest.engines.cpu import gemm, ir
from steepest.engines.cpu.emit.frame import Frame, Point, read
from steepest.engines.cpu.emit.nests import extent
from steepest.engines.cpu.emit.products import ahead_of, epilogue_of, operand_of, span_of
from steepest.engines.cpu.emit.sparse import sparse_rows
from steepest.engines.cpu.ir.helpers import (
    INDEX,
    Integer,
    at,
    index,
    loop,
    maximum,
    minimum,
    subtract,
)
from steepest.engines.cpu.loops.form import HALVES, Cut, Kernel, Product
from steepest.engines.cpu.loops.spaces import SHARES, Buffer


def emit_sparse_product_kernel(
    frame: Frame, kernel: Kernel, root: Product, scratch: ir.Value
) -> None:
    """Emits rows of the product, or rows of the gradient if the sum is over the batch."""
    epilogue = epilogue_of(frame, kernel, root)
    if root.over.power:
        _emit_gradient(frame, kernel, root, epilogue, scratch)
    elif root.cut is not None:
        _emit_halves(frame, kernel, root, root.cut, epilogue, scratch)
    else:
        x, rows = sparse_rows(frame, root.left.access.buffer), extent(frame, kernel, 0)
        read = (0, frame.number(root.over))
        _emit_rows(frame, kernel, root, x, rows, epilogue, read, scratch)


def _emit_rows(
    frame: Frame,
    kernel: Kernel,
    root: Product,
    x: gemm.SparseRows,
    rows: gemm.Range,
    epilogue: gemm.Epilogue,
    read: gemm.Range,
    scratch: ir.Value,
) -> None:
    gemm.emit_sparse_product(
        frame.builder,
        x,
        _matrix(frame, kernel, root),
        _columns(kernel, root),
        epilogue,
        frame.machine,
        rows,
        read=read,
        scratch=scratch,
    )


def _matrix(frame: Frame, kernel: Kernel, root: Product) -> gemm.Operand:
    return operand_of(frame, root.right, len(kernel.space), root.cols)


def _columns(kernel: Kernel, root: Product) -> int:
    return 1 if root.cols is None else kernel.space[root.cols].count


# ---------------------------------------------------------------- halves


def _emit_halves(
    frame: Frame,
    kernel: Kernel,
    root: Product,
    cut: Cut,
    epilogue: gemm.Epilogue,
    scratch: ir.Value,
) -> None:
    """Emits the products with the first half of each row, then those with the second half."""
    builder = frame.builder
    low, high = extent(frame, kernel, 0)
    middle = share_begins(builder, frame.base(cut.shares.buffer), SHARES // HALVES)
    with loop(builder, 0, HALVES) as half:
        start = builder.mul(half, frame.batch)
        first = maximum(builder, subtract(builder, low, start), 0)
        stop = minimum(builder, subtract(builder, high, start), frame.batch)

        def behind(builder: ir.IRBuilder, i: ir.Value, *rest: Any) -> None:
            epilogue(builder, builder.add(start, i), *rest)

        is_first = builder.icmp_signed("==", half, index(0))
        end = builder.select(is_first, middle, index(frame.number(root.over)))
        read = (builder.select(is_first, index(0), middle), end)
        x = _half_of(frame, root, cut, half)
        _emit_rows(frame, kernel, root, x, (first, stop), behind, read, scratch)


def _half_of(frame: Frame, root: Product, cut: Cut, half: ir.Value) -> gemm.SparseRows:
    """One half of the entries of each row."""
    x = sparse_rows(frame, root.left.access.buffer)

    def middle(row: Integer) -> ir.Value:
        return read(frame, Point({0: row}), cut.middles, [])

    return gemm.HalfRows(**vars(x), half=half, middle=middle)


def _emit_gradient(
    frame: Frame, kernel: Kernel, root: Product, epilogue: gemm.Epilogue, scratch: ir.Value
) -> None:
    """Emits this worker's rows: those in the first half of the columns, then the others."""
    builder, span = frame.builder, span_of(frame, kernel, root.rows)
    gradient, machine = _gradient(frame, kernel, root), frame.machine
    ahead = ahead_of(frame, kernel, root)
    if root.cut is None or span is None:  # one worker has all rows
        gemm.emit_sparse_gradient(
            builder, gradient, epilogue, machine, scratch, span, frame.may_leave, ahead
        )
        return
    middle = share_begins(builder, frame.base(root.cut.shares.buffer), SHARES // HALVES)
    with loop(builder, 0, HALVES) as half:
        is_first = builder.icmp_signed("==", half, index(0))
        first = builder.select(is_first, index(span[0]), index(maximum(builder, span[0], middle)))
        stop = builder.select(is_first, index(minimum(builder, span[1], middle)), index(span[1]))
        with builder.if_then(builder.icmp_signed("<", first, stop)):
            own = replace(gradient, x=_half_of(frame, root, root.cut, half))
            part = (first, stop)
            gemm.emit_sparse_gradient(
                builder, own, epilogue, machine, scratch, part, frame.may_leave, ahead
            )


def share_begins(builder: ir.IRBuilder, shares: ir.Value, number: Integer) -> ir.Value:
    """The column at which a share of a sparse input begins."""
    return builder.load(at(builder, shares, number, INDEX), typ=INDEX, align=8)


def _gradient(frame: Frame, kernel: Kernel, root: Product) -> gemm.SparseGradient:
    x, dy = sparse_rows(frame, root.left.access.buffer), _matrix(frame, kernel, root)
    rows = 1 if root.rows is None else frame.number(kernel.space[root.rows])
    return gemm.SparseGradient(x, dy, frame.number(root.over), rows, _columns(kernel, root))


def sparse_product_scratch_bytes(frame: Frame, kernel: Kernel, root: Product) -> Integer:
    """The bytes of scratch that a product of sparse rows needs in each worker."""
    if not root.over.power:
        return gemm.sparse_copy_bytes(_columns(kernel, root), frame.machine, root.over.count)
    rows = 1 if root.rows is None else kernel.space[root.rows].count
    return gemm.sparse_scratch_bytes(_gradient(frame, kernel, root), frame.machine, rows)


def shares_of(kernel: Kernel) -> Buffer | None:
    """The buffer with each worker's rows of a gradient, if the kernel's workers split them."""
    root = kernel.root
    if isinstance(root, Product) and root.over.power and root.cut is not None:
        return root.cut.shares.buffer
    return None
