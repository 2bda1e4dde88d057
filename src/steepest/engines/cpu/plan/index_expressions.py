"""The value of a node at one index: a chain of steps, through views, down to loads from memory.

Depends on the graph and the loop form. A draft is one value's steps in the index space of its own
shape; all later passes (sharing, fusing, phases) read drafts.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field

from steepest.core.primitives import Shape
from steepest.engines.cpu.loops.form import (
    BatchSize,
    Bits,
    Compute,
    Constant,
    Position,
    Result,
    Step,
)
from steepest.engines.cpu.loops.spaces import ZERO, Coordinate, Size, size_of
from steepest.program.graph import Node

Coordinates = tuple[Coordinate, ...]
ANCHORS = frozenset("matmul sum max min argmax cumsum scatter_add place concat to_dense".split())
_VIEWS = frozenset("broadcast_to transpose slice iota batch_size".split())


@dataclass(frozen=True)
class Fetch:
    """A load before buffers exist: the element of `node`, seen as `shape`, at coordinates."""

    node: Node
    shape: Shape
    coordinates: Coordinates


DraftStep = Step | Fetch
Wanted = tuple[Node, Coordinates]
Asking = Generator[Wanted, int, int]
"""A rule: yields each (node, index) that it reads, is sent that step's number, returns its own."""


def is_view(node: Node) -> bool:
    """Whether a node only says where its elements are read, so that it needs no memory.

    >>> import numpy as np
    >>> number = np.float32(2)
    >>> is_view(Node("constant", (), {"value": number}, (), number.dtype))
    True
    """
    if node.op == "constant":
        return bool(node.params["value"].size == 1)
    return node.op in _VIEWS or node.op == "reshape"


def is_home(node: Node) -> bool:
    """Whether a node's elements are computed by a kernel: it is neither a leaf nor a view."""
    return not node.is_leaf and not is_view(node)


def is_elementwise(node: Node) -> bool:
    """Whether an element of the node depends on elements of its inputs without a loop."""
    return is_home(node) and node.op not in ANCHORS


def spread(shape: Shape, first: int = 0) -> Coordinates:
    """The coordinates of a shape's own elements: axes of size 1 are left out.

    >>> [str(coordinate) for coordinate in spread((None, 1, 3))]
    ['i0', '0', 'i1']
    """
    axes = iter(range(first, first + len(shape)))
    return tuple(ZERO if size == 1 else Coordinate(next(axes)) for size in shape)


def space_of(shape: Shape) -> tuple[Size, ...]:
    """The index space of a shape: its sizes other than 1."""
    return tuple(size_of(size) for size in shape if size != 1)


def squeezes(node: Node) -> bool:
    """Whether a reshape only adds or removes axes of size 1."""
    return space_of(node.shape) == space_of(node.inputs[0].shape)


def base_of(node: Node) -> Node:
    """The node whose memory a reshape reads."""
    while node.op == "reshape":
        node = node.inputs[0]
    return node


@dataclass
class Drafter:
    """Writes steps for nodes at coordinates, one for each pair.

    `inside` says which computed nodes are followed; the others are fetched. `result` is the node
    that the kernel's root computes.
    """

    inside: Callable[[Node], bool]
    result: Node | None = None
    steps: list[DraftStep] = field(default_factory=list)
    _known: dict[tuple[Node, Coordinates], int] = field(default_factory=dict)
    _alike: dict[DraftStep, int] = field(default_factory=dict)

    def resolve(self, node: Node, coordinates: Coordinates) -> int:
        """The number of the step that gives the node's element at these coordinates."""
        key = (node, coordinates)
        if key not in self._known:
            self._answer(key)
        return self._known[key]

    def _answer(self, key: Wanted) -> None:
        """Resolves with an explicit stack: chains of thousands of nodes exceed Python's."""
        asking: list[tuple[Wanted, Asking]] = [(key, self._resolve(*key))]
        answer: int | None = None
        while asking:
            key, rule = asking[-1]
            try:
                wanted = next(rule) if answer is None else rule.send(answer)
            except StopIteration as stop:
                answer = self._known[key] = stop.value
                asking.pop()
                continue
            answer = self._known.get(wanted)
            if answer is None:
                asking.append((wanted, self._resolve(*wanted)))

    def add(self, step: DraftStep) -> int:
        """The number of a step; an equal step is not added again."""
        key: DraftStep = step
        if isinstance(step, Constant):  # by its bits: NaN equals NaN, 0.0 is not -0.0
            key = Constant((step.value.tobytes(), step.dtype.name), step.dtype)
        if key not in self._alike:
            self._alike[key] = len(self.steps)
            self.steps.append(step)
        return self._alike[key]

    def _resolve(self, node: Node, coordinates: Coordinates) -> Asking:
        if node is self.result:
            return self.add(Result(node.dtype))
        if node.op in _RULES and (is_view(node) or self.inside(node)):
            found = _RULES[node.op](self, node, coordinates)
            return found if isinstance(found, int) else (yield from found)
        if not node.is_leaf and self.inside(node):
            inputs = []
            for source in node.inputs:
                inputs.append((yield source, aligned(coordinates, source.shape)))
            return self.add(Compute(node.op, tuple(inputs), node.dtype))
        return self.add(Fetch(node, node.shape, coordinates))


def aligned(coordinates: Coordinates, shape: Shape) -> Coordinates:
    """Coordinates of an output as those of an input that is broadcast to it."""
    last = coordinates[len(coordinates) - len(shape) :]
    return tuple(ZERO if size == 1 else c for size, c in zip(shape, last, strict=True))


def _constant(drafter: Drafter, node: Node, coordinates: Coordinates) -> int:
    value = node.params["value"]
    if value.size != 1:
        return drafter.add(Fetch(node, node.shape, coordinates))
    return drafter.add(Constant(value.reshape(()), node.dtype))


def _transpose(drafter: Drafter, node: Node, coordinates: Coordinates) -> Asking:
    placed = [ZERO] * len(coordinates)
    for axis, source in enumerate(node.params["order"]):
        placed[source] = coordinates[axis]
    return (yield node.inputs[0], tuple(placed))


def _slice(drafter: Drafter, node: Node, coordinates: Coordinates) -> Asking:
    source = node.inputs[0]
    moved = [
        _moved(coordinate, start, step, size)
        for coordinate, (start, _, step), size in zip(
            coordinates, node.params["ranges"], source.shape, strict=True
        )
    ]
    return (yield source, tuple(moved))


def _moved(coordinate: Coordinate, start: int, step: int, size: int | None) -> Coordinate:
    if size == 1:
        return ZERO
    if coordinate.axis is None:
        return Coordinate(None, 0, start + step * coordinate.start)
    return Coordinate(coordinate.axis, coordinate.step * step, start + step * coordinate.start)


def _reshape(drafter: Drafter, node: Node, coordinates: Coordinates) -> Asking:
    source = node.inputs[0]
    if squeezes(node):
        used = iter(c for c, size in zip(coordinates, node.shape, strict=True) if size != 1)
        return (yield source, tuple(ZERO if n == 1 else next(used) for n in source.shape))
    return drafter.add(Fetch(base_of(source), node.shape, coordinates))


def _gather(drafter: Drafter, node: Node, coordinates: Coordinates) -> Asking:
    table, indices = node.inputs
    rank = len(indices.shape)
    row = yield indices, aligned(coordinates[:rank], indices.shape)
    looked = Coordinate(None, 1, 0, row)
    inner = aligned(coordinates[rank:], table.shape[1:]) if len(table.shape) > 1 else ()
    return drafter.add(Fetch(base_of(table), table.shape, (looked, *inner)))


def _random_bits(drafter: Drafter, node: Node, coordinates: Coordinates) -> Asking:
    seed = []
    for word in range(3):
        seed.append((yield node.inputs[0], (Coordinate(None, 0, word),)))
    sizes = tuple(map(size_of, node.shape))
    width, lane = node.params["width"], node.params["lane"]
    return drafter.add(Bits(tuple(seed), sizes, coordinates, width, lane, node.dtype))


def _same_elements(drafter: Drafter, node: Node, coordinates: Coordinates) -> Asking:
    """copy and broadcast_to: axes of size 1 have one index."""
    source = node.inputs[0]
    return (yield source, aligned(coordinates, source.shape))


_RULES: dict[str, Callable[[Drafter, Node, Coordinates], int | Asking]] = {
    "batch_size": lambda drafter, node, _: drafter.add(BatchSize(node.dtype)),
    "broadcast_to": _same_elements,
    "constant": _constant,
    "copy": _same_elements,
    "gather": _gather,
    "iota": lambda drafter, node, at: drafter.add(Position(at[node.params["axis"]], node.dtype)),
    "random_bits": _random_bits,
    "reshape": _reshape,
    "slice": _slice,
    "transpose": _transpose,
}


# ---------------------------------------------------------------- one node's draft


@dataclass(frozen=True)
class Draft:
    """One node in the space of its own shape, and the elements that it fetches."""

    node: Node
    space: tuple[Size, ...]
    fetches: tuple[Fetch, ...]

    @property
    def identity(self) -> Coordinates:
        """The coordinates of the node's own elements."""
        return spread(self.node.shape)


def draft(node: Node, inside: Callable[[Node], bool]) -> Draft:
    """The draft of a computed node; `inside` says which other nodes are computed within it."""
    drafter = Drafter(lambda other: other is node or inside(other))
    if is_elementwise(node):
        drafter.resolve(node, spread(node.shape))
    for source, coordinates in zip(node.inputs, input_coordinates(node), strict=True):
        if node.op in ANCHORS:
            drafter.resolve(source, coordinates)
    fetches = tuple(step for step in drafter.steps if isinstance(step, Fetch))
    return Draft(node, space_of(node.shape), fetches)


def input_coordinates(node: Node) -> list[Coordinates]:
    """The coordinates at which an anchor reads each input: axes of its space, then reduced ones."""
    if node.op in ("sum", "max", "min", "argmax"):
        return [reduced_coordinates(node)]
    if node.op == "matmul":
        return matmul_coordinates(node)
    if node.op == "scatter_add":
        return scatter_coordinates(node)
    if node.op == "cumsum":
        return [spread(node.shape)]
    return [spread(source.shape) for source in node.inputs]


def reduced_axes(node: Node) -> tuple[int, ...]:
    """The axes that a reduction runs over."""
    return (node.params["axis"],) if node.op == "argmax" else tuple(node.params["axes"])


def reduced_coordinates(node: Node) -> Coordinates:
    """The coordinates of a reduction's input: the remaining axes first, then the reduced ones."""
    own, axes = list(spread(node.shape)), reduced_axes(node)
    further = len(space_of(node.shape))
    for axis in axes:
        if node.inputs[0].shape[axis] != 1:
            own[axis] = Coordinate(further)
            further += 1
    return tuple(own)


def matmul_coordinates(node: Node) -> list[Coordinates]:
    """(..., i, k) and (..., k, j), k being the axis after the space's."""
    own, (left, right) = spread(node.shape), node.inputs
    further = ZERO if left.shape[-1] == 1 else Coordinate(len(space_of(node.shape)))
    stack = own[:-2]
    return [
        (*aligned(stack, left.shape[:-2]), own[-2], further),
        (*aligned(stack, right.shape[:-2]), further, own[-1]),
    ]


def scatter_coordinates(node: Node) -> list[Coordinates]:
    """Indices and updates of a scatter; its space is (rows, rest...), with rows even if 1."""
    indices, updates = node.inputs
    rest = spread(updates.shape[len(indices.shape) :], 1)
    along = spread(indices.shape, 1 + len(space_of(node.shape[1:])))
    return [along, (*along, *rest)]
