"""A cache of machine code on disk, shared by processes.

A file is loaded only if this user owns it, no other user can write it, and its checksum agrees.
No failure here is an error: a folder that is full, read-only or damaged means no cache.
Depends on the standard library and config.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from steepest.config import cache_folder

_MAGIC = b"steepest machine code 2\n"
_PARTIAL = ".part-"  # prefix of files that are being written
_BOUND_BYTES = 256 * 1024 * 1024
_STALE_SECONDS = 3600.0
_STORES_BETWEEN_SWEEPS = 64

_stores = itertools.count()


def code_folder() -> Path | None:
    """The folder of cached machine code; None if caching is off.

    >>> code_folder() is None or code_folder().name == "code"
    True
    """
    folder = cache_folder()
    return None if folder is None else folder / "code"


def load(digest: str, kind: str = "code") -> bytes | None:
    """Returns the payload stored under a digest; None if there is none that can be trusted.

    >>> load("no such digest") is None
    True
    """
    folder = code_folder()
    if folder is None or not _is_ours(folder, stat.S_ISDIR):
        return None
    path = folder / f"{digest}.{kind}"
    with suppress(OSError):
        whole = _read_own(path)
        payload = None if whole is None else _checked(whole, digest)
        if payload is None:
            path.unlink(missing_ok=True)
        else:
            os.utime(path)  # the least recently used entries are removed first
        return payload
    return None


def store(digest: str, payload: bytes, kind: str = "code") -> None:
    """Stores a payload under a digest, if the folder can be written."""
    folder = code_folder()
    if folder is None:
        return
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_ours(folder, stat.S_ISDIR):
            whole = _MAGIC + _checksum(payload, digest) + payload
            _write_whole(folder / f"{digest}.{kind}", whole)
            if next(_stores) % _STORES_BETWEEN_SWEEPS == 0:
                _remove_oldest(folder)


def _checked(whole: bytes, digest: str) -> bytes | None:
    """The payload, if the file is complete and was written for this digest."""
    start = len(_MAGIC) + hashlib.sha256().digest_size
    payload = whole[start:]
    return payload if whole[:start] == _MAGIC + _checksum(payload, digest) else None


def _checksum(payload: bytes, digest: str) -> bytes:
    return hashlib.sha256(digest.encode() + payload).digest()


def _is_ours(path: Path, kind: Callable[[int], bool]) -> bool:
    """Whether a path is a file or folder (`kind`) that only this user can write; no link."""
    try:
        status = path.lstat()
    except OSError:
        return False
    return kind(status.st_mode) and _private(status)


def _private(status: os.stat_result) -> bool:
    if not hasattr(os, "getuid"):  # Windows: only this user can write to this user's folder
        return True
    return status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _read_own(path: Path) -> bytes | None:
    """A file's bytes; None if another user can write it. The open file is checked, not its name."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        status = os.fstat(file.fileno())
        return file.read() if stat.S_ISREG(status.st_mode) and _private(status) else None


def _write_whole(path: Path, whole: bytes) -> None:
    """Writes a temporary file and renames it, so that readers never see a part of a file."""
    import tempfile

    handle, temporary = tempfile.mkstemp(prefix=_PARTIAL, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(whole)
        os.replace(temporary, path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


def _remove_oldest(folder: Path) -> None:
    """Removes the oldest entries beyond the folder's bound, and partial files of killed writers."""
    entries = []
    for path in folder.iterdir():
        with suppress(OSError):  # another process may have removed it
            status = path.stat()
            entries.append((status.st_mtime, status.st_size, path))
    excess = sum(size for _, size, _ in entries) - _BOUND_BYTES
    for age, size, path in sorted(entries):
        left_over = path.name.startswith(_PARTIAL) and age < time.time() - _STALE_SECONDS
        if excess <= 0 and not left_over:
            continue
        path.unlink(missing_ok=True)
        excess -= size
