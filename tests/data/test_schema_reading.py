"""The schema of one table is the same, whatever its form: frames, dictionaries, records, files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.data import Schema, read_table, schema

ROWS = 6
TABLE: dict[str, list[Any]] = {
    "id": [11, 12, 13, 14, 15, 16],
    "age": [36, 41, None, 27, 27, 27],
    "height": [1.5, None, 1.75, 1.75, 1.5, 1.5],
    "member": [True, False, None, True, True, True],
    "smokes": ["yes", "no", "no", None, "no", "no"],
    "town": ["Bonn", "Köln", "Bonn", "Bonn", "", "Köln"],
    "born": [dt.date(2000, 1, n) for n in (1, 2, 3, 4, 5)] + [None],
    "code": ["a1", "b2", "c3", "d4", "e5", "f6"],
    "empty": [None] * ROWS,
}
EXPECTED = {
    # kind, missing, categories, counts
    "id": ("identifier", 0, (), ()),
    "age": ("number", 1, (), ()),
    "height": ("number", 1, (), ()),
    "member": ("flag", 1, ("False", "True"), (1, 4)),
    "smokes": ("flag", 1, ("no", "yes"), (4, 1)),
    "town": ("category", 1, ("Bonn", "Köln"), (3, 2)),
    "born": ("date", 1, (), ()),
    "code": ("identifier", 0, (), ()),
    "empty": ("number", ROWS, (), ()),
}
RANGES = {"age": (27, 41), "height": (1.5, 1.75), "born": ("2000-01-01", "2000-01-05")}


def frame(library: str) -> Any:
    module = pytest.importorskip(library)
    return module.table(TABLE) if library == "pyarrow" else module.DataFrame(TABLE)


def nullable() -> Any:
    pandas = pytest.importorskip("pandas")
    types = {"age": "Int64", "height": "Float64", "member": "boolean", "town": "string"}
    return pandas.DataFrame(TABLE).astype(types)


def check(found: Schema, **others: str) -> None:
    assert found.rows == ROWS
    for column in found:
        kind, missing, categories, counts = EXPECTED[column.name]
        assert column.kind == others.get(column.name, kind), column
        assert column.missing == missing, column
        pairs = dict(zip(column.categories, column.counts, strict=True))
        known = dict(zip(categories, counts, strict=True))
        assert {name.lower(): n for name, n in pairs.items()} == {
            name.lower(): n for name, n in known.items()
        }
        if column.name in RANGES:
            assert (column.low, column.high) == RANGES[column.name]


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_frames(library: str) -> None:
    check(schema(frame(library)))


def test_pandas_own_types() -> None:
    check(schema(nullable()))


def test_dictionaries() -> None:
    check(schema(TABLE))
    check(schema({name: np.array(values, object) for name, values in TABLE.items()}))


def test_files(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    table = frame("pyarrow").drop_columns(["empty"])
    parquet.write_table(table, tmp_path / "people.parquet", row_group_size=4)
    check(schema(tmp_path / "people.parquet"))
    frame("polars").write_csv(tmp_path / "people.csv")
    check(schema(str(tmp_path / "people.csv")))
    chosen = schema(tmp_path / "people.csv", columns=["town", "age"])
    assert chosen.names() == ("town", "age")


def test_read_table_returns_columns_and_schema(tmp_path: Path) -> None:
    frame("polars").write_csv(tmp_path / "people.csv")
    table = read_table(tmp_path / "people.csv")
    check(table.schema)
    assert table.columns["id"].tolist() == TABLE["id"]
    for name, column in st.data.files.read_csv(tmp_path / "people.csv").items():
        np.testing.assert_array_equal(table.columns[name], column)


def test_files_are_read_some_rows_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from steepest.data import schema_reading

    whole = schema(TABLE)
    frame("polars").drop("empty").write_csv(tmp_path / "people.csv")
    for rows in (1, 4):
        monkeypatch.setattr(schema_reading, "READ_ROWS", rows)
        found = schema(tmp_path / "people.csv")
        assert [c.kind for c in found] == [c.kind for c in whole][:-1]
        assert [c.counts for c in found] == [c.counts for c in whole][:-1]


def test_records() -> None:
    rows = np.array([(1, 0.5, b"u"), (2, np.nan, b"v")],
                    [("id", "i4"), ("x", "f4"), ("town", "S3")])  # fmt: skip
    found = schema(rows)
    assert [(c.name, c.kind, c.missing) for c in found] == [
        ("id", "identifier", 0), ("x", "number", 1), ("town", "identifier", 0),
    ]  # fmt: skip


def test_declared_categories_are_all_there() -> None:
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    pyarrow = pytest.importorskip("pyarrow")
    values, known = ["v", "u", "v", None], ["u", "w", "v"]
    expected = ("category", 1, ("u", "w", "v"), (1, 0, 2))
    by_number = pandas.Series(pandas.Categorical([3, 1, 3, None], [1, 2, 3]))
    for column, names in (
        (pandas.Series(pandas.Categorical(values, known)), known),
        (by_number, ["1", "2", "3"]),
        (polars.Series(values, dtype=polars.Enum(known)), known),
    ):
        found = schema({"x": column})["x"]
        assert (found.kind, found.missing, found.categories, found.counts) == (
            "category", 1, tuple(names), (1, 0, 2),
        ), column  # fmt: skip
    dictionary = pyarrow.DictionaryArray.from_arrays([2, 0, 2, None], known)
    column = schema(pyarrow.table({"x": dictionary}))["x"]
    assert (column.kind, column.missing, column.categories, column.counts) == expected
    loose = schema({"x": polars.Series(values, dtype=polars.Categorical)})["x"]
    assert (loose.kind, loose.categories, loose.counts) == ("category", ("u", "v"), (1, 2))


def test_dates_with_time_zones_are_in_utc() -> None:
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    pyarrow = pytest.importorskip("pyarrow")
    moments = [dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC), None]
    in_berlin = pandas.Series(pandas.DatetimeIndex(moments).tz_convert("Europe/Berlin"))
    for column in (
        in_berlin,
        polars.Series(moments).dt.convert_time_zone("Europe/Berlin"),
        pyarrow.array(moments, pyarrow.timestamp("us", "Europe/Berlin")),
        pandas.Series(moments, dtype=object),
        ["2024-01-01T13:00:00+01:00", None],
    ):
        found = schema({"x": column})["x"]
        assert (found.kind, found.missing) == ("date", 1)
        assert found.low == found.high == "2024-01-01T12:00:00"


def test_names_that_are_no_texts_or_occur_twice() -> None:
    pandas = pytest.importorskip("pandas")
    found = schema(pandas.DataFrame([[1, "a", 3]], columns=[0, "b", "b"]))
    assert found.names() == ("0", "b", "b")
    assert [column.kind for column in found] == ["number", "category", "number"]


def test_a_table_of_typed_columns_without_values() -> None:
    polars, pyarrow = pytest.importorskip("polars"), pytest.importorskip("pyarrow")
    kinds = {"f": "number", "b": "flag", "d": "date", "s": "text"}
    typed = polars.DataFrame(schema={"f": polars.Float32, "b": polars.Boolean,
                                     "d": polars.Date, "s": polars.String})  # fmt: skip
    for table in (typed, typed.to_arrow(), typed.clear(2), pyarrow.Table.from_batches(
        [], typed.to_arrow().schema
    )):  # fmt: skip
        found = schema(table)
        assert {column.name: column.kind for column in found} == kinds
        assert all(column.missing == found.rows for column in found)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (np.zeros((3, 2)), "a table with named columns was expected .* got ndarray"),
        ([1, 2], "got list"),
        ({"a": [1, 2], "b": [1]}, "'a' has 2, 'b' has 1"),
        ({"a": np.zeros((2, 2))}, r"column 'a' has the shape \(2, 2\)"),
    ],
)
def test_what_is_no_table(table: Any, message: str) -> None:
    with pytest.raises(st.errors.SteepestError, match=message):
        schema(table)
    with pytest.raises(st.errors.ArgumentError, match=r"columns.* no path was given"):
        schema(table, columns=["a"])
