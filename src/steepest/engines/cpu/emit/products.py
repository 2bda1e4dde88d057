"""Kernels whose root is a matrix product: factors become gemm's operands, steps its epilogue.

Leans on gemm and steps.py.
"""

from __future__ import annotations

from steepest.engines.cpu import gemm, ir
from steepest.engines.cpu.emit.frame import Frame, Place
from steepest.engines.cpu.emit.nests import extent, store_all
from steepest.engines.cpu.emit.rules import memory_type
from steepest.engines.cpu.emit.sparse import sparse_rows
from steepest.engines.cpu.emit.steps import ALL, Evaluator
from steepest.engines.cpu.gemm import Size as Number
from steepest.engines.cpu.gemm.building import add, at, index, multiply
from steepest.engines.cpu.loops import Factor, Kernel, Product

_ELEMENTS = {"float32": "f32", "float64": "f64", "uint8": "u8"}


def emit_product(frame: Frame, kernel: Kernel, root: Product, scratch: ir.Value) -> None:
    """The product over this worker's range, each finished vector carried through the steps."""
    axes = tuple(axis for axis in (root.rows, root.cols) if axis is not None)
    after = Evaluator(frame, kernel.steps, axes)
    after.open(Place({}), -1)

    def epilogue(
        builder: ir.IRBuilder,
        i: ir.Value,
        j: ir.Value,
        vector: ir.Value,
        mask: ir.Value | None,
        lanes: int,
    ) -> None:
        place, after.result = _place_of(builder, root, i, j, vector, mask, lanes)
        for level in (*range(len(axes)), ALL):
            after.open(place, level)
        store_all(frame, place, kernel, after)

    if root.left.access.buffer.stored != "dense":
        _emit_sparse(frame, kernel, root, scratch, epilogue)
        return
    gemm.emit_product(
        frame.builder,
        product_of(frame, kernel, root),
        epilogue,
        frame.machine,
        _range(frame, kernel, root.rows),
        _range(frame, kernel, root.cols),
        scratch,
    )


def _emit_sparse(
    frame: Frame, kernel: Kernel, root: Product, scratch: ir.Value, epilogue: gemm.Epilogue
) -> None:
    """Sparse rows times a matrix where the rows are the batch, else the gradient of that matrix."""
    if root.over.power:
        rows = _range(frame, kernel, root.rows)
        gradient = sparse_gradient(frame, kernel, root)
        gemm.emit_sparse_gradient(frame.builder, gradient, epilogue, frame.machine, scratch, rows)
        return
    gemm.emit_sparse_product(
        frame.builder,
        sparse_rows(frame, root.left.access.buffer),
        _operand(frame, root.right, len(kernel.space), root.cols),
        _columns(kernel, root),
        epilogue,
        frame.machine,
        extent(frame, kernel, 0),
    )


def owns_sparse_gradient(kernel: Kernel) -> bool:
    """Whether the workers of a kernel split the rows of a gradient of sparse rows."""
    root = kernel.root
    if not isinstance(root, Product) or root.left.access.buffer.stored == "dense":
        return False
    return root.over.power > 0 and root.rows == kernel.share.axis


def sparse_gradient(frame: Frame, kernel: Kernel, root: Product) -> gemm.SparseGradient:
    """The gradient as gemm describes it."""
    x = sparse_rows(frame, root.left.access.buffer)
    dy = _operand(frame, root.right, len(kernel.space), root.cols)
    rows = 1 if root.rows is None else frame.number(kernel.space[root.rows])
    return gemm.SparseGradient(x, dy, frame.number(root.over), rows, _columns(kernel, root))


def _columns(kernel: Kernel, root: Product) -> int:
    return 1 if root.cols is None else kernel.space[root.cols].count


def _place_of(
    builder: ir.IRBuilder,
    root: Product,
    i: ir.Value,
    j: ir.Value,
    vector: ir.Value,
    mask: ir.Value | None,
    lanes: int,
) -> tuple[Place, ir.Value]:
    axes: dict[int, Number] = {} if root.rows is None else {root.rows: i}
    if root.cols is None:
        return Place(axes), builder.extract_element(vector, index(0))
    return Place({**axes, root.cols: j}, root.cols, lanes, mask), vector


def _range(frame: Frame, kernel: Kernel, axis: int | None) -> gemm.Range | None:
    return None if axis is None else extent(frame, kernel, axis)


def product_of(frame: Frame, kernel: Kernel, root: Product) -> gemm.Product:
    """The product as gemm describes it."""
    inner = len(kernel.space)
    m = 1 if root.rows is None else frame.number(kernel.space[root.rows])
    n = 1 if root.cols is None else frame.number(kernel.space[root.cols])
    left = _operand(frame, root.left, root.rows, inner)
    right = _operand(frame, root.right, inner, root.cols)
    element = _ELEMENTS[root.dtype.name]
    return gemm.Product(left, right, m, n, frame.number(root.over), element)


def _operand(frame: Frame, factor: Factor, rows: int | None, cols: int | None) -> gemm.Operand:
    access, builder = factor.access, frame.builder
    kind = memory_type(access.buffer.dtype)
    strides = [frame.number(size) for size in access.strides()]
    pointer, indices = frame.base(access.buffer), {}
    for place, (coordinate, stride) in enumerate(zip(access.coordinates, strides, strict=True)):
        pointer = at(builder, pointer, multiply(builder, coordinate.start, stride), kind)
        if place == 0 and access.buffer.gathered:
            indices[coordinate.axis] = frame.order
    return gemm.Operand(
        pointer,
        _ELEMENTS[access.buffer.dtype.name],
        _stride(frame, factor, rows, strides),
        _stride(frame, factor, cols, strides),
        indices.get(rows) if rows is not None else None,
        indices.get(cols) if cols is not None else None,
        factor.scale,
        factor.offset,
    )


def _stride(frame: Frame, factor: Factor, axis: int | None, strides: list[Number]) -> Number:
    total: Number = 0
    for coordinate, stride in zip(factor.access.coordinates, strides, strict=True):
        if axis is not None and coordinate.axis == axis:
            moved = multiply(frame.builder, coordinate.step, stride)
            total = add(frame.builder, total, moved)
    return total


def scratch_bytes(frame: Frame, kernel: Kernel, root: Product) -> Number:
    """The memory that a product wants for itself in each worker."""
    if root.left.access.buffer.stored != "dense":
        if not root.over.power:
            return 0
        gradient = sparse_gradient(frame, kernel, root)
        rows = 1 if root.rows is None else kernel.space[root.rows].count
        return gemm.sparse_scratch_bytes(gradient, frame.machine, rows)
    return gemm.scratch_bytes(frame.builder, product_of(frame, kernel, root), frame.machine)
