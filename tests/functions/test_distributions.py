"""Draws from further distributions: their means and variances, and that programs draw the same."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import steepest as st
from steepest.errors import ArgumentError

N = 20_000


@pytest.mark.parametrize(
    ("draw", "mean", "variance"),
    [
        (lambda: st.random.gamma((N,), 3.0, seed=1), 3.0, 3.0),
        (lambda: st.random.gamma((N,), 0.5, seed=2), 0.5, 0.5),
        (lambda: st.random.beta((N,), 2.0, 3.0, seed=3), 0.4, 0.04),
        (lambda: st.random.binomial((N,), 10, 0.3, seed=4), 3.0, 2.1),
        (lambda: st.random.randint((N,), 2, 8, seed=5), 4.5, 35 / 12),
    ],
)
def test_means_and_variances(draw, mean: float, variance: float) -> None:
    values = draw().numpy().astype(np.float64)
    assert values.mean() == pytest.approx(mean, rel=0.03)
    assert values.var() == pytest.approx(variance, rel=0.06)


@pytest.mark.parametrize("alpha", [0.5, 1.0, 3.0])
def test_numbers_that_the_gamma_distribution_rejects_are_left_out(alpha: float) -> None:
    """A few in a hundred are: without that the variance is a twentieth too large."""
    values = st.random.gamma((10 * N,), alpha, seed=6).numpy().astype(np.float64)
    assert values.var() == pytest.approx(alpha, rel=0.02)
    assert values.mean() == pytest.approx(alpha, rel=0.01)


def test_each_row_has_its_own_parameter_and_a_generator_goes_on() -> None:
    generator = st.random.SeedGenerator(7)
    first = st.random.gamma((3, 2), [1.0, 50.0], seed=generator).numpy()
    assert (first[:, 1] > first[:, 0]).all() and first.shape == (3, 2)
    assert (first != st.random.gamma((3, 2), [1.0, 50.0], seed=generator).numpy()).all()
    assert st.random.categorical([[0.0, 1.0]], 3, "int32").dtype == st.int32


def test_a_program_draws_the_same_numbers() -> None:
    drawn = []
    for engine in ("numpy", "cpu"):
        st.random.set_seed(3)
        function = st.function(
            lambda a: (st.random.gamma((4,), a), st.random.beta((2,), a, a)), engine=engine
        )
        drawn.append([part.numpy() for part in function(st.constant(0.7))])
    np.testing.assert_allclose(drawn[0][0], drawn[1][0], rtol=1e-5)
    np.testing.assert_allclose(drawn[0][1], drawn[1][1], rtol=1e-5)


def test_wrong_parameters() -> None:
    with pytest.raises(ArgumentError, match="alpha must be above 0"):
        st.random.gamma((2,), 0.0)
    with pytest.raises(ArgumentError, match="normal distribution"):
        st.random.binomial((2,), 10**6, 0.5)


@pytest.mark.parametrize("make", [
    lambda seed: st.initializers.HeNormal(seed=seed)((3, 4)),
    lambda seed: st.layers.Dropout(0.5, seed=seed)(st.ones((3, 4)), training=True),
])  # fmt: skip
def test_layers_and_initializers_draw_from_a_generator(make) -> None:
    first, again = (make(st.random.SeedGenerator(3)).tolist() for _ in range(2))
    assert first == again
    generator = st.random.SeedGenerator(3)
    assert make(generator).tolist() == first != make(generator).tolist()


@pytest.mark.parametrize("mean", [0.3, 3.0, 40.0])
def test_poisson_numbers_have_their_probabilities(mean: float) -> None:
    drawn = st.random.poisson((200_000,), mean, seed=3).numpy()
    values = np.arange(int(mean * 2 + 5))
    found = (drawn[:, None] == values).mean(0) if mean < 10 else None
    assert drawn.dtype == np.float32
    assert abs(drawn.mean() - mean) < 5 * np.sqrt(mean / 200_000)
    assert abs(drawn.var() / mean - 1) < 0.02
    if found is not None:
        np.testing.assert_allclose(found, stats.poisson.pmf(values, mean), atol=0.004)


def test_poisson_draws_its_shape_for_each_mean() -> None:
    drawn = st.random.poisson([5], [[1.0, 2.0]], dtype="int32", seed=1)
    assert drawn.shape == (5, 1, 2)
    assert drawn.dtype == st.int32
    assert drawn.tolist() == st.random.poisson([5], [[1.0, 2.0]], dtype="int32", seed=1).tolist()


def test_poisson_refuses_means_that_cannot_be_drawn() -> None:
    with pytest.raises(ArgumentError, match="lam must be finite and at least 0"):
        st.random.poisson((2,), -1.0)
    with pytest.raises(ArgumentError, match="means up to about 650"):
        st.random.poisson((2,), 5000.0)
