"""Data sets of CSV files and of lines under TensorFlow's names."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.data.experimental import CsvDataset, TextLineDataset, make_csv_dataset
from steepest.errors import ArgumentError, DataError, UnknownNameError

TABLE = "a,b,y\n1,x,0\n2,z,1\n3,w,1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "first.csv").write_text(TABLE)
    (tmp_path / "second.csv").write_text(TABLE.replace("1,x", "9,x"))
    return tmp_path


def test_files_of_a_pattern_are_one_stream_of_batches(folder: Path) -> None:
    dataset = make_csv_dataset(
        str(folder / "*.csv"), 4, label_name="y", num_epochs=1, shuffle=False
    )
    (x, y), (rest, _) = dataset
    assert x["a"].tolist() == [1, 2, 3, 9] and list(x["b"]) == ["x", "z", "w", "x"]
    assert y.tolist() == [0, 1, 1, 0] and rest["a"].tolist() == [2, 3]


def test_batches_are_shuffled_by_a_seed_and_never_end(folder: Path) -> None:
    def first(seed: int) -> list[int]:
        dataset = make_csv_dataset(
            folder / "first.csv", 3, select_columns=["a"], label_name="y", shuffle_seed=seed
        )
        return [number for x, _ in dataset.take(4) for number in x["a"].tolist()]

    assert first(1) == first(1) and len(first(1)) == 12 and sorted(first(1)[:3]) == [1, 2, 3]
    assert any(first(seed) != first(1) for seed in range(2, 6))


def test_rows_are_tuples_with_defaults(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("1,,x\n2,0.5,\n")
    rows = list(CsvDataset(path, [np.int64, 1.5, "none"]))
    assert [(a.item(), b.item(), c) for a, b, c in rows] == [(1, 1.5, "x"), (2, 0.5, "none")]
    assert rows[0][0].dtype == np.int64 and rows[0][1].dtype == np.float32
    assert [a.item() for (a,) in CsvDataset(path, ["int32"], select_cols=[0])] == [1, 2]


@pytest.mark.parametrize(
    ("defaults", "message"),
    [
        (["int32", "float32", str], "row 1, column 1 is missing"),
        (["int32", 0.0], "row 1 has 3 fields, but record_defaults= has 2"),
        (["int32", 0.0, 0], "row 1, column 2 holds 'x' where int32 was expected"),
    ],
)
def test_a_fault_is_named_by_row_and_column(tmp_path: Path, defaults, message) -> None:
    (tmp_path / "table.csv").write_text("1,,x\n2,0.5,\n")
    with pytest.raises(DataError, match=message):
        list(CsvDataset(tmp_path / "table.csv", defaults))


def test_lines_of_files(folder: Path) -> None:
    (folder / "packed.gz").write_bytes(gzip.compress("é\n\nlast".encode()))
    lines = TextLineDataset([folder / "first.csv", folder / "packed.gz"])
    assert [line.numpy() for line in lines] == [*TABLE.splitlines(), "é", "", "last"]


def test_no_file_and_no_names_are_errors(folder: Path) -> None:
    with pytest.raises(DataError, match="no file matches"):
        TextLineDataset(folder / "none.txt")
    with pytest.raises(UnknownNameError, match="'z'"):
        make_csv_dataset(folder / "first.csv", 2, label_name="z")
    with pytest.raises(ArgumentError, match="column_names"):
        make_csv_dataset(folder / "first.csv", 2, header=False)


def test_files_are_listed_in_order_or_shuffled_by_a_seed(tmp_path: Path) -> None:
    for number in range(8):
        (tmp_path / f"{number}.txt").write_text("x")
    pattern = str(tmp_path / "*.txt")

    def listed(**options: Any) -> list[str]:
        return [path.numpy() for path in st.data.Dataset.list_files(pattern, **options)]

    in_order, shuffled = listed(), listed(seed=3)
    assert in_order == sorted(in_order) != shuffled and sorted(shuffled) == in_order
    assert shuffled == listed(seed=3)
    assert in_order == listed(shuffle=False, seed=3)


def test_a_given_number_of_elements_is_checked_at_the_end() -> None:
    from steepest.data.experimental import assert_cardinality, cardinality

    even = st.data.Dataset.range(6).map(lambda x: x.numpy()).filter(lambda x: x % 2 == 0)
    assert cardinality(even) == st.data.UNKNOWN_CARDINALITY
    assert len(even.apply(assert_cardinality(3))) == 3
    assert [x.item() for x in even.apply(assert_cardinality(3))] == [0, 2, 4]
    with pytest.raises(DataError, match="4 elements were expected, the data set has 3"):
        list(even.apply(assert_cardinality(4)))
