"""The machine of a run: description, peak speeds, memory use and processor affinity.

Some figures are less precise on systems other than Linux.
"""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import numpy as np

STATUS = Path("/proc/self/status")


def describe(threads: int) -> dict[str, Any]:
    """The processor, the system and the load."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "threads": threads,
        "vector_bits": os.environ.get("STEEPEST_VECTOR_BITS", ""),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "load": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    listing = Path("/proc/cpuinfo")
    if listing.exists():
        for line in listing.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def ceilings() -> dict[str, float]:
    """The best speed of several matrix products and copies: GFLOP/s and GB/s."""
    size = 1536
    a = np.ones((size, size), np.float32)
    product = np.empty_like(a)
    source = np.ones(16 * 2**20, np.float32)
    target = np.empty_like(source)
    return {
        "gflops": 2 * size**3 / _best(lambda: np.matmul(a, a, out=product)) / 1e9,
        "copy_gb": 2 * source.nbytes / _best(lambda: np.copyto(target, source)) / 1e9,
    }


def _best(work: Callable[[], object]) -> float:
    work()
    return min(_seconds(work) for _ in range(8))


def _seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


POOLS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "STEEPEST_THREADS",
)


def thread_environment(threads: int) -> dict[str, str]:
    """Environment variables that limit every thread pool to `threads`; none for all cores."""
    return dict.fromkeys(POOLS, str(threads)) if threads != os.cpu_count() else {}


def confine(threads: int) -> None:
    """Limits this process to `threads` cores, if the system supports it."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


def forget_peak() -> None:
    """Resets the peak of memory to the present use (Linux only)."""
    if STATUS.exists():
        Path("/proc/self/clear_refs").write_text("5")


def peak_mb() -> float:
    """The peak of memory of this process.

    On Linux `ru_maxrss` survives exec, so that a small child reports the peak of its large parent;
    the status file does not.
    """
    if STATUS.exists():
        for line in STATUS.read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / 2**20 if sys.platform == "darwin" else used / 1024


# It ends with its parent, so that no worker killed at its time limit leaves it running.
BUSY_LOOP = "import os, sys\nwhile os.getppid() == int(sys.argv[1]): sum(range(10_000))"


def occupy_a_core() -> subprocess.Popen[bytes]:
    """Starts a process that computes as long as this one exists; the caller kills it."""
    return subprocess.Popen([sys.executable, "-c", BUSY_LOOP, str(os.getpid())])


@contextmanager
def spinning(count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Keeps `count` processes computing, of equal priority and on any core, inside the block."""
    started: list[subprocess.Popen[bytes]] = []
    try:
        for _ in range(count):
            started.append(occupy_a_core())
        sleep(0.5 if count else 0)  # until they have started
        yield started
    finally:
        for one in started:
            one.kill()
            one.wait()
