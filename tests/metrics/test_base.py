"""Names, resolution by shape and loss, and metrics of one's own."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import losses, metrics
from steepest.errors import ShapeError, UnknownNameError


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
def test_accuracy_is_what_fits(target, output, loss, kind, name):
    found = metrics.get(name, loss=losses.get(loss), target=target, prediction=output)
    assert type(found).__name__ == kind
    assert found.name == name


def test_logits_are_decided_at_zero():
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
def test_crossentropy_is_what_fits_and_takes_logits_as_the_loss_does(target, output, kind, name):
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


def test_misspelt_names_suggest():
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


def test_a_line_of_targets_is_a_column():
    assert metrics.MeanSquaredError()([0.0, 1.0], [[0.0], [3.0]]).item() == 2.0


def test_variables_of_ones_own_and_of_metrics_inside_are_reset():
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
