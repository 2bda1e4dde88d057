"""The path of a training on its principal plane."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError

X = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
Y = (X @ np.float32([1.0, -2.0, 0.5]) + 0.3)[:, None]


def trained(path, epochs=6, **options):
    st.random.set_seed(2)
    model = st.Sequential([st.layers.Dense(1, input_shape=(3,))])
    model.compile(st.optimizers.SGD(0.05), "mse")
    model.fit(X, Y, epochs=epochs, batch_size=10, verbose=0, callbacks=[path], **options)
    return model


def test_weights_are_stored_at_the_start_and_after_each_epoch():
    path = st.plot.WeightPath()
    model = trained(path)
    assert path.steps == [0, 4, 8, 12, 16, 20, 24]
    last = np.concatenate([w.numpy().ravel() for w in model.trainable_weights])
    assert np.array_equal(path.vectors[-1], last)
    assert not np.array_equal(path.vectors[0], path.vectors[1])


def test_weights_are_stored_every_so_many_steps():
    path, all_steps = st.plot.WeightPath(every_steps=5), st.plot.WeightPath(every_steps=1)
    trained(path, epochs=3)
    trained(all_steps, epochs=3)
    assert path.steps == [0, 5, 10, 12] and all_steps.steps == list(range(13))
    for step, vector in zip(path.steps, path.vectors, strict=True):
        assert np.array_equal(vector, all_steps.vectors[step])


def test_a_second_fit_begins_a_new_path():
    path = st.plot.WeightPath()
    model = trained(path)
    model.fit(X, Y, epochs=2, batch_size=10, verbose=0, callbacks=[path])
    assert path.steps == [0, 4, 8]


def test_the_callback_changes_no_weight():
    path = st.plot.WeightPath()
    plain = trained(st.callbacks.Callback())
    assert np.array_equal(trained(path).get_weights()[0], plain.get_weights()[0])


def made(vectors):
    path = st.plot.WeightPath()
    path.vectors = [np.asarray(vector, np.float32) for vector in vectors]
    path.steps = list(range(len(vectors)))
    return path


def test_a_path_in_a_plane_is_shown_whole():
    model = trained(st.plot.WeightPath())
    one, other = np.array([1.0, 0, 0, 0]), np.array([0, 0, 0.6, 0.8])
    vectors = [4 * one + 1 * other, 2 * one - 1 * other, 1 * one, 0 * one]
    data = st.plot.training_path_data(made(vectors), model, X, Y, points=5)
    assert data.explained.sum() == pytest.approx(1.0)
    assert data.residuals == pytest.approx(np.zeros(4), abs=1e-6)
    assert data.distances == pytest.approx(np.linalg.norm(vectors, axis=1), rel=1e-6)
    assert np.linalg.norm(data.points, axis=1) == pytest.approx(data.distances, rel=1e-6)
    assert data.points[-1].tolist() == [0, 0] and data.points[0].min() >= 0


def test_what_is_off_the_plane_is_the_residual():
    model = trained(st.plot.WeightPath())
    vectors = [[8.0, 0, 0, 0], [0, 4.0, 0, 0], [0, 0, 1.0, 0], [0, 0, 0, 0]]
    data = st.plot.training_path_data(made(vectors), model, X, Y, points=5)
    assert data.explained == pytest.approx([64 / 81, 16 / 81])
    assert data.residuals == pytest.approx([0, 0, 1, 0], abs=1e-12)
    directions = np.array([np.concatenate([p.ravel() for p in d]) for d in data.directions])
    assert directions @ directions.T == pytest.approx(np.eye(2), abs=1e-12)


def test_the_losses_are_those_at_the_places_of_the_plane():
    path = st.plot.WeightPath()
    model = trained(path)
    data = st.plot.training_path_data(path, model, X, Y, points=9)
    end = [w.numpy().copy() for w in model.trainable_weights]
    for i, j in ((0, 0), (4, 7)):
        parts = zip(model.trainable_weights, end, *data.directions, strict=True)
        for weight, value, one, other in parts:
            weight.assign(np.float32(value + data.x[i] * one + data.y[j] * other))
        direct = model.evaluate(X, Y, verbose=0)
        assert data.losses[j, i] == pytest.approx(direct, rel=1e-5)
    assert data.rows == 40


def test_wrong_arguments_are_named():
    model = trained(st.plot.WeightPath())
    short = made([[0, 0, 0, 0], [1, 0, 0, 0]])
    with pytest.raises(ArgumentError, match=r"at least 3 points .* got 2: fit with callbacks"):
        st.plot.training_path_data(short, model, X, Y)
    with pytest.raises(ArgumentError, match=r"the path has 2 weights, .* 4: give the model"):
        st.plot.training_path_data(made([[0, 0], [1, 0], [1, 2]]), model, X, Y)
    with pytest.raises(ArgumentError, match="did not move in two directions"):
        st.plot.training_path_data(made([[1, 0, 0, 0]] * 3), model, X, Y)
    with pytest.raises(ArgumentError, match="every_steps: a whole number from 1"):
        st.plot.WeightPath(every_steps=0)


def test_the_picture_shows_the_path():
    pytest.importorskip("matplotlib")
    path = st.plot.WeightPath()
    picture = st.plot.training_path(path, trained(path), X, Y, points=9)
    assert np.array_equal(picture.ax.lines[0].get_xydata(), picture.data.points)
    share = f"{picture.data.explained[0]:.1%}"
    assert picture.ax.get_xlabel() == f"first component, {share}"
    picture.png(40)
