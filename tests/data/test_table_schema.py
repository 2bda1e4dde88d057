"""The schema of a table as a value: reading it, printing it, and JSON there and back."""

from __future__ import annotations

import json

import pytest

import steepest as st
from steepest.data import ColumnSchema, Schema

COLUMNS = (
    ColumnSchema("age", "number", 177, dtype="float64", low=0.42, high=80),
    ColumnSchema("sex", "category", 0, 2, ("female", "male"), (314, 577), "str"),
    ColumnSchema("born", "date", 2, low="1900-01-01", high="1912-04-15"),
    ColumnSchema("id", "identifier", 0, 891),
    ColumnSchema("deck", "category", 3, 6, tuple("ABCDEF"), (1, 9, 9, 8, 7, 0)),
    ColumnSchema("x", "number", 891),
)
TABLE = Schema(891, COLUMNS)
PRINTED = """\
891 rows, 6 columns
name  kind        missing  values
age   number      177      0.42 to 80
sex   category    0        male (577), female (314)
born  date        2        1900-01-01 to 1912-04-15
id    identifier  0        891 different
deck  category    3        B (9), C (9), D (8), E (7) and 2 more
x     number      891"""


def test_a_schema_is_printed_as_a_table() -> None:
    assert str(TABLE) == repr(TABLE) == PRINTED
    assert str(Schema(1, COLUMNS[:1])).startswith("1 row, 1 column\n")
    assert str(Schema(0, ())) == "0 rows, 0 columns\nname  kind  missing  values"


def test_json_there_and_back() -> None:
    written = json.loads(json.dumps(TABLE.to_dict(), allow_nan=False))
    assert Schema.from_dict(written) == TABLE
    assert written["columns"][5] == {"name": "x", "kind": "number", "missing": 891}
    written["columns"][0]["unit"] = "years"  # of a later version
    assert Schema.from_dict(written) == TABLE


def test_columns_are_found_by_name_and_kind() -> None:
    assert TABLE["sex"] is COLUMNS[1] and "sex" in TABLE and "Sex" not in TABLE
    assert TABLE.names() == ("age", "sex", "born", "id", "deck", "x")
    assert TABLE.names("number", "date") == ("age", "born", "x")
    assert list(TABLE) == list(COLUMNS) and len(TABLE) == 6


def test_what_cannot_be_found_or_made_is_an_error() -> None:
    with pytest.raises(st.errors.DataError, match=r"no column 'Sex': .*sex"):
        TABLE["Sex"]
    with pytest.raises(st.errors.DataError, match="'age' occurs 2 times"):
        Schema(1, (COLUMNS[0], COLUMNS[0]))["age"]
    with pytest.raises(st.errors.SteepestError, match="no kind of column is called 'numbre'"):
        ColumnSchema("a", "numbre")  # type: ignore[arg-type]
    with pytest.raises(st.errors.ArgumentError, match="1 categories have 2 counts"):
        ColumnSchema("a", "flag", categories=("no",), counts=(1, 2))
