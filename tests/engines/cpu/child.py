"""Work done in a forked child, which ends with it: none goes on to run the tests behind it."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable

import pytest

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
forking = pytest.mark.filterwarnings("ignore:This process")  # of several threads, says Python


def fork(work: Callable[[], object], seconds: int = 60) -> int:
    """A child that does this work and then leaves: with 0, or 1 if it raised an error.

    One that waits for a lock or a thread that it does not have is killed by the alarm.
    """
    child = os.fork()
    if child:
        return child
    left_with = 1
    try:
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)
        signal.alarm(seconds)
        work()
        left_with = 0
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(left_with)


def end_of(child: int) -> int:
    """The exit code of a child once it has left; that of a killed one is below 0."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
