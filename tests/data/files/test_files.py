"""Files by their names: which reader they have."""

from __future__ import annotations

from pathlib import Path

import pytest

from steepest.data.files import open_source
from steepest.errors import ArgumentError, DataError


def test_files_without_a_reader_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ArgumentError, match=r"no argument 'colums': did you mean 'columns'"):
        open_source(tmp_path / "a.csv", colums=["a"])
    with pytest.raises(DataError, match=r"no reader is known for '\.unknown'; known names: \.csv"):
        open_source(tmp_path / "a.unknown")
    with pytest.raises(DataError, match=r"no reader is known for '\.gz'"):
        open_source(tmp_path / "a.unknown.gz")
    (tmp_path / "train-idx1-ubyte").write_bytes(b"\0\0\x08\1\0\0\0\2\5\7")
    assert type(open_source(tmp_path / "train-idx1-ubyte")).__name__ == "IdxFile"
    (tmp_path / "idx.csv").write_text("a,b\n1,2\n")
    assert open_source(tmp_path / "idx.csv").columns == ("a", "b")
