"""Bars: as long as their numbers, on both sides of 0, with their intervals."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

import steepest as st
from tests.page.drawn import bars_of, labels_of, legend_of, pictures_of, remarks_of
from tests.page.validator import faults_of


def shown(figure: st.page.Bars) -> str:
    """The picture of a figure, whose page is valid."""
    assert faults_of(st.page.Page("Runs", figure).html()) == []
    (picture,) = pictures_of(figure.markup("b1"))
    return picture


def test_bars_are_as_long_as_their_numbers():
    picture = shown(st.page.Bars({"a": 1, "b": 4, "c": 2}, "Importance"))
    assert [bar["width"] for bar in bars_of(picture)] == pytest.approx([0.25, 1, 0.5], abs=1e-4)
    assert {bar["x"] for bar in bars_of(picture)} == {0}
    assert [text for text in labels_of(picture) if text.isalpha()] == ["a", "b", "c"]


def test_bars_do_not_overlap_and_fill_the_picture():
    bars = bars_of(shown(st.page.Bars({k: k for k in range(9)}, "Numbers")))
    tops = [bar["y"] for bar in bars]
    assert tops == sorted(tops) and tops[0] > 0 and tops[-1] + bars[-1]["height"] < 1
    for bar, after in itertools.pairwise(bars):
        assert bar["y"] + bar["height"] < after["y"]


def test_negative_bars_go_to_the_left_of_0():
    minus, plus = bars_of(shown(st.page.Bars({"a": -1, "b": 2}, "Effects")))
    assert minus["x"] + minus["width"] == pytest.approx(plus["x"], abs=1e-4)
    assert plus["width"] == pytest.approx(2 * minus["width"], abs=1e-3)


def test_groups_have_a_bar_for_each_and_a_legend():
    errors = {"training": [0.01, 0.15], "validation": [0.16, 0.16]}
    figure = st.page.Bars(errors, "Errors", names=["high variance", "high bias"])
    widths = [bar["width"] for bar in bars_of(shown(figure))]
    assert widths == pytest.approx([0.0625, 1, 0.9375, 1], abs=1e-4)
    assert legend_of(figure.markup("b1")) == ["training", "validation"]


def test_values_that_have_no_bar_are_named():
    figure = st.page.Bars({"a": 1, "b": np.nan, "c": np.inf}, "Numbers")
    picture = shown(figure)
    assert len(bars_of(picture)) == 1 and {"NaN", "infinity"} <= set(labels_of(picture))
    assert remarks_of(figure.markup("b1")) == [
        "the bars: gaps where values are NaN (1), infinite (1)."
    ]


def test_nothing_but_nan_is_drawn_without_bars():
    assert bars_of(shown(st.page.Bars({"a": np.nan}, "Numbers"))) == []


def test_long_names_are_above_their_bars_and_shortened():
    names = ["a learning rate ten times as small", "x" * 90]
    picture = shown(st.page.Bars(dict.fromkeys(names, 1.0), "Effects"))
    assert labels_of(picture).count(names[0]) == 1
    assert ">" + "x" * 79 + "…<" in picture and "roomy" in picture
    assert ">" + "x" * 33 + "…<" in picture and "tight" in picture


def test_names_of_double_width_have_their_space():
    short, long = (
        st.page.Bars({name: 1}, "Numbers").markup("b1") for name in ("学" * 7, "学" * 7 + "i")
    )
    assert 'class="frame bars m14 ' in short and 'class="frame bars m1 ' in long


def test_intervals_are_drawn_and_in_the_table():
    intervals = {"a": (0.5, 4.0), "b": (1.0, 3.0)}
    picture = shown(st.page.Bars({"a": 1.0, "b": 2.0}, "Effects", intervals=intervals))
    assert picture.count('"interval"') == 6
    assert [bar["width"] for bar in bars_of(picture)] == pytest.approx([0.25, 0.5], abs=1e-4)
    listed = st.page.Bars({"a": 1.0, "b": 2.0}, "Effects", intervals=list(intervals.values()))
    assert shown(listed) == picture


def test_only_the_largest_of_many_are_drawn_and_that_is_said():
    figure = st.page.Bars({f"n{k}": (k * 37) % 500 for k in range(500)}, "Numbers")
    assert len(bars_of(shown(figure))) == 60
    assert remarks_of(figure.markup("b1"))[0] == (
        "60 of 500 names are drawn: those with the largest numbers."
    )


def test_all_are_drawn_up_to_the_number_that_is_drawn_of_many():
    def of(count):
        return st.page.Bars({f"n{k}": k + 1 for k in range(count)}, "Numbers")

    most = len(bars_of(shown(of(500))))
    assert len(bars_of(shown(of(most)))) == most and remarks_of(of(most).markup("b1")) == []
    assert len(bars_of(shown(of(most + 1)))) == most and remarks_of(of(most + 1).markup("b1"))


def test_as_many_groups_as_colours_are_drawn_and_no_two_look_alike():
    figure = st.page.Bars({f"g{k}": [1, 2] for k in range(6)}, "Errors", names=["x", "y"])
    looks = re.findall(r'<rect class="bar (\w+)"', shown(figure))
    assert len(looks) == 12 and len(set(looks)) == 6 and looks[:6] == looks[6:]


@pytest.mark.parametrize("value, is_right", [(2.75, True), (0, True), (-2.75, False)])
def test_numbers_are_outside_of_their_bars(value: float, is_right: bool):
    picture = shown(st.page.Bars({"a": value, "b": 1, "c": -1}, "Effects"))
    label = re.findall(rf"<text([^>]*)>{value}</text>", picture)[-1]  # after those of the axis
    assert ("end" not in label) == is_right


def test_the_description_names_the_numbers():
    assert ">rate: 0.5; dropout: 0.25.</desc>" in shown(
        st.page.Bars({"rate": 0.5, "dropout": 0.25}, "Importance")
    )


WRONG = {
    "a list": (lambda: st.page.Bars([1, 2], "B"), "a dictionary of names and numbers was expected"),
    "nothing": (lambda: st.page.Bars({}, "B"), "a dictionary of names and numbers was expected"),
    "texts": (lambda: st.page.Bars({"a": "b"}, "B"), "numbers were expected, got 'b' at index 0"),
    "groups without names": (
        lambda: st.page.Bars({"a": [1, 2]}, "B"),
        "groups of bars need names=",
    ),
    "lengths": (
        lambda: st.page.Bars({"a": [1, 2, 3]}, "B", names=["x", "y"]),
        "2 names need as many numbers, got 3 as 'a'",
    ),
    "intervals of groups": (
        lambda: st.page.Bars({"a": [1], "b": [2]}, "B", names=["x"], intervals=[(0, 1)]),
        "intervals are drawn for one group of bars",
    ),
    "too many groups": (
        lambda: st.page.Bars({k: [1] for k in range(7)}, "B", names=["x"]),
        "7 groups were given, and 6 differ in colour",
    ),
    "too few intervals": (
        lambda: st.page.Bars({"a": 1, "b": 2}, "B", intervals=[(0, 1)]),
        r"2 pairs \(low, high\) were expected",
    ),
    "intervals of texts": (
        lambda: st.page.Bars({"a": 1}, "B", intervals=[("x", "y")]),
        "intervals: numbers were expected, got 'x'",
    ),
    "unknown intervals": (
        lambda: st.page.Bars({"rate": 1}, "B", intervals={"rates": (0, 1)}),
        "no bar of Bars 'B' is called 'rates': did you mean 'rate'",
    ),
}


@pytest.mark.parametrize(("make", "message"), WRONG.values(), ids=WRONG)
def test_wrong_arguments_are_named_at_the_call(make, message: str):
    with pytest.raises(st.errors.SteepestError, match=message):
        make()
