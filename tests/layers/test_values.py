"""What the layers compute, against NumPy in float64 and known values."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import layers
from steepest.errors import ArgumentError, ShapeError, SteepestError


@pytest.fixture
def x(rng: np.random.Generator) -> np.ndarray:
    return rng.normal(size=(6, 4))


@pytest.fixture
def cube(rng: np.random.Generator) -> np.ndarray:
    return rng.normal(size=(6, 3, 4))


def values(layer: layers.Layer, inputs: object, **options: object) -> np.ndarray:
    return layer(inputs, **options).numpy()


# ---------------------------------------------------------------- core


def test_dense_is_activation_of_product_and_bias(x: np.ndarray, rng: np.random.Generator):
    layer = layers.Dense(3, "tanh", dtype="float64", bias_initializer="normal")
    found = values(layer, x)
    kernel, bias = layer.get_weights()
    np.testing.assert_allclose(found, np.tanh(x @ kernel + bias), rtol=1e-12)
    np.testing.assert_array_equal(layers.Dense(3).bias_initializer((3,)), np.zeros(3))


def test_dense_takes_bytes_and_more_axes(cube: np.ndarray):
    layer = layers.Dense(2, kernel_initializer="ones")
    assert values(layer, np.array([[1, 2, 255]], np.uint8)).tolist() == [[258.0, 258.0]]
    layer = layers.Dense(2, dtype="float64")
    found = values(layer, cube)
    np.testing.assert_allclose(found, cube @ layer.kernel.numpy(), rtol=1e-12)


def test_the_small_network_has_39760_parameters():
    first, second = layers.Dense(50), layers.Dense(10)
    second(first(np.ones((1, 784))))
    assert (first.count_params(), second.count_params()) == (39250, 510)


def test_embedding_rows_and_range():
    layer = layers.Embedding(5, 3)
    found = values(layer, [[0, 4], [2, 2]])
    np.testing.assert_array_equal(found, layer.embeddings.numpy()[[[0, 4], [2, 2]]])
    assert np.abs(layer.embeddings.numpy()).max() <= 0.05
    for wrong in (5, -1):
        with pytest.raises(ArgumentError, match=f"numbers 0 to 4, got {wrong}"):
            layer([[wrong]])
    with pytest.raises(ArgumentError, match="mask_zero"):
        layers.Embedding(5, 3, mask_zero=True)


def test_embedding_learns_only_the_rows_it_gave():
    layer = layers.Embedding(4, 2)
    with st.GradientTape() as tape:
        loss = st.reduce_sum(layer([[1, 3, 1]]))
    slope = tape.gradient(loss, layer.embeddings).numpy()
    np.testing.assert_array_equal(slope, [[0, 0], [2, 2], [0, 0], [1, 1]])


def test_lambda_with_arguments(x: np.ndarray):
    layer = layers.Lambda(lambda t, power: t**power, arguments={"power": 2})
    np.testing.assert_allclose(values(layer, x), x**2, rtol=1e-6)
    with pytest.raises(ArgumentError, match="register_serializable"):
        layer.get_config()
    assert "Lambda" in repr(layer)


# ---------------------------------------------------------------- shapes


def test_shapes(cube: np.ndarray):
    cube = cube.astype(np.float32)
    np.testing.assert_array_equal(values(layers.Flatten(), cube), cube.reshape(6, 12))
    np.testing.assert_array_equal(values(layers.Flatten(), cube[:, 0, 0]), cube[:, 0, :1])
    np.testing.assert_array_equal(values(layers.Reshape((2, -1)), cube), cube.reshape(6, 2, 6))
    np.testing.assert_array_equal(values(layers.Reshape(12), cube), cube.reshape(6, 12))
    np.testing.assert_array_equal(values(layers.Permute((2, 1)), cube), cube.transpose(0, 2, 1))
    row = cube[:, 0]
    np.testing.assert_array_equal(
        values(layers.RepeatVector(2), row), np.repeat(row[:, None], 2, axis=1)
    )


def test_shapes_that_do_not_fit():
    with pytest.raises(ShapeError, match="12 numbers an example"):
        layers.Reshape((5, -1))(np.ones((2, 3, 4)))
    with pytest.raises(ArgumentError, match="at most one"):
        layers.Reshape((-1, -1))
    with pytest.raises(ArgumentError, match="order"):
        layers.Permute((0, 1))
    with pytest.raises(ShapeError, match="2 axes"):
        layers.Permute((2, 1))(np.ones((2, 3)))


# ---------------------------------------------------------------- activations


def test_activation_layers(x: np.ndarray):
    wide = 3 * x
    cases = {
        layers.ReLU(1.0, 0.1, 0.5): np.where(wide > 0.5, np.minimum(wide, 1.0), 0.1 * (wide - 0.5)),
        layers.LeakyReLU(): np.where(wide > 0, wide, 0.3 * wide),
        layers.PReLU("ones"): wide,
        layers.ELU(0.5): np.where(wide > 0, wide, 0.5 * np.expm1(np.minimum(wide, 0))),
        layers.Softmax(axis=0): np.exp(wide) / np.exp(wide).sum(0),
    }
    for layer, wanted in cases.items():
        np.testing.assert_allclose(values(layer, wide), wanted, rtol=1e-5, atol=1e-6)


# ---------------------------------------------------------------- noise


def test_dropout_keeps_its_share_and_the_mean():
    layer = layers.Dropout(0.3, seed=5)
    found = values(layer, np.ones((400, 500)), training=True)
    np.testing.assert_array_equal(np.unique(found), np.float32([0.0, 1 / np.float32(0.7)]))
    assert (found == 0).mean() == pytest.approx(0.3, abs=0.005)
    assert found.mean() == pytest.approx(1.0, abs=0.01)


def test_dropout_drops_others_at_each_step_and_the_same_by_seed():
    one, twin = layers.Dropout(0.5, seed=5), layers.Dropout(0.5, seed=5)
    x = np.ones((3, 40))
    first, second = values(one, x, training=True), values(one, x, training=True)
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(values(twin, x, training=True), first)
    np.testing.assert_array_equal(values(twin, x, training=True), second)


def test_the_common_seed_fixes_layers_without_one():
    def run() -> list[np.ndarray]:
        st.random.set_seed(3)
        pair = layers.Dropout(0.5), layers.Dropout(0.5)
        return [values(layer, np.ones((3, 40)), training=True) for layer in pair]

    (a, b), (c, d) = run(), run()
    np.testing.assert_array_equal(a, c)
    np.testing.assert_array_equal(b, d)
    assert not np.array_equal(a, b)


def test_dropout_at_its_ends_and_by_rows():
    x = np.ones((50, 6))
    assert values(layers.Dropout(0.0), x, training=True).min() == 1.0
    layer = layers.Dropout(1.0)
    with st.GradientTape() as tape:
        t = st.constant(x)
        tape.watch(t)
        y = layer(t, training=True)
    assert y.numpy().max() == 0.0
    assert tape.gradient(y, t).numpy().max() == 0.0
    rows = values(layers.Dropout(0.5, noise_shape=(None, 1), seed=1), x, training=True)
    assert set(rows.sum(1).tolist()) == {0.0, 12.0}
    with pytest.raises(ArgumentError, match=r"rate must lie in \[0, 1\], got 50"):
        layers.Dropout(50)


def test_alpha_dropout_keeps_mean_and_deviation(rng: np.random.Generator):
    x = rng.normal(size=(500, 400))
    found = values(layers.AlphaDropout(0.2, seed=1), x, training=True)
    assert found.mean() == pytest.approx(0.0, abs=0.02)
    assert found.std() == pytest.approx(1.0, abs=0.02)


def test_gaussian_noise_and_dropout():
    x = np.full((500, 400), 2.0)
    noise = values(layers.GaussianNoise(0.5, seed=1), x, training=True) - 2.0
    assert noise.mean() == pytest.approx(0.0, abs=0.01)
    assert noise.std() == pytest.approx(0.5, abs=0.01)
    factor = values(layers.GaussianDropout(0.2, seed=1), x, training=True) / 2.0
    assert factor.mean() == pytest.approx(1.0, abs=0.01)
    assert factor.std() == pytest.approx(0.5, abs=0.01)


# ---------------------------------------------------------------- normalisation


def test_batch_normalization_in_training(x: np.ndarray):
    layer = layers.BatchNormalization(dtype="float64")
    found = values(layer, x, training=True)
    wanted = (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-3)
    np.testing.assert_allclose(found, wanted, rtol=1e-10)
    np.testing.assert_allclose(layer.moving_mean, 0.01 * x.mean(0), rtol=1e-10)
    np.testing.assert_allclose(layer.moving_variance, 0.99 + 0.01 * x.var(0), rtol=1e-10)


def test_batch_normalization_outside_of_training(x: np.ndarray):
    layer = layers.BatchNormalization(dtype="float64")
    layer.build((None, 4))
    gamma, beta, mean, variance = (np.arange(1.0, 5.0) + k for k in range(4))
    layer.set_weights([gamma, beta, mean, variance])
    wanted = gamma * (x - mean) / np.sqrt(variance + 1e-3) + beta
    np.testing.assert_allclose(values(layer, x), wanted, rtol=1e-10)
    np.testing.assert_array_equal(layer.moving_mean, mean)


def test_batch_normalization_along_another_axis(cube: np.ndarray):
    layer = layers.BatchNormalization(axis=1, dtype="float64")
    found = values(layer, cube, training=True)
    mean, variance = cube.mean((0, 2), keepdims=True), cube.var((0, 2), keepdims=True)
    np.testing.assert_allclose(found, (cube - mean) / np.sqrt(variance + 1e-3), rtol=1e-9)


def test_moving_averages_approach_those_of_the_data(rng: np.random.Generator):
    layer = layers.BatchNormalization(momentum=0.9)
    for _ in range(100):
        layer(rng.normal(3.0, 2.0, size=(200, 1)), training=True)
    assert layer.moving_mean.item() == pytest.approx(3.0, abs=0.2)
    assert layer.moving_variance.item() == pytest.approx(4.0, abs=0.4)


@pytest.mark.parametrize("axis", [-1, 1, (1, 2)])
def test_layer_normalization(cube: np.ndarray, axis: int | tuple[int, ...]):
    layer = layers.LayerNormalization(axis=axis, dtype="float64")
    mean, variance = cube.mean(axis, keepdims=True), cube.var(axis, keepdims=True)
    wanted = (cube - mean) / np.sqrt(variance + 1e-3)
    np.testing.assert_allclose(values(layer, cube), wanted, rtol=1e-9)
    assert layer.gamma.shape == {-1: (4,), 1: (3,), (1, 2): (3, 4)}[axis]


def test_rms_and_unit_normalization(x: np.ndarray):
    found = values(layers.RMSNormalization(dtype="float64"), x)
    wanted = x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-6)
    np.testing.assert_allclose(found, wanted, rtol=1e-10)
    found = values(layers.UnitNormalization(dtype="float64"), x)
    np.testing.assert_allclose(np.linalg.norm(found, axis=-1), 1.0, rtol=1e-10)


# ---------------------------------------------------------------- preprocessing


def test_normalization_uses_the_training_set_for_every_later_set(rng: np.random.Generator):
    train, test = rng.normal(5.0, 3.0, size=(100, 4)), rng.normal(0.0, 1.0, size=(10, 4))
    layer = layers.Normalization(dtype="float64")
    layer.adapt(train)
    np.testing.assert_allclose(values(layer, train).mean(0), 0.0, atol=1e-12)
    np.testing.assert_allclose(values(layer, train).std(0), 1.0, rtol=1e-12)
    np.testing.assert_allclose(values(layer, test), (test - train.mean(0)) / train.std(0))
    back = layers.Normalization(
        mean=layer.mean, variance=layer.variance, invert=True, dtype="float64"
    )
    np.testing.assert_allclose(values(back, values(layer, test)), test)


def test_normalization_learns_from_batches_as_from_the_whole(rng: np.random.Generator):
    data = rng.normal(1000.0, 1.0, size=(103, 3))
    whole, parts = layers.Normalization(dtype="float64"), layers.Normalization(dtype="float64")
    whole.adapt(data)
    parts.adapt((data[k : k + 10], None) for k in range(0, 103, 10))
    np.testing.assert_allclose(parts.mean, whole.mean, rtol=1e-12)
    np.testing.assert_allclose(parts.variance, data.var(0), rtol=1e-9)


def test_normalization_of_what_never_varies_only_centres():
    layer = layers.Normalization()
    layer.adapt([[2.0, 1.0], [2.0, 3.0]])
    assert values(layer, [[2.0, 3.0], [5.0, 3.0]]).tolist() == [[0.0, 1.0], [3.0, 1.0]]


@pytest.mark.parametrize("axis", [None, 1, (1, 2)])
def test_normalization_along_axes(cube: np.ndarray, axis: int | tuple[int, ...] | None):
    layer = layers.Normalization(axis=axis, dtype="float64")
    layer.adapt(cube)
    others = {None: (0, 1, 2), 1: (0, 2), (1, 2): (0,)}[axis]
    wanted = (cube - cube.mean(others, keepdims=True)) / cube.std(others, keepdims=True)
    np.testing.assert_allclose(values(layer, cube), wanted, rtol=1e-9)


def test_normalization_before_adapt_says_what_to_do():
    with pytest.raises(SteepestError, match=r"call adapt\(data\)"):
        layers.Normalization()([[1.0]])
    with pytest.raises(ArgumentError, match="no examples"):
        layers.Normalization().adapt(np.ones((0, 3)))
    with pytest.raises(ArgumentError, match="both mean and variance"):
        layers.Normalization(mean=0.0)


def test_rescaling_of_bytes():
    found = layers.Rescaling(1 / 127.5, offset=-1.0)(np.array([[0, 255]], np.uint8))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, [[-1.0, 1.0]], rtol=1e-6)
    assert values(layers.Rescaling([1.0, 2.0], [0.0, 1.0]), [[3.0, 3.0]]).tolist() == [[3.0, 7.0]]


# ---------------------------------------------------------------- merging


def test_merging(x: np.ndarray):
    a, b, c = (x.astype(np.float32) + k for k in range(3))
    cases = {
        layers.Add(): a + b + c,
        layers.Multiply(): a * b * c,
        layers.Average(): (a + b + c) / np.float32(3),
        layers.Maximum(): np.maximum(np.maximum(a, b), c),
        layers.Minimum(): np.minimum(np.minimum(a, b), c),
        layers.Concatenate(): np.concatenate([a, b, c], -1),
    }
    for layer, wanted in cases.items():
        np.testing.assert_allclose(values(layer, [a, b, c]), wanted, rtol=1e-6)
    np.testing.assert_array_equal(values(layers.Subtract(), [a, b]), a - b)


def test_dot_over_axes(x: np.ndarray, cube: np.ndarray, rng: np.random.Generator):
    y, other = rng.normal(size=(6, 4)), rng.normal(size=(6, 4, 2))
    dot = layers.Dot(1, dtype="float64")
    np.testing.assert_allclose(values(dot, [x, y]), (x * y).sum(1, keepdims=True), rtol=1e-12)
    dot = layers.Dot((2, 1), dtype="float64")
    np.testing.assert_allclose(values(dot, [cube, other]), cube @ other, rtol=1e-10)
    cosine = layers.Dot(1, normalize=True, dtype="float64")
    wanted = (x * y).sum(1) / np.linalg.norm(x, axis=1) / np.linalg.norm(y, axis=1)
    np.testing.assert_allclose(values(cosine, [x, y])[:, 0], wanted, rtol=1e-10)


def test_merging_what_does_not_fit(x: np.ndarray):
    with pytest.raises(ShapeError, match="do not fit each other"):
        layers.Add()([x, x[:, :3]])
    with pytest.raises(ArgumentError, match="two tensors, got 3"):
        layers.Subtract()([x, x, x])
    with pytest.raises(ShapeError, match="must agree"):
        layers.Concatenate()([x, x[:3]])
    with pytest.raises(ShapeError, match="one size"):
        layers.Dot(1)([x, x[:, :3]])


def test_pooling_counts_the_steps_of_the_mask(rng):
    x = rng.normal(size=(3, 4, 2)) - 5.0
    mask = np.array([[1, 1, 0, 0], [0, 1, 1, 1], [0, 0, 0, 0]], bool)
    rows = [x[0, :2], x[1, 1:]]
    mean, greatest = layers.GlobalAveragePooling1D(), layers.GlobalMaxPooling1D()
    wanted = [*(row.mean(0) for row in rows), np.zeros(2)]
    np.testing.assert_allclose(mean(x, mask=mask).numpy(), wanted, rtol=1e-6)
    wanted = [*(row.max(0) for row in rows), np.zeros(2)]
    np.testing.assert_allclose(greatest(x, mask=mask).numpy(), wanted, rtol=1e-6)
    with pytest.raises(ShapeError, match=r"a mask of shape \(3, 3\)"):
        mean(x, mask=mask[:, :3])


def test_texts_filled_up_with_zeros_train_by_their_words(rng):
    ids = rng.integers(1, 20, (64, 6))
    ids[:, 3:] *= rng.integers(0, 2, (64, 3))
    words = st.Input((6,), dtype="int64")
    vectors = layers.Embedding(20, 4)(words)
    pooled = layers.GlobalAveragePooling1D()(vectors, mask=words != 0)
    model = st.Model(words, layers.Dense(1)(pooled))
    model.compile("adam", "mse")
    model.fit(ids, ids[:, :1] * 1.0, epochs=2, verbose=0)
    table, kernel, bias = model.get_weights()
    means = [table[row[row != 0]].mean(0) for row in ids]
    np.testing.assert_allclose(model.predict(ids, verbose=0), means @ kernel + bias, atol=1e-5)


# ---------------------------------------------------------------- categories, principal components

ROWS_OF = np.eye(3)


@pytest.mark.parametrize(
    "mode, places, wanted",
    [
        ("one_hot", [2], ROWS_OF[[2]]),
        ("one_hot", [2, 0], ROWS_OF[[2, 0]]),
        ("one_hot", [[2], [0]], ROWS_OF[[2, 0]]),
        ("one_hot", [[2, 0], [1, 1]], ROWS_OF[[[2, 0], [1, 1]]]),
        ("one_hot", [[[2], [0]]], ROWS_OF[[[2, 0]]]),
        ("multi_hot", [2, 0], ROWS_OF[[2, 0]]),
        ("multi_hot", [[2], [0]], ROWS_OF[[2, 0]]),
        ("multi_hot", [[2, 0], [1, 1]], [[1, 0, 1], [0, 1, 0]]),
        ("multi_hot", [[[2], [0]]], [ROWS_OF[[2, 0]]]),
        ("count", [2, 0], ROWS_OF[[2, 0]]),
        ("count", [[2, 0], [1, 1]], [[1, 0, 1], [0, 2, 0]]),
        ("count", [[[2], [0]]], [ROWS_OF[[2, 0]]]),
    ],
)
def test_categories_of_every_rank(mode: str, places: list, wanted: object):
    found = values(layers.CategoryEncoding(3, output_mode=mode), places)
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("whiten", [False, True])
def test_principal_components_and_back(whiten: bool, rng: np.random.Generator):
    """With all components the way back gives the points themselves, however they are scaled."""
    points = rng.normal(size=(50, 3)) * [5.0, 1.0, 0.2] + [1.0, 2.0, 3.0]
    layer = layers.PrincipalComponents(3, whiten=whiten, dtype="float64").fit(points)
    found = layer.transform(points)
    np.testing.assert_allclose(layer.inverse_transform(found), points, rtol=1e-9)
    deviations = np.sqrt(np.linalg.eigvalsh(np.cov(points.T))[::-1])
    np.testing.assert_allclose(found.std(axis=0, ddof=1), [1] * 3 if whiten else deviations)
    shares = deviations**2 / (deviations**2).sum()
    np.testing.assert_allclose(layer.explained_variance_ratio, shares)
