"""Rows of CSV files read field by field."""

from __future__ import annotations

from pathlib import Path

import pytest

import steepest as st
from steepest.data.experimental import CsvDataset, make_csv_dataset
from steepest.errors import ArgumentError, DataError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "table.csv").write_text("a,b,y\n1,x,0\n2,,1\n3\nbad,z,1\n4,w,\n")
    return tmp_path / "table.csv"


def test_faulty_rows_are_left_out(path: Path) -> None:
    dataset = make_csv_dataset(
        path, 9, label_name="y", column_defaults=[0, "none", st.int32], num_epochs=1,
        shuffle=False, ignore_errors=True,
    )  # fmt: skip
    ((x, y),) = dataset
    assert x["a"].tolist() == [1, 2] and x["b"].tolist() == ["x", "none"] and y.tolist() == [0, 1]


def test_without_ignore_errors_the_first_fault_is_named(path: Path) -> None:
    options = {"column_defaults": [0, "", 7], "num_epochs": 1, "shuffle": False}
    with pytest.raises(DataError, match="row 3 has 1 fields, the first row 3"):
        list(make_csv_dataset(path, 9, **options))
    with pytest.raises(ArgumentError, match=r"one for each of the columns .* got 1"):
        make_csv_dataset(path, 9, column_defaults=[0])


def test_selected_columns_have_their_defaults(path: Path) -> None:
    path.write_text("a,b,y\n1,x,0\n2,,\n")
    (x,) = make_csv_dataset(
        path, 9, select_columns=["y", "a"], column_defaults=[5, 0.0], num_epochs=1, shuffle=False
    )
    assert x["y"].tolist() == [0, 5] and x["a"].tolist() == [1.0, 2.0]


def test_fields_without_quotes(path: Path) -> None:
    path.write_text('1,"a\n')
    (row,) = CsvDataset(path, [0, ""], use_quote_delim=False)
    assert row[0].item() == 1 and row[1].numpy() == '"a'


def test_defaults_are_one_for_each_column(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,2.5\n,\n")
    with pytest.raises(
        ArgumentError, match="record_defaults: a dtype or a default for each column"
    ):
        CsvDataset(path, 3)
    for defaults in ([1.0], [1.0, 2.0, 3.0]):
        with pytest.raises(
            ArgumentError, match=rf"columns \['a', 'b'\] was expected, got {len(defaults)}"
        ):
            make_csv_dataset(str(path), 2, column_defaults=defaults)
