"""Many networks at once: `python -m benchmarks.many --help`.

24 configurations on MNIST (many_configurations.py): steepest side by side, and one after another
with one and with two threads; PyTorch and scikit-learn in one process for each core, each with one
thread; JAX so, and in one process with all cores. The ways are interleaved and repeated; the table
gives the median of the clock, and the processor time. Data and libraries are in memory before the
clock starts; building, recording, compiling and packing count.

With `--quick` every twelfth configuration is trained once, for one epoch of 3,000 rows without
zeros, and 20 XOR networks: a check that all ways work, of about a minute of processor time. Its
times are mostly those of compilers.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from statistics import mean, median
from typing import Any

from benchmarks import contestants, machine
from benchmarks.many_configurations import EPOCHS, configurations

CORES = os.cpu_count() or 1
DATA = {"mnist": "MNIST as it is", "mnist_standard": "MNIST without zeros"}


@dataclass(frozen=True)
class Way:
    """How the networks are trained: a worker's way, its processes, and the threads of each."""

    name: str
    worker: str
    processes: int
    threads: int

    def missing(self) -> str:
        """The first package that is not installed, or an empty string."""
        contestant = contestants.BY_NAME.get(self.worker)
        return "" if contestant is None else contestant.missing()


WAYS = (
    Way("steepest, side by side", "together", 1, CORES),
    Way("steepest, in turn, all threads", "in_turn", 1, CORES),
    Way("steepest, in turn, one thread", "in_turn", 1, 1),
    Way("PyTorch, a process for each core", "torch", CORES, 1),
    Way("JAX, a process for each core", "jax", CORES, 1),
    Way("JAX, one process, all threads", "jax", 1, CORES),
    Way("scikit-learn, a process for each core", "scikit_learn", CORES, 1),
)
QUICK: dict[str, Any] = {
    "repeat": 1, "epochs": 1, "rows": 3_000, "networks": 20, "step": 12,
    "data": ["mnist_standard", "xor"],
}  # fmt: skip
XOR = Way("steepest, side by side", "xor", 1, CORES)


def main() -> None:
    """Measures what the command line asks for, and prints a table for each kind of data."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.many", description=__doc__)
    parser.add_argument("--data", nargs="+", choices=[*DATA, "xor"], default=[*DATA, "xor"])
    parser.add_argument("--ways", nargs="+", help="only ways whose name has one of these words")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--rows", type=int, default=60_000)
    parser.add_argument("--step", type=int, default=1, help="train each n-th configuration")
    parser.add_argument("--networks", type=int, default=1000, help="of XOR")
    parser.add_argument("--quick", action="store_true", help="a short check that all ways work")
    if parser.parse_args().quick:
        parser.set_defaults(**QUICK)
    given = parser.parse_args()
    print(json.dumps(machine.describe(CORES)))
    for name in given.data:
        ways = [XOR] if name == "xor" else _ways(given.ways)
        found: dict[Way, list[dict[str, Any]]] = {way: [] for way in ways}
        for _ in range(given.repeat):
            for way in ways:
                found[way].append(measured(way, name, given))
                print(f"{way.name}: {found[way][-1]['seconds']:.2f} s", file=sys.stderr)
        kind = DATA.get(name, f"{given.networks:,} XOR networks of 5,000 steps")
        print(f"\n{kind}\n{table(found, len(configurations(name)[:: given.step]))}")


def _ways(words: list[str] | None) -> list[Way]:
    chosen = [way for way in WAYS if not words or any(word in way.name for word in words)]
    for way in chosen:
        if way.missing():
            print(f"{way.name}: {way.missing()} is not installed", file=sys.stderr)
    return [way for way in chosen if not way.missing()]


def measured(way: Way, name: str, given: argparse.Namespace) -> dict[str, Any]:
    """One measurement: all processes begin together, and the last to end counts."""
    environment = os.environ | dict.fromkeys(machine.POOLS, str(way.threads))
    environment.pop("STEEPEST_THREADS")  # the worker sets it
    options = [f"--threads={way.threads}", f"--epochs={given.epochs}", f"--rows={given.rows}"]
    options += [f"--networks={given.networks}", f"--step={given.step}"]
    options += [] if name == "xor" else [f"--data={name}"]
    command = [sys.executable, "-m", "benchmarks.many_worker", way.worker, *options]
    workers = [
        subprocess.Popen(
            [*command, "--part", str(part), str(way.processes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for part in range(way.processes)
    ]
    for worker in workers:
        assert worker.stdout is not None
        while (line := worker.stdout.readline()).strip() != "ready":
            if not line:
                raise SystemExit(f"{way.name}: a worker ended before it was ready")
    results = _begun(workers)
    return {
        "seconds": max(result["seconds"] for result in results),
        "processor": sum(result["processor"] for result in results),
        "beyond_mb": sum(result["beyond_mb"] for result in results),
        "accuracy": {k: v for result in results for k, v in result.get("accuracy", {}).items()},
        "solved": results[0].get("solved"),
    }


def _begun(workers: list[subprocess.Popen[str]]) -> list[dict[str, Any]]:
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("begin\n")
        worker.stdin.flush()
    return [json.loads(worker.communicate()[0].splitlines()[-1]) for worker in workers]


def table(found: dict[Way, list[dict[str, Any]]], count: int) -> str:
    """A line for each way: seconds, processor time, ratio to the fastest peer, accuracy.

    Peers that cannot train all of the `count` configurations are not compared.
    """
    peers = [
        median(one["seconds"] for one in results)
        for way, results in found.items()
        if not way.name.startswith("steepest") and len(results[0]["accuracy"]) == count
    ]
    lines = [f"{'':42} {'seconds':>8} {'processor':>9} {'ratio':>6} {'accuracy':>8} {'MB':>7}"]
    for way, results in found.items():
        seconds = median(one["seconds"] for one in results)
        processor = median(one["processor"] for one in results)
        beyond = max(one["beyond_mb"] for one in results)
        scores = [score for one in results for score in one["accuracy"].values()]
        score = mean(scores) if scores else results[0]["solved"]
        ratio = f"{min(peers) / seconds:.2f}" if peers else "-"
        taken = len(results[0]["accuracy"])
        part = f"  ({taken} of {count})" if 0 < taken < count else ""
        lines.append(
            f"{way.name:42} {seconds:8.2f} {processor:9.2f} {ratio:>6} {score:8.4f} "
            f"{beyond:7.0f}{part}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
