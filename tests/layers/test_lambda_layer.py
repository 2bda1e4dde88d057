"""Lambda."""

from __future__ import annotations

import numpy as np
import pytest

from steepest import layers
from steepest.errors import ArgumentError
from tests.layers.harness import values


def test_lambda_with_arguments(x: np.ndarray):
    layer = layers.Lambda(lambda t, power: t**power, arguments={"power": 2})
    np.testing.assert_allclose(values(layer, x), x**2, rtol=1e-6)
    with pytest.raises(ArgumentError, match="register_serializable"):
        layer.get_config()
    assert "Lambda" in repr(layer)
