"""Windows and interleaving: data sets within data sets, by the known answers of tf.data."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import steepest as st
from steepest.data import Dataset
from steepest.errors import ArgumentError, DataError
from steepest.program.trace import TensorSpec


def stream(count: int) -> Dataset:
    return Dataset.from_generator(lambda: iter(range(count)), TensorSpec((), "int64"))


BOTH = pytest.mark.parametrize("make", [Dataset.range, stream], ids=["columns", "stream"])


def windows(dataset: Dataset) -> list[list[object]]:
    return [[x.item() for x in window] for window in dataset]


@BOTH
def test_windows_hold_what_tensorflow_says(make):
    assert windows(make(7).window(3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert windows(make(7).window(3, drop_remainder=True)) == [[0, 1, 2], [3, 4, 5]]
    full = windows(make(7).window(3, shift=1, stride=2, drop_remainder=True))
    assert full == [[0, 2, 4], [1, 3, 5], [2, 4, 6]]
    assert windows(make(4).window(3, shift=1)) == [[0, 1, 2], [1, 2, 3], [2, 3], [3]]
    assert windows(make(9).window(2, shift=4)) == [[0, 1], [4, 5], [8]]
    assert windows(make(0).window(2)) == []


@BOTH
@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("shift", [1, 3, 7])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("drop", [False, True])
def test_windows_are_slices_and_their_number_is_known(make, size, shift, stride, drop):
    span = (size - 1) * stride + 1
    starts = range(0, 200, shift)
    wanted = [list(range(200))[start : start + span : stride] for start in starts]
    found = windows(make(200).window(size, shift, stride, drop))
    assert found == [w for w, start in zip(wanted, starts, strict=True)
                     if not drop or start + span <= 200]  # fmt: skip
    assert Dataset.range(200).window(size, shift, stride, drop).cardinality() == len(found)


def test_windows_of_pairs_are_pairs_of_data_sets():
    rows = Dataset.from_tensor_slices((np.arange(8.0).reshape(4, 2), np.arange(4)))
    xs, ys = next(iter(rows.window(3)))
    assert xs.element_spec.shape == (2,) and [y.item() for y in ys] == [0, 1, 2]
    batches = rows.window(2).flat_map(lambda x, y: Dataset.zip((x.batch(2), y.batch(2))))
    assert [(x.shape, y.tolist()) for x, y in batches] == [((2, 2), [0, 1]), ((2, 2), [2, 3])]
    named = Dataset.from_tensor_slices({"a": [1, 2]}).window(2)
    assert [x.item() for x in next(iter(named))["a"]] == [1, 2]


def test_windows_take_elements_of_any_shape():
    ragged = Dataset.from_tensor_slices([[1], [2, 3], [4]]).window(2, shift=1)
    assert [[x.tolist() for x in window] for window in ragged][:2] == [
        [[1], [2, 3]], [[2, 3], [4]],
    ]  # fmt: skip


def test_a_function_may_make_data_sets_of_windows():
    batches = Dataset.range(4).window(2).map(lambda window: window.batch(2))
    assert [x.tolist() for x in batches.flat_map(lambda window: window)] == [[0, 1], [2, 3]]


def test_a_network_learns_from_windows_of_a_series():
    series = np.sin(np.arange(200) * 0.3).astype("float32")
    rows = (
        Dataset
        .from_tensor_slices(series)
        .window(5, shift=1, drop_remainder=True)
        .flat_map(lambda window: window.batch(5))
        .map(lambda five: (five[:-1], five[-1:]))
        .batch(32)
    )
    st.random.set_seed(1)
    model = st.Sequential([st.layers.Dense(1)])
    model.compile(st.optimizers.Adam(0.1), "mse")
    history = model.fit(rows, epochs=12, verbose=0).history["loss"]
    assert history[-1] < 0.01 < history[0]
    with pytest.raises(DataError, match=r"data set within the data set.*flat_map"):
        model.fit(Dataset.from_tensor_slices(series).window(5), verbose=0)


# ---------------------------------------------------------------- interleaving


@BOTH
def test_interleaving_is_that_of_tensorflow(make):
    """The example of tf.data's own page."""
    turns = make(6).skip(1).interleave(
        lambda n: Dataset.from_tensors(n).repeat(6), cycle_length=2, block_length=4
    )  # fmt: skip
    wanted = [1] * 4 + [2] * 4 + [1] * 2 + [2] * 2 + [3] * 4 + [4] * 4 + [3] * 2 + [4] * 2 + [5] * 6
    assert [x.item() for x in turns] == wanted


def test_one_that_ends_with_its_turn_gives_its_place_up_in_the_next_round():
    lengths = [2, 4, 1]
    turns = Dataset.range(3).interleave(
        lambda n: Dataset.from_tensors(n).repeat(lengths[int(n)]), cycle_length=2, block_length=2
    )
    assert [x.item() for x in turns] == [0, 0, 1, 1, 1, 1, 2]


def test_empty_data_sets_are_passed_over():
    turns = Dataset.range(4).interleave(lambda n: Dataset.range(int(n) % 2), cycle_length=3)
    assert [x.item() for x in turns] == [0, 0]
    assert list(Dataset.range(0).interleave(lambda n: Dataset.range(2))) == []


def test_places_that_nothing_takes_cost_nothing():
    for length in (10**9, 10**30):
        turns = Dataset.range(3).interleave(lambda n: Dataset.range(2), cycle_length=length)
        assert [x.item() for x in turns] == [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize("calls", [1, 4])
def test_threads_change_nothing_but_who_reads(calls):
    seen = set()

    def numbers(start):
        def generate():
            seen.add(threading.get_ident())
            yield from range(int(start) * 10, int(start) * 10 + 3)

        return Dataset.from_generator(generate)

    turns = Dataset.range(3).interleave(numbers, cycle_length=3, num_parallel_calls=calls)
    assert [x.item() for x in turns] == [0, 10, 20, 1, 11, 21, 2, 12, 22]
    assert len(seen) == (3 if calls > 1 else 1)


def test_files_are_read_in_turn(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.csv").write_text(f"x\n{name}1\n{name}2\n")
    turns = Dataset.list_files(tmp_path / "*.csv").interleave(Dataset.from_file)
    assert [row["x"] for row in turns] == ["a1", "b1", "a2", "b2"]


def test_wrong_arguments_say_what_was_expected():
    ten = Dataset.range(10)
    for call, message in [
        (lambda: ten.window(0), "window: size: a whole number from 1 was expected, got 0"),
        (lambda: ten.window(2, shift=0), "window: shift: a whole number from 1"),
        (lambda: ten.window(2, stride=1.5), "window: stride: a whole number from 1"),
        (lambda: ten.interleave(3), "interleave: a function was expected, got 3"),
        (lambda: ten.interleave(Dataset.range, 0), "cycle_length: a whole number from 1"),
        (lambda: ten.interleave(Dataset.range, 2, 0), "block_length: a whole number"),
        (lambda: list(ten.interleave(lambda n: n)), "must return a Dataset, it returned Tensor"),
    ]:
        with pytest.raises(ArgumentError, match=message):
            call()
