"""Downloads a file over HTTPS: resumed, verified, and only then renamed to its final name.

Depends on the errors only; rich shows the progress in a terminal.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from steepest.errors import DataError

BLOCK = 1 << 16
ATTEMPTS = 3
TIMEOUT = 30.0
Advance = Callable[[int], None]


class Refused(Exception):
    """Raised for an address that cannot serve the file; the next one is tried."""


def download(
    addresses: Sequence[str],
    path: Path,
    size: int,
    sha256: str,
    *,
    schemes: Sequence[str] = ("https",),
    pause: float = 1.0,
) -> None:
    """Downloads the file of this size and hash to `path`, from the first address that has it.

    Received bytes are stored beside it as `NAME.part`; the next attempt or run continues there.
    """
    with _lock(path.with_name(path.name + ".lock")):
        if path.exists() and path.stat().st_size == size:
            return  # another process downloaded it while this one waited
        part = path.with_name(path.name + ".part")
        faults = []
        for address in addresses:
            try:
                _attempts(address, part, size, sha256, schemes, pause)
                _publish(part, path)
                return
            except Refused as fault:
                faults.append(f"  {address}: {fault}")
    raise DataError(f"{path.name} could not be downloaded:\n" + "\n".join(faults))


def _attempts(
    address: str, part: Path, size: int, sha256: str, schemes: Sequence[str], pause: float
) -> None:
    """Retries after a broken connection, until `ATTEMPTS` in a row receive nothing new."""
    from_start = _held(part) == 0
    idle = 0
    while idle < ATTEMPTS:
        before = _held(part)
        if before < size:
            _continue(address, part, size, schemes)
        if _held(part) >= size:
            with part.open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
            if found == sha256:
                return
            part.unlink()
            if from_start:
                raise Refused(f"has the SHA-256 {found}, expected {sha256}: it is another file")
            from_start = True  # the part of an earlier run may have been damaged
        idle = 0 if _held(part) > before else idle + 1
        time.sleep(pause * idle)
    raise Refused(f"the connection broke off {ATTEMPTS} times, last at {_held(part):,} of {size:,}")


def _continue(address: str, part: Path, size: int, schemes: Sequence[str]) -> None:
    """Sends one request for the missing bytes; those received before a break stay in `part`."""
    import http.client
    import ssl
    import urllib.error

    try:
        with _answer(address, _held(part), schemes) as answer:
            start = _start(answer, _held(part), size)
            _append(answer, part, start, size)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code != 416:
            raise Refused(f"the server answers {error.code} {error.reason}") from error
        part.unlink(missing_ok=True)
    except urllib.error.URLError as error:
        raise Refused(f"cannot be reached ({error.reason})") from error
    except (http.client.HTTPException, ConnectionError, TimeoutError, ssl.SSLError):
        return  # interrupted: the next attempt continues from here


def _answer(address: str, held: int, schemes: Sequence[str]) -> Any:
    import urllib.request

    class NoDowngrade(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *arguments: Any) -> Any:
            _check_scheme(arguments[-1], schemes)
            return super().redirect_request(*arguments)

    _check_scheme(address, schemes)
    headers = {"User-Agent": "steepest", "Accept-Encoding": "identity"}
    if held:
        headers["Range"] = f"bytes={held}-"
    request = urllib.request.Request(address, headers=headers)
    return urllib.request.build_opener(NoDowngrade).open(request, timeout=TIMEOUT)


def _check_scheme(address: str, schemes: Sequence[str]) -> None:
    if address.partition("://")[0] not in schemes:
        raise Refused(f"{address} is not {' or '.join(schemes)}; refused")


def _start(answer: Any, held: int, size: int) -> int:
    """The offset of the answer's bytes: after those held, or 0 if the server sends all."""
    if answer.status == 206:
        wanted = f"bytes {held}-{size - 1}/{size}"
        if answer.headers.get("Content-Range") != wanted:
            raise Refused(f"sends {answer.headers.get('Content-Range')!r}, expected {wanted!r}")
        return held
    length = answer.headers.get("Content-Length")
    if length is not None and int(length) != size:
        raise Refused(f"holds {int(length):,} bytes, expected {size:,}: it is another file")
    return 0


def _append(answer: Any, part: Path, start: int, size: int) -> None:
    with part.open("r+b" if start else "wb") as stream, _progress(part.stem, size) as advance:
        stream.seek(start)
        advance(start)
        while block := answer.read(BLOCK):
            if stream.tell() + len(block) > size:
                raise Refused(f"sends more than the {size:,} bytes expected: it is another file")
            stream.write(block)
            advance(len(block))
        stream.flush()
        os.fsync(stream.fileno())


def _publish(part: Path, path: Path) -> None:
    os.replace(part, path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _held(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Lets one process at a time download a file; without file locks, the hash check suffices."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with path.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


@contextmanager
def _progress(name: str, size: int) -> Iterator[Advance]:
    if not sys.stderr.isatty():
        yield lambda count: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TransferSpeedColumn

    columns = ("{task.description}", BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(name, total=size)
        yield lambda count: progress.advance(task, count)
