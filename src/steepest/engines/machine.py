"""What the engines find on this machine: the processor, its vectors and caches, cores and threads.

Depends on the config, and on the CPU engine where it can run.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass
from pathlib import Path

from steepest.config import config
from steepest.engines.cores import text_of, usable_cores
from steepest.errors import EngineUnavailable

_PROCESSORS = Path("/proc/cpuinfo")


@dataclass(frozen=True)
class Machine:
    """The engine of the config, and the processor as the code generator sees it.

    `reason` says why machine code cannot be made here; then `vector_bits` and `cache_bytes`, the
    sizes of the caches of levels 1 to 3, are None. `threads` is None where the engine chooses.

    >>> machine().cores >= 1
    True
    """

    engine: str
    reason: str | None
    processor: str
    architecture: str
    cores: int
    threads: int | None
    vector_bits: int | None = None
    cache_bytes: tuple[int, int, int] | None = None


def machine() -> Machine:
    """This machine, and the engine that "auto" chooses on it if that is the config's.

    >>> machine().engine in ("cpu", "numpy")
    True
    """
    reason, bits, caches = None, None, None
    architecture = platform.machine()
    try:
        from steepest.engines.cpu.machine.processor import processor

        found = processor()
        architecture = f"{architecture}, {found.name}"
        bits = found.vector_bits
        caches = (found.level1_bytes, found.level2_bytes, found.level3_bytes)
    except EngineUnavailable as unavailable:
        reason = str(unavailable)
    chosen = "numpy" if reason else "cpu"
    return Machine(
        engine=chosen if config.engine == "auto" else config.engine,
        reason=reason,
        processor=_model_name() or platform.processor() or "unknown",
        architecture=architecture,
        cores=usable_cores(),
        threads=config.threads,
        vector_bits=bits,
        cache_bytes=caches,
    )


def _model_name() -> str:
    """The name that the maker gave the processor; empty where Linux does not say it."""
    lines = (line.partition(":") for line in text_of(_PROCESSORS).splitlines())
    return next((value.strip() for key, _, value in lines if key.strip() == "model name"), "")
