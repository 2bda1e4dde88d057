"""Means, accuracies and errors over several batches, compared with NumPy on all examples."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import losses, metrics
from steepest.errors import ArgumentError, TrainingWarning

rng = np.random.default_rng(8)
ROWS, CLASSES = 37, 4
SCORES = rng.normal(size=(ROWS, CLASSES)).astype("float32")
SHARES = st.softmax(SCORES).numpy()
LABELS = rng.integers(0, CLASSES, ROWS)
ONE_HOT = np.eye(CLASSES, dtype="float32")[LABELS]
CHANCES = rng.uniform(size=(ROWS, 1)).astype("float32")
HITS = (rng.uniform(size=(ROWS, 1)) < 0.6).astype("float32")
REAL, GUESS = (rng.uniform(0.5, 2.0, size=(ROWS, 3)).astype("float32") for _ in range(2))
WEIGHTS = rng.uniform(0.1, 2.0, ROWS).astype("float32")


def in_top(k):
    order = np.argsort(-SHARES, axis=1)[:, :k]
    return (order == LABELS[:, None]).any(1)


def entropy(y, p):
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


def angle(y, p):
    return (y * p).sum(1) / np.sqrt((y**2).sum(1) * (p**2).sum(1))


# name: metric, targets, predictions, one value for each example
TABLE = {
    "accuracy": (metrics.Accuracy, LABELS, LABELS % 3, LABELS == LABELS % 3),
    "binary accuracy": (
        metrics.BinaryAccuracy, HITS, CHANCES, ((CHANCES > 0.5) == (HITS == 1))[:, 0],
    ),
    "binary accuracy at 0.3": (
        lambda: metrics.BinaryAccuracy(threshold=0.3),
        HITS[:, 0],
        CHANCES,
        ((CHANCES > 0.3) == (HITS == 1))[:, 0],
    ),
    "categorical accuracy": (
        metrics.CategoricalAccuracy, ONE_HOT, SHARES, SHARES.argmax(1) == LABELS,
    ),
    "sparse accuracy": (
        metrics.SparseCategoricalAccuracy, LABELS, SHARES, SHARES.argmax(1) == LABELS,
    ),
    "sparse accuracy of a column": (
        metrics.SparseCategoricalAccuracy,
        LABELS[:, None].astype("float32"),
        SHARES,
        SHARES.argmax(1) == LABELS,
    ),
    "top 2": (lambda: metrics.TopKCategoricalAccuracy(2), ONE_HOT, SHARES, in_top(2)),
    "sparse top 3": (lambda: metrics.SparseTopKCategoricalAccuracy(3), LABELS, SHARES, in_top(3)),
    "mse": (metrics.MeanSquaredError, REAL, GUESS, ((GUESS - REAL) ** 2).mean(1)),
    "mae": (metrics.MeanAbsoluteError, REAL, GUESS, np.abs(GUESS - REAL).mean(1)),
    "mae of a line": (
        metrics.MeanAbsoluteError, REAL[:, 0], GUESS[:, 0], np.abs(GUESS - REAL)[:, 0],
    ),
    "mape": (
        metrics.MeanAbsolutePercentageError,
        REAL,
        GUESS,
        100 * np.abs(GUESS / REAL - 1).mean(1),
    ),
    "msle": (
        metrics.MeanSquaredLogarithmicError,
        REAL,
        GUESS,
        ((np.log1p(GUESS) - np.log1p(REAL)) ** 2).mean(1),
    ),
    "log-cosh": (metrics.LogCosh, REAL, GUESS, np.log(np.cosh(GUESS - REAL)).mean(1)),
    "cosine": (metrics.CosineSimilarity, REAL, GUESS, angle(REAL, GUESS)),
    "poisson": (metrics.Poisson, REAL, GUESS, (GUESS - REAL * np.log(GUESS)).mean(1)),
    "hinge": (
        metrics.Hinge, HITS, CHANCES, np.maximum(1 - (2 * HITS - 1) * CHANCES, 0)[:, 0],
    ),
    "squared hinge": (
        metrics.SquaredHinge,
        HITS,
        CHANCES,
        np.maximum(1 - (2 * HITS - 1) * CHANCES, 0)[:, 0] ** 2,
    ),
    "categorical hinge": (
        metrics.CategoricalHinge,
        ONE_HOT,
        SHARES,
        np.maximum(1 + ((1 - ONE_HOT) * SHARES).max(1) - (ONE_HOT * SHARES).sum(1), 0),
    ),
    "binary cross-entropy": (
        metrics.BinaryCrossentropy, HITS, CHANCES, entropy(HITS, CHANCES)[:, 0],
    ),
    "categorical cross-entropy": (
        metrics.CategoricalCrossentropy, ONE_HOT, SHARES,
        -np.log(SHARES[np.arange(ROWS), LABELS]),
    ),
    "sparse cross-entropy of logits": (
        lambda: metrics.SparseCategoricalCrossentropy(from_logits=True), LABELS, SCORES,
        -np.log(SHARES[np.arange(ROWS), LABELS]),
    ),
    "divergence": (
        metrics.KLDivergence, SHARES[::-1], SHARES,
        (SHARES[::-1] * np.log(SHARES[::-1] / SHARES)).sum(1),
    ),
    "a function": (
        lambda: metrics.get(lambda y, p: abs(y - p)), REAL[:, 0], GUESS[:, 0],
        np.abs(GUESS - REAL)[:, 0],
    ),
}  # fmt: skip

cases = pytest.mark.parametrize("name", TABLE)
BATCHES = [slice(0, 16), slice(16, 32), slice(32, 37)]


@cases
def test_over_batches_it_is_the_mean_of_all_examples(name):
    make, y, p, values = TABLE[name]
    metric = make()
    for rows in BATCHES:
        metric.update_state(y[rows], p[rows])
    np.testing.assert_allclose(metric.result().numpy(), values.mean(), rtol=2e-6)
    assert metric.result().dtype == st.float32


@cases
def test_weights_make_it_the_weighted_mean(name):
    make, y, p, values = TABLE[name]
    metric = make()
    for rows in BATCHES:
        metric.update_state(y[rows], p[rows], sample_weight=WEIGHTS[rows])
    wanted = np.average(values, weights=WEIGHTS)
    np.testing.assert_allclose(metric.result().numpy(), wanted, rtol=2e-6)


@cases
def test_recorded_for_any_batch_it_gives_the_same(name):
    make, y, p, _ = TABLE[name]
    once, recorded = make(), make()
    specs = [st.TensorSpec((None, *a.shape[1:]), a.dtype) for a in (y, p)]
    step = st.function(lambda a, b: recorded.update_state(a, b), input_signature=specs)
    for rows in BATCHES:
        once.update_state(y[rows], p[rows])
        step(y[rows], p[rows])
    np.testing.assert_allclose(recorded.result().numpy(), once.result().numpy(), rtol=1e-6)


@cases
def test_a_reset_sets_the_initial_state(name):
    make, y, p, _ = TABLE[name]
    metric = make()
    fresh = [variable.numpy() for variable in metric.variables]
    first = metric(y, p).item()
    metric.reset_state()
    for variable, value in zip(metric.variables, fresh, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)
    assert metric(y, p).item() == first


@cases
def test_the_configuration_makes_an_equal_one(name):
    make, y, p, _ = TABLE[name]
    metric = make()
    if name == "a function":
        return  # it has no name to be saved under
    twin = type(metric).from_config(metric.get_config())
    assert repr(twin) == repr(metric)
    assert twin(y, p).item() == metric(y, p).item()


def test_the_square_root_is_of_the_mean_over_all_batches():
    metric = metrics.RootMeanSquaredError()
    for rows in BATCHES:
        metric.update_state(REAL[rows], GUESS[rows])
    wanted = np.sqrt(((REAL - GUESS) ** 2).mean())
    assert metric.result().item() == pytest.approx(wanted, rel=1e-6)


def test_mean_and_sum_of_values():
    mean, total = metrics.Mean(), metrics.Sum()
    for rows in BATCHES:
        mean.update_state(REAL[rows])
        total.update_state(REAL[rows], sample_weight=WEIGHTS[rows])
    assert mean.result().item() == pytest.approx(REAL.mean(), rel=1e-6)
    assert total.result().item() == pytest.approx((REAL * WEIGHTS[:, None]).sum(), rel=1e-6)
    assert metrics.Mean().result().item() == 0.0


def test_a_mean_of_one_number_weighs_by_the_rows():
    mean = metrics.Mean()
    mean.update_state(1.0, 10)
    mean.update_state(4.0, 20)
    assert mean.result().item() == 3.0


@pytest.mark.parametrize("kind", [metrics.Mean, metrics.Sum])
def test_counts_and_sums_stay_exact_beyond_float32(kind):
    metric = kind()
    metric.update_state(np.zeros(1), [2.0**24])
    for _ in range(3):
        metric.update_state([1.0])
    total, *count = metric.variables
    assert total.item() == 3.0
    assert [c.item() for c in count] == ([2.0**24 + 3] if count else [])
    big = metrics.Sum(dtype="float64")
    for value in (2.0**24, 1.0, 1.0):
        big.update_state([value])
    assert big.result().item() == 2.0**24 + 2


def test_several_equal_greatest_predictions_all_count_as_greatest():
    found = metrics.sparse_top_k_categorical_accuracy([0, 1, 2], [[0.4, 0.4, 0.2]] * 3, k=1)
    assert found.tolist() == [1.0, 1.0, 0.0]


def test_five_predictions_count_unless_k_is_given():
    ranks, one_hot = np.arange(7.0)[::-1], np.eye(7)  # class n has the n-th rank
    expected = [1.0] * 5 + [0.0] * 2
    rows = np.tile(ranks, (7, 1))
    assert metrics.top_k_categorical_accuracy(one_hot, rows).tolist() == expected
    assert metrics.sparse_top_k_categorical_accuracy(np.arange(7), rows).tolist() == expected
    found = (metrics.TopKCategoricalAccuracy()(one_hot, rows).item(),
             metrics.SparseTopKCategoricalAccuracy()(np.arange(7), rows).item())  # fmt: skip
    assert found == pytest.approx((5 / 7, 5 / 7))


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int32", "int64", "float64"])
def test_labels_may_be_of_any_dtype(dtype):
    assert metrics.BinaryAccuracy()(np.array([1, 0], dtype), [[0.9], [0.1]]).item() == 1.0
    labels = np.array([1, 0], dtype)
    assert metrics.SparseCategoricalAccuracy()(labels, [[0.1, 0.9], [0.8, 0.2]]).item() == 1.0


def r2(y, p, weights=None):
    weights = np.ones(len(y)) if weights is None else weights
    mean = np.average(y, axis=0, weights=weights)
    return 1 - (weights[:, None] * (y - p) ** 2).sum(0) / (weights[:, None] * (y - mean) ** 2).sum(
        0
    )


@pytest.mark.parametrize("weights", [None, WEIGHTS])
@pytest.mark.parametrize("offset", [0.0, 1000.0])
def test_r2_is_that_of_all_examples(weights, offset):
    y, p = REAL.astype("float64") + offset, GUESS.astype("float64") + offset
    each = metrics.R2Score(class_aggregation=None)
    mean = metrics.R2Score()
    spread = metrics.R2Score(class_aggregation="variance_weighted_average")
    for rows in BATCHES:
        w = None if weights is None else weights[rows]
        for metric in (each, mean, spread):
            metric.update_state(y[rows], p[rows], w)
    wanted = r2(y, p, weights)
    np.testing.assert_allclose(each.result().numpy(), wanted, rtol=1e-5)
    assert mean.result().item() == pytest.approx(wanted.mean(), rel=1e-5)
    w = np.ones(ROWS) if weights is None else weights
    scale = (w[:, None] * (y - np.average(y, axis=0, weights=w)) ** 2).sum(0)
    assert spread.result().item() == pytest.approx(np.average(wanted, weights=scale), rel=1e-5)


def test_r2_reads_one_axis_as_a_column():
    metric = metrics.R2Score()
    assert metric([1.0, 2.0, 3.0], [[1.0], [2.0], [4.0]]).item() == 0.5


def test_r2_is_adjusted_for_the_number_of_regressors(rng):
    y, p = rng.normal(size=(20, 2)), rng.normal(size=(20, 2))
    plain = metrics.R2Score(class_aggregation=None)(y, p).numpy()
    adjusted = metrics.R2Score(None, num_regressors=4)(y, p).numpy()
    np.testing.assert_allclose(adjusted, 1 - (1 - plain) * 19 / 15, rtol=1e-6)
    assert metrics.R2Score(None, num_regressors=19)(y, p).numpy() == pytest.approx(plain)


def test_functions_of_losses_are_metrics_too():
    assert metrics.mean_squared_error is losses.mean_squared_error
    assert type(metrics.get(metrics.mean_squared_error)) is metrics.MeanSquaredError
    assert metrics.get(metrics.huber)([[0.0]], [[3.0]]).item() == 2.5


def test_weights_of_entries_weigh_an_exact_accuracy():
    accuracy = st.metrics.Accuracy()
    entries = [[0.5, 0.2], [0.3, 0.1]]
    value = accuracy([[1, 2], [3, 4]], [[0, 2], [3, 4]], sample_weight=entries)
    assert value.item() == pytest.approx(0.5454545617103577)  # Keras's
    accuracy.reset_states()
    assert accuracy([[1], [2]], [[0], [2]], sample_weight=[[1.0], [3.0]]).item() == 0.75


def test_a_threshold_that_no_probability_reaches_is_refused_or_a_warning():
    with pytest.raises(ArgumentError, match=r"F1Score: threshold must lie in \(0, 1\]"):
        st.metrics.F1Score(threshold=1.5)
    with pytest.raises(ArgumentError, match="BinaryIoU: threshold"):
        st.metrics.BinaryIoU(threshold=1.5)
    with pytest.warns(TrainingWarning, match="no probability exceeds 1"):
        st.metrics.BinaryAccuracy(threshold=1.5)
