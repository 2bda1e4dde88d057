"""Inputs for the tests of layers."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture
def x(rng: np.random.Generator) -> np.ndarray:
    return rng.normal(size=(6, 4))


@pytest.fixture
def cube(rng: np.random.Generator) -> np.ndarray:
    return rng.normal(size=(6, 3, 4))
