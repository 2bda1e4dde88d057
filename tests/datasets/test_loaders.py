"""The loaders: shapes and known values of real files, known geometry of made points."""

import numpy as np
import pytest

from steepest import datasets
from steepest.datasets.catalog import NAMES, loader
from steepest.errors import ArgumentError, DataError

TABLES = {
    "iris": ((150, 4), 3),
    "wine": ((178, 13), 3),
    "breast_cancer": ((569, 30), 2),
    "digits": ((1797, 64), 10),
}
MADE = ("moons", "circles", "spirals", "blobs")


def test_mnist(data_folder):
    (x_train, y_train), (x_test, y_test) = datasets.mnist.load_data()
    assert x_train.shape == (60_000, 28, 28) and x_test.shape == (10_000, 28, 28)
    assert x_train.dtype == y_train.dtype == np.uint8
    assert y_train[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert np.bincount(y_test).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert round(float((x_train == 0).mean()), 3) == 0.809


def test_cats(data_folder):
    pytest.importorskip("h5py")
    (x_train, y_train), (x_test, y_test) = datasets.cats.load_data()
    assert x_train.shape == (209, 64, 64, 3) and x_test.shape == (50, 64, 64, 3)
    assert (int(y_train.sum()), int(y_test.sum())) == (72, 33)


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_scikit_learn(name, peer):
    peer("sklearn")
    shape, classes = TABLES[name]
    (x_train, y_train), (x_test, y_test) = loader(name).load_data()
    assert (len(x_train) + len(x_test), *x_train.shape[1:]) == shape
    whole, test = np.bincount(np.append(y_train, y_test)), np.bincount(y_test)
    assert len(test) == classes and np.abs(test - 0.2 * whole).max() < 1.5
    assert len(loader(name).CLASS_NAMES) == classes


def test_diabetes(peer):
    theirs = peer("sklearn.datasets").load_diabetes()
    (x_train, y_train), (x_test, y_test) = datasets.diabetes.load_data(test_split=0.5)
    assert len(x_train) == len(x_test) == 221
    assert np.isclose(np.append(y_train, y_test).sum(), theirs.target.sum())


@pytest.mark.parametrize("name", MADE)
def test_made_points_are_seeded_and_sized(name):
    first, again, other = (loader(name).load_data(samples=101, seed=seed) for seed in (1, 1, 2))
    (x_train, y_train), (x_test, y_test) = first
    assert len(x_train) + len(x_test) == 101 and x_train.dtype == np.float32
    assert y_train.dtype == np.int64 and np.isfinite(x_train).all()
    assert np.array_equal(x_train, again[0][0]) and not np.array_equal(x_train, other[0][0])
    sizes = np.bincount(np.append(y_train, y_test))
    assert sizes.max() - sizes.min() <= 1


def test_circles_without_noise_lie_on_circles():
    (x, y), _ = datasets.circles.load_data(noise=0.0, factor=0.3)
    assert np.allclose(np.hypot(x[:, 0], x[:, 1]), np.where(y == 0, 1.0, 0.3), atol=1e-6)


def test_moons_without_noise_lie_on_half_circles():
    (x, y), _ = datasets.moons.load_data(noise=0.0)
    centre = np.where(y[:, None] == 0, [0.0, 0.0], [1.0, 0.5])
    assert np.allclose(np.hypot(*(x - centre).T), 1, atol=1e-6)
    assert ((x - centre)[:, 1] * np.where(y == 0, 1, -1) > -1e-6).all()


def test_spirals_without_noise_turn_into_each_other():
    (x, y), _ = datasets.spirals.load_data(noise=0.0, classes=3, turns=1.0)
    radius = np.hypot(x[:, 0], x[:, 1])
    angle = np.arctan2(x[:, 1], x[:, 0]) / (2 * np.pi)
    assert np.allclose(np.cos(2 * np.pi * (angle - radius - y / 3)), 1, atol=1e-4)


def test_blobs_lie_around_their_centres():
    (x, y), _ = datasets.blobs.load_data(samples=3000, spread=0.5, features=4)
    for label in range(3):
        assert np.abs(x[y == label].std(axis=0) - 0.5).max() < 0.05


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("moons", {"samples": 3}, "samples=3 for 2 classes"),
        ("moons", {"noise": -1.0}, "noise=-1"),
        ("circles", {"factor": 1.5}, "factor=1.5"),
        ("blobs", {"classes": 0}, "0 classes"),
        ("moons", {"test_split": 1.0}, "test_split=1.0"),
        ("moons", {"samples": 4, "test_split": 0.01}, "is not one row"),
    ],
)
def test_wrong_options(name, options, message):
    with pytest.raises((ArgumentError, DataError), match=message):
        loader(name).load_data(**options)


def test_small_tables():
    (x, y), (x_test, y_test) = datasets.softmax_table.load_data()
    assert (x.shape, y.shape, x_test.shape, y_test.shape) == ((8, 3), (8, 3), (3, 3), (3, 3))
    assert y.argmax(axis=1).tolist() == [2, 2, 2, 1, 1, 1, 0, 0]
    (x, y), _ = datasets.stocks.load_data()
    assert x.shape == (8, 4) and y.shape == (8, 1) and datasets.stocks.load_table().shape == (8, 5)
    (x, y), _ = datasets.xor.load_data()
    assert y[:, 0].tolist() == [float(bool(a) != bool(b)) for a, b in x]


def test_every_name_is_an_attribute_and_no_other():
    assert set(NAMES) < set(datasets.__all__) == set(dir(datasets))
    with pytest.raises(AttributeError, match="'mist'"):
        _ = datasets.mist


def test_a_set_without_its_files_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("STEEPEST_DATA", str(tmp_path))
    monkeypatch.setenv("STEEPEST_CACHE", "off")
    with pytest.raises(DataError, match=r"fashion_mnist/train-images-idx3-ubyte\.gz"):
        datasets.fashion_mnist.load_data()
