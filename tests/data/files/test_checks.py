"""Checks of readers, each at its bound."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from steepest.data.files.checks import (
    chunk_size,
    existing_file,
    existing_folder,
    import_extra,
    read_exactly,
    refuse_bomb,
    refuse_duplicates,
    row_ranges,
    same_rows,
    select_columns,
)
from steepest.errors import ArgumentError, DataError, MissingExtra

FREE = 64 * 1024 * 1024


@pytest.mark.parametrize(
    ("declared", "held", "refused"),
    [
        (FREE, 1, False),
        (FREE + 1, 1, True),
        (200_000_000, 1_000_000, False),
        (200_000_001, 1_000_000, True),
        (10**12, 10**11, False),
    ],
)
def test_more_than_two_hundred_times_the_size_is_refused_above_64_megabytes(
    declared: int, held: int, refused: bool
) -> None:
    if refused:
        with pytest.raises(DataError, match=f"f: declares {declared:,} bytes but has {held:,} com"):
            refuse_bomb(declared, held, "f")
    else:
        refuse_bomb(declared, held, "f")


def test_a_path_is_an_existing_file_with_content(tmp_path: Path) -> None:
    path = tmp_path / "f"
    for message in ("there is no such file", "the file is empty"):
        with pytest.raises(DataError, match=message):
            existing_file(str(path))
        path.write_bytes(b"")
    path.write_bytes(b"0")
    assert existing_file(str(path)) == path
    with pytest.raises(DataError, match="is a folder where a file was expected"):
        existing_file(tmp_path)


def test_a_folder_exists_and_is_no_file(tmp_path: Path) -> None:
    assert existing_folder(str(tmp_path)) == tmp_path
    with pytest.raises(DataError, match="does not exist where a folder was expected"):
        existing_folder(tmp_path / "none")
    (tmp_path / "f").write_bytes(b"0")
    with pytest.raises(DataError, match="is a file where a folder was expected"):
        existing_folder(tmp_path / "f")


class Recorded(io.BytesIO):
    """A stream that notes the sizes that it is asked for."""

    def __init__(self, held: bytes) -> None:
        super().__init__(held)
        self.asked: list[int] = []

    def read(self, size: int | None = -1, /) -> bytes:
        self.asked.append(-1 if size is None else size)
        return super().read(size)


def test_bytes_are_read_in_blocks_of_a_megabyte() -> None:
    mega = 1 << 20
    stream = Recorded(b"ab" * mega + b"rest")
    assert read_exactly(stream, 2 * mega + 3, "f") == b"ab" * mega + b"res"
    assert stream.asked == [mega, mega, 3]
    assert read_exactly(stream, 0, "f") == b"" and stream.read() == b"t"
    with pytest.raises(DataError, match="f: ends after 4 of 5 bytes that its header declares"):
        read_exactly(io.BytesIO(b"four"), 5, "f")


def test_columns_are_chosen_by_names_that_are_there() -> None:
    present = ["a", "b", "c"]
    assert select_columns(None, present, "f") == ("a", "b", "c")
    assert select_columns(["c", "a"], present, "f") == ("c", "a")
    assert select_columns([], present, "f") == ()
    with pytest.raises(ArgumentError, match=r"columns='a': a list of names .*\['a'\]"):
        select_columns("a", present, "f")
    with pytest.raises(DataError, match="f: has no column 'd'"):
        select_columns(["a", "d"], present, "f")
    with pytest.raises(DataError, match="columns=: the column 'b' appears more than once"):
        select_columns(["c", "b", "b"], present, "f")
    with pytest.raises(DataError, match="f: the column 'a' appears more than once"):
        refuse_duplicates(["b", "a", "a", "b"], "f")


def test_columns_have_one_length_that_is_not_zero() -> None:
    assert same_rows({"a": 3, "b": 3}, "f") == 3 and same_rows({"a": 1}, "f") == 1
    with pytest.raises(DataError, match=r"f: columns of different length .*\(a 3, b 4,000\)"):
        same_rows({"a": 3, "b": 4000}, "f")
    for lengths in ({"a": 0}, {}):
        with pytest.raises(DataError, match="f: holds no rows"):
            same_rows(lengths, "f")


def test_chunks_are_ranges_of_at_least_one_row() -> None:
    assert list(row_ranges(7, 3)) == [(0, 3), (3, 6), (6, 7)]
    assert list(row_ranges(6, 3)) == [(0, 3), (3, 6)] and list(row_ranges(0, 1)) == []
    assert chunk_size(1) == 1
    with pytest.raises(ArgumentError, match="rows_per_chunk=0: expected at least 1"):
        chunk_size(0)


def test_a_missing_package_is_named_with_its_extra() -> None:
    with pytest.raises(
        MissingExtra, match=r"the package 'not_there': pip install 'steepest\[some\]'"
    ):
        import_extra("not_there.part", "some")
