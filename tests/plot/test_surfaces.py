"""The standard surfaces: known values, minima and derivatives."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, UnknownNameError
from steepest.plot.surfaces import surface_named

KNOWN = {  # point, value, gradient, by hand
    "bowl": ((1.0, 2.0), 5.0, (2.0, 4.0)),
    "ravine": ((10.0, 1.0), 6.0, (1.0, 2.0)),
    "saddle": ((1.0, 2.0), -3.0, (2.0, -4.0)),
    "rosenbrock": ((-1.0, 2.0), 104.0, (396.0, 200.0)),
    "himmelblau": ((0.0, 0.0), 170.0, (-14.0, -22.0)),
    "beale": ((0.0, 0.0), 14.203125, (-12.75, 0.0)),
    "rastrigin": ((0.5, 1.0), 21.25, (1.0, 2.0)),
    "six-hump camel": ((1.0, 0.0), 4.0 - 2.1 + 1 / 3, (8.0 - 8.4 + 2.0, 1.0)),
    "styblinski-tang": ((1.0, 0.0), -5.0, (-11.5, 2.5)),
    "plateau": ((1.0, 2.0), 5 / 6, (2 / 36, 4 / 36)),
}
LOWEST = {"six-hump camel": -1.0316284534898774, "styblinski-tang": -78.33233140754282}


@pytest.mark.parametrize("name", st.plot.SURFACES)
def test_values_and_derivatives_are_those_of_the_formulas(name):
    surface, (point, value, gradient) = st.plot.SURFACES[name], KNOWN[name]
    assert surface.values(*point) == pytest.approx(value, rel=1e-14)
    assert surface.gradient(*point) == pytest.approx(gradient, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", st.plot.SURFACES)
def test_minima_are_flat_curve_upwards_and_are_the_lowest_points_of_the_range(name):
    surface = st.plot.SURFACES[name]
    heights = surface.values(
        *np.meshgrid(*(np.linspace(*ends, 201) for ends in (surface.x, surface.y)))
    )
    for minimum in surface.minima:
        assert surface.gradient(*minimum) == pytest.approx([0, 0], abs=1e-12)
        assert surface.values(*minimum) == pytest.approx(
            LOWEST.get(name, 0.0), rel=1e-14, abs=1e-14
        )
        assert np.linalg.eigvalsh(surface.curvature(*minimum)).min() > 0
        assert surface.values(*minimum) <= heights.min() + 1e-12
        assert surface.x[0] < minimum[0] < surface.x[1] and surface.y[0] < minimum[1] < surface.y[1]
    assert bool(surface.minima) == (name != "saddle")


@pytest.mark.parametrize("name", st.plot.SURFACES)
def test_starts_are_inside_and_not_flat(name):
    surface = st.plot.SURFACES[name]
    assert surface.x[0] < surface.start[0] < surface.x[1]
    assert surface.y[0] < surface.start[1] < surface.y[1]
    assert np.abs(surface.gradient(*surface.start)).max() > 0.01


def test_second_derivatives_of_rosenbrock():
    curvature = st.plot.SURFACES["rosenbrock"].curvature(1.0, 1.0)
    assert curvature.tolist() == [[802.0, -400.0], [-400.0, 200.0]]


@pytest.mark.parametrize(("factor", "grows"), [(0.98, False), (1.02, True)])
def test_gradient_descent_grows_just_above_the_stability_limit(factor, grows):
    limit = st.plot.SURFACES["ravine"].stability_limit(0.0, 0.0)
    assert limit == 1.0
    path = st.plot.Descent("ravine", st.optimizers.SGD(limit * factor)).path((0.0, 1.0), steps=50)
    assert (path.values[-1] > path.values[0]) == grows


def test_a_surface_of_constant_height_has_values_for_all_points():
    flat = st.plot.Surface("flat", lambda x, y: 3.0)
    assert flat.values([1.0, 2.0], [0.0, 0.0]).tolist() == [3.0, 3.0]
    assert flat.gradient(1.0, 1.0).tolist() == [0.0, 0.0]
    assert flat.stability_limit(0.0, 0.0) == np.inf


def test_wrong_surfaces_are_named():
    with pytest.raises(UnknownNameError, match=r"no surface is called 'rosenbrok'.*rosenbrock"):
        surface_named("here", "rosenbrok")
    with pytest.raises(
        ArgumentError, match=r"here: a surface was expected: a name \(bowl, .*got 3"
    ):
        surface_named("here", 3)
    with pytest.raises(ArgumentError, match="'s': a function of two tensors was expected"):
        st.plot.Surface("s", 3)
    with pytest.raises(ArgumentError, match=r"'s': y: a range .* got \(1.0, 1.0\)"):
        st.plot.Surface("s", lambda x, y: x, y=(1.0, 1.0))
    assert surface_named("here", lambda x, y: x).name == "<lambda>"
