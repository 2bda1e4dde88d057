"""Masks from layer to layer, to the loss and the metrics. The numbers are those of Keras 3.15.1."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import steepest as st
from steepest import layers
from steepest.errors import TrainingWarning

TEXTS = np.array([[1, 2, 0, 0], [2, 1, 2, 0], [1, 0, 0, 0]])
VECTORS = np.array([[0.0, 0.0], [1.0, 2.0], [3.0, -1.0]], np.float32)


def sequences() -> tuple[np.ndarray, np.ndarray]:
    x = np.random.RandomState(0).rand(4, 3, 2).astype("float32")
    x[0, 2] = 0
    x[1, 1:] = 0
    x[3] = 0
    return x, np.random.RandomState(1).rand(4, 3, 1).astype("float32")


def masked_mean() -> st.Sequential:
    return st.Sequential([
        layers.Embedding(3, 2, mask_zero=True, weights=VECTORS),
        layers.GlobalAveragePooling1D(),
        layers.Dense(1, kernel_initializer="ones"),
    ])


class TestModels:
    def test_padding_does_not_enter_the_mean_of_a_text(self) -> None:
        model = masked_mean()
        assert model.predict(TEXTS, verbose=0).ravel() == pytest.approx([2.5, 7 / 3, 3.0])

    def test_a_training_on_padded_texts(self) -> None:
        model = masked_mean()
        model.compile("sgd", "mse")
        y = np.array([[1.0], [0.0], [1.0]])
        history = model.fit(TEXTS, y, epochs=3, verbose=0, shuffle=False, batch_size=3)
        assert history.history["loss"] == pytest.approx(
            [3.898148298, 3.063843966, 2.434254646], rel=1e-6
        )

    def test_the_loss_and_metrics_of_steps_leave_masked_ones_out(self) -> None:
        model = st.Sequential([
            layers.Masking(input_shape=(3, 2)),
            layers.Dropout(0.5),
            layers.BatchNormalization(),
            layers.Dense(1, kernel_initializer="ones"),
        ])
        model.compile("sgd", "mse", metrics=["mae"], weighted_metrics=["mse"])
        x, y = sequences()
        plain = model.evaluate(x, y, verbose=0)
        assert plain == pytest.approx([0.650316060, 0.708202541, 0.650316119], rel=1e-6)
        weights = np.repeat([[1.0], [2.0], [3.0], [4.0]], 3, axis=1)
        weighted = model.evaluate(x, y, sample_weight=weights, verbose=0)
        assert weighted == pytest.approx([1.475904107, 0.708202541, 0.681186557], rel=1e-6)

    def test_batch_normalization_averages_the_steps_that_count(self) -> None:
        model = st.Sequential([
            layers.Masking(input_shape=(3, 2)),
            layers.BatchNormalization(momentum=0.5),
            layers.Dense(1, kernel_initializer="ones"),
        ])
        model.compile("sgd", "mse")
        x, y = sequences()
        history = model.fit(x, y, epochs=3, batch_size=4, shuffle=False, verbose=0)
        assert history.history["loss"] == pytest.approx(
            [2.960766792, 2.649979830, 2.386919737], rel=1e-6
        )
        assert model.layers[1].moving_mean.tolist() == pytest.approx([0.3279, 0.58292], abs=1e-5)

    def test_functional_and_nested_models_pass_masks_on(self) -> None:
        x = st.Input((4,), dtype="int32")
        steps = st.Model(x, layers.Embedding(3, 2, mask_zero=True, weights=VECTORS)(x))
        pooled = layers.GlobalAveragePooling1D()(steps(x))
        assert st.Model(x, pooled).predict(TEXTS, verbose=0)[2].tolist() == [1.0, 2.0]

    def test_a_saved_model_masks_again(self, tmp_path) -> None:
        model = masked_mean()
        before = model.predict(TEXTS, verbose=0)
        model.save(tmp_path / "model.steepest")
        loaded = st.load_model(tmp_path / "model.steepest")
        assert np.array_equal(loaded.predict(TEXTS, verbose=0), before)


class TestLayers:
    def test_merging_layers_count_steps_that_any_input_has(self) -> None:
        a = layers.Masking()(np.array([[[1.0], [0.0], [0.0]]]))
        b = layers.Masking()(np.array([[[0.0], [2.0], [0.0]]]))
        assert layers.Add()([a, b])._keras_mask.tolist() == [[True, True, False]]
        assert layers.Concatenate()([a, b])._keras_mask.tolist() == [[True, True, False]]
        joined = layers.Concatenate(axis=1)([a, st.constant([[[0.0]]])])
        assert joined._keras_mask.tolist() == [[True, False, False, True]]

    def test_a_layer_that_drops_a_mask_says_so(self) -> None:
        x = layers.Masking()(np.ones((1, 2, 3)))
        with pytest.warns(TrainingWarning, match="'flat' is given inputs with a mask"):
            layers.Flatten(name="flat")(x)

    def test_a_layer_with_compute_mask_supports_masks(self) -> None:
        class EverySecond(st.layers.Layer):
            def call(self, inputs, mask=None):
                assert mask.tolist() == [[True, False, True, True]]
                return inputs[:, ::2]

            def compute_mask(self, inputs, mask=None):
                return mask[:, ::2]

        x = layers.Embedding(5, 1, mask_zero=True)([[1, 0, 2, 3]])
        assert EverySecond()(x)._keras_mask.tolist() == [[True, True]]

    def test_a_mask_that_the_caller_gives_is_used(self) -> None:
        x = layers.Masking()(np.array([[[1.0], [3.0]]]))
        pool = layers.GlobalAveragePooling1D()
        assert pool(x, mask=[[False, True]]).tolist() == [[3.0]]
        assert pool(x, [[False, True]]).tolist() == [[3.0]]

    def test_a_mask_survives_the_cast_of_inputs(self) -> None:
        x = layers.Masking(dtype="float64")(np.array([[[1.0], [0.0]]]))
        assert layers.GlobalAveragePooling1D()(x).tolist() == [[1.0]]

    def test_pooling_ends_the_mask(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            x = layers.GlobalMaxPooling1D()(layers.Masking()(np.ones((1, 2, 3))))
            layers.Flatten()(x)

    def test_lambda_says_which_mask_its_outputs_have(self) -> None:
        x = layers.Masking()(np.array([[[1.0], [0.0]]]))
        assert not hasattr(layers.Lambda(lambda t: t + 1.0)(x), "_keras_mask")
        passing = layers.Lambda(lambda t: t + 1.0, mask=lambda inputs, mask: mask)
        assert passing(x)._keras_mask.tolist() == [[True, False]]

    def test_a_mask_of_another_length_is_refused(self) -> None:
        with pytest.raises(st.errors.ShapeError, match="one entry for each step"):
            layers.BatchNormalization()(np.ones((2, 3, 4)), training=True, mask=np.ones((2, 4)))


class TestLossesAndMetrics:
    def test_ignored_classes_and_masks_go_together(self) -> None:
        predictions = st.constant([[[0.5, 0.5], [0.25, 0.75], [0.1, 0.9]]])
        predictions._keras_mask = st.constant([[True, True, False]])
        loss = st.losses.SparseCategoricalCrossentropy(ignore_class=0)
        assert loss([[0, 1, 1]], predictions).item() == pytest.approx(-np.log(0.75))

    def test_a_sum_leaves_masked_steps_out(self) -> None:
        predictions = st.constant([[[1.0], [2.0]]])
        predictions._keras_mask = st.constant([[False, True]])
        assert st.losses.MeanSquaredError(reduction="sum")([[[0.0], [0.0]]], predictions) == 4.0


class TestWeightsOfAnEmbedding:
    def test_the_vectors_to_begin_with(self) -> None:
        layer = layers.Embedding(3, 2, weights=[VECTORS])
        assert np.array_equal(layer.get_weights()[0], VECTORS)
        assert repr(layer) == repr(layers.Embedding(3, 2, name=layer.name))

    def test_vectors_of_another_shape_are_refused(self) -> None:
        with pytest.raises(st.errors.ShapeError):
            layers.Embedding(4, 2, weights=VECTORS)


def test_lambda_checks_the_shape_that_it_was_given() -> None:
    good = layers.Lambda(lambda t: t[:, :1], output_shape=(1,))
    assert good(np.ones((2, 3))).shape == (2, 1)
    with pytest.raises(st.errors.ShapeError, match=r"output_shape says \(batch, 4\)"):
        layers.Lambda(lambda t: t, output_shape=(4,))(np.ones((2, 3)))
