"""Divides products of sparse rows into halves, so that workers read mostly weights they write.

A cache line that one core writes and another has read costs some ten nanoseconds each time; in a
step on sparse rows that may be as much as all arithmetic. So where a program changes the matrix
that sparse rows are multiplied with, half of the workers multiply with the matrix's first rows and
half with its last ones, as its update is split; the row phase adds the two sums.

Depends on the loop form. kernels/partition.py chooses the halves from the data.
"""

from __future__ import annotations

from dataclasses import replace

from steepest.engines.cpu.loops.form import (
    HALVES,
    Cut,
    Kernel,
    Load,
    Product,
    Reduce,
    Result,
    Share,
    Store,
)
from steepest.engines.cpu.loops.spaces import Access, Buffer, Coordinate, Size
from steepest.engines.cpu.plan.placing import Memory

Phases = list[list[Kernel]]


def halve_sparse_products(memory: Memory, phases: Phases) -> Phases:
    """The phases; products of sparse rows and changing weights get a phase before their own."""
    changing = {store.access.buffer for kernels in phases for k in kernels for store in k.stores}
    found: Phases = []
    for kernels in phases:
        pairs = [_halved(memory, kernel, changing) for kernel in kernels]
        products = [product for product, _ in pairs if product is not None]
        found += [products] if products else []
        found.append([kernel for _, kernel in pairs])
    return found


def _halved(memory: Memory, kernel: Kernel, changing: set[Buffer]) -> tuple[Kernel | None, Kernel]:
    """(the kernel of the halves, the kernel that adds them), or (None, the kernel itself)."""
    root = kernel.root
    if not isinstance(root, Product) or root.left.access.buffer.stored == "dense":
        return None, kernel
    if root.over.power and root.rows is not None and kernel.share == Share("parts", root.rows):
        return None, replace(kernel, root=replace(root, cut=_cut(memory, root)))
    matrix = root.right.access.buffer
    # A private matrix is computed in this very phase, and no other worker writes into it.
    if kernel.share == Share("rows", 0) and matrix in changing and matrix.role != "private":
        return _products(memory, kernel, root)
    return None, kernel


def _products(memory: Memory, kernel: Kernel, root: Product) -> tuple[Kernel, Kernel]:
    sums = memory.sums(root.dtype, (Size(HALVES), *kernel.space))
    own = tuple(Coordinate(axis) for axis in range(len(kernel.space)))
    space = (Size(HALVES) * kernel.space[0], *kernel.space[1:])
    product = replace(
        kernel,
        name="halves_of_matmul",
        share=Share("parts", 0),
        space=space,
        root=replace(root, cut=_cut(memory, root)),
        steps=(Result(root.dtype),),
        stores=(Store(Access(sums, space, own), 0),),
    )
    half = Access(sums, sums.shape, (Coordinate(len(own)), *own))
    both = Reduce("sum", (Size(HALVES),), (Load(half, root.dtype),), 0, root.dtype)
    return product, replace(kernel, root=both)


def _cut(memory: Memory, root: Product) -> Cut:
    middles, shares = memory.partition_of(root.left.access.buffer)
    first = Access(shares, shares.shape, (Coordinate(None),))
    return Cut(Access(middles, middles.shape, (Coordinate(0),)), first)
