"""Names, the choice by shape and loss, and user-defined metrics."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import losses, metrics
from steepest.errors import ArgumentError, ShapeError, UnknownNameError
from steepest.registry import to_config


def spec(*shape):
    return st.TensorSpec((None, *shape))


@pytest.mark.parametrize(
    ("target", "output", "loss", "kind"),
    [
        (spec(), spec(10), "sparse_categorical_crossentropy", "SparseCategoricalAccuracy"),
        (spec(1), spec(10), "sparse_categorical_crossentropy", "SparseCategoricalAccuracy"),
        (spec(10), spec(10), "categorical_crossentropy", "CategoricalAccuracy"),
        (spec(), spec(1), "binary_crossentropy", "BinaryAccuracy"),
        (spec(1), spec(1), "binary_crossentropy", "BinaryAccuracy"),
        (spec(3), spec(3), "binary_crossentropy", "BinaryAccuracy"),
        (spec(), spec(), "mse", "BinaryAccuracy"),
        (spec(1), spec(1), "mse", "BinaryAccuracy"),
        (spec(3), spec(3), "mse", "CategoricalAccuracy"),
        (spec(5), spec(5, 10), None, "SparseCategoricalAccuracy"),
        (spec(5, 10), spec(5, 10), None, "CategoricalAccuracy"),
    ],
)
@pytest.mark.parametrize("name", ["accuracy", "acc"])
def test_accuracy_is_chosen_by_shapes_and_loss(target, output, loss, kind, name):
    found = metrics.get(name, loss=losses.get(loss), target=target, prediction=output)
    assert type(found).__name__ == kind
    assert found.name == name


def test_logits_have_the_threshold_zero():
    loss = losses.BinaryCrossentropy(from_logits=True)
    metric = metrics.get("accuracy", loss, spec(1), spec(1))
    assert metric([[1], [0]], [[0.2], [-0.2]]).item() == 1.0


@pytest.mark.parametrize(
    ("target", "output", "kind"),
    [
        (spec(), spec(10), "SparseCategoricalCrossentropy"),
        (spec(10), spec(10), "CategoricalCrossentropy"),
        (spec(1), spec(1), "BinaryCrossentropy"),
    ],
)
@pytest.mark.parametrize("name", ["crossentropy", "ce"])
def test_crossentropy_is_chosen_by_shapes_and_uses_logits_like_the_loss(target, output, kind, name):
    loss = losses.CategoricalCrossentropy(from_logits=True)
    found = metrics.get(name, loss, target, output)
    assert (type(found).__name__, found.name, found.from_logits) == (kind, name, True)


@pytest.mark.parametrize(
    ("name", "kind", "shown"),
    [
        ("mse", "MeanSquaredError", "mean_squared_error"),
        ("MSE", "MeanSquaredError", "mean_squared_error"),
        ("mae", "MeanAbsoluteError", "mean_absolute_error"),
        ("mean_absolute_error", "MeanAbsoluteError", "mean_absolute_error"),
        ("RootMeanSquaredError", "RootMeanSquaredError", "root_mean_squared_error"),
        ("binary_accuracy", "BinaryAccuracy", "binary_accuracy"),
        ("sparse_categorical_accuracy", "SparseCategoricalAccuracy", "sparse_categorical_accuracy"),
        ("auc", "AUC", "auc"),
        ("AUC", "AUC", "auc"),
        ("eer", "EER", "eer"),
        ("Precision", "Precision", "precision"),
        ("recall", "Recall", "recall"),
        ("f1_score", "F1Score", "f1_score"),
        ("r2_score", "R2Score", "r2_score"),
        ("cosine_similarity", "CosineSimilarity", "cosine_similarity"),
        ("top_k_categorical_accuracy", "TopKCategoricalAccuracy", "top_k_categorical_accuracy"),
    ],
)
def test_is_found_by_name(name, kind, shown):
    found = metrics.get(name)
    assert (type(found).__name__, found.name, metrics.name_of(name)) == (kind, shown, shown)


def test_function_forms_are_their_classes():
    assert isinstance(metrics.get(metrics.binary_accuracy), metrics.BinaryAccuracy)
    assert metrics.name_of(lambda y, p: y) == "lambda"

    def mine(y_true, y_pred):
        return abs(y_true - y_pred)

    assert metrics.get(mine).name == "mine"


def test_misspelt_names_get_suggestions():
    with pytest.raises(UnknownNameError, match="did you mean"):
        metrics.get("binary_acuracy")
    with pytest.raises(UnknownNameError, match="curve"):
        metrics.AUC(curve="RPC")


def test_shapes_that_do_not_fit_are_shown():
    with pytest.raises(ShapeError, match=r"\(2,\).*\(2, 3\).*sparse form"):
        metrics.CategoricalAccuracy()([0, 1], np.eye(3)[:2])
    with pytest.raises(ShapeError, match=r"\(3,\).*\(2, 1\)"):
        metrics.BinaryAccuracy()([0, 1, 0], [[0.1], [0.2]])
    with pytest.raises(ShapeError, match=r"\(2, 1\).*\(2, 2\)"):
        metrics.MeanSquaredError()([0.0, 1.0], [[0.0, 1.0], [1.0, 2.0]])


def test_targets_with_one_axis_are_a_column():
    assert metrics.MeanSquaredError()([0.0, 1.0], [[0.0], [3.0]]).item() == 2.0


def test_own_variables_and_those_of_metrics_inside_are_reset():
    class Both(metrics.Metric):
        def __init__(self, name="both"):
            super().__init__(name)
            self.seen = self.add_weight(name="seen", initializer="ones")
            self.parts = [metrics.Mean("low"), metrics.Mean("high")]
            self.extra = st.Variable(0.0, trainable=False)

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.seen.assign_add(1.0)
            self.extra.assign_add(5.0)
            for part in self.parts:
                part.update_state(y_pred)

        def result(self):
            return self.parts[0].result() + self.seen

    metric = Both()
    assert len(metric.variables) == 6
    assert metric([1.0], [3.0]).item() == 5.0
    metric.reset_state()
    assert metric.seen.item() == 1.0
    assert metric.extra.item() == 0.0
    assert metric([1.0], [3.0]).item() == 5.0


def test_a_metric_without_its_methods_says_so():
    with pytest.raises(NotImplementedError, match="update_state"):
        metrics.Metric()([1.0], [1.0])
    with pytest.raises(NotImplementedError, match="result"):
        metrics.Metric().result()


def test_a_variable_is_asked_for_by_name_or_by_shape():
    metric = metrics.Mean()
    assert metric.add_variable("a", (2,), "ones").tolist() == [1.0, 1.0]
    assert metric.add_weight((2,), "zeros", name="b").tolist() == [0.0, 0.0]
    assert metric.add_weight(name="c", initializer="ones").shape == ()
    assert metric.add_variable(3, name="d").shape == (3,)


@pytest.mark.parametrize("name", ["acc", "ACC", "accuracy"])
def test_accuracy_alone_compares_values(name):
    metric = metrics.get(name)
    assert metric.name == name
    assert metric([1, 2], [1, 3]).item() == 0.5


def test_the_name_of_a_loss_alone_is_a_metric_too():
    assert metrics.get("huber")([[0.0]], [[3.0]]).item() == 2.5
    focal = metrics.get("binary_focal_crossentropy")
    assert focal.name == "binary_focal_crossentropy"
    wanted = st.losses.BinaryFocalCrossentropy()([[1.0]], [[0.5]])
    assert focal([[1.0]], [[0.5]]).item() == pytest.approx(wanted.item())


@pytest.mark.parametrize(
    "make",
    [
        lambda: metrics.get("huber"),
        lambda: metrics.MeanMetricWrapper(st.losses.huber, delta=0.5),
        lambda: metrics.MeanMetricWrapper(metrics.accuracy),
    ],
)
def test_a_metric_around_a_known_function_goes_through_its_configuration(make):
    metric = make()
    again = metrics.get(to_config(metric))
    assert (type(again), again.name, again.options) == (type(metric), metric.name, metric.options)
    assert again([[1.0]], [[3.0]]).item() == metric([[1.0]], [[3.0]]).item()


def test_a_name_without_a_required_argument_names_it():
    with pytest.raises(ArgumentError, match=r"needs num_classes.*ConfusionMatrix\(num_classes"):
        metrics.get("confusion_matrix")
