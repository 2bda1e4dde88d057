"""Any pipeline over columns gives what the same pipeline gives over a stream, epoch by epoch."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from steepest.data import Dataset
from steepest.program.trace import TensorSpec

hypothesis = pytest.importorskip("hypothesis")
given, settings, st = hypothesis.given, hypothesis.settings, hypothesis.strategies

STAGES = {
    "double": lambda d, n: d.map(lambda x: x * 2 + n),
    "odd": lambda d, n: d.filter(lambda x: x % 2 == n % 2),
    "shuffle": lambda d, n: d.shuffle(n + 1, seed=n, reshuffle_each_iteration=True),
    "once": lambda d, n: d.shuffle(n + 1, seed=n, reshuffle_each_iteration=False),
    "take": lambda d, n: d.take(n),
    "skip": lambda d, n: d.skip(n % 5),
    "shard": lambda d, n: d.shard(n % 3 + 1, n % 2 if n % 3 else 0),
    "while": lambda d, n: d.take_while(lambda x: x < n),
    "repeat": lambda d, n: d.repeat(n % 3),
    "cache": lambda d, n: d.cache(),
    "prefetch": lambda d, n: d.prefetch(1),
}
BATCHES = {
    "batch": lambda d, n: d.batch(n % 4 + 1),
    "whole": lambda d, n: d.batch(n % 4 + 1, drop_remainder=True),
    "rebatch": lambda d, n: d.batch(n % 4 + 1).rebatch(3),
    "unbatch": lambda d, n: d.batch(n % 4 + 1).unbatch(),
    "take": lambda d, n: d.batch(2).take(n % 4),
    "skip": lambda d, n: d.batch(3).skip(n % 3),
    "repeat": lambda d, n: d.batch(n % 3 + 1).repeat(2),
    "map": lambda d, n: d.batch(2).map(lambda x: x - n),
    "none": lambda d, n: d,
}
number = st.integers(0, 40)
steps = st.lists(st.tuples(st.sampled_from(sorted(STAGES)), number), max_size=5)
ends = st.tuples(st.sampled_from(sorted(BATCHES)), number)


def epochs(dataset: Dataset, names: list[tuple[str, int]], end: tuple[str, int]) -> list[object]:
    for name, n in names:
        dataset = STAGES[name](dataset, n)
    dataset = BATCHES[end[0]](dataset, end[1])
    found = [[x.tolist() for x in dataset.as_numpy_iterator()] for _ in range(3)]
    size = dataset.cardinality()
    assert size < 0 or all(len(epoch) == size for epoch in found)
    return found


class Numbers:
    """A reader of a file that hands out whole numbers, some at a time."""

    columns = ("values",)

    def __init__(self, rows: int) -> None:
        self.rows = rows

    def chunks(self, rows_per_chunk: int) -> Iterator[dict[str, np.ndarray]]:
        for start in range(0, self.rows, rows_per_chunk):
            yield {"values": np.arange(start, min(start + rows_per_chunk, self.rows))}


def check(rows: int, names: list[tuple[str, int]], end: tuple[str, int]) -> None:
    wanted = epochs(Dataset.range(rows), names, end)
    singly = Dataset.from_generator(lambda: iter(np.arange(rows)), TensorSpec((), "int64"))
    assert epochs(singly, names, end) == wanted
    if rows:
        assert epochs(Dataset.from_source(Numbers(rows), rows_per_chunk=7), names, end) == wanted


@pytest.mark.parametrize(
    "names",
    [
        [("shuffle", 9), ("repeat", 2)],
        [("shuffle", 3), ("take", 11), ("shuffle", 30)],
        [("skip", 4), ("take", 9), ("odd", 1), ("repeat", 2), ("double", 3)],
        [("once", 5), ("skip", 3), ("cache", 0), ("shuffle", 2)],
        [("shuffle", 14), ("skip", 7), ("odd", 19)],
    ],
    ids=str,
)
@pytest.mark.parametrize("end", [("batch", 3), ("whole", 2), ("unbatch", 1), ("repeat", 1)])
def test_these_pipelines_agree(names, end):
    check(23, names, end)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 30), steps, ends)
def test_columns_and_streams_agree(rows, names, end):
    check(rows, names, end)


@pytest.mark.long
@settings(max_examples=3000, deadline=None)
@given(st.integers(0, 30), steps, ends)
def test_columns_and_streams_agree_at_length(rows, names, end):
    check(rows, names, end)
