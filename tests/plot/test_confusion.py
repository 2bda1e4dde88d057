"""The confusion matrix."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, DataError, ShapeError


def test_counts_are_those_of_the_metric():
    rng = np.random.default_rng(0)
    truth, scores = rng.integers(0, 4, 200), rng.random((200, 4))
    data = st.plot.confusion_data(truth, scores)
    assert data.counts.tolist() == st.metrics.ConfusionMatrix(4)(truth, scores).numpy().tolist()
    assert data.shares.sum(axis=1) == pytest.approx(np.ones(4))
    assert data.accuracy == (truth == scores.argmax(axis=1)).mean()
    same = st.plot.confusion_data(np.eye(4)[truth], scores.argmax(axis=1))
    assert same.counts.tolist() == data.counts.tolist()


def test_one_output_has_a_threshold():
    assert st.plot.confusion_data([0, 1, 1], [0.2, 0.4, 0.9]).counts.tolist() == [[1, 0], [1, 1]]
    signs = st.plot.confusion_data([-1, 1, 1], [[-0.2], [0.4], [-0.9]])
    assert signs.counts.tolist() == [[1, 0], [1, 1]]
    assert st.plot.confusion_data([[0], [1]], [[1], [1]]).counts.tolist() == [[0, 1], [0, 1]]


def test_a_class_without_rows_has_no_shares():
    data = st.plot.confusion_data([0, 0], [2, 0])
    assert data.counts.tolist() == [[1, 0, 1], [0, 0, 0], [0, 0, 0]]
    assert np.isnan(data.shares[1]).all() and data.shares[0].tolist() == [0.5, 0.0, 0.5]


def test_wrong_arguments_are_named():
    with pytest.raises(ShapeError, match="y_true has 2 rows and y_pred has 1"):
        st.plot.confusion_data([0, 1], [1])
    with pytest.raises(DataError, match="y_true: class numbers from 0 to 2 were expected, got 3"):
        st.plot.confusion_data([3], [[0.1, 0.2, 0.3]])
    with pytest.raises(DataError, match="y_true: class numbers from 0, or one-hot rows"):
        st.plot.confusion_data(["cat", "dog"], [0.2, 0.9])
    with pytest.raises(ArgumentError, match="names: 2 names of classes were expected"):
        st.plot.confusion_data([0, 1], [0, 1], names=["a"])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_drawing_has_counts_and_shares(theme: str):
    pytest.importorskip("matplotlib")
    picture = st.plot.confusion([0, 1, 1, 1], [0, 1, 1, 0], names=["no", "yes"], theme=theme)
    axes = picture.ax
    texts = {text.get_position(): text.get_text() for text in axes.texts}
    assert texts == {(0, 0): "1\n100%", (1, 0): "0\n0%", (0, 1): "1\n33%", (1, 1): "2\n67%"}
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted class", "true class")
    assert [label.get_text() for label in axes.get_yticklabels()] == ["no", "yes"]
    image, page = np.asarray(axes.images[0].get_array()), axes.get_facecolor()[:3]
    assert image[0, 1] == pytest.approx(page) and np.abs(image[0, 0] - page).max() > 0.3
    assert "75.0% of 4 rows correct" in axes.get_title()


@pytest.mark.parametrize(
    ("classes", "texts", "shares", "names"),
    [
        (8, 64, 64, 8),
        (9, 81, 0, 9),
        (20, 400, 0, 20),
        (21, 0, 0, 21),
        (40, 0, 0, 40),
        (41, 0, 0, 21),
    ],
)
def test_the_more_classes_the_less_is_written(classes: int, texts: int, shares: int, names: int):
    pytest.importorskip("matplotlib")
    axes = st.plot.confusion(np.arange(classes), np.arange(classes)).ax
    written = [text.get_text() for text in axes.texts]
    assert (len(written), sum("%" in text for text in written)) == (texts, shares)
    assert len(axes.get_xticks()) == len(axes.get_yticks()) == names


def test_many_classes_have_no_texts_and_some_names():
    pytest.importorskip("matplotlib")
    classes = np.arange(100)
    picture = st.plot.confusion(classes, classes)
    assert not picture.ax.texts and len(picture.ax.get_xticks()) <= 40
    assert len(st.plot.confusion(classes[:12], classes[:12]).ax.texts) == 144
