"""The orders of epochs: what they are, and that machine code draws them once it pays."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import steepest as st
from steepest.engines import orders
from steepest.engines.cpu.kernels import epoch_orders
from steepest.engines.orders import epoch_order
from steepest.errors import EngineUnavailable


def test_the_order_of_an_epoch() -> None:
    order = epoch_order(3, 0, 50)
    assert sorted(order.tolist()) == list(range(50)) and order.dtype == np.int64
    assert order.tolist() == epoch_order(3, 0, 50).tolist()
    assert order.tolist() != epoch_order(3, 1, 50).tolist() != epoch_order(4, 1, 50).tolist()
    assert epoch_order(-1, 0, 50).tolist() != epoch_order(-2, 0, 50).tolist()


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of rows drawn by machine code; nothing was drawn before."""
    found: list[int] = []
    real = epoch_orders.epoch_orders

    def noted(seed: int, first: int, epochs: int, count: int) -> np.ndarray:
        found.append(count)
        return real(seed, first, epochs, count)

    monkeypatch.setattr(orders, "_drawn", 0)
    monkeypatch.setattr(epoch_orders, "epoch_orders", noted)
    monkeypatch.setattr(epoch_orders, "is_cached", lambda: False)
    return found


def test_machine_code_begins_where_it_pays(calls: list[int]) -> None:
    orders.epoch_order(1, 0, 100)
    assert calls == []
    orders.epoch_order(1, 0, orders.WORTH_CODE)
    assert orders.epoch_order(1, 0, 100).tolist() == orders.defined_orders(1, 0, 1, 100)[0].tolist()
    assert calls == [100]


def test_cached_code_is_used_from_the_first_orders_of_some_length(
    calls: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(epoch_orders, "is_cached", lambda: True)
    few, many = orders.WORTH_LOADING // 2, orders.WORTH_LOADING
    for count in (few, many):
        made, defined = orders.epoch_order(1, 0, count), orders.defined_orders(1, 0, 1, count)[0]
        assert made.tolist() == defined.tolist()
    assert calls == [many]


def test_code_that_one_process_compiled_is_cached_for_the_next(tmp_path: Path) -> None:
    environment = {**os.environ, "STEEPEST_CACHE": str(tmp_path)}
    assert [printed(KEEPING, environment) for _ in range(2)] == ["False\n", "True\n"]


def test_the_numpy_engine_makes_no_machine_code(
    calls: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st.config, "engine", "numpy")
    for _ in range(3):
        orders.epoch_order(1, 0, orders.WORTH_CODE)
    assert calls == []


def test_the_definition_stands_in_where_there_is_no_machine_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuses(*_: int) -> np.ndarray:
        raise EngineUnavailable("no such processor")

    monkeypatch.setattr(orders, "_drawn", orders.WORTH_CODE + 1)
    monkeypatch.setattr(epoch_orders, "epoch_orders", refuses)
    assert orders.epoch_order(1, 0, 50).tolist() == orders.defined_orders(1, 0, 1, 50)[0].tolist()


KEEPING = """
from steepest.engines.cpu.kernels import epoch_orders as ordering
print(ordering.is_cached())
ordering.epoch_orders(1, 0, 2, 9)
"""

FORGETTING = """
import gc
from steepest.engines.cpu.kernels import epoch_orders as ordering
from steepest.engines.cpu.machine import jit
ordering.epoch_orders(1, 0, 2, 9)
jit.forget()
gc.collect()
print(ordering.epoch_orders(1, 0, 2, 9).shape)
"""


WITHOUT_LLVMLITE = """
import sys
sys.modules["llvmlite"] = None
from steepest.engines import orders
orders.epoch_order(1, 0, orders.WORTH_CODE + 1)
print(sorted(orders.epoch_order(1, 0, 4).tolist()))
"""


def printed(script: str, environment: dict[str, str] | None = None) -> str:
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    return done.stdout or done.stderr[-2000:]


def test_code_that_memory_forgets_is_not_freed_under_its_caller():
    assert printed(FORGETTING) == "(2, 9)\n"


def test_the_definition_stands_in_where_llvmlite_is_missing() -> None:
    assert printed(WITHOUT_LLVMLITE) == "[0, 1, 2, 3]\n"


def test_any_integer_is_a_seed_and_none_is_rounded() -> None:
    seeds = (-1, 0, 1, 2**53, 2**53 + 1, 2**63, 2**63 + 1)
    assert len({tuple(epoch_order(seed, 0, 40).tolist()) for seed in seeds}) == len(seeds)
