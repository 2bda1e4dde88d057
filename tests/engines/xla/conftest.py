"""JAX for every test of this folder, or a skip that is counted."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.fixture(autouse=True)
def jax(peer: Callable) -> object:
    """JAX."""
    return peer("jax")
