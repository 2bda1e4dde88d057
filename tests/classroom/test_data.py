"""The data set of the course: shapes, labels, names of columns, files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from steepest.classroom import Dataset, accuracy, mse, read_csv
from steepest.errors import ArgumentError


def test_a_data_set_knows_its_shape_and_labels() -> None:
    data = Dataset(np.ones((4, 2)), [0, 1, 1, 0], features=["a", "b"], label="out")
    assert (data.shape(), data.has_label(), data.features) == ((4, 2), True, ["a", "b"])
    assert (data.label, data.get_classes().tolist()) == ("out", [0, 1])
    without = Dataset([[1, 2]])
    assert (without.has_label(), without.label, without.features) == (
        False, None, ["feat_0", "feat_1"]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2],), r"got shape \(2,\); X.reshape\(-1, 1\)"),
        (([[1], [2]], [1]), r"X has 2 rows, y has shape \(1,\)"),
        (([[1, 2]], [1], ["a"]), "X has 2 columns, features 1 names"),
    ],
)
def test_what_does_not_fit_is_refused(arguments: tuple, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        Dataset(*arguments)


def test_classes_need_labels() -> None:
    with pytest.raises(ArgumentError, match="no labels; give y"):
        Dataset([[1]]).get_classes()


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("a;out;b\n1;yes;0.5\n2;no;1.5\n")
    data = read_csv(path, ";", label="out")
    assert (data.X.tolist(), data.features) == ([[1.0, 0.5], [2.0, 1.5]], ["a", "b"])
    assert (list(data.y), data.label) == (["yes", "no"], "out")
    with pytest.raises(ArgumentError, match="label 'c' is not a column: a, out, b"):
        read_csv(path, ";", label="c")


def test_metrics_by_hand() -> None:
    shares = np.array([[0.2, 0.8], [0.9, 0.1], [0.6, 0.4]])
    assert accuracy(np.array([1, 0, 1]), shares) == pytest.approx(2 / 3)
    assert accuracy(np.eye(2)[[1, 0, 1]], shares) == pytest.approx(2 / 3)
    assert accuracy(np.array([[1], [0]]), np.array([[0.7], [0.6]])) == 0.5
    assert accuracy(np.array([1, 0, 1]), shares.argmax(axis=1)) == pytest.approx(2 / 3)
    assert (
        accuracy([0, 1, 2, 2], [0, 1, 2, 1]) == accuracy([[0], [1], [2], [2]], [0, 1, 2, 1]) == 0.75
    )
    assert accuracy([1, 0], [0.7, 0.6]) == 0.5 and mse([1, 0], [1, 2]) == 2.0
    assert mse(np.array([[1.0], [2.0]]), np.array([[0.0], [4.0]])) == 2.5
