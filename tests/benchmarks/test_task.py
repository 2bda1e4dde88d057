"""What all contestants share: whole batches, orders, initial weights, and data of one dtype."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from benchmarks import contestants, data, machine, measure, sizes
from benchmarks.rows import BY_NAME, ROWS
from benchmarks.task import initial_weights, make_task

CANCER = BY_NAME["cancer"]


def small_data(rows=70):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, 30)).astype(np.float32)
    y = (x[:, 0] > 0).astype(np.int32)
    return data.Data(x, y, "synthetic", lambda: (x, y))


def test_a_partial_batch_is_left_out():
    task = make_task(CANCER, small_data(70), threads=1)
    assert (len(task.data.x), len(task.data.y), task.steps) == (64, 64, 2)


def test_every_epoch_of_an_order_has_every_example_once():
    task = make_task(replace(CANCER, epochs=3), small_data(), threads=1)
    epochs = task.orders(0).reshape(3, -1)
    assert (np.sort(epochs, axis=1) == np.arange(64)).all()
    assert (epochs[0] != epochs[1]).any()
    assert (task.orders(0) == task.orders(0)).all()
    assert (task.orders(0) != task.orders(1)).any()


def test_a_joined_row_is_the_same_steps_in_one_epoch():
    whole = small_data(64)
    task = make_task(replace(CANCER, batch=64, epochs=3, joined=True), whole, threads=1)
    x, y, epochs = task.for_fit()
    assert epochs == 1
    assert (x.reshape(3, 64, 30) == whole.x).all()
    assert (y.reshape(3, 64) == whole.y).all()


def test_initial_weights_are_glorot_uniform():
    (kernel, bias), *_ = initial_weights(BY_NAME["mnist"], 784)
    limit = np.sqrt(6 / (784 + 50))
    assert kernel.shape == (784, 50)
    assert 0.99 * limit < np.abs(kernel).max() <= limit
    assert not bias.any()


class Perfect:
    """A session with correct outputs."""

    def __init__(self, task):
        self.task, self.calls = task, []

    def train(self, call):
        self.calls.append(call)

    def predict(self, x):
        return (x[:, :1] > 0).astype(np.float32)


def test_correct_and_wrong_outputs_give_accuracies_of_one_and_zero():
    task = make_task(CANCER, small_data(), threads=1)
    session = Perfect(task)
    assert measure.learned(session, task)["accuracy"] == 1.0
    session.predict = lambda x: (x[:, :1] <= 0).astype(np.float32)
    assert measure.learned(session, task)["accuracy"] == 0.0


def test_the_first_call_is_reported_separately():
    task = make_task(CANCER, small_data(), threads=1)
    session = Perfect(task)
    found = measure._train(session, task, calls=3)
    assert session.calls == [0, 1, 2, 3]
    assert len(found["seconds"]) == 3


@pytest.mark.parametrize("name", sorted({row.data for row in ROWS} - {"none", "imdb_dense"}))
def test_made_data_have_the_shape_and_type_of_the_real(name, monkeypatch, tmp_path):
    if name == "imdb_sparse":
        pytest.importorskip("scipy")
    monkeypatch.delenv("STEEPEST_DATA", raising=False)
    monkeypatch.setattr(data, "CACHE", tmp_path)
    made = data.load(name)
    x_test, y_test = made.test()
    assert made.x.shape[1:] == x_test.shape[1:]
    assert made.x.dtype == (np.uint8 if name == "mnist_8bit" else np.float32)
    assert made.x.shape[0] == len(made.y)
    assert made.y.dtype == y_test.dtype == np.int32
    assert made.source == ("real" if name == "xor" else "synthetic")


def test_made_pixels_and_words_are_as_sparse_as_the_real_ones(monkeypatch, tmp_path):
    pytest.importorskip("scipy")
    monkeypatch.delenv("STEEPEST_DATA", raising=False)
    monkeypatch.setattr(data, "CACHE", tmp_path)
    assert np.mean(data.load("mnist_8bit").x > 0) == pytest.approx(0.19, abs=0.03)
    assert data.load("imdb_sparse").x.nnz / 25_000 == pytest.approx(130, abs=20)


def test_a_contestant_that_is_not_installed_says_what_is_missing():
    absent = contestants.Contestant("absent", "absent", ("numpy", "no_such_package"), ())
    assert absent.missing() == "no_such_package"
    assert not contestants.Contestant("numpy", "numpy", ("numpy",), ()).missing()


def test_an_installed_size_includes_requirements():
    alone = sizes.installed_mb(("numpy",))
    assert alone > 5
    assert sizes.installed_mb(("numpy", "NumPy")) == alone
    assert sizes.installed_mb(("steepest",)) > alone


def test_the_peak_of_memory_is_this_process_alone():
    array = np.ones(60 * 2**20 // 8)
    command = [sys.executable, "-c", "from benchmarks.machine import peak_mb; print(peak_mb())"]
    child = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert machine.peak_mb() > array.nbytes / 2**20
    if machine.STATUS.exists():
        assert child < machine.peak_mb()


def test_pools_are_limited_only_when_asked():
    cores = os.cpu_count() or 1
    assert machine.thread_environment(cores) == {}
    assert machine.thread_environment(cores + 1)["OMP_NUM_THREADS"] == str(cores + 1)


def test_the_busy_process_ends_with_its_parent():
    script = "from benchmarks.machine import occupy_a_core as busy; print(busy().pid)"
    command = [sys.executable, "-c", script]
    # Its output pipe is the parent's, so that waiting for the end of the pipe waits for it too.
    subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=60)
