"""Methods in which the values of elements decide; the numbers are those of TensorFlow 2.21."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.data import Dataset, experimental
from steepest.errors import ArgumentError, DataError

ROWS = [[0], [1, 2, 3, 4], [5, 6, 7], [7, 8, 9, 10, 11], [13, 14, 15, 16, 19, 20], [21, 22]]


def plain(element: Any) -> Any:
    return tuple(map(plain, element)) if isinstance(element, tuple) else element.tolist()


def lists(dataset: Dataset) -> list[Any]:
    return [plain(element) for element in dataset]


def of_rows(rows: list[list[int]]) -> Dataset:
    return Dataset.from_generator(lambda: iter(rows), "int64", (None,))


def length(row: Any) -> Any:
    return st.shape(row)[0]


def test_running_states() -> None:
    sums = Dataset.range(10).scan(np.int64(0), lambda total, x: (total + x, total + x))
    assert lists(sums) == [0, 1, 3, 6, 10, 15, 21, 28, 36, 45]
    assert len(sums) == 10 and lists(sums)[0] == 0
    with pytest.raises(DataError, match="must return a pair"):
        lists(Dataset.range(2).scan(0, lambda total, x: total))


def test_elements_without_repetitions() -> None:
    assert lists(Dataset.from_tensor_slices([1, 37, 2, 37, 2, 1]).unique()) == [1, 37, 2]
    assert list(Dataset.from_tensor_slices(["a", "b", "a"]).unique()) == ["a", "b"]
    pairs = Dataset.from_tensor_slices(([0, 0, 0], [1.0, 2.0, 1.0])).unique()
    assert lists(pairs) == [(0, 1.0), (0, 2.0)] and pairs.cardinality() == -2


def test_the_only_element() -> None:
    assert plain(Dataset.from_tensors(5).get_single_element()) == 5
    for rows, count in ((0, "none"), (2, "more")):
        with pytest.raises(DataError, match=f"one element was expected, got {count}"):
            Dataset.range(rows).get_single_element()


def test_groups_of_one_key() -> None:
    ten = Dataset.range(10)
    groups = ten.group_by_window(
        key_func=lambda x: x % 2, reduce_func=lambda key, rows: rows.batch(5), window_size=5
    )
    assert lists(groups) == [[0, 2, 4, 6, 8], [1, 3, 5, 7, 9]]
    pieces = ten.group_by_window(lambda x: x % 2, lambda key, rows: rows.batch(2), 3)
    assert lists(pieces) == [[0, 2], [4], [1, 3], [5], [6, 8], [7, 9]]
    sized = ten.group_by_window(
        lambda x: x % 2,
        lambda key, rows: rows.map(lambda x: x * 10 + key).batch(9),
        window_size_func=lambda key: 2 + key,
    )
    assert lists(sized) == [[0, 20], [11, 31, 51], [40, 60], [80], [71, 91]]
    with pytest.raises(ArgumentError, match="not both"):
        ten.group_by_window(lambda x: x, lambda key, rows: rows)
    with pytest.raises(ArgumentError, match="must return a Dataset, it returned int"):
        lists(ten.group_by_window(lambda x: 0, lambda key, rows: 1, 2))


def test_batches_of_similar_length() -> None:
    found = of_rows(ROWS).bucket_by_sequence_length(length, [3, 5], [2, 2, 2])
    assert lists(found) == [
        [[1, 2, 3, 4], [5, 6, 7, 0]],
        [[7, 8, 9, 10, 11, 0], [13, 14, 15, 16, 19, 20]],
        [[0, 0], [21, 22]],
    ]  # fmt: skip
    whole = of_rows(ROWS[:4]).bucket_by_sequence_length(length, [4], [2, 2], drop_remainder=True)
    assert lists(whole) == [[[0, 0, 0], [5, 6, 7]], [[1, 2, 3, 4, 0], [7, 8, 9, 10, 11]]]
    single = of_rows(ROWS[:3]).bucket_by_sequence_length(length, [4], [1, 1], no_padding=True)
    assert lists(single) == [[[0]], [[1, 2, 3, 4]], [[5, 6, 7]]]
    pairs = Dataset.from_generator(
        lambda: iter([([0], 1), ([1, 2, 3, 4], 2), ([5, 6, 7], 3)]),
        ("int64", "int64"),
        ((None,), ()),
    )
    assert lists(pairs.bucket_by_sequence_length(lambda x, y: length(x), [3], [2, 2])) == [
        ([[1, 2, 3, 4], [5, 6, 7, 0]], [2, 3]), ([[0]], [1]),
    ]  # fmt: skip


def test_batches_padded_to_the_boundary() -> None:
    wide = of_rows(ROWS).bucket_by_sequence_length(
        length, [3, 5, 10], [2, 2, 2, 2], padding_values=-1, pad_to_bucket_boundary=True
    )
    assert lists(wide) == [
        [[1, 2, 3, 4], [5, 6, 7, -1]],
        [[7, 8, 9, 10, 11, -1, -1, -1, -1], [13, 14, 15, 16, 19, 20, -1, -1, -1]],
        [[0, -1], [21, 22]],
    ]  # fmt: skip
    with pytest.raises(DataError, match="as long as the last boundary, 5"):
        lists(of_rows(ROWS).bucket_by_sequence_length(
            length, [3, 5], [2, 2, 2], pad_to_bucket_boundary=True))  # fmt: skip
    with pytest.raises(ArgumentError, match="one batch size more than boundaries"):
        of_rows(ROWS).bucket_by_sequence_length(length, [3], [2])


def test_data_sets_by_number() -> None:
    one, two = (Dataset.from_tensors(n).repeat(3) for n in (1, 2))
    order = Dataset.from_tensor_slices([0, 1, 1, 0])
    assert lists(Dataset.choose_from_datasets([one, two], order)) == [1, 2, 2, 1]
    alone = Dataset.choose_from_datasets([one], Dataset.from_tensor_slices([0, 0]))
    assert (lists(alone), alone.element_spec) == ([1, 1], one.element_spec)
    short = Dataset.range(1)
    more = Dataset.from_tensor_slices([0, 0, 1])
    assert lists(Dataset.choose_from_datasets([short, two], more)) == [0]
    both = Dataset.choose_from_datasets([short, two], more, stop_on_empty_dataset=False)
    assert lists(both) == [0, 2]
    with pytest.raises(ArgumentError, match="the choice 2 is not the number of a data set, 0 to 1"):
        lists(Dataset.choose_from_datasets([one, two], Dataset.range(2, 3)))


@pytest.mark.parametrize("known", [[0.9, 0.1], None])
def test_resampled_classes_have_the_shares(known: list[float] | None) -> None:
    rows = Dataset.range(4000).map(lambda x: st.cast(x % 10 == 0, "int32"))
    even = rows.rejection_resample(lambda label: label, [0.5, 0.5], known, seed=1)
    labels = np.array([label.item() for label, _ in even])
    assert (labels == 1).sum() > 390 and 0.4 < labels.mean() < 0.6
    assert [label.item() for label, _ in even].count(1) > 390
    with pytest.raises(DataError, match="the class 7 is not one of the 2"):
        next(iter(rows.rejection_resample(lambda label: 7, [0.5, 0.5])))
    with pytest.raises(ArgumentError, match="initial_dist: one share"):
        rows.rejection_resample(lambda label: label, [0.5, 0.5], [1.0])


def test_endless_numbers() -> None:
    assert lists(Dataset.counter(start=3, step=2).take(3)) == [3, 5, 7]
    assert lists(Dataset.counter(10, -5, st.float32).take(600))[-1] == 10 - 5 * 599
    assert Dataset.counter().cardinality() == st.data.INFINITE_CARDINALITY
    same, other = Dataset.random(seed=4).take(600), Dataset.random(4, True).take(600)
    assert lists(same) == lists(same) and lists(other) != lists(other)
    assert min(lists(same)) >= 0 and 2**31 < max(lists(same)) < 2**32


def test_names_of_experimental() -> None:
    assert experimental.AUTOTUNE == st.data.AUTOTUNE
    assert experimental.cardinality(Dataset.range(5).repeat()) == experimental.INFINITE_CARDINALITY


def test_choices_are_numbers_of_data_sets() -> None:
    a, b = Dataset.range(2), Dataset.range(10, 12)
    choose = Dataset.choose_from_datasets
    for wrong in (-1, 2):
        with pytest.raises(ArgumentError, match=f"the choice {wrong} is not the number .* 0 to 1"):
            lists(choose([a, b], Dataset.from_tensor_slices([0, wrong])))
    for given in ([], [a, 3]):
        with pytest.raises(ArgumentError, match="choose_from_datasets: data sets were expected"):
            choose(given, Dataset.range(1))
    choice = Dataset.from_tensor_slices([0, 0, 0, 1])
    assert lists(choose([a, b], choice)) == [0, 1]
    assert lists(choose([a, b], choice, stop_on_empty_dataset=False)) == [0, 1, 10]


def test_shares_of_classes_that_cannot_be() -> None:
    data = Dataset.range(4)
    for target, found, words in (
        ([[0.5, 0.5]], None, "target_dist: one share, 0 or more, for each class"),
        ([0.5, -0.5], None, "target_dist: one share, 0 or more, for each class"),
        ([0.5, 0.5], [1.0], "initial_dist: one share, 0 or more, for each class"),
        ([0.5, 0.5], [1.0, 0.0], "a class of target_dist has no share in initial_dist"),
    ):
        with pytest.raises(ArgumentError, match=words):
            data.rejection_resample(lambda x: x % 2, target, found)
    assert data.rejection_resample(lambda x: x % 2, [1.0, 0.0], [1.0, 0.0]) is not None
    for wrong in (2, -1):
        with pytest.raises(DataError, match=rf"the class {wrong} is not one of the 2 of target"):
            lists(data.rejection_resample(lambda x, wrong=wrong: wrong, [0.5, 0.5]))


def test_keys_of_groups_are_whole_numbers() -> None:
    with pytest.raises(DataError, match="a whole number was expected, it returned"):
        lists(
            Dataset.range(4).group_by_window(
                key_func=lambda x: 0.5, reduce_func=lambda key, group: group, window_size=2
            )
        )
