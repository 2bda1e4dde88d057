"""Arrays in files: a changed byte anywhere is found, and equal content gives equal bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import steepest as st
from steepest.errors import DataError
from steepest.storage import load_variables, read_tensors, save_variables, write_tensors


def test_each_flipped_byte_is_found_and_the_file_named(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    variables = [st.Variable([1.0, 2.0], name="w"), st.Variable(3, name="n")]
    save_variables(path, variables, {"model": "m"})
    content = path.read_bytes()
    for place in range(len(content)):
        for change in (0x01, 0x20, 0xFF):
            damaged = bytearray(content)
            damaged[place] ^= change
            path.write_bytes(damaged)
            with pytest.raises(DataError, match=r"w\.safetensors"):
                load_variables(path, variables)
    assert variables[0].tolist() == [1.0, 2.0] and variables[1].item() == 3


def test_a_file_of_many_pieces_has_one_checksum(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    array = np.arange(700_000, dtype=np.float32)
    write_tensors(path, {"w": array}, {"format": 2})
    np.testing.assert_array_equal(read_tensors(path)[0]["w"], array)
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match="is damaged: its bytes are not those"):
        read_tensors(path)


def test_a_note_that_quotes_the_place_of_the_checksum_is_stored_as_given(tmp_path: Path) -> None:
    note = {"text": '"steepest":"{"sha256": "' + "0" * 64, "sha256": "of the caller"}
    write_tensors(tmp_path / "w.safetensors", {"w": np.ones(2)}, note)
    assert read_tensors(tmp_path / "w.safetensors")[1]["text"] == note["text"]


def test_equal_content_gives_equal_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_tensors(tmp_path / name, {"w": np.ones(2), "v": np.zeros(3)}, {"x": 1})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_format_of_a_later_version_is_refused_by_its_number(tmp_path: Path) -> None:
    write_tensors(tmp_path / "w.safetensors", {"0:w": np.ones(2)}, {"format": 3})
    with pytest.raises(DataError, match=r"format 3 is not known to this version \(it reads 1 to 2"):
        load_variables(tmp_path / "w.safetensors", [st.Variable([1.0, 2.0])])
