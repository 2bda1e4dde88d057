"""Measures one contestant at one row in this process: times, memory, accuracy and loss.

Accuracy and loss are computed by the same NumPy code for all contestants.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks import data, machine
from benchmarks.contestants import Contestant
from benchmarks.rows import Row
from benchmarks.task import Session, Task, make_task

Result = dict[str, Any]


def measure(row: Row, contestant: Contestant, threads: int, calls: int) -> Result:
    """All results of one process; times in seconds, memory in MB."""
    task = make_task(row, data.load(row.data), threads)
    machine.forget_peak()
    start = perf_counter()
    session = contestant.prepare(task)
    found = {"source": task.data.source, "input_mb": task.data.bytes / 2**20}
    found["prepare_seconds"] = perf_counter() - start
    return found | MEASURES[row.kind](session, task, calls)


def _train(session: Session, task: Task, calls: int) -> Result:
    first = seconds_of(session, 0)
    times = [seconds_of(session, call) for call in range(1, calls + 1)]
    found = {"first_seconds": first, "seconds": times, "peak_mb": machine.peak_mb()}
    found["value"] = median(times) / _divisor(task)
    return found | learned(session, task)


def seconds_of(session: Session, call: int, clock: Callable[[], float] = perf_counter) -> float:
    """The time of one call of `train`."""
    start = clock()
    session.train(call)
    return clock() - start


def _divisor(task: Task) -> int:
    return task.row.epochs * (task.steps if task.row.unit != "epoch" else 1)


def learned(session: Session, task: Task) -> Result:
    """Accuracy and loss on the test set."""
    x, y = task.data.test()
    output = np.asarray(session.predict(x), np.float64)
    if output.shape[1] == 1:
        output = np.concatenate([1 - output, output], axis=1)
    right = output[np.arange(len(y)), y]
    return {
        "accuracy": float(np.mean(output.argmax(1) == y)),
        "loss": float(-np.mean(np.log(np.maximum(right, 1e-12)))),
    }


def _busy(session: Session, task: Task, calls: int) -> Result:
    quiet = _train(session, task, calls)
    with machine.spinning(1):
        times = [seconds_of(session, call) for call in range(calls)]
    step = median(times) / _divisor(task)
    return quiet | {"quiet": quiet["value"], "busy": step, "value": step / quiet["value"]}


def _predict_one(session: Session, task: Task, calls: int) -> Result:
    predict, row = session.predictor(), task.data.x[:1]
    predict(row)
    times = [_per_call(predict, row) for _ in range(calls)]
    found = {"seconds": times, "value": min(times), "peak_mb": machine.peak_mb()}
    return found | {"error": _error(predict(row), task, row)}


def _per_call(predict: Any, row: np.ndarray) -> float:
    start = perf_counter()
    for _ in range(500):
        predict(row)
    return (perf_counter() - start) / 500


def _predict_many(session: Session, task: Task, calls: int) -> Result:
    rows = task.data.x[:10_000]
    session.predict(rows)
    times = []
    for _ in range(calls):
        start = perf_counter()
        session.predict(rows)
        times.append(perf_counter() - start)
    found = {"seconds": times, "value": median(times), "peak_mb": machine.peak_mb()}
    return found | {"error": _error(session.predict(rows), task, rows)}


def _error(output: Any, task: Task, x: np.ndarray) -> float:
    """The largest deviation from the formula: relu layers, then softmax."""
    *hidden, (kernel, bias) = task.weights
    for inner, shift in hidden:
        x = np.maximum(x @ inner + shift, 0)
    expected = np.exp(x @ kernel + bias)
    expected /= expected.sum(1, keepdims=True)
    return float(np.abs(np.asarray(output) - expected).max())


def _cold(session: Session, task: Task, calls: int) -> Result:
    # The parent measures the time, from the start of the process to its end.
    session.train(0)
    found = learned(session, task)
    return found | {"peak_mb": machine.peak_mb()}


MEASURES = {
    "train": _train,
    "busy": _busy,
    "predict_one": _predict_one,
    "predict_many": _predict_many,
    "cold": _cold,
}
