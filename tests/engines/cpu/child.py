"""Runs work in a forked child process, which ends afterwards instead of running further tests."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable

import pytest

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
# A process of several threads was forked, say Python and JAX.
forking = pytest.mark.filterwarnings("ignore:This process", "ignore:os.fork")


def fork(work: Callable[[], object], seconds: int = 60) -> int:
    """Forks a child that does this work and exits with 0, or 1 if it raised an error.

    A child that waits for a lock or a thread that it does not have is killed by the alarm.
    """
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)
        signal.alarm(seconds)
        work()
        code = 0
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(code)


def end_of(child: int) -> int:
    """The exit code of a child; it is negative if a signal killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
