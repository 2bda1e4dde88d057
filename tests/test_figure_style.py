"""Figures of matplotlib in one style: themes, contrast, and what is needed to draw."""

from __future__ import annotations

import sys
from typing import Any

import pytest

pytest.importorskip("matplotlib")

from steepest import figure_style as style
from steepest.errors import MissingExtra, UnknownNameError

WHITE, BLACK = (1.0, 1.0, 1.0), (0.0, 0.0, 0.0)


def test_contrast_is_that_of_wcag():
    assert style.contrast(WHITE, BLACK) == pytest.approx(21.0)
    grey = (0x76 / 255,) * 3  # the lightest grey that texts may have on white
    assert 4.5 <= style.contrast(grey, WHITE) < 4.6
    assert style.contrast(grey, grey) == 1.0


@pytest.mark.parametrize("page", [WHITE, BLACK, (0.08, 0.09, 0.11), (0.5, 0.5, 0.5)])
def test_lines_and_texts_are_readable_on_every_page(page: Any):
    look = style.Look(page, style.ink_on(page))
    for index in range(8):
        assert style.contrast(look.colour(index), page) >= 3.0
        assert style.contrast(look.colour(index, 4.5), page) >= 4.5
    assert style.contrast(look.quiet, page) >= 2.0


def test_lines_differ_without_colours():
    look = style.Look(WHITE, BLACK)
    styles = [look.line(index) for index in range(6)]
    assert len({str(each["linestyle"]) for each in styles}) == 6
    assert len({look.mark(index)["marker"] for index in range(8)}) == 8


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_colours_page_and_texts(theme: str):
    from matplotlib.colors import to_hex

    figure = style.new_figure("f", 4, 3, theme)
    axes = figure.add_subplot()
    style.dress(axes, theme)
    colours = style.THEMES[theme]
    assert to_hex(figure.get_facecolor()) == to_hex(axes.get_facecolor()) == colours.page
    assert to_hex(axes.xaxis.label.get_color()) == colours.ink
    look = style.look_of(axes)
    assert (to_hex(look.page), to_hex(look.ink)) == (colours.page, colours.ink)


def test_without_a_theme_the_settings_of_matplotlib_decide():
    import matplotlib

    with matplotlib.rc_context({"figure.facecolor": "#123456", "axes.facecolor": "#123456"}):
        axes = style.new_figure("f", 4, 3).add_subplot()
        style.dress(axes)
    look = style.look_of(axes)
    assert look.page == pytest.approx((0x12 / 255, 0x34 / 255, 0x56 / 255))
    assert look.ink == WHITE  # black labels would not be readable


def test_transparent_axes_have_the_page_of_their_figure():
    axes = style.new_figure("f", 4, 3, "dark").add_subplot()
    axes.set_facecolor("none")
    assert max(style.look_of(axes).page) < 0.12


def test_a_figure_changes_no_setting_and_opens_no_window():
    import matplotlib

    before = dict(matplotlib.rcParams)
    axes = style.new_figure("f", 4, 3, "dark").add_subplot()
    style.dress(axes, "dark")
    assert dict(matplotlib.rcParams) == before
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or pyplot.get_fignums() == []


def test_an_unknown_theme_is_named():
    with pytest.raises(UnknownNameError, match=r"theme of st\.plot\.curves .*'drak'.*'dark'"):
        style.new_figure("st.plot.curves", 4, 3, "drak")


def test_without_matplotlib_the_command_that_installs_it_is_given(monkeypatch: pytest.MonkeyPatch):
    import steepest as st

    for name in [each for each in sys.modules if each.partition(".")[0] == "matplotlib"]:
        monkeypatch.setitem(sys.modules, name, None)
    history = st.callbacks.History()
    history.extend(range(2), {"loss": [2.0, 1.0]})
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    wanted = r"needs matplotlib: pip install 'steepest\[plot\]'"
    with pytest.raises(MissingExtra, match=rf"History\.plot {wanted}"):
        history.plot()
    with pytest.raises(MissingExtra, match=rf"plot_model {wanted}"):
        st.utils.plot_model(model)
    with pytest.raises(MissingExtra, match=rf"st\.plot\.schedules {wanted}"):
        st.plot.schedules(0.1, steps=3)
    assert st.plot.schedules_data(0.1, steps=3).rates["schedule"].tolist() == [0.1, 0.1, 0.1]
