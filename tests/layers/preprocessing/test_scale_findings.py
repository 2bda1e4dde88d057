"""Findings about the scale of data: far from the training set's, or scaled before."""

from __future__ import annotations

import numpy as np
import pytest

from steepest import layers
from steepest.finding import Finding


def found(values: np.ndarray) -> list[Finding]:
    layer = layers.MinMaxScaling().fit([[0.0, 0.0], [1.0, 1.0]])
    return list(layer.findings_in(values))


def rows(count: int, far: int = 0, value: float = 50.0) -> np.ndarray:
    """So many rows within the training set's range, `far` of which have another second value."""
    table = np.random.default_rng(0).random((count, 2))
    table[:far, 1] = value
    return table


def test_data_of_the_training_scale_give_no_finding() -> None:
    assert not found(rows(5)) and not found(rows(50))
    assert not found(np.full((3, 2), np.nan)) and not found(np.zeros((0, 2)))


def test_of_a_few_rows_a_single_value_is_far_outside() -> None:
    assert not found(rows(19, far=1, value=100.0))
    (finding,) = found(rows(19, far=1, value=101.0))
    assert finding.rule == "far-from-training-scale"
    assert "the value 101.0 in row 0, column 1" in str(finding)


def test_of_many_rows_a_fifth_must_be_unusual() -> None:
    assert not found(rows(20, far=4)) and found(rows(20, far=5))
    assert not found(rows(20, far=5, value=10.0)) and not found(rows(20, far=1, value=1e6))


def test_the_row_of_a_large_table_is_named() -> None:
    table = rows(50_000, far=20_000)
    table[-1, 0] = 99.0
    (finding,) = found(table)
    assert finding.where.row == 49_999 and finding.where.column == 0


def test_data_that_vary_by_less_than_a_hundredth_were_scaled_before() -> None:
    narrow = 0.5 + 0.001 * rows(30)
    assert [finding.rule for finding in found(narrow)] == ["scaled-before"]
    assert not found(narrow[:19]) and not found(np.full((30, 2), 0.5))


@pytest.mark.parametrize("invert", [False, True])
def test_only_layers_that_scale_judge_the_scale(invert: bool) -> None:
    layer = layers.Normalization(mean=0.0, variance=1.0, invert=invert)
    layer.ensure_built((None, 1))
    assert bool(list(layer.findings_in(np.full((2, 1), 1e4)))) is not invert
    assert not list(layers.Normalization(mean=0.0, variance=1.0).findings_in(np.ones((2, 1))))
