"""Interprets the loop form in NumPy, slowly: it defines the meaning that emitted code must have.

Depends on form.py and the NumPy rules of primitives. One worker runs one kernel after another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.core.numpy_rules import evaluate
from steepest.core.random_bits import random_bits
from steepest.engines.cpu.loops.form import (
    BatchSize,
    Bits,
    Compute,
    Constant,
    Expand,
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
from steepest.engines.cpu.loops.spaces import BATCH, Access, Buffer, Coordinate, Size, group_rows

Grid = list[np.ndarray]


@dataclass
class BatchArrays:
    """The arrays behind the buffers during one batch."""

    arrays: dict[Buffer, np.ndarray]
    order: np.ndarray
    batch: int

    def read(self, access: Access, grid: Grid, values: list[np.ndarray]) -> np.ndarray:
        """The elements at an access, for every point of the grid."""
        flat = self.arrays[access.buffer].reshape(-1)
        offset, inside = self._offset(access, grid, values)
        if not flat.size:
            return _missing(np.zeros(np.broadcast_shapes(*[g.shape for g in grid]), flat.dtype))
        found = flat[np.where(inside, offset, 0)]
        return found if np.all(inside) else np.where(inside, found, _missing(found))

    def write(self, access: Access, grid: Grid, values: np.ndarray) -> None:
        """Stores a number for every point of the grid."""
        offset, _ = self._offset(access, grid, [])
        shape = np.broadcast_shapes(*[g.shape for g in grid]) if grid else ()
        flat = self.arrays[access.buffer].reshape(-1)
        flat[np.broadcast_to(offset, shape)] = np.broadcast_to(values, shape)

    def _offset(self, access: Access, grid: Grid, values: list[np.ndarray]) -> tuple[Any, Any]:
        offset: Any = np.int64(0)
        inside: Any = np.bool_(True)
        strides = [stride.at(self.batch) for stride in access.strides()]
        for axis, (coordinate, stride) in enumerate(zip(access.coordinates, strides, strict=True)):
            index = index_at(coordinate, grid, values)
            if coordinate.looked is not None:
                rows = access.shape[axis].at(self.batch)
                inside = inside & (index >= 0) & (index < rows)
                index = np.where(inside, index, 0)
            if axis == 0 and access.buffer.gathered and self.order.size:
                index = self.order[index]
            offset = offset + index * stride
        return offset, inside


def _missing(found: np.ndarray) -> np.ndarray:
    return np.full_like(found, np.nan if found.dtype.kind == "f" else 0)


def index_at(coordinate: Coordinate, grid: Grid, values: list[np.ndarray]) -> Any:
    """The index that a coordinate gives, for every point of the grid."""
    if coordinate.looked is not None:
        return values[coordinate.looked]
    if coordinate.axis is None:
        return np.int64(coordinate.start)
    return coordinate.start + coordinate.step * grid[coordinate.axis]


def run_batch(loops: Loops, memory: BatchArrays) -> bool:
    """Runs all kernels once; False if the guard stopped the batch."""
    for phase in loops.phases:
        for kernel in phase:
            run_kernel(kernel, memory)
            if kernel.guards is not None and not memory.read(kernel.guards, [], []):
                return False
    return True


def run_kernel(kernel: Kernel, memory: BatchArrays) -> None:
    """Runs one kernel over its whole space."""
    grid = _grid(kernel.space, memory.batch)
    result = None if kernel.root is None else _run_root(kernel, memory, grid)
    values = _run_steps(kernel.steps, memory, grid, result)
    for store in kernel.stores:
        memory.write(store.access, grid, values[store.step])


def _grid(space: tuple[Size, ...], batch: int, further: tuple[Size, ...] = ()) -> Grid:
    """An index array for each axis, broadcastable to the space (and the axes after it)."""
    sizes = [size.at(batch) for size in (*space, *further)]
    return [
        np.arange(size).reshape([-1 if other == axis else 1 for other in range(len(sizes))])
        for axis, size in enumerate(sizes)
    ]


def _run_steps(
    steps: tuple[Step, ...], memory: BatchArrays, grid: Grid, result: np.ndarray | None
) -> list[np.ndarray]:
    values: list[Any] = []
    for step in steps:
        values.append(_run_step(step, memory, grid, values, result))
    return values


def _run_step(
    step: Step, memory: BatchArrays, grid: Grid, values: list[np.ndarray], result: np.ndarray | None
) -> Any:
    if isinstance(step, Load):
        return memory.read(step.access, grid, values)
    if isinstance(step, Constant):
        return step.value
    if isinstance(step, Compute):
        inputs = [values[number] for number in step.inputs]
        params = {"dtype": step.dtype} if step.op == "cast" else {}
        return evaluate(step.op, inputs, params)
    if isinstance(step, Position):
        return np.asarray(index_at(step.coordinate, grid, values), step.dtype)
    if isinstance(step, BatchSize):
        return np.asarray(memory.batch, step.dtype)
    return _bits(step, memory, grid, values) if isinstance(step, Bits) else result


def _bits(step: Bits, memory: BatchArrays, grid: Grid, values: list[np.ndarray]) -> np.ndarray:
    seed = np.array([values[number] for number in step.seed])
    shape = tuple(size.at(memory.batch) for size in step.shape)
    indices = [index_at(coordinate, grid, []) for coordinate in step.coordinates]
    table = random_bits(seed, shape, step.width, step.lane)
    return table[tuple(np.broadcast_arrays(*indices))]


# ---------------------------------------------------------------- roots


def _run_root(kernel: Kernel, memory: BatchArrays, grid: Grid) -> np.ndarray:
    root = kernel.root
    if isinstance(root, Product):
        return _run_product(root, kernel, memory)
    if isinstance(root, Scan):
        values = _spread_over(memory.read(root.access, grid, []), kernel.space, memory.batch)
        summed = values if root.axis < 0 else np.cumsum(values, axis=root.axis)
        return summed.astype(root.dtype)
    if isinstance(root, Scatter):
        return _run_scatter(root, kernel, memory)
    if isinstance(root, Expand):
        rows = memory.arrays[root.buffer][memory.order]
        return rows.reshape([size.at(memory.batch) for size in kernel.space])
    assert isinstance(root, Reduce)
    return _run_reduction(root, kernel, memory)


def _spread_over(values: Any, space: tuple[Size, ...], batch: int) -> np.ndarray:
    return np.broadcast_to(values, [size.at(batch) for size in space])


def _in_group(kernel: Kernel, memory: BatchArrays) -> Any:
    """Where a row, the last axis, belongs to a group, the first one."""
    grid = _grid(kernel.space, memory.batch, (BATCH,))
    return grid[-1] // group_rows(memory.batch) == grid[0]


def _run_reduction(root: Reduce, kernel: Kernel, memory: BatchArrays) -> np.ndarray:
    depth = len(kernel.space)
    values = _run_steps(root.steps, memory, _grid(kernel.space, memory.batch, root.over), None)
    value = _spread_over(values[root.value], (*kernel.space, *root.over), memory.batch)
    if kernel.share.kind == "groups":
        value = np.where(_in_group(kernel, memory), value, root.dtype.type(0))
    axes = tuple(range(depth, depth + len(root.over)))
    if root.op == "argmax":
        place = np.argmax(value, axis=depth) if axes else np.zeros(value.shape)
        return np.asarray(place, np.int64)
    if not axes:
        return value
    reduced = evaluate(root.op, [value], {"axes": axes})
    return reduced.reshape(value.shape[:depth])


def _run_product(root: Product, kernel: Kernel, memory: BatchArrays) -> np.ndarray:
    grid = _grid(kernel.space, memory.batch, (root.over,))
    inside: Any = kernel.share.kind != "groups" or _in_group(kernel, memory)
    if root.cut is not None and root.in_halves:
        half, grid[0] = np.divmod(grid[0], max(memory.batch, 1))
        inside = (grid[-1] < memory.read(root.cut.middles, grid, [])) == (half == 0)
    kind = root.dtype.type
    left, right = (
        memory.read(factor.access, grid, []).astype(root.dtype) * kind(factor.scale)
        + kind(factor.offset)
        for factor in (root.left, root.right)
    )
    spread = [size.at(memory.batch) for size in (*kernel.space, root.over)]
    products = np.where(inside, left * right, root.dtype.type(0))
    return np.asarray(np.sum(np.broadcast_to(products, spread), axis=-1))


def _run_scatter(root: Scatter, kernel: Kernel, memory: BatchArrays) -> np.ndarray:
    sizes = [size.at(memory.batch) for size in kernel.space]
    rows = np.zeros(sizes, root.dtype)
    over = (*kernel.space[1:], *root.over)
    grid = _grid((Size(1), *over), memory.batch)
    indices, updates = (
        _spread_over(memory.read(access, grid, []), (Size(1), *over), memory.batch)
        for access in (root.indices, root.updates)
    )
    where = np.broadcast_arrays(*grid)
    places = (indices.reshape(-1), *(w.reshape(-1) for w in where[1 : len(sizes)]))
    inside = (places[0] >= 0) & (places[0] < sizes[0])
    np.add.at(rows, tuple(p[inside] for p in places), updates.reshape(-1)[inside])
    return rows
