"""The markup of one figure of each kind and choice, as it is recorded, and thus its layout."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from tests.recorded import compare, sections_of

pytestmark = pytest.mark.usefixtures("names_from_one")

RECORD = Path(__file__).with_name("recorded_markup.txt")
MANY = np.round(np.sin(np.arange(41) * 0.7) * np.arange(41), 2)
LONG = "a learning rate ten times as small as that of the first epoch"
RUNS = {
    "rate": [0.1, 0.01, 0.001, 0.0001, 0.01],
    "activation": ["relu", "tanh", "relu", None, "tanh"],
    "units": [[64], [64, 32], [64], [64], [128]],
    "loss": [0.4, 0.1, 0.2, 0.3, np.nan],
}
BLOCKS: dict[str, Any] = {
    "bars": lambda: st.page.Bars({"rate": 0.7, "drop": 0.2}, "Importance", x_label="share"),
    "bars on both sides": lambda: st.page.Bars(
        {"a": -1, "b": 2.5, "c": np.nan}, "Effects", description="Of both."
    ),
    "bars in groups": lambda: st.page.Bars(
        {"training": [0.1, 1500], "validation": [0.3, 20]}, "Errors", names=["high", "low"]
    ),
    "bars with intervals": lambda: st.page.Bars(
        {"a": 1.0, "b": 2.0}, "Effects", intervals={"a": (0.5, 4.0), "b": (-1.0, 3.0)}
    ),
    "bars with long names": lambda: st.page.Bars({LONG: 1, "x" * 90: 2}, "Effects"),
    "bars of many": lambda: st.page.Bars(
        {f"n{k}": (k * 37) % 62 for k in range(62)}, "Numbers"
    ),
    "a line": lambda: st.page.Lines([2.3, 0.4, 0.35], "Loss", x_label="epoch", y_label=LONG),
    "a line without points": lambda: st.page.Lines(MANY, "Path"),
    "lines": lambda: st.page.Lines(
        {"training": [2.3, 0.4], "validation": [2.2, 0.6]}, "Loss", y_scale="log", x_label="epoch"
    ),
    "lines of which one stands out": lambda: st.page.Lines(
        {f"run {k}": [k, k + 1.5, np.nan, 1] for k in range(8)}, "Runs", highlight="run 3"
    ),
    "lines along a logarithm": lambda: st.page.Lines(
        ([1, 10, 5000], [0, np.inf, 1e6]), "Rates", x_scale="log"
    ),
    "points": lambda: st.page.Scatter(
        {"cats": ([1, 2.5], [3, 4]), "dogs": ([2], [5])}, "Animals", x_label="length"
    ),
    "points on logarithms": lambda: st.page.Scatter(
        (np.arange(1, 30) ** 3, 1 / np.arange(1, 30)), "Decay", x_scale="log", y_scale="log"
    ),
    "many lines": lambda: st.page.Lines(
        {f"run {k}": [k, 2 * k] for k in range(14)}, "Many"
    ),
    "slices": lambda: st.page.Slices(RUNS, "loss", "Loss by option", scales={"rate": "log"}),
    "slices of the highest": lambda: st.page.Slices(RUNS, "loss", "By option", best="high"),
    "parallel": lambda: st.page.Parallel(RUNS, "loss", "Runs", scales={"rate": "log"}),
    "parallel of the highest": lambda: st.page.Parallel(RUNS, "loss", "Runs", best="high"),
    "a table": lambda: st.page.Table(
        {"name": ["a", None], "loss": [0.123456789, 12345678.9], "units": [32, -64]}, "Two"
    ),
    "a table of many rows": lambda: st.page.Table(
        {"square": np.arange(5) ** 2 / 7}, "Squares", rows=3, digits=2
    ),
    "pictures": lambda: st.page.Pictures(
        np.arange(8.0).reshape(2, 2, 2), "Digits", ["a 7", "a 1"], size=32
    ),
    "a code": lambda: st.page.Code("--- a\n+++ b\n-Dense(1)\n+Dense(2)\n same", diff=True),
    "a notice": lambda: st.page.Notice("One.\n\n\nTwo.", "warning"),
    "a heading": lambda: st.page.Heading("Runs", level=3),
}  # fmt: skip


@pytest.mark.parametrize("name", BLOCKS)
def test_markup_is_as_recorded(name: str) -> None:
    markup = re.sub(r"base64,[^\"]*", "base64,", str(BLOCKS[name]().markup("b1")))
    compare(RECORD, name, markup.replace("><", ">\n<"))


def test_a_page_is_as_recorded() -> None:
    page = st.page.Page("Digits", "One text.", st.page.Heading("Runs"), BLOCKS["a line"]())
    html = re.sub(r"<style>.*?</style>|sha256-[^&]*", "...", page.html(), flags=re.DOTALL)
    compare(RECORD, "a page", html.replace("><", ">\n<"))


def test_nothing_is_recorded_of_figures_that_are_gone() -> None:
    assert sections_of(RECORD).keys() == {"a page", *BLOCKS}
