"""What holds for every picture: its data, its axes, its page, and that nothing is cut off."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from matplotlib.figure import Figure

import steepest as st
from steepest.figure_style import THEMES

RNG = np.random.default_rng(0)
X = RNG.uniform(-1.2, 1.2, (200, 2)).astype(np.float32)
Y = (X[:, 0] > 0).astype(int)
DIGITS = RNG.random((20, 8, 8))


@pytest.fixture(scope="module")
def trained() -> Any:
    model = st.Sequential([
        st.layers.Dense(8, "tanh", input_shape=(2,), name="hidden"),
        st.layers.Dense(1, "sigmoid", name="out"),
    ])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    recorder = st.plot.Recorder()
    model.fit(X, Y, epochs=15, validation_split=0.2, callbacks=[recorder], verbose=0, seed=1)
    return model, recorder


@pytest.fixture(scope="module")
def reader() -> Any:
    model = st.Sequential([st.layers.Flatten(input_shape=(8, 8)), st.layers.Dense(10, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def three(x: Any) -> Any:
    return np.stack([-x[:, 0], x[:, 0], x[:, 1]], axis=1)


Draw = Callable[..., Any]
PICTURES: dict[str, tuple[int, Draw]] = {  # how many axes each has, and how it is drawn
    "curves": (2, lambda t, r, **o: st.plot.curves(t[0].history, **o)),
    "curves of one metric": (1, lambda t, r, **o: st.plot.curves(t[0].history, "loss", **o)),
    "boundary": (1, lambda t, r, **o: st.plot.boundary(t[0], X, Y, points=50, **o)),
    "boundary of three": (1, lambda t, r, **o: st.plot.boundary(three, X, Y, points=50, **o)),
    "boundary of quantities": (
        1, lambda t, r, **o: st.plot.boundary(t[0], X, X[:, 0] + 0.1, points=50, **o)
    ),
    "activations": (2, lambda t, r, **o: st.plot.activations(["gelu", "tanh", "elu"], **o)),
    "histograms": (1, lambda t, r, **o: st.plot.histograms(t[0], X, Y, "gradients", **o)),
    "histograms_by_epoch": (4, lambda t, r, **o: st.plot.histograms_by_epoch(t[1], **o)),
    "initial_weights": (3, lambda t, r, **o: st.plot.initial_weights(units=20, rows=20, **o)),
    "schedules": (
        1, lambda t, r, **o: st.plot.schedules({"a": 0.1, "b": lambda p: 1 - p}, 50, **o)
    ),
    "averages": (1, lambda t, r, **o: st.plot.averages(10 + RNG.standard_normal(50), **o)),
    "confusion": (1, lambda t, r, **o: st.plot.confusion(Y, 1 - Y, ["a cat", "a dog"], **o)),
    "confusion of many": (
        1,
        lambda t, r, **o: st.plot.confusion(
            np.arange(26), np.arange(26), [f"letter {n}" for n in range(26)], **o
        ),
    ),
    "calibration": (2, lambda t, r, **o: st.plot.calibration(Y, t[0].predict(X, verbose=0), **o)),
    "residuals": (2, lambda t, r, **o: st.plot.residuals(X[:, 0], X[:, 1], unit="m", **o)),
    "mistakes": (1, lambda t, r, **o: st.plot.mistakes(r, DIGITS, np.arange(20) % 10, **o)),
    "mistakes in a table": (1, lambda t, r, **o: st.plot.mistakes(t[0], X, Y, **o)),
    "first_layer": (1, lambda t, r, **o: st.plot.first_layer(r, **o)),
    "warp": (1, lambda t, r, **o: st.plot.warp(t[0], X, Y, **o)),
    "surface": (1, lambda t, r, **o: st.plot.surface("himmelblau", points=21, **o)),
    "paths": (2, lambda t, r, **o: st.plot.paths("bowl", {"a": "sgd", "b": "adam"}, steps=20, **o)),
    "loss_plane": (1, lambda t, r, **o: st.plot.loss_plane(t[0], X, Y, points=7, **o)),
}  # fmt: skip


def test_each_function_has_one_for_its_data():
    names = {name.partition(" ")[0] for name in PICTURES}
    assert names | {f"{name}_data" for name in names} <= set(st.plot.__all__)


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_cut_off_and_the_page_is_that_of_the_theme(
    name: str, theme: str, trained: Any, reader: Any
):
    from matplotlib.colors import to_hex

    count, draw = PICTURES[name]
    picture = draw(trained, reader, theme=theme)
    assert (
        len(picture.axes) == count and picture.text and type(picture.data).__name__ in repr(picture)
    )
    figure = picture.figure
    figure.draw_without_rendering()
    inside = figure.get_tightbbox().transformed(figure.dpi_scale_trans)
    page = figure.bbox
    assert inside.x0 >= page.x0 - 1 and inside.y0 >= page.y0 - 1
    assert inside.x1 <= page.x1 + 1 and inside.y1 <= page.y1 + 1
    for axes in (figure, *picture.axes):
        assert to_hex(axes.get_facecolor()) == THEMES[theme].page


@pytest.mark.parametrize("name", PICTURES)
def test_given_axes_are_used_and_nothing_else(name: str, trained: Any, reader: Any):
    count, draw = PICTURES[name]
    figure = Figure()
    *given, other = figure.subplots(1, count + 1).flat
    spines = [each.spines["top"].get_visible() for each in given]
    picture = draw(trained, reader, ax=given if count > 1 else given[0])
    assert picture.axes == given and picture.figure is figure
    assert not other.has_data() and figure.get_facecolor() == Figure().get_facecolor()
    if given[0].axison and "confusion" not in name:
        assert [each.spines["top"].get_visible() for each in given] == spines


@pytest.mark.parametrize("name", PICTURES)
def test_axes_have_labels_and_texts_do_not_cover_each_other(name: str, trained: Any, reader: Any):
    picture = PICTURES[name][1](trained, reader)
    picture.figure.draw_without_rendering()
    for axes in picture.axes:
        labels = (axes.get_xlabel(), axes.get_ylabel())
        rows = [label.get_text() for label in axes.get_yticklabels()]
        assert not axes.axison or all(labels) or (any(labels) and any(rows)), labels
        boxes = [text.get_window_extent() for text in axes.texts if text.get_text()]
        for one, other in itertools.combinations(boxes, 2):
            across = min(one.x1, other.x1) - max(one.x0, other.x0)
            up = min(one.y1, other.y1) - max(one.y0, other.y0)
            assert across <= 1 or up <= 1
