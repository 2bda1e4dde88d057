"""What fit accepts: what is a stream, the weights of classes, validation rows, wrong arguments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.data import Dataset
from steepest.data.py_dataset import PyDataset
from steepest.errors import ArgumentError, DataError, ShapeError, TrainingWarning
from steepest.neuralnet.input.accept import (
    DEFAULT_BATCH,
    combined_weights,
    intake,
    is_stream,
    split_off,
)
from steepest.neuralnet.input.feeds import ArrayFeed, StreamFeed

X = np.arange(24.0, dtype=np.float32).reshape(12, 2)
Y = np.arange(12) % 3


def network() -> Any:
    model = st.Sequential([st.layers.Dense(3, "softmax", input_shape=(2,))])
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


# ---------------------------------------------------------------- streams


class Iterable:
    def __iter__(self) -> Any:
        return iter([(X, Y)])


class Numbered:
    def __getitem__(self, place: int) -> Any:
        return (X, Y)


class Counted(Numbered):
    def __len__(self) -> int:
        return 2


class Sized:
    def __len__(self) -> int:
        return 2


class Frame(Counted):
    """As a table of another library."""

    shape = (12, 2)


def generator() -> Any:
    yield X, Y


class Batches(PyDataset):
    def __len__(self) -> int:
        return 1

    def __getitem__(self, place: int) -> Any:
        return X, Y


@pytest.mark.parametrize(
    ("x", "stream"),
    {
        "an iterator": (iter([(X, Y)]), True),
        "a generator function": (generator, True),
        "a generator": (generator(), True),
        "a PyDataset": (Batches(), True),
        "a Dataset": (Dataset.range(3).batch(2), True),
        "what can be iterated": (Iterable(), True),
        "batches by number, with their count": (Counted(), True),
        "batches by number, without": (Numbered(), False),
        "a length and nothing else": (Sized(), False),
        "an array": (X, False),
        "a tensor": (st.constant(X), False),
        "a table": (Frame(), False),
        "texts": ("text", False),
        "bytes": (b"text", False),
        "inputs by name": ({"x": X}, False),
        "a list of pairs": ([(X, Y)], True),
        "a list of triples": ([(X, Y, X[:, 0])], True),
        "a list of pairs with a weight of None": ([(X, Y, None)], True),
        "a tuple of pairs": (((X, Y), (X, Y)), True),
        "a list with one array among pairs": ([(X, Y), X], False),
        "a list of arrays": ([X, X], False),
        "a list of single arrays in tuples": ([(X,), (X,)], False),
        "a list of four arrays in tuples": ([(X, X, X, X)], False),
        "a list of rows": ([(1.0, 2.0), (3.0, 4.0)], False),
        "a pair with a label for the batch": ([(X, 1)], False),
        "an empty list": ([], False),
        "a number": (3, False),
    }.values(),
)  # fmt: skip
def test_what_yields_batches_is_a_stream(x: Any, stream: bool) -> None:
    assert is_stream(x) is stream


def test_arrays_become_columns_in_batches_of_the_usual_size() -> None:
    feed = intake(network(), X.tolist(), Y)
    assert isinstance(feed, ArrayFeed) and (feed.batch, feed.count) == (DEFAULT_BATCH, 12)
    assert DEFAULT_BATCH == 32
    assert [column.dtype for column in feed.nest] == [np.float32, np.int64]
    assert intake(network(), X, Y, batch_size=1, steps=1).batches == 1
    for wrong in ({"batch_size": 0}, {"batch_size": 2.5}, {"steps": 0}):
        with pytest.raises(ArgumentError, match=next(iter(wrong))):
            intake(network(), X, Y, **wrong)


def test_weights_of_rows_are_float32() -> None:
    feed = intake(network(), X, Y, np.arange(12.0))
    assert len(feed.nest) == 3
    assert feed.nest[2].array.dtype == np.float32 and feed.nest[2].array.tolist() == [*range(12)]


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((None,), {}, "x is missing"),
        (("some.csv",), {}, "read a file first"),
        ((generator, Y), {}, "must come with the batches"),
        ((generator, None, X[:, 0]), {}, "must come with the batches"),
        ((Dataset.range(3).repeat().batch(2),), {}, "repeats for ever"),
    ],
)
def test_what_cannot_be_taken_is_an_error(
    arguments: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ArgumentError, match=message):
        intake(network(), *arguments, **options)


def test_a_batch_size_for_batches_is_not_used() -> None:
    with pytest.warns(TrainingWarning, match="batch_size=4 is not used"):
        assert isinstance(intake(network(), generator, batch_size=4), StreamFeed)


def test_datasets_of_columns_are_read_as_columns() -> None:
    rows = Dataset.from_tensor_slices((X, Y))
    feed = intake(network(), rows.take(7).batch(4))
    assert isinstance(feed, ArrayFeed) and (feed.count, feed.batch, feed.batches) == (7, 4, 2)
    endless = intake(network(), rows.repeat().batch(4), steps=5)
    assert endless.batches == 5
    assert isinstance(intake(network(), generator), StreamFeed)
    with pytest.raises(DataError, match="the data set is empty"):
        intake(network(), rows.take(0).batch(4))


# ---------------------------------------------------------------- weights of classes


WEIGHTS = {0: 1.0, 1: 2.5, 2: 0.0}


@pytest.mark.parametrize(
    "y",
    [
        [0, 1, 1, 2],
        np.array([[0], [1], [1], [2]]),
        np.array([0.0, 1.0, 1.0, 2.0]),
        np.eye(3)[[0, 1, 1, 2]],
        np.array([[0.8, 0.1, 0.1], [0.2, 0.5, 0.3], [0.1, 0.9, 0.0], [0.0, 0.3, 0.7]]),
        np.array([0, 1, 1, 2], "uint8"),
    ],
    ids=["list", "column", "floats", "one-hot", "probabilities", "bytes"],
)
def test_each_row_has_the_weight_of_its_class(y: Any) -> None:
    found = combined_weights(y, None, WEIGHTS)
    assert found.dtype == np.float32 and found.tolist() == [1.0, 2.5, 2.5, 0.0]
    both = combined_weights(y, [1, 2, 3, 4], WEIGHTS)
    assert both.dtype == np.float32 and both.tolist() == [1.0, 5.0, 7.5, 0.0]


def test_the_class_of_a_row_of_probabilities_is_the_likeliest() -> None:
    two = [[0.9, 0.1], [0.2, 0.8], [0.5, 0.5]]
    assert combined_weights(two, None, WEIGHTS).tolist() == [1.0, 2.5, 1.0]


def test_without_class_weights_the_weights_of_rows_remain() -> None:
    assert combined_weights([0, 1], None, None) is None
    assert combined_weights([0, 1], [3, 4], None) == [3, 4]


def test_flags_are_classes() -> None:
    assert combined_weights([True, False], None, {0: 2, 1: 3}).tolist() == [3.0, 2.0]


def test_balanced_classes_weigh_the_same_in_all() -> None:
    """rows / (classes * rows of the class), as in scikit-learn."""
    found = combined_weights([4, 4, 4, 9], None, "balanced")
    np.testing.assert_allclose(found, [2 / 3, 2 / 3, 2 / 3, 2.0], rtol=1e-6)


WRONG: list[tuple[Any, Any, str]] = [
    ([0, 1], "even", "or 'balanced', got 'even'"),
    ([0, 1], [1.0, 2.0], r"a dictionary of class to weight was expected, got \[1.0, 2.0\]"),
    ([0, 1], {0: 1.0, 1: -1.0}, "got 1: -1.0"),
    ([0, 1], {0: 1.0, 1: np.nan}, "got 1: nan"),
    ([0, 1], {0: 1.0, -1: 1.0}, "got -1: 1.0"),
    ([0, 1], {0: 1.0, 1: "2"}, "got 1: '2'"),
    ([0, 1], {"0": 1.0, 1: 1.0}, "got '0': 1.0"),
    ([0, 1, 5], {0: 1.0}, r"no weight is given for the classes \[1, 5\]"),
    ([0.5, 1.0], {0: 1.0}, "the labels are no classes"),
    (["no", "yes"], {0: 1.0}, "the labels are no classes"),
    (np.zeros((2, 2, 2)), {0: 1.0}, "the labels are no classes"),
    (None, {0: 1.0}, "needs one output with class labels"),
    ({"a": [0, 1]}, {0: 1.0}, "needs one output with class labels"),
    (([0, 1], [0, 1]), {0: 1.0}, "needs one output with class labels"),
]


@pytest.mark.parametrize(("y", "class_weight", "message"), WRONG)
def test_wrong_class_weights_are_errors(y: Any, class_weight: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=f"class_weight: .*{message}"):
        combined_weights(y, None, class_weight)


# ---------------------------------------------------------------- validation rows


def rows_of(feed: ArrayFeed) -> list[int]:
    assert feed.rows is not None
    return feed.rows.tolist()


def test_validation_rows_are_a_share_of_each_class() -> None:
    feed = intake(network(), X, Y, batch_size=5, shuffle=True, seed=3)
    assert isinstance(feed, ArrayFeed)
    train, validation = split_off(feed, 0.25, 1)
    assert sorted(rows_of(train) + rows_of(validation)) == [*range(12)]
    assert rows_of(train) == sorted(rows_of(train))
    assert sorted(Y[rows_of(validation)]) == [0, 1, 2]
    assert (train.batch, train.shuffle, train.seed) == (5, True, 3)
    assert (validation.batch, validation.shuffle) == (5, False)
    again = split_off(feed, 0.25, 1)[1]
    assert rows_of(again) == rows_of(validation)
    assert any(rows_of(split_off(feed, 0.25, seed)[1]) != rows_of(again) for seed in range(2, 6))


@pytest.mark.parametrize("y", [None, np.arange(12) / 7, {"a": Y, "b": Y}])
def test_without_classes_validation_rows_are_any(y: Any) -> None:
    feed = intake(network(), X, y)
    assert isinstance(feed, ArrayFeed)
    train, validation = split_off(feed, 0.5, 0)
    assert (train.count, validation.count) == (6, 6)


@pytest.mark.parametrize("share", [0.0, 0, 1.0, 1, -0.1, 1.5, "half", None, np.nan])
def test_a_share_is_between_0_and_1(share: Any) -> None:
    feed = intake(network(), X, Y)
    assert isinstance(feed, ArrayFeed)
    with pytest.raises(ArgumentError, match=f"a share between 0 and 1, got {share!r}"):
        split_off(feed, share, 0)


@pytest.mark.parametrize("share", [0.01, 0.99])
@pytest.mark.parametrize("y", [Y, np.arange(12) / 7], ids=["classes", "quantities"])
def test_both_parts_have_rows(share: float, y: np.ndarray) -> None:
    feed = intake(network(), X, y, shuffle=True)
    assert isinstance(feed, ArrayFeed)
    with pytest.raises(DataError, match="of 12 rows is not one row"):
        split_off(feed, share, 0)


def test_a_feed_in_order_gives_its_last_rows() -> None:
    feed = intake(network(), X, Y, shuffle=False)
    assert isinstance(feed, ArrayFeed)
    train, validation = split_off(feed, 0.25, 0)
    assert train.rows.tolist() == [*range(9)] and validation.rows.tolist() == [9, 10, 11]
    assert split_off(feed, 0.01, 0)[1].rows.tolist() == [11]
    with pytest.raises(DataError, match=r"0\.99 of 12 rows leaves none to train on"):
        split_off(feed, 0.99, 0)


def test_x_and_y_have_equally_many_rows() -> None:
    with pytest.raises(ShapeError, match="x has 12, y has 5"):
        intake(network(), X, Y[:5])
