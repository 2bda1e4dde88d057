"""Loads LLVM's library in a thread while Python does other work. Depends on the C library."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from contextlib import suppress
from functools import cache


@cache
def begin() -> threading.Thread | None:
    """Starts a thread that loads the library, once; None where that is not possible.

    The thread calls `dlopen` of the C library: `ctypes.CDLL` would hold Python's lock meanwhile.
    """
    if sys.platform == "win32":
        return None
    thread = threading.Thread(target=_load, daemon=True)
    try:
        thread.start()
    except RuntimeError:  # no more threads are available
        return None
    return thread


def _load() -> None:
    with suppress(ImportError, AttributeError):  # the code that needs llvmlite reports it
        import llvmlite
        from llvmlite.utils import get_library_name

        path = os.path.join(os.path.dirname(llvmlite.__file__), "binding", get_library_name())
        load = ctypes.CDLL(None).dlopen
        load.argtypes, load.restype = [ctypes.c_char_p, ctypes.c_int], ctypes.c_void_p
        load(path.encode(), os.RTLD_NOW)


def finish() -> None:
    """Waits for the thread, if it was started."""
    if begin.cache_info().currsize and (thread := begin()):
        thread.join()


if hasattr(os, "register_at_fork"):
    # A forked child would inherit a half-loaded library without the loading thread.
    os.register_at_fork(before=finish)
