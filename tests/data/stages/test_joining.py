"""Pipelines joined: side by side, one after another, sampled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from steepest.data import Dataset
from steepest.errors import ArgumentError
from steepest.program.trace import TensorSpec


def stream(count: int) -> Dataset:
    return Dataset.from_generator(lambda: iter(range(count)), TensorSpec((), "int64"))


def listed(dataset: Dataset) -> list[Any]:
    return [x.item() for x in dataset]


BOTH = pytest.mark.parametrize("make", [Dataset.range, stream], ids=["columns", "stream"])


@BOTH
def test_zip_ends_with_the_shortest(make: Any) -> None:
    pairs = Dataset.zip(make(3), make(5))
    assert [(a.item(), b.item()) for a, b in pairs] == [(0, 0), (1, 1), (2, 2)]
    assert list(Dataset.zip(make(3), make(0))) == []
    assert Dataset.zip(Dataset.range(3), Dataset.range(5).repeat()).cardinality() == 3
    assert Dataset.zip(Dataset.range(3).repeat(), Dataset.range(5).repeat()).cardinality() < 0


@BOTH
def test_one_after_the_other(make: Any) -> None:
    assert listed(make(2).concatenate(make(3))) == [0, 1, 0, 1, 2]
    assert listed(make(0).concatenate(make(2))) == listed(make(2).concatenate(make(0))) == [0, 1]
    assert Dataset.range(2).concatenate(Dataset.range(3)).cardinality() == 5


@BOTH
def test_the_elements_of_several_in_random_order(make: Any) -> None:
    both = lambda seed: Dataset.sample_from_datasets(  # noqa: E731
        [make(50), make(20).map(lambda x: x + 100)], [0.7, 0.3], seed=seed
    )
    drawn = listed(both(1))
    assert [x for x in drawn if x < 100] == [*range(50)]
    assert [x for x in drawn if x >= 100] == [*range(100, 120)]
    assert drawn == listed(both(1)) != listed(both(2))
    assert drawn[:50] != [*range(50)]
    assert len({tuple(listed(both(seed))) for seed in (-1, 2**63 + 1, 2**63 + 2, 0)}) == 4


def test_shares_are_those_asked_for_and_a_share_of_0_gives_nothing() -> None:
    endless = [Dataset.from_tensors(n).repeat() for n in range(3)]
    drawn = listed(Dataset.sample_from_datasets(endless, [1, 2, 5], seed=1).take(1600))
    assert np.abs(np.bincount(drawn) - [200, 400, 1000]).max() < 80
    never = Dataset.sample_from_datasets([Dataset.range(3), Dataset.range(9)], [1.0, 0.0], seed=1)
    assert listed(never) == [0, 1, 2]


def test_flat_map_joins_the_data_sets_of_a_function() -> None:
    assert listed(stream(4).flat_map(lambda n: Dataset.range(int(n)))) == [0, 0, 1, 0, 1, 2]
    with pytest.raises(ArgumentError, match="must return a Dataset, it returned Tensor"):
        list(stream(2).flat_map(lambda n: n))
