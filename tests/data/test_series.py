"""Windows of a series with their targets; the numbers are those of Keras 3.15.1."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.data.series import timeseries_dataset_from_array as windows
from steepest.errors import ArgumentError, DataError

TEN, TENS = np.arange(10), np.arange(10) * 10


def lists(dataset: Any) -> list[Any]:
    return [
        tuple(part.tolist() for part in x) if isinstance(x, tuple) else x.tolist() for x in dataset
    ]


def test_windows_alone() -> None:
    found = windows(TEN, None, 3)
    assert lists(found) == [[[n, n + 1, n + 2] for n in range(8)]]
    assert found.element_spec.shape == (None, 3) and found.element_spec.dtype == st.int64
    assert windows(TEN, None, 3, batch_size=None).element_spec.shape == (3,)


def test_strides_rates_and_targets() -> None:
    found = windows(TEN, TENS, 3, sequence_stride=2, sampling_rate=2, batch_size=2)
    assert lists(found) == [([[0, 2, 4], [2, 4, 6]], [0, 20]), ([[4, 6, 8]], [40])]
    assert lists(windows(TEN, np.arange(4), 3, sampling_rate=2)) == [
        ([[0, 2, 4], [1, 3, 5], [2, 4, 6], [3, 5, 7]], [0, 1, 2, 3])
    ]
    assert lists(windows(TEN[:-3], TEN[3:], 3, batch_size=3)) == [
        ([[0, 1, 2], [1, 2, 3], [2, 3, 4]], [3, 4, 5]), ([[3, 4, 5], [4, 5, 6]], [6, 7]),
    ]  # fmt: skip


def test_a_part_of_the_series() -> None:
    found = windows(np.arange(20), np.arange(20) * 10, 4, start_index=3, end_index=12, batch_size=4)
    assert lists(found) == [
        ([[3, 4, 5, 6], [4, 5, 6, 7], [5, 6, 7, 8], [6, 7, 8, 9]], [30, 40, 50, 60]),
        ([[7, 8, 9, 10], [8, 9, 10, 11]], [70, 80]),
    ]  # fmt: skip


def test_rows_of_several_numbers() -> None:
    found = lists(windows(np.arange(10.0).reshape(5, 2), np.arange(5), 2, batch_size=None))
    assert found[1] == ([[2.0, 3.0], [4.0, 5.0]], 1) and len(found) == 4


def test_shuffled_windows_keep_their_targets() -> None:
    found = windows(np.arange(200), np.arange(200) * 10, 3, shuffle=True, seed=1, batch_size=None)
    first, second = lists(found), lists(found)
    assert first != second and sorted(first) == sorted(second) and sorted(first) != first
    assert all(x == [x[0], x[0] + 1, x[0] + 2] and y == 10 * x[0] for x, y in first)


def test_windows_are_read_inside_the_compiled_step() -> None:
    series = np.sin(np.arange(100.0, dtype="float32"))
    found = windows(series[:-5], series[5:], 5, batch_size=16)
    assert "in Python" not in repr(found) and found.as_columns() is not None
    model = st.Sequential([st.layers.Dense(1)])
    model.compile("sgd", "mse")
    before = model.evaluate(found, verbose=0)
    model.fit(found, epochs=3, verbose=0)
    assert model.evaluate(found, verbose=0) < before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sequence_length": 0}, "sequence_length: a whole number from 1"),
        ({"sampling_rate": 10}, "sampling_rate: a whole number from 1 to 9"),
        ({"sequence_stride": 0}, "sequence_stride: a whole number"),
        ({"start_index": 10}, "start_index: a whole number from 0 to 9"),
        ({"start_index": 4, "end_index": 4}, "end_index: a whole number from 5 to 10"),
        ({"format": "grain"}, "format='grain'"),
    ],
)
def test_wrong_arguments(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        windows(TEN, None, **{"sequence_length": 3, **options})


def test_a_series_that_is_too_short() -> None:
    with pytest.raises(DataError, match="a window spans 11 rows, and there are 10"):
        windows(TEN, None, 11)
    with pytest.raises(DataError, match="with targets for 2: none fits"):
        windows(TEN, TENS[:2], 3, start_index=2)
