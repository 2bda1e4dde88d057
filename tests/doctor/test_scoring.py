"""The score of a model, known answers."""

import numpy as np
import pytest

import steepest as st
from steepest.doctor.facts import task_of
from steepest.doctor.rows import Rows
from steepest.doctor.scoring import Score, accuracy, explained_variance
from steepest.doctor.setup import Setup


def test_accuracy_of_every_form_of_output():
    labels = np.array([0, 1, 2])
    assert accuracy(np.eye(3), labels) == 1.0
    assert accuracy(np.eye(3), np.eye(3)[[0, 1, 1]]) == pytest.approx(2 / 3)
    assert accuracy(np.array([[0.1], [1.2], [1.6]]), labels) == 1.0  # rounded
    assert accuracy(np.array([[-3.0], [2.0]]), np.array([0, 1]), threshold=0.0) == 1.0
    assert accuracy(np.array([[-0.5], [0.5]]), np.array([-1, 1]), threshold=0.0) == 1.0


def test_explained_variance():
    y = np.array([1.0, 2.0, 4.0])
    assert explained_variance(np.full(3, y.mean()), y) == pytest.approx(0.0)
    assert explained_variance(y[::-1] * 100, y) == -1.0
    assert explained_variance(y * 3 + 1, y * 3 + 1) == 1.0
    assert explained_variance(np.zeros(3), np.ones(3)) == 0.0
    wide = np.repeat(y[:, None], 10, axis=1)  # ten equal outputs for one target
    assert explained_variance(wide, y[:, None]) == 1.0


@pytest.mark.parametrize(
    "y, task",
    [
        (np.array([0, 1, 1]), "classes"),
        (np.array([[0.0], [1.0]]), "classes"),
        (np.array(["a", "b"]), "classes"),
        (np.eye(4)[[0, 1, 3]], "classes"),
        (np.array([0.5, 1.5]), "quantities"),
        (np.arange(100), "quantities"),
        (np.array([[1.0, 2.0], [3.0, 4.0]]), "quantities"),
        (np.array([1.0, np.nan]), "quantities"),
    ],
)
def test_task(y, task):
    assert task_of(y) == task


def test_a_model_of_not_finite_outputs_scores_like_a_constant():
    model = st.Sequential([st.Input((1,)), st.layers.Dense(1, "sigmoid")])
    model.compile("sgd", "binary_crossentropy")
    x, y = np.ones((4, 1), np.float32), np.array([0, 1, 1, 1])
    model.set_weights([np.full((1, 1), np.nan), np.zeros(1)])
    assert Score("classes").on(Setup.of(model, x, y), model, Rows.of(x, y)) == 0.75
