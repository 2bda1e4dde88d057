"""Intersection over union, correlations, and metrics for unequally frequent classes."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import metrics
from steepest.errors import ArgumentError, ShapeError
from steepest.registry import to_config

rng = np.random.default_rng(12)
TRUE, TAKEN = rng.integers(0, 4, 90), rng.integers(0, 4, 90)
SHARES = np.eye(4)[TAKEN] * 0.4 + 0.15
WEIGHTS = rng.uniform(0.5, 2.0, 90)


def overlaps(true, taken, weights=None):
    """Intersection over union of each class, counted one by one."""
    weights = np.ones(len(true)) if weights is None else weights
    both = [weights[(true == c) & (taken == c)].sum() for c in range(4)]
    either = [weights[(true == c) | (taken == c)].sum() for c in range(4)]
    return np.array(both) / np.array(either)


def streamed(metric, y, p, weights=None):
    for start in range(0, 90, 32):
        rows = slice(start, start + 32)
        metric.update_state(y[rows], p[rows], None if weights is None else weights[rows])
    return metric.result().numpy()


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["plain", "weighted"])
@pytest.mark.parametrize(
    ("y", "p"),
    [(TRUE, TAKEN), (TRUE[:, None], TAKEN), (TRUE, TAKEN[:, None]), (TRUE, SHARES)],
    ids=["numbers", "column", "two columns", "shares"],
)
def test_intersection_over_union_of_class_numbers_and_probabilities(y, p, weights):
    each = overlaps(TRUE, TAKEN, weights)
    assert streamed(metrics.MeanIoU(4), y, p, weights) == pytest.approx(each.mean())
    assert streamed(metrics.IoU(4, [1, 3]), y, p, weights) == pytest.approx(each[[1, 3]].mean())


def test_overlap_of_one_hot_targets():
    each = overlaps(TRUE, TAKEN)
    one_hot = np.eye(4)[TRUE]
    assert streamed(metrics.OneHotMeanIoU(4), one_hot, SHARES) == pytest.approx(each.mean())
    assert streamed(metrics.OneHotIoU(4, [2]), one_hot, SHARES) == pytest.approx(each[2])
    rows = metrics.MeanIoU(4, sparse_y_true=False, sparse_y_pred=False)
    assert streamed(rows, one_hot, SHARES) == pytest.approx(each.mean())


def test_ignored_and_absent_classes_do_not_count():
    y, p = np.array([0, 1, 3, 3]), np.array([0, 0, 0, 1])
    ignoring = metrics.MeanIoU(4, ignore_class=3)
    ignoring.update_state(y, p)
    assert ignoring.result().item() == pytest.approx((1 / 2 + 0) / 2)
    outside = metrics.MeanIoU(3)
    outside.update_state(y, p)  # 3 is no class there
    assert outside.result().item() == pytest.approx((1 / 2 + 0) / 2)


def test_two_classes_with_a_threshold():
    y, p = np.array([0, 1, 0, 1]), np.array([[0.1], [0.2], [0.4], [0.7]])
    assert metrics.BinaryIoU()(y, p).item() == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert metrics.BinaryIoU([1], threshold=0.3)(y, p).item() == pytest.approx(1 / 3)
    assert metrics.MeanIoU(2)(y, p).item() == pytest.approx((2 / 3 + 1 / 2) / 2)


def test_classes_out_of_range_are_refused():
    with pytest.raises(ArgumentError, match="target_class_ids are some of 0 to 2"):
        metrics.IoU(3, [3])
    with pytest.raises(ShapeError, match=r"\(4,\).*\(3,\)"):
        metrics.MeanIoU(3)([0, 1, 2, 0], [0, 1, 2])


@pytest.mark.parametrize("axis", [0, 1])
def test_correlations_are_those_of_numpy(axis):
    y, p = rng.normal(size=(6, 5)), rng.normal(size=(6, 5))
    rows = zip(y.T, p.T, strict=True) if axis == 0 else zip(y, p, strict=True)
    pearson, concordance = [], []
    for a, b in rows:
        pearson.append(np.corrcoef(a, b)[0, 1])
        covariance = np.cov(a, b, bias=True)[0, 1]
        concordance.append(2 * covariance / (a.var() + b.var() + (a.mean() - b.mean()) ** 2))
    found = metrics.pearson_correlation(y, p, axis)
    np.testing.assert_allclose(found.numpy(), pearson, rtol=1e-9)
    found = metrics.concordance_correlation(y, p, axis)
    np.testing.assert_allclose(found.numpy(), concordance, rtol=1e-9)
    assert metrics.PearsonCorrelation(axis=axis)(y, p).item() == pytest.approx(np.mean(pearson))


def test_constants_have_the_correlation_zero():
    assert metrics.pearson_correlation([[1.0, 1.0]], [[1.0, 2.0]]).tolist() == [0.0]
    assert metrics.concordance_correlation([[1.0, 1.0]], [[1.0, 1.0]]).tolist() == [0.0]


RARE, GUESSED = np.array([1] * 2 + [0] * 98), np.zeros(100)


@pytest.mark.parametrize(
    ("make", "blind"),
    [
        (metrics.BalancedAccuracy, 0.5),
        (metrics.MatthewsCorrelation, 0.0),
        (metrics.CohenKappa, 0.0),
    ],
)
def test_never_predicting_the_rare_class_scores_as_a_random_guess(make, blind):
    metric = make()
    assert metric(RARE, GUESSED).item() == pytest.approx(blind)
    metric.reset_state()
    assert metric(RARE, RARE.astype(float)).item() == pytest.approx(1.0)
    again = metrics.get(to_config(metric))
    assert again.get_config() == metric.get_config()


def test_several_classes_by_hand():
    each = [((c == TRUE) & (c == TAKEN)).sum() / (c == TRUE).sum() for c in range(4)]
    assert streamed(metrics.BalancedAccuracy(4), TRUE, SHARES) == pytest.approx(np.mean(each))
    right = (TRUE == TAKEN).mean()
    expected = sum((c == TRUE).mean() * (c == TAKEN).mean() for c in range(4))
    kappa = (right - expected) / (1 - expected)
    assert streamed(metrics.CohenKappa(4), TRUE, SHARES) == pytest.approx(kappa)
    correlation = sum(np.cov(c == TRUE, c == TAKEN, bias=True)[0, 1] for c in range(4))
    spreads = [sum((x == c).var() for c in range(4)) for x in (TRUE, TAKEN)]
    wanted = correlation / np.sqrt(np.prod(spreads))
    assert streamed(metrics.MatthewsCorrelation(4), TRUE, SHARES) == pytest.approx(wanted)


def test_they_compile_into_the_step():
    model = st.Sequential([st.Input((3,)), st.layers.Dense(1, "sigmoid")])
    watched = [metrics.MatthewsCorrelation(), metrics.BinaryIoU(), metrics.BalancedAccuracy()]
    model.compile("sgd", "bce", metrics=watched)
    x = rng.normal(size=(40, 3)).astype("float32")
    y = (x[:, :1] > 0).astype("float32")
    found = model.evaluate(x, y, batch_size=16, verbose=0, return_dict=True)
    for metric in watched:
        alone = type(metric)()
        assert found[metric.name] == pytest.approx(alone(y, model.predict(x, verbose=0)).item())
