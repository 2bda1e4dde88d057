"""Initializers: limits, deviations, fans, seeds, names; statistics of large draws."""

from __future__ import annotations

import math

import numpy as np
import pytest

import steepest as st
from steepest import initializers
from steepest.errors import ArgumentError, ShapeError, UnknownNameError
from steepest.initializers.scaled import DISTRIBUTIONS, MODES, TRUNCATED_DEVIATION

IN, OUT = 400, 300
# The distribution, and its limit (uniform) or deviation (normal), by the published formula.
PUBLISHED = {
    "glorot_uniform": ("uniform", math.sqrt(6 / (IN + OUT))),
    "glorot_normal": ("normal", math.sqrt(2 / (IN + OUT))),
    "he_uniform": ("uniform", math.sqrt(6 / IN)),
    "he_normal": ("normal", math.sqrt(2 / IN)),
    "lecun_uniform": ("uniform", math.sqrt(3 / IN)),
    "lecun_normal": ("normal", math.sqrt(1 / IN)),
    "random_uniform": ("uniform", 0.05),
    "random_normal": ("untruncated", 0.05),
}
RANDOM = [*PUBLISHED, "truncated_normal", "orthogonal", "variance_scaling"]


def draw(name: str, shape: tuple[int, ...] = (IN, OUT), seed: int | None = 7) -> np.ndarray:
    return type(initializers.get(name))(seed=seed)(shape).numpy()


@pytest.mark.parametrize("name", PUBLISHED)
def test_statistics_are_the_published_ones(name: str):
    kind, size = PUBLISHED[name]
    values = draw(name).astype(float)
    deviation = size / math.sqrt(3) if kind == "uniform" else size
    assert abs(values.mean()) < 4 * deviation / math.sqrt(values.size)
    assert values.std() == pytest.approx(deviation, rel=0.01)
    if kind == "uniform":
        assert 0.999 * size < np.abs(values).max() <= size
    if kind == "normal":  # truncated at two deviations of the untruncated distribution
        assert np.abs(values).max() <= 2 * size / TRUNCATED_DEVIATION * (1 + 1e-6)


def test_a_uniform_draw_is_even():
    shares, _ = np.histogram(draw("glorot_uniform"), bins=20)
    np.testing.assert_allclose(shares, IN * OUT / 20, rtol=0.05)


def test_truncated_normal_has_the_moments_of_a_cut_normal():
    values = draw("truncated_normal").astype(float)
    assert np.abs(values).max() <= 0.1
    assert values.std() == pytest.approx(0.05 * 0.87962566, rel=0.01)
    inside = math.erf(1 / math.sqrt(2)) / math.erf(math.sqrt(2))
    assert (np.abs(values) < 0.05).mean() == pytest.approx(inside, abs=0.005)


@pytest.mark.parametrize(
    ("shape", "wanted"),
    [
        ((), (1, 1)), (5, (5, 5)), ((5,), (5, 5)), ((5, 3), (5, 3)), ((3, 3, 8, 16), (72, 144)),
        ((4, 2, 3), (8, 12)),
    ],
)  # fmt: skip
def test_fans(shape: tuple[int, ...], wanted: tuple[float, float]):
    assert initializers.fans(shape) == wanted


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_variance_scaling_gives_its_variance(mode: str, distribution: str):
    count = {"fan_in": IN, "fan_out": OUT, "fan_avg": (IN + OUT) / 2}[mode]
    values = initializers.VarianceScaling(3.0, mode, distribution, seed=1)((IN, OUT)).numpy()
    assert values.var() == pytest.approx(3.0 / count, rel=0.02)


def test_user_defined_bounds():
    values = initializers.RandomUniform(-0.1, 0.1, seed=3)((100, 100)).numpy()
    assert values.min() >= -0.1 and values.max() < 0.1
    values = initializers.RandomNormal(5.0, 0.1, seed=3)((100, 100)).numpy()
    assert values.mean() == pytest.approx(5.0, abs=0.01)


@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (5, 5), (2, 3, 4)])
def test_orthogonal_rows_or_columns(shape: tuple[int, ...]):
    found = initializers.Orthogonal(gain=2.0, seed=1)(shape, "float64").numpy()
    matrix = found.reshape(-1, shape[-1])
    small = matrix @ matrix.T if matrix.shape[0] < matrix.shape[1] else matrix.T @ matrix
    np.testing.assert_allclose(small, 4.0 * np.eye(len(small)), atol=1e-12)


def test_orthogonal_prefers_no_direction():
    corners = [initializers.Orthogonal(seed=seed)((3, 3))[0, 0].item() for seed in range(20)]
    assert 4 < sum(corner > 0 for corner in corners) < 16


def test_identity_zeros_ones_constant():
    np.testing.assert_array_equal(initializers.Identity(3.0)((2, 3)), 3.0 * np.eye(2, 3))
    assert initializers.Zeros()((2,)).tolist() == [0.0, 0.0]
    assert initializers.Ones()((2,), "int32").dtype == np.int32
    assert initializers.Constant([1.0, 2.0])((2, 2)).tolist() == [[1.0, 2.0], [1.0, 2.0]]


@pytest.mark.parametrize("name", RANDOM)
def test_a_seed_fixes_the_values(name: str):
    maker = type(initializers.get(name))
    one = maker(seed=3)
    np.testing.assert_array_equal(one((4, 5)), one((4, 5)))
    np.testing.assert_array_equal(one((4, 5)), maker(seed=3)((4, 5)))
    assert not np.array_equal(one((4, 5)), maker(seed=4)((4, 5)))


@pytest.mark.parametrize("name", RANDOM)
def test_without_a_seed_the_common_one_counts(name: str):
    maker = initializers.get(name)
    st.random.set_seed(5)
    first, second = maker((4, 5)).numpy(), maker((4, 5)).numpy()
    st.random.set_seed(5)
    np.testing.assert_array_equal(first, maker((4, 5)))
    assert not np.array_equal(first, second)


@pytest.mark.parametrize("name", [*RANDOM, "zeros", "ones", "constant", "identity"])
@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_kind_and_shape_are_as_asked(name: str, kind: str):
    found = initializers.get(name)((3, 2), kind)
    assert (found.shape, found.dtype.name) == ((3, 2), kind)


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ("GlorotUniform", "GlorotUniform"), ("xavier_uniform", "GlorotUniform"),
        ("XavierNormal", "GlorotNormal"), ("he_normal", "HeNormal"), ("zeros", "Zeros"),
        ("uniform", "RandomUniform"), ("normal", "RandomNormal"), ("Identity", "Identity"),
    ],
)  # fmt: skip
def test_names(given: str, kind: str):
    assert type(initializers.get(given)).__name__ == kind


def test_a_function_is_an_initializer():
    def sevens(shape: tuple[int, ...], dtype: object) -> np.ndarray:
        return np.full(shape, 7.0)

    layer = st.layers.Dense(2, kernel_initializer=sevens)
    layer.build((None, 3))
    np.testing.assert_array_equal(layer.kernel, np.full((3, 2), 7.0))


@pytest.mark.parametrize("name", [*RANDOM, "zeros", "ones", "constant", "identity"])
def test_configuration_round_trip(name: str):
    one = initializers.get(name)
    again = initializers.get({"class_name": type(one).__name__, "config": one.get_config()})
    assert type(again) is type(one)
    assert again.get_config() == one.get_config()


def test_errors_say_what_was_expected():
    with pytest.raises(UnknownNameError, match="did you mean 'glorot_uniform'"):
        initializers.get("glorot_unifrom")
    with pytest.raises(ArgumentError, match="mode"):
        initializers.VarianceScaling(mode="fan")
    with pytest.raises(ShapeError, match="at least 2 axes"):
        initializers.Orthogonal()((3,))
    with pytest.raises(ShapeError, match="matrix"):
        initializers.Identity()((3, 3, 3))


def test_a_tensor_or_an_array_is_an_initializer() -> None:
    kernel = np.float32([[1.0, 2.0], [3.0, 4.0]])
    for given in (st.constant(kernel), st.Variable(kernel), kernel):
        layer = st.layers.Dense(2, kernel_initializer=given, input_shape=(2,))
        assert layer(np.eye(2, dtype=np.float32)).tolist() == kernel.tolist()


@pytest.mark.parametrize("name", sorted({*RANDOM} - {"random_uniform", "orthogonal"}))
def test_weights_that_are_whole_numbers_take_no_fractions(name: str) -> None:
    with pytest.raises(ArgumentError, match=r"draws fractions, and weights of int32 are whole"):
        initializers.get(name)((2, 2), "int32")
    assert initializers.get(name)((2, 2), "float64").dtype.name == "float64"


@pytest.mark.parametrize(
    "options",
    [{"scale": 0.0}, {"scale": -1.0}, {"mode": "fan"}, {"distribution": "gamma"}],
    ids=str,
)
def test_each_argument_of_variance_scaling_is_checked(options: dict[str, object]) -> None:
    with pytest.raises(ArgumentError, match="VarianceScaling: scale above 0, mode of"):
        initializers.VarianceScaling(**options)


def test_normal_is_the_truncated_normal_and_no_input_counts_as_one() -> None:
    assert initializers.VarianceScaling(distribution="normal").distribution == "truncated_normal"
    assert initializers.VarianceScaling(seed=1)((0, 3)).shape == (0, 3)


def test_values_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ArgumentError, match="Constant: a number or an array was expected, got 'a'"):
        initializers.Constant("a")
    assert initializers.Constant(True)((2,)).tolist() == [1.0, 1.0]
    assert initializers.Constant()((1,)).tolist() == [0.0]


def test_bounds_and_deviations_may_be_equal_and_zero() -> None:
    assert initializers.RandomUniform(0.5, 0.5, seed=0)((3,)).tolist() == [0.5] * 3
    for kind in (initializers.RandomNormal, initializers.TruncatedNormal):
        assert kind(1.5, 0.0)((2,)).tolist() == [1.5, 1.5]
        with pytest.raises(ArgumentError, match="stddev"):
            kind(0.0, -0.1)
    with pytest.raises(ArgumentError, match="maxval"):
        initializers.RandomUniform(0.5, 0.4)


def test_a_generator_is_used_and_goes_on() -> None:
    source = st.random.Generator(3)
    maker = initializers.RandomNormal(seed=source)
    first, second = maker((3,)).tolist(), maker((3,)).tolist()
    again = st.random.Generator(3)
    assert first == again.normal((3,), 0.0, 0.05).tolist() and first != second


@pytest.mark.parametrize("shape", [(3, 3), (2, 4), (4, 2)])
def test_orthogonal_is_the_factor_of_a_normal_draw_with_positive_diagonal(
    shape: tuple[int, int],
) -> None:
    tall = (max(shape), min(shape))
    draw = st.random.Generator(2).normal(tall, dtype="float64").numpy()
    q = initializers.Orthogonal(gain=1.0, seed=2)(shape, "float64").numpy()
    q = q if shape[0] >= shape[1] else q.T
    triangle = q.T @ draw
    np.testing.assert_allclose(triangle, np.triu(triangle), atol=1e-12)
    assert (np.diag(triangle) > 0).all()
