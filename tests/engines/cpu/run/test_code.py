"""Code of a graph: the memories of its calls, the workers that pay, what is left of a run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import steepest as st
from steepest.engines.batches import cut
from steepest.engines.cpu.loops.spaces import all_dense
from steepest.engines.cpu.machine.processor import processor
from steepest.engines.cpu.run import code as file
from steepest.engines.cpu.run.code import Code, _Arrays


@pytest.fixture
def code(monkeypatch: pytest.MonkeyPatch) -> Code:
    """Of 100 operations a batch and 30 a row; a worker is worth a thousand."""
    found = Code(st.trace(lambda x: st.tanh(x), [st.TensorSpec((None, 3))]), all_dense(1))
    found.layout = replace(found.layout, operations=(100.0, 30.0))
    monkeypatch.setattr(file, "_WORTH_A_THREAD", 1000)
    monkeypatch.setattr(file, "processor", lambda: replace(processor(), cores=4))
    monkeypatch.setattr(st.config, "threads", None)
    return found


@pytest.mark.parametrize(
    ("batch", "useful"), [(0, 1), (1, 1), (29, 1), (30, 2), (63, 2), (64, 3), (1000, 31)]
)
def test_each_worker_has_enough_to_do(code: Code, batch: int, useful: int) -> None:
    assert code.useful_workers(batch) == useful
    assert code.workers(batch) == min(useful, 4)
    assert code.workers(batch, threads=1) == 1
    assert code.workers(batch, threads=2) == min(useful, 2)
    assert code.workers(batch, threads=9) == min(useful, 9)


def test_a_memory_is_used_again_by_calls_of_its_size(code: Code) -> None:
    memory = code.take_memory(8, 1)
    assert code.take_memory(8, 1) is not memory  # it is in use
    code._free.append(memory)
    others = [code.take_memory(9, 1), code.take_memory(8, 2)]
    assert memory not in others and code._free == [memory]
    assert code.take_memory(8, 1) is memory and code._free == []


def test_few_memories_are_free_at_a_time(code: Code, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "_MOST_MEMORIES", 3)
    memories = [code.take_memory(batch, 1) for batch in range(1, 6)]
    code._free.extend(memories)
    code._free.append(code.take_memory(6, 1))
    assert [memory.offsets.batch for memory in code._free] == [4, 5, 6]


def test_what_is_left_after_some_batches() -> None:
    """Rows of outputs that have a batch axis, values of the others; the order from there on."""
    rows, sums, order = np.arange(20).reshape(10, 2), np.arange(4), np.arange(10)
    arrays = _Arrays([rows], [], [rows, sums], [True, False], order)
    batches = cut(10, 3, None)
    assert arrays.after(batches, 0) is arrays
    left = arrays.after(batches, 2)
    assert left.outputs[0].tolist() == rows[6:].tolist() and left.outputs[1].tolist() == [2, 3]
    assert left.order.tolist() == [6, 7, 8, 9] and left.arrays[0] is rows


def test_independent_rows_are_cut_into_batches_of_a_size(
    code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the batch of the caller, who is told of all of it."""
    sizes: list[tuple[int, int]] = []
    real = Code._run_with

    def noted(self: Code, given: object, batches: object, *more: object) -> int:
        sizes.append((batches.rows, batches.batch))
        return real(self, given, batches, *more)

    monkeypatch.setattr(file, "_ROWS_AT_ONCE", 4)
    monkeypatch.setattr(Code, "_run_with", noted)
    x = np.linspace(-1, 1, 30, dtype=np.float32).reshape(10, 3)
    out = np.zeros_like(x)
    assert code.run([x], [], [out], None, cut(10, 10, None), threads=1) == 1
    np.testing.assert_allclose(out, np.tanh(x), rtol=1e-6)
    assert code.run([x[:3]], [], [out[:3]], None, cut(3, 1, None), threads=1) == 3
    assert code.run([x[:0]], [], [out[:0]], None, cut(0, 5, None), threads=1) == 1
    assert sizes == [(10, 4), (3, 3), (0, 5)]


@pytest.mark.parametrize(("at_once", "batches"), [(4, 0), (512, 2)])
def test_a_run_that_was_left_tells_the_callers_batches(
    at_once: int, batches: int, code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches of another size than the caller's were no batches of the caller."""
    code.layout = replace(code.layout, rows_independent=at_once == 4)
    monkeypatch.setattr(file, "_ROWS_AT_ONCE", at_once)
    monkeypatch.setattr(Code, "_run_with", lambda *given: 2)
    x = np.ones((10, 3), np.float32)
    assert code.run([x], [], [x], None, cut(10, 3, None), threads=1) == batches
    assert code.pace.measured(cut(10, 3, None)) is None


def test_choices_of_few_sizes_of_batch_are_remembered(
    code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file, "_MOST_CHOICES", 2)
    monkeypatch.setattr(file, "_WORTH_A_THREAD", 1)
    monkeypatch.setattr(file, "processor", lambda: replace(processor(), cores=2))
    x = np.ones((50, 3), np.float32)
    for rows in (40, 41, 42, 43):
        code.run([x[:rows]], [], [np.zeros((rows, 3), np.float32)], None, cut(rows, rows, None))
        assert rows in code._choices
    assert list(code._choices) == [43]
