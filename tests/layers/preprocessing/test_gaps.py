"""MissingValues."""

from __future__ import annotations

import numpy as np
import pytest

from steepest import layers
from steepest.errors import ArgumentError, DataError


def test_gaps_are_filled_and_marked():
    layer = layers.MissingValues("median").fit([[1.0, np.nan], [2.0, 4.0], [9.0, 6.0]])
    assert layer.transform([[np.nan, 1.0]]).tolist() == [[2.0, 1.0, 1.0, 0.0]]
    bare = layers.MissingValues("constant", fill_value=-1.0, indicator=False).fit([[1.0]])
    assert bare.transform([[np.nan]]).tolist() == [[-1.0]]
    with pytest.raises(DataError, match="column 1 holds no value"):
        layers.MissingValues().fit([[1.0, np.nan]])


def test_an_unknown_strategy_is_refused():
    with pytest.raises(ArgumentError, match=r"'mean', 'median' or 'constant' was expected, got 'm"):
        layers.MissingValues("mode")
