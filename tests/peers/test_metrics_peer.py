"""Metrics over several batches against scikit-learn on all examples at once."""

from __future__ import annotations

import numpy as np
import pytest

from steepest import metrics

rng = np.random.default_rng(10)
ROWS = 500
TRUTH = rng.integers(0, 2, ROWS)
SCORES = np.round(np.clip(rng.normal(0.4 + 0.2 * TRUTH, 0.2), 0, 1), 3).astype("float32")
LABELS = rng.integers(0, 4, ROWS)
SHARES = rng.dirichlet(np.ones(4), ROWS).astype("float32")
EXACT = SHARES / SHARES.sum(1, keepdims=True, dtype=float)
REAL = rng.normal(5.0, 2.0, size=(ROWS, 2)).astype("float32")
GUESS = (REAL + rng.normal(size=(ROWS, 2))).astype("float32")
WEIGHTS = rng.uniform(0.5, 2.0, ROWS).astype("float32")


def streamed(metric, y, p, weights):
    for start in range(0, ROWS, 64):
        rows = slice(start, start + 64)
        metric.update_state(y[rows], p[rows], None if weights is None else weights[rows])
    return metric.result().numpy()


CASES = {
    "accuracy": (
        metrics.SparseCategoricalAccuracy, LABELS, SHARES,
        lambda m, w: m.accuracy_score(LABELS, SHARES.argmax(1), sample_weight=w),
    ),
    "top k": (
        lambda: metrics.SparseTopKCategoricalAccuracy(2), LABELS, SHARES,
        lambda m, w: m.top_k_accuracy_score(LABELS, SHARES, k=2, sample_weight=w),
    ),
    "log loss": (
        metrics.SparseCategoricalCrossentropy, LABELS, SHARES,
        lambda m, w: m.log_loss(LABELS, EXACT, sample_weight=w),
    ),
    "precision": (
        metrics.Precision, TRUTH, SCORES,
        lambda m, w: m.precision_score(TRUTH, SCORES > 0.5, sample_weight=w),
    ),
    "recall": (
        metrics.Recall, TRUTH, SCORES,
        lambda m, w: m.recall_score(TRUTH, SCORES > 0.5, sample_weight=w),
    ),
    "macro F1": (
        lambda: metrics.F1Score("macro"), np.eye(4)[LABELS], SHARES,
        lambda m, w: m.f1_score(LABELS, SHARES.argmax(1), average="macro", sample_weight=w),
    ),
    "F2 of classes": (
        lambda: metrics.FBetaScore(None, 2.0), np.eye(4)[LABELS], SHARES,
        lambda m, w: m.fbeta_score(
            LABELS, SHARES.argmax(1), beta=2.0, average=None, sample_weight=w
        ),
    ),
    "ROC": (
        lambda: metrics.AUC(1001), TRUTH, SCORES,
        lambda m, w: m.roc_auc_score(TRUTH, SCORES, sample_weight=w),
    ),
    "confusion": (
        lambda: metrics.ConfusionMatrix(4), LABELS, SHARES,
        lambda m, w: m.confusion_matrix(LABELS, SHARES.argmax(1), sample_weight=w),
    ),
    "MSE": (
        metrics.MeanSquaredError, REAL, GUESS,
        lambda m, w: m.mean_squared_error(REAL, GUESS, sample_weight=w),
    ),
    "R2": (
        metrics.R2Score, REAL, GUESS,
        lambda m, w: m.r2_score(REAL, GUESS, sample_weight=w),
    ),
}  # fmt: skip


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["plain", "weighted"])
@pytest.mark.parametrize("name", CASES)
def test_agrees_with_scikit_learn(name, weights, peer):
    theirs = peer("sklearn.metrics")
    make, y, p, formula = CASES[name]
    np.testing.assert_allclose(streamed(make(), y, p, weights), formula(theirs, weights), rtol=1e-5)


KERAS = {
    "AUC": ((), TRUTH, SCORES),
    "AUC of precision": ({"curve": "PR"}, TRUTH, SCORES),
    "AUC from below": ({"summation_method": "minoring"}, TRUTH, SCORES),
    "Precision": ({"thresholds": [0.2, 0.6]}, TRUTH, SCORES),
    "Precision of the top": ({"top_k": 2}, np.eye(4)[LABELS], SHARES),
    "Recall": ({"class_id": 2, "thresholds": 0.3}, np.eye(4)[LABELS], SHARES),
    "F1Score": ({"average": "weighted"}, np.eye(4)[LABELS], SHARES),
    "FBetaScore": ({"beta": 2.0, "threshold": 0.4}, np.eye(4)[LABELS], SHARES),
    "SensitivityAtSpecificity": ({"specificity": 0.7}, TRUTH, SCORES),
    "SpecificityAtSensitivity": ({"sensitivity": 0.7}, TRUTH, SCORES),
    "PrecisionAtRecall": ({"recall": 0.6}, TRUTH, SCORES),
    "RecallAtPrecision": ({"precision": 0.6}, TRUTH, SCORES),
    "TopKCategoricalAccuracy": ({"k": 2}, np.eye(4)[LABELS], SHARES),
    "BinaryAccuracy": ({"threshold": 0.4}, TRUTH[:, None], SCORES[:, None]),
    "RootMeanSquaredError": ({}, REAL, GUESS),
    "CosineSimilarity": ({}, REAL, GUESS),
    "LogCoshError": ({}, REAL, GUESS),
    "KLDivergence": ({}, SHARES[::-1], SHARES),
    "R2Score": ({}, REAL, GUESS),
}


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("name", KERAS)
def test_agrees_with_keras(name, peer):
    keras = peer("keras")
    options, y, p = KERAS[name]
    kind = name.split()[0]
    ours = metrics.METRICS.find(kind)(**dict(options))
    theirs = getattr(keras.metrics, kind)(**dict(options))
    for start in range(0, ROWS, 64):
        rows = slice(start, start + 64)
        ours.update_state(y[rows], p[rows])
        theirs.update_state(np.ascontiguousarray(y[rows]), np.ascontiguousarray(p[rows]))
    wanted = keras.ops.convert_to_numpy(theirs.result())
    np.testing.assert_allclose(ours.result().numpy(), wanted, rtol=1e-4)
