"""Faults around machine code: interrupts, errors, wrong rows, NaN, caches, forks and threads.

Tests check the state afterwards, never the time.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.data.columns import DenseColumn, SparseColumn
from steepest.engines import choose
from steepest.engines.cpu.engine import CpuProgram
from steepest.engines.cpu.machine import jit
from steepest.engines.cpu.run import code
from steepest.engines.engine import BatchRun
from steepest.engines.numpy import NumpyEngine
from steepest.errors import ArgumentError, DataError, ShapeError
from tests.engines.cpu.child import end_of, fork, forking, needs_fork
from tests.engines.cpu.test_bounds import data, network

ROWS, BATCH = 90, 10
Arrays = list[np.ndarray]


@pytest.fixture(autouse=True)
def three_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three threads for any amount of work."""
    monkeypatch.setattr(code, "_WORTH_A_THREAD", 1)
    monkeypatch.setattr(st.config, "threads", 3)


def table() -> tuple[np.ndarray, np.ndarray]:
    x = np.random.default_rng(7).standard_normal((ROWS, 6)).astype("float32")
    return x, (x.sum(axis=1) > 0).astype("int64")


def network_of(units: int = 40, seed: int = 11) -> Any:
    st.random.set_seed(seed)
    model = st.Sequential([
        st.layers.Dense(units, "tanh", input_shape=(6,)),
        st.layers.Dropout(0.2),
        st.layers.Dense(2, "softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"], engine="cpu")
    return model


def fit(model: Any, epochs: int = 2, **options: Any) -> Any:
    return model.fit(*table(), batch_size=BATCH, epochs=epochs, seed=4, verbose=0, **options)


def bits(model: Any) -> list[bytes]:
    """Weights and the optimizer's own state."""
    return [variable.numpy().tobytes() for variable in (*model.weights, *slots(model))]


def slots(model: Any) -> list[Any]:
    return list(model.optimizer.variables)


def native_threads() -> int:
    """The number of threads of this process, also those that Python did not start."""
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.exists() else threading.active_count()


def no_thread_is_left(before: int) -> bool:
    """Whether no thread was added; the system removes a thread a little after its end."""
    for _ in range(500):
        if native_threads() <= before:
            return True
        time.sleep(0.01)
    return False


# ---------------------------------------------------------------- Ctrl-C


class WatchedRuns:
    """Counts the batches of each run in a fit, and sends Ctrl-C as one of the runs begins."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, press_in: int, times: int = 1) -> None:
        self.batches: list[int] = []
        run = CpuProgram.run

        def watched(program: CpuProgram, *given: Any) -> BatchRun:
            if len(self.batches) == press_in:
                for _ in range(times):
                    signal.raise_signal(signal.SIGINT)
            done = run(program, *given)
            self.batches.append(done.batches)
            return done

        monkeypatch.setattr(CpuProgram, "run", watched)


@pytest.mark.parametrize("press_in", [0, 1, 3])
def test_ctrl_c_ends_fit_after_the_current_run_of_batches(
    press_in: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, model = native_threads(), network_of()
    with monkeypatch.context() as patch:
        patch.setattr("steepest.neuralnet.batch_count.GROWTH", 1)  # runs of one batch
        seen = WatchedRuns(patch, press_in)
        history = fit(model, epochs=1000)
    done = sum(seen.batches)
    assert len(seen.batches) == press_in + 1
    assert history.interrupted and no_thread_is_left(before)
    assert int(model.optimizer.iterations.item()) == done
    assert bits(model) == bits(after_batches(done))


def after_batches(count: int) -> Any:
    """The same network after `count` batches, each run by itself, without an interrupt."""

    class Stop(st.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            seen.append(batch)
            self.model.stop_training = len(seen) == count

    seen: list[int] = []
    model = network_of()
    fit(model, epochs=1000, callbacks=[Stop()])
    return model


def test_ctrl_c_waits_for_no_more_than_the_first_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of a batch is not known before one is done, so the first run has one batch."""
    model = network_of()
    with monkeypatch.context() as patch:
        seen = WatchedRuns(patch, press_in=0)
        fit(model, epochs=2)
    assert seen.batches == [1]


def test_a_second_ctrl_c_leaves_at_once_with_whole_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    before, model = native_threads(), network_of()
    with monkeypatch.context() as patch:
        patch.setattr("steepest.neuralnet.batch_count.GROWTH", 1)
        seen = WatchedRuns(patch, press_in=2, times=2)
        with pytest.raises(KeyboardInterrupt):
            fit(model, epochs=1000)
    assert no_thread_is_left(before)
    assert bits(model) == bits(after_batches(sum(seen.batches)))


def test_training_goes_on_after_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    model = network_of()
    with monkeypatch.context() as patch:
        WatchedRuns(patch, press_in=1)
        fit(model, epochs=1000)
    history = fit(model)
    assert not history.interrupted and len(history.epoch) == 2


# ---------------------------------------------------------------- errors while training


@pytest.mark.parametrize(
    "hook", ["on_train_begin", "on_epoch_begin", "on_train_batch_end", "on_epoch_end"]
)
def test_after_an_error_in_a_callback_no_thread_is_left_and_the_model_works(hook: str) -> None:
    class Broken(st.callbacks.Callback):
        pass

    def fail(*given: Any) -> None:
        raise RuntimeError("a callback's own")

    setattr(Broken, hook, fail)
    before, model = native_threads(), network_of()
    with pytest.raises(RuntimeError, match="a callback's own"):
        fit(model, callbacks=[Broken()])
    assert no_thread_is_left(before)
    fit(model)
    assert all(np.isfinite(weight).all() for weight in model.get_weights())
    assert no_thread_is_left(before)


def test_a_batch_with_a_loss_of_nan_is_not_applied() -> None:
    """The weights are those after the batches before it."""
    x, y = table()
    x[35, 2] = np.nan  # in the fourth batch of an epoch in the order of the rows
    model, clean = network_of(), network_of()
    with pytest.raises(st.errors.SteepestError), contextlib.suppress(RuntimeWarning):
        model.fit(x, y, batch_size=BATCH, shuffle=False, seed=4, verbose=0, check=False)
    clean.fit(x[:30], y[:30], batch_size=BATCH, shuffle=False, seed=4, verbose=0)
    assert int(model.optimizer.iterations.item()) == 3
    assert [w.tobytes() for w in model.get_weights()] == [w.tobytes() for w in clean.get_weights()]


@pytest.mark.parametrize("wrong", [-1, 7, 10**9])
def test_labels_outside_the_classes_leave_finite_weights(wrong: int) -> None:
    x, y = table()
    y[3] = wrong
    model = network_of()
    with contextlib.suppress(st.errors.SteepestError):
        model.fit(x, y, batch_size=BATCH, verbose=0, check=False)
    assert all(np.isfinite(weight).all() for weight in model.get_weights())


# ---------------------------------------------------------------- rows outside of the columns

ENGINES = pytest.mark.parametrize("make", [NumpyEngine().prepare, CpuProgram])


class Elsewhere:
    """A column whose rows are fetched batch by batch."""

    storage = "elsewhere"

    def __init__(self, array: np.ndarray) -> None:
        self.rows, self.row_shape = array, array.shape[1:]

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, rows: np.ndarray) -> np.ndarray:
        return self.rows[rows]


def run(make: Callable[..., Any], columns: list[Any], order: list[int], batch: int = 4) -> None:
    """Runs, and asserts that an error did not change the state."""
    graph, state = network((13, 20, 5))
    held = [np.array(array) for array in state]
    try:
        make(graph).run(held, columns, np.array(order), batch)
    finally:
        assert all(np.array_equal(a, b) for a, b in zip(held, state, strict=True))


@ENGINES
@pytest.mark.parametrize("column_type", [DenseColumn, Elsewhere])
@pytest.mark.parametrize("row", [-1, 23, 2**40, -(2**62)])
def test_an_order_of_rows_that_do_not_exist(make: Any, column_type: Any, row: int) -> None:
    columns = [column_type(column.array) for column in data(13, 5)]
    with pytest.raises(DataError, match=rf"row {row} is outside 0\.\.22"):
        run(make, columns, [0, 1, 2, 3, 4, row])


@ENGINES
def test_a_column_that_is_shorter_than_the_others(make: Any) -> None:
    x, y = data(13, 5)
    with pytest.raises(DataError, match=r"outside 0\.\.8"):
        run(make, [x, DenseColumn(y.array[:9])], list(range(23)))


@ENGINES
@pytest.mark.parametrize("shape", [(23,), (23, 5), (23, 14), (23, 13, 1)])
def test_a_column_of_another_width(make: Any, shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match="the program takes"):
        run(make, [DenseColumn(np.ones(shape, np.float32)), data(13, 5)[1]], list(range(23)))


@ENGINES
@pytest.mark.parametrize("width", [12, 50])
def test_sparse_rows_of_another_width(make: Any, width: int) -> None:
    last = SparseColumn(np.arange(24), np.full(23, width - 1), None, width)
    with pytest.raises(ShapeError, match="the program takes"):
        run(make, [last, data(13, 5)[1]], list(range(23)))


@ENGINES
@pytest.mark.parametrize("batch", [0, -3])
def test_an_impossible_batch_size(make: Any, batch: int) -> None:
    with pytest.raises(ArgumentError, match="a whole number from 1"):
        run(make, data(13, 5), list(range(23)), batch)


# ---------------------------------------------------------------- the cache on disk


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache, and nothing in memory."""
    monkeypatch.setenv("STEEPEST_CACHE", str(tmp_path))
    forget(monkeypatch)
    yield tmp_path / "code"
    jit.forget()


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Empties the caches in memory, as in a new process."""
    monkeypatch.setattr(choose, "_programs", type(choose._programs)())
    jit.forget()


def refuse(number: int) -> Callable[..., Any]:
    def refused(*given: Any, **options: Any) -> Any:
        raise OSError(number, os.strerror(number))

    return refused


@pytest.mark.parametrize(
    ("module", "name", "number"),
    [(os, "mkdir", 30), (tempfile, "mkstemp", 13), (os, "replace", 28), (os, "fdopen", 5)],
    ids=["read-only", "forbidden", "full", "failing"],
)
def test_training_works_with_a_cache_that_cannot_be_written(
    module: Any, name: str, number: int, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    healthy = network_of()
    with monkeypatch.context() as patch:
        patch.setenv("STEEPEST_CACHE", "off")
        fit(healthy)
    forget(monkeypatch)
    model = network_of()
    with monkeypatch.context() as patch:
        patch.setattr(module, name, refuse(number))
        before = jit.compilations()["compiled"]
        fit(model)
        assert jit.compilations()["compiled"] > before
    assert bits(model) == bits(healthy)
    assert list(cache.glob("*.code")) == []


@pytest.mark.parametrize("damage", [lambda b: b"", lambda b: b[: len(b) // 2], lambda b: b[::-1]])
def test_training_works_with_damaged_entries(
    damage: Callable[[bytes], bytes], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    healthy = network_of()
    fit(healthy)
    entries = list(cache.glob("*.code"))
    assert entries
    for entry in entries:
        entry.write_bytes(damage(entry.read_bytes()))
    forget(monkeypatch)
    before, model = jit.compilations()["from_disk"], network_of()
    fit(model)
    assert jit.compilations()["from_disk"] == before
    assert bits(model) == bits(healthy)


# ---------------------------------------------------------------- forks and threads


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@needs_fork
@forking
def test_a_forked_process_trains_and_compiles() -> None:
    model, expected, other = network_of(), network_of(), network_of(units=41)
    for each in (model, expected):
        fit(each)
    fit(expected)

    def trains() -> None:
        fit(model)
        fit(other)
        assert bits(model) == bits(expected)

    assert end_of(fork(trains)) == 0
    fit(model)
    assert bits(model) == bits(expected)


def together(works: list[Callable[[], None]]) -> None:
    """Does each piece of work in a separate thread, with frequent switches; raises their errors."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    errors: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(usual)
    if errors:
        raise errors[0]


@pytest.mark.parametrize("units", [(40, 40), (40, 43)], ids=["one structure", "two structures"])
def test_two_threads_train_two_models(units: tuple[int, int]) -> None:
    def models() -> list[Any]:
        return [network_of(size, seed) for seed, size in enumerate(units)]

    alone, at_once = models(), models()
    for model in alone:
        fit(model, epochs=5)
    together([lambda model=model: fit(model, epochs=5) for model in at_once])
    assert [bits(model) for model in at_once] == [bits(model) for model in alone]


def test_a_model_is_used_while_another_trains() -> None:
    used, trained, x = network_of(seed=1), network_of(seed=2), table()[0]
    meant = used.predict(x, verbose=0)

    def use() -> None:
        for _ in range(20):
            assert np.array_equal(used.predict(x, verbose=0), meant)

    together([use, lambda: fit(trained, epochs=20)])


def test_memory_that_another_thread_takes_first_is_not_taken() -> None:
    """Memories of one size and state are equal, but each belongs to one call."""
    graph, state = network((13, 20, 5))
    made = CpuProgram(graph).code()
    first, second = (made.take_memory(8, 1) for _ in range(2))
    for memory in (first, second):
        memory.place_state(state)

    class Contested(list):
        """A list whose first memory is taken between the search and the removal."""

        def remove(self, memory: Any) -> None:
            if first in self:
                super().remove(first)
            super().remove(memory)

    made._free = Contested([first, second])
    assert made.take_memory(8, 1) is second
    assert made._free == []


@pytest.mark.parametrize("rows", [1, 5, 3000])
def test_eight_threads_share_a_predictor(rows: int) -> None:
    model = network_of()
    inputs = [np.random.default_rng(n).standard_normal((rows, 6), np.float32) for n in range(8)]
    answer = model.predictor()
    alone = [answer(x) for x in inputs]

    def ask(number: int) -> None:
        for _ in range(max(30, 300 // rows)):
            assert np.array_equal(answer(inputs[number]), alone[number])

    together([lambda number=number: ask(number) for number in range(8)])


def test_eight_threads_make_their_first_predictions_together() -> None:
    """No thread has recorded or compiled anything yet."""
    model, (x, _) = network_of(units=47), table()
    meant = network_of(units=47).predict(x, verbose=0)
    found: list[np.ndarray] = []
    together([lambda: found.append(model.predict_on_batch(x)) for _ in range(8)])
    assert len(found) == 8
    assert all(np.array_equal(result, meant) for result in found)
