"""Saving is whole or nothing: failing system calls, kills, full disks; leftovers are removed."""

from __future__ import annotations

import errno
import os
import random
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from steepest.storage import read_tensors, whole_file, write_tensors
from steepest.storage.whole_file import PART, write_whole

posix = pytest.mark.skipif(sys.platform == "win32", reason="locks of files are POSIX")


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(PART)]


# ---------------------------------------------------------------- failing system calls


CALLS = "open write fsync replace close fstat scandir makedirs"


@posix
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_whichever_call_fails_the_old_file_is_whole(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Nth call of saving fails, for every N; what is there is the old or the new content."""
    path, failed, number = tmp_path / "file", 0, 0
    while True:
        write_whole(path, b"old")
        calls = _fail_at(number, code, monkeypatch)
        try:
            write_whole(path, b"new content")
            outcome = ""
        except OSError as error:
            outcome, failed = str(error), failed + 1
            assert error.errno == code and "file' was not saved" in outcome
            assert os.strerror(code) in outcome
        finally:
            monkeypatch.undo()
        assert path.read_bytes() == (b"old" if outcome else b"new content")
        if calls[0] <= number:
            break
        number += 1
    assert number >= 9 and failed >= 5
    write_whole(path, b"old")
    assert leftovers(tmp_path) == []


def _fail_at(number: int, code: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Makes one call of `os` fail; returns the count of calls, in a list."""
    calls = [0]

    def failing(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            calls[0] += 1
            if calls[0] - 1 == number:
                if real is os_close:
                    real(*args)  # Linux closes a file even if close reports an error
                raise OSError(code, os.strerror(code))
            return real(*args, **options)

        return call

    os_close = os.close
    for name in CALLS.split():
        monkeypatch.setattr(os, name, failing(getattr(os, name)))
    monkeypatch.setattr(whole_file.fcntl, "flock", failing(whole_file.fcntl.flock))
    return calls


SAVER = """
    import importlib.util, secrets, sys
    spec = importlib.util.spec_from_file_location("whole_file", sys.argv[2])
    whole_file = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(whole_file)
    secrets.token_hex = lambda size: "x"
    try:
        whole_file.write_whole(sys.argv[1], b"new content" * 1000)
    except OSError as error:
        print(error)
"""


def run_saver(path: Path, *before: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [
        *before,
        sys.executable,
        "-c",
        textwrap.dedent(SAVER),
        str(path),
        whole_file.__file__,
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


@posix
@pytest.mark.long
@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not here")
def test_whichever_system_call_fails_the_old_file_is_whole(tmp_path: Path) -> None:
    """The same with the calls of the kernel, by strace: those that concern these paths."""
    path, refused = tmp_path / "file", 0
    seen = [f"-P{each}" for each in (tmp_path, path, tmp_path / f"{PART}x")]
    for call in ("openat", "write", "fsync", "rename", "close", "flock", "getdents64", "mkdir"):
        for number in range(1, 5):
            path.write_bytes(b"old")
            inject = f"--inject={call}:error=EIO:when={number}"
            saver = run_saver(path, "strace", "-f", "-o/dev/null", *seen, inject)
            was_refused = "was not saved (Input/output error)" in saver.stdout
            assert path.read_bytes() == (b"old" if was_refused else b"new content" * 1000)
            refused += was_refused
    assert refused >= 4, "opening, writing, flushing and renaming can fail"


@posix
def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    """The system takes the first 4000 bytes and then refuses, as a full disk does."""
    import resource

    path = tmp_path / "file"
    path.write_bytes(b"old")

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))

    saver = run_saver(
        path, preexec_fn=small_files, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    )
    assert "file' was not saved (File too large); a file that was there" in saver.stdout
    assert path.read_bytes() == b"old" and leftovers(tmp_path) == []


@posix
def test_a_folder_that_cannot_be_written_to_is_named() -> None:
    folder = Path(tempfile.mkdtemp())
    path = folder / "file"
    path.write_bytes(b"old")
    folder.chmod(0o555)
    root = os.geteuid() == 0
    try:
        if root:  # whom no folder refuses
            os.seteuid(65534)
        with pytest.raises(PermissionError, match=r"file. was not saved .Permission denied"):
            write_whole(path, b"new")
        assert path.read_bytes() == b"old"
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)
        shutil.rmtree(folder)


# ---------------------------------------------------------------- kills and leftovers


WRITER = """
    import sys, numpy as np
    from steepest.storage import write_tensors
    number = 0
    print("ready", flush=True)
    while True:
        number += 1
        write_tensors(sys.argv[1], {"w": np.full(20_000, number)}, {"number": number})
"""


def kill_while_saving(path: Path, kills: int) -> None:
    """Kills a process that saves again and again; after each, the file must be whole."""
    delays = random.Random(5)
    for _ in range(kills):
        writer = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(WRITER), str(path)], stdout=subprocess.PIPE
        )
        assert writer.stdout is not None and writer.stdout.readline()
        while not path.exists():
            time.sleep(0.001)
        time.sleep(delays.random() * 0.02)
        writer.kill()
        writer.wait()
        writer.stdout.close()
        arrays, note = read_tensors(path)
        assert (arrays["w"] == note["number"]).all()
    write_tensors(path, {"w": np.zeros(2)}, {})
    assert leftovers(path.parent) == []


def test_a_killed_save_leaves_a_whole_file(tmp_path: Path) -> None:
    kill_while_saving(tmp_path / "w.safetensors", kills=4)


@pytest.mark.long
def test_200_killed_saves_leave_a_whole_file(tmp_path: Path) -> None:
    kill_while_saving(tmp_path / "w.safetensors", kills=200)


@posix
def test_leftovers_go_once_their_process_is_gone(tmp_path: Path) -> None:
    script = """
        import os, sys
        from steepest.storage import whole_file
        def stop(*_):
            print("writing", flush=True)
            sys.stdin.read()
            os._exit(9)
        whole_file.os.fsync = stop
        whole_file.write_whole(sys.argv[1], b"a")
    """
    writer = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path / "a")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert writer.stdout is not None and writer.stdin is not None and writer.stdout.readline()
    (tmp_path / f"{PART}folder").mkdir()
    write_whole(tmp_path / "b", b"b")
    left = leftovers(tmp_path)
    assert len(left) == 2, "the part of a living writer was removed, or a folder"
    writer.stdin.close()
    writer.wait()
    writer.stdout.close()
    write_whole(tmp_path / "b", b"b")
    assert leftovers(tmp_path) == [f"{PART}folder"]


@posix
def test_a_part_that_is_removed_before_it_is_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, removed = whole_file.fcntl.flock, []

    def flock(handle: int, how: int) -> None:
        if not removed:
            removed.extend(leftovers(tmp_path))
            (tmp_path / removed[0]).unlink()
        real(handle, how)

    monkeypatch.setattr(whole_file.fcntl, "flock", flock)
    write_whole(tmp_path / "a", b"content")
    assert removed and (tmp_path / "a").read_bytes() == b"content"


@posix
def test_a_file_gets_the_permissions_of_a_new_one(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "a", b"")
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640
