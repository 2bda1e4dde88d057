"""Whole files as tensors, and the functions of gfile."""

from __future__ import annotations

from pathlib import Path

import pytest

import steepest as st
from steepest.errors import ArgumentError, DataError
from steepest.io import gfile


def test_a_file_is_read_in_a_pipeline(tmp_path: Path) -> None:
    for name in "ba":
        st.io.write_file(tmp_path / f"{name}.txt", f"text {name} é\n")
    files = st.data.Dataset.list_files(tmp_path / "*.txt")
    assert [text.numpy() for text in files.map(st.io.read_file)] == ["text a é\n", "text b é\n"]
    assert st.io.matching_files(tmp_path / "b*").tolist() == [str(tmp_path / "b.txt")]


def test_what_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "picture").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="no text in UTF-8; read other files in Python"):
        st.io.read_file(tmp_path / "picture")
    with pytest.raises(DataError, match="cannot be read"):
        st.io.read_file(str(tmp_path / "none"))
    with pytest.raises(ArgumentError, match="the path of a file was expected, got 3"):
        st.io.read_file(3)


def test_files_and_folders(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    gfile.makedirs(folder)
    gfile.makedirs(folder)
    with gfile.GFile(folder / "x.txt", "w") as file:
        file.write("é")
    gfile.copy(folder / "x.txt", folder / "y.txt")
    with pytest.raises(ArgumentError, match="overwrite=True replaces it"):
        gfile.copy(folder / "x.txt", folder / "y.txt")
    gfile.rename(folder / "x.txt", folder / "y.txt", overwrite=True)
    assert gfile.listdir(folder) == ["y.txt"] and gfile.glob(str(folder / "*")) == [
        str(folder / "y.txt")
    ]
    gfile.remove(folder / "y.txt")
    assert not gfile.exists(folder / "y.txt") and gfile.isdir(st.constant(str(folder)))
    gfile.rmtree(tmp_path / "a")
    gfile.mkdir(tmp_path / "a")
    assert gfile.listdir(tmp_path / "a") == []
