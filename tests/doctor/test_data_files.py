"""Rows of files: numbers, categories one-hot, arrays; other columns are refused by name."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.doctor.data_files import rows_of_file, usual_network
from steepest.doctor.rows import Rows

TABLE = "age,town,car,rent\n36,Bonn,yes,9.5\n41,Ulm,no,8\n,Bonn,no,7.25\n33,Aalen,yes,9\n27,,no,6\n"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "towns.csv"
    path.write_text(TABLE)
    return str(path)


def both(rows):
    """Training and validation rows together, without order."""
    x = np.concatenate([rows.training.x, rows.validation.x])
    y = np.concatenate([rows.training.y, rows.validation.y])
    return {
        tuple(np.nan_to_num(line, nan=-1.0).tolist()): value
        for line, value in zip(x, y, strict=True)
    }


def test_numbers_categories_and_flags_are_read(table):
    rows = rows_of_file(table, "rent")
    assert rows.training.names == ("age", "town=Aalen", "town=Bonn", "town=Ulm", "car=yes")
    assert both(rows) == {
        (36, 0, 1, 0, 1): 9.5, (41, 0, 0, 1, 0): 8, (-1, 0, 1, 0, 0): 7.25,
        (33, 1, 0, 0, 1): 9, (27, 0, 0, 0, 0): 6,
    }  # fmt: skip
    assert (len(rows.training), len(rows.validation), rows.validation.part) == (4, 1, "val")
    assert rows.words == (
        "5 rows, 3 columns, 1 of them categories; the target 'rent' is a quantity; 1 rows, drawn "
        "at random, are for validation"
    )


def test_categories_as_targets_are_numbered_in_sorted_order(table):
    rows = rows_of_file(table, "car", ["age", "town"])
    assert rows.training.names == ("rent",) and rows.training.y.dtype == np.int64
    assert both(rows) == {(9.5,): 1, (8,): 0, (7.25,): 0, (9,): 1, (6,): 0}


def test_the_same_file_is_divided_in_the_same_way(table):
    first, second = rows_of_file(table, "rent"), rows_of_file(table, "rent")
    np.testing.assert_array_equal(first.validation.y, second.validation.y)


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("a,when\n1,2024-01-01\n2,2024-01-02\n", {"target": "a"}, r"'when' \(date\).*--drop"),
        ("a,b\n1,5\n2,6\n", {"target": "c"}, "no column 'c'"),
        ("a,id\n1,5\n2,6\n", {"target": "a"}, r"'id' \(identifier\)"),
        ("a,b\n1,5\n2,6\n", {"target": None}, "--target COLUMN"),
        ("a,b\n1,5\n2,6\n", {"target": "a", "dropped": ["b"]}, "no column is left"),
        ("a,b\n1,u\n2,\n3,u\n4,v\n5,v\n", {"target": "b"}, "missing in 1 rows"),
        ("a,b\n1,2024-01-01\n2,2024-01-02\n", {"target": "b"}, "holds dates"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(tmp_path, text, options, message):
    path = tmp_path / "data.csv"
    path.write_text(text)
    with pytest.raises(st.errors.SteepestError, match=message):
        rows_of_file(str(path), **options)


def test_a_single_row_is_refused(tmp_path):
    (tmp_path / "one.csv").write_text("age,rent\n36,9.5\n")
    np.savez(tmp_path / "one.npz", x=np.eye(1), y=[1])
    for name in ("one.csv", "one.npz"):
        with pytest.raises(st.errors.DataError, match=rf"{name}: two rows or more were expected"):
            rows_of_file(str(tmp_path / name), "rent" if name == "one.csv" else None)


def test_arrays_are_read_with_their_validation_rows(tmp_path):
    x, y = np.arange(12.0).reshape(6, 2), np.arange(6) % 2
    path = str(tmp_path / "rows.npz")
    np.savez(path, x_train=x, y_train=y, x_test=x[:2], y_test=y[:2], other=y + 5)
    rows = rows_of_file(path, None)
    assert (len(rows.training), len(rows.validation)) == (6, 2)
    assert rows.words == "6 rows of x_train, 2 of x_test for validation"
    assert rows_of_file(path, "other").training.y[0] == 5
    with pytest.raises(st.errors.DataError, match="no array 'label'"):
        rows_of_file(path, "label")


def test_the_usual_network_fits_its_targets():
    x = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    classes = usual_network(Rows.of(x, np.arange(40) % 3))
    assert classes.output_shape == (None, 3) and len(classes.layers) == 4
    money = usual_network(Rows.of(x, 1e5 + 1e4 * x[:, 0]))
    assert np.abs(np.asarray(money.predict(x, verbose=0)) - 1e5).max() < 1e5
    pictures = usual_network(Rows.of(np.random.default_rng(0).random((9, 4, 4)), np.arange(9) % 2))
    assert pictures.output_shape == (None, 2)
