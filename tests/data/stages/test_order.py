"""take, skip, shard, repeat and shuffle: which elements, in which order, and how many."""

from __future__ import annotations

from typing import Any

import pytest

from steepest.data import INFINITE_CARDINALITY, UNKNOWN_CARDINALITY, Dataset
from steepest.program.trace import TensorSpec


def stream(count: int) -> Dataset:
    return Dataset.from_generator(lambda: iter(range(count)), TensorSpec((), "int64"))


def listed(dataset: Dataset) -> list[Any]:
    return [x.tolist() for x in dataset]


BOTH = pytest.mark.parametrize("make", [Dataset.range, stream], ids=["columns", "stream"])


@BOTH
@pytest.mark.parametrize("count", [0, 1, 4, 5, 6])
def test_take_and_skip(make: Any, count: int) -> None:
    assert listed(make(5).take(count)) == [*range(5)][:count]
    assert listed(make(5).skip(count)) == [*range(5)][count:]
    assert listed(make(5).batch(2).take(count)) == [[0, 1], [2, 3], [4]][:count]
    assert listed(make(5).batch(2).skip(count)) == [[0, 1], [2, 3], [4]][count:]
    assert listed(make(5).skip(1).take(count)) == [1, 2, 3, 4][:count]
    assert listed(make(5).repeat().take(count)) == [0, 1, 2, 3, 4, 0][:count]


@BOTH
def test_a_shard_is_every_element_of_so_many(make: Any) -> None:
    assert [listed(make(7).shard(3, index)) for index in range(3)] == [[0, 3, 6], [1, 4], [2, 5]]
    assert listed(make(1).shard(3, 1)) == []
    assert listed(make(4).shard(1, 0)) == [0, 1, 2, 3]


@BOTH
def test_repeats(make: Any) -> None:
    assert listed(make(2).repeat(3)) == [0, 1] * 3
    assert listed(make(2).repeat(0)) == listed(make(0).repeat(3)) == listed(make(0).repeat()) == []
    assert listed(make(3).batch(2).repeat(2)) == [[0, 1], [2], [0, 1], [2]]
    assert listed(make(4).batch(2).repeat(2)) == [[0, 1], [2, 3]] * 2


@pytest.mark.parametrize(
    ("stage", "of_five", "of_all"),
    [
        (lambda d: d.take(3), 3, 3),
        (lambda d: d.take(9), 5, 9),
        (lambda d: d.take(0), 0, 0),
        (lambda d: d.skip(3), 2, INFINITE_CARDINALITY),
        (lambda d: d.skip(9), 0, INFINITE_CARDINALITY),
        (lambda d: d.skip(1).take(3), 3, 3),
        (lambda d: d.shard(3, 1), 2, INFINITE_CARDINALITY),
        (lambda d: d.shard(3, 2), 1, INFINITE_CARDINALITY),
        (lambda d: d.repeat(3), 15, INFINITE_CARDINALITY),
        (lambda d: d.repeat(0), 0, INFINITE_CARDINALITY),
        (lambda d: d.repeat(), INFINITE_CARDINALITY, INFINITE_CARDINALITY),
        (lambda d: d.batch(2).take(2), 2, 2),
        (lambda d: d.batch(2).skip(2), 1, INFINITE_CARDINALITY),
        (lambda d: d.shuffle(3), 5, INFINITE_CARDINALITY),
    ],
)
def test_the_number_of_elements_is_known_without_reading(
    stage: Any, of_five: int, of_all: int
) -> None:
    assert stage(Dataset.range(5)).cardinality() == of_five
    assert stage(Dataset.range(5).repeat()).cardinality() == of_all


def test_the_number_of_elements_of_a_stream_is_unknown() -> None:
    for dataset in (stream(5), stream(5).skip(1), stream(5).shard(2, 0), stream(5).repeat(2)):
        assert dataset.cardinality() == UNKNOWN_CARDINALITY
    assert stream(5).repeat().cardinality() == INFINITE_CARDINALITY


@BOTH
def test_epochs_have_new_orders_or_one(make: Any) -> None:
    anew = make(20).shuffle(20, seed=1)
    epochs = [listed(anew) for _ in range(3)]
    assert all(sorted(epoch) == [*range(20)] for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) == 3
    once = make(20).shuffle(20, seed=1, reshuffle_each_iteration=False)
    assert listed(once) == listed(once) == epochs[0]


def test_the_rows_of_take_are_never_those_of_skip() -> None:
    shuffled = Dataset.range(30).shuffle(30, seed=3)
    train, rest = shuffled.skip(10), shuffled.take(10)
    first = set(listed(rest))
    for _ in range(4):
        validation = listed(rest)
        assert set(validation) == first and len(validation) == 10
        assert set(listed(train)) == set(range(30)) - first
    batches = shuffled.batch(4)
    assert len(listed(batches.take(3))) == 3
    rows = [x for batch in listed(batches.take(3)) for x in batch]
    assert not set(rows) & {x for batch in listed(batches.skip(3)) for x in batch}
    assert set(rows) == {x for batch in listed(batches.take(3)) for x in batch}


@BOTH
def test_full_batches_have_other_rows_in_each_epoch(make: Any) -> None:
    batches = make(7).shuffle(7, seed=1).batch(3, drop_remainder=True)
    left_out = set()
    for _ in range(12):
        epoch = listed(batches)
        assert [len(batch) for batch in epoch] == [3, 3]
        left_out |= set(range(7)) - {x for batch in epoch for x in batch}
    assert len(left_out) > 3


@BOTH
def test_a_cache_repeats_the_first_epoch_and_a_filter_keeps_the_order(make: Any) -> None:
    shuffled = make(20).shuffle(20, seed=1)
    cached = shuffled.cache()
    assert listed(cached) == listed(cached)
    odd = make(20).shuffle(20, seed=1, reshuffle_each_iteration=False)
    assert listed(odd.filter(lambda x: x % 2 == 1)) == [x for x in listed(odd) if x % 2]
