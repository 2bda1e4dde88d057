"""Plain and gzipped files: which is which, how much they may unpack to, and how long lines are."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest

from steepest.data.files import packed
from steepest.data.files.packed import is_gzipped, lines_of, most_bytes, unpacked
from steepest.errors import DataError


@pytest.mark.parametrize(
    ("data", "found"),
    [(b"\x1f\x8b", True), (b"\x1f\x8b\x08", True), (b"\x1f", False), (b"\x1f\x8c", False)],
)
def test_two_bytes_tell_a_gzipped_file(tmp_path: Path, data: bytes, found: bool) -> None:
    (tmp_path / "f").write_bytes(data)
    assert is_gzipped(tmp_path / "f") is found


def test_both_kinds_are_read_alike(tmp_path: Path) -> None:
    for data in (b"content", gzip.compress(b"content")):
        (tmp_path / "f").write_bytes(data)
        with unpacked(tmp_path / "f") as stream:
            assert stream.read() == b"content"
    (tmp_path / "f").write_bytes(gzip.compress(b"content")[:-5])
    with pytest.raises(DataError, match="damaged or cut short"), unpacked(tmp_path / "f") as stream:
        stream.read()


def test_a_file_may_unpack_to_64_megabytes_or_200_times_its_size(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"0")
    assert most_bytes(path) == 1 << 26
    path.write_bytes(bytes(400_000))
    assert most_bytes(path) == 80_000_000


def text_of(data: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(data), "ascii", newline="")


def test_lines_have_a_greatest_length(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert packed.LONGEST_LINE == 1 << 24
    monkeypatch.setattr(packed, "LONGEST_LINE", 4)
    path = tmp_path / "f"
    path.write_bytes(b"0")
    assert list(lines_of(text_of(b"abc\nabcd"), path)) == ["abc\n", "abcd"]
    with pytest.raises(DataError, match="has a line of over 4 characters"):
        list(lines_of(text_of(b"abcde"), path))


def test_lines_are_read_up_to_the_size_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"0")
    monkeypatch.setattr(packed, "FREE_BYTES", 6)
    monkeypatch.setattr(packed, "BOMB_RATIO", 3)
    assert list(lines_of(text_of(b"ab\ncd\n"), path)) == ["ab\n", "cd\n"]
    with pytest.raises(DataError, match="unpacks to more than 3 times its size"):
        list(lines_of(text_of(b"ab\ncd\ne"), path))
