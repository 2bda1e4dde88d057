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


def test_the_table_says_which_of_arithmetic_and_memory_bounds_each_kernel() -> None:
    rows = [
        Cost("matmul_add", "matmul, add -> out0", 3e-6, 4096, 6e3, 2e-6, 5e-7, 0, "rows of i0"),
        Cost("update", "9 multiply", 1e-6, 1024, 10.0, 1e-8, 9e-7, 1, "parts of i0"),
    ]
    assert table(rows).splitlines() == [
        "phase kernel                   shared             us  share arithmetic    memory bound   "
        "   ceiling",
        "0     matmul_add               rows of i0      3.000  75.0%      2.000     0.500 "
        "arithmetic     67%",
        "1     update                   parts of i0     1.000  25.0%      0.010     0.900 memory  "
        "       90%",
        "      in one thread, one after another         4.000             2.010     1.400         "
        "       72%",
        "",
        "phase kernel                   computes",
        "0     matmul_add               matmul, add -> out0",
        "1     update                   9 multiply",
    ]


def test_an_engine_that_counts_no_operations_gives_times_alone() -> None:
    assert [
        line.rstrip() for line in table([Cost("exp", "exp", 0.25, 1024)]).splitlines()[1:3]
    ] == [
        "      exp                                     250000 100.0%",
        "      in one thread, one after another        250000",
    ]


def test_lines_have_at_most_a_hundred_columns() -> None:
    computes = ", ".join(f"{n} operation" for n in range(2, 30)) + " -> out0"
    long = Cost("x" * 40, computes, 123.0, 1 << 40, 1e15, 99.0, 98.0, 12, "parts of i0")
    lines = table([long]).splitlines()
    assert max(map(len, lines)) <= 100
    assert " ".join(line.strip() for line in lines[5:]).endswith(computes)
    reported = network().explain(X, Y)
    assert max(map(len, reported.splitlines())) <= 100
