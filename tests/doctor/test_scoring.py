"""The score of a model, known answers."""

import numpy as np
import pytest

import steepest as st
from steepest.doctor.facts import task_of
from steepest.doctor.rows import Rows
from steepest.doctor.scoring import Score, correct, explained, threshold_of
from steepest.doctor.setup import Setup


def test_accuracy_of_every_form_of_output():
    labels = np.array([0, 1, 2])
    assert correct(np.eye(3), labels).mean() == 1.0
    assert correct(np.eye(3), np.eye(3)[[0, 1, 1]]).mean() == pytest.approx(2 / 3)
    assert correct(np.array([[0.1], [1.2], [1.6]]), labels).mean() == 1.0  # rounded
    assert correct(np.array([[-3.0], [2.0]]), np.array([0, 1]), threshold=0.0).mean() == 1.0
    assert correct(np.array([[-0.5], [0.5]]), np.array([-1, 1]), threshold=0.0).mean() == 1.0


def test_explained_variance():
    y = np.array([1.0, 2.0, 4.0])
    assert explained(np.full(3, y.mean()), y).mean() == pytest.approx(0.0)
    assert explained(y[::-1] * 100, y).mean() == pytest.approx(-1.0, rel=1e-12)
    assert explained(y * 3 + 1, y * 3 + 1).mean() == 1.0
    assert explained(np.zeros(3), np.ones(3)).mean() == 0.0
    wide = np.repeat(y[:, None], 10, axis=1)  # ten equal outputs for one target
    assert explained(wide, y[:, None]).mean() == 1.0


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


def trained_to_give(outputs, y, loss="mse", last=None):
    """The score of a model of one weight per output whose inputs are these outputs."""
    outputs = np.asarray(outputs, np.float32)
    units = outputs.shape[1]
    model = st.Sequential([st.Input((units,)), st.layers.Dense(units, last, use_bias=False)])
    model.compile("sgd", loss)
    model.set_weights([np.eye(units, dtype=np.float32)])
    setup = Setup.of(model, outputs, y)
    return Score(task_of(np.asarray(y))).on(setup, model, Rows.of(outputs, y))


def test_classes_are_scored_by_accuracy():
    assert trained_to_give([[0.2], [0.6], [0.7], [0.4]], [0, 1, 0, 0]) == 0.75
    logits = st.losses.BinaryCrossentropy(from_logits=True)
    assert trained_to_give([[-0.2], [0.2], [0.7], [-3]], [0, 1, 0, 0], logits) == 0.75
    assert trained_to_give([[-0.2], [0.2], [0.7], [-3]], [-1, 1, -1, -1], "hinge") == 0.75
    assert trained_to_give([[1, 2, 0], [3, 0, 1]], [1, 2]) == 0.5


def test_quantities_are_scored_by_the_explained_variance():
    y = np.array([[1.5], [2.5], [4.0]])
    assert trained_to_give(y, y) == pytest.approx(1.0)
    assert trained_to_give(np.full((3, 1), y.mean()), y) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("loss", "y", "threshold"),
    [
        ("mse", np.array([0, 1]), 0.5),
        ("mse", np.array([-1, 1]), 0.0),
        ("mse", np.array([-1.0, 1.0]), 0.0),
        ("mse", np.array([False, True]), 0.5),
        (st.losses.BinaryCrossentropy(from_logits=True), np.array([0, 1]), 0.0),
        (st.losses.BinaryCrossentropy(), np.array([0, 1]), 0.5),
        (lambda y_true, y_pred: st.reduce_mean(y_true - y_pred), np.array([0, 1]), 0.5),
    ],
)
def test_where_the_greater_of_two_classes_begins(loss, y, threshold):
    model = st.Sequential([st.layers.Dense(1, input_shape=(1,))])
    model.compile("sgd", loss)
    assert threshold_of(Setup.of(model, np.ones((2, 1)), y), y) == threshold


def test_an_output_at_the_threshold_is_of_the_lower_class():
    outputs = np.array([[0.5], [0.5], [0.75]])
    assert correct(outputs, np.array([0, 0, 1])).mean() == 1.0
    assert correct(outputs, np.array([3, 3, 8])).mean() == 1.0
    assert correct(outputs, np.array([0, 0, 0])).mean() == pytest.approx(2 / 3)  # rounded


def test_outputs_of_several_axes_are_flattened():
    assert correct(np.eye(4).reshape(4, 2, 2), np.arange(4)).mean() == 1.0
    y = np.arange(8.0).reshape(2, 2, 2)
    assert explained(y + 1, y).mean() == pytest.approx(1 - 8 / 32)


def test_variance_is_about_the_mean_of_each_column():
    y = np.array([[0.0, 10.0], [2.0, 12.0]])
    assert explained(np.array([[1.0, 11.0], [1.0, 11.0]]), y).mean() == 0.0
    assert explained(np.array([[0.0, 11.0], [2.0, 11.0]]), y).mean() == 0.5
    assert explained(np.array([[3.0, 11.0], [-1.0, 11.0]]), y).mean() == -1.0


def test_scores_of_constant_answers():
    assert Score("quantities").of_constant(np.array([1.0, 5.0])).mean() == 0.0
    assert Score("classes").of_constant(np.array([2, 2, 2, 7])).mean() == 0.75
    assert Score("classes").of_constant(np.eye(3)[[0, 1, 1, 1, 2]]).mean() == 0.6
    assert Score("classes").relevant == Score("quantities").relevant == 0.01


def test_without_a_trained_model_the_score_is_that_of_a_constant():
    x, y = np.ones((4, 1), np.float32), np.array([0, 1, 1, 1])
    built = st.Sequential([st.layers.Dense(1, "sigmoid", input_shape=(1,))])
    built.compile("sgd", "binary_crossentropy")
    setup = Setup.of(built, x, y)
    for model in (None, st.Sequential([st.layers.Dense(1)])):
        assert Score("classes").on(setup, model, Rows.of(x, y)) == 0.75


def test_rows_count_by_their_share_of_the_variance():
    y = np.array([1.0, 2.0, 3.0, 2.0])
    quantities, classes = Score("quantities"), Score("classes")
    assert quantities.sizes(y).tolist() == [2.0, 0.0, 2.0, 0.0]
    assert quantities.sizes(10 - 3 * y[:, None]).tolist() == [2.0, 0.0, 2.0, 0.0]
    assert quantities.sizes(np.ones(3)).tolist() == classes.sizes(y[:3]).tolist() == [1.0] * 3
    assert quantities.of_constant(y).tolist() == [-1.0, 1.0, -1.0, 1.0]
    assert explained(y + 9, y).tolist() == [-3.0, 1.0, -3.0, 1.0]  # the least score
