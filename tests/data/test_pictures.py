"""Single pictures as files and arrays; the numbers are those of Keras 3.15.1."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, DataError, ShapeError, UnknownNameError

pytest.importorskip("PIL.Image")

COLOURS = np.arange(4 * 6 * 3).reshape(4, 6, 3)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    st.utils.save_img(tmp_path / "a.png", COLOURS, scale=False)
    return tmp_path / "a.png"


def numbers(picture: Any) -> list[Any]:
    return np.asarray(picture).tolist()


def test_a_picture_is_read_as_it_was_written(path: Path) -> None:
    for source in (path, str(path), io.BytesIO(path.read_bytes())):
        found = st.utils.img_to_array(st.utils.load_img(source))
        assert found.dtype == np.float32 and np.array_equal(found, COLOURS)


def test_sizes_and_interpolations(path: Path) -> None:
    def loaded(**options: Any) -> list[Any]:
        return numbers(st.utils.load_img(path, target_size=(2, 2), **options))

    assert loaded() == [[[21, 22, 23], [30, 31, 32]], [[57, 58, 59], [66, 67, 68]]]
    bilinear = [[[17, 18, 19], [24, 25, 26]], [[45, 46, 47], [52, 53, 54]]]
    assert loaded(interpolation="bilinear") == bilinear
    assert loaded(interpolation="bilinear", keep_aspect_ratio=True) == [
        [[18, 19, 20], [24, 25, 26]], [[46, 47, 48], [52, 53, 54]],
    ]  # fmt: skip
    with pytest.raises(UnknownNameError, match="'bilinear'"):
        loaded(interpolation="billinear")


def test_colours(path: Path) -> None:
    gray = st.utils.load_img(path, color_mode="grayscale")
    assert gray.mode == "L" and numbers(gray)[0] == [1, 4, 7, 10, 13, 16]
    assert st.utils.load_img(path, color_mode="rgba").mode == "RGBA"
    with pytest.raises(ArgumentError, match="grayscale, rgb, rgba was expected, got 'gray'"):
        st.utils.load_img(path, color_mode="gray")


def test_arrays_as_pictures() -> None:
    make = st.utils.array_to_img
    gray = make(np.array([[[0.0], [0.5]], [[1.0], [0.25]]]))
    assert gray.mode == "L" and numbers(gray) == [[0, 127], [255, 63]]
    twelve = np.arange(12.0).reshape(2, 2, 3)
    assert numbers(make(twelve)) == [
        [[0, 23, 46], [69, 92, 115]], [[139, 162, 185], [208, 231, 255]],
    ]  # fmt: skip
    assert numbers(make(twelve, scale=False)) == twelve.astype(int).tolist()
    first = np.arange(12).reshape(3, 2, 2)
    assert numbers(make(first, data_format="channels_first")) == [
        [[0, 92, 185], [23, 115, 208]], [[46, 139, 231], [69, 162, 255]],
    ]  # fmt: skip
    assert make(np.array([[[300.0]]]), scale=False).mode == "I"
    assert make(np.zeros((1, 1, 4))).mode == "RGBA"
    assert numbers(make(np.full((1, 1, 1), 7.0))) == [[0]]


def test_pictures_as_arrays(path: Path) -> None:
    picture = st.utils.load_img(path)
    assert st.utils.img_to_array(picture, "channels_first", "uint8").shape == (3, 4, 6)
    assert st.utils.img_to_array(picture.convert("L")).shape == (4, 6, 1)
    assert st.utils.img_to_array(np.zeros((4, 6)), "channels_first").shape == (1, 4, 6)


def test_jpeg_has_no_transparency(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="JPEG has no transparency"):
        st.utils.save_img(tmp_path / "a.jpg", np.zeros((4, 6, 4)))
    assert st.utils.load_img(tmp_path / "a.jpg").format == "JPEG"


def test_wrong_shapes_and_files(tmp_path: Path) -> None:
    with pytest.raises(ShapeError, match=r"3 axes was expected, got \(4, 6\)"):
        st.utils.array_to_img(np.zeros((4, 6)))
    with pytest.raises(ShapeError, match="1, 3 or 4 channels"):
        st.utils.array_to_img(np.zeros((4, 6, 2)))
    with pytest.raises(ShapeError, match="2 or 3 axes"):
        st.utils.img_to_array(np.zeros(4))
    with pytest.raises(ArgumentError, match="'channels_last' or 'channels_first'"):
        st.utils.img_to_array(np.zeros((4, 6)), "first")
    with pytest.raises(DataError, match="there is no such file"):
        st.utils.load_img(tmp_path / "none.png")
    with pytest.raises(DataError, match="the picture in memory: is not a sound picture"):
        st.utils.load_img(io.BytesIO(b"text"))
