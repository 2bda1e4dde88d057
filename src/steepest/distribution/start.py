"""initialize: joins the processes of a job, in the one place before JAX computes anything.

JAX finds the job's coordinator, the number of processes and its own by the variables of SLURM,
Open MPI, Kubernetes and Cloud TPU; `steepest launch` sets those of this file. Depends on agreement.
"""

from __future__ import annotations

import atexit
import contextlib
import inspect
import logging
import os
import secrets
import sys
import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

from steepest.arguments import is_number, whole
from steepest.distribution.agreement import agree, from_chief
from steepest.distribution.mesh import jax_module
from steepest.errors import ArgumentError
from steepest.processes import join, num_processes
from steepest.version import VERSION

ADDRESS, COUNT, NUMBER, WATCHED = (
    "STEEPEST_JOB_ADDRESS", "STEEPEST_NUM_PROCESSES", "STEEPEST_PROCESS_ID", "STEEPEST_JOB_WATCHED",
)  # fmt: skip
"""The variables that say where process 0 listens, how many there are, which one this is, and that
`steepest launch` ends the others if one has ended.
"""

TIMEOUT = 300.0
HEARTBEAT_SECONDS = 50
"""Without a sign of life, after which JAX ends the other processes. Signs come from a thread of
JAX, so that a process may compute, compile or wait for as long as it wants.
"""
WATCHED_SECONDS = 86_400  # the launcher sees an end at once; a machine may be suspended
LAST_SECONDS = 3600  # which processes that are done wait for the others, as for the chief's files
SETTINGS = {
    "jax_cpu_collectives_implementation": "gloo",
    "jax_enable_preemption_service": False,  # with it SIGTERM would not end a process
}
NO_ANSWER = 4
"""The exit code of a process whose job does not answer."""


class Place(NamedTuple):
    """Where the job's coordinator listens, the number of processes, and which one this is.

    None is what JAX finds by the variables of a cluster.
    """

    address: str | None
    processes: int | None
    process: int | None


def initialize(
    job_addresses: str | None = None,
    num_processes: int | None = None,
    process_id: int | None = None,
    timeout: float = TIMEOUT,
) -> None:
    """Joins the processes of a job; `st.distribute` does so itself. One process joins nothing.

    Without arguments they are those of `steepest launch`, else those of the cluster that JAX finds:
    SLURM, Open MPI, Kubernetes, Cloud TPU. `job_addresses` is "host:port" of process 0, where the
    others ask for it; a list by commas, as in Keras, names it first. Each waits for the others
    `timeout` seconds. All must have the same versions of steepest, JAX and NumPy. Seeds that the
    system draws, and no user gives, are the same in all processes from here on.

    >>> st.distribution.initialize()
    """
    place = _place(job_addresses, num_processes, process_id)
    if not is_number(timeout) or not timeout > 0:
        raise ArgumentError(f"initialize: timeout: seconds above 0 were expected, got {timeout!r}")
    if place == (None, None, None) and not _in_cluster():
        return
    if _is_initialized():
        return
    with _watched(place, float(timeout)):
        _connect(place, float(timeout))
    from importlib.metadata import version

    from jax._src.distributed import global_state as state

    join(state.process_id, state.num_processes, b"")
    if state.num_processes > 1:
        atexit.register(_leave_after_error)
        others = (f"{package} {version(package)}" for package in ("jax", "jaxlib", "numpy"))
        agree("the versions of the processes", ", ".join((f"steepest {VERSION}", *others)))
        join(state.process_id, state.num_processes, from_chief(secrets.token_hex(16)).encode())
        _silence_copies()


def _place(address: str | None, processes: int | None, process: int | None) -> Place:
    """The place by the arguments, or by the variables of `steepest launch`."""
    if address is None and processes is None and process is None:
        found = [os.environ.get(name) for name in (ADDRESS, COUNT, NUMBER)]
        if None in found:
            return Place(None, None, None)
        address, processes, process = found[0], _number(COUNT), _number(NUMBER)
    first = address and address.split(",")[0]
    if first is not None and not first.rpartition(":")[2].isdecimal():
        raise ArgumentError(f"initialize: job_addresses: 'host:port' was expected, got {address!r}")
    if processes is not None and process is not None:
        processes = whole("num_processes", processes, 1)
        if whole("process_id", process, 0) >= processes:
            raise ArgumentError(
                f"initialize: process_id: a number below {processes}, the number of processes, "
                f"was expected, got {process}"
            )
    return Place(first, processes, process)


def _number(variable: str) -> int:
    text = os.environ[variable]
    if not text.isdecimal():
        raise ArgumentError(f"{variable}: a whole number was expected, got {text!r}")
    return int(text)


def _in_cluster() -> bool:
    """Whether JAX finds a cluster, but one that must be asked for by name."""
    jax_module()
    from jax._src.clusters import ClusterEnv

    kinds = ClusterEnv._cluster_types
    return any(kind.is_env_present() for kind in kinds if not kind.opt_in_only_method)


def _is_initialized() -> bool:
    if num_processes() > 1:
        return True
    jax_module()
    from jax._src.distributed import global_state

    return global_state.client is not None


def _connect(place: Place, timeout: float) -> None:
    jax = jax_module()
    options: dict[str, Any] = {"initialization_timeout": int(timeout) + 30}  # `_watched` is first
    silence = WATCHED_SECONDS if os.environ.get(WATCHED) else HEARTBEAT_SECONDS
    known = inspect.signature(jax.distributed.initialize).parameters  # fewer in older versions
    limits = {"heartbeat_timeout_seconds": silence, "shutdown_timeout_seconds": LAST_SECONDS}
    options |= {name: seconds for name, seconds in limits.items() if name in known}
    for name, value in SETTINGS.items():
        with contextlib.suppress(AttributeError):  # of a version of JAX without it
            jax.config.update(name, value)
    try:
        jax.distributed.initialize(*place, **options)
    except RuntimeError as error:
        if "must be called before" not in str(error):
            raise
        raise ArgumentError(
            "initialize: JAX has computed something already; call st.distribute or "
            "st.distribution.initialize at the start of the program, before any model is trained"
        ) from error


def _leave_after_error() -> None:
    """Ends a program that an exception has ended: JAX would have it wait for the others, which wait
    for it in the middle of a step.
    """
    if hasattr(sys, "last_type") and not hasattr(sys, "ps1"):  # not in an interactive session
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(1)


@contextlib.contextmanager
def _watched(place: Place, timeout: float) -> Iterator[None]:
    """Ends the process with a clear sentence if the `with` block takes longer than a time-out.

    JAX itself ends the process then, with a message that names no address, and raises nothing.
    """

    def end() -> None:
        print(f"error: {no_answer(place, timeout)}", file=sys.stderr, flush=True)
        os._exit(NO_ANSWER)

    timer = threading.Timer(timeout, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def no_answer(place: Place, timeout: float) -> str:
    """What is said where processes of a job do not answer.

    >>> no_answer(Place("10.0.0.1:1234", 2, 1), 300.0)[:79]
    'process 1 of 2 got no answer from process 0 at 10.0.0.1:1234 within 300 s: is i'
    """
    where = place.address or "the address that JAX has found by the variables of the cluster"
    if place.process == 0:
        return (
            f"process 0 of {place.processes} has waited {timeout:g} s at {where} for the others: "
            "have they all been started, with the same address, and does a firewall let them "
            "reach it?"
        )
    which = "a process" if place.process is None else f"process {place.process}"
    of = "" if place.processes is None else f" of {place.processes}"
    return (
        f"{which}{of} got no answer from process 0 at {where} within {timeout:g} s: is it running, "
        "and is its address the same here, with a port that a firewall lets through?"
    )


def _silence_copies() -> None:
    """Leaves warnings of steepest to the chief: the other processes have the same ones."""
    import warnings

    from steepest.errors import TrainingWarning, UnseenWarning
    from steepest.processes import is_chief

    for category in () if is_chief() else (TrainingWarning, UnseenWarning):
        warnings.simplefilter("ignore", category)
