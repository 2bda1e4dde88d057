"""Where the parts of a network's picture are: known answers by the distances of network_svg."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

import steepest as st
from tests.plot.test_network import SVG, branched, drawn, mnist, small

L = st.layers


def size(picture):
    root = ElementTree.fromstring(picture.svg)
    sides = root.get("width"), root.get("height")
    assert root.get("viewBox") == f"0 0 {sides[0]} {sides[1]}"
    return tuple(map(float, sides))


def circles(picture):
    """The centres, by column."""
    found = {}
    for one in drawn(picture, "circle"):
        assert one.get("r") == "11"
        found.setdefault(float(one.get("cx")), []).append(float(one.get("cy")))
    return found


def texts(picture, look):
    return [(float(e.get("x")), float(e.get("y")), e.text) for e in drawn(picture, "text", look)]


def test_units_stand_in_columns_around_one_height():
    """34 from unit to unit, 150 from layer to layer, 70 at the sides."""
    picture = st.plot.network(small())
    assert circles(picture) == {70: [37, 71], 220: [37, 71], 370: [54]}
    assert texts(picture, "name") == [
        (70, 112, "inputs"), (220, 112, "hidden"), (370, 112, "output"),
    ]  # fmt: skip
    assert texts(picture, "quiet") == [
        (70, 129, "2"), (220, 129, "2 units, tanh"), (370, 129, "1 unit, sigmoid"),
    ]  # fmt: skip
    about = "line width: size of the weight, at most 4; dashed: negative"
    assert texts(picture, "about") == [(35, 164, about)]
    assert size(picture) == (440, 178)


def test_dots_stand_for_the_units_that_are_left_out():
    picture = st.plot.network(mnist())
    some = [54, 88, 122, 156, 190, 258, 292, 326]
    assert circles(picture) == {70: some, 220: some, 370: list(range(37, 344, 34))}
    assert texts(picture, "dots") == [(70, 229, "⋮"), (220, 229, "⋮")]
    assert [y for _, y, _ in texts(picture, "quiet")] == [401, 417, 401, 417, 401]
    assert not drawn(picture, "text", "about") and size(picture) == (440, 430)


@pytest.mark.parametrize(("units", "drawn_units"), [(9, 9), (10, 10), (11, 8)])
def test_of_more_than_ten_units_eight_are_drawn(units, drawn_units):
    picture = st.plot.network(st.Sequential([L.Dense(units, input_shape=(1,))]))
    assert len(circles(picture)[220]) == drawn_units
    assert len(drawn(picture, "text", "dots")) == (units > 10)
    assert bool(drawn(picture, "text", "about")) is (units <= 10)


def test_two_columns_have_room_for_the_text_below():
    model = st.Sequential([L.Dense(1, input_shape=(1,))])
    model.set_weights([np.zeros((1, 1)), np.zeros(1)])
    assert size(st.plot.network(model)) == (290, 124)  # no weight, no text
    model.set_weights([np.ones((1, 1)), np.zeros(1)])
    assert size(st.plot.network(model)) == (440, 144)


def test_lines_lead_from_centre_to_centre():
    lines = drawn(st.plot.network(small()), "line")
    ends = [tuple(float(e.get(key)) for key in ("x1", "y1", "x2", "y2")) for e in lines]
    assert ends == [
        (70, 37, 220, 37), (70, 37, 220, 71), (70, 71, 220, 71),
        (220, 37, 370, 54), (220, 71, 370, 54),
    ]  # fmt: skip


def test_boxes_are_as_wide_as_the_longest_text():
    """(batch, 4) has 10 characters of 7.8, and 24 remain at the sides."""
    picture = st.plot.network(branched())
    found = [
        tuple(float(one.get(key)) for key in ("x", "y", "width", "height"))
        for one in drawn(picture, "rect", "box")
    ]
    assert found == [
        (83, 11, 102, 58), (15, 103, 102, 58), (151, 103, 102, 58), (104, 195, 102, 58),
        (83, 287, 102, 58), (83, 379, 102, 58),
    ]  # fmt: skip
    assert size(picture) == (268, 449)
    assert texts(picture, "name")[:2] == [(134, 29, "table"), (66, 121, "wide")]
    assert texts(picture, "quiet")[:2] == [(134, 45, "Input"), (134, 60, "(batch, 4)")]


def test_arrows_bend_half_way_and_pass_other_boxes():
    paths = [e.get("d") for e in drawn(st.plot.network(branched()), "path", "arrow")]
    assert paths == [
        "M134 69C134 82.5 66 82.5 66 96",
        "M134 69C134 82.5 202 82.5 202 96",
        "M66 161C66 178 66 178 66 195V253C66 266.5 134 266.5 134 280",
        "M202 161C202 174.5 155 174.5 155 188",
        "M155 253C155 266.5 134 266.5 134 280",
        "M134 345C134 358.5 134 358.5 134 372",
    ]


def test_the_tip_of_arrows():
    (marker,) = drawn(st.plot.network(branched()), "marker")
    given = {key: marker.get(key) for key in ("viewBox", "refX", "refY", "markerWidth")}
    assert given == {"viewBox": "0 0 8 8", "refX": "1", "refY": "4", "markerWidth": "7"}
    assert marker.get("markerHeight") == "7"
    assert drawn(st.plot.network(branched()), "path", "tip")[0].get("d") == "M0 0L8 4L0 8z"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("n" * 19, "n" * 19), ("n" * 20, "n" * 18 + "…")],  # 150 wide, 7.8 for each character
)
def test_captions_are_cut_where_the_next_one_begins(name, shown):
    picture = st.plot.network(st.Sequential([L.Dense(1, input_shape=(1,), name=name)]))
    label = drawn(picture, "text", "name")[1]
    assert label.text == shown
    assert [title.text for title in label.iter(SVG + "title")] == [name] * (shown != name)


@pytest.mark.parametrize(("length", "shown"), [(26, "n" * 26), (27, "n" * 25 + "…")])
def test_texts_of_boxes_are_cut(length, shown):
    model = st.Sequential([L.Dense(1, input_shape=(1,), name="n" * length)])
    picture = st.plot.network(model, units=False)
    assert drawn(picture, "text", "name")[-1].text == shown
    assert float(drawn(picture, "rect", "box")[0].get("width")) == 226.8
