"""The root of a kernel: the loops of a node that needs its own (a product, a reduction, a scan).

Depends on placing.py and fusing.py.
"""

from __future__ import annotations

from steepest.engines.cpu.loops.form import (
    Compute,
    Constant,
    Expand,
    Factor,
    Product,
    Reduce,
    Root,
    Scan,
    Scatter,
)
from steepest.engines.cpu.loops.spaces import Access, size_of
from steepest.engines.cpu.plan.fusing import Fused
from steepest.engines.cpu.plan.index_expressions import (
    Drafter,
    Fetch,
    input_coordinates,
    reduced_axes,
    space_of,
    spread,
)
from steepest.engines.cpu.plan.placing import Memory, access_of, steps_of
from steepest.program.graph import Node


def root_of(fused: Fused, memory: Memory, anchor: Node) -> Root:
    """The root that computes an anchor."""
    if anchor.op == "matmul":
        return _product(memory, anchor)
    if anchor.op == "to_dense":
        return Expand(memory.of(anchor.inputs[0]), anchor.dtype)
    if anchor.op == "cumsum":
        access = _single(memory, anchor, 0)
        own = anchor.params["axes"][0]
        axis = sum(size != 1 for size in anchor.shape[:own]) if anchor.shape[own] != 1 else -1
        return Scan(access, axis, anchor.dtype)
    if anchor.op == "scatter_add":
        indices, updates = (_single(memory, anchor, place) for place in (0, 1))
        over = space_of(anchor.inputs[0].shape)
        return Scatter(indices, updates, over, anchor.dtype)
    return _reduction(fused, memory, anchor)


def _reduction(fused: Fused, memory: Memory, anchor: Node) -> Reduce:
    source = anchor.inputs[0]
    drafter = Drafter(fused.facts.absorbed.__contains__)
    value = drafter.resolve(source, input_coordinates(anchor)[0])
    over = tuple(
        size_of(source.shape[axis]) for axis in reduced_axes(anchor) if source.shape[axis] != 1
    )
    return Reduce(anchor.op, over, steps_of(memory, drafter.steps), value, anchor.dtype)


def _single(memory: Memory, anchor: Node, place: int) -> Access:
    """The access of an input that a single load reads."""
    drafter = Drafter(lambda other: False)
    drafter.resolve(anchor.inputs[place], input_coordinates(anchor)[place])
    (fetch,) = drafter.steps
    assert isinstance(fetch, Fetch)
    return access_of(memory, fetch)


def _product(memory: Memory, anchor: Node) -> Product | Reduce:
    left, right = anchor.inputs
    if "scales" not in anchor.params or len(left.shape) > 2 or len(right.shape) > 2:
        return _plain_product(memory, anchor)
    scales, own = anchor.params["scales"], spread(anchor.shape)
    one, other = (Factor(_single(memory, anchor, place), *scales[place]) for place in (0, 1))
    over, rows, cols = size_of(left.shape[-1]), own[-2].axis, own[-1].axis
    if cols is None and _runs_along(one, rows):
        return Product(other, one, over, None, rows, anchor.dtype)
    return Product(one, other, over, rows, cols, anchor.dtype)


def _runs_along(factor: Factor, axis: int | None) -> bool:
    """Whether adjacent elements of a dense factor are neighbours along an axis, as vectors need.

    The gradient of a layer of one unit is such a column: a row of its transpose takes a fifth of
    the time.
    """
    access = factor.access
    is_plain = access.buffer.stored == "dense" and access.buffer.dtype.kind == "f"
    return axis is not None and is_plain and access.coordinates[-1].axis == axis


def _plain_product(memory: Memory, anchor: Node) -> Reduce:
    """A product of integers or of stacks of matrices: a sum of products for each element."""
    drafter = Drafter(lambda other: False)
    factors = [
        drafter.resolve(source, coordinates)
        for source, coordinates in zip(anchor.inputs, input_coordinates(anchor), strict=True)
    ]
    numbers = [_rescaled(drafter, factor, anchor, k) for k, factor in enumerate(factors)]
    value = drafter.add(Compute("multiply", tuple(numbers), anchor.dtype))
    depth = anchor.inputs[0].shape[-1]
    over = () if depth == 1 else (size_of(depth),)
    return Reduce("sum", over, steps_of(memory, drafter.steps), value, anchor.dtype)


def _rescaled(drafter: Drafter, factor: int, anchor: Node, place: int) -> int:
    """A factor of bytes as the scaled number."""
    if anchor.inputs[place].dtype == anchor.dtype:
        return factor
    scale, offset = anchor.params["scales"][place]
    number = drafter.add(Compute("cast", (factor,), anchor.dtype))
    for op, value in (("multiply", scale), ("add", offset)):
        constant = drafter.add(Constant(anchor.dtype.type(value), anchor.dtype))
        number = drafter.add(Compute(op, (number, constant), anchor.dtype))
    return number
