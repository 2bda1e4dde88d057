"""The costs of a program: arithmetic and reads; whether its rows are independent.

Depends on the loop form.
"""

from __future__ import annotations

from dataclasses import replace

from steepest.engines.cpu.loops.form import (
    HALVES,
    BatchSize,
    Bits,
    Kernel,
    Load,
    Loops,
    Position,
    Product,
    Reduce,
    Scan,
    Scatter,
    Step,
)
from steepest.engines.cpu.loops.spaces import Access, Buffer, Coordinate, Size, product_of


def kernel_size(kernel: Kernel) -> Size:
    """The number of innermost points that a kernel visits."""
    total = product_of(kernel.space[1:] if kernel.share.kind == "groups" else kernel.space)
    if isinstance(kernel.root, Product):
        whole = total * kernel.root.over
        return replace(whole, count=whole.count // HALVES) if kernel.root.in_halves else whole
    if isinstance(kernel.root, Reduce):
        return total * product_of(kernel.root.over)
    return total


def operations(kernel: Kernel, batch: int) -> float:
    """A rough count of arithmetic: two for each multiply-add, one for each step elsewhere."""
    after = product_of(kernel.space).at(batch) * max(len(kernel.steps), 1)
    if isinstance(kernel.root, Product):
        return 2.0 * kernel_size(kernel).at(batch) + after
    if isinstance(kernel.root, Reduce):
        return float(kernel_size(kernel).at(batch) * len(kernel.root.steps) + after)
    return float(after)


def operations_of_slice(kernel: Kernel) -> Size:
    """The arithmetic of one index of the axis that workers split, roughly."""
    axis, root = kernel.share.axis, kernel.root
    inner = product_of(kernel.space[:axis] + kernel.space[axis + 1 :])
    if isinstance(root, Product):
        return inner * root.over * Size(2)
    if isinstance(root, Reduce):
        return inner * product_of(root.over) * Size(max(len(root.steps), 1))
    return inner * Size(max(len(kernel.steps), 1))


def operations_per_row(loops: Loops) -> tuple[float, float]:
    """(the operations of any batch, those that each row adds)."""
    kernels = [kernel for phase in loops.phases for kernel in phase]
    none = sum(operations(kernel, 0) for kernel in kernels)
    one = sum(operations(kernel, 1) for kernel in kernels)
    return none, one - none


def weighted_operations(loops: Loops) -> tuple[float, float, float]:
    """A polynomial of the batch: operations, weighted by their time relative to dense products.

    Few entries of sparse rows are stored; other loops are slower than dense products.
    """
    totals = [0.0, 0.0, 0.0]
    for kernel in (kernel for phase in loops.phases for kernel in phase):
        weight = 32.0
        if isinstance(kernel.root, Product):
            weight = 1.0 if kernel.root.is_dense else 1 / 16
        for batch in range(3):
            totals[batch] += weight * operations(kernel, batch)
    none, one, two = totals
    square = (two - 2 * one + none) / 2
    return none, one - none - square, square


def all_steps(kernel: Kernel) -> tuple[Step, ...]:
    """The steps of a kernel, those inside its root first."""
    return (*(kernel.root.steps if isinstance(kernel.root, Reduce) else ()), *kernel.steps)


def reads(kernel: Kernel) -> list[Access]:
    """The accesses that a kernel reads, element by element."""
    root = kernel.root
    found = [step.access for step in all_steps(kernel) if isinstance(step, Load)]
    if isinstance(root, Product):
        found += [root.left.access, root.right.access]
    if isinstance(root, Scatter):
        found += [root.indices, root.updates]
    return [*found, root.access] if isinstance(root, Scan) else found


def has_independent_rows(loops: Loops) -> bool:
    """Whether each row of the outputs depends on the same row of the inputs, whatever the batch.

    The rows may then be cut into other batches than the caller's.
    """
    buffers = [buffer for buffer in loops.buffers if buffer.role in ("input", "output")]
    return (
        len(loops.phases) == 1
        and any(buffer.role == "output" for buffer in buffers)
        and all(map(_is_rowwise, buffers))
        and all(map(_stays_in_its_rows, loops.phases[0]))
    )


def _is_rowwise(buffer: Buffer) -> bool:
    powers = [size.power for size in buffer.shape]
    if buffer.role == "input" and not any(powers):
        return True
    return powers[:1] == [1] and not any(powers[1:])


def _stays_in_its_rows(kernel: Kernel) -> bool:
    """Whether a kernel reads only the row that it writes, and no step depends on the batch."""
    if kernel.share.kind not in ("rows", "everyone") or kernel.guards is not None:
        return False
    if any(store.access.buffer.role == "state" for store in kernel.stores):
        return False
    own = Coordinate(0) if kernel.share.kind == "rows" else None
    for access in reads(kernel):
        axes = zip(access.coordinates, access.shape, strict=True)
        if any(size.power and coordinate != own for coordinate, size in axes):
            return False
    return not any(_depends_on_the_batch(step, kernel) for step in all_steps(kernel))


def _depends_on_the_batch(step: Step, kernel: Kernel) -> bool:
    """Whether a step knows how many rows there are, or which one of the batch it is in."""
    if isinstance(step, Position):
        return kernel.share.kind == "rows" and step.coordinate.axis == 0
    return isinstance(step, (BatchSize, Bits))
