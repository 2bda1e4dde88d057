"""Machine code kept on disk between processes: who may write it, how it is checked, how it ends.

A file is loaded only if this user owns it, nobody else can write it, and its checksum agrees.
No failure here is an error: a folder that is full, read-only or damaged means no cache.
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
_ASIDE = ".part-"  # what is being written
_BOUND_BYTES = 256 * 1024 * 1024
_STALE_SECONDS = 3600.0
_STORES_BETWEEN_SWEEPS = 64

_stores = itertools.count()


def code_folder() -> Path | None:
    """Where machine code is cached; None if caching is off.

    >>> code_folder() is None or code_folder().name == "code"
    True
    """
    folder = cache_folder()
    return None if folder is None else folder / "code"


def load(digest: str, kind: str = "code") -> bytes | None:
    """What was kept under a digest; None if there is nothing, or nothing to be trusted.

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
            os.utime(path)  # the entries least lately used are removed first
        return payload
    return None


def store(digest: str, payload: bytes, kind: str = "code") -> None:
    """Keep a payload under a digest, unless the folder does not let us."""
    folder = code_folder()
    if folder is None:
        return
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_ours(folder, stat.S_ISDIR):
            _write_whole(folder / f"{digest}.{kind}", _sealed(payload, digest))
            if next(_stores) % _STORES_BETWEEN_SWEEPS == 0:
                _remove_oldest(folder)


def _sealed(payload: bytes, digest: str) -> bytes:
    return _MAGIC + _checksum(payload, digest) + payload


def _checked(whole: bytes, digest: str) -> bytes | None:
    """The payload, if the file is whole and was written for this digest."""
    start = len(_MAGIC) + hashlib.sha256().digest_size
    payload = whole[start:]
    return payload if whole[:start] == _MAGIC + _checksum(payload, digest) else None


def _checksum(payload: bytes, digest: str) -> bytes:
    return hashlib.sha256(digest.encode() + payload).digest()


def _is_ours(path: Path, kind: Callable[[int], bool]) -> bool:
    """Whether a path is of its kind, not a link, this user's, and written by nobody else."""
    try:
        status = path.lstat()
    except OSError:
        return False
    return kind(status.st_mode) and _private(status)


def _private(status: os.stat_result) -> bool:
    if not hasattr(os, "getuid"):  # Windows: the user's folder is the user's
        return True
    return status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _read_own(path: Path) -> bytes | None:
    """A file's bytes; None if it is another's. The open file is judged, not its name."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        status = os.fstat(file.fileno())
        return file.read() if stat.S_ISREG(status.st_mode) and _private(status) else None


def _write_whole(path: Path, whole: bytes) -> None:
    """Readers see the old file or the new one, never a part: write aside, then rename."""
    import tempfile

    handle, aside = tempfile.mkstemp(prefix=_ASIDE, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(whole)
        os.replace(aside, path)
    except OSError:
        Path(aside).unlink(missing_ok=True)
        raise


def _remove_oldest(folder: Path) -> None:
    """Keep the folder within its bound, and free of what killed writers left."""
    entries = []
    for path in folder.iterdir():
        with suppress(OSError):  # another process may have removed it
            status = path.stat()
            entries.append((status.st_mtime, status.st_size, path))
    excess = sum(size for _, size, _ in entries) - _BOUND_BYTES
    for age, size, path in sorted(entries):
        left_over = path.name.startswith(_ASIDE) and age < time.time() - _STALE_SECONDS
        if excess <= 0 and not left_over:
            continue
        path.unlink(missing_ok=True)
        excess -= size
