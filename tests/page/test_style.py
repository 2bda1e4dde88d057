"""Colours: contrast in both themes, and differences that the colour-blind see."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

from steepest.page.style import DARK, LEVELS, LIGHT, PATTERNS, SERIES, series_look, style_sheet

THEMES = {"light": LIGHT, "dark": DARK}
# What colour-blind eyes see of linear RGB (Machado, Oliveira and Fernandes, 2009, severity 1).
SEEN = {
    "all colours": np.eye(3),
    "no red": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "no green": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no blue": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def linear(colour: str) -> np.ndarray:
    """Linear red, green and blue of a colour such as #ff0000."""
    parts = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    """Linear RGB in the colour space Oklab, whose distances are those that eyes see."""
    cones = [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
    axes = [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
    return np.array(axes) @ np.cbrt(np.clip(np.array(cones) @ rgb, 0, 1))


def test_contrast_of_known_colours():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("name", ["text", "quiet", "note", "good", "warning", "error"])
@pytest.mark.parametrize("behind", ["paper", "tint"])
def test_texts_have_a_contrast_of_at_least_4_5(theme: dict[str, str], name: str, behind: str):
    assert contrast(theme[name], theme[behind]) >= 4.5


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_marks_have_a_contrast_of_at_least_3(theme: dict[str, str]):
    marks = [name for name in theme if re.fullmatch(r"[sc]\d|axis|focus", name)]
    assert len(marks) == SERIES + LEVELS + 2
    assert {
        name: contrast(theme[name], theme["paper"])
        for name in marks
        if contrast(theme[name], theme["paper"]) < 3
    } == {}


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("seen", SEEN.values(), ids=SEEN)
def test_colours_of_series_differ_for_all_eyes(theme: dict[str, str], seen: np.ndarray):
    colours = [lab(np.clip(np.array(seen) @ linear(theme[f"s{k}"]), 0, 1)) for k in range(SERIES)]
    pairs = itertools.combinations(range(SERIES), 2)
    distances = {pair: np.linalg.norm(colours[pair[0]] - colours[pair[1]]) for pair in pairs}
    assert min(distances.values()) > 0.1
    assert min(d for pair, d in distances.items() if max(pair) < 4) > 0.14


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_better_results_are_farther_from_the_colour_of_the_page(theme: dict[str, str]):
    contrasts = [contrast(theme[f"c{level}"], theme["paper"]) for level in range(LEVELS)]
    assert contrasts == sorted(contrasts) and min(np.diff(contrasts)) > 0.5


def test_both_themes_name_the_same_colours():
    assert list(LIGHT) == list(DARK)


def test_the_first_24_series_look_different():
    looks = [series_look(number) for number in range(SERIES * PATTERNS)]
    assert len(set(looks)) == SERIES * PATTERNS
    assert [look for look, _ in looks[:SERIES]] == [f"s{k}" for k in range(SERIES)]


def test_the_style_sheet_names_only_colours_that_exist_and_loads_nothing():
    sheet = style_sheet()
    assert set(re.findall(r"var\(--(\w+)\)", sheet)) <= set(LIGHT)
    assert "url(" not in sheet and "@import" not in sheet and "<" not in sheet
    assert sheet.count("{") == sheet.count("}")
