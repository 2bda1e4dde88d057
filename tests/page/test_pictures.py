"""Small pictures on a page: their pixels, texts and sizes."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

import numpy as np
import pytest

import steepest as st
from tests.page.validator import faults_of, texts_of


def pixels_of(pictures: st.page.Pictures) -> list[np.ndarray]:
    """The pictures that a browser shows."""
    image = pytest.importorskip("PIL.Image", reason="missing peer: pip install pillow")
    codes = re.findall(r"base64,([^\"]+)", pictures.markup("b1"))
    return [np.asarray(image.open(io.BytesIO(base64.b64decode(code)))) for code in codes]


@pytest.mark.parametrize(
    ("colours", "values", "shown"),
    [
        ("ink", [0.0, 1.0, 2.0], [255, 128, 0]),
        ("grey", [0.0, 1.0, 2.0], [0, 128, 255]),
        ("grey", [7.0, 7.0], [0, 0]),
        ("signed", [0.0, 2.0, -2.0], [[255, 255, 255], [200, 84, 0], [36, 54, 195]]),
        ("signed", [0.0, 1.0, 2.0], [[255, 255, 255], [228, 170, 128], [200, 84, 0]]),
        ("signed", [0.0, np.nan], [[255, 255, 255], [255, 255, 255]]),
        ("rgb", np.array([[[1, 2, 3]]], np.uint8)[0], [[1, 2, 3]]),
        ("rgb", np.array([[0.0, 1.0, 9.0]]), [[0, 255, 255]]),
    ],
)
def test_numbers_become_colours(colours: str, values: Any, shown: Any) -> None:
    picture = np.asarray(values)[None, None]
    (pixels,) = pixels_of(st.page.Pictures(picture, "Title", colours=colours))
    np.testing.assert_allclose(pixels[0].astype(int), shown, atol=1)


def test_all_pictures_have_one_scale() -> None:
    dim, bright = pixels_of(st.page.Pictures([[[0.0, 1.0]], [[0.0, 4.0]]], "T", colours="grey"))
    assert (dim.max(), bright.max()) == (64, 255)


def test_a_page_with_pictures_is_valid_and_says_what_they_show() -> None:
    page = st.page.Page("Digits", st.page.Pictures(np.eye(4)[None], "One", ["a 7 & more"]))
    page.add(st.page.Pictures(np.ones((2, 3, 6)), "Two", size=100))
    assert faults_of(page.html()) == []
    assert texts_of(page.html()).split("\n")[-3:] == ["One", "a 7 & more", "Two"]
    assert 'alt="a 7 &amp; more" width="64" height="64"' in page.html()
    assert 'alt="picture 2" width="100" height="50"' in page.html()


WRONG = {
    "rows": (np.ones((5, 64)), {}, r"\(count, height, width\).* got \(5, 64\); rows become"),
    "channels": (np.ones((5, 8, 8)), {"colours": "rgb"}, r"\(count, height, width, 3\)"),
    "texts": (np.ones((2, 8, 8)), {"texts": ["a"]}, "2 pictures need as many texts, got 1"),
    "colours": (np.ones((2, 8, 8)), {"colours": "red"}, "colours is 'ink' or"),
    "size": (np.ones((2, 8, 8)), {"size": 1}, "size: a whole number from 8 to 512"),
}


@pytest.mark.parametrize(("pictures", "options", "message"), WRONG.values(), ids=WRONG)
def test_wrong_arguments_are_named(pictures: Any, options: Any, message: str) -> None:
    with pytest.raises(st.errors.SteepestError, match=message):
        st.page.Pictures(pictures, "Title", **options)
