"""Finds the files of data sets: in a local folder, in the cache, or on the network.

Every file is verified by its hash, and its size if it is known. Depends on transfer.py.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steepest.config import cache_folder
from steepest.datasets.transfer import Wanted, download
from steepest.errors import DataError


@dataclass(frozen=True)
class Version:
    """The size and SHA-256 of one known version of a file.

    The size is None where it was not published. A hash of 32 digits is an MD5, for files of which
    no other is known: it shows damage, and does not prove the origin.

    >>> Version(11, hashlib.sha256(b"seven bytes").hexdigest()).size
    11
    """

    size: int | None
    digest: str


@dataclass(frozen=True)
class RemoteFile:
    """A file of a data set: its name in the folder, its addresses, its known versions.

    The first version is the one that the addresses serve; others are accepted in local folders,
    such as the same pictures compressed differently.

    >>> file = RemoteFile("mnist", "labels.gz", ("https://example.org/labels.gz",),
    ...                   (Version(3, "ab" * 32),))
    >>> file.place
    'mnist/labels.gz'
    """

    dataset: str
    name: str
    addresses: tuple[str, ...]
    versions: tuple[Version, ...]

    @property
    def place(self) -> str:
        """The path of the file below a folder of data sets."""
        return f"{self.dataset}/{self.name}"


def locate(file: RemoteFile, *, fetch: Callable[..., None] = download) -> Path:
    """The path of a verified copy of the file, downloaded if there is none yet.

    The folder `STEEPEST_DATA` is searched first, then the cache; otherwise
    `fetch(addresses, path, size, digest)` downloads it.

    >>> from steepest.datasets import mnist
    >>> locate(mnist.FILES[0]).name  # doctest: +SKIP
    'train-images-idx3-ubyte.gz'
    """
    local = _local_folder()
    if local and (path := local / file.dataset / file.name).is_file():
        verify(path, file)
        return path
    return _cached(file) or _fetched(file, fetch)


def local_copy(file: RemoteFile) -> Path | None:
    """The path of a copy of a known size, which is not read; None if it is yet to be downloaded.

    >>> from steepest.datasets import mnist
    >>> local_copy(mnist.FILES[0]).name  # doctest: +SKIP
    'train-images-idx3-ubyte.gz'
    """
    sizes = [version.size for version in file.versions]
    for folder in (_local_folder(), _download_folder()):
        path = folder / file.dataset / file.name if folder else None
        if path and path.is_file() and (None in sizes or path.stat().st_size in sizes):
            return path
    return None


def verify(path: Path, file: RemoteFile) -> None:
    """Compares a file with its known versions; a verified file is not hashed again."""
    size = path.stat().st_size
    sizes = [version.size for version in file.versions]
    if size not in sizes and None not in sizes:
        known = " or ".join(f"{one:,}" for one in sizes if one is not None)
        raise DataError(
            f"{path}: has {size:,} bytes, expected {known}; "
            f"remove it and get it again from {file.addresses[0]}"
        )
    wanted = [Wanted(version.size, version.digest) for version in file.versions]
    if not _is_remembered(path, file) and all(one.fault(path) for one in wanted):
        raise DataError(
            f"{path}: its SHA-256 is not one that is known for {file.name}, so it is damaged or "
            f"another file; remove it and get it again from {file.addresses[0]}"
        )
    _remember(path, file)


def _local_folder() -> Path | None:
    chosen = os.environ.get("STEEPEST_DATA", "")
    return Path(chosen).expanduser() if chosen else None


def _download_folder() -> Path | None:
    cache = cache_folder()
    return cache / "datasets" if cache else None


def _cached(file: RemoteFile) -> Path | None:
    """The copy in the cache if it is complete; one that is not is deleted."""
    folder = _download_folder()
    path = folder / file.dataset / file.name if folder else None
    if path is None or not path.is_file():
        return None
    try:
        verify(path, file)
    except DataError:
        path.unlink()
        return None
    return path


def _fetched(file: RemoteFile, fetch: Callable[..., None]) -> Path:
    folder = _download_folder()
    if folder is None:
        raise DataError(
            f"{file.place}: STEEPEST_CACHE=off leaves no folder to download it to; {_by_hand(file)}"
        )
    path = folder / file.dataset / file.name
    version = file.versions[0]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fetch(file.addresses, path, version.size, version.digest)
    except DataError as error:
        raise DataError(f"{error}\n{_by_hand(file)}") from error.__cause__
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error}); {_by_hand(file)}") from error
    _remember(path, file)
    return path


def _by_hand(file: RemoteFile) -> str:
    local = _local_folder()
    target = f"{local or 'FOLDER'}/{file.place}"
    naming = "" if local else " and set the environment variable STEEPEST_DATA=FOLDER"
    return f"get {file.addresses[0]} in another way, put it at {target}{naming}"


def _stamp_path(path: Path) -> Path | None:
    folder = _download_folder()
    key = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:32]
    return folder / "stamps" / f"{key}.json" if folder else None


def _stamp(path: Path, file: RemoteFile) -> dict[str, Any]:
    """The properties of a verified file: if they are unchanged, it is not hashed again."""
    status = path.stat()
    return {
        "path": str(path.resolve()),
        "size": status.st_size,
        "modified": status.st_mtime_ns,
        "known": [version.digest for version in file.versions],
    }


def _is_remembered(path: Path, file: RemoteFile) -> bool:
    stamp_path = _stamp_path(path)
    try:
        return stamp_path is not None and json.loads(stamp_path.read_text()) == _stamp(path, file)
    except (OSError, ValueError):
        return False


def _remember(path: Path, file: RemoteFile) -> None:
    stamp_path = _stamp_path(path)
    if stamp_path is None or _is_remembered(path, file):
        return
    try:
        stamp_path.parent.mkdir(parents=True, exist_ok=True)
        part = stamp_path.with_suffix(f".{os.getpid()}.part")
        part.write_text(json.dumps(_stamp(path, file)))
        part.replace(stamp_path)
    except OSError:
        return  # without a cache, the file is hashed again next time
