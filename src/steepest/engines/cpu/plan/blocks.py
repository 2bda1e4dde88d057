"""Computes a long batch in blocks of rows: each goes through all layers before the next one.

Phase by phase, the activations of a long batch leave the caches before the next layer reads them,
and every worker reads those of all others for its part of the gradients. So where rows need nothing
of one another but sums, the loop form gets another shape. Sums over the batch move into the first
phase, one partial sum for each group of rows; activations exist for one block only; and the kernels
that had the sums add up the groups in their order. The groups depend on the batch alone, so no bit
depends on the number of workers.

That is decided from the kernels. Statistics of the whole batch that rows read, sums of tables that
entries name, sparse rows and arrays without the batch in front leave the loop form as it is.
Depends on the loop form.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

from steepest.engines.cpu.loops.costs import reads
from steepest.engines.cpu.loops.form import (
    Kernel,
    Load,
    Loops,
    Product,
    Reduce,
    Result,
    Scan,
    Share,
    Store,
)
from steepest.engines.cpu.loops.spaces import (
    BATCH,
    GROUPS,
    Access,
    Buffer,
    Coordinate,
    Role,
    Size,
)

MOST_SUMS = 1 << 19  # bytes of a group's sums, which the second-level cache holds beside a block


def in_blocks(loops: Loops) -> Loops | None:
    """The loop form with its first phase in blocks; None if it has to stay as it is.

    >>> import steepest as st
    >>> from steepest.engines.cpu.plan import plan
    >>> w, x = st.Variable(np.ones((3, 4), np.float32)), st.TensorSpec((None, 3))
    >>> lengths = plan(st.trace(lambda x: st.reduce_sum(st.exp(x @ w)), [x])).loops
    >>> [[kernel.name for kernel in phase] for phase in in_blocks(lengths).phases]
    [['p0k0_matmul', 'p0k1_sum', 'p0k2_sums_of_sum_copy'], ['p1k0_sum_copy']]
    >>> centred = plan(st.trace(lambda x: x @ w - st.reduce_mean(x @ w, 0), [x])).loops
    >>> in_blocks(centred) is None
    True
    """
    first, later = loops.phases[0], [kernel for phase in loops.phases[1:] for kernel in phase]
    rows = [kernel for kernel in first if kernel.share.kind == "rows"]
    before = [kernel for kernel in first if kernel.share.kind != "rows"]
    used = {k.name: [k.space, *(access.buffer.shape for access in _accesses(k))] for k in later}
    sums = [kernel for kernel in later if any(map(_has_batch, used[kernel.name]))]
    if not any(isinstance(kernel.root, Product) for kernel in (*rows, *sums)):
        return None  # the caches are no matter
    if not rows or not sums or any(kernel.guards is not None for kernel in first):
        return None
    if any(_has_batch(kernel.space) for kernel in before) or not all(map(_goes_by_rows, rows)):
        return None
    known = {store.access.buffer for kernel in first for store in kernel.stores}
    changed = {store.access.buffer for kernel in later for store in kernel.stores}
    if not all(_is_sum(kernel, known, changed) for kernel in sums):
        return None
    partial = _partial_sums(sums, sum(buffer.role == "scratch" for buffer in loops.buffers))
    if sum(buffer.bytes(1) for buffer in partial.values()) > MOST_SUMS:
        return None
    phases = (
        (
            *before,
            *rows,
            *(_summing(k, partial[k.name], n) for n, k in enumerate(sums, len(first))),
        ),
        *(
            tuple(_adding(k, partial[k.name]) if k.name in partial else k for k in phase)
            for phase in loops.phases[1:]
        ),
    )
    return _with_block_memory(Loops((*loops.buffers, *partial.values()), phases))


# ---------------------------------------------------------------- what allows it


def _has_batch(sizes: tuple[Size, ...]) -> bool:
    return any(size.power for size in sizes)


def _accesses(kernel: Kernel) -> list[Access]:
    return [*reads(kernel), *(store.access for store in kernel.stores)]


def _uses_rows_at(access: Access, axis: int) -> bool:
    """Whether an access has no axis of the batch but its first one, along an axis of a kernel."""
    buffer, shape = access.buffer, access.shape
    if buffer.stored != "dense" or buffer.is_partition:
        return False
    if not _has_batch(buffer.shape):
        return True
    own = shape[0] == buffer.shape[0] == BATCH and access.coordinates[0] == Coordinate(axis)
    return own and not _has_batch(shape[1:]) and not _has_batch(buffer.shape[1:])


def _goes_by_rows(kernel: Kernel) -> bool:
    """Whether a kernel of rows reads and writes its own rows alone."""
    root = kernel.root
    over = (root.over,) if isinstance(root, Product) else getattr(root, "over", ())
    if not (root is None or isinstance(root, (Product, Reduce, Scan))):
        return False
    alone = not _has_batch((*kernel.space[1:], *over))
    return alone and all(_uses_rows_at(access, 0) for access in _accesses(kernel))


def _is_sum(kernel: Kernel, known: set[Buffer], changed: set[Buffer]) -> bool:
    """Whether a kernel sums what the first phase has, over the batch, and uses the batch no more.

    `known` is written in the first phase and `changed` later, when a variable may be a new one.
    """
    root, depth = kernel.root, len(kernel.space)
    over: tuple[Size, ...]
    if isinstance(root, Product):
        terms, over = [root.left.access, root.right.access], (root.over,)
    elif isinstance(root, Reduce) and root.op == "sum":
        terms = [step.access for step in root.steps if isinstance(step, Load)]
        over = root.over
    else:
        return False
    after = [step.access for step in kernel.steps if isinstance(step, Load)]
    after += [store.access for store in kernel.stores]
    if over != (BATCH,) or any(map(_has_batch, (kernel.space, *(a.buffer.shape for a in after)))):
        return False
    return all(_uses_rows_at(a, depth) and _is_there(a.buffer, known, changed) for a in terms)


def _is_there(buffer: Buffer, known: set[Buffer], changed: set[Buffer]) -> bool:
    """Whether a worker that computed a block has this: its rows, or what was there before."""
    if buffer in changed:
        return False
    if buffer.role in ("input", "constant", "state"):
        return buffer not in known
    return buffer in known and (buffer.role == "private" or buffer.shape[:1] == (BATCH,))


# ---------------------------------------------------------------- the sums


def _partial_sums(kernels: list[Kernel], place: int) -> dict[str, Buffer]:
    """A buffer for the sums of each group, by the kernel's name; the first one's place is given."""
    found = {}
    for number, kernel in enumerate(kernels, place):
        assert isinstance(kernel.root, (Product, Reduce))
        shape, dtype = (GROUPS, *kernel.space), kernel.root.dtype
        found[kernel.name] = Buffer(f"sums{number}", "scratch", number, dtype, shape)
    return found


def _summing(kernel: Kernel, sums: Buffer, number: int) -> Kernel:
    """The kernel of the sums of each group: axis 0 is the group, the others move up by one."""
    root = _moved(kernel.root)
    if isinstance(root, Product):
        rows, cols = (None if axis is None else axis + 1 for axis in (root.rows, root.cols))
        root = replace(root, rows=rows, cols=cols)
    own = tuple(Coordinate(axis) for axis in range(len(sums.shape)))
    store = Store(Access(sums, sums.shape, own), 0)
    steps, share = (Result(sums.dtype),), Share("groups", 0)
    name = f"p0k{number}_sums_of_{kernel.name.split('_', 1)[1]}"
    return Kernel(name, share, sums.shape, root, steps, (store,))


def _adding(kernel: Kernel, sums: Buffer) -> Kernel:
    """The kernel with the sum of all groups as the result of its root."""
    depth = len(kernel.space)
    own = Coordinate(depth), *(Coordinate(axis) for axis in range(depth))
    terms = (Load(Access(sums, sums.shape, own), sums.dtype),)
    return replace(kernel, root=Reduce("sum", (GROUPS,), terms, 0, sums.dtype))


def _moved(part: Any) -> Any:
    """A root with the numbers of all axes one greater."""
    if isinstance(part, Coordinate):
        return part if part.axis is None else replace(part, axis=part.axis + 1)
    if isinstance(part, tuple):
        return tuple(_moved(piece) for piece in part)
    if not dataclasses.is_dataclass(part) or isinstance(part, (type, Buffer)):
        return part
    return replace(
        part, **{f.name: _moved(getattr(part, f.name)) for f in dataclasses.fields(part)}
    )


# ---------------------------------------------------------------- memory


def _with_block_memory(loops: Loops) -> Loops:
    """The loops with memory of one block for what has rows, each role numbered anew."""
    numbers: dict[Role, Iterator[int]] = {"scratch": count(), "block": count()}
    new: dict[Buffer, Buffer] = {}
    for buffer in loops.buffers:
        role: Role = "block" if buffer.shape[:1] == (BATCH,) else "scratch"
        if buffer.role == "scratch":
            new[buffer] = replace(buffer, role=role, place=next(numbers[role]))
    buffers = tuple(new.get(buffer, buffer) for buffer in loops.buffers)
    return Loops(buffers, _with_buffers(loops.phases, new))


def _with_buffers(part: Any, new: dict[Buffer, Buffer]) -> Any:
    """A part of a loop form with other buffers."""
    if isinstance(part, Buffer):
        return new.get(part, part)
    if isinstance(part, tuple):
        return tuple(_with_buffers(piece, new) for piece in part)
    if not dataclasses.is_dataclass(part) or isinstance(part, type):
        return part
    fields = [field.name for field in dataclasses.fields(part)]
    return replace(part, **{name: _with_buffers(getattr(part, name), new) for name in fields})
