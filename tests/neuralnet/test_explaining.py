"""What a model says of its own machine code."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.engines.engine import Cost
from steepest.errors import UnknownNameError
from steepest.neuralnet.explaining import table

X, Y = np.ones((20, 4), np.float32), np.ones((20, 1), np.float32)


def network(engine: str = "cpu") -> Any:
    model = st.Sequential([
        st.layers.Dense(5, "relu", input_shape=(4,), name="inner"),
        st.layers.Dense(1, name="last"),
    ])
    model.compile("sgd", "mse", engine=engine)
    return model


def test_a_training_step_names_the_weights_that_each_kernel_writes() -> None:
    reported = network().explain(X, Y)
    for name in ("inner/kernel", "inner/bias", "last/kernel", "last/bias"):
        (line,) = [line for line in reported.splitlines() if f"-> {name}" in line]
        assert "multiply, subtract" in line


def test_a_prediction_writes_no_weights() -> None:
    assert "kernel\n" not in network().explain(X)


@pytest.mark.parametrize(
    ("code", "part"),
    [("loops", "rows of i0 for i0 < batch"), ("llvm", "define "), ("assembly", ".text")],
)
def test_the_code_itself_is_given_on_request(code: str, part: str) -> None:
    reported = network().explain(X, Y, code=code)
    assert part in reported and "p0k0_" in reported


def test_another_form_of_code_is_refused() -> None:
    with pytest.raises(UnknownNameError, match=r"'asembly'.*'assembly'"):
        network().explain(X, Y, code="asembly")


def test_a_model_on_numpy_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where llvmlite, which the table is measured with, is missing."""
    monkeypatch.setitem(sys.modules, "llvmlite", None)
    monkeypatch.delitem(sys.modules, "steepest.engines.cpu.explain", raising=False)
    reported = network("numpy").explain(X, Y)
    assert reported.endswith(' runs on NumPy: st.config.engine = "cpu" compiles it')


def test_numpys_operations_are_measured_too() -> None:
    lines = network("numpy").explain(X, Y).splitlines()
    assert lines[0].split()[:3] == ["phase", "kernel", "shared"]
    assert any("-> inner/kernel" in line for line in lines)


def test_the_table_says_what_the_engine_measured() -> None:
    rows = [
        Cost("matmul_add", "matmul, add -> out0", 3e-6, 4096, 6000.0, 0.5, 0, "rows of i0"),
        Cost("exp", "exp", 1e-6, 1024),
    ]
    assert [line.rstrip() for line in table(rows).splitlines()] == [
        "phase kernel                           shared             us  share  GFLOP/s        KB "
        "ceiling  computes",
        "0     matmul_add                       rows of i0      3.000  75.0%      2.0       4.0 "
        "    50%  matmul, add -> out0",
        "      exp                                              1.000  25.0%                1.0 "
        "         exp",
        "      in one thread, one after another                 4.000",
    ]
