"""The grammar of a kernel: rules for steps, accesses, roots and stores that the emitter relies on.

Depends on the loop form, races.py and the primitives' rules. Each function yields faults as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import numpy as np

from steepest.core.dtype import DType, bool_, int32, int64, name_of
from steepest.core.numpy_rules import evaluate
from steepest.core.primitives import PRIMITIVES
from steepest.engines.cpu.loops.form import (
    HALVES,
    Bits,
    Compute,
    Constant,
    Expand,
    Factor,
    Kernel,
    Load,
    Position,
    Product,
    Reduce,
    Result,
    Scan,
    Scatter,
    Step,
)
from steepest.engines.cpu.loops.races import axes_of, dimensions, split_axis
from steepest.engines.cpu.loops.spaces import (
    BATCH,
    Access,
    Buffer,
    Coordinate,
    Size,
    product_of,
)
from steepest.errors import SteepestError

WRITABLE = ("state", "scratch", "private", "block", "output")
_REDUCTIONS = ("sum", "max", "min", "argmax")
_WORDS = ("int32", "int64")

Faults = Iterator[str]


def kernel_faults(kernel: Kernel, declared: frozenset[Buffer]) -> Faults:
    """The faults of a kernel, without regard to others."""
    yield from _share_faults(kernel)
    yield from _root_faults(kernel, declared)
    yield from _step_faults(kernel.steps, kernel.space, kernel.root, declared)
    yield from _store_faults(kernel, declared)
    yield from _own_reads(kernel)
    if kernel.guards is not None:
        yield from access_faults(kernel.guards, (), declared)
        if kernel.guards.buffer.dtype != bool_:
            yield f"the guard {kernel.guards} is no bool"


# ---------------------------------------------------------------- shares


def _share_faults(kernel: Kernel) -> Faults:
    """Faults of the split axis: it must exist, and no sum may run along it."""
    axis, space, root = split_axis(kernel), kernel.space, kernel.root
    private = {store.access.buffer.role == "private" for store in kernel.stores}
    if private and private != {kernel.share.kind == "everyone"}:
        yield "private memory is written by everyone, and other memory is not"
    if axis is None:
        return
    if not 0 <= axis < len(space):
        yield f"there is no axis i{axis} to split"
        return
    if kernel.share.kind == "rows" and (axis, space[axis]) != (0, BATCH):
        yield "rows are axis 0, and as many as the batch"
    if isinstance(root, Scan) and axis == root.axis:
        yield f"a running sum goes along i{axis}, which workers split"
    if isinstance(root, (Scatter, Expand)) and axis != 0:
        yield "rows that are added to are split along axis 0"
    grouped = kernel.share.kind == "groups"
    if isinstance(root, Product) and not grouped and axis not in (root.rows, root.cols):
        yield f"a product is split along its rows or columns, not along i{axis}"


# ---------------------------------------------------------------- accesses


def access_faults(
    access: Access,
    axes: Sequence[Size],
    declared: frozenset[Buffer],
    steps: Sequence[Step] = (),
) -> Faults:
    """Faults of an access, which must stay inside its buffer for every index of some axes.

    `steps` are those before it, whose values it may use as row numbers.
    """
    buffer, shape = access.buffer, access.shape
    if buffer not in declared:
        yield f"{buffer.name} is not declared"
    if len(access.coordinates) != len(shape):
        yield f"{access} has {len(access.coordinates)} coordinates for {len(shape)} dimensions"
        return
    seen, size = product_of(shape), product_of(buffer.shape)
    if seen != size and not seen.count == size.count == 0:
        yield f"{access} sees {seen} elements, not {size}"
    if buffer.gathered and shape[:1] != buffer.shape[:1]:
        yield f"{access}: rows that are read through the order stay rows"
    if sum(coordinate.looked is not None for coordinate in access.coordinates) > 1:
        yield f"{access} looks up more than one index"
    if any(extent == Size(0) for extent in shape):
        return  # there is nothing to read: a load gives the value for an index outside the buffer
    for coordinate, extent in zip(access.coordinates, shape, strict=True):
        for fault in _index_faults(coordinate, extent, axes, steps):
            yield f"{access}: {fault}"


def _index_faults(
    coordinate: Coordinate, size: Size, axes: Sequence[Size], steps: Sequence[Step]
) -> Faults:
    if coordinate.looked is not None:
        if not 0 <= coordinate.looked < len(steps):
            yield f"t{coordinate.looked} is no earlier step"
        elif steps[coordinate.looked].dtype.name not in _WORDS:
            yield f"t{coordinate.looked} is no integer"
    elif coordinate.axis is None:
        if not (coordinate.start >= 0 and (not size.is_known or coordinate.start < size.count)):
            yield f"{coordinate} is outside {size}"
    elif not 0 <= coordinate.axis < len(axes):
        yield f"there is no axis i{coordinate.axis}"
    elif coordinate.step == 0:
        yield f"{coordinate} does not move"
    elif not _stays_inside(coordinate, axes[coordinate.axis], size):
        yield f"{coordinate} for i{coordinate.axis} < {axes[coordinate.axis]} is outside {size}"


def _stays_inside(coordinate: Coordinate, count: Size, size: Size) -> bool:
    if count.count == 0:
        return True
    if not (count.is_known and size.is_known):
        return count == size and (coordinate.start, coordinate.step) == (0, 1)
    last = coordinate.start + coordinate.step * (count.count - 1)
    return min(coordinate.start, last) >= 0 and max(coordinate.start, last) < size.count


# ---------------------------------------------------------------- steps


def _step_faults(
    steps: tuple[Step, ...],
    axes: Sequence[Size],
    root: object,
    declared: frozenset[Buffer],
) -> Faults:
    for number, step in enumerate(steps):
        for fault in _faults_of_step(step, steps[:number], axes, root, declared):
            yield f"t{number}: {fault}"


def _faults_of_step(
    step: Step,
    before: tuple[Step, ...],
    axes: Sequence[Size],
    root: object,
    declared: frozenset[Buffer],
) -> Faults:
    if isinstance(step, Load):
        yield from access_faults(step.access, axes, declared, before)
        yield from _plain_faults(step.access, step.dtype)
    elif isinstance(step, Constant):
        if np.asarray(step.value).dtype != step.dtype or np.ndim(step.value):
            yield f"{step.value!r} is no single {name_of(step.dtype)}"
    elif isinstance(step, Compute):
        yield from _earlier(step.inputs, before) or _compute_faults(step, before)
    elif isinstance(step, Position):
        if step.coordinate.looked is not None:
            yield "a position is not looked up"
        elif step.coordinate.axis is not None and not 0 <= step.coordinate.axis < len(axes):
            yield f"there is no axis i{step.coordinate.axis}"
    elif isinstance(step, Bits):
        yield from _earlier(step.seed, before) or _bits_faults(step, axes, before)
    elif isinstance(step, Result) and getattr(root, "dtype", None) != step.dtype:
        yield f"no root gives {name_of(step.dtype)}"


def _plain_faults(access: Access, dtype: DType) -> Faults:
    """Faults of an access to single elements: the buffer must be dense and of the given dtype."""
    if access.buffer.stored != "dense" or access.buffer.is_partition:
        yield f"{access.buffer.name} has no elements to be read one by one"
    if access.buffer.dtype != dtype:
        yield f"{access} is {name_of(access.buffer.dtype)}, not {name_of(dtype)}"


def _earlier(numbers: Iterable[int], before: tuple[Step, ...]) -> list[str]:
    return [f"t{n} is no earlier step" for n in numbers if not 0 <= n < len(before)]


def _compute_faults(step: Compute, before: tuple[Step, ...]) -> list[str]:
    dtypes = tuple(before[number].dtype for number in step.inputs)
    found = _dtype_of(step.op, dtypes, step.dtype if step.op == "cast" else None)
    if isinstance(found, str):
        return [found]
    return [] if found == step.dtype else [f"{step.op} gives {name_of(found)}"]


@lru_cache(maxsize=1024)
def _dtype_of(op: str, dtypes: tuple[DType, ...], cast_to: DType | None) -> DType | str:
    """The dtype of a primitive's result for inputs of some dtypes, or why it refuses them."""
    if op not in PRIMITIVES or PRIMITIVES[op].form != "elementwise":
        return f"{op} is no elementwise primitive"
    params = {} if cast_to is None else {"dtype": cast_to}
    inputs = [np.zeros((), given) for given in dtypes]
    for array in inputs:
        array.flags.writeable = False  # NumPy would take an extra input for an output
    try:
        dtype = PRIMITIVES[op].dtype(*dtypes, **params)
        evaluate(op, inputs, params)
    except (SteepestError, TypeError, ValueError) as error:
        return f"{op}: {error}"
    return dtype


def _bits_faults(step: Bits, axes: Sequence[Size], before: tuple[Step, ...]) -> list[str]:
    faults = [f"t{n} is no word of a seed" for n in step.seed if before[n].dtype.kind not in "iu"]
    if len(step.seed) != 3 or len(step.coordinates) != len(step.shape):
        faults.append("random bits take three words and an index for each dimension")
    for coordinate, size in zip(step.coordinates, step.shape, strict=False):
        faults += _index_faults(coordinate, size, axes, ())
    return faults if step.dtype == int32 else [*faults, "random bits are int32"]


# ---------------------------------------------------------------- roots


def _root_faults(kernel: Kernel, declared: frozenset[Buffer]) -> Faults:
    root, axes = kernel.root, axes_of(kernel)
    if isinstance(root, Reduce):
        yield from _step_faults(root.steps, axes, None, declared)
        yield from _reduction_faults(root)
    elif isinstance(root, Product):
        yield from _product_faults(kernel, root, declared)
    elif isinstance(root, Scan):
        yield from access_faults(root.access, kernel.space, declared)
        yield from _plain_faults(root.access, root.dtype)
        if not -1 <= root.axis < len(kernel.space):
            yield f"there is no axis i{root.axis} to sum along"
    elif isinstance(root, Scatter):
        yield from _scatter_faults(kernel, root, declared)
    elif isinstance(root, Expand):
        if root.buffer not in declared or root.buffer.stored == "dense":
            yield f"{root.buffer.name} is no declared buffer of sparse rows"
        if kernel.space != root.buffer.shape or root.dtype != root.buffer.dtype:
            yield f"{root.buffer.name} is made dense in another space or dtype"
    if isinstance(root, (Scatter, Expand)):
        result = kernel.steps == (Result(root.dtype),)
        if not result or [store.step for store in kernel.stores] != [0]:
            yield "what is added row by row is stored as it is, once"


def _reduction_faults(root: Reduce) -> Faults:
    if root.op not in _REDUCTIONS:
        yield f"{root.op} is no reduction"
    if not 0 <= root.value < len(root.steps):
        yield f"t{root.value} is no step to reduce"
        return
    kind = int64 if root.op == "argmax" else root.steps[root.value].dtype
    if root.dtype != kind:
        yield f"{root.op} gives {name_of(kind)}, not {name_of(root.dtype)}"
    if root.op == "argmax" and len(root.over) > 1:
        yield "argmax runs over one axis"


def _product_faults(kernel: Kernel, root: Product, declared: frozenset[Buffer]) -> Faults:
    named = [axis for axis in (root.rows, root.cols) if axis is not None]
    if sorted(named) != list(range(kernel.share.kind == "groups", len(kernel.space))):
        yield f"rows i{root.rows} and columns i{root.cols} are not the axes of the space"
        return
    if root.dtype.name not in ("float32", "float64"):
        yield f"products of {name_of(root.dtype)} are sums of steps"
    depth, axes = len(kernel.space), list(axes_of(kernel))
    if root.in_halves:
        if axes[0].count % HALVES:
            yield f"{axes[0]} rows are not {HALVES} halves"
        axes[0] = Size(axes[0].count // HALVES, axes[0].power)
    for factor, own in ((root.left, root.rows), (root.right, root.cols)):
        yield from access_faults(factor.access, axes, declared)
        yield from _factor_faults(factor, root, {own, depth}, depth)
    yield from _cut_faults(root, declared)


def _factor_faults(factor: Factor, root: Product, may: set[int | None], depth: int) -> Faults:
    access, kind = factor.access, factor.access.buffer.dtype
    seen = [c for c in dimensions(access).values() if c.axis is not None or c.looked is not None]
    if any(c.axis not in may or c.looked is not None for c in seen):
        yield f"{access} does not run along a side of the product"
    scaled = (factor.scale, factor.offset) != (1.0, 0.0)
    if kind != root.dtype and (kind.name, root.dtype.name) != ("uint8", "float32"):
        yield f"{access} is {name_of(kind)} in a product of {name_of(root.dtype)}"
    if scaled and kind.name != "uint8":
        yield f"{access} is scaled but holds no bytes"
    if access.buffer.stored != "dense" and factor is not root.left:
        yield f"{access} is sparse, and on the right"


def _cut_faults(root: Product, declared: frozenset[Buffer]) -> Faults:
    if root.cut is None:
        return
    rows = root.left.access.buffer
    for access, role in ((root.cut.middles, "middles"), (root.cut.shares, "shares")):
        buffer = access.buffer
        if buffer not in declared or (buffer.role, buffer.place) != (role, rows.place):
            yield f"{buffer.name} does not hold the {role} of {rows.name}"
    if rows.stored == "dense":
        yield f"{rows.name} is dense and has no halves"


def _scatter_faults(kernel: Kernel, root: Scatter, declared: frozenset[Buffer]) -> Faults:
    if not kernel.space:
        yield "rows are added to rows"
        return
    for access in (root.indices, root.updates):
        yield from access_faults(access, axes_of(kernel), declared)
        if any(coordinate.axis == 0 for coordinate in access.coordinates):
            yield f"{access} depends on the row that it is added to"
    if root.indices.buffer.dtype.name not in _WORDS:
        yield f"{root.indices} is no integer"
    yield from _plain_faults(root.updates, root.dtype)
    yield from _plain_faults(root.indices, root.indices.buffer.dtype)


# ---------------------------------------------------------------- stores


def _store_faults(kernel: Kernel, declared: frozenset[Buffer]) -> Faults:
    buffers = [store.access.buffer for store in kernel.stores]
    if not buffers:
        yield "stores nothing"
    if len(set(buffers)) < len(buffers):
        yield "stores into one buffer twice"
    for store in kernel.stores:
        access = store.access
        yield from access_faults(access, kernel.space, declared)
        if access.buffer.role not in WRITABLE:
            yield f"{access.buffer.role} {access.buffer.name} is written"
        if not 0 <= store.step < len(kernel.steps):
            yield f"t{store.step} is no step to store"
        else:
            yield from _plain_faults(access, kernel.steps[store.step].dtype)
        missing = set(range(len(kernel.space))) - {c.axis for c in access.coordinates}
        for axis in sorted(missing):
            if kernel.space[axis] != Size(1):
                yield f"{access} is written again for every i{axis}"


def _own_reads(kernel: Kernel) -> Faults:
    """Faults of reads of stored buffers: only the same element may be read, and not by the root."""
    stored = {store.access.buffer: dimensions(store.access) for store in kernel.stores}
    for step in kernel.steps:
        if isinstance(step, Load) and step.access.buffer in stored:
            access = step.access
            if dimensions(access) != stored[access.buffer]:
                yield f"{access} is read where another element of it may have been written"
    for access in root_reads(kernel):
        if access.buffer in stored:
            yield f"{access} is read by the root while it is written"


def root_reads(kernel: Kernel) -> list[Access]:
    """The accesses that a kernel's root reads."""
    root = kernel.root
    if isinstance(root, Reduce):
        return [step.access for step in root.steps if isinstance(step, Load)]
    if isinstance(root, Product):
        return [root.left.access, root.right.access]
    if isinstance(root, Scatter):
        return [root.indices, root.updates]
    return [root.access] if isinstance(root, Scan) else []
