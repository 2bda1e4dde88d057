"""Picture: the data, the axes, files and notebooks."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("matplotlib")

import steepest as st


def test_a_picture_is_saved_in_the_format_of_the_ending(tmp_path: Path):
    picture = st.plot.schedules({"a<b": 0.1}, steps=5, theme="dark")
    picture.save(tmp_path / "rates.png")
    picture.save(tmp_path / "rates.svg")
    assert (tmp_path / "rates.png").read_bytes().startswith(b"\x89PNG")
    assert "#15181c" in (tmp_path / "rates.svg").read_text(encoding="utf-8")  # the dark page


def test_notebooks_show_the_picture_with_its_text():
    picture = st.plot.schedules({"a<b": 0.1}, steps=5)
    assert picture._repr_png_().startswith(b"\x89PNG")
    html = picture._repr_html_()
    assert html.startswith('<img alt="values of a&lt;b over 5 steps" src="data:image/png;base64,')
    assert repr(picture) == "<Picture of Schedules: values of a<b over 5 steps>"
    assert picture.ax is picture.axes[0] and picture.ax.get_figure() is picture.figure
