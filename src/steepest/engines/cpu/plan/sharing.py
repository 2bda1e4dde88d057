"""Chooses the share of each value: rows of the batch, parts of an axis, everyone, or first.

Depends on index_expressions.py and the normal form. The choice follows from shapes and from the
readers of a value, so that it is the same for any number of workers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from steepest.engines.cpu.loops.form import Kernel, Product, Share
from steepest.engines.cpu.loops.spaces import Coordinate, Size, product_of
from steepest.engines.cpu.plan.index_expressions import (
    Draft,
    Fetch,
    draft,
    is_elementwise,
    is_home,
    is_view,
    space_of,
)
from steepest.engines.cpu.plan.normal import SMALL, Normal
from steepest.program.graph import Node

MOST_FUSED = 96  # values of one kernel: the time to compile it grows with the square of many
_SPLIT_FROM = 8
_WORTH_A_CHOICE = 2048
_WHOLE = frozenset("place concat cumsum".split())  # their loops cross the parts of an axis
_LARGE_WEIGHTS = 1 << 17  # numbers of a matrix; such a program does not run in blocks
_ROWS, _COLUMNS = Share("rows", 0), Share("parts", 1)
FIRST, EVERYONE = Share("first"), Share("everyone")


@dataclass
class Facts:
    """Facts about a normal form that fusing reads."""

    normal: Normal
    shares: dict[Node, Share] = field(default_factory=dict)
    _drafts: dict[Node, Draft] = field(default_factory=dict)

    @cached_property
    def homes(self) -> list[Node]:
        """The nodes that are computed, in order."""
        return [node for node in self.normal.nodes if is_home(node)]

    @cached_property
    def absorbed(self) -> frozenset[Node]:
        """Elementwise nodes with one reader that computes them within its own loops."""
        return _absorbed(self.normal)

    def draft(self, node: Node) -> Draft:
        """The node's draft, made once."""
        if node not in self._drafts:
            self._drafts[node] = draft(node, self.absorbed.__contains__)
        return self._drafts[node]

    def computed_with(self, node: Node) -> int:
        """The number of values that a node's loops compute: its own and those absorbed."""
        inner = (source for source in node.inputs if source in self.absorbed)
        return 1 + sum(map(self.computed_with, inner))

    @cached_property
    def readers(self) -> dict[Node, list[Node]]:
        """For each node in memory, the computed nodes that fetch it."""
        found: dict[Node, list[Node]] = {}
        for node in self.homes:
            if node not in self.absorbed:
                for fetch in self.draft(node).fetches:
                    found.setdefault(fetch.node, []).append(node)
        return found


def facts_of(normal: Normal, by_rows: bool = False) -> Facts:
    """The facts of a normal form, shares included; `by_rows` no columns of a batch are split."""
    facts = Facts(normal)
    for node in reversed(facts.homes):
        if node not in facts.absorbed:
            facts.shares[node] = _share(facts, node)
    if normal.updates and not by_rows:
        _split_columns(facts)
    return facts


def _split_columns(facts: Facts) -> None:
    """Splits columns, not rows, of large products in a training, and of what is computed with them.

    Else every worker would copy all of the weights, for a part of the rows. A prediction has more
    rows, which may be cut into batches, as they are independent.
    """
    done = [node for node in facts.homes if node in facts.shares]
    for node in done:
        space = space_of(node.shape)
        if facts.shares[node] != _ROWS or len(space) != 2 or space[1].power:
            continue
        if node.op == "matmul":
            depth = node.inputs[1].shape[0] or 0
            large = depth * space[1].count >= _LARGE_WEIGHTS
            if large and node.inputs[0] not in facts.normal.sparse:
                facts.shares[node] = _COLUMNS
        elif is_elementwise(node):
            sources = {fetch.node for fetch in facts.draft(node).fetches}
            alike = [source for source in done if source in sources]
            alike = [source for source in alike if space_of(source.shape) == space]
            if alike and facts.shares[alike[-1]] == _COLUMNS:
                facts.shares[node] = _COLUMNS


def has_split_columns(kernel: Kernel) -> bool:
    """Whether the columns of a product of the batch's rows are split."""
    is_product = isinstance(kernel.root, Product)
    return is_product and kernel.share == _COLUMNS and bool(kernel.space[0].power)


def _absorbed(normal: Normal) -> frozenset[Node]:
    users: dict[Node, list[Node]] = {}
    for node in normal.nodes:
        for source in node.inputs:
            users.setdefault(source, []).append(node)
    stored = {*normal.roots, *(() if normal.guard is None else (normal.guard,))}
    light = _light(normal)
    absorbed: set[Node] = set()
    for node in reversed(normal.nodes):
        if is_elementwise(node) and node not in stored and len(users[node]) == 1:
            user = users[node][0]
            if _takes_in(user, node, user in absorbed, node in light):
                absorbed.add(node)
    return frozenset(absorbed - _cuts(normal, absorbed))


def _cuts(normal: Normal, absorbed: set[Node]) -> set[Node]:
    """The absorbed values that are computed separately after all: too many come before them."""
    cuts: set[Node] = set()
    before: dict[Node, int] = {}
    for node in normal.nodes:
        count = 1 + sum(before.get(source, 0) for source in node.inputs)
        if node in absorbed:
            if count >= MOST_FUSED:
                cuts.add(node)
            else:
                before[node] = count
    return cuts


def _takes_in(user: Node, node: Node, absorbed: bool, light: bool) -> bool:
    """Whether the only reader of a value computes it within its own loops."""
    if user.op in ("sum", "max", "min", "argmax"):
        return True
    alike = is_elementwise(user) and user.shape == node.shape and user.op != "gather"
    return alike and (absorbed or light)


def _light(normal: Normal) -> set[Node]:
    """Values computed from the caller's arrays and small values: their reader can compute them."""
    light: set[Node] = set()
    for node in normal.nodes:
        small = None not in node.shape and _is_small(node, space_of(node.shape))
        waits = is_view(node) or is_elementwise(node)
        if node.is_leaf or small or (waits and all(x in light for x in node.inputs)):
            light.add(node)
    return light


def _share(facts: Facts, node: Node) -> Share:
    space = space_of(node.shape)
    if node.op == "scatter_add":
        return Share("parts", 0) if (node.shape[0] or 0) > 1 else FIRST
    if space and space[0].power:
        return FIRST if _crosses_rows(node) else Share("rows", 0)
    if _is_small(node, space) and _is_shared(facts, node):
        return EVERYONE
    if node.op in _WHOLE or product_of(space).at(_SPLIT_FROM) < _SPLIT_FROM:
        return FIRST
    if _goes_with_entries(facts, node):
        return Share("parts", 0) if node.shape[0] != 1 else FIRST
    return Share("parts", parted_axis(space))


def _goes_with_entries(facts: Facts, node: Node) -> bool:
    """Whether the rows of a product are named by entries of sparse rows: only they can be split."""
    if node.op != "matmul":
        return False
    left = node.inputs[0]
    return left.op == "transpose" and left.inputs[0] in facts.normal.sparse


def _crosses_rows(node: Node) -> bool:
    if node.op == "cumsum":
        return node.shape[0] is None and node.params["axes"][0] == 0
    if node.op == "concat":
        return node.params["axis"] == 0 and len(node.inputs) > 1
    return node.op == "place" and node.inputs[0].shape[:1] != (None,)


def _is_small(node: Node, space: tuple[Size, ...]) -> bool:
    total = product_of(space)
    return node.op != "matmul" and total.power == 0 and total.count <= SMALL


def _is_shared(facts: Facts, node: Node) -> bool:
    """Whether a worker other than the owner of a part would read the value."""
    if node is facts.normal.guard:
        return True
    space = space_of(node.shape)
    for reader in facts.readers.get(node, ()):
        own = is_elementwise(reader) and space_of(reader.shape) == space
        if not own or facts.shares[reader] == EVERYONE:
            return True
    return False


def parted_axis(space: tuple[Size, ...]) -> int:
    """The axis that workers split: the first that is long enough, else the longest.

    Where there is little to do it is the first: a product then has a known number of columns.

    >>> [parted_axis((Size(m), Size(n))) for m, n in ((784, 50), (2, 5000), (2, 8))]
    [0, 1, 0]
    """
    if product_of(space).at(_SPLIT_FROM) < _WORTH_A_CHOICE:
        return 0
    for axis, size in enumerate(space):
        if size.power or size.count >= _SPLIT_FROM:
            return axis
    return max(range(len(space)), key=lambda axis: space[axis].count)


def granularity(size: int) -> int:
    """The number of which the bounds of an axis's parts are multiples.

    >>> granularity(784), granularity(50)
    (8, 1)
    """
    return 8 if size >= 64 else 1


def is_own(fetch: Fetch, source: Share, reader: Share, spaces: Spaces) -> bool:
    """Whether a worker reads only values that it computed itself in the same phase."""
    if source.kind == "everyone":
        return True
    if source.kind != reader.kind:
        return False
    if source.kind == "first":
        return True
    return _follows(fetch, source.axis, reader.axis, spaces)


Spaces = tuple[tuple[Size, ...], tuple[Size, ...]]


def _follows(fetch: Fetch, source_axis: int, reader_axis: int, spaces: Spaces) -> bool:
    """Whether the split axis of the source is read at the index of the reader's split axis."""
    if spaces[0][source_axis] != spaces[1][reader_axis]:
        return False
    if fetch.shape == fetch.node.shape:
        moving = [c for c, size in zip(fetch.coordinates, fetch.shape, strict=True) if size != 1]
        return moving[source_axis] == Coordinate(reader_axis)
    rows = fetch.shape[:1] == fetch.node.shape[:1] and source_axis == 0
    return rows and fetch.shape[0] != 1 and fetch.coordinates[0] == Coordinate(reader_axis)
