"""A process that lives on and takes turns: `python -m benchmarks.live_worker ROW CONTESTANT`.

It prepares, answers, and then measures once for each line that it is sent, the kind of the row.
Answers are JSON, one a line; other output goes to standard error.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import replace
from time import perf_counter, process_time
from typing import Any

import numpy as np

from benchmarks import contestants, data, machine
from benchmarks.contestants import Contestant
from benchmarks.measure import learned, seconds_of
from benchmarks.rows import Row
from benchmarks.sweep_rows import KNOWN
from benchmarks.task import make_task

CALL = 1  # always the same order of examples
COMPARED = 256  # steps before the losses are compared; in longer ones roundings grow


class Measured:
    """A prepared network, with as many epochs a call as fill the wanted time.

    The time of one thread is its processor time, which other programs affect least.
    """

    def __init__(self, row: Row, contestant: Contestant, threads: int, seconds: float) -> None:
        whole = data.load(row.data)
        start = replace(whole, x=whole.x[: COMPARED * row.batch], y=whole.y[: COMPARED * row.batch])
        task = make_task(replace(row, epochs=1, shuffle=False), start, threads)
        session = contestant.prepare(task)
        session.train(CALL)
        self.found = {"source": whole.source, **learned(session, task)}
        self.clock = process_time if threads == 1 and row.kind == "turns" else perf_counter
        step = min(seconds_of(session, CALL, self.clock) for _ in range(2)) / task.steps
        epochs = max(1, round(seconds / (step * (len(whole.y) // row.batch))))
        self.task = make_task(replace(row, epochs=epochs), whole, threads)
        self.session = contestant.prepare(self.task)
        self.session.train(CALL)

    def train(self) -> float:
        """The time of a step, over all epochs of a call."""
        steps = self.task.row.epochs * self.task.steps
        return seconds_of(self.session, CALL, self.clock) / steps

    def predict(self, seconds: float) -> list[float]:
        """The times of many predictions of one row, by the function prepared for small inputs."""
        row, predict = self.task.data.x[:1], self.session.predictor()
        times, end = list[float](), perf_counter() + seconds
        while (start := perf_counter()) < end:
            predict(row)
            times.append(perf_counter() - start)
        return times


def main() -> None:
    """Prepares the row and contestant of the command line and answers requests."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.live_worker")
    parser.add_argument("row", choices=KNOWN)
    parser.add_argument("contestant", choices=contestants.BY_NAME)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--seconds", type=float, default=0.4, help="of one measurement")
    given = parser.parse_args()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    machine.confine(given.threads)
    row, contestant = KNOWN[given.row], contestants.BY_NAME[given.contestant]
    measured = Measured(row, contestant, given.threads, given.seconds)
    print(json.dumps(measured.found), file=answers, flush=True)
    for request in sys.stdin:
        print(
            json.dumps(_answer(measured, request.strip(), given.seconds)), file=answers, flush=True
        )


def _answer(measured: Measured, request: str, seconds: float) -> dict[str, Any]:
    if request != "load_predict":
        return {"value": measured.train()}
    times = measured.predict(seconds)
    return {"value": float(np.percentile(times, 95)), "median": float(np.median(times))}


if __name__ == "__main__":
    main()
