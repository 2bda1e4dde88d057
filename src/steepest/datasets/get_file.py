"""Downloads any file, and unpacks archives, under Keras's name: over HTTPS, checked by its hash.

Depends on transfer.py and archives.py.
"""

from __future__ import annotations

import os
import shutil
import urllib.parse
from collections.abc import Sequence
from pathlib import Path

from steepest.config import cache_folder
from steepest.datasets.archives import unpack
from steepest.datasets.transfer import Wanted, download
from steepest.errors import ArgumentError, DataError

SCHEMES = ("https",)
DIGITS = {"auto": (32, 64), "md5": (32,), "sha256": (64,)}


def get_file(
    fname: str | os.PathLike[str] | None = None,
    origin: str | None = None,
    untar: bool = False,
    md5_hash: str | None = None,
    file_hash: str | None = None,
    cache_subdir: str = "datasets",
    hash_algorithm: str = "auto",
    extract: bool = False,
    archive_format: str | Sequence[str] | None = "auto",
    cache_dir: str | os.PathLike[str] | None = None,
    force_download: bool = False,
) -> str:
    """The path of a file that is downloaded from `origin` once, or of its unpacked folder.

    `file_hash`, a SHA-256 or MD5, is compared before the file gets its name. Without one, a file
    that is there is taken as it is. `http://` is read as `https://`; nothing else is fetched.
    `extract=True` unpacks tar and zip archives, of which links and entries that point elsewhere
    are refused. Files stay in `cache_dir/cache_subdir`; `cache_dir` is the cache of steepest.

    >>> st.utils.get_file(origin="https://example.org/data.csv")  # doctest: +SKIP
    '/home/ada/.cache/steepest/datasets/data.csv'
    """
    name, address = _named(fname, origin)
    digest = file_hash if file_hash is not None else md5_hash
    algorithm = "md5" if file_hash is None and md5_hash is not None else hash_algorithm
    _check_hash(digest, algorithm)
    folder = _folder(cache_dir) / cache_subdir
    folder.mkdir(parents=True, exist_ok=True)
    unpacks = extract or untar
    target, unpacked = _places(folder, name, given=fname is not None, unpacks=unpacks)
    wanted = Wanted(None, digest)
    fetches = force_download or not target.exists() or wanted.fault(target) is not None
    if fetches:
        free = shutil.disk_usage(folder).free
        download([address], target, None, digest, most=free, schemes=SCHEMES, anew=True)
    if not unpacks:
        return str(target)
    if fetches or not unpacked.is_dir():
        formats = "tar" if untar else archive_format
        if formats is None:
            raise ArgumentError("get_file: archive_format=None unpacks nothing: leave out extract=")
        several = ("tar", "zip") if formats == "auto" else formats
        unpack(target, unpacked, (several,) if isinstance(several, str) else several)
    return str(unpacked)


def _named(fname: str | os.PathLike[str] | None, origin: str | None) -> tuple[str, str]:
    """The name of the file and the address that is asked."""
    if not origin:
        raise ArgumentError("get_file: origin=: the address of the file was expected")
    parts = urllib.parse.urlsplit(origin)
    name = os.fspath(fname) if fname else os.path.basename(parts.path)
    if not name or name in (".", "..") or any(mark in name for mark in "/\\"):
        raise ArgumentError(
            f"get_file: fname: the name of a file, without folders, was expected, got {name!r}; "
            "cache_dir= and cache_subdir= choose the folder"
        )
    if parts.scheme == "http" and "http" not in SCHEMES:
        return name, f"https{origin[4:]}"
    return name, origin


def _check_hash(digest: str | None, algorithm: str) -> None:
    if algorithm not in DIGITS:
        raise ArgumentError(
            f"get_file: hash_algorithm: 'auto', 'md5' or 'sha256' was expected, got {algorithm!r}"
        )
    if digest is not None and len(digest) not in DIGITS[algorithm]:
        raise ArgumentError(
            f"get_file: file_hash: {' or '.join(map(str, DIGITS[algorithm]))} hexadecimal digits "
            f"were expected for {algorithm}, got {len(digest)}"
        )


def _folder(given: str | os.PathLike[str] | None) -> Path:
    if given is not None:
        return Path(given).expanduser()
    cache = cache_folder()
    if cache is None:
        raise DataError("get_file: STEEPEST_CACHE=off leaves no folder; give cache_dir=")
    return cache


def _places(folder: Path, name: str, given: bool, unpacks: bool) -> tuple[Path, Path]:
    """Where the file goes, and where it is unpacked: Keras's names."""
    if not unpacks:
        return folder / name, folder / name
    if given and "." in name:
        return folder / name, folder / f"{name.partition('.')[0]}_extracted"
    return folder / f"{name}_archive", folder / name
