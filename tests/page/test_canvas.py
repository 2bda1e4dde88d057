"""A picture: shares of its size, with a name and a description."""

from __future__ import annotations

import numpy as np
import pytest

from steepest.page.canvas import Canvas
from tests.page.drawn import paths_of, points_of


def test_lines_and_points_are_read_back():
    canvas, x = Canvas(), np.array([0.0, 0.25, 1.0])
    assert canvas.line(x, x**2, "s0") == 0 and canvas.points(x, 1 - x, 3, "s1") == 0
    picture = canvas.svg("f1", "Loss", "Falls.", "10em")
    ((look, (run,)),) = [path for path in paths_of(picture) if "line" in path[0]]
    assert look == "line s0" and run == pytest.approx(np.stack([x, x**2], axis=1), abs=1e-3)
    assert points_of(picture, "s1")[:3] == pytest.approx(np.stack([x, 1 - x], axis=1), abs=1e-3)


def test_points_with_a_hole_are_drawn_twice():
    canvas = Canvas()
    canvas.points(np.array([0.5]), np.array([0.5]), 2, "s0")
    looks = [look for look, _ in paths_of(canvas.svg("f1", "a", "b", "1em"))]
    assert looks == ["point round s0", "hole round s0"]


def test_points_left_out_are_counted(rng: np.random.Generator):
    canvas, x = Canvas(), np.linspace(0, 1, 90_000)
    left_out = canvas.line(x, rng.random(90_000), "s0")
    drawn = len(points_of(canvas.svg("f1", "a", "b", "1em"), "s0"))
    assert left_out + drawn == 90_000
    assert canvas.points(np.full(5, 0.5), np.full(5, 0.5), 0, "s1") == 4


def test_rules_and_bars_are_below_and_labels_above_what_is_traced():
    canvas = Canvas()
    canvas.label(0.5, 0.25, "a & b", dx="1em")
    canvas.line(np.array([0.0, 1.0]), np.array([0.0, 1.0]), "s0")
    canvas.bar((0.75, 0.25), (0.5, 1.0), "s0")
    canvas.rule((0, 1), (0.25, 0.25), "grid")
    picture = canvas.svg("f1", "a", "b", "1em")
    order = [picture.index(tag) for tag in ("<rect", "<line", "<path", "<text")]
    assert order == sorted(order)
    assert '<rect class="s0" x="25%" y="0%" width="50%" height="50%"/>' in picture
    assert '<line class="grid" x1="0%" x2="100%" y1="75%" y2="75%"/>' in picture
    assert '<text x="50%" y="75%" dx="1em">a &amp; b</text>' in picture


def test_the_name_and_the_description_are_those_of_the_picture():
    picture = Canvas().svg("f1", "Loss <1", "It falls.", "10em")
    assert 'role="img" aria-labelledby="f1-title f1-text"' in picture
    assert '<title id="f1-title">Loss &lt;1</title><desc id="f1-text">It falls.</desc>' in picture
