"""Networks as SVG: their data, and what is drawn."""

from __future__ import annotations

import re
import sys
from xml.etree import ElementTree

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, UnknownNameError
from steepest.figure_style import LEAST_CONTRAST, THEMES, contrast
from steepest.plot.network_svg import WEIGHTS

L = st.layers
SVG = "{http://www.w3.org/2000/svg}"


def small():
    model = st.Sequential(
        [L.Dense(2, "tanh", input_shape=(2,), name="hidden"), L.Dense(1, "sigmoid", name="output")],
        name="xor",
    )
    model.set_weights([
        np.float32([[4, -2], [0, 1]]), np.float32([0.5, 0]), np.float32([[1], [-3]]), np.zeros(1),
    ])  # fmt: skip
    return model


def mnist():
    return st.Sequential([
        L.Flatten(input_shape=(28, 28)), L.Dense(50), L.BatchNormalization(), L.Activation("relu"),
        L.Dropout(0.2), L.Dense(10, "softmax"),
    ])  # fmt: skip


def branched():
    inputs = st.Input((4,), name="table")
    wide, deep = L.Dense(3, name="wide")(inputs), L.Dense(3, name="deep")(inputs)
    joined = L.Add(name="sum")([wide, L.Dense(3, name="deeper")(deep)])
    return st.Model(inputs, L.Dense(1, name="out")(joined))


def drawn(picture, tag, look=None):
    root = ElementTree.fromstring(picture.svg)
    return [e for e in root.iter(SVG + tag) if look is None or e.get("class") == look]


def test_the_columns_of_a_chain_are_its_units():
    columns = st.plot.network_data(mnist()).columns
    assert [(column.units, column.about) for column in columns] == [
        (784, ""),
        (50, ""),
        (10, "softmax"),
    ]
    assert [column.notes for column in columns] == [
        ["Flatten"], ["BatchNormalization", "relu", "Dropout"], [],
    ]  # fmt: skip
    assert columns[2].kernel.shape == (50, 10) and columns[0].kernel is None


@pytest.mark.parametrize("given", ["branched", "convolved", "embedded"])
def test_other_networks_have_no_columns(given):
    made = {
        "branched": branched,
        "convolved": lambda: st.Sequential([L.Activation("relu", input_shape=(3,))]),
        "embedded": lambda: st.Sequential([
            st.Input((3,), dtype="int64"), L.Embedding(9, 4), L.Flatten(), L.Dense(1),
        ]),
    }[given]()  # fmt: skip
    assert st.plot.network_data(made).columns == []
    assert drawn(st.plot.network(made), "rect", "box")


def test_the_links_are_those_of_the_model():
    data = st.plot.network_data(branched())
    names = [layer.name for layer in data.layers]
    links = {(names[a], names[b]) for a, b in data.links}
    assert links == {
        ("table", "wide"), ("table", "deep"), ("deep", "deeper"), ("wide", "sum"),
        ("deeper", "sum"), ("sum", "out"),
    }  # fmt: skip
    assert data.parameters == 15 + 15 + 12 + 4


def test_lines_have_the_width_and_sign_of_their_weights():
    lines = drawn(st.plot.network(small()), "line")
    found = {
        e.find(SVG + "title").text: (e.get("class"), float(e.get("stroke-width"))) for e in lines
    }
    assert found["weight 1 to 1: 4"] == ("positive", 5.0)
    assert found["weight 1 to 2: -2"] == ("negative", 2.7)
    assert found["weight 2 to 1: -3"] == ("negative", 3.85)
    assert len(lines) == 5  # the weight of 0 has none


def test_units_are_circles_with_their_biases():
    circles = drawn(st.plot.network(small()), "circle")
    titles = [circle.find(SVG + "title").text for circle in circles]
    assert titles == [
        "inputs, unit 1", "inputs, unit 2", "hidden, unit 1, bias 0.5", "hidden, unit 2, bias 0",
        "output, unit 1, bias 0",
    ]  # fmt: skip


def test_of_wide_layers_the_first_and_last_units_are_drawn():
    picture = st.plot.network(mnist())
    titles = [circle.find(SVG + "title").text for circle in drawn(picture, "circle")]
    assert [t for t in titles if t.startswith("inputs")] == [
        f"inputs, unit {n}" for n in (1, 2, 3, 4, 5, 782, 783, 784)
    ]
    assert sum(e.text == "⋮" for e in drawn(picture, "text")) == 2
    assert len(drawn(picture, "line", "plain")) == 8 * 8 + 8 * 10
    assert not drawn(picture, "line", "positive")


def test_nothing_is_outside_of_the_picture():
    for model in (small(), mnist(), branched()):
        root = ElementTree.fromstring(st.plot.network(model).svg)
        width, height = float(root.get("width")), float(root.get("height"))
        for one in root.iter():
            assert 0 <= float(one.get("cx") or one.get("x") or 0) < width
            assert 0 <= float(one.get("cy") or one.get("y") or 0) < height
            if one.get("class") == "box":
                assert float(one.get("x")) + float(one.get("width")) < width
                assert float(one.get("y")) + float(one.get("height")) < height


def test_boxes_do_not_overlap_and_links_lead_down_from_box_to_box():
    picture = st.plot.network(branched())
    boxes = [
        tuple(float(one.get(side)) for side in ("x", "y", "width", "height"))
        for one in drawn(picture, "rect", "box")
    ]
    assert len(boxes) == 6
    for n, (x, y, width, height) in enumerate(boxes):
        for other in boxes[:n]:
            assert abs(x - other[0]) >= width or abs(y - other[1]) >= height
    arrows = [e.get("d") for e in drawn(picture, "path", "arrow")]
    assert len(arrows) == 6
    bottoms = {(round(x + w / 2, 2), round(y + h, 2)) for x, y, w, h in boxes}
    tops = {(round(x + w / 2, 2), round(y - 7, 2)) for x, y, w, h in boxes}
    for arrow in arrows:
        numbers = [float(n) for n in re.findall(r"[\d.]+", arrow)]
        assert tuple(numbers[:2]) in bottoms and tuple(numbers[-2:]) in tops


def test_a_file_is_safe_and_describes_itself():
    model = st.Sequential([L.Dense(1, input_shape=(2,))], name="n")
    model.layers[0].name = '<script>"&'
    picture = st.plot.network(model)
    assert "<script>" not in picture.svg
    root = ElementTree.fromstring(picture.svg)
    title, text = root.find(SVG + "title"), root.find(SVG + "desc")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {text.get('id')}"
    assert title.text == "The network n" and text.text == picture.text
    assert picture.text == 'the network n: 2 inputs, 1 unit <script>"&; 3 parameters'


def test_two_pictures_on_a_page_do_not_share_names():
    light, dark = (st.plot.network(small(), theme=theme).svg for theme in ("light", "dark"))
    names = [set(re.findall(r'(?:id|class)="(network-[^"]+)"', svg)) for svg in (light, dark)]
    assert names[0] and not names[0] & names[1]


def test_themes(tmp_path):
    both, dark = st.plot.network(small()).svg, st.plot.network(small(), theme="dark").svg
    assert "prefers-color-scheme:dark" in both and "prefers-color-scheme" not in dark
    assert THEMES["dark"].page in dark and THEMES["light"].page not in dark
    with pytest.raises(UnknownNameError, match=r"theme of st\.plot.network is called 'drak'"):
        st.plot.network(small(), theme="drak")
    for name, colours in WEIGHTS.items():
        for colour in colours:
            one, page = (
                tuple(int(text[k : k + 2], 16) / 255 for k in (1, 3, 5))
                for text in (colour, THEMES[name].page)
            )
            assert contrast(one, page) > LEAST_CONTRAST


def test_it_is_saved_and_needs_no_matplotlib(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    picture = st.plot.network(small())
    picture.save(tmp_path / "xor.svg")
    assert (tmp_path / "xor.svg").read_text(encoding="utf-8") == picture._repr_svg_() == picture.svg


def test_inner_models_are_expanded_on_demand():
    inputs = st.Input((4,))
    model = st.Model(inputs, small()(L.Dense(2)(inputs)))
    assert len(st.plot.network_data(model).layers) == 3
    expanded = st.plot.network_data(model, expand_nested=True)
    assert [column.units for column in expanded.columns] == [4, 2, 2, 1]


def test_wrong_arguments_are_named():
    with pytest.raises(ArgumentError, match=r"st\.plot\.network: a model was expected, got Dense"):
        st.plot.network(L.Dense(1))
    with pytest.raises(ArgumentError, match="'empty' has no layers; add some first"):
        st.plot.network(st.Sequential(name="empty"))
    with pytest.raises(ArgumentError, match=r"units=True: .* has branches, no Dense layer"):
        st.plot.network(branched(), units=True)
    assert drawn(st.plot.network(small(), units=False), "rect", "box")
