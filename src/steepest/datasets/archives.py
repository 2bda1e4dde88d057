"""Reads and unpacks archives: entries that point elsewhere, links and bombs are refused.

Depends on the checks of files.
"""

from __future__ import annotations

import gzip
import os
import shutil
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from steepest.data.files.checks import BLOCK, refuse_bomb
from steepest.errors import ArgumentError, DataError

MOST_MEMBERS = 200_000
FAULTS = (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, OSError, UnicodeError)


@contextmanager
def opened_tar(archive: Path, holds: str = "files") -> Iterator[tarfile.TarFile]:
    """The entries of a gzipped archive, in order; damage is an error that names the archive."""
    try:
        # The gzip module, because tarfile itself fails on damaged data and skips checksums.
        with gzip.open(archive) as stream, tarfile.open(fileobj=stream, mode="r|") as members:
            yield members
    except FAULTS as error:
        raise DataError(
            f"{archive}: is not a sound archive of {holds} ({error}); download it again"
        ) from error


def check_member(member: tarfile.TarInfo, archive: Path, count: int) -> None:
    """Raises for an entry that is not a file or folder inside the archive."""
    check_name(member.name, archive)
    if not (member.isfile() or member.isdir()):
        raise DataError(f"{archive}: the entry {member.name!r} is a link or a device; refused")
    check_count(count, archive)


def check_name(name: str, archive: Path) -> None:
    """Raises for an entry whose path leaves the folder that it is unpacked to."""
    path, other = PurePosixPath(name), PureWindowsPath(name)
    if path.is_absolute() or other.drive or other.root or ".." in (*path.parts, *other.parts):
        raise DataError(f"{archive}: the entry {name!r} points outside of it; refused")


def check_count(count: int, archive: Path) -> None:
    """Raises for more entries than an archive may have."""
    if count > MOST_MEMBERS:
        raise DataError(f"{archive}: has more than {MOST_MEMBERS:,} entries; refused")


def unpack(archive: Path, folder: Path, formats: Sequence[str] = ("tar", "zip")) -> None:
    """Unpacks an archive to a folder; a new one appears when it is complete.

    In a folder that is there, files of the same name are replaced and others stay.

    >>> base = Path(tempfile.mkdtemp())
    >>> with zipfile.ZipFile(base / "a.zip", "w") as written:
    ...     written.writestr("texts/one.txt", "one")
    >>> unpack(base / "a.zip", base / "a")
    >>> (base / "a" / "texts" / "one.txt").read_text()
    'one'
    """
    unknown = [name for name in formats if name not in UNPACKERS]
    if unknown:
        raise ArgumentError(f"an archive is 'tar' or 'zip', got {unknown[0]!r}")
    part = Path(tempfile.mkdtemp(prefix=".part-", dir=folder.parent))
    try:
        for name, stream in _entries(archive, formats):
            path = part / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as written:
                shutil.copyfileobj(stream, written, BLOCK)
        if not folder.exists():
            os.rename(part, folder)
        for file in (file for file in part.rglob("*") if file.is_file()):
            target = folder / file.relative_to(part)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(file, target)
    except FAULTS as error:
        raise DataError(f"{archive}: cannot be unpacked ({error})") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _entries(archive: Path, formats: Sequence[str]) -> Iterator[tuple[str, IO[bytes]]]:
    """The files of an archive, each with its path inside."""
    for name in formats:
        is_one, entries = UNPACKERS[name]
        if is_one(archive):
            return entries(archive)
    raise DataError(f"{archive}: is not an archive of the kind {' or '.join(formats)}")


def _tar_entries(archive: Path) -> Iterator[tuple[str, IO[bytes]]]:
    unpacked = 0
    with tarfile.open(archive) as members:
        for count, member in enumerate(members):
            check_member(member, archive, count)
            unpacked += member.size
            refuse_bomb(unpacked, archive.stat().st_size, str(archive))
            stream = members.extractfile(member)
            if stream is not None:
                yield member.name, stream


def _zip_entries(archive: Path) -> Iterator[tuple[str, IO[bytes]]]:
    unpacked = 0
    with zipfile.ZipFile(archive) as members:
        for count, member in enumerate(members.infolist()):
            check_name(member.filename, archive)
            check_count(count, archive)
            unpacked += member.file_size
            refuse_bomb(unpacked, archive.stat().st_size, str(archive))
            if not member.is_dir():
                with members.open(member) as stream:
                    yield member.filename, stream


UNPACKERS = {"tar": (tarfile.is_tarfile, _tar_entries), "zip": (zipfile.is_zipfile, _zip_entries)}
