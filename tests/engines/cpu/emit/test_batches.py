"""The loop over batches: a block's rows are requested before the products that read them."""

from __future__ import annotations

import pytest

import steepest as st
from steepest.engines.cpu.emit.program import emit_module
from steepest.engines.cpu.gemm import Machine
from steepest.engines.cpu.loops.spaces import all_dense
from steepest.engines.cpu.plan import plan
from steepest.program.passes import clean
from tests.agreement.test_training_steps import (
    Adam,
    crossentropy,
    dense_net,
    recorded,
    training_step,
)

TRIPLE = "x86_64-unknown-linux-gnu"
LABEL = 2  # lines of a label: its first and its last byte


def prefetches(inputs: int, blocks: bool) -> int:
    """The lines that the loop over batches requests for each row."""
    variables = dense_net((inputs, 64, 3), "float32")
    step = training_step(variables, crossentropy, Adam(variables), st.nn.relu)
    graph, _ = recorded(step, inputs, "float32", "int64")
    loops = plan(clean(graph), all_dense(2), False, blocks).loops
    run = str(emit_module(loops, Machine(256, 16), TRIPLE)).split('@"run"')[-1]
    return run.split("\n}")[0].count('call void @"llvm.prefetch')


@pytest.mark.parametrize(("inputs", "lines"), [(1, 2), (16, 2), (30, 3), (64, 5), (256, 17)])
def test_blocks_request_every_line_that_a_row_may_touch(inputs: int, lines: int) -> None:
    assert prefetches(inputs, blocks=True) == lines + LABEL


def test_rows_too_long_for_the_caches_are_not_requested() -> None:
    assert prefetches(257, blocks=True) == LABEL


def test_short_batches_request_nothing() -> None:
    assert prefetches(30, blocks=False) == 0
