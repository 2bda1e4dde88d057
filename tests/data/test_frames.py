"""Tables with named columns: numbers of mixed dtypes, gaps, and columns that hold no numbers."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.data.columns import as_column
from steepest.errors import TrainingWarning

VALUES = {"a": [1, 2, 3, 4], "b": [0.5, 1.5, 2.5, 3.5], "c": [True, False, True, False]}
EXPECTED = [[1, 0.5, 1], [2, 1.5, 0], [3, 2.5, 1], [4, 3.5, 0]]
LIBRARIES = ("pandas", "polars", "pyarrow")


def frame(library: str, values: dict[str, Any]) -> Any:
    module = pytest.importorskip(library)
    return module.table(values) if library == "pyarrow" else module.DataFrame(values)


class Exchanged:
    """A frame that offers the interchange protocol and nothing else."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._frame = frame("pyarrow", values)

    def __dataframe__(self, **options: Any) -> Any:
        return self._frame.__dataframe__(**options)


@pytest.mark.parametrize("library", LIBRARIES)
def test_mixed_kinds_are_numbers(library: str) -> None:
    column = as_column(frame(library, VALUES))
    assert column.array.tolist() == EXPECTED and column.names == ("a", "b", "c")


def test_the_interchange_protocol_is_enough() -> None:
    values = {name: entries for name, entries in VALUES.items() if name != "c"}
    column = as_column(Exchanged(values))
    assert column.array.tolist() == [row[:2] for row in EXPECTED]
    with pytest.raises(st.errors.DataError, match="'b' has 1 gaps"):
        as_column(Exchanged({"a": [1, 2], "b": [None, 2]}))
    with pytest.raises(st.errors.DTypeError, match="column 'a' holds"):
        as_column(Exchanged({"a": ["u", "v"]}))


@pytest.mark.parametrize("library", LIBRARIES)
def test_text_is_an_error_that_names_its_column(library: str) -> None:
    with pytest.raises(st.errors.DTypeError, match="x: column 'town' holds"):
        as_column(frame(library, {**VALUES, "town": ["u", "v", "w", "z"]}))


@pytest.mark.parametrize("library", LIBRARIES)
def test_gaps_are_errors_by_row_and_column(library: str) -> None:
    model = st.Sequential([st.layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(st.errors.DataError, match="row 2, column 'b'"):
        model.fit(frame(library, {**VALUES, "b": [1.0, 2.0, None, 4.0]}), np.ones(4), verbose=0)


def test_pandas_own_kinds() -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(VALUES).astype({"a": "Int32", "b": "Float64", "c": "boolean"})
    assert as_column(table).array.tolist() == EXPECTED
    dates = pandas.DataFrame({"when": pandas.date_range("2020-01-01", periods=2)})
    with pytest.raises(st.errors.DTypeError, match="column 'when' holds datetime64"):
        as_column(dates)
    named = pandas.Series(["u", "v"], name="kind")
    with pytest.raises(st.errors.DTypeError, match=r"y \('kind'\)"):
        as_column(named, "y")


def test_columns_of_one_name_stay_separate() -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame([[1, 2.5], [3, 4.5]], columns=["a", "a"])
    assert as_column(table).array.tolist() == [[1, 2.5], [3, 4.5]]


def test_scales_are_reported_by_column_name() -> None:
    table = frame("pandas", {"small": np.linspace(0, 1, 9), "large": np.linspace(0, 1e6, 9)})
    model = st.Sequential([st.layers.Dense(1)])
    model.compile(st.optimizers.SGD(1e-5), "mse")
    with pytest.warns(TrainingWarning, match="column 'large' reaches"), warnings.catch_warnings():
        model.fit(table, np.zeros(9), epochs=0, verbose=0)


def test_numbers_in_an_object_array_are_numbers() -> None:
    column = as_column(np.array([[1, 2.5], [True, np.int8(3)]], dtype=object))
    assert column.array.tolist() == [[1.0, 2.5], [1.0, 3.0]]
