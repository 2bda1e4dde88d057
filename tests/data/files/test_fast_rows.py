"""Rows by machine code are those of Python's reader: values, dtypes and errors."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from steepest.data import Dataset
from steepest.data.files import DelimitedFile, delimited, fast_rows, read_columns, source
from steepest.engines.cpu.kernels.fields import run_fields
from steepest.errors import DataError


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Machine code reads files of any size."""
    monkeypatch.setattr(delimited, "fields_kernel", lambda size: run_fields)
    return monkeypatch


def chunks_or_error(path: Path, rows: int, options: dict[str, Any]) -> Any:
    try:
        return list(DelimitedFile(path, **options).chunks(rows))
    except DataError as error:
        return str(error)


def assert_alike(path: Path, rows: int = 3, faults: int = 1, **options: Any) -> Any:
    """Both ways give the same chunks, or the same error; of several faults, any."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "fields_kernel", lambda size: None)
        expected = chunks_or_error(path, rows, options)
        patch.setattr(delimited, "fields_kernel", lambda size: run_fields)
        found = chunks_or_error(path, rows, options)
    if isinstance(expected, str):
        assert found == expected if faults == 1 else isinstance(found, str)
        return found
    assert len(found) == len(expected)
    for left, right in zip(found, expected, strict=True):
        assert list(left) == list(right)
        for name in left:
            assert left[name].dtype == right[name].dtype
            if left[name].dtype == object:
                assert left[name].tolist() == right[name].tolist()
            else:
                assert left[name].tobytes() == right[name].tobytes()
    return found


def written(folder: Path, text: str | bytes, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


TABLES = {
    "numbers": "a,b\n1,2.5\n-3,1e-7\n+4,.5\n",
    "texts": 'a,b\nx,"y, z"\n"say ""hi""",\n"two\nlines","cr\rlf\r\nend"\n',
    "missing": "a,b\n1,\n,2\n,\n3.5,4\n",
    "crlf": "a,b\r\n1,2\r\n\r\n3,4\r\n",
    "cr": "a,b\r1,2\r\r3,4\r",
    "no end": "a,b\n1,2\n3,4",
    "cr at the end": "a,b\n1,2\r",
    "blank lines": "\n\na,b\n\n1,2\n\n\n3,4\n\n",
    "quoted numbers": 'a,b\n"1","2.5"\n" 3 ",4\n',
    "spaces": "a,b\n 1, 2.5\n3 ,4 \n",
    "words": "a,b\n1,nan\n2,-inf\n3,Infinity\n",
    "long": "a,b\n1,0.1234567890123456789012345\n2,123456789012345678901234567890\n",
    "header in quotes": '"a\nb","c,d"\n1,2\n',
    "letters": "é,b\nñandú,1\n日本,2\n",
    "digits of another script": "a,b\n١٢,1\n3,2\n",
    "quotes inside": 'a,b\n5" pipe,1\nx"y",2\n',
    "one column": 'a\n1\n\n2\n""\n',
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["", "marked"])
def test_a_table_is_read_alike(tmp_path: Path, text: str, mark: bytes) -> None:
    assert_alike(written(tmp_path, mark + text.encode()))
    assert_alike(written(tmp_path, gzip.compress(mark + text.encode()), "table.csv.gz"), 1)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-le", "cp1252"])
def test_other_encodings_are_read_alike(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, "é,b\nñandú,1.5\nx,2\n".encode(encoding))
    chunks = assert_alike(path, encoding=encoding)
    assert chunks[0]["é"].tolist() == ["ñandú", "x"]


FAULTS = {
    "few fields": "a,b\n1,2\n3,4\n5\n",
    "many fields": "a,b\n1,2\n\n\n1,2,3\n",
    "open quote": 'a,b\n1,2\n3,"4\n5,6\n',
    "text behind a quote": 'a,b\n1,2\n"3"4,5\n',
    "zero byte": "a,b\n1,2\n3,\0\n",
    "no number": "a,b\n1,2\n3,x\n" + "5,6\n" * 40,
    "no integer": "a,b\n1,2\n" * 1 + "3,4\n" * 20 + "5.5,1\n",
    "not the encoding": b"a,b\n1,2\n3,\xff\n",
    "no rows": "a,b\n",
    "a long field": 'a,b\n1,"' + "x" * 140_000 + '"\n',
    "a field without end": 'a,b\n1,"' + "x\n" * 140_000,
}


@pytest.mark.parametrize("text", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named_alike(tmp_path: Path, text: str | bytes) -> None:
    options = {"types": {"a": int, "b": float}}
    assert isinstance(assert_alike(written(tmp_path, text), **options), str)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("a,b\n1,-999\n2,3\n-999,-999.0\n", {"missing": ["-999", "x"]}),
        ("a,b\n1,NA\n2,\n", {"missing": ["NA"], "types": {"b": str}}),
        ("a,b\n1,NA\nNA,3\n", {"missing": ["NA"], "types": {"a": float, "b": float}}),
        ("1,2,3\n4,5,6\n", {"names": ["a", "b", "c"], "columns": ["c", "a"]}),
        ("a\n1.5\n2.5e-3\n1e30\n", {"types": {"a": np.float32}}),
        ("a\n1\n255\n", {"types": {"a": np.uint8}}),
        ("a\n1\n300\n", {"types": {"a": np.uint8}}),
        ("a\n-1\n", {"types": {"a": np.uint64}}),
        ("a\n18446744073709551615\n1\n", {"types": {"a": np.uint64}}),
        ("a\n1_000\n2\n", {"types": {"a": int}}),
        ("a\n1_000\n2\n", {"types": {"a": float}}),
        ("a b\n1 2\n3 4\n", {"delimiter": " "}),
        ("a b\n1 2\n 3\n", {"delimiter": " "}),
        ("a\tb\n1\t2\n", {}),
        ("a;b\n1,5;2\n", {"types": {"a": str}}),
        ("aeb\n1e2\n", {"delimiter": "e"}),
        ("aéb\n1é2\n", {"delimiter": "é"}),
    ],
)
def test_options_are_obeyed_alike(tmp_path: Path, text: str, options: dict[str, Any]) -> None:
    assert_alike(written(tmp_path, text), **options)


FIELDS = some.one_of(
    some.floats().map(repr),
    some.integers(-(10**20), 10**20).map(str),
    some.sampled_from(["", " ", '""', '"1"', '"a,b"', '"x\ny"', "x", '"é"', "1e5", "-", "\0", '"']),
)
TEXTS = some.lists(
    some.tuples(
        some.lists(FIELDS, min_size=1, max_size=3), some.sampled_from(["\n", "\r\n", "\r"])
    ),
    max_size=12,
).map(lambda rows: "a,b\n" + "".join(",".join(fields) + end for fields, end in rows))


@given(TEXTS, some.integers(1, 40), some.integers(1, 5))
@settings(deadline=None)
def test_any_text_cut_anywhere_is_read_alike(text: str, block: int, rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(fast_rows, "BLOCK", block)
        path = written(Path(folder), text)
        for types in ({}, {"a": float, "b": float}, {"a": str, "b": int}):
            assert_alike(path, rows, faults=99, types=types)


@pytest.mark.parametrize("block", [1, 2, 3, 5, 8, 13, 64])
@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_where_blocks_end_does_not_matter(tmp_path: Path, text: str, block: int, fast: Any) -> None:
    fast.setattr(fast_rows, "BLOCK", block)
    assert_alike(written(tmp_path, text), 2)


def test_more_fields_than_the_list_holds(tmp_path: Path, fast: Any) -> None:
    fast.setattr(fast_rows, "LISTED", 4)
    path = written(tmp_path, "a,b\n" + "nan,inf\n1,2\n" * 50)
    assert_alike(path, 7)


def test_pieces_of_a_large_chunk_are_joined(tmp_path: Path, fast: Any) -> None:
    fast.setattr(fast_rows, "PIECE_ROWS", 10)
    path = written(tmp_path, "a,b\n" + "".join(f"{i},t{i}\n" for i in range(35)))
    assert len(assert_alike(path, 10**9)) == 1


def test_a_column_does_not_hold_memory_that_it_does_not_use(tmp_path: Path, fast: Any) -> None:
    (chunk,) = DelimitedFile(written(tmp_path, TABLES["numbers"])).chunks(10**6)
    assert chunk["a"].base is None and chunk["a"].tolist() == [1, -3, 4]


def test_a_dataset_reads_by_machine_code(tmp_path: Path, fast: Any) -> None:
    path = written(tmp_path, "a,b,y\n" + "".join(f"{i},{i / 8},{i % 2}\n" for i in range(99)))
    x, y = next(iter(Dataset.from_file(path, label="y").batch(99)))
    assert x[:, 1].tolist() == [i / 8 for i in range(99)] and y.tolist()[:3] == [0, 1, 0]


def read_without_python(path: Path, rows: int = 3, **options: Any) -> list[dict[str, np.ndarray]]:
    """The chunks, where Python's reader may not take over."""

    def refused(*arguments: Any) -> Any:
        raise AssertionError("machine code gave the table up")

    source = DelimitedFile(path, **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "fields_kernel", lambda size: run_fields)
        patch.setattr(DelimitedFile, "_texts", refused)
        return list(source.chunks(rows))


@pytest.mark.parametrize("block", [16, 64, 1 << 17])
@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_tables_are_read_to_their_end_by_machine_code(
    tmp_path: Path, text: str, block: int, fast: Any
) -> None:
    fast.setattr(fast_rows, "BLOCK", block)
    chunks = read_without_python(written(tmp_path, text), 1)
    assert all(len(column) == 1 for chunk in chunks for column in chunk.values())
    encodings = {"utf-8-sig": {}, "utf-16": {"encoding": "utf-16"}}
    for encoding, options in encodings.items():
        again = read_without_python(written(tmp_path, text.encode(encoding)), 1, **options)
        assert [list(map(str, c.values())) for c in again] == [
            list(map(str, c.values())) for c in chunks
        ]


@pytest.mark.parametrize(
    ("options", "columns"),
    [
        ({"delimiter": ";"}, {"a": [1, 3], "b": [2.5, 4.5]}),
        ({"delimiter": "|", "columns": ["b"]}, {"b": [2.5, 4.5]}),
        ({"delimiter": " "}, {"a": [1, 3], "b": [2.5, 4.5]}),
        ({"delimiter": "\t", "types": {"b": "float32"}}, {"a": [1, 3], "b": [2.5, 4.5]}),
        ({"delimiter": ",", "types": {"b": str}}, {"a": [1, 3], "b": ["2.5", "4.5"]}),
        ({"delimiter": ",", "missing": ["3"]}, {"a": [1.0, np.nan], "b": [2.5, 4.5]}),
        ({"delimiter": ",", "encoding": "ascii"}, {"a": [1, 3], "b": [2.5, 4.5]}),
    ],
)
def test_forms_that_machine_code_reads(
    tmp_path: Path, options: dict[str, Any], columns: dict[str, Any]
) -> None:
    text = "a,b\n1,2.5\n3,4.5\n".replace(",", options["delimiter"])
    (chunk,) = read_without_python(written(tmp_path, text), **options)
    assert str({name: column.tolist() for name, column in chunk.items()}) == str(columns)


@pytest.mark.parametrize("kind", ["int8", "uint8", "int16", "uint16", "int32", "uint32"])
def test_the_limits_of_small_integers_are_read_and_what_is_beyond_is_not(
    tmp_path: Path, kind: str
) -> None:
    low, high = int(np.iinfo(kind).min), int(np.iinfo(kind).max)
    options = {"types": {"a": kind}}
    (chunk,) = read_without_python(written(tmp_path, f"a\n{low}\n{high}\n"), **options)
    assert chunk["a"].tolist() == [low, high] and chunk["a"].dtype == kind
    for beyond in (low - 1, high + 1):
        path = written(tmp_path, f"a\n0\n{beyond}\n")
        with pytest.raises(AssertionError, match="gave the table up"):
            read_without_python(path, **options)
        assert_alike(path, **options)


@pytest.mark.parametrize("text", ["a b\n1\x01 2\n", "a b\n1 2\x01\n"])
def test_nothing_is_skipped_around_numbers_that_blanks_separate(tmp_path: Path, text: str) -> None:
    found = assert_alike(written(tmp_path, text), delimiter=" ", types={"a": int, "b": int})
    assert isinstance(found, str)


@pytest.mark.parametrize(
    ("delimiter", "types", "simple"),
    [
        (",", {"a": "f8"}, True),
        (",", {"a": "f4", "b": "i8"}, True),
        (",", {"a": "f8", "b": "f16"}, False),
        ("e", {"a": "f8"}, False),
        ("1", {"a": "f8"}, False),
        ("é", {"a": "f8"}, False),
        ("-", {"a": "f8"}, False),
        (".", {"a": "f8"}, False),
    ],
)
def test_forms_that_are_simple(delimiter: str, types: dict[str, str], simple: bool) -> None:
    dtypes = {name: np.dtype(kind) for name, kind in types.items()}
    form = fast_rows.Form(("a", "b"), dtypes, delimiter, "utf-8", frozenset(), True)
    assert form.is_simple is simple


def test_the_kinds_of_columns_are_decided_by_machine_code(tmp_path: Path, fast: Any) -> None:
    text = 'i,f,gaps,words,t\n1,1.5,,nan,x\n2,2,"3.5",-inf,1\n'
    source = DelimitedFile(written(tmp_path, text))
    names = ["i", "f", "gaps", "words", "t"]
    assert source._all_of(np.dtype(np.int64), names, 10) == ["i"]
    assert source._all_of(np.dtype(np.float64), names, 10) == ["i", "f", "gaps", "words"]
    marked = DelimitedFile(written(tmp_path, text), missing=["", "-1"])
    assert marked._all_of(np.dtype(np.float64), names, 10) == [], "a number may mean a gap"


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 9])
def test_all_rows_are_read_whatever_the_chunks(
    tmp_path: Path, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "READ_ROWS", rows)
    table = read_columns(DelimitedFile(written(tmp_path, "a,b\n1,x\n2,y\n3,z\n4,w\n")))
    assert table["a"].tolist() == [1, 2, 3, 4] and table["b"].tolist() == list("xyzw")
