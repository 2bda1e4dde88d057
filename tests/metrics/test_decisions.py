"""Counts of decisions, curves and error rates, compared with NumPy on all examples at once."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import metrics
from steepest.errors import ArgumentError, ShapeError
from steepest.registry import to_config

rng = np.random.default_rng(9)
ROWS = 203
TRUTH = rng.integers(0, 2, ROWS)
# Multiples of 1/1000 that lean towards the truth: curves by 1001 thresholds are exact on them.
SCORES = np.round(np.clip(rng.normal(0.35 + 0.3 * TRUTH, 0.2), 0, 1), 3).astype("float32")
WEIGHTS = rng.uniform(0.5, 2.0, ROWS).astype("float32")
MULTI = rng.integers(0, 2, (ROWS, 3))
MULTI_SCORES = rng.uniform(size=(ROWS, 3)).astype("float32")
BATCHES = [slice(0, 100), slice(100, 200), slice(200, 203)]


def streamed(metric, y, p, weights=None):
    for rows in BATCHES:
        metric.update_state(y[rows], p[rows], None if weights is None else weights[rows])
    return metric.result().numpy()


def counts(y, positive, weights=None):
    w = np.ones(y.shape) if weights is None else weights
    return [
        (w * hit).sum()
        for hit in (y & positive, ~y & positive, ~y & ~positive, y & ~positive)
    ]  # fmt: skip


@pytest.mark.parametrize("weights", [None, WEIGHTS])
@pytest.mark.parametrize("threshold", [None, 0.3, [0.1, 0.5, 0.9]])
def test_counts_precision_and_recall_at_thresholds(threshold, weights):
    limits = threshold if isinstance(threshold, list) else [threshold or 0.5]
    table = np.array([counts(TRUTH == 1, limit < SCORES, weights) for limit in limits])
    tp, fp, tn, fn = table.T if isinstance(threshold, list) else table[0]
    wanted = {
        "TruePositives": tp, "FalsePositives": fp, "TrueNegatives": tn, "FalseNegatives": fn,
        "Precision": tp / (tp + fp), "Recall": tp / (tp + fn),
    }  # fmt: skip
    for name, value in wanted.items():
        metric = getattr(metrics, name)(thresholds=threshold)
        np.testing.assert_allclose(streamed(metric, TRUTH, SCORES, weights), value, rtol=1e-5,
                                   err_msg=name)  # fmt: skip


def test_columns_and_rows_of_labels_are_the_same():
    wanted = streamed(metrics.Precision(), TRUTH, SCORES)
    assert streamed(metrics.Precision(), TRUTH, SCORES[:, None]) == wanted
    assert streamed(metrics.Precision(), TRUTH[:, None].astype(bool), SCORES[:, None]) == wanted


def test_one_class_among_several():
    y, positive = MULTI[:, 1] == 1, MULTI_SCORES[:, 1] > 0.5
    tp, fp, _, fn = counts(y, positive)
    assert streamed(metrics.Precision(class_id=1), MULTI, MULTI_SCORES) == pytest.approx(
        tp / (tp + fp), rel=1e-6
    )
    assert streamed(metrics.Recall(class_id=1), MULTI, MULTI_SCORES) == pytest.approx(
        tp / (tp + fn), rel=1e-6
    )


def test_the_greatest_k_are_decided_for():
    positive = np.zeros_like(MULTI, bool)
    np.put_along_axis(positive, np.argsort(-MULTI_SCORES, axis=1)[:, :2], True, axis=1)
    tp, fp, _, fn = counts(MULTI == 1, positive)
    assert streamed(metrics.Precision(top_k=2), MULTI, MULTI_SCORES) == pytest.approx(
        tp / (tp + fp), rel=1e-6
    )
    assert streamed(metrics.Recall(top_k=2), MULTI, MULTI_SCORES) == pytest.approx(
        tp / (tp + fn), rel=1e-6
    )


def fbeta(y, positive, beta):
    tp, fp, _, fn = counts(y, positive)
    return (1 + beta**2) * tp / ((1 + beta**2) * tp + beta**2 * fn + fp)


@pytest.mark.parametrize("beta", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("threshold", [None, 0.4])
def test_fbeta_of_each_output_and_its_averages(beta, threshold):
    y = MULTI == 1
    if threshold is None:
        positive = np.eye(3, dtype=bool)[MULTI_SCORES.argmax(1)]
    else:
        positive = threshold < MULTI_SCORES
    each = np.array([fbeta(y[:, k], positive[:, k], beta) for k in range(3)])
    wanted = {
        None: each,
        "macro": each.mean(),
        "micro": fbeta(y, positive, beta),
        "weighted": np.average(each, weights=y.sum(0)),
    }
    for average, value in wanted.items():
        metric = metrics.FBetaScore(average, beta, threshold)
        np.testing.assert_allclose(streamed(metric, MULTI, MULTI_SCORES), value, rtol=1e-6)
    if beta == 1.0:
        found = streamed(metrics.F1Score(threshold=threshold), MULTI, MULTI_SCORES)
        np.testing.assert_allclose(found, each, rtol=1e-6)


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_the_confusion_matrix_counts_each_pair_of_classes(weights):
    labels = rng.integers(0, 3, ROWS)
    wanted = np.zeros((3, 3))
    np.add.at(wanted, (labels, MULTI_SCORES.argmax(1)), 1.0 if weights is None else weights)
    for y in (labels, labels[:, None], np.eye(3)[labels]):
        found = streamed(metrics.ConfusionMatrix(3), y, MULTI_SCORES, weights)
        np.testing.assert_allclose(found, wanted, rtol=1e-5)
    diagonal = np.diag(wanted)
    union = wanted.sum(0) + wanted.sum(1) - diagonal
    found = streamed(metrics.MeanIoU(3), labels, MULTI_SCORES, weights)
    assert found == pytest.approx((diagonal / union).mean(), rel=1e-5)


@pytest.mark.parametrize(
    "make", [metrics.Precision, metrics.Recall, lambda class_id: metrics.RecallAtPrecision(
        0.5, class_id=class_id)],
)  # fmt: skip
def test_a_class_that_no_output_has_is_refused(make):
    with pytest.raises(ShapeError, match=r"class_id=7 is no output of y_pred, .* give 0 to 1"):
        make(class_id=7)([[1, 0]], [[0.9, 0.1]])
    with pytest.raises(ShapeError, match="class_id=0 is no output of y_pred"):
        make(class_id=0)([1, 0], [0.9, 0.1])


# The numbers are Keras's.
LABELLED = [[1, 0], [0, 1], [1, 1], [0, 0]], [[0.9, 0.6], [0.3, 0.2], [0.4, 0.8], [0.5, 0.7]]


@pytest.mark.parametrize(
    "options, weights, wanted",
    [
        ({}, None, 0.5625),
        ({"label_weights": [0.75, 0.25]}, None, 0.640625),
        ({"label_weights": [0.75, 0.25]}, [1.0, 2.0, 3.0, 4.0], 0.5601022839546204),
        ({"label_weights": [0.75, 0.25], "curve": "PR"}, None, 0.7618190050125122),
        ({"multi_label": True}, None, 0.625),
        ({"multi_label": True, "label_weights": [0.75, 0.25]}, None, 0.6875),
    ],
)
def test_the_weights_of_labels_weigh_the_area(options, weights, wanted):
    assert metrics.AUC(5, **options)(*LABELLED, weights).item() == pytest.approx(wanted, rel=1e-6)


def test_weights_of_other_labels_are_refused():
    with pytest.raises(ShapeError, match="3 label_weights need as many outputs a row"):
        metrics.AUC(label_weights=[1.0, 1.0, 1.0])(*LABELLED)


def test_images_of_classes_are_counted_pixel_by_pixel():
    labels, shares = np.array([[0, 1], [2, 2], [1, 0]]), MULTI_SCORES[:6].reshape(3, 2, 3)
    wanted = np.zeros((3, 3))
    np.add.at(wanted, (labels.ravel(), shares.argmax(-1).ravel()), 1.0)
    metric = metrics.ConfusionMatrix(3)
    specs = [st.TensorSpec((None, 2), "int64"), st.TensorSpec((None, 2, 3))]
    st.function(lambda y, p: metric.update_state(y, p), input_signature=specs)(labels, shares)
    np.testing.assert_array_equal(metric.result().numpy(), wanted)


def test_two_classes_may_come_as_one_output():
    found = streamed(metrics.ConfusionMatrix(2, threshold=0.4), TRUTH, SCORES[:, None])
    tp, fp, tn, fn = counts(TRUTH == 1, SCORES > 0.4)
    np.testing.assert_array_equal(found, [[tn, fp], [fn, tp]])
    np.testing.assert_array_equal(
        streamed(metrics.ConfusionMatrix(2, threshold=0.4), TRUTH, SCORES), found
    )


# ---------------------------------------------------------------- curves


def roc(weights=None):
    """False and true positive rate, missed share, precision at every distinct score."""
    w = np.ones(ROWS) if weights is None else weights.astype(float)
    limits = np.concatenate([[-1.0], np.unique(SCORES)])
    taken = SCORES[None] > limits[:, None]
    tp, fp = (taken * TRUTH * w).sum(1), (taken * (1 - TRUTH) * w).sum(1)
    return fp / fp[0], tp / tp[0], tp / np.maximum(tp + fp, 1e-30)


def exact_auc(weights=None):
    """The proportion of pairs of a true and a false case that are in order; ties count half."""
    w = np.ones(ROWS) if weights is None else weights.astype(float)
    true, false = SCORES[TRUTH == 1], SCORES[TRUTH == 0]
    pairs = np.outer(w[TRUTH == 1], w[TRUTH == 0])
    order = (true[:, None] > false[None]) + 0.5 * (true[:, None] == false[None])
    return (pairs * order).sum() / pairs.sum()


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_the_area_is_the_proportion_of_pairs_in_order(weights):
    found = streamed(metrics.AUC(num_thresholds=1001), TRUTH, SCORES, weights)
    assert found == pytest.approx(exact_auc(weights), abs=1e-6)
    coarse = streamed(metrics.AUC(), TRUTH, SCORES, weights)
    assert coarse == pytest.approx(exact_auc(weights), abs=5e-3)


def test_lower_and_upper_sums_enclose_the_area():
    low, area, high = (
        streamed(metrics.AUC(200, curve, method), TRUTH, SCORES)
        for curve in ("ROC",)
        for method in ("minoring", "interpolation", "majoring")
    )
    assert low < area < high
    low, area, high = (
        streamed(metrics.AUC(200, "PR", method), TRUTH, SCORES)
        for method in ("minoring", "interpolation", "majoring")
    )
    assert low < area < high


def test_the_area_under_precision_and_recall_counts_positives_below_every_threshold() -> None:
    # Thresholds 0, 0.5, 1: (positives, all) = (2, 4), (1, 2), (0, 0), with slope 1/2 between them.
    found = streamed(
        metrics.AUC(3, curve="PR"), np.float32([1, 1, 0, 0]), np.float32([0.3, 0.8, 0.2, 0.6])
    )
    assert found == pytest.approx(0.5, abs=1e-6)


def test_precision_recall_area_by_the_achievable_points():
    """Davis and Goadrich: between two thresholds, true positives are added one at a time."""
    limits = np.concatenate([[-1.0], np.unique(SCORES)])
    taken = SCORES[None] > limits[:, None]
    tp, fp = (taken * TRUTH).sum(1), (taken * (1 - TRUTH)).sum(1)
    area, parts = 0.0, 4000
    for before, after in zip(range(len(tp) - 1), range(1, len(tp)), strict=True):
        t = np.linspace(tp[after], tp[before], parts + 1)
        gained = tp[before] - tp[after]
        if not gained:
            continue
        f = fp[after] + (fp[before] - fp[after]) * (t - tp[after]) / gained
        precision = np.divide(t, t + f, out=np.ones_like(t), where=t + f > 0)
        area += np.trapezoid(precision, t)
    found = streamed(metrics.AUC(1001, curve="PR"), TRUTH, SCORES)
    assert found == pytest.approx(area / TRUTH.sum(), abs=2e-4)


def test_logits_are_converted_to_probabilities():
    logits = np.log(np.clip(SCORES, 1e-3, 1 - 1e-3) / (1 - np.clip(SCORES, 1e-3, 1 - 1e-3)))
    found = streamed(metrics.AUC(from_logits=True), TRUTH, logits)
    assert found == pytest.approx(exact_auc(), abs=5e-3)


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_the_equal_error_rate_is_where_both_errors_meet(weights):
    alarms, found, _ = roc(weights)
    missed = 1 - found
    after = int(np.argmax(missed >= alarms))
    share = (alarms[after - 1] - missed[after - 1]) / (
        alarms[after - 1] - missed[after - 1] + missed[after] - alarms[after]
    )
    wanted = alarms[after - 1] + share * (alarms[after] - alarms[after - 1])
    assert streamed(metrics.EER(), TRUTH, SCORES, weights) == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize(
    ("y", "p", "wanted"),
    [
        ([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9], 0.0),
        ([0, 0, 1, 1], [0.8, 0.9, 0.1, 0.2], 1.0),
        ([0, 1], [0.5, 0.5], 0.5),
        ([0, 0, 0, 0, 1, 1, 1, 1], [0.1, 0.2, 0.3, 0.6, 0.4, 0.7, 0.8, 0.9], 0.25),
    ],
)
def test_equal_error_rates_that_are_known(y, p, wanted):
    assert metrics.EER()(y, p).item() == pytest.approx(wanted, abs=1e-6)


def test_one_rate_at_another():
    alarms, found, precision = roc()
    table = {
        metrics.SensitivityAtSpecificity(0.8, 1001): found[1 - alarms >= 0.8].max(),
        metrics.SpecificityAtSensitivity(0.8, 1001): (1 - alarms)[found >= 0.8].max(),
        metrics.PrecisionAtRecall(0.7, 1001): precision[found >= 0.7].max(),
        metrics.RecallAtPrecision(0.9, 1001): found[precision >= 0.9].max(),
    }
    for metric, wanted in table.items():
        assert streamed(metric, TRUTH, SCORES) == pytest.approx(wanted, abs=1e-6), metric


def test_scores_outside_0_to_1_and_nan_go_to_the_ends():
    metric = metrics.AUC()
    assert metric([0, 0, 1, 1], [-5.0, np.nan, 7.0, np.inf]).item() == 1.0


EVERY = [
    metrics.TruePositives, metrics.FalsePositives, metrics.TrueNegatives, metrics.FalseNegatives,
    metrics.Precision, metrics.Recall, metrics.AUC, metrics.EER,
    lambda: metrics.AUC(curve="PR"),
    lambda: metrics.Precision(top_k=1), lambda: metrics.Recall(class_id=0),
    lambda: metrics.F1Score("macro", 0.5), lambda: metrics.ConfusionMatrix(2),
    lambda: metrics.MeanIoU(2), lambda: metrics.SensitivityAtSpecificity(0.5),
    lambda: metrics.SpecificityAtSensitivity(0.5), lambda: metrics.PrecisionAtRecall(0.5),
    lambda: metrics.RecallAtPrecision(0.5),
]  # fmt: skip


@pytest.mark.parametrize("make", EVERY)
def test_recorded_for_any_batch_it_gives_the_same(make):
    once, recorded = make(), make()
    specs = [st.TensorSpec((None, 1), "int32"), st.TensorSpec((None, 1))]
    step = st.function(lambda a, b: recorded.update_state(a, b), input_signature=specs)
    y, p = TRUTH[:, None].astype("int32"), SCORES[:, None]
    streamed(once, y, p)
    for rows in BATCHES:
        step(y[rows], p[rows])
    np.testing.assert_allclose(recorded.result().numpy(), once.result().numpy(), rtol=1e-6)
    np.testing.assert_allclose(
        st.function(recorded.result)().numpy(), once.result().numpy(), rtol=1e-6
    )


@pytest.mark.parametrize("make", EVERY)
def test_resets_and_configurations(make):
    metric, truth, scores = make(), TRUTH[:, None], SCORES[:, None]
    first = metric(truth, scores).numpy()
    metric.reset_state()
    twin = type(metric).from_config(metric.get_config())
    assert repr(twin) == repr(metric)
    assert not np.isnan(make().result().numpy()).any()  # before the first batch
    np.testing.assert_array_equal(metric(truth, scores).numpy(), first)
    np.testing.assert_array_equal(twin(truth, scores).numpy(), first)


@pytest.mark.parametrize(
    "make",
    [
        lambda: metrics.Precision(thresholds=1.5),
        lambda: metrics.AUC(num_thresholds=1),
        lambda: metrics.F1Score(average="most"),
        lambda: metrics.FBetaScore(beta=0.0),
        lambda: metrics.RecallAtPrecision(2.0),
        lambda: metrics.R2Score(class_aggregation="most"),
    ],
)
def test_invalid_arguments_are_refused(make):
    with pytest.raises(ArgumentError):
        make()


def test_outputs_that_do_not_fit_the_classes_are_refused():
    with pytest.raises(ShapeError, match="made for 2 classes"):
        metrics.ConfusionMatrix(2)([0], [[0.1, 0.2, 0.7]])


def test_of_equal_predictions_the_first_are_among_the_top():
    shares = [[0.4, 0.4, 0.4, 0.1], [0.2, 0.5, 0.2, 0.2]]
    truth = [[0, 0, 1, 0], [0, 0, 0, 1]]
    assert metrics.Precision(top_k=2)(truth, shares).item() == 0.0
    truth = [[1, 0, 0, 0], [1, 0, 0, 0]]
    assert metrics.Precision(top_k=2)(truth, shares).item() == 0.5
    assert metrics.Recall(top_k=2)(truth, shares).item() == 1.0


def areas_by_rows(y, p, thresholds, weights):
    """The area under the curve through given thresholds, by trapezoids."""
    points = []
    for limit in [-1e-7, *thresholds, 1 + 1e-7]:
        taken = weights * (p > limit)
        points.append(((taken * (1 - y)).sum() / (weights * (1 - y)).sum(),
                       (taken * y).sum() / (weights * y).sum()))  # fmt: skip
    x, height = np.array(points).T
    return ((x[:-1] - x[1:]) * (height[:-1] + height[1:]) / 2).sum()


def test_an_area_through_given_thresholds(rng):
    y, p, weights = rng.integers(0, 2, 60), rng.uniform(size=60), rng.uniform(0.5, 2.0, 60)
    metric = metrics.AUC(thresholds=[0.6, 0.2, 0.35])
    for rows in (slice(0, 40), slice(40, 60)):
        metric.update_state(y[rows], p[rows], weights[rows])
    wanted = areas_by_rows(y, p, [0.2, 0.35, 0.6], weights)
    assert metric.result().item() == pytest.approx(wanted, rel=1e-6)
    assert metrics.get(to_config(metric)).get_config() == metric.get_config()


@pytest.mark.parametrize("curve", ["ROC", "PR"])
@pytest.mark.parametrize("known", [None, 3])
def test_each_label_has_its_own_area(rng, curve, known):
    y, p = rng.integers(0, 2, (50, 3)), np.round(rng.uniform(size=(50, 3)), 2)
    each = [metrics.AUC(101, curve)(y[:, i], p[:, i]).item() for i in range(3)]
    options = {"curve": curve, "multi_label": True, "num_labels": known}
    metric = metrics.AUC(101, **options)
    for _ in range(2):
        for rows in (slice(0, 30), slice(30, 50)):
            metric.update_state(y[rows], p[rows])
        assert metric.result().item() == pytest.approx(np.mean(each), rel=1e-6)
        metric.reset_state()
    weighted = metrics.AUC(101, **options, label_weights=[1.0, 2.0, 0.0])
    wanted = (each[0] + 2 * each[1]) / 3
    assert weighted(y, p).item() == pytest.approx(wanted, rel=1e-6)


def test_as_many_label_weights_as_labels():
    with pytest.raises(ArgumentError, match="3 labels need as many label_weights, got 2"):
        metrics.AUC(multi_label=True, label_weights=[1.0, 2.0])([[1, 0, 1]], [[0.1, 0.2, 0.3]])


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        (metrics.SensitivityAtSpecificity, 0.6),
        (metrics.SpecificityAtSensitivity, 0.6),
        (metrics.PrecisionAtRecall, 0.6),
        (metrics.RecallAtPrecision, 0.4),
    ],
)
def test_one_class_can_be_selected(rng, kind, asked):
    y, p = rng.integers(0, 2, (50, 3)), rng.uniform(size=(50, 3))
    assert kind(asked, class_id=1)(y, p).item() == kind(asked)(y[:, 1], p[:, 1]).item()


def test_an_ignored_class_counts_in_neither_sum():
    y, p = [0, 2, 1], [[0.5, 0.3, 0.2], [0.1, 0.1, 0.8], [0.25, 0.25, 0.5]]
    metric = metrics.SparseCategoricalCrossentropy(ignore_class=2)
    assert metric(y, p).item() == pytest.approx((np.log(2) + np.log(4)) / 2, rel=1e-6)
    metric.reset_state()
    weighted = metric(y, p, [1.0, 5.0, 3.0]).item()
    assert weighted == pytest.approx((np.log(2) + 3 * np.log(4)) / 4, rel=1e-6)
