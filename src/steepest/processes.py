"""The process of a job that this is: only the first one, the chief, prints and writes files.

Depends on the standard library only. `distribution.initialize` says which process it is; without
it a program is a job of one process.
"""

from __future__ import annotations

import secrets
from typing import Any


class Job:
    """The place of this process in its job, and the random bytes that all processes share."""

    process, processes = 0, 1
    shared, drawn = b"", 0


_job = Job()


def join(process: int, processes: int, shared: bytes) -> None:
    """Makes this the process of a number in a job of several.

    >>> join(0, 1, b"")
    """
    _job.process, _job.processes, _job.shared, _job.drawn = process, processes, shared, 0


def process_id() -> int:
    """The number of this process in its job, from 0.

    >>> st.distribution.process_id()
    0
    """
    return _job.process


def num_processes() -> int:
    """The number of processes of this job.

    >>> st.distribution.num_processes()
    1
    """
    return _job.processes


def is_chief() -> bool:
    """Whether this is the process that prints and writes files: number 0, or the only one.

    Values that several processes hold are read in all of them, and only then asked for here.

    >>> st.distribution.is_chief()
    True
    """
    return _job.process == 0


def say(*words: object, **options: Any) -> None:
    """Prints, as `print` does, in the chief.

    >>> say("Epoch", 1)
    Epoch 1
    """
    if is_chief():
        print(*words, **options)


def random_seed(bits: int) -> int:
    """A number of so many random bits of the system, the same in all processes of a job.

    >>> 0 <= random_seed(31) < 2**31
    True
    """
    if _job.processes == 1:
        return secrets.randbits(bits)
    import hashlib

    _job.drawn += 1
    digest = hashlib.sha256(_job.shared + _job.drawn.to_bytes(8, "little")).digest()
    return int.from_bytes(digest[:16], "little") >> (128 - bits)
