"""What is said where JAX is missing, too old, without a device, or out of memory."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from types import ModuleType

import numpy as np
import pytest

import steepest as st
from steepest.engines.choose import prepare
from steepest.engines.xla import compiled, library
from steepest.engines.xla.program import XlaProgram

GRAPH = st.trace(lambda x: x + 1.0, [st.TensorSpec((2,))])


@pytest.fixture(autouse=True)
def asked_again() -> Iterator[None]:
    """The engine looks for JAX again, before the test and after it."""
    library.unavailable.cache_clear()
    yield
    library.unavailable.cache_clear()


def test_the_command_that_installs_jax_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(st.errors.EngineUnavailable, match=r"steepest\[jax\].*jax\[cuda12\].*tpu"):
        prepare(st.trace(lambda x: x + 7.0, [st.TensorSpec((2,))]), engine="xla")


def test_a_version_that_is_too_old_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    old = ModuleType("jax")
    old.__version__ = "0.4.30"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "jax", old)
    assert "0.4.38 or newer, found 0.4.30" in str(library.unavailable())


def test_a_kind_of_device_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> list[object]:
        raise RuntimeError("Unable to initialize backend 'cuda'")

    monkeypatch.setattr(importlib.import_module("jax"), "devices", none)
    monkeypatch.delattr(library.jax, "devices", raising=False)
    assert "JAX_PLATFORMS" in str(library.unavailable())
    monkeypatch.undo()
    monkeypatch.delattr(library.jax, "devices", raising=False)


def test_nothing_takes_the_place_of_an_engine_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(library, "unavailable", lambda: "no JAX")
    monkeypatch.setattr("steepest.engines.xla.engine.unavailable", lambda: "no JAX")
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse", engine="xla")
    with pytest.raises(st.errors.EngineUnavailable, match="no JAX"):
        model.fit(np.ones((4, 2)), np.ones(4), verbose=0)
    model.compile("sgd", "mse", engine="auto")
    model.fit(np.ones((4, 2)), np.ones(4), verbose=0)


def test_too_little_memory_says_what_to_change(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: object) -> None:
        raise RuntimeError("RESOURCE_EXHAUSTED: Out of memory while trying to allocate 9 bytes.")

    monkeypatch.setattr(compiled.Compiled, "for_batch", lambda self, rows: full)
    with pytest.raises(st.errors.NotEnoughMemory, match="smaller batches"):
        XlaProgram(GRAPH).call([np.ones(2, np.float32)], [])


def test_other_errors_are_not_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: object) -> None:
        raise RuntimeError("INTERNAL: a fault")

    monkeypatch.setattr(compiled.Compiled, "for_batch", lambda self, rows: broken)
    with pytest.raises(RuntimeError, match="INTERNAL: a fault"):
        XlaProgram(GRAPH).call([np.ones(2, np.float32)], [])


def test_jax_of_the_user_keeps_its_own_numbers() -> None:
    XlaProgram(GRAPH).call([np.ones(2, np.float32)], [])
    assert importlib.import_module("jax.numpy").ones(1, int).dtype == np.int32
