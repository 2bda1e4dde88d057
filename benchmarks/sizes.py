"""The disk space of an installed library and of its requirements, without extras."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

NAME = re.compile(r"[A-Za-z0-9._-]+")


def installed_mb(names: tuple[str, ...]) -> float:
    """The size of these distributions and of all that they require, in MB."""
    return sum(_own_bytes(found) for found in _with_requirements(names)) / 1e6


def _with_requirements(names: tuple[str, ...]) -> list[Distribution]:
    waiting, found = list(names), dict[str, Distribution]()
    while waiting:
        name = waiting.pop()
        if _key(name) not in found and (one := _installed(name)) is not None:
            found[_key(name)] = one
            waiting += [_required(line) for line in one.requires or [] if "extra ==" not in line]
    return list(found.values())


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _required(line: str) -> str:
    match = NAME.match(line)
    return match[0] if match else line


def _installed(name: str) -> Distribution | None:
    # A requirement for another system or Python is not installed.
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _own_bytes(one: Distribution) -> int:
    paths = (one.locate_file(file) for file in one.files or [])
    return sum(path.stat().st_size for path in map(_as_path, paths) if path.is_file())


def _as_path(path: object) -> Path:
    return Path(str(path))
