"""Shuffling by a buffer: every element once, one order for one seed, elements of any shape."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest

from steepest.data.stages import blocks
from steepest.data.stages.blocks import Block
from steepest.data.stages.shuffle_buffer import RandomPlaces, ShuffleBuffer, buffered_order


def shuffled(given: list[Block], size: int, seed: int = 0) -> list[Block]:
    """The elements that leave a buffer, in order."""
    buffer = ShuffleBuffer(size, RandomPlaces(seed, 0))
    out = [made for block in given for made in buffer.exchanged(block)]
    return [row for block in (*out, *buffer.rest()) for row in blocks.rows(block)]


@pytest.mark.parametrize("lengths", [[1] * 30, [30], [7, 0, 11, 12], [2, 28], [29, 1]], ids=str)
@pytest.mark.parametrize("size", [1, 2, 7, 29])
def test_blocks_of_any_length_leave_in_the_order_of_single_elements(
    lengths: list[int], size: int
) -> None:
    ends = np.cumsum([0, *lengths])
    given = [np.arange(first, last) for first, last in itertools.pairwise(ends)]
    assert [int(x) for x in shuffled(given, size)] == buffered_order(30, size, 0, 0).tolist()


@pytest.mark.parametrize("size", [30, 31, 100])
def test_a_large_buffer_gives_every_element_once(size: int) -> None:
    found = [int(x) for x in shuffled([np.arange(30)], size)]
    assert sorted(found) == [*range(30)] != found


def test_a_buffer_of_one_changes_nothing() -> None:
    assert buffered_order(5, 1, 3, 2).tolist() == [*range(5)]


def test_no_element_leaves_before_it_has_come() -> None:
    order = buffered_order(200, 10, 1, 0).tolist()
    assert sorted(order) == [*range(200)]
    assert all(element < place + 10 for place, element in enumerate(order))
    assert max(place - element for place, element in enumerate(order)) > 10


def test_orders_differ_by_seed_and_by_epoch_and_are_the_same_again() -> None:
    orders = {(s, e): buffered_order(50, 9, s, e).tobytes() for s in (0, 1, -1) for e in (0, 1)}
    assert len(set(orders.values())) == 6
    assert orders[1, 1] == buffered_order(50, 9, 1, 1).tobytes()


def test_every_order_of_a_full_buffer_is_equally_likely() -> None:
    seen = Counter(tuple(buffered_order(3, 3, seed, 0)) for seed in range(6000))
    assert len(seen) == 6 and all(abs(count - 1000) < 150 for count in seen.values())


def test_an_empty_stream_gives_nothing() -> None:
    assert shuffled([], 4) == []


LENGTHS = [1, 1, 2, 3, 1, 2, 2, 5, 1, 4]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 20])
def test_elements_of_unequal_shapes_leave_whole_and_in_the_same_order(size: int) -> None:
    """The first ones of one shape are blocks of numbers; from the first other shape on, arrays."""
    given = [(np.full((1, n), place), np.array([place])) for place, n in enumerate(LENGTHS)]
    found = shuffled(given, size)
    numbers = [np.array([place]) for place in range(len(LENGTHS))]
    assert [int(number) for _, number in found] == [int(x) for x in shuffled(numbers, size)]
    for values, number in found:
        assert values.dtype == np.int64
        assert values.tolist() == [int(number)] * LENGTHS[int(number)]


@pytest.mark.parametrize("size", [2, 5])
def test_texts_are_shuffled_with_arrays_of_unequal_shapes(size: int) -> None:
    words = "a bc d efg hi j".split()
    given = [(blocks.objects([word]), np.zeros((1, len(word)))) for word in words]
    found = shuffled(given, size)
    assert sorted(word for word, _ in found) == words
    assert all(isinstance(word, str) and len(word) == len(zeros) for word, zeros in found)
