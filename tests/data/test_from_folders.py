"""Data sets of folders under Keras's names: labels, order, and validation shares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError

image = pytest.importorskip("PIL.Image")
pictures_of = st.utils.image_dataset_from_directory
texts_of = st.utils.text_dataset_from_directory


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Twenty dark cats and twenty bright dogs, each of a shade of its own."""
    for name, shade in (("cat", 10), ("dog", 200)):
        (tmp_path / name).mkdir()
        for number in range(20):
            colour = (shade + number, 0, 0)
            image.new("RGB", (5, 4), colour).save(tmp_path / name / f"{number:02}.png")
    return tmp_path


def shades(dataset: Any) -> list[int]:
    return [int(x) for batch, _ in dataset for x in batch.numpy()[:, 0, 0, 0]]


def test_a_network_trains_on_a_folder(pictures: Path) -> None:
    st.random.set_seed(1)
    dataset = pictures_of(pictures, image_size=(4, 5), batch_size=8)
    model = st.Sequential([
        st.layers.Rescaling(1 / 255), st.layers.Flatten(), st.layers.Dense(2, "softmax"),
    ])  # fmt: skip
    model.compile(st.optimizers.Adam(0.05), "sparse_categorical_crossentropy", ["accuracy"])
    model.fit(dataset, epochs=10, verbose=0)
    assert model.evaluate(dataset, verbose=0)[1] == 1.0
    assert dataset.class_names == ("cat", "dog")


def test_every_epoch_has_each_picture_once_in_an_order_of_its_own(pictures: Path) -> None:
    dataset = pictures_of(pictures, image_size=(4, 5), seed=3)
    first, second = shades(dataset), shades(dataset)
    assert first != second and sorted(first) == sorted(second) == sorted(set(first))
    assert first == shades(pictures_of(pictures, image_size=(4, 5), seed=3))
    still = pictures_of(pictures, image_size=(4, 5), shuffle=False)
    assert shades(still) == sorted(first) == shades(still)


def test_labels_come_in_each_form(pictures: Path) -> None:
    def labels(mode: str | None) -> Any:
        made = pictures_of(
            pictures, image_size=(4, 5), label_mode=mode, shuffle=False, batch_size=40
        )
        return next(iter(made))

    assert labels("int")[1].tolist() == [0] * 20 + [1] * 20
    assert labels("binary")[1].dtype == st.float32
    assert np.array_equal(labels("categorical")[1], np.eye(2)[[0] * 20 + [1] * 20])
    assert labels(None).shape == (40, 4, 5, 3)


@pytest.mark.parametrize("shuffle", [True, False])
def test_a_share_is_reserved_for_validation(pictures: Path, shuffle: bool) -> None:
    options: dict[str, Any] = {"image_size": (4, 5), "seed": 2, "shuffle": shuffle}
    parts = [
        pictures_of(pictures, validation_split=0.2, subset=subset, **options)
        for subset in ("training", "validation")
    ]
    train, held = map(shades, parts)
    assert len(train) == 32 and not set(train) & set(held)
    assert sum(shade < 100 for shade in held) == 4  # of 8: both classes alike
    both = pictures_of(pictures, validation_split=0.2, subset="both", **options)
    assert [sorted(shades(part)) for part in both] == [sorted(train), sorted(held)]


def test_texts_and_single_elements(tmp_path: Path) -> None:
    for name in ("neg", "pos"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.txt").write_text(f"a {name} text")
    dataset = texts_of(tmp_path, batch_size=None, shuffle=False)
    assert [text.numpy() for text, _ in dataset] == ["a neg text", "a pos text"]
    assert sorted(t for batch, _ in texts_of(tmp_path) for t in batch.numpy()) == [
        "a neg text",
        "a pos text",
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"label_mode": "ints"}, "label_mode is one of"),
        ({"validation_split": 0.2}, "belong together"),
        ({"subset": "training"}, "belong together"),
        ({"validation_split": 0.2, "subset": "training"}, "give a seed"),
    ],
)
def test_options_that_make_no_sense(pictures: Path, options: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        pictures_of(pictures, **options)


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    for name in ("neg", "pos"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.txt").write_text(f"{name} text")
    return tmp_path


def read(dataset: Any) -> list[Any]:
    return [part.tolist() for part in next(iter(dataset))]


def test_labels_can_be_a_list_or_left_out(texts: Path) -> None:
    given = texts_of(texts, labels=[3, 1], shuffle=False)
    assert read(given) == [["neg text", "pos text"], [3, 1]]
    assert given.class_names == ("1", "3")
    alone = texts_of(texts, labels=None, shuffle=False)
    assert next(iter(alone)).tolist() == ["neg text", "pos text"]
    flat = texts_of(texts / "pos", labels=None)
    assert next(iter(flat)).tolist() == ["pos text"]


def test_classes_can_be_chosen_and_texts_cut(texts: Path) -> None:
    chosen = texts_of(texts, class_names=["pos", "neg"], max_length=5, shuffle=False)
    assert read(chosen) == [["pos t", "neg t"], [0, 1]]
    assert read(texts_of(texts, class_names=["pos"])) == [["pos text"], [0]]


def test_the_number_of_files_is_printed_where_asked_for(
    texts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts_of(texts)
    texts_of(texts, verbose=True)
    texts_of(texts, labels=None, verbose=True)
    lines = ["Found 2 files belonging to 2 classes.", "Found 2 files."]
    assert capsys.readouterr().out.splitlines() == lines


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"class_names": ["pos", "cow"]}, "is called 'cow'"),
        ({"labels": [1]}, "got 1 for 2 files"),
        ({"labels": [1, 2], "class_names": ["a"]}, "labels='inferred'"),
        ({"labels": "none"}, "'inferred', None or a list"),
        ({"format": "grain"}, "format: 'tf' was expected"),
        ({"max_length": 0}, "max_length"),
    ],
)
def test_wrong_labels_classes_and_formats(texts: Path, options: dict, message: str) -> None:
    with pytest.raises(st.errors.SteepestError, match=message):
        texts_of(texts, **options)
