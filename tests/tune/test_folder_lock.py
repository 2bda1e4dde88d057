"""A folder has one holder at a time; for Windows a module that locks bytes stands in for msvcrt."""

from __future__ import annotations

import os
import subprocess
import sys
import types
from pathlib import Path

import pytest

from steepest.errors import SteepestError
from steepest.tune import folder_lock
from steepest.tune.folder_lock import FILE, LOCKED_BYTE, lock_on_windows, locked

SCRIPT = """
import sys, time
from pathlib import Path
from steepest.tune.folder_lock import locked
locked(Path(sys.argv[1]))
print("locked", flush=True)
time.sleep(60)
"""


def test_a_process_that_is_killed_leaves_no_lock(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None and holder.stdout.readline() == "locked\n"
    with pytest.raises(SteepestError, match=rf"open in another process \(process {holder.pid}\)"):
        locked(tmp_path)
    holder.kill()
    holder.communicate()
    os.close(locked(tmp_path))


class Windows(types.ModuleType):
    """msvcrt.locking as Microsoft describes it: a range from the file's position is locked."""

    LK_NBLCK = 2

    def __init__(self) -> None:
        super().__init__("msvcrt")
        self.held: set[tuple[int, int]] = set()

    def locking(self, handle: int, mode: int, count: int) -> None:
        byte = os.fstat(handle).st_ino, os.lseek(handle, 0, os.SEEK_CUR)
        assert (mode, count) == (self.LK_NBLCK, 1)
        if byte in self.held:
            raise PermissionError(13, "Permission denied")
        self.held.add(byte)


def test_on_windows_a_byte_behind_the_text_is_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows = Windows()
    monkeypatch.setitem(sys.modules, "msvcrt", windows)
    monkeypatch.setattr(folder_lock, "lock_on_posix", lock_on_windows)
    handle = locked(tmp_path)
    assert [byte for _, byte in windows.held] == [LOCKED_BYTE]
    assert (tmp_path / FILE).read_text() == f"process {os.getpid()}\n"
    with pytest.raises(SteepestError, match=rf"\(process {os.getpid()}\); wait for its end"):
        locked(tmp_path)
    windows.held.clear()
    os.close(handle)
    os.close(locked(tmp_path))


def test_a_file_system_without_locks_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(handle: int) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(folder_lock, "lock_on_posix", unsupported)
    os.close(locked(tmp_path))
