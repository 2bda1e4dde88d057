"""The loss of a model as a surface: its heights, gradients and paths are those of the model."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.plot.training_path import path_plane


def made(loss="mse", units=1, last=None):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(40, 3)).astype(np.float32)
    y = (x @ [1.0, -2.0, 0.5] + 0.3).astype(np.float32)
    model = st.Sequential([
        st.layers.Dense(4, "tanh", kernel_initializer=st.initializers.GlorotUniform(seed=1),
                        input_shape=(3,), name="hidden"),
        st.layers.Dense(units, last, kernel_initializer=st.initializers.GlorotUniform(seed=2),
                        name="out"),
    ])  # fmt: skip
    model.compile(st.optimizers.SGD(0.1), loss)
    return model, x, y


def loss_with(model, x, y, changes):
    """The loss of the model with some weights exchanged, by its own evaluation."""
    before = model.get_weights()
    weights = [array.copy() for array in before]
    for place, index, value in changes:
        weights[place][index] = value
    model.set_weights(weights)
    found = model.evaluate(x, y, verbose=0)
    model.set_weights(before)
    return found


NAMES = ["hidden/kernel[2, 1]", "out/bias[0]"]


def test_heights_over_two_weights_are_those_of_the_model_with_these_weights():
    model, x, y = made()
    surface = st.plot.loss_surface(model, x, y, NAMES)
    assert surface.place == (float(model.layers[0].kernel.numpy()[2, 1]), 0.0)
    assert surface.labels == tuple(NAMES) and surface.note == "all 40 rows, seed 0"
    for one, other in [(0.5, -1.0), (-2.0, 0.25), surface.place]:
        expected = loss_with(model, x, y, [(0, (2, 1), one), (3, (0,), other)])
        assert surface.values(one, other).item() == pytest.approx(expected, rel=1e-5)
        height = surface(st.constant(one), st.constant(other))
        assert height.item() == pytest.approx(expected, rel=1e-5)
    values = surface.values(*np.meshgrid([0.0, 1.0, 2.0], [0.5, -0.5]))
    assert values.shape == (2, 3)


def test_the_grid_is_that_of_the_loss_plane():
    model, x, y = made()
    plane = st.plot.loss_plane_data(model, x, y, points=5, rows=30, seed=4, extent=0.5)
    surface = st.plot.loss_surface(model, x, y, rows=30, seed=4, extent=0.5)
    grid = st.plot.surface_data(surface, 5)
    np.testing.assert_array_equal(grid.values, plane.losses)
    assert surface.note == plane.note == "30 of 40 rows, seed 4"
    assert surface.x == surface.y == (-0.5, 0.5)


def test_the_gradient_is_that_of_the_loss_along_the_plane():
    model, x, y = made()
    surface = st.plot.loss_surface(model, x, y, NAMES)
    with st.GradientTape() as tape:
        loss = model.compute_loss(x, y, model(x))
    full = tape.gradient(loss, model.trainable_weights)
    expected = [full[0].numpy()[2, 1], full[3].numpy()[0]]
    np.testing.assert_allclose(surface.gradient(*surface.place), expected, rtol=1e-4)


def test_a_path_is_that_of_a_model_of_which_two_weights_are_trained():
    model, x, y = made()
    surface = st.plot.loss_surface(model, x, y, NAMES)
    path = st.plot.paths_data(surface, st.optimizers.SGD(0.2), surface.place, 3).paths["optimizer"]
    here = np.array(surface.place)
    for step in range(3):
        np.testing.assert_allclose(path.points[step], here, rtol=1e-5, atol=1e-6)
        assert path.values[step] == pytest.approx(surface.values(*here).item(), rel=1e-5)
        here = here - 0.2 * surface.gradient(*here)


@pytest.mark.parametrize("name", ["adam", "lbfgs", "muon"])
def test_other_optimizers_descend_too(name):
    model, x, y = made()
    surface = st.plot.loss_surface(model, x, y)
    path = st.plot.paths_data(surface, name, steps=30).paths["optimizer"]
    assert path.values[-1] < path.values[0] and np.isfinite(path.points).all()


def test_basins_are_the_ends_of_single_paths():
    model, x, y = made()
    surface = st.plot.loss_surface(model, x, y, NAMES)
    descent = st.plot.Descent(surface, st.optimizers.SGD(0.3))
    ends = descent.ends([(1.0, 1.0), (-1.0, 0.5)], steps=20)
    for start, end in zip([(1.0, 1.0), (-1.0, 0.5)], ends, strict=True):
        np.testing.assert_array_equal(end, descent.path(start, 20).points[-1])


def trained():
    model, x, y = made()
    path = st.plot.WeightPath()
    model.fit(x, y, epochs=6, batch_size=8, shuffle=False, verbose=0, callbacks=[path])
    return model, x, y, path


def test_the_plane_of_a_path_is_that_of_the_training_path():
    model, x, y, path = trained()
    data = st.plot.training_path_data(path, model, x, y, points=7)
    surface = st.plot.loss_surface(model, x, y, path)
    np.testing.assert_array_equal(st.plot.surface_data(surface, 7).values, data.losses)
    assert surface.start == tuple(data.points[0])
    plane = path_plane(path, model)
    np.testing.assert_array_equal(plane.points, data.points)
    end = loss_with(model, x, y, [])
    assert surface.values(0.0, 0.0).item() == pytest.approx(end, rel=1e-5)


def test_a_model_of_classes_with_a_penalty():
    model, x, y = made("sparse_categorical_crossentropy", 3, "softmax")
    surface = st.plot.loss_surface(model, x, y > 0, ["out/kernel[0, 0]", "out/kernel[1, 2]"])
    expected = loss_with(model, x, y > 0, [(2, (0, 0), 1.5), (2, (1, 2), -1.0)])
    assert surface.values(1.5, -1.0).item() == pytest.approx(expected, rel=1e-5)


def test_the_model_is_not_changed():
    model, x, y = made()
    before = model.get_weights()
    surface = st.plot.loss_surface(model, x, y)
    st.plot.paths_data(surface, "sgd", steps=5)
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    model.layers[0].kernel.assign(np.zeros((3, 4)))
    again = st.plot.loss_surface(made()[0], x, y)
    np.testing.assert_array_equal(surface.values(0.3, 0.2), again.values(0.3, 0.2))


@pytest.mark.parametrize(
    ("directions", "options", "message"),
    [
        (["hidden/kernel[3, 0]", NAMES[1]], {}, "has shape"),
        (["hiden/kernel[0, 0]", NAMES[1]], {}, "did you mean 'hidden/kernel'"),
        ([NAMES[0], NAMES[0]], {}, "given twice"),
        ([NAMES[0]], {}, "two directions were expected"),
        (None, {"extent": 0}, "a number above 0"),
        (None, {"rows": 0}, "rows"),
        (st.plot.WeightPath(), {}, "at least 3 points of the training"),
    ],
)
def test_wrong_planes_are_refused(directions, options, message):
    model, x, y = made()
    with pytest.raises(st.errors.SteepestError) as caught:
        st.plot.loss_surface(model, x, y, directions, **options)
    assert message in str(caught.value)


def test_a_model_without_a_loss_is_refused():
    model = st.Sequential([st.layers.Dense(1, input_shape=(3,))])
    with pytest.raises(st.errors.SteepestError, match="compile"):
        st.plot.loss_surface(model, np.ones((4, 3)), np.ones(4))
