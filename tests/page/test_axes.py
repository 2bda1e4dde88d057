"""Axes: names that do not fit are in two rows, shortened, or shown on wide screens only."""

from __future__ import annotations

import pytest

from steepest.page.axes import draw_axes, draw_name, draw_ticks, shortened
from steepest.page.canvas import Canvas
from steepest.page.scales import Axis, Categories, Scale
from tests.page.drawn import labels_of


def drawn(canvas: Canvas) -> list[str]:
    return labels_of(canvas.svg("f1", "a", "b", "1em"))


def test_short_names_are_in_one_row_and_long_ones_in_two():
    canvas = Canvas()
    assert draw_ticks(canvas, Categories(("relu", "tanh")), 0.0) == 1
    assert draw_ticks(canvas, Categories(("sgd with momentum", "adam", "rmsprop")), 0.0) == 2
    assert drawn(canvas) == ["relu", "tanh", "sgd with momentum", "adam", "rmsprop"]
    picture = canvas.svg("f1", "a", "b", "1em")
    assert picture.count('dy="1.4em"') == 4 and picture.count('dy="2.6em"') == 1


def test_names_are_in_two_rows_where_one_is_a_character_too_long():
    assert draw_ticks(Canvas(), Categories(("a" * 18, "b" * 18)), 0.0) == 1
    assert draw_ticks(Canvas(), Categories(("a" * 18, "b" * 19)), 0.0) == 2


@pytest.mark.parametrize(
    ("names", "most", "most_small"), [(1, 37, 26), (2, 18, 12), (3, 11, 8), (4, 8, 5)]
)
def test_a_picture_is_38_characters_wide_and_a_small_one_27(names: int, most: int, most_small: int):
    for is_small, length in ((False, most), (True, most_small)):
        fits, too_long = (
            Categories(tuple("abcd"[k] * (length + more) for k in range(names))) for more in (0, 1)
        )
        assert draw_ticks(Canvas(), fits, 0.0, is_small=is_small) == 1
        assert draw_ticks(Canvas(), too_long, 0.0, is_small=is_small) == 2


@pytest.mark.parametrize(
    ("axis", "count", "count_small"),
    [
        (Scale(0.0, 1.0), 6, 3),
        (Scale(0.0, 3.0), 4, 4),
        (Scale(0.0, 8.0), 5, 2),
        (Categories(tuple("abcdefgh")), 8, 8),
        (Categories(tuple("abcdefghi")), 5, 5),
    ],
)
def test_an_axis_has_at_most_6_numbers_or_8_names_and_a_small_one_4(
    axis: Axis, count: int, count_small: int
):
    for is_small, labels in ((False, count), (True, count_small)):
        canvas = Canvas()
        draw_ticks(canvas, axis, 0.0, is_small=is_small)
        assert len(drawn(canvas)) == labels


def test_names_that_do_not_fit_in_two_rows_are_shortened():
    canvas = Canvas()
    draw_ticks(canvas, Categories(("a" * 30, "b" * 30)), 0.0, is_small=True)
    assert drawn(canvas) == ["a" * 23 + "…", "b" * 23 + "…"]


def test_of_many_names_some_have_labels():
    canvas = Canvas()
    draw_ticks(canvas, Categories(tuple(map(str, range(40)))), 0.0)
    assert drawn(canvas) == list(map(str, range(0, 40, 5)))


def test_margins_hold_the_longest_label():
    margins = [
        draw_axes(Canvas(), Scale(0, 1), Scale(0, high), name)
        for high, name in ((1, ""), (1e6, ""), (1, "epoch"))
    ]
    assert margins == ["frame m3 below1", "frame m5 below1", "frame m3 below2"]
    assert draw_axes(Canvas(), Scale(0, 1), Categories(("x" * 30,))) == "frame m18 below1"


@pytest.mark.parametrize(
    ("name", "is_small", "labels"),
    [
        ("epoch", False, ["epoch"]),
        ("", False, []),
        ("x" * 40, False, ["x" * 40, "x" * 33 + "…"]),
        ("x" * 99, False, ["x" * 79 + "…", "x" * 33 + "…"]),
        ("x" * 40, True, ["x" * 26 + "…"]),
    ],
)
def test_a_long_name_is_in_full_on_wide_screens_only(name: str, is_small: bool, labels: list[str]):
    canvas = Canvas()
    draw_name(canvas, 0, 1, name, "name", "1em", is_small)
    assert drawn(canvas) == labels
    assert ("roomy" in canvas.svg("f1", "a", "b", "1em")) == (len(labels) == 2)


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("loss", 4, "loss"),
        ("losses", 4, "los…"),
        ("学习率", 6, "学习率"),
        ("学习率", 5, "学习…"),
        ("学习率", 4, "学…"),
        ("a b c", 3, "a…"),
        ("", 3, ""),
    ],
)
def test_a_text_is_cut_by_its_width(text: str, most: int, expected: str):
    assert shortened(text, most) == expected
