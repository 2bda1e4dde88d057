"""Parquet: row groups as chunks, missing values, types that are neither numbers nor text."""

import numpy as np
import pytest

from steepest.data.files import ParquetFile, read_columns
from steepest.errors import DataError

pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")


def written(tmp_path, columns, **options):
    path = tmp_path / "set.parquet"
    parquet.write_table(pyarrow.table(columns), path, **options)
    return path


def test_chunks_follow_row_groups(tmp_path):
    path = written(
        tmp_path, {"a": list(range(10)), "b": [i / 2 for i in range(10)]}, row_group_size=4
    )
    source = ParquetFile(path)
    assert source.rows == 10
    assert [len(chunk["a"]) for chunk in source.chunks(3)] == [3, 1, 3, 1, 2]
    assert read_columns(source)["b"].tolist() == [i / 2 for i in range(10)]


def test_missing_values(tmp_path):
    path = written(
        tmp_path, {"a": [1, None], "b": [1.5, None], "c": ["x", None], "d": [True, None]}
    )
    table = read_columns(ParquetFile(path))
    assert table["a"].dtype == table["d"].dtype == np.float64
    assert np.isnan([table["a"][1], table["b"][1], table["d"][1]]).all()
    assert table["c"].tolist() == ["x", ""]


def test_categories_come_as_text(tmp_path):
    path = written(tmp_path, {"c": pyarrow.array(["x", "y", "x"]).dictionary_encode()})
    assert read_columns(ParquetFile(path))["c"].tolist() == ["x", "y", "x"]


def test_nested_columns_are_refused_unless_left_out(tmp_path):
    path = written(tmp_path, {"a": [1, 2], "list": [[1], [2, 3]]})
    with pytest.raises(DataError, match=r"list: contains list"):
        ParquetFile(path)
    assert ParquetFile(path, columns=["a"]).rows == 2


def test_empty_missing_and_damaged(tmp_path):
    path = written(tmp_path, {"a": pyarrow.array([], pyarrow.int64())})
    with pytest.raises(DataError, match="no rows"):
        ParquetFile(path)
    with pytest.raises(DataError, match="no column 'b'"):
        ParquetFile(written(tmp_path, {"a": [1]}), columns=["b"])
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(DataError, match="not a sound Parquet file"):
        ParquetFile(path)


def test_one_great_group_is_not_held_whole(tmp_path):
    numbers = np.random.default_rng(0).normal(size=1_000_000)
    parquet.write_table(pyarrow.table({"x": numbers}), tmp_path / "x.parquet")
    before, most, rows = pyarrow.total_allocated_bytes(), 0, 0
    for chunk in ParquetFile(tmp_path / "x.parquet").chunks(1000):
        assert np.array_equal(chunk["x"], numbers[rows : rows + len(chunk["x"])])
        most = max(most, pyarrow.total_allocated_bytes() - before)
        rows += len(chunk["x"])
    assert rows == len(numbers) and most < numbers.nbytes / 2
