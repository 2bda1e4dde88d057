"""SpectralNormalization. The numbers are those of Keras 3.15.1."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import layers

X = np.random.RandomState(0).rand(4, 5).astype("float32")
KERNEL = np.random.RandomState(1).rand(5, 3).astype("float32")
VECTOR = np.random.RandomState(2).rand(1, 3).astype("float32")


def prepared(layer: layers.SpectralNormalization) -> layers.SpectralNormalization:
    layer(X)
    layer.layer.kernel.assign(KERNEL)
    layer.vector_u.assign(VECTOR)
    return layer


def test_calls_in_training_normalize_the_kernel() -> None:
    layer = prepared(layers.SpectralNormalization(layers.Dense(3), power_iterations=2))
    plain, first, second = layer(X), layer(X, training=True), layer(X, training=True)
    assert plain.numpy()[0] == pytest.approx([0.93757254, 1.3090042, 0.69022673])
    assert first.numpy()[0] == pytest.approx([0.6201491, 0.8658293, 0.4565444], rel=1e-5)
    assert second.numpy()[0] == pytest.approx([0.61649436, 0.86072665, 0.45385385], rel=1e-5)
    assert layer.vector_u.numpy()[0] == pytest.approx([0.48810008, 0.7950449, 0.36008582])


def test_a_training() -> None:
    wrapped = layers.SpectralNormalization(layers.Dense(3))
    model = st.Sequential([st.Input((5,)), wrapped, layers.Dense(1, kernel_initializer="ones")])
    prepared(wrapped)
    model.compile("sgd", "mse")
    history = model.fit(X, np.ones((4, 1)), epochs=4, batch_size=4, shuffle=False, verbose=0)
    assert history.history["loss"] == pytest.approx(
        [2.087663412, 1.030221343, 0.761401057, 0.583731294], rel=1e-5
    )


def test_a_layer_without_kernel_is_refused() -> None:
    with pytest.raises(st.errors.ArgumentError, match="has no kernel"):
        layers.SpectralNormalization(layers.ReLU())(X)


def test_normalized_weights_are_computed_and_not_assigned() -> None:
    layer = layers.SpectralNormalization(
        layers.Dense(2, kernel_initializer="ones"), power_iterations=3
    )
    layer.build((None, 3))
    layer.vector_u.assign([[1.0, 2.0]])
    vector, kernel = layer.normalized_weights()
    np.testing.assert_allclose(vector, [[0.70710677, 0.70710677]], rtol=1e-6)
    np.testing.assert_allclose(kernel, np.full((3, 2), 0.40824830), rtol=1e-6)
    assert layer.layer.kernel.numpy().tolist() == [[1.0, 1.0]] * 3
    assert layer.vector_u.tolist() == [[1.0, 2.0]]
