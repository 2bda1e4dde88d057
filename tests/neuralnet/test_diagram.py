"""The picture of a model: what boxes say, where they stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import steepest as st
from steepest.errors import ArgumentError

pytest.importorskip("matplotlib")


def model() -> Any:
    hidden = st.layers.Dense(4, "relu", input_shape=(3,), name="hidden", trainable=False)
    return st.Sequential([hidden, st.layers.Dropout(0.5, name="drop")])


def said(**options: Any) -> list[str]:
    return [text.get_text() for text in st.utils.plot_model(model(), **options).axes[0].texts[:2]]


def test_boxes_say_names_and_shapes() -> None:
    assert said() == ["hidden (Dense)\n(batch, 4)", "drop (Dropout)\n(batch, 4)"]
    assert said(show_shapes=False, show_layer_names=False) == ["Dense", "Dropout"]


def test_boxes_say_what_is_asked_for() -> None:
    more = said(show_dtype=True, show_layer_activations=True, show_trainable=True)
    assert more[0] == "hidden (Dense)\nrelu\n(batch, 4)\nfloat32\nnot trainable"
    assert more[1] == "drop (Dropout)\n(batch, 4)\nfloat32\ntrainable"


def test_layers_stand_below_or_beside_each_other() -> None:
    first, second = (box.get_position() for box in st.utils.plot_model(model()).axes[0].texts[:2])
    assert first[0] == second[0] and first[1] < second[1]
    boxes = st.utils.plot_model(model(), rankdir="LR").axes[0].texts[:2]
    first, second = (box.get_position() for box in boxes)
    assert first[1] == second[1] and first[0] < second[0]
    with pytest.raises(st.errors.ArgumentError, match="rankdir: one of"):
        st.utils.plot_model(model(), rankdir="BT")


def test_branches_stand_side_by_side_and_are_saved(tmp_path: Path) -> None:
    x = st.Input((3,))
    both = [st.layers.Dense(2)(x), st.layers.Dense(2)(x)]
    figure = st.utils.plot_model(
        st.Model(x, st.layers.Add()(both)), tmp_path / "model.png", rankdir="LR", dpi=50
    )
    places = {box.get_position() for box in figure.axes[0].texts[:4]}
    assert places == {(0, 0), (1, 0), (1, 1), (2, 0)}
    assert (tmp_path / "model.png").read_bytes().startswith(b"\x89PNG")


def test_the_layers_of_inner_models_stand_in_their_place() -> None:
    inner = st.Sequential([st.layers.Dense(3, name="a"), st.layers.Dense(2, name="b")], "inner")
    x = st.Input((4,), name="x")
    outer = st.Model(x, st.layers.Dense(1, name="last")(inner(x)))
    texts = st.utils.plot_model(outer, show_shapes=False, expand_nested=True).axes[0].texts
    names = [text.get_text() for text in texts]
    assert names == ["x (InputLayer)", "a (Dense)", "b (Dense)", "last (Dense)", "", "", ""]
    rows = [text.get_position()[1] for text in texts[:4]]
    assert rows == [0, 1, 2, 3]
    plain = st.utils.plot_model(outer, show_shapes=False).axes[0].texts
    assert plain[1].get_text() == "inner (Sequential)"


def test_arrows_are_straight_or_bent() -> None:
    forms = [
        st.utils.plot_model(model(), splines=splines).axes[0].texts[2].arrow_patch
        for splines in ("ortho", "curved")
    ]
    assert [form.get_connectionstyle().rad for form in forms] == [0.0, 0.2]
    with pytest.raises(st.errors.UnknownNameError, match="'bent'"):
        st.utils.plot_model(model(), splines="bent")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"model": None}, "a model was expected, got NoneType"),
        ({"to_file": 3}, "to_file: a path was expected, got 3"),
        ({"dpi": 0}, "dpi: dots an inch from 1 to 2,400 were expected, got 0"),
        ({"dpi": float("nan")}, "dpi: dots an inch"),
        ({"dpi": "many"}, "dpi: dots an inch"),
    ],
)
def test_what_cannot_be_drawn_is_refused(given, message):
    with pytest.raises(ArgumentError, match=f"plot_model: {message}"):
        st.utils.plot_model(**{"model": model(), **given})


@pytest.mark.parametrize("rankdir, wide, high", [("TB", 1, 2), ("LR", 2, 1)])
def test_the_picture_ends_half_a_row_beyond_the_boxes(rankdir: str, wide: int, high: int) -> None:
    axes = st.utils.plot_model(model(), rankdir=rankdir).axes[0]
    assert axes.get_ylim() == (high - 0.5, -0.5)
    assert axes.get_xlim() == pytest.approx((-0.6, wide - 0.4))
