"""Model files written by earlier versions open in this one and predict the same numbers.

The files of `files/` are never written again: a change that needs new ones breaks users' files.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import steepest as st

FILES = Path(__file__).parent / "files"


def test_a_sequential_model_of_format_1_opens():
    model = st.load_model(FILES / "format_1_sequential.safetensors")
    assert isinstance(model, st.Sequential)
    names = ["gaps", "scale", "hidden", "norm", "drop", "classes"]
    assert [layer.name for layer in model.layers] == names
    rows = [
        [2.0409191, 26.999014, -2.9581902],
        [-0.5677696, 45.926155, -3.0215597],
        [-2.0199862, 47.912609, -3.0865214],
        [3.3229995, np.nan, -3.0352631],
    ]
    wanted = [
        [0.229076, 0.379653, 0.391271],
        [0.314749, 0.377286, 0.307965],
        [0.419441, 0.372631, 0.207928],
        [0.003607, 0.602934, 0.393459],
    ]
    np.testing.assert_allclose(model.predict(np.float32(rows), verbose=0), wanted, atol=2e-5)


def test_a_sequential_model_of_format_1_has_its_configuration_and_preparation():
    model = st.load_model(FILES / "format_1_sequential.safetensors")
    hidden, drop, classes = (model.get_layer(name) for name in ("hidden", "drop", "classes"))
    np.testing.assert_allclose(hidden.kernel_regularizer.l2, 0.01, rtol=1e-6)
    assert (drop.rate, drop.seed) == (0.25, 5)
    assert classes.kernel_constraint.max_value == 2.0
    colours = model.preparation["colour"].transform(["red", "blue"])
    assert sorted(colours.tolist()) == [1, 2]


def test_a_functional_model_of_format_1_opens():
    model = st.load_model(FILES / "format_1_functional.safetensors")
    numbers = np.float32([[-0.931, 0.481], [2.463, -0.246], [-0.556, -1.171]])
    codes = np.int64([[1, 1, 3], [2, 3, 4], [4, 0, 3]])
    prices, sold = model.predict([numbers, codes], verbose=0)
    np.testing.assert_allclose(prices[:, 0], [-0.607762, 0.383532, 0.828534], atol=2e-5)
    np.testing.assert_allclose(sold[:, 0], [0.700507, 0.375598, 0.255893], atol=2e-5)
    assert sum(layer.name == "shared" for layer in model.layers) == 1


def test_a_model_of_format_1_trains_on():
    model = st.load_model(FILES / "format_1_functional.safetensors")
    model.compile("adam", "mse")
    numbers, codes = np.zeros((4, 2), "float32"), np.zeros((4, 3), "int64")
    outputs = [np.ones((4, 1), "float32"), np.ones((4, 1), "float32")]
    history = model.fit([numbers, codes], outputs, epochs=5, verbose=0).history["loss"]
    assert history[-1] < history[0]


def test_weights_of_format_1_are_read():
    scale = st.layers.Normalization(name="scale")
    model = st.Sequential([scale, st.layers.Dense(2, "tanh", input_shape=(3,)), st.layers.Dense(1)])
    scale.adapt(np.zeros((2, 3), "float32"))
    model.build((None, 3))
    model.load_weights(FILES / "format_1_weights.safetensors")
    rows = np.float32([[1.0, 2.0, 3.0], [0.5, -1.0, 2.0]])
    wanted = [[-0.2104803], [-0.5557457]]
    np.testing.assert_allclose(model.predict(rows, verbose=0), wanted, atol=2e-5)
    assert model.preparation["colour"].transform(["red"]).tolist() == [1]


def test_a_compiled_model_of_format_2_opens_and_trains_on():
    """Saved after three epochs of four batches; the next two epochs had these losses."""
    model = st.load_model(FILES / "format_2_compiled.safetensors")
    assert model.optimizer.iterations.item() == 12 and model.optimizer.clipnorm == 1.0
    x = np.random.default_rng(3).normal(0, 1, (16, 3)).round(2).astype("float32")
    predicted = model.predict(x[:2], verbose=0)
    np.testing.assert_allclose(predicted, [[0.2446291], [0.0837257]], atol=2e-5)
    found = model.evaluate(x, x[:, :1] * 2, verbose=0)
    np.testing.assert_allclose(found, [7.6650863, 2.1111846], rtol=1e-5)
    history = model.fit(x, x[:, :1] * 2, epochs=2, batch_size=4, seed=2, verbose=0).history
    np.testing.assert_allclose(history["loss"], [7.6137061, 7.2979641], rtol=1e-5)


def test_weights_of_format_2_are_read():
    whole = st.load_model(FILES / "format_2_compiled.safetensors")
    model = st.models.clone_model(whole)
    model.load_weights(FILES / "format_2_weights.safetensors")
    rows = np.ones((2, 3), "float32")
    np.testing.assert_array_equal(model(rows).numpy(), whole(rows).numpy())
