"""L-BFGS and Levenberg-Marquardt on problems with known solutions, and their line search."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError
from steepest.optimizers import LBFGS, LevenbergMarquardt
from steepest.optimizers.line_search import strong_wolfe
from steepest.optimizers.second_order import Formula, Residuals


def rosenbrock(x):
    """The valley of 10 dimensions, from (-1.2, 1, ...); its minimum is at ones."""
    bend = x[1:] - x[:-1] ** 2
    value = (100.0 * bend**2 + (1.0 - x[:-1]) ** 2).sum()
    gradient = np.zeros_like(x)
    gradient[:-1] = -400.0 * x[:-1] * bend - 2.0 * (1.0 - x[:-1])
    gradient[1:] += 200.0 * bend
    return value, gradient


def descend(optimizer, problem, steps):
    for _ in range(steps):
        optimizer.step(problem)
    return problem.parameters()


def test_lbfgs_solves_rosenbrock():
    problem = Formula(rosenbrock, np.tile([-1.2, 1.0], 5))
    np.testing.assert_allclose(descend(LBFGS(), problem, 80), np.ones(10), atol=1e-6)


def test_lbfgs_needs_about_as_many_steps_as_dimensions_for_a_bowl(rng):
    root = rng.normal(size=(8, 8))
    curve, middle = root @ root.T + np.eye(8), rng.normal(size=8)
    bowl = Formula(lambda x: (0.5 * (x - middle) @ curve @ (x - middle), curve @ (x - middle)),
                   np.zeros(8))  # fmt: skip
    np.testing.assert_allclose(descend(LBFGS(), bowl, 25), middle, atol=1e-6)


def test_lbfgs_never_raises_the_loss():
    problem = Formula(rosenbrock, np.tile([-1.2, 1.0], 5))
    optimizer, values = LBFGS(memory=3), []
    for _ in range(30):
        values.append(problem.value(problem.parameters()))
        optimizer.step(problem)
    assert (np.diff(values) < 0).all()


@pytest.mark.parametrize("scale", [1e-9, 1e-6, 1e6, 1e9])
def test_lbfgs_learns_the_curvature_at_any_scale_of_the_loss(scale):
    curve = scale * np.array([1.0, 30.0, 1000.0])
    bowl = Formula(lambda x: (0.5 * curve @ (x - 1.0) ** 2, curve * (x - 1.0)), np.zeros(3))
    np.testing.assert_allclose(descend(LBFGS(), bowl, 25), np.ones(3), atol=1e-6)


def test_lbfgs_stays_at_a_minimum():
    problem = Formula(rosenbrock, np.ones(4))
    np.testing.assert_array_equal(descend(LBFGS(), problem, 2), np.ones(4))


def test_lbfgs_resumes_from_its_variables():
    first, problem = LBFGS(memory=4), Formula(rosenbrock, np.tile([-1.2, 1.0], 2))
    middle = descend(first, problem, 7)
    second = LBFGS.from_config(first.get_config())
    second.build([st.Variable(np.zeros((2, 1))), st.Variable(np.zeros(2))])
    for old, new in zip(first.variables, second.variables, strict=True):
        new.assign(old)
    twin = Formula(rosenbrock, middle)
    np.testing.assert_array_equal(descend(first, problem, 5), descend(second, twin, 5))


def test_lbfgs_agrees_with_scipys_optimum(peer):
    optimize = peer("scipy.optimize")
    start = np.array([-1.2, 1.0, -1.2, 1.0])
    theirs = optimize.minimize(rosenbrock, start, jac=True, method="L-BFGS-B")
    ours = descend(LBFGS(), Formula(rosenbrock, start), 60)
    np.testing.assert_allclose(ours, theirs.x, atol=1e-4)


def decay(x):
    """y = 2 exp(-1.5 t), fitted by x0 exp(-x1 t)."""
    t = np.linspace(0.0, 2.0, 20)
    wave = np.exp(-x[1] * t)
    return x[0] * wave - 2.0 * np.exp(-1.5 * t), np.stack([wave, -x[0] * t * wave], axis=1)


def test_levenberg_marquardt_fits_a_curve():
    found = descend(LevenbergMarquardt(), Residuals(decay, [1.0, 0.1]), 15)
    np.testing.assert_allclose(found, [2.0, 1.5], rtol=1e-8)


def test_levenberg_marquardt_solves_a_linear_problem_in_few_steps(rng):
    matrix, target = rng.normal(size=(12, 3)), rng.normal(size=12)
    found = descend(
        LevenbergMarquardt(), Residuals(lambda x: (matrix @ x - target, matrix), np.zeros(3)), 4
    )
    np.testing.assert_allclose(found, np.linalg.lstsq(matrix, target, rcond=None)[0], atol=1e-9)


def test_damping_falls_after_successful_steps_and_rises_after_others():
    optimizer, problem = LevenbergMarquardt(damping=0.5, factor=4.0), Residuals(decay, [1.0, 0.1])
    optimizer.step(problem)
    assert optimizer.variables[-1].item() == 0.125
    wrong = Residuals(lambda x: (x * 1.0, -np.eye(1)), [1.0])  # the Jacobian points uphill
    np.testing.assert_array_equal(optimizer.step(wrong), [1.0])


@pytest.mark.parametrize("optimizer", [LBFGS(), LevenbergMarquardt()])
def test_the_weights_are_left_at_the_best_point_not_at_the_last_one_tried(optimizer):
    problem, tried = Residuals(decay, [1.0, 3.0]), []
    for _ in range(6):
        tried.append(problem.value(problem.parameters()))
        vector = optimizer.step(problem)
        np.testing.assert_array_equal(problem.parameters(), vector)
    assert (np.diff(tried) < 0).all()
    assert optimizer.iterations.item() == 6


def test_damping_resumes_from_its_variable():
    first, problem = LevenbergMarquardt(), Residuals(decay, [1.0, 0.1])
    middle = descend(first, problem, 3)
    second = LevenbergMarquardt()
    for old, new in zip(first.variables, second.variables, strict=True):
        new.assign(old)
    np.testing.assert_array_equal(
        descend(first, problem, 2), descend(second, Residuals(decay, middle), 2)
    )


def test_levenberg_marquardt_handles_a_singular_curvature():
    flat = Residuals(lambda x: (np.array([x[0] - 1.0]), np.array([[1.0, 0.0]])), [0.0, 0.0])
    np.testing.assert_allclose(descend(LevenbergMarquardt(), flat, 6), [1.0, 0.0], atol=1e-9)


@pytest.mark.parametrize("optimizer", [LBFGS(), LevenbergMarquardt()])
def test_they_refuse_single_gradients(optimizer):
    assert optimizer.full_batch
    with pytest.raises(ArgumentError, match=r"whole data set.*model\.fit"):
        optimizer.apply([[1.0]], [st.Variable([1.0])])


@pytest.mark.parametrize("first", [1e-4, 0.1, 1.0, 50.0])
def test_the_line_search_fulfils_the_strong_wolfe_conditions(first):
    def wave(x):
        return float(np.cos(x[0]) + 0.05 * x[0] ** 2), -np.sin(x) + 0.1 * x

    start = np.array([0.5])
    value, gradient = wave(start)
    direction = -gradient
    found = strong_wolfe(wave, start, value, gradient, direction, first)
    assert found is not None
    end, end_value, end_gradient = found
    length = float((end - start)[0] / direction[0])
    slope = float(gradient @ direction)
    assert end_value <= value + 1e-4 * length * slope
    assert abs(end_gradient @ direction) <= 0.9 * abs(slope)


def test_the_line_search_returns_from_where_the_function_is_undefined():
    def walled(x):
        inside = x[0] < 1.0
        value = -np.log(1.0 - x[0]) - 3.0 * x[0] if inside else np.nan
        return float(value), np.array([1.0 / (1.0 - x[0]) - 3.0 if inside else np.nan])

    start = np.array([0.0])
    value, gradient = walled(start)
    found = strong_wolfe(walled, start, value, gradient, np.array([1.0]), 5.0)
    assert found is not None
    assert found[1] < value


def test_the_line_search_refuses_an_ascent_direction():
    assert strong_wolfe(lambda x: (x @ x, 2 * x), np.ones(1), 1.0, np.ones(1), np.ones(1)) is None
