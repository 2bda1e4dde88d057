"""What users give: every form of numbers, series and tables, and an error for anything else."""

from __future__ import annotations

from collections import deque
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import steepest as st
from steepest.page.values import numbers_of, series_of, table_columns, text_given

GIVEN = {
    "a list": [1, 2.5],
    "a tuple of more than a pair": (1, 2.5),
    "an array": np.array([1, 2.5]),
    "a tensor": st.constant([1, 2.5]),
    "a list of tensors": [st.constant(1.0), st.constant(2.5)],
    "small floats": np.array([1, 2.5], np.float16),
    "fractions": [Fraction(1), Fraction(5, 2)],
    "scalars of NumPy": [np.int8(1), np.float32(2.5)],
    "an array of objects": np.array([1, 2.5], object),
}


@pytest.mark.parametrize("values", GIVEN.values(), ids=GIVEN)
def test_numbers_of_every_form_are_taken(values: object):
    found = numbers_of("Lines", values)
    assert found.tolist() == [1.0, 2.5] and found.dtype == np.float64


def test_numbers_are_those_at_the_call():
    values = np.ones(3)
    found = numbers_of("Lines", values)
    values[:] = 7
    assert found.tolist() == [1, 1, 1]


def test_missing_values_are_nan():
    pandas = pytest.importorskip("pandas")
    assert np.isnan(numbers_of("Lines", [None, pandas.NA, np.nan])).all()
    assert numbers_of("Lines", pandas.Series([1, None], dtype="Int64")).tolist()[0] == 1.0


def test_truth_values_are_0_and_1():
    assert numbers_of("Lines", np.array([True, False])).tolist() == [1.0, 0.0]
    assert numbers_of("Lines", [True, False]).tolist() == [1.0, 0.0]


WRONG = {
    "a number": (3, st.errors.DTypeError, "a list or array was expected, got 3"),
    "nothing": (None, st.errors.DTypeError, "a list or array was expected, got None"),
    "a text": ("abc", st.errors.DTypeError, "a list or array was expected, got 'abc'"),
    "a text inside": ([1, "b"], st.errors.DTypeError, "got 'b' at index 1; a Table shows texts"),
    "texts": (np.array(["a", "b"]), st.errors.DTypeError, "got 'a' at index 0"),
    "complex numbers": ([1j], st.errors.DTypeError, "got 1j at index 0"),
    "decimals": ([Decimal(1)], st.errors.DTypeError, "at index 0"),
    "dates": (np.array(["2020-01-01"], "M8[D]"), st.errors.DTypeError, "numbers were expected"),
    "a matrix": (np.ones((2, 3)), st.errors.ShapeError, r"an array of shape \(2, 3\)"),
    "a list of lists": ([[1, 2], [3, 4]], st.errors.ShapeError, r"at index 0 of shape \(2,\)"),
    "a scalar array": (np.array(3.0), st.errors.SteepestError, "was expected"),
    "an empty list": ([], st.errors.ArgumentError, "it is empty; leave the block out"),
    "an empty array": (np.zeros(0), st.errors.ArgumentError, "it is empty; leave the block out"),
}


@pytest.mark.parametrize(("values", "error", "message"), WRONG.values(), ids=WRONG)
def test_what_is_no_list_of_numbers_is_named(values: object, error: type, message: str):
    with pytest.raises(error, match=message) as caught:
        numbers_of("Lines 'Loss'", values)
    assert str(caught.value).startswith("Lines 'Loss': ")


def test_series_are_one_or_several_with_or_without_x():
    def plain(*arguments: object) -> list[tuple[str, list[float], list[float]]]:
        return [(s.name, s.x.tolist(), s.y.tolist()) for s in series_of("Lines", *arguments)]

    assert plain([5, 6]) == [("", [1, 2], [5, 6])]
    assert plain(([0, 2], [5, 6])) == [("", [0, 2], [5, 6])]
    assert plain({"a": [5, 6], 3: ([0], [7])}, [8, 9]) == [("a", [8, 9], [5, 6]), ("3", [0], [7])]
    assert plain((5, 6)) == [("", [1, 2], [5, 6])]


def test_the_columns_of_a_frame_are_series():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"loss": [0.5, 0.4], "accuracy": [0.8, 0.9]})
    assert [s.name for s in series_of("Lines", frame)] == ["loss", "accuracy"]


def test_the_history_of_a_training_is_a_dictionary_of_series():
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    history = model.fit(np.ones((4, 2)), np.ones(4), epochs=3, verbose=0)
    assert [len(s.y) for s in series_of("Lines", history.history)] == [3]


def test_x_and_y_have_equal_lengths():
    with pytest.raises(st.errors.ShapeError, match=r"series 'a': x and y need equal .* 3 and 2;"):
        series_of("Lines", {"a": [1, 2]}, [1, 2, 3])
    with pytest.raises(st.errors.ShapeError, match=r"got 1 and 2;"):
        series_of("Lines", ([1], [1, 2]))


def test_no_series_is_an_error():
    with pytest.raises(st.errors.ArgumentError, match="there is no series; give a dictionary"):
        series_of("Lines", {})


def frames() -> list[object]:
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    columns = {"units": [8, 16], "activation": ["relu", None]}
    return [pandas.DataFrame(columns), polars.DataFrame(columns)]


def test_a_table_is_a_dictionary_rows_or_a_frame():
    rows = [{"units": 8, "activation": "relu"}, {"units": 16}]
    for table in ({"units": np.array([8, 16]), "activation": ["relu", None]}, rows, *frames()):
        units, activation = table_columns("Table", table)
        assert units.numbers.tolist() == [8, 16] and units.name == "units"
        assert activation.numbers is None and activation.texts == ["relu", ""]


def test_a_column_of_numbers_may_lack_some_and_truths_are_texts():
    numbers, truths = table_columns("Table", {"a": [1, None], "b": [True, False]})
    assert np.isnan(numbers.numbers[1]) and truths.numbers is None
    assert truths.texts == ["True", "False"]


def test_a_column_of_nothing_is_empty_texts():
    (column,) = table_columns("Table", {"a": [None, None]})
    assert column.numbers is None and column.texts == ["", ""]


TABLES = {
    "lengths": ({"a": [1, 2], "b": [1]}, "equal lengths, got 'a' of 2 and 'b' of 1"),
    "no columns": ({}, "there is no column"),
    "no rows": ([], "it is empty"),
    "an empty column": ({"a": []}, "column 'a': it is empty"),
    "rows of numbers": ([1, 2], "a list of dictionaries or a frame was expected, got 1 as row 0"),
    "a number": (3, "was expected, got 3"),
    "a column that is a number": ({"a": 3}, "column 'a': a list or array was expected, got 3"),
}


@pytest.mark.parametrize(("table", "message"), TABLES.values(), ids=TABLES)
def test_a_wrong_table_is_named(table: object, message: str):
    with pytest.raises(st.errors.SteepestError, match=message):
        table_columns("Table", table)


def test_any_sequence_of_entries_is_a_column():
    (column,) = table_columns("Table", {"a": deque([1, 2])})
    assert column.numbers.tolist() == [1, 2]
    assert table_columns("Table", {"a": range(3)})[0].texts == ["0", "1", "2"]
    assert table_columns("Table", {"a": {"x": 1}.keys()})[0].texts == ["x"]


def test_titles_are_stripped():
    assert text_given("Page", "title", " Digits\n") == "Digits"
