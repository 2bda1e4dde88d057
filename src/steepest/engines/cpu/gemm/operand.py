"""The description of a matrix product: its operands in memory, its sizes, its epilogue.

Nothing here depends on how a product is computed. Depends on ir/helpers.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from steepest.engines.cpu import ir
from steepest.engines.cpu.ir.helpers import (
    Integer,
    add,
    at,
    element_bytes,
    fma,
    index,
    load,
    loop,
    multiply,
    read_index,
    store,
)

CACHE_LINE = 64  # bytes
ELEMENTS = {"f32": ir.FloatType(), "f64": ir.DoubleType(), "u8": ir.IntType(8)}

Epilogue = Callable[[ir.IRBuilder, ir.Value, ir.Value, ir.Value, ir.Value | None, int], None]
"""epilogue(builder, i, j, vector, mask, lanes) receives C[i, j : j + lanes] once it is complete.

`vector` is <lanes x f32 or f64>; `mask` is None, or an <lanes x i1>: lanes that are off are outside
of the matrix and must not be stored. The builder may be left in another block."""

Ahead = Callable[[ir.IRBuilder, Integer, Integer, int], None]
"""ahead(builder, i, j, columns) prefetches the memory that the epilogue of C[i, j : j + columns]
will read."""

Hook = Callable[[ir.IRBuilder], None]
"""Code of the caller between two parts of a product; it may leave the function."""


def no_hook(builder: ir.IRBuilder) -> None:
    """Emits nothing."""


@dataclass(frozen=True)
class Operand:
    """A matrix in memory: element (r, c) is at pointer + row(r) * row_stride + c * col_stride.

    Strides count elements; a Python int gives better code than an i64 value. With `row_index` row
    r is read at row_index[r], so that a batch is read from a column of the data in the order of
    the epoch; `col_index` does so for columns and results from transposing.
    An element of a u8 matrix means value * scale + offset.

    >>> from steepest.engines.cpu import ir
    >>> x = Operand(ir.Constant(ir.PointerType(), None), "u8", 784, scale=1 / 255)
    >>> x.transposed().row_stride, x.transposed().col_stride
    (1, 784)
    """

    pointer: ir.Value
    element: str
    row_stride: Integer
    col_stride: Integer = 1
    row_index: ir.Value | None = None
    col_index: ir.Value | None = None
    scale: float = 1.0
    offset: float = 0.0

    @property
    def kind(self) -> ir.Type:
        """The LLVM type of one element as stored."""
        return ELEMENTS[self.element]

    def transposed(self) -> Operand:
        """The same memory read with rows and columns exchanged."""
        return replace(
            self,
            row_stride=self.col_stride,
            col_stride=self.row_stride,
            row_index=self.col_index,
            col_index=self.row_index,
        )

    def row_offset(self, builder: ir.IRBuilder, row: Integer) -> Integer:
        """The offset of a row from the pointer, in elements."""
        stored = row if self.row_index is None else read_index(builder, self.row_index, row)
        return multiply(builder, stored, self.row_stride)

    def col_offset(self, builder: ir.IRBuilder, col: Integer) -> Integer:
        """The offset of a column from the beginning of its row, in elements."""
        stored = col if self.col_index is None else read_index(builder, self.col_index, col)
        return multiply(builder, stored, self.col_stride)

    def rows_contiguous(self) -> bool:
        """Whether the elements of a row are adjacent in memory."""
        return self.col_index is None and isinstance(self.col_stride, int) and self.col_stride == 1


@dataclass(frozen=True)
class Product:
    """C = A B with A (m, k) and B (k, n), summed over k in `element` ("f32" or "f64").

    Sizes that are Python ints give tiles generated for them; i64 values allow any size. The three
    products of a dense layer with x (batch, 784) and weights (784, 50):

    >>> from steepest.engines.cpu import ir
    >>> memory = ir.Constant(ir.PointerType(), None)
    >>> x, weights, dy = (Operand(memory, "f32", stride) for stride in (784, 50, 50))
    >>> forward = Product(x, weights, m=100, n=50, k=784)
    >>> input_gradient = Product(dy, weights.transposed(), m=100, n=784, k=50)
    >>> weight_gradient = Product(x.transposed(), dy, m=784, n=50, k=100)
    """

    a: Operand
    b: Operand
    m: Integer
    n: Integer
    k: Integer
    element: str = "f32"

    @property
    def kind(self) -> ir.Type:
        """The LLVM type in which the product is summed."""
        return ELEMENTS[self.element]

    def transposed(self) -> Product:
        """The product that computes C's transpose: B' A'."""
        return replace(self, a=self.b.transposed(), b=self.a.transposed(), m=self.n, n=self.m)


def read_scalar(
    builder: ir.IRBuilder, operand: Operand, pointer: ir.Value, kind: ir.Type
) -> ir.Value:
    """Reads an element as a number of type `kind`."""
    stored = builder.load(pointer, typ=operand.kind, align=element_bytes(operand.kind))
    return as_number(builder, operand, stored, kind)


def read_vector(
    builder: ir.IRBuilder,
    operand: Operand,
    pointer: ir.Value,
    kind: ir.VectorType,
    mask: ir.Value | None = None,
) -> ir.Value:
    """Reads adjacent elements at `pointer` as a vector of type `kind`."""
    stored = load(builder, pointer, ir.VectorType(operand.kind, kind.count), mask)
    return as_number(builder, operand, stored, kind)


def as_number(builder: ir.IRBuilder, operand: Operand, stored: ir.Value, kind: ir.Type) -> ir.Value:
    """Converts a stored scalar or vector to numbers: bytes are scaled and shifted."""
    if operand.element != "u8":
        return stored
    number = builder.uitofp(stored, kind)
    if operand.offset:
        scale, offset = ir.Constant(kind, operand.scale), ir.Constant(kind, operand.offset)
        return fma(builder, number, scale, offset)
    return builder.fmul(number, ir.Constant(kind, operand.scale)) if operand.scale != 1 else number


def prefetch_rows(
    builder: ir.IRBuilder, operand: Operand, first: Integer, stop: Integer, columns: Integer
) -> None:
    """Prefetches rows that are read through an index array.

    The processor prefetches adjacent memory by itself, not the rows that an order reads next.
    """
    if operand.row_index is None or not operand.rows_contiguous():
        return
    line = CACHE_LINE // element_bytes(operand.kind)
    with loop(builder, first, stop) as row:
        head = at(builder, operand.pointer, operand.row_offset(builder, row), operand.kind)
        with loop(builder, 0, columns, line) as col:
            address = at(builder, head, col, operand.kind)
            read, near, data = (ir.Constant(ir.IntType(32), number) for number in (0, 2, 1))
            builder.intrinsic("llvm.prefetch.p0", ir.VoidType(), (address, read, near, data))


def store_to(pointer: ir.Value, row_stride: Integer, col_stride: Integer = 1) -> Epilogue:
    """An epilogue that writes C into the matrix at `pointer`; strides count elements.

    >>> from steepest.engines.cpu import ir
    >>> callable(store_to(ir.Constant(ir.PointerType(), None), row_stride=10))
    True
    """

    def epilogue(
        builder: ir.IRBuilder,
        i: ir.Value,
        j: ir.Value,
        vector: ir.Value,
        mask: ir.Value | None,
        lanes: int,
    ) -> None:
        offset = add(builder, multiply(builder, i, row_stride), multiply(builder, j, col_stride))
        address = at(builder, pointer, offset, vector.type.element)
        if isinstance(col_stride, int) and col_stride == 1:
            store(builder, vector, address, mask)
        else:
            store_strided(builder, vector, address, col_stride, mask)

    return epilogue


def store_strided(
    builder: ir.IRBuilder,
    vector: ir.Value,
    address: ir.Value,
    stride: Integer,
    mask: ir.Value | None,
) -> None:
    """Writes lane l to address + l * stride, for the lanes that are on."""
    for lane in range(vector.type.count):
        on = None if mask is None else builder.extract_element(mask, index(lane))
        target = at(builder, address, multiply(builder, lane, stride), vector.type.element)
        value = builder.extract_element(vector, index(lane))
        if on is None:
            builder.store(value, target, align=element_bytes(value.type))
            continue
        with builder.if_then(on):
            builder.store(value, target, align=element_bytes(value.type))
