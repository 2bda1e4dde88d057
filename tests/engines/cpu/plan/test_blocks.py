"""Which programs run in blocks of rows, and what their loop form has then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.engines.cpu.loops.form import Loops, Product, Reduce
from steepest.engines.cpu.loops.spaces import BATCH, GROUPS
from steepest.engines.cpu.plan import plan
from steepest.engines.cpu.plan.blocks import MOST_SUMS, in_blocks
from steepest.program.passes import clean
from steepest.program.trace import TensorSpec, guard, record
from tests.engines.cpu.plan.test_verify import PROGRAMS, small_net

Make = Callable[[st.Tensor], Any]


def matrix(rows: int, cols: int) -> st.Variable:
    return st.Variable(np.ones((rows, cols), np.float32))


def divided(make: Make) -> Loops | None:
    return in_blocks(plan(clean(record(make, [TensorSpec((None, 6))]).graph)).loops)


w = matrix(6, 20)


def test_a_training_step_has_its_sums_in_the_first_phase() -> None:
    loops = plan(clean(small_net()), long=True).loops
    usual = plan(clean(small_net())).loops
    assert loops.in_blocks and not usual.in_blocks
    first, later = loops.phases[0], [k for phase in loops.phases[1:] for k in phase]
    sums = [kernel for kernel in first if kernel.share.kind == "groups"]
    gradients = [kernel for kernel in sums if isinstance(kernel.root, Product)]
    assert len(gradients) == 2 and all(k.root.over == BATCH for k in gradients)
    finished = [k for k in later if isinstance(k.root, Reduce) and k.root.over == (GROUPS,)]
    own = [kernel.name.partition("_sums_of_")[2] for kernel in sums]
    assert [kernel.name.partition("_")[2] for kernel in finished] == own
    assert not any(isinstance(kernel.root, Product) for kernel in later)
    rows = [b for b in loops.buffers if b.role in ("scratch", "block") and b.shape[:1] == (BATCH,)]
    assert rows and all(buffer.role == "block" for buffer in rows)


NEEDED_BY_ROWS: dict[str, Make] = {
    "a mean of the batch": lambda x: x @ w - st.reduce_mean(x @ w, 0),
    "the greatest number of the batch": lambda x: st.reduce_max(st.reduce_sum(x @ w, 1)),
    "rows that are looked up": lambda x: st.reduce_sum(st.gather(x @ w, st.cast(x[:, 0], "int64"))),
    "a running sum over the batch": lambda x: st.reduce_sum(st.cumsum(x @ w, 0)),
    "products of all pairs of rows": lambda x: st.reduce_sum(x @ st.transpose(x)),
}


@pytest.mark.parametrize("name", NEEDED_BY_ROWS)
def test_what_needs_more_than_its_row_and_sums_stays_in_phases(name: str) -> None:
    assert divided(NEEDED_BY_ROWS[name]) is None


def test_a_sum_that_a_new_value_enters_stays_in_its_phase() -> None:
    counts = st.Variable(np.zeros(20_000, np.float32))  # computed in parts, by all workers

    def step(x: st.Tensor, new: bool) -> st.Tensor:
        old = counts.read_value()[3]
        counts.assign(counts + 1.0)
        return st.reduce_sum(st.reduce_sum(x @ w, 1) * (counts.value[3] if new else old))

    assert divided(lambda x: step(x, new=True)) is None
    assert divided(lambda x: step(x, new=False)) is None  # it would be safe, but is not recognized


@pytest.mark.parametrize("early", [True, False])
def test_a_guard_that_is_read_in_the_first_phase_leaves_phases(early: bool) -> None:
    """It is read there if no output has to be computed before."""
    flag, total = st.Variable(1.0), st.Variable(0.0)

    def step(x: st.Tensor) -> st.Tensor | None:
        guard(flag < 2.0)
        found = st.reduce_sum(st.exp(x @ w))
        total.assign(total + found)
        return None if early else found

    assert (divided(step) is None) == early


def test_programs_without_products_stay_as_they_are() -> None:
    assert divided(lambda x: st.reduce_mean(st.exp(st.reduce_sum(x, 1)))) is None


def test_sums_larger_than_a_cache_stay_in_phases() -> None:
    def gradient(units: int) -> Make:
        wide = matrix(6, units)
        return lambda x: st.transpose(x) @ (x @ wide)

    fitting = MOST_SUMS // (6 * 4)
    assert divided(gradient(fitting)) is not None
    assert divided(gradient(fitting + 1)) is None


@pytest.mark.parametrize("name", ["a classifier of sparse rows", "values put together"])
def test_sparse_rows_and_tables_stay_in_phases(name: str) -> None:
    make, storage = PROGRAMS[name]
    assert in_blocks(plan(clean(make()), storage).loops) is None
