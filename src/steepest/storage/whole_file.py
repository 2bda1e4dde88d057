"""Writes a file whole or not at all, and removes what killed processes left of theirs.

The content goes to a file of a temporary name, which is flushed and renamed, and the folder is
flushed: if the process is killed at any moment, there is the old file or the new one. The writer
holds a lock on its temporary file, which the system drops when the process ends: one that can be
locked has no owner any more. Depends on processes only.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import sys
import time

from steepest.processes import is_chief

if sys.platform != "win32":
    import fcntl

PART = ".part-"
OLD = 60.0  # seconds; Windows refuses to remove an open file, but the writer closes it to rename it


def write_whole(path: str | os.PathLike[str], content: bytes | bytearray) -> None:
    """Writes a file in the chief; if that fails, a file that was there before is as it was.

    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(os.path.join(folder, "new", "greeting"), b"hello")
    ...     os.listdir(os.path.join(folder, "new"))
    ['greeting']
    """
    target = os.path.abspath(os.fspath(path))
    folder = os.path.dirname(target)
    if os.path.isdir(target):
        raise IsADirectoryError(
            errno.EISDIR, f"{os.fspath(path)!r} is a folder; give the name of a file in it"
        )
    if not is_chief():
        return
    try:
        os.makedirs(folder, exist_ok=True)
        remove_leftovers(folder)
        while not _written(target, os.path.join(folder, PART + secrets.token_hex(8)), content):
            pass
    except OSError as error:
        raise OSError(
            error.errno,
            f"{os.fspath(path)!r} was not saved ({error.strerror or error}); a file that was there "
            "before is as it was. Make room, or choose a folder that can be written to",
        ) from error
    _flush_folder(folder)


def _written(target: str, temporary: str, content: bytes | bytearray) -> bool:
    """Writes the target by way of a temporary file; False if that was removed before its lock."""
    new = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    handle = os.open(temporary, new, 0o666)
    try:
        try:
            if not _locked_by_us(handle):
                return False
            rest = memoryview(content)
            while rest:
                rest = rest[os.write(handle, rest) :]
            os.fsync(handle)
            if sys.platform != "win32":  # the lock is held until the file has its name
                os.replace(temporary, target)
        finally:
            with contextlib.suppress(OSError):  # after fsync, closing has nothing left to report
                os.close(handle)
        if sys.platform == "win32":
            os.replace(temporary, target)
        return True
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _locked_by_us(handle: int) -> bool:
    """Locks a new file; returns whether it is still there. Not every file system has locks."""
    if sys.platform == "win32":
        return True
    with contextlib.suppress(OSError):
        fcntl.flock(handle, fcntl.LOCK_EX)
    return os.fstat(handle).st_nlink > 0


def remove_leftovers(folder: str) -> None:
    """Removes the temporary files of a folder whose writers are gone.

    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     open(os.path.join(folder, ".part-1"), "w").close()
    ...     remove_leftovers(folder)
    ...     os.listdir(folder)
    []
    """
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(PART) and entry.is_file(follow_symlinks=False):
                with contextlib.suppress(OSError):
                    _remove_if_left(entry.path)


def _remove_if_left(path: str) -> None:
    if sys.platform == "win32":
        if time.time() - os.stat(path).st_mtime > OLD:
            os.unlink(path)
        return
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # raises while the writer lives
        os.unlink(path)
    finally:
        os.close(handle)


def _flush_folder(folder: str) -> None:
    """Flushes a folder, which makes a rename durable; not every system can flush one."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
