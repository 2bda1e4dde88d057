"""Kernels whose root is a dense matrix product: calls gemm with the kernel's steps as epilogue.

The loops of the product itself are in gemm/dense.py. Depends on gemm and steps.py.
"""

from __future__ import annotations

from dataclasses import replace

from steepest.engines.cpu import gemm, ir
from steepest.engines.cpu.emit.frame import Frame, Point, address_of
from steepest.engines.cpu.emit.groups import continued
from steepest.engines.cpu.emit.nests import extent, store_all
from steepest.engines.cpu.emit.rules import memory_type
from steepest.engines.cpu.emit.steps import ALL, Evaluator
from steepest.engines.cpu.ir.helpers import Integer, add, at, index, multiply, prefetch
from steepest.engines.cpu.loops.form import Factor, Kernel, Load, Product
from steepest.engines.cpu.loops.spaces import Access
from steepest.engines.cpu.loops.spaces import product_of as count_of

FAR_BYTES = 1 << 19  # that a product's epilogue reads: the caches do not hold more
USUAL_BATCH = 128  # assumed when such bytes are counted
_ELEMENTS = {"float32": "f32", "float64": "f64", "uint8": "u8"}


def emit_product_kernel(frame: Frame, kernel: Kernel, root: Product, scratch: ir.Value) -> None:
    """Emits the product over this worker's range; each finished vector goes through the steps."""
    gemm.emit_dense_product(
        frame.builder,
        own_product_of(frame, kernel, root),
        epilogue_of(frame, kernel, root),
        frame.machine,
        span_of(frame, kernel, root.rows),
        span_of(frame, kernel, root.cols),
        scratch,
        ahead_of(frame, kernel, root),
        frame.may_leave,
    )


def epilogue_of(frame: Frame, kernel: Kernel, root: Product) -> gemm.Epilogue:
    """Emits the kernel's steps for each finished vector, and stores their results."""
    axes = tuple(axis for axis in (root.rows, root.cols) if axis is not None)
    after = Evaluator(frame, kernel.steps, axes)
    after.open(Point({}), -1)

    def epilogue(
        builder: ir.IRBuilder,
        i: ir.Value,
        j: ir.Value,
        vector: ir.Value,
        mask: ir.Value | None,
        lanes: int,
    ) -> None:
        point, result = _point_of(builder, root, i, j, vector, mask, lanes)
        if kernel.share.kind == "groups":
            point = replace(point, axes={**point.axes, kernel.share.axis: frame.group[0]})
        after.result = continued(frame, kernel, point, result)
        for level in (*range(len(axes)), ALL):
            after.open(point, level)
        store_all(frame, point, kernel, after)

    return epilogue


def _point_of(
    builder: ir.IRBuilder,
    root: Product,
    i: ir.Value,
    j: ir.Value,
    vector: ir.Value,
    mask: ir.Value | None,
    lanes: int,
) -> tuple[Point, ir.Value]:
    axes: dict[int, Integer] = {} if root.rows is None else {root.rows: i}
    if root.cols is None:
        return Point(axes), builder.extract_element(vector, index(0))
    return Point({**axes, root.cols: j}, root.cols, lanes, mask), vector


def ahead_of(frame: Frame, kernel: Kernel, root: Product) -> gemm.Ahead | None:
    """Prefetches what the steps read at a tile's elements, where it is too much for the caches.

    An update reads a weight and its moments once a step: without it, each tile would wait for them.
    """
    rows, cols = root.rows, root.cols
    if rows is None or cols is None:
        return None
    accesses = [
        step.access
        for step in kernel.steps
        if isinstance(step, Load) and _is_own_element(step.access, rows, cols)
    ]
    total = count_of(kernel.space).at(USUAL_BATCH)
    size = sum(total * access.buffer.dtype.itemsize for access in accesses)
    if size < FAR_BYTES:
        return None

    def ahead(builder: ir.IRBuilder, i: Integer, j: Integer, columns: int) -> None:
        point = Point({rows: i, cols: j})
        for access in accesses:
            kind = memory_type(access.buffer.dtype)
            first = address_of(frame, point, access, []).offset
            place = at(builder, frame.base(access.buffer), first, kind)
            for start in range(0, columns, gemm.CACHE_LINE // access.buffer.dtype.itemsize):
                prefetch(builder, at(builder, place, start, kind))
            prefetch(builder, at(builder, place, columns - 1, kind))

    return ahead


def _is_own_element(access: Access, rows: int, cols: int) -> bool:
    """Whether an access moves with both axes of a product, along adjacent elements."""
    moving = [c for c in access.coordinates if c.axis is not None]
    plain = all(c.looked is None for c in access.coordinates) and not access.buffer.gathered
    return plain and [(c.axis, c.step) for c in moving] == [(rows, 1), (cols, 1)]


def span_of(frame: Frame, kernel: Kernel, axis: int | None) -> gemm.Range | None:
    """The range of an axis of the product that this worker computes; None: the whole axis."""
    return None if axis is None else extent(frame, kernel, axis)


def product_of(frame: Frame, kernel: Kernel, root: Product) -> gemm.Product:
    """The product in gemm's description."""
    inner = len(kernel.space)
    m = 1 if root.rows is None else frame.number(kernel.space[root.rows])
    n = 1 if root.cols is None else frame.number(kernel.space[root.cols])
    left = operand_of(frame, root.left, root.rows, inner)
    right = operand_of(frame, root.right, inner, root.cols)
    element = _ELEMENTS[root.dtype.name]
    return gemm.Product(left, right, m, n, frame.number(root.over), element)


def own_product_of(frame: Frame, kernel: Kernel, root: Product) -> gemm.Product:
    """The product that a worker computes: of groups, over the rows of its range."""
    product = product_of(frame, kernel, root)
    if kernel.share.kind != "groups":
        return product
    a = gemm.advanced(frame.builder, product.a.transposed(), frame.low).transposed()
    b = gemm.advanced(frame.builder, product.b, frame.low)
    return replace(product, a=a, b=b, k=frame.builder.sub(frame.high, frame.low))


def operand_of(frame: Frame, factor: Factor, rows: int | None, cols: int | None) -> gemm.Operand:
    """A factor in gemm's description; `rows` and `cols` are axes of the kernel."""
    access, builder = factor.access, frame.builder
    kind = memory_type(access.buffer.dtype)
    strides = [frame.number(size) for size in access.strides()]
    pointer, indices = frame.base(access.buffer), {}
    for axis, (coordinate, stride) in enumerate(zip(access.coordinates, strides, strict=True)):
        pointer = at(builder, pointer, multiply(builder, coordinate.start, stride), kind)
        if axis == 0 and access.buffer.gathered:
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


def _stride(frame: Frame, factor: Factor, axis: int | None, strides: list[Integer]) -> Integer:
    total: Integer = 0
    for coordinate, stride in zip(factor.access.coordinates, strides, strict=True):
        if axis is not None and coordinate.axis == axis:
            moved = multiply(frame.builder, coordinate.step, stride)
            total = add(frame.builder, total, moved)
    return total


def product_scratch_bytes(frame: Frame, kernel: Kernel, root: Product) -> Integer:
    """The bytes of scratch that a product needs in each worker."""
    return gemm.dense_scratch_bytes(frame.builder, product_of(frame, kernel, root), frame.machine)
