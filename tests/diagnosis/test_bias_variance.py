"""Two errors are read as the courses read them, and at the bounds of the stated rule."""

from __future__ import annotations

from typing import Any

import pytest

import steepest as st
from steepest.diagnosis.bias_variance import LOW, MINOR, bias_variance, reading_findings

BIAS, VARIANCE, BOTH, NEITHER = "high bias", "high variance", "both", "neither"


@pytest.mark.parametrize(
    ("train", "validation", "reference", "reading"),
    [
        (0.01, 0.16, 0.0, VARIANCE),  # the courses' four
        (0.15, 0.16, 0.0, BIAS),
        (0.15, 0.30, 0.0, BOTH),
        (0.005, 0.01, 0.0, NEITHER),
        (0.01, 0.11, 0.0, VARIANCE),  # Ng's
        (0.15, 0.16, 0.14, NEITHER),
        (0.15, 0.30, 0.14, VARIANCE),
        (0.08, 0.10, 0.01, BIAS),
        (0.08, 0.10, 0.075, VARIANCE),
        (0.0, 0.0, 0.0, NEITHER),  # bounds
        (LOW, LOW, 0.0, NEITHER),
        (LOW + 1e-6, LOW, 0.0, BIAS),
        (0.0, LOW, 0.0, NEITHER),
        (0.0, LOW + 1e-6, 0.0, VARIANCE),
        (0.1, 0.1 / (1 - MINOR), 0.0, BOTH),
        (0.1, 0.1 / (1 - MINOR) - 1e-6, 0.0, BIAS),
        (MINOR * 0.4, 0.4, 0.0, BOTH),
        (MINOR * 0.4 - 1e-6, 0.4, 0.0, VARIANCE),
        (0.1, 0.05, 0.0, BIAS),  # dropout in training
        (0.05, 0.06, 0.2, NEITHER),  # better than the reference
        (1.0, 1.0, 0.0, BIAS),
    ],
)
def test_readings(train: float, validation: float, reference: float, reading: str) -> None:
    assert bias_variance(train, validation, reference).reading == reading
    scaled = bias_variance(50 * train, 50 * validation, 50 * reference, spread=50.0)
    assert scaled.reading == reading


def test_the_gaps_are_named() -> None:
    found = bias_variance(0.15, 0.30, reference=0.05)
    assert (found.train, found.validation, found.reference) == (0.15, 0.30, 0.05)
    assert found.avoidable_bias == pytest.approx(0.10) and found.variance == pytest.approx(0.15)
    better = bias_variance(0.02, 0.01, reference=0.03)
    assert (better.avoidable_bias, better.variance) == (0.0, 0.0)


def test_the_recipe_follows_from_the_reading() -> None:
    variance = ("more data", "regularization (L2, dropout)", "early stopping")
    for_variance, for_bias = bias_variance(0.01, 0.16).recipe, bias_variance(0.15, 0.16).recipe
    assert for_variance == (*variance, "another architecture")
    assert for_bias[:3] == ("a bigger network", "longer training", "another optimizer")
    assert set(bias_variance(0.15, 0.30).recipe) == {*for_bias, *for_variance}
    assert len(bias_variance(0.15, 0.30).recipe) == 7
    assert bias_variance(0.005, 0.01).recipe == ()


def test_the_text_says_what_was_compared() -> None:
    assert str(bias_variance(0.01, 0.16)) == (
        "errors of 1% on training rows and 16% on validation rows: high variance; what helps: more "
        "data, regularization (L2, dropout), early stopping, another architecture"
    )
    assert bias_variance(0.15, 0.30).sentence.endswith(
        ": high bias and high variance, unless 15% is about the best possible"
    )
    known = bias_variance(0.15, 0.16, reference=0.05).sentence
    assert "rows, where 5% is the best possible: high bias" in known and "unless" not in known
    assert str(bias_variance(2.0, 9.0, spread=10.0)).startswith(
        "the share of the target's variance not explained is 20% on training rows and 90% on "
    )


@pytest.mark.parametrize(
    ("validation", "rows", "spread", "reading"),
    [
        # Wilson's lower limits of 2 of 20, 10 of 100 and 20 of 200: 2.79%, 5.52% and 6.57%
        (0.10, 20, None, BIAS),
        (0.10, 100, None, BIAS),
        (0.10, 200, None, BOTH),
        (0.20, 20, None, BOTH),  # 8.07%
        # 1 - 1.96 sqrt(2 / n): 0.444 for 25, 0.608 for 50
        (0.10, 25, 1.0, BIAS),
        (0.10, 50, 1.0, BOTH),
    ],
)
def test_a_difference_within_the_sampling_error_is_no_variance(
    validation: float, rows: int, spread: float | None, reading: str
) -> None:
    found = bias_variance(0.06, validation, rows=rows, spread=spread)
    assert found.reading == reading
    within = f"(the difference is within the sampling error of {rows} rows)"
    assert (within in found.sentence) is (reading == BIAS)
    assert bias_variance(0.06, validation, spread=spread).reading in (BOTH, VARIANCE)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((0.99, 0.84), r"look like accuracies; give the errors, train=0\.01 and validation=0\.16"),
        ((0.6, 0.55), "look like accuracies"),
        ((15, 16), r"train=15 is above 1: give errors as shares, 0\.15 for 15%; .*np\.var\(y\)"),
        ((0.1, 30), "validation=30 is above 1"),
        ((-0.1, 0.2), "train: a number of 0 or more was expected, got -0"),
        ((0.1, float("nan")), "validation: a number of 0 or more was expected, got nan"),
        (("low", 0.2), "train: a number of 0 or more was expected, got 'low'"),
        ((0.1, 0.2, -1), "reference: a number of 0 or more"),
        ((0.1, 0.2, 0.0, 0), "rows: a whole number from 1"),
        ((0.1, 0.2, 0.0, None, 0.0), r"spread: a number above 0 was expected, got 0\.0"),
    ],
)
def test_what_is_no_error_is_refused(given: Any, message: str) -> None:
    with pytest.raises(st.errors.ArgumentError, match=f"bias_variance: .*{message}"):
        bias_variance(*given)


def test_many_classes_may_have_errors_above_a_half() -> None:
    assert bias_variance(0.7, 0.8).reading == BIAS
    assert bias_variance(0.4, 0.3).reading == BIAS


def test_a_reading_is_a_finding_unless_both_gaps_are_low() -> None:
    (found,) = reading_findings(bias_variance(0.01, 0.16))
    assert found.rule == "bias-variance" and found.severity == "advice"
    assert found.evidence["reading"] == VARIANCE and found.evidence["train"] == 0.01
    assert str(found) == str(bias_variance(0.01, 0.16))
    assert list(reading_findings(bias_variance(0.005, 0.01))) == []
