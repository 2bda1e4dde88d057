"""CSV and TSV: values, inferred dtypes, and errors by row and column."""

import gzip

import numpy as np
import pytest

from steepest.data import Dataset
from steepest.data.files import DelimitedFile, open_source, packed, read_columns, read_csv
from steepest.errors import ArgumentError, DataError


def written(tmp_path, text, name="table.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def test_kinds_are_found(tmp_path):
    table = read_csv(written(tmp_path, "id,height,name\n1,1.5,Ada\n2,,Alan\n"))
    assert table["id"].dtype == np.int64 and table["id"].tolist() == [1, 2]
    assert table["height"].dtype == np.float64 and np.isnan(table["height"][1])
    assert table["name"].dtype == object and table["name"].tolist() == ["Ada", "Alan"]


def test_kinds_can_be_given(tmp_path):
    path = written(tmp_path, "a,b,c\n1,2,3\n")
    table = read_csv(path, types={"a": np.float32, "b": str, "c": np.uint8})
    assert [table[name].dtype for name in "abc"] == [np.float32, object, np.uint8]


def test_quotes_newlines_and_delimiters_inside_fields(tmp_path):
    table = read_csv(written(tmp_path, 'a,b\n"x, y",1\n"two\nlines",2\n"say ""hi""",3\n'))
    assert table["a"].tolist() == ["x, y", "two\nlines", 'say "hi"']


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found(tmp_path, delimiter):
    path = written(tmp_path, f"a{delimiter}b\n1{delimiter}2\n")
    assert read_csv(path)["b"].tolist() == [2]


def test_blank_lines_are_no_rows(tmp_path):
    assert read_csv(written(tmp_path, "a\n\n1\n\n2\n\n"))["a"].tolist() == [1, 2]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_tells_the_encoding(tmp_path, encoding):
    assert read_csv(written(tmp_path, "é,b\n1,2\n", encoding=encoding))["é"].tolist() == [1]


@pytest.mark.parametrize("rows_per_chunk", [1, 2, 7, 100])
def test_chunks_are_the_whole_in_order(tmp_path, rows_per_chunk):
    path = written(tmp_path, "a,b\n" + "".join(f"{i},{i / 2}\n" for i in range(20)))
    source = DelimitedFile(path)
    assert source.rows is None
    chunks = list(source.chunks(rows_per_chunk))
    assert np.concatenate([chunk["a"] for chunk in chunks]).tolist() == list(range(20))
    assert read_columns(source)["b"].tolist() == [i / 2 for i in range(20)]


def test_columns_can_be_chosen_and_names_given(tmp_path):
    path = written(tmp_path, "1,2,3\n4,5,6\n")
    table = read_csv(path, names=["a", "b", "c"], columns=["c", "a"])
    assert {name: column.tolist() for name, column in table.items()} == {"c": [3, 6], "a": [1, 4]}


def test_a_column_without_name_gets_its_place(tmp_path):
    assert list(read_csv(written(tmp_path, ",x\n0,5\n"))) == ["column_0", "x"]


def test_numbers_in_the_first_line_are_warned_about(tmp_path):
    with pytest.warns(UserWarning, match="names="):
        read_csv(written(tmp_path, "1,2\n3,4\n"))


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", {}, "empty"),
        ("\n\n", {}, "names no columns"),
        ("a,b\n", {}, "no rows"),
        ("a,b\n1,2\n3\n", {}, r"row 2 \(line 3\) has 1 fields, expected 2"),
        ("a,b\n1,2,3\n", {}, r"row 1 \(line 2\) has 3 fields"),
        ("a,b,a\n1,2,3\n", {}, "'a' appears more than once"),
        ("a,b\n1,2\n", {"columns": ["age"]}, "no column 'age'"),
        ("a,b\n1,2\n", {"types": {"c": float}}, "no column 'c'"),
        ("a\n" + "1\n" * 20 + "n/a\n", {}, "row 21, column 'a' holds 'n/a'"),
        ("a\n1\nx\n", {"types": {"a": float}}, "row 2, column 'a' holds 'x' where a number"),
        ("a,b\n1,1\n2.5,1\n", {"types": {"a": int}}, "row 2, column 'a' holds '2.5' where a whole"),
        ("a,b\n1,1\n,1\n", {"types": {"a": int}}, "row 2, column 'a' holds ''"),
        ("a\n300\n", {"types": {"a": np.uint8}}, "row 1, column 'a' holds '300'"),
        ('a,b\n"1,2\n3,4\n', {}, "never closed"),
        ("a,b\n1,\0\n", {}, "zero byte"),
        (b"a,b\n\xff\xff,2\n", {}, "is not text in utf-8"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff", {}, "is no text: it holds bytes of another kind"),
    ],
)
def test_a_fault_is_named_with_its_place(tmp_path, text, options, message):
    path = written(tmp_path, text)
    with pytest.raises(DataError, match=message):
        read_csv(path, **options)


def test_a_fault_beyond_the_first_chunk_has_its_own_row(tmp_path):
    path = written(tmp_path, "a\n" + "1\n" * 30 + "oops\n" + "1\n" * 10)
    source = DelimitedFile(path, types={"a": float})
    with pytest.raises(DataError, match="row 31, column 'a' holds 'oops'"):
        list(source.chunks(7))


def test_the_remedy_that_a_fault_names_works(tmp_path):
    path = written(tmp_path, "a\n" + "1\n" * 20 + "n/a\n")
    assert np.isnan(read_csv(path, missing=["", "n/a"])["a"][20])
    assert read_csv(path, types={"a": str})["a"][20] == "n/a"


def test_wrong_arguments(tmp_path):
    path = written(tmp_path, "a\n1\n")
    with pytest.raises(ArgumentError, match="types"):
        read_csv(path, types={"a": complex})
    with pytest.raises(ArgumentError, match="rows_per_chunk"):
        next(DelimitedFile(path).chunks(0))
    with pytest.raises(ArgumentError, match="list of names"):
        read_csv(path, columns="a")


# ---------------------------------------------------------------- gzipped


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_gzipped_tables_are_those_inside(tmp_path, encoding):
    text = 'é,name\n1,"two\nlines"\n2,Ada\n'.encode(encoding)
    path = written(tmp_path, gzip.compress(text), "table.csv.gz")
    table = read_columns(open_source(path))
    assert table["é"].tolist() == [1, 2] and table["name"].tolist() == ["two\nlines", "Ada"]
    assert [int(row["é"]) for row in Dataset.from_file(path)] == [1, 2]
    assert read_csv(written(tmp_path, gzip.compress(text), "nameless"))["é"].tolist() == [1, 2]


def test_the_name_inside_tells_the_delimiter(tmp_path):
    path = written(tmp_path, gzip.compress(b"a,b\tc\n1\t2\n"), "table.tsv.gz")
    assert open_source(path).columns == ("a,b", "c")


def test_other_packed_files_have_no_reader(tmp_path):
    with pytest.raises(DataError, match=r"no reader is known for '.gz'; known names: .*\.csv\.gz"):
        open_source(written(tmp_path, gzip.compress(b"x"), "x.npy.gz"))


@pytest.mark.parametrize("damage", [slice(0, -12), slice(0, 20)], ids=["cut", "cut early"])
def test_damaged_gzip_is_an_error(tmp_path, damage):
    content = gzip.compress("".join(f"{n},{n * n}\n" for n in range(999)).encode())[damage]
    with pytest.raises(DataError, match="damaged or cut short"):
        read_csv(written(tmp_path, content, "table.csv.gz"), names=["a", "b"])


def test_a_line_without_end_is_refused_before_it_fills_the_memory(tmp_path):
    content = gzip.compress(b"a\n" + b"1" * (packed.LONGEST_LINE + 1))
    with pytest.raises(DataError, match="has a line of over"):
        read_csv(written(tmp_path, content, "table.csv.gz"))


def test_a_bomb_is_refused_before_it_is_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(packed, "FREE_BYTES", 1 << 16)
    content = gzip.compress(b"a\n" + b"1\n" * (1 << 20))
    with pytest.raises(DataError, match="unpacks to more than 200 times its size"):
        read_csv(written(tmp_path, content, "table.csv.gz"))
