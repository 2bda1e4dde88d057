"""Parts of the comparison of two sets, by definition: ranks, the classifier, words and pictures."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from steepest.errors import ArgumentError, DataError
from steepest.evaluate.cross_validation import CrossValidation, _takes_data, cross_validate
from steepest.evaluate.picture_traits import is_picture, pixel_names, traits
from steepest.evaluate.same_distribution import (
    ColumnDifference,
    Comparison,
    _components,
    _differences,
    _features,
    _imputed,
    _logistic,
    _ranking,
    _scores,
    _tail,
)


@pytest.mark.parametrize(
    "scores", [[1, 2, 3, 4, 5, 6], [1, 1, 2, 2, 2, 3], [5, 3, 3, 1, 1, 1], [0, 0, 0, 0, 0, 1]]
)
@pytest.mark.parametrize("ones", [1, 2, 3])
def test_ranks_by_all_pairs_and_their_deviation_by_all_labellings(
    scores: list[int], ones: int
) -> None:
    values, areas = np.array(scores, float), []
    for chosen in itertools.combinations(range(6), ones):
        labels = np.zeros(6, int)
        labels[list(chosen)] = 1
        pairs = values[labels == 1][:, None] - values[labels == 0]
        area = ((pairs > 0) + 0.5 * (pairs == 0)).mean()
        found, deviation = _ranking(values, labels)
        assert found == pytest.approx(area)
        areas.append(area)
    assert deviation == pytest.approx(np.std(areas))


def test_equal_scores_have_no_deviation() -> None:
    assert _ranking(np.ones(4), np.array([0, 1, 0, 1])) == (0.5, 0.0)


def test_tails_of_the_normal_distribution() -> None:
    assert [_tail(x) for x in (0.0, 1.0, -1.0)] == pytest.approx(
        [0.5, 0.158655, 0.841345], abs=1e-6
    )


def test_the_classifier_is_where_the_penalized_loss_is_flat() -> None:
    rng = np.random.default_rng(0)
    rows, labels = rng.standard_normal((60, 2)), np.repeat([0, 1], [45, 15])
    features = _features(rows)
    weights = _logistic(features, labels)
    found = 1.0 / (1.0 + np.exp(-features @ weights))
    balance = np.where(labels == 1, 30 / 15, 30 / 45)  # both sets weigh as much as 30 rows
    slope = features.T @ (balance * (found - labels)) + weights
    np.testing.assert_allclose(slope, 0.0, atol=1e-9)


def test_features_are_one_columns_squares_and_products_of_few() -> None:
    found = _features(np.array([[1.0, 2.0, -9.0], [0.0, 3.0, 0.5]]))
    assert found.tolist() == [
        [1.0, 1.0, 2.0, -8.0, 1.0, 4.0, 64.0, 2.0, -8.0, -16.0],
        [1.0, 0.0, 3.0, 0.5, 0.0, 9.0, 0.25, 0.0, 0.0, 1.5],
    ]
    assert _features(np.zeros((1, 12))).shape == (1, 1 + 12 + 12 + 66)
    assert _features(np.zeros((1, 13))).shape == (1, 1 + 13 + 13)


def test_components_are_those_of_the_singular_values() -> None:
    rng = np.random.default_rng(1)
    rows = rng.standard_normal((50, 3)) @ np.diag([5.0, 2.0, 1.0]) @ rng.standard_normal((3, 60))
    found = _components(rows)
    assert found.shape == (60, 40)
    exact = np.linalg.svd(rows, full_matrices=False)[2][:3].T
    np.testing.assert_allclose(np.abs(exact.T @ found[:, :3]), np.eye(3), atol=1e-6)


@pytest.mark.parametrize("width", [2, 40, 41])
def test_scores_do_not_depend_on_the_scale_of_columns(width: int) -> None:
    rng = np.random.default_rng(2)
    rows = rng.standard_normal((85, width))
    rows[:, 0] = 3.0  # constant
    moved = rows * rng.uniform(0.5, 2.0, width) + rng.standard_normal(width)
    labels = np.arange(80) % 2
    one, two = (_scores(each[:80], width, labels, each[80:]) for each in (rows, moved))
    np.testing.assert_allclose(one, two, rtol=1e-6, atol=1e-8)


def test_gaps_are_filled_by_medians_and_marked() -> None:
    nan = math.nan
    rows = np.array([[1.0, nan, 5.0, nan], [2.0, 4.0, 6.0, nan], [9.0, 8.0, 7.0, nan]])
    found, names = _imputed(rows, ["a", "b", "c", "d"])
    assert found.tolist() == [
        [1.0, 6.0, 5.0, 0.0, 1.0, 1.0], [2.0, 4.0, 6.0, 0.0, 0.0, 1.0],
        [9.0, 8.0, 7.0, 0.0, 0.0, 1.0],
    ]  # fmt: skip
    assert names == ["a", "b", "c", "d", "b is missing", "d is missing"]


def test_columns_differ_by_value_or_by_spread_strongest_first() -> None:
    rng = np.random.default_rng(3)
    rows = rng.standard_normal((400, 4))
    labels = np.arange(400) % 2
    rows[labels == 1, 1] += 1.0
    rows[labels == 1, 2] *= 4.0
    rows[:, 3] = 1.0
    found = _differences(rows, labels, ["same", "higher", "wider", "constant"])
    assert [(each.name, each.kind) for each in found] == [("wider", "spread"), ("higher", "value")]
    assert found[0].score > found[1].score > 0.7
    flipped = _differences(rows, 1 - labels, ["same", "higher", "wider", "constant"])
    assert [each.score for each in flipped] == pytest.approx([1 - each.score for each in found])


@pytest.mark.parametrize(
    ("p", "area", "verdict"),
    [
        (0.001, 0.9, "no difference found"), (0.0009, 0.55, "slightly different"),
        (0.0, 0.6, "different"), (0.0, 0.75, "different"), (0.0, 0.8, "very different"),
        (0.0, 1.0, "very different"),
    ],
)  # fmt: skip
def test_verdicts_by_area(p: float, area: float, verdict: str) -> None:
    found = Comparison(np.array([area, area]), np.array([0.5, 0.6]), p)
    assert found.verdict == verdict and found.same is (p >= 0.001)
    wanted = f"{verdict}: AUC {area:.3f} ± 0.000, accuracy 0.550, p = {p:.2g}"
    assert repr(found) == wanted


def test_five_columns_are_listed() -> None:
    columns = [ColumnDifference(f"c{n}", "value", 0.25) for n in range(7)]
    areas = np.array([0.8, 0.9])
    for count, last in ((5, "  c4: lower in the second set (0.25)"), (6, "  and 1 more")):
        lines = repr(Comparison(areas, areas, 0.0, columns[:count])).splitlines()
        assert len(lines) == 1 + min(count, 6) and lines[-1] == last
    assert "± 0.071" in repr(Comparison(areas, areas, 0.0))
    words = [str(ColumnDifference("a", "spread", score)) for score in (0.4, 0.6, 0.5)]
    assert [word.split(" in ")[0] for word in words] == [
        "a: less spread", "a: more spread", "a: less spread"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("shape", "picture"),
    [
        ((4, 4), True), ((3, 9), False), ((9, 3), False), ((4, 4, 4), True), ((4, 4, 5), False),
        ((4,), False), ((4, 4, 1, 1), False), ((28, 28, 1), True),
    ],
)  # fmt: skip
def test_pictures_have_four_pixels_a_side_and_at_most_four_channels(
    shape: tuple[int, ...], picture: bool
) -> None:
    assert is_picture(shape) is picture


def test_traits_of_pictures() -> None:
    rows = np.arange(4.0)[:, None] * 10 + np.arange(4.0)
    found, names = traits(np.stack([rows, np.zeros((4, 4))]))
    assert names == ["brightness", "contrast", "detail across", "detail downwards"]
    assert found[0].tolist() == pytest.approx([16.5, np.std(rows), 1.0, 10.0])
    assert found[1].tolist() == [0.0] * 4
    _, names = traits(np.zeros((1, 4, 4, 2)))
    assert names[:3] == [
        "brightness of channel 0", "brightness of channel 1", "contrast of channel 0"
    ]  # fmt: skip
    assert len(names) == 8 and pixel_names((1, 2, 1)) == ["pixel (0, 0, 0)", "pixel (0, 1, 0)"]


# ---------------------------------------------------------------- cross-validation


def test_a_table_of_scores() -> None:
    scores = {"loss": np.array([0.2, 0.4]), "accuracy": np.array([1.0, 0.5])}
    found = CrossValidation(scores, [], [], [])
    assert found.mean == pytest.approx({"loss": 0.3, "accuracy": 0.75})
    assert found.deviation["loss"] == pytest.approx(0.141421, abs=1e-6)
    assert repr(found).splitlines() == [
        "cross-validation over 2 folds",
        "loss      0.3000 ± 0.1414  (0.2000 to 0.4000)",
        "accuracy  0.7500 ± 0.3536  (0.5000 to 1.0000)",
    ]
    assert math.isnan(CrossValidation({"a": np.ones(1)}, [], [], []).deviation["a"])
    assert repr(CrossValidation({}, [], [], [])) == "cross-validation over 0 folds"


def test_a_function_takes_nothing_or_the_rows() -> None:
    assert not _takes_data(lambda: 0) and not _takes_data(lambda a=1: 0)
    assert _takes_data(lambda x, y: 0) and _takes_data(lambda x, y, z=1, *, w=2: 0)
    assert not _takes_data(lambda *rows, **options: 0) and not _takes_data(dict)
    for wrong in (lambda x: 0, lambda x, y, z: 0):
        with pytest.raises(ArgumentError, match="must take no argument, or x and y"):
            _takes_data(wrong)


class Estimator:
    """Counts the rows that it was fitted on; its score is the sum of the test targets."""

    def fit(self, x: np.ndarray, y: np.ndarray, **options: object) -> Estimator:
        self.rows, self.options = len(x), options
        return self

    def score(self, x: np.ndarray, y: np.ndarray, **options: object) -> float:
        self.weights = options.get("sample_weight")
        return float(y.sum())


def test_estimators_are_fitted_and_scored_fold_by_fold() -> None:
    x, y = np.arange(10.0)[:, None], np.arange(10.0)
    found = cross_validate(Estimator, x, y, 5, sample_weight=y, alpha=3)
    assert [model.rows for model in found.models] == [8] * 5
    assert found.scores["score"].sum() == 45.0 and len(found.folds) == 5
    assert all(model.options["alpha"] == 3 for model in found.models)
    for model, (train, test) in zip(found.models, found.folds, strict=True):
        assert model.options["sample_weight"].tolist() == y[train].tolist()
        assert model.weights.tolist() == y[test].tolist()
    plain = cross_validate(Estimator, x, y)
    assert len(plain.models) == 5 and plain.models[0].options == {}
    assert plain.models[0].weights is None
    ordered = [test.tolist() for _, test in plain.folds]
    assert ordered == [t.tolist() for _, t in cross_validate(Estimator, x, y, seed=0).folds]
    assert ordered != [t.tolist() for _, t in cross_validate(Estimator, x, y, seed=1).folds]


def test_what_is_no_function_of_models_is_refused() -> None:
    x, y = np.zeros((4, 1)), np.zeros(4)
    for build in (Estimator(), 3):
        with pytest.raises(ArgumentError, match="build must be a function that returns a new"):
            cross_validate(build, x, y, 2)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="build returned int"):
        cross_validate(lambda: 3, x, y, 2)
    with pytest.raises(ArgumentError, match="validation_data is set for each fold"):
        cross_validate(Estimator, x, y, 2, validation_data=(x, y))
    with pytest.raises(ArgumentError, match="y is missing"):
        cross_validate(Estimator, x, None, 2)
    with pytest.raises(DataError, match="x has 4 rows and y has 3"):
        cross_validate(Estimator, x, y[:3], 2)
