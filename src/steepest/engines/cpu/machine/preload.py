"""LLVM's library, loaded in a thread while Python does something else. Leans on the C library."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from contextlib import suppress
from functools import cache


@cache
def begin() -> threading.Thread | None:
    """Begin to load the library, once; None where that cannot be done ahead.

    The C library is asked itself: ctypes would hold Python's lock meanwhile.
    """
    if sys.platform == "win32":
        return None
    thread = threading.Thread(target=_load, daemon=True)
    try:
        thread.start()
    except RuntimeError:  # no more threads are to be had
        return None
    return thread


def _load() -> None:
    with suppress(ImportError, AttributeError):  # who needs what is missing says so
        import llvmlite
        from llvmlite.utils import get_library_name

        path = os.path.join(os.path.dirname(llvmlite.__file__), "binding", get_library_name())
        load = ctypes.CDLL(None).dlopen
        load.argtypes, load.restype = [ctypes.c_char_p, ctypes.c_int], ctypes.c_void_p
        load(path.encode(), os.RTLD_NOW)


def finish() -> None:
    """Wait until a library that has begun to be loaded is there."""
    if begin.cache_info().currsize and (thread := begin()):
        thread.join()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=finish)  # a child would inherit it half loaded, and no thread
