"""What the pictures share: axes, colour scales, labels."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from steepest import figure_style as style
from steepest.errors import ArgumentError
from steepest.plot import figure


def test_axes_of_a_new_figure_are_in_the_order_of_reading():
    axes = figure.open_axes("f", grid=(2, 2))
    places = [each.get_position() for each in axes]
    assert places[0].x0 < places[1].x0 and places[0].y0 > places[2].y0
    assert not axes[0].spines["top"].get_visible()


def test_given_axes_are_used_as_they_are():
    host = style.new_figure("f", 4, 3)
    given, other = host.subplots(1, 2)
    assert figure.open_axes("f", given) == [given]
    assert given.spines["top"].get_visible() and given.get_facecolor() == other.get_facecolor()
    figure.open_axes("f", given, "dark")
    assert given.get_facecolor() != other.get_facecolor()
    assert host.get_facecolor() == (1.0, 1.0, 1.0, 1.0)


def test_wrong_axes_are_refused():
    with pytest.raises(ArgumentError, match=r"st\.plot\.f: ax: matplotlib axes .* got 'x'"):
        figure.open_axes("st.plot.f", "x")
    one = style.new_figure("f", 4, 3).add_subplot()
    with pytest.raises(ArgumentError, match="a list of 2 matplotlib axes was expected"):
        figure.open_axes("st.plot.f", one, grid=(1, 2))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_middle_of_the_diverging_map_is_the_page(theme: str):
    (axes,) = figure.open_axes("f", theme=theme)
    look = style.look_of(axes)
    colours = figure.diverging(look)
    assert colours(0.5)[:3] == pytest.approx(look.page, abs=0.01)
    low, high = colours(0.0)[:3], colours(1.0)[:3]
    assert low[2] > low[0] and high[0] > high[2]  # purple, orange
    assert min(style.contrast(low, look.page), style.contrast(high, look.page)) >= 4.4


def test_a_symmetrical_limit_ignores_what_is_not_finite():
    assert figure.symmetrical_limit([np.nan, -2.0, np.inf, 1.0]) == 2.0
    assert figure.symmetrical_limit([]) == figure.symmetrical_limit([0.0]) == 1.0


def test_a_legend_only_where_there_are_labels():
    from matplotlib import colors

    (axes,) = figure.open_axes("f", theme="dark")
    axes.plot([1, 2])
    assert figure.legend(axes) is None
    axes.plot([1, 2], label="two")
    (text,) = figure.legend(axes).get_texts()
    assert colors.same_color(text.get_color(), style.THEMES["dark"].ink)


def test_labels_at_the_ends_of_lines_never_overlap():
    (axes,) = figure.open_axes("f")
    lines = [axes.plot([0, 1], [0, y], label=str(y))[0] for y in (1.0, 1.01, 0.2, 1.02)]
    figure.label_ends(axes, lines)
    axes.figure.draw_without_rendering()
    boxes = sorted((text.get_window_extent() for text in axes.texts), key=lambda box: box.y0)
    assert [text.get_text() for text in axes.texts] == ["1.0", "1.01", "0.2", "1.02"]
    assert all(low.y1 <= high.y0 + 1 for low, high in itertools.pairwise(boxes))
    assert all(box.x1 <= axes.figure.bbox.x1 for box in boxes)


def test_spread_keeps_order_and_middle():
    moved = figure.spread([0.9, 0.1, 0.1, 0.1], 0.1)
    assert moved == pytest.approx([0.9, 0.0, 0.1, 0.2])
    assert figure.spread([], 0.1).tolist() == []
    assert figure.spread([0.3, 0.5], 0.1) == pytest.approx([0.3, 0.5])


def test_a_label_is_beside_the_end_of_its_line():
    (axes,) = figure.open_axes("f")
    lines = [axes.plot([0, 1, 2], [9, 0, y], label=str(y))[0] for y in (8.0, 3.0)]
    figure.label_ends(axes, lines)
    axes.figure.draw_without_rendering()
    for line, text in zip(lines, axes.texts, strict=True):
        end = axes.transData.transform(line.get_xydata()[-1])
        box = text.get_window_extent()
        assert box.x0 > end[0] and (box.y0 + box.y1) / 2 == pytest.approx(end[1], abs=3)
