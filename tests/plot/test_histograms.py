"""Histograms of weights, gradients and activations, by layer and by epoch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, SteepestError, UnknownNameError
from steepest.plot.histograms import histogram, values_by_layer

X = np.random.default_rng(0).standard_normal((30, 2)).astype(np.float32)
Y = X.sum(axis=1)


def network() -> Any:
    st.random.set_seed(0)
    model = st.Sequential([
        st.layers.Dense(5, "relu", input_shape=(2,), name="hidden"),
        st.layers.Dropout(0.5, name="drop"),
        st.layers.Dense(1, name="out"),
    ])
    model.compile("sgd", "mse")
    return model


def test_a_histogram_counts_every_finite_value():
    found = histogram("w", [0.0, 0.0, 1.0, 4.0, np.nan, np.inf], bins=2)
    assert found.counts.tolist() == [3, 1] and found.edges.tolist() == [0.0, 2.0, 4.0]
    assert (found.mean, found.zeros, found.not_finite) == (1.25, 0.5, 2)
    assert found.facts == "sd 1.6, 50% zeros, 2 not finite"
    assert histogram("w", np.arange(100.0)).counts.size == 20  # few values, few bins
    assert histogram("w", np.arange(10_000.0)).counts.size == 50


def test_equal_values_and_none_have_histograms_too():
    same = histogram("b", [3.0, 3.0])
    assert same.counts.sum() == 2 and same.edges[0] < 3.0 < same.edges[-1] < 3.1
    nothing = histogram("b", [np.nan])
    assert nothing.counts.sum() == 0 and nothing.not_finite == 1


def test_values_are_those_of_the_model():
    model = network()
    weights = values_by_layer(model, None, None, "weights")
    assert list(weights) == ["hidden/kernel", "hidden/bias", "out/kernel", "out/bias"]
    assert weights["hidden/kernel"].tolist() == model.layers[0].kernel.numpy().tolist()
    activations = values_by_layer(model, X, None, "activations")
    assert list(activations) == ["hidden", "drop", "out"]
    hidden = np.maximum(X @ weights["hidden/kernel"], 0)
    assert activations["hidden"] == pytest.approx(hidden, abs=1e-6)
    assert activations["drop"] == pytest.approx(hidden, abs=1e-6)  # which is off
    gradients = values_by_layer(model, X, Y, "gradients")
    error = hidden @ weights["out/kernel"] - Y[:, np.newaxis]
    assert gradients["out/bias"] == pytest.approx(2 * error.mean(axis=0), rel=1e-4)
    assert gradients["out/kernel"] == pytest.approx(2 * hidden.T @ error / len(X), rel=1e-4)


def test_functional_models_have_activations_of_their_layers():
    x = st.Input((2,))
    both = st.layers.Add(name="sum")([
        st.layers.Dense(3, name="a")(x),
        st.layers.Dense(3, name="b")(x),
    ])
    assert list(values_by_layer(st.Model(x, both), X, None, "activations")) == ["a", "b", "sum"]


def test_what_is_missing_is_named():
    model = network()
    with pytest.raises(UnknownNameError, match="did you mean 'weights'"):
        st.plot.histograms_data(model, of="weight")
    with pytest.raises(ArgumentError, match="activations need rows: give x"):
        st.plot.histograms_data(model, of="activations")
    with pytest.raises(ArgumentError, match="gradients need rows: give x and y"):
        st.plot.histograms_data(model, X, of="gradients")
    with pytest.raises(ArgumentError, match="a built model was expected"):
        st.plot.histograms_data(st.Sequential([st.layers.Dense(1)]))
    plain = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    with pytest.raises(SteepestError, match="compile"):
        st.plot.histograms_data(plain, X, Y, "gradients")

    class Own(st.Model):
        def __init__(self):
            super().__init__()
            self.dense = st.layers.Dense(1)

        def call(self, x):
            return self.dense(x)

    own = Own()
    own(X)
    with pytest.raises(ArgumentError, match="only its call knows where its layers are"):
        st.plot.histograms_data(own, X, of="activations")


def test_the_drawing_has_a_row_a_layer_from_its_base_line():
    pytest.importorskip("matplotlib")
    picture = st.plot.histograms(network(), X, of="activations", theme="dark")
    axes = picture.ax
    assert [label.get_text() for label in axes.get_yticklabels()] == ["out", "drop", "hidden"]
    assert axes.get_xlabel() == "activation" and len(axes.patches) == 6
    tops = [patch.get_data().values.max() - patch.get_data().baseline for patch in axes.patches]
    assert tops == pytest.approx([0.9] * 6)
    assert [text.get_text() for text in axes.texts] == [row.facts for row in picture.data.rows]


def test_the_recorder_records_the_start_and_the_epochs():
    model = network()
    start = model.layers[0].kernel.numpy()
    recorder = st.plot.Recorder(every=2)
    model.fit(X, Y, epochs=5, callbacks=[recorder], verbose=0)
    assert recorder.epochs == [0, 2, 4]
    first, *_ = recorder.histograms["hidden/kernel"]
    assert (first.label, first.deviation) == ("start", pytest.approx(float(start.std())))
    model.fit(X, Y, epochs=1, callbacks=[recorder], verbose=0)
    assert recorder.epochs == [0]  # of the latest training


def test_the_recorder_changes_nothing():
    alone, watched = network(), network()
    alone.fit(X, Y, epochs=3, seed=1, verbose=0)
    recorder = st.plot.Recorder(X, Y, of="gradients")
    watched.fit(X, Y, epochs=3, seed=1, callbacks=[recorder], verbose=0)
    for one, other in zip(alone.get_weights(), watched.get_weights(), strict=True):
        assert one.tolist() == other.tolist()
    assert list(recorder.histograms) == ["hidden/kernel", "hidden/bias", "out/kernel", "out/bias"]


def test_a_wrong_recorder_is_refused_at_once():
    with pytest.raises(UnknownNameError, match="did you mean 'gradients'"):
        st.plot.Recorder(of="gradient")
    with pytest.raises(ArgumentError, match="Recorder: gradients need rows: x, and"):
        st.plot.Recorder(X, of="gradients")
    with pytest.raises(ArgumentError, match="a Recorder that was among the callbacks of fit"):
        st.plot.histograms_by_epoch_data(st.plot.Recorder())
    recorder = st.plot.Recorder()
    network().fit(X, Y, epochs=1, callbacks=[recorder], verbose=0)
    with pytest.raises(UnknownNameError, match="did you mean 'out/kernel'"):
        st.plot.histograms_by_epoch_data(recorder, "out/kernl")


def test_the_drawing_over_epochs_has_a_panel_a_layer():
    pytest.importorskip("matplotlib")
    recorder = st.plot.Recorder()
    network().fit(X, Y, epochs=30, callbacks=[recorder], verbose=0)
    picture = st.plot.histograms_by_epoch(recorder)
    assert len(picture.axes) == 4 and len(picture.figure.axes) == 4
    labels = [label.get_text() for label in picture.ax.get_yticklabels()]
    assert len(labels) == 12 and labels[-1] == "start" and labels[0] == "epoch 30"
    assert picture.ax.get_xlabel() == "weight of hidden/kernel"
    assert len(picture.data.layers["out/bias"]) == 31
