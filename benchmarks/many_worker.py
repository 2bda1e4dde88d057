"""One process of `python -m benchmarks.many`: some configurations, in one way.

It prints "ready" when its library and the data are in memory, begins at a line of input, and ends
with one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks import contestants, data, machine
from benchmarks.many_configurations import configurations
from benchmarks.rows import Row
from benchmarks.task import Task, make_task

Predict = Callable[[Any], np.ndarray]
XOR_NETWORKS, XOR_STEPS = 1000, 5000


def main() -> None:
    """Trains the configurations of the command line."""
    given = _parser().parse_args()
    train = _xor if given.way == "xor" else _mnist
    print(json.dumps(train(given)), flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.many_worker")
    parser.add_argument("way", help="together, in_turn, xor, or a peer: torch, jax, scikit_learn")
    parser.add_argument("--data", default="mnist")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--part", type=int, nargs=2, default=(0, 1), help="k and n: each n-th")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--rows", type=int, default=60_000)
    parser.add_argument("--step", type=int, default=1, help="only each n-th configuration")
    parser.add_argument("--networks", type=int, default=XOR_NETWORKS)
    return parser


def _mnist(given: argparse.Namespace) -> dict[str, Any]:
    loaded = data.load(given.data)
    loaded = replace(loaded, x=loaded.x[: given.rows].copy(), y=loaded.y[: given.rows].copy())
    first, processes = given.part
    wanted = configurations(given.data, given.epochs)[:: given.step][first::processes]
    wanted = [row for row in wanted if not contestants.unsupported(given.way, row)]
    tasks = [make_task(row, loaded, given.threads) for row in wanted]
    ours = given.way in ("together", "in_turn")
    prepare = _steepest(tasks, given) if ours else _peer(tasks, given.way)
    machine.forget_peak()
    before = machine.peak_mb()
    predictors, seconds = _timed(prepare)
    x, y = loaded.test()
    accuracies = [float(np.mean(predict(x).argmax(1) == y)) for predict in predictors]
    names = [task.row.name for task in tasks]
    return seconds | {
        "accuracy": dict(zip(names, accuracies, strict=True)),
        "beyond_mb": machine.peak_mb() - before,
        "source": loaded.source,
    }


def _timed(train: Callable[[], list[Predict]]) -> tuple[list[Predict], dict[str, Any]]:
    """Waits for the signal to begin; the clock and the processor time of the training."""
    print("ready", flush=True)
    input()
    start, used = time.perf_counter(), time.process_time()
    predictors = train()
    found = {"seconds": time.perf_counter() - start, "processor": time.process_time() - used}
    return predictors, found


def _steepest(tasks: list[Task], given: argparse.Namespace) -> Callable[[], list[Predict]]:
    import steepest as st
    from benchmarks.contestants.steepest import model_of

    st.config.threads = given.threads
    workers = None if given.way == "together" else 1

    def train() -> list[Predict]:
        makes = [lambda task=task: model_of(task) for task in tasks]
        each = [{"batch_size": t.row.batch, "epochs": t.row.epochs} for t in tasks]
        first = tasks[0].data
        runs = st.together(makes, first.x, first.y, each=each, seed=0, workers=workers)
        runs.fit(verbose=0, raise_errors=True)
        return [lambda x, model=model: model.predict(x, verbose=0) for model in runs.models]

    return train


def _peer(tasks: list[Task], name: str) -> Callable[[], list[Predict]]:
    def train() -> list[Predict]:
        sessions: list[Row | Any] = []
        for task in tasks:
            sessions.append(contestants.BY_NAME[name].prepare(task))
            sessions[-1].train(0)
        return [session.predict for session in sessions]

    contestants.BY_NAME[name].prepare(tasks[0])  # imports the library
    return train


def _xor(given: argparse.Namespace) -> dict[str, Any]:
    """Many networks of four neurons, 5,000 steps each, building and recording included."""
    import steepest as st

    x = np.float32([[0, 0], [0, 1], [1, 0], [1, 1]])
    y = np.float32([[0], [1], [1], [0]])

    def build() -> Any:
        layers = [st.layers.Dense(4, "tanh", input_shape=(2,)), st.layers.Dense(1, "sigmoid")]
        model = st.Sequential(layers)
        model.compile(st.optimizers.SGD(0.5), "binary_crossentropy")
        return model

    found: list[Any] = []

    def train() -> list[Predict]:
        each = [{"seed": seed} for seed in range(given.networks)]
        runs = st.together(build, x, y, epochs=XOR_STEPS, batch_size=4, each=each)
        found.append(runs.fit(verbose=0, raise_errors=True))
        return []

    st.together(build, x, y, epochs=2, batch_size=4, each=[{"seed": 0}] * 2).fit(verbose=0)
    machine.forget_peak()
    before = machine.peak_mb()
    _, seconds = _timed(train)
    solved = np.mean([run.logs["loss"] < 0.1 for run in found[0]])
    return seconds | {"solved": float(solved), "beyond_mb": machine.peak_mb() - before}


if __name__ == "__main__":
    main()
