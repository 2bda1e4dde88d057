"""Default options of the loaders, as in Keras and scikit-learn, and the numbers of small tables."""

from __future__ import annotations

import inspect
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from steepest.datasets import catalog, softmax_table, stocks
from steepest.datasets.catalog import NAMES, loader, pick
from steepest.datasets.imdb import TokenRows, limited, numbered
from steepest.datasets.shapes import class_sizes
from steepest.errors import ArgumentError

SEEDED: dict[str, Any] = {"test_split": 0.2, "seed": 113}
MADE = {**SEEDED, "samples": 1000}
TEXTS = {
    "num_words": None, "skip_top": 0, "maxlen": None, "seed": 113, "start_char": 1,
    "oov_char": 2, "index_from": 3,
}  # fmt: skip
DEFAULTS = {
    "blobs": {**MADE, "classes": 3, "features": 2, "spread": 1.0},
    "boston_housing": SEEDED,
    "breast_cancer": SEEDED,
    "california_housing": {**SEEDED, "version": "large"},
    "cifar100": {"label_mode": "fine"},
    "circles": {**MADE, "noise": 0.05, "factor": 0.5},
    "diabetes": SEEDED,
    "digits": SEEDED,
    "imdb": TEXTS,
    "iris": SEEDED,
    "moons": {**MADE, "noise": 0.1},
    "reuters": {**TEXTS, "test_split": 0.2},
    "spirals": {**MADE, "classes": 2, "turns": 1.5, "noise": 0.02},
    "wine": SEEDED,
}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_options_of_loaders(name: str) -> None:
    parameters = inspect.signature(loader(name).load_data).parameters
    assert {each.name: each.default for each in parameters.values()} == DEFAULTS.get(name, {})
    if name == "imdb":
        rows = inspect.signature(loader(name).load_rows).parameters
        assert {each.name: each.default for each in rows.values()} == TEXTS


def test_the_table_of_stocks_is_that_of_the_course() -> None:
    table = stocks.load_table()
    np.testing.assert_allclose(
        table.sum(axis=0), [6547.179993, 6584.789, 10_064_800, 6533.264953, 6565.789916]
    )
    (x, y), (x_test, y_test) = stocks.load_data()
    assert x[0].tolist() == np.float32([828.659973, 833.450012, 908100, 828.349976]).tolist()
    assert np.array_equal(y[:, 0], table[:, 4].astype("float32"))
    assert np.array_equal(x, x_test) and np.array_equal(y, y_test)
    assert table[3].tolist() == [816.0, 820.958984, 1_008_100.0, 815.48999, 819.23999]
    assert table[4, 1] == 823.0 and table[5, :4].tolist() == [819.0, 823.0, 1_198_100.0, 816.0]
    assert np.diff(table[:, 2]).tolist() == [920e3, -390e3, -430e3, 180e3, 10e3, -100e3, 300e3]


def test_the_table_of_classes_is_that_of_the_course() -> None:
    (x, y), (x_test, y_test) = softmax_table.load_data()
    assert x.tolist() == [
        [1, 2, 1], [1, 3, 2], [1, 3, 4], [1, 5, 5], [1, 7, 5], [1, 2, 5], [1, 6, 6], [1, 7, 7]
    ]  # fmt: skip
    assert x_test.tolist() == [[2, 1, 1], [3, 1, 2], [3, 3, 4]]
    assert y_test.argmax(axis=1).tolist() == [2, 2, 2] and y.sum(axis=1).tolist() == [1.0] * 8


@pytest.mark.parametrize(
    ("split", "rows"),
    [
        ("train[:0]", []), ("train[0:1]", [0]), ("train[-1:]", [6]), ("train[:-5]", [0, 1]),
        ("train[:100%]", [*range(7)]), ("train[-100%:]", [*range(7)]), ("train[:0%]", []),
        ("train[50%:]", [4, 5, 6]), ("train[:7%]", []), ("train[:8%]", [0]),
        ("train[-50%:]", [4, 5, 6]), ("test+train[6:]", [0, 1, 6]), ("train[2:4]", [2, 3]),
    ],
)  # fmt: skip
def test_slices_of_splits_by_rows_and_rounded_percents(split: str, rows: list[int]) -> None:
    parts = {name: (np.arange(n), np.arange(n)) for name, n in (("train", 7), ("test", 2))}
    x, y = pick(parts, split)
    assert x.tolist() == y.tolist() == rows
    for wrong in ("train[:101%]", "train[-101%:]"):
        with pytest.raises(ArgumentError, match="expected -100% to 100%"):
            pick(parts, wrong)


def test_sizes_of_classes() -> None:
    assert class_sizes(11, 4) == [3, 3, 3, 2] and class_sizes(2, 1) == [2]
    assert class_sizes(8, 4) == [2, 2, 2, 2]
    for samples, classes in ((7, 4), (5, 0), (1, 1)):
        with pytest.raises(ArgumentError, match="expected at least 2 points per class"):
            class_sizes(samples, classes)


def rows_of(*rows: list[int]) -> TokenRows:
    flat = np.array([number for row in rows for number in row], np.int32)
    return TokenRows(flat, np.cumsum([0, *map(len, rows)]))


def test_numbers_of_words_are_moved_begun_limited_and_dropped() -> None:
    rows = rows_of([1, 2], [], [3])
    assert numbered(rows, None, 3).lists().tolist() == [[4, 5], [], [6]]
    assert numbered(rows, 7, 0).lists().tolist() == [[7, 1, 2], [7], [7, 3]]
    assert numbered(rows, 0, 1).lists().tolist() == [[0, 2, 3], [0], [0, 4]]
    assert numbered(rows, None, 3).indices.dtype == np.int32
    assert limited(rows, 3, 2, 9).lists().tolist() == [[9, 2], [], [9]]
    assert limited(rows, 3, 1, 0).lists().tolist() == [[1, 2], [], [0]]
    assert limited(rows, 3, 2, None).lists().tolist() == [[2], [], []]
    assert rows.lengths().tolist() == [2, 0, 1] and len(rows) == 3
    assert rows.select(np.array([2, 0])).lists().tolist() == [[3], [1, 2]]


def test_points_without_noise_begin_at_the_same_angle() -> None:
    (x, y), (x_test, y_test) = loader("circles").load_data(samples=8, noise=0.0, test_split=0.25)
    points, labels = np.concatenate([x, x_test]), np.concatenate([y, y_test])
    for label, radius in ((0, 1.0), (1, 0.5)):
        angles = np.sort(np.round(np.degrees(np.arctan2(*points[labels == label].T[::-1])) % 360))
        assert angles.tolist() == [0.0, 90.0, 180.0, 270.0]
        lengths = np.hypot(*points[labels == label].T)
        np.testing.assert_allclose(lengths, radius, rtol=1e-6)


def test_gray_pictures_get_an_axis_of_one_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    def load_data() -> Any:
        return (np.zeros((3, 8, 8)), np.zeros(3)), (np.zeros((2, 8, 8, 3)), np.zeros(2))

    monkeypatch.setattr(catalog, "loader", lambda name: SimpleNamespace(load_data=load_data))
    shapes = {part: x.shape for part, (x, _) in catalog._parts("mnist").items()}
    assert shapes == {"train": (3, 8, 8, 1), "test": (2, 8, 8, 3)}
    plain = {part: x.shape for part, (x, _) in catalog._parts("iris").items()}
    assert plain == {"train": (3, 8, 8), "test": (2, 8, 8, 3)}
