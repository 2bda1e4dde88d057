"""Trainings whose workers split the columns of large products do what NumPy does, to the bit for
any number of threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.engines.cpu.plan.sharing import has_split_columns
from steepest.engines.cpu.run import code
from tests.agreement.test_blocks import NEAR, classifier, fitted, hidden

UNITS = 370, 361  # not whole panels of vectors


@pytest.fixture(autouse=True)
def shared(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every batch is enough for several threads."""
    monkeypatch.setattr(code, "_WORTH_A_THREAD", 1)
    yield
    st.config.threads = None


def chain() -> Any:
    return classifier(hidden(UNITS[0]), hidden(UNITS[1]), hidden(UNITS[0], "tanh"))


def residual() -> Any:
    entry = st.Input((6,))
    first = hidden(UNITS[0])(entry)
    noisy = st.layers.Dropout(0.3)(hidden(UNITS[0], "swish")(first))
    return st.Model(entry, hidden(4, "softmax")(st.layers.Add()([first, noisy])))


def normalised() -> Any:
    linear = hidden(UNITS[1], "linear", use_bias=False)  # it would have a gradient of zero
    layers = hidden(UNITS[0]), linear, st.layers.BatchNormalization()
    return classifier(*layers, st.layers.LayerNormalization())


MODELS = {"chain": chain, "residual": residual, "normalization": normalised}


@pytest.mark.parametrize("name", MODELS)
def test_models(name: str) -> None:
    same_for_all_threads(MODELS[name], 90, 70)


@pytest.mark.parametrize("rows", [1, 33])
def test_few_rows(rows: int) -> None:
    same_for_all_threads(chain, rows, rows)


def test_long_batches_split_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = fitted(chain, 90, threads=2)
    monkeypatch.setattr(code, "BLOCKS_FROM", 1)
    by_rows = fitted(chain, 90, threads=2)
    assert all(map(np.array_equal, whole, by_rows))


def test_these_models_have_such_products(monkeypatch: pytest.MonkeyPatch) -> None:
    found, run_with = [], code.Code._run_with

    def noted(self: code.Code, *given: Any) -> int:
        kernels = (kernel for phase in self.plan.loops.phases for kernel in phase)
        found.append((self.long, sum(map(has_split_columns, kernels))))
        return run_with(self, *given)

    monkeypatch.setattr(code.Code, "_run_with", noted)
    fitted(chain, 90, threads=2)
    monkeypatch.setattr(code, "BLOCKS_FROM", 1)
    fitted(chain, 90, threads=2)
    assert set(found) == {(False, 4), (True, 0)}


def same_for_all_threads(make: Callable[[], Any], rows: int, batch: int) -> None:
    """Whether 1, 2 and 3 threads compute the same bits, near those of NumPy."""
    alone = fitted(make, rows, batch=batch)
    for threads in (2, 3):
        together = fitted(make, rows, batch=batch, threads=threads)
        assert all(map(np.array_equal, together, alone)), threads
    for got, want in zip(alone, fitted(make, rows, "numpy", batch=batch), strict=True):
        np.testing.assert_allclose(got, want, rtol=NEAR, atol=NEAR)
