"""A shuffle by a buffer of fixed size: of all row numbers at once, or of a stream of blocks.

Both give the same order for one seed. Depends on blocks and on the epoch orders of engines/.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from steepest.core import tree
from steepest.data.stages import blocks
from steepest.data.stages.blocks import Block
from steepest.engines.orders import epoch_order, philox_key


def buffered_order(count: int, size: int, seed: int, epoch: int) -> np.ndarray:
    """The order in which `count` elements leave a buffer of `size` elements.

    The buffer is filled; then one of its elements is drawn at a time, and the next of the
    source takes its place. So a size of 1 changes nothing, and one of `count` or more makes every
    order equally likely.

    >>> buffered_order(4, 1, 0, 0).tolist(), sorted(buffered_order(4, 2, 0, 0).tolist())
    ([0, 1, 2, 3], [0, 1, 2, 3])
    """
    if size >= count:
        return epoch_order(seed, epoch, count)
    places = RandomPlaces(seed, epoch)
    buffer, out = list(range(size)), []
    for new, place in enumerate(places.draw(size, count - size), size):
        out.append(buffer[place])
        buffer[place] = new
    return np.array(out + [buffer[place] for place in places.order(size)], np.int64)


class RandomPlaces:
    """The random buffer places of one shuffle in one epoch; they depend on seed and epoch only.

    >>> RandomPlaces(1, 0).draw(1, 3)
    [0, 0, 0]
    """

    def __init__(self, seed: int, epoch: int) -> None:
        self._bits = np.random.Philox(key=philox_key(seed, epoch))

    def draw(self, size: int, count: int) -> list[int]:
        """Places in a buffer of `size`; the bias of the remainder is below size / 2^64."""
        words = self._bits.random_raw(count)
        return (words % np.uint64(size)).tolist()

    def order(self, size: int) -> list[int]:
        """All places of a buffer of `size`, in random order."""
        return np.argsort(self._bits.random_raw(size)).tolist()


class ShuffleBuffer:
    """A buffer of elements of a stream, of which one is drawn for each new one.

    >>> buffer = ShuffleBuffer(2, RandomPlaces(0, 0))
    >>> given = [*buffer.exchanged(np.arange(5)), *buffer.rest()]
    >>> sorted(np.concatenate(given).tolist())
    [0, 1, 2, 3, 4]
    """

    def __init__(self, size: int, places: RandomPlaces) -> None:
        self.size, self.places = size, places
        self._filling: list[Block] = []
        self._buffer: Block = None  # one block, once it is full
        self._ragged = False

    def exchanged(self, block: Block) -> Iterator[Block]:
        """Adds a block; yields the elements that leave the buffer for it."""
        block = self._in_form(block)
        if self._buffer is None:
            free = self.size - sum(map(blocks.length, self._filling))
            self._filling.append(blocks.part(block, slice(0, free)))
            block = blocks.part(block, slice(free, None))
            if not blocks.length(block):
                return
            self._join_filling()
        if blocks.length(block):
            yield from self._outgoing(self._exchange(block))

    def rest(self) -> Iterator[Block]:
        """Yields the elements left in the buffer at the end of the stream."""
        if self._buffer is None and self._filling:
            self._join_filling()
        if self._buffer is None:
            return
        order = np.array(self.places.order(blocks.length(self._buffer)), np.int64)
        rows = blocks.rows_in_a_block(blocks.row_bytes(self._buffer))
        for start in range(0, len(order), rows):
            yield from self._outgoing(blocks.part(self._buffer, order[start : start + rows]))

    def _join_filling(self) -> None:
        self._buffer = tree.transform(np.array, blocks.joined(self._filling))
        self._filling = []

    def _exchange(self, block: Block) -> Block:
        """A draw takes the old entry of its place; a second draw takes the one put there before."""
        places = self.places.draw(self.size, blocks.length(block))
        last: dict[int, int] = {}  # of each place, the incoming element put there
        before = np.full(len(places), -1, np.int64)
        for new, place in enumerate(places):
            before[new] = last.get(place, -1)
            last[place] = new
        again = np.flatnonzero(before >= 0)
        outputs = []
        for stored, incoming in zip(tree.leaves(self._buffer), tree.leaves(block), strict=True):
            out = stored[places]
            out[again] = incoming[before[again]]
            stored[places] = incoming
            outputs.append(out)
        return tree.rebuild(block, iter(outputs))

    def _in_form(self, block: Block) -> Block:
        """The block in the form of those before; where shapes differ, arrays of single elements."""
        known = self._buffer if self._buffer is not None else next(iter(self._filling), block)
        if not self._ragged and blocks.fits(known, block):
            return block
        if not self._ragged:
            self._ragged = True
            self._filling = [tree.transform(_as_objects, part) for part in self._filling]
            if self._buffer is not None:
                self._buffer = tree.transform(_as_objects, self._buffer)
        return tree.transform(_as_objects, block)

    def _outgoing(self, block: Block) -> Iterator[Block]:
        if self._ragged:
            return blocks.grouped(list(blocks.rows(block)))
        return iter([block])


def _as_objects(leaf: np.ndarray) -> np.ndarray:
    return leaf if leaf.dtype == object else blocks.objects([np.asarray(value) for value in leaf])
