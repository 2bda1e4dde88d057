"""Downloads a file over HTTPS: resumed, verified, and only then renamed to its final name.

Depends on the errors only; rich shows the progress in a terminal.
"""

from __future__ import annotations

import functools
import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steepest.errors import DataError

BLOCK = 1 << 16
ATTEMPTS = 3
TIMEOUT = 30.0
MOST_BYTES = 1 << 30
Advance = Callable[[int], None]


class Refused(Exception):
    """Raised for an address that cannot serve the file; the next one is tried."""


@dataclass(frozen=True)
class Wanted:
    """What is known of a file: its size, its SHA-256 or MD5, and the most bytes it may have.

    >>> Wanted(3, hashlib.sha256(b"abc").hexdigest()).kind
    'sha256'
    """

    size: int | None
    digest: str | None
    most: int = MOST_BYTES

    @property
    def kind(self) -> str:
        """The name of the hash that has so many digits."""
        return "md5" if self.digest is not None and len(self.digest) == 32 else "sha256"

    def fault(self, path: Path) -> str | None:
        """Why a file is another one, or None."""
        held = path.stat().st_size
        if self.size is not None and held != self.size:
            return f"has {held:,} bytes, expected {self.size:,}"
        if self.digest is None or (found := digest_of(path, self.kind)) == self.digest.lower():
            return None
        name = {"md5": "MD5", "sha256": "SHA-256"}[self.kind]
        return f"has the {name} {found}, expected {self.digest}: it is another file"


def digest_of(path: Path, kind: str = "sha256") -> str:
    """The hash of a file, in hexadecimal."""
    with path.open("rb") as stream:
        make = functools.partial(hashlib.new, kind, usedforsecurity=False)
        return hashlib.file_digest(stream, make).hexdigest()


def download(
    addresses: Sequence[str],
    path: Path,
    size: int | None,
    digest: str | None,
    *,
    most: int = MOST_BYTES,
    schemes: Sequence[str] = ("https",),
    pause: float = 1.0,
    anew: bool = False,
) -> None:
    """Downloads the file of this size and hash to `path`, from the first address that has it.

    Where the size is not known, the hash decides, and no more than `most` bytes are received.
    Received bytes are stored beside it as `NAME.part`; the next attempt or run continues there.
    `anew` also replaces a file that is there.
    """
    wanted = Wanted(size, digest, most if size is None else size)
    with _lock(path.with_name(path.name + ".lock")):
        if not anew and path.exists() and wanted.fault(path) is None:
            return  # another process downloaded it while this one waited
        part = path.with_name(path.name + ".part")
        if digest is None:  # an earlier part may be of another version, and no hash would tell
            part.unlink(missing_ok=True)
        faults = []
        for address in addresses:
            try:
                _attempts(address, part, wanted, schemes, pause)
                _publish(part, path)
                return
            except Refused as fault:
                faults.append(f"  {address}: {fault}")
    raise DataError(f"{path.name} could not be downloaded:\n" + "\n".join(faults))


def _attempts(
    address: str, part: Path, wanted: Wanted, schemes: Sequence[str], pause: float
) -> None:
    """Retries after a broken connection, until `ATTEMPTS` in a row receive nothing new."""
    from_start = _held(part) == 0
    size, idle = wanted.size, 0
    while idle < ATTEMPTS:
        before = _held(part)
        if size is None or before < size:
            size = _continue(address, part, size, wanted.most, schemes)
        if size is not None and _held(part) >= size:
            fault = wanted.fault(part)
            if fault is None:
                return
            part.unlink()
            if from_start:
                raise Refused(fault)
            from_start = True  # the part of an earlier run may have been damaged
        idle = 0 if _held(part) > before else idle + 1
        time.sleep(pause * idle)
    whole = "unknown size" if size is None else f"{size:,}"
    raise Refused(f"the connection broke off {ATTEMPTS} times, last at {_held(part):,} of {whole}")


def _continue(
    address: str, part: Path, size: int | None, most: int, schemes: Sequence[str]
) -> int | None:
    """Sends one request for the missing bytes; those received before a break stay in `part`.

    Returns the size of the whole file, if it is known by then.
    """
    import http.client
    import ssl
    import urllib.error

    try:
        with _answer(address, _held(part), schemes) as answer:
            start, size = _start(answer, _held(part), size, most)
            _append(answer, part, start, size, most)
            return _held(part) if size is None else size  # without a length, its end is the end
    except urllib.error.HTTPError as error:
        error.close()
        if error.code != 416:
            raise Refused(f"the server answers {error.code} {error.reason}") from error
        part.unlink(missing_ok=True)
    except urllib.error.URLError as error:
        raise Refused(f"cannot be reached ({error.reason})") from error
    except (http.client.HTTPException, ConnectionError, TimeoutError, ssl.SSLError):
        pass  # interrupted: the next attempt continues from here
    return size


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


def _start(answer: Any, held: int, size: int | None, most: int) -> tuple[int, int | None]:
    """The offset of the answer's bytes, after those held or 0, and the size of the whole file."""
    if answer.status == 206:
        given = answer.headers.get("Content-Range") or ""
        total = given.rpartition("/")[2] if size is None else str(size)
        whole = int(total) if total.isdecimal() else 0
        wanted = f"bytes {held}-{whole - 1}/{whole}"
        if given != wanted:
            raise Refused(f"sends {given!r}, expected {wanted!r}")
        return held, _checked_size(whole, most)
    length = answer.headers.get("Content-Length")
    if length is not None and size is not None and int(length) != size:
        raise Refused(f"holds {int(length):,} bytes, expected {size:,}: it is another file")
    return 0, size if length is None else _checked_size(int(length), most)


def _checked_size(size: int, most: int) -> int:
    if size > most:
        raise Refused(f"holds {size:,} bytes, more than the {most:,} that are allowed")
    return size


def _append(answer: Any, part: Path, start: int, size: int | None, most: int) -> None:
    limit = most if size is None else size
    with part.open("r+b" if start else "wb") as stream, _progress(part.stem, size) as advance:
        stream.seek(start)
        advance(start)
        while block := answer.read(BLOCK):
            if stream.tell() + len(block) > limit:
                raise Refused(f"sends more than the {limit:,} bytes expected: it is another file")
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
def _progress(name: str, size: int | None) -> Iterator[Advance]:
    if not sys.stderr.isatty():
        yield lambda count: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TransferSpeedColumn

    columns = ("{task.description}", BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(name, total=size)
        yield lambda count: progress.advance(task, count)
