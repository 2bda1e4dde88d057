"""The lock of a folder: a file in it that one process holds. Depends on the errors only.

The system drops the lock when the process ends, however it ends: by flock on POSIX, by the locks of
byte ranges on Windows.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from steepest.errors import SteepestError

FILE = "study.lock"
LOCKED_BYTE = 1 << 30
"""Of the file on Windows, where a locked byte cannot be read by others: far after its text."""


def locked(folder: Path) -> int:
    """The lock file of a folder, open and locked; closing it releases the lock.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     handle = locked(Path(folder))
    ...     text = (Path(folder) / FILE).read_text()
    ...     os.close(handle)
    >>> text == f"process {os.getpid()}\\n"
    True
    """
    handle = os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        (lock_on_windows if sys.platform == "win32" else lock_on_posix)(handle)
    except (BlockingIOError, PermissionError):
        os.lseek(handle, 0, os.SEEK_SET)
        owner = os.read(handle, 100).decode(errors="replace").strip()
        os.close(handle)
        raise SteepestError(
            f"storage: the study in {str(folder)!r} is open in another process"
            f"{f' ({owner})' if owner else ''}; wait for its end, give another folder, or let "
            "several processes work on one study by storage='journal:FOLDER'"
        ) from None
    except OSError:
        return handle  # a file system without locks
    with contextlib.suppress(OSError):
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, f"process {os.getpid()}\n".encode())
    return handle


def lock_on_posix(handle: int) -> None:
    """Locks an open file, or raises BlockingIOError."""
    if sys.platform != "win32":  # for the type checker
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def lock_on_windows(handle: int) -> None:
    """Locks a byte of an open file, or raises PermissionError."""
    import msvcrt

    os.lseek(handle, LOCKED_BYTE, os.SEEK_SET)
    msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
