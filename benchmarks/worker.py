"""One measurement in its own process: `python -m benchmarks.worker ROW CONTESTANT`.

The last line that it prints is the result as JSON; output of libraries comes before it.
"""

from __future__ import annotations

import argparse
import json
import os

from benchmarks import contestants, machine, rows
from benchmarks.measure import measure


def main() -> None:
    """Measures the row and contestant of the command line and prints the result."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.worker")
    parser.add_argument("row", choices=[*rows.BY_NAME, "ceilings", "core"])
    parser.add_argument("contestant", choices=[*contestants.BY_NAME, "numpy"])
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--calls", type=int, default=0, help="timed calls (0: as the row says)")
    given = parser.parse_args()
    machine.confine(given.threads)
    print(json.dumps(_found(given)), flush=True)


def _found(given: argparse.Namespace) -> dict[str, object]:
    if given.row == "ceilings":
        return dict(machine.ceilings())
    if given.row == "core":
        return _core()
    row = rows.BY_NAME[given.row]
    contestant = contestants.BY_NAME[given.contestant]
    return measure(row, contestant, given.threads, given.calls or row.calls)


def _core() -> dict[str, object]:
    """What one core can do in code of steepest's widest vectors."""
    from benchmarks.kernels import MACHINE, peak  # it imports steepest

    rates = {"float32": peak("f32") / 1e9, "float64": peak("f64") / 1e9}
    return {"core_gflops": rates, "vector_bits": MACHINE.vector_bits}


if __name__ == "__main__":
    main()
