"""What processes of a job tell each other besides arrays: that they agree, and what the chief says.

They write short texts under names that all of them count alike, at the coordinator that JAX keeps.
Depends on processes and errors.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
from collections.abc import Iterator
from typing import Any

from steepest.errors import DataError, EngineUnavailable
from steepest.processes import is_chief, num_processes, process_id

MILLISECONDS = 86_400_000  # a process that has ended is noticed by others than who waits for it
SIGNS = ("Gloo", "NCCL", "UNAVAILABLE", "DEADLINE_EXCEEDED")
"""Words of JAX's errors where another process does not answer."""
_questions = itertools.count()


def _coordinator() -> Any:
    from jax._src.distributed import global_state

    return global_state.client


def from_chief(value: Any) -> Any:
    """The chief's value, in every process; all of them must ask, in the same order.

    For numbers, texts and lists of them: what a clock or a folder says may differ.

    >>> from_chief(3)
    3
    """
    if num_processes() == 1:
        return value
    key = f"steepest/chief/{next(_questions)}"
    if is_chief():
        _coordinator().key_value_set(key, json.dumps(value))
        return value
    return json.loads(_coordinator().blocking_key_value_get(key, MILLISECONDS))


def agree(what: str, value: str) -> None:
    """Raises in all processes unless each gives the same text; all of them must ask.

    >>> agree("the versions of the processes", "steepest 0.1.0")
    """
    if num_processes() == 1:
        return
    key, coordinator = f"steepest/agree/{next(_questions)}", _coordinator()
    said = f"{value} (process {process_id()} on {socket.gethostname()})"
    coordinator.key_value_set(f"{key}/{process_id()}", json.dumps([value, said]))
    reported = [
        json.loads(coordinator.blocking_key_value_get(f"{key}/{process}", MILLISECONDS))
        for process in range(num_processes())
    ]
    different = dict(reversed(reported))
    if len(different) > 1:
        raise DataError(
            f"{what} differ: {'; '.join(reversed(different.values()))}. All processes must run "
            "the same program on the same data in the same environment"
        )


@contextlib.contextmanager
def together() -> Iterator[None]:
    """Says which error is one of another process, in a `with` block that all compute together.

    >>> with together():
    ...     1 + 1
    2
    """
    try:
        yield
    except (RuntimeError, ValueError) as error:
        if num_processes() == 1 or not any(sign in str(error) for sign in SIGNS):
            raise
        raise EngineUnavailable(
            f"process {process_id()} of {num_processes()} waits for another one that has ended or "
            f"does not answer, and whose own output says why ({str(error).splitlines()[0][:200]})"
        ) from error
