"""Lambda."""

from __future__ import annotations

from typing import Any

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


@pytest.mark.parametrize(
    "options, words",
    [
        ({"function": 3}, "a function of tensors was expected, got 3"),
        ({"arguments": [1]}, r"arguments is a dictionary by name, got \[1\]"),
        ({"output_shape": (3, "a")}, "output_shape is the shape of one output"),
        ({"output_shape": [(3,), (4,)]}, "output_shape is the shape of one output"),
        ({"mask": 3}, r"mask is a mask, or a function of \(inputs, mask of the inputs\), got"),
    ],
)
def test_what_lambda_refuses(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ArgumentError, match=f"Lambda: {words}"):
        layers.Lambda(**{"function": abs, **options})


@pytest.mark.parametrize("shape", [None, 3, (3,), (None, 3), lambda shape: shape])
def test_output_shapes_that_lambda_takes(shape: Any) -> None:
    assert layers.Lambda(abs, output_shape=shape).expected_shape is shape
