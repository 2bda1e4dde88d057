"""Baselines predict what simple models can, with intervals that hold, and the same each time."""

import numpy as np
import pytest

from steepest.doctor import baselines as file
from steepest.doctor.baselines import baselines
from steepest.doctor.dependence import dependence
from steepest.doctor.histogram_tree import tree_predictions
from steepest.doctor.rows import Rows


def drawn(rows, seed=0, columns=4):
    return np.random.default_rng(seed).normal(size=(rows, columns))


def test_a_line_is_found_by_the_linear_model():
    x = drawn(300)
    y = x @ [1.0, -2.0, 0.0, 0.5] + 3
    found = baselines(Rows.of(x, y))
    assert found["linear"].score == pytest.approx(1.0, abs=1e-6)
    order = np.argsort(found["linear"].rows)
    np.testing.assert_allclose(found["linear"].predicted[order, 0], y, atol=1e-3)
    assert found["prior"].score == pytest.approx(0.0, abs=1e-12)


def test_a_product_is_found_by_neighbours_and_not_by_the_linear_model():
    x = drawn(600, columns=2)
    found = baselines(Rows.of(x, (x[:, 0] * x[:, 1] > 0).astype(int)))
    assert found["neighbours"].score > 0.85
    assert found["linear"].score < 0.65


def test_a_threshold_is_found_by_the_tree():
    x = drawn(400)
    y = (x[:, 2] > 0.3).astype(int) + 2 * (x[:, 0] > 0)
    found = baselines(Rows.of(x, y))
    assert found["tree"].score > 0.92


def test_the_prior_answers_the_most_frequent_class():
    y = np.repeat([4, 7], [75, 25])
    prior = baselines(Rows.of(drawn(100), y))["prior"]
    assert prior.score == 0.75
    assert (prior.low, prior.high) == pytest.approx((0.6569, 0.8245), abs=1e-4)  # by Wilson


def test_texts_are_classes_too():
    x = drawn(100)
    found = baselines(Rows.of(x, np.where(x[:, 0] > 0, "yes", "no")))
    assert found["linear"].score > 0.9


def test_held_out_rows_are_the_ones_that_are_scored():
    x = drawn(200)
    y = x[:, 0] + 1
    found = baselines(Rows.of(x[:150], y[:150]), Rows.of(x[150:], y[150:]))
    assert len(found["linear"].losses) == 50
    assert found["linear"].rows.tolist() == list(range(50))
    np.testing.assert_allclose(found["linear"].predicted[:, 0], y[150:], atol=1e-3)


def test_intervals_of_random_labels_cover_one_half():
    covered = 0
    for seed in range(40):
        y = np.random.default_rng([seed, 1]).integers(0, 2, 150)
        found = baselines(Rows.of(drawn(150, seed), y))["neighbours"]
        covered += found.low <= 0.5 <= found.high
    assert covered >= 33


def test_baselines_are_the_same_each_time():
    x, y = drawn(150), np.arange(150) % 3
    first, second = (baselines(Rows.of(x, y)) for _ in range(2))
    for name in first:
        np.testing.assert_array_equal(first[name].predicted, second[name].predicted)


def test_many_columns_gaps_and_constants_are_taken():
    x = drawn(120, columns=200)
    x[:, 3], x[5, 7], x[6, 8] = 1.0, np.nan, np.inf
    found = baselines(Rows.of(x, (x[:, 0] > 0).astype(int)))
    assert all(np.isfinite(one.predicted).all() for one in found.values())


def test_a_tree_of_depth_3_has_8_leaves_at_most():
    x = np.arange(64.0)[:, None]
    values = np.unique(tree_predictions(x, x, x))
    assert len(values) == 8


def test_dependence_has_the_level_that_it_states():
    found = 0
    for seed in range(60):
        y = np.random.default_rng([seed, 1]).integers(0, 3, 80)
        found += dependence(Rows.of(drawn(80, seed), y), "classes").is_found
    assert found <= 8  # 3 expected at most


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x[:, 0],
        lambda x: x[:, 1] ** 2,
        lambda x: x[:, 0] * x[:, 1],
        lambda x: np.sin(4 * x[:, 2]),
    ],
)
def test_dependence_is_found(function):
    x = drawn(300, columns=3)
    y = function(x) + np.random.default_rng(5).normal(scale=0.1, size=300)
    assert dependence(Rows.of(x, y), "quantities").is_found


def test_baselines_of_equal_rows_are_computed_once(monkeypatch):
    made, folds = [], file._folds
    monkeypatch.setattr(file, "_folds", lambda count: made.append(count) or folds(count))
    random = np.random.default_rng(3)
    x, y = random.normal(size=(60, 2)), random.normal(size=60)
    first = baselines(Rows.of(x, y))
    assert baselines(Rows.of(x.copy(), y.copy())) is first and made == [60]
    assert baselines(Rows.of(x, y), None, "quantities")["linear"].score == first["linear"].score
    others = [Rows.of(x + 1, y), Rows.of(x, y + 1), Rows.of(np.float32(x), y)]
    for rows in others:
        assert baselines(rows) is not first
    assert len(made) == 2 + len(others)
    texts = Rows.of(np.array([["a"], ["b"]] * 30, object), y)
    assert baselines(texts) is not baselines(texts)  # objects are not compared
