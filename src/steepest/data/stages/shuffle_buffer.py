"""The buffer that a shuffle draws from: over row numbers at once, or over blocks as they stream.

Both ways give one order for one seed. Leans on blocks and core's orders of epochs.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from steepest.core import tree
from steepest.data.stages import blocks
from steepest.data.stages.blocks import Block
from steepest.engines.orders import epoch_order


def buffered_order(count: int, size: int, seed: int, epoch: int) -> np.ndarray:
    """The order in which a buffer of a size hands out `count` elements.

    The buffer is filled; then, time and again, one of its elements is drawn, and the next of the
    source takes its place. So a size of 1 changes nothing, and one of `count` or more makes every
    order equally likely.

    >>> buffered_order(4, 1, 0, 0).tolist(), sorted(buffered_order(4, 2, 0, 0).tolist())
    ([0, 1, 2, 3], [0, 1, 2, 3])
    """
    if size >= count:
        return epoch_order(seed, epoch, count)
    draws = Draws(seed, epoch)
    held = list(range(size))
    out = [_exchange(held, place, new) for new, place in
           zip(range(size, count), draws.places(size, count - size), strict=True)]  # fmt: skip
    return np.array(out + [held[place] for place in draws.order(size)], np.int64)


def _exchange(held: list[int], place: int, new: int) -> int:
    old, held[place] = held[place], new
    return old


class Draws:
    """The random places of one shuffle in one epoch: a function of seed and epoch alone.

    >>> Draws(1, 0).places(1, 3)
    [0, 0, 0]
    """

    def __init__(self, seed: int, epoch: int) -> None:
        self._bits = np.random.Philox(key=[seed & (2**64 - 1), epoch])

    def places(self, size: int, count: int) -> list[int]:
        """Places in a buffer of a size; the bias of the remainder is below size / 2^64."""
        words = self._bits.random_raw(count)
        return (words % np.uint64(size)).tolist()

    def order(self, size: int) -> list[int]:
        """All places of a buffer in random order."""
        return np.argsort(self._bits.random_raw(size)).tolist()


class Buffer:
    """Elements of a stream, of which one is drawn for each that comes in.

    >>> buffer = Buffer(2, Draws(0, 0))
    >>> given = [*buffer.exchanged(np.arange(5)), *buffer.rest()]
    >>> sorted(np.concatenate(given).tolist())
    [0, 1, 2, 3, 4]
    """

    def __init__(self, size: int, draws: Draws) -> None:
        self.size, self.draws = size, draws
        self._filling: list[Block] = []
        self._held: Block = None
        self._ragged = False

    def exchanged(self, block: Block) -> Iterator[Block]:
        """What is drawn while a block comes in."""
        block = self._in_form(block)
        if self._held is None:
            room = self.size - sum(map(blocks.length, self._filling))
            self._filling.append(blocks.part(block, slice(0, room)))
            block = blocks.part(block, slice(room, None))
            if not blocks.length(block):
                return
            self._settle()
        if blocks.length(block):
            yield from self._given(self._exchange(block))

    def rest(self) -> Iterator[Block]:
        """What is left when nothing more comes in."""
        if self._held is None and self._filling:
            self._settle()
        if self._held is None:
            return
        order = np.array(self._last_order(), np.int64)
        rows = blocks.rows_in_a_block(blocks.row_bytes(self._held))
        for start in range(0, len(order), rows):
            yield from self._given(blocks.part(self._held, order[start : start + rows]))

    def _last_order(self) -> list[int]:
        return self.draws.order(blocks.length(self._held))

    def _settle(self) -> None:
        joined = blocks.joined(self._filling)
        self._held = tree.transform(np.array, joined)
        self._filling = []

    def _exchange(self, block: Block) -> Block:
        """Each draw takes what its place held; a place drawn twice gives what came in between."""
        places = self.draws.places(self.size, blocks.length(block))
        last: dict[int, int] = {}
        before = np.array([_noted(last, place, new) for new, place in enumerate(places)], np.int64)
        again = np.flatnonzero(before >= 0)
        outputs = []
        for held, incoming in zip(tree.leaves(self._held), tree.leaves(block), strict=True):
            out = held[places]
            out[again] = incoming[before[again]]
            held[places] = incoming
            outputs.append(out)
        return tree.rebuild(block, iter(outputs))

    def _in_form(self, block: Block) -> Block:
        """The block as those before it; shapes that differ make columns of single arrays."""
        known = self._held if self._held is not None else next(iter(self._filling), block)
        if not self._ragged and blocks.fits(known, block):
            return block
        if not self._ragged:
            self._ragged = True
            self._filling = [tree.transform(_apart, part) for part in self._filling]
            self._held = None if self._held is None else tree.transform(_apart, self._held)
        return tree.transform(_apart, block)

    def _given(self, block: Block) -> Iterator[Block]:
        if self._ragged:
            return blocks.grouped(list(blocks.rows(block)))
        return iter([block])


def _noted(last: dict[int, int], place: int, new: int) -> int:
    before = last.get(place, -1)
    last[place] = new
    return before


def _apart(leaf: np.ndarray) -> np.ndarray:
    return leaf if leaf.dtype == object else blocks.objects([np.asarray(value) for value in leaf])
