"""load(): splits by name and by slice, and their descriptions."""

import numpy as np
import pytest

from steepest import datasets
from steepest.datasets import catalog
from steepest.errors import ArgumentError, UnknownNameError

PARTS = {"train": (np.arange(10), -np.arange(10)), "test": (np.arange(20, 23), np.zeros(3))}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("train", list(range(10))),
        ("train[:80%]", list(range(8))),
        ("train[80%:]", [8, 9]),
        ("train[-10%:]", [9]),
        ("train[2:4]", [2, 3]),
        ("train[:-8]", [0, 1]),
        ("test[1:]+train[:1]", [21, 22, 0]),
        ("train[:25%] + train[25%:]", list(range(10))),
    ],
)
def test_splits_by_name_and_slice(text, rows):
    x, y = catalog.pick(PARTS, text)
    assert x.tolist() == rows and len(y) == len(rows)


@pytest.mark.parametrize("text", ["", "train[", "train[a:]", "train[:120%]", "train[1]"])
def test_splits_that_are_none(text):
    with pytest.raises(ArgumentError, match="split"):
        catalog.pick(PARTS, text)


def test_unknown_names_suggest_the_near_ones():
    with pytest.raises(UnknownNameError, match="did you mean 'mnist'"):
        datasets.load("mnst")
    with pytest.raises(UnknownNameError, match="no split is called 'validation'"):
        catalog.pick(PARTS, "validation")


@pytest.fixture
def elements(monkeypatch):
    """load() with the arrays themselves in the place of data sets."""
    monkeypatch.setattr(catalog, "as_dataset", lambda found: found)
    return datasets.load


def test_forms_of_the_answer(elements):
    by_split = elements("moons", as_supervised=True)
    assert list(by_split) == ["train", "test"] and by_split["train"][0].shape == (800, 2)
    assert list(elements("moons", split="test")) == ["features", "label"]
    assert [len(y) for _, y in elements("moons", split=["train", "test"], as_supervised=True)] == [
        800,
        200,
    ]


def test_info(elements):
    _, info = elements("moons", with_info=True)
    assert info.splits["train"].num_examples == 800 and info.name == "moons"
    assert info.features["features"].shape == (2,) and info.features["label"].dtype == np.int64
    assert info.description == "Two interleaving half circles."


def test_pictures_have_their_channel(elements, data_folder):
    splits, info = elements("mnist", as_supervised=True, with_info=True)
    assert splits["train"][0].shape == (60_000, 28, 28, 1)
    assert info.splits["test"].num_examples == 10_000
    assert info.features["image"].shape == (28, 28, 1) and info.class_names[3] == "3"


def test_data_sets_of_tensors():
    pytest.importorskip("steepest.data.dataset")
    train = datasets.load("moons", split="train", as_supervised=True)
    point, label = next(iter(train))
    assert point.shape == (2,) and int(label) in (0, 1)


def test_files_are_those_that_a_data_set_is_read_from():
    assert [file.name for file in catalog.files("imdb")] == ["aclImdb_v1.tar.gz"]
    assert len(catalog.files("mnist")) == 4 and catalog.files("xor") == ()
    for name in catalog.NAMES:
        assert all(file.dataset == name for file in catalog.files(name))
    assert not any(catalog.files(name) for name in catalog.FROM_SKLEARN)


@pytest.mark.parametrize("name", catalog.NAMES)
def test_every_description_is_a_sentence(name):
    text = catalog.description(name)
    assert text.endswith(".") and "Depends" not in text
