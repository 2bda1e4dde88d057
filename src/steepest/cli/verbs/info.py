"""`steepest info`: versions, engine, processor, folders and extras."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from steepest.cli.extras import EXTRAS, Found, found_extras, version_of
from steepest.cli.terminal import size_of, table, width
from steepest.cli.verb import Answer, ConditionFailed, Option, Verb
from steepest.version import VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from steepest.engines.machine import Machine

PACKAGES = ("numpy", "llvmlite", "safetensors", "rich")


def run(require: tuple[str, ...]) -> Answer:
    """What there is on this machine; fails at the end if a required extra is not."""
    from pathlib import Path

    from steepest.config import cache_folder
    from steepest.engines.machine import machine

    found = {extra.name: extra for extra in found_extras()}
    here, cache = machine(), cache_folder()
    result = {
        "version": VERSION,
        "folder": Path(__file__).parents[2],
        "python": sys.version.split()[0],
        "packages": {name: version_of(name) for name in PACKAGES},
        "engine": here.engine,
        "engine_reason": here.reason,
        "processor": here.processor,
        "architecture": here.architecture,
        "vector_bits": here.vector_bits,
        "cache_bytes": here.cache_bytes,
        "cores": here.cores,
        "threads": here.threads,
        "cache_folder": cache,
        "cached": {part: _files_below(cache and cache / part) for part in ("code", "datasets")},
        "data_folder": os.environ.get("STEEPEST_DATA") or None,
        "extras": {
            name: {"installed": not extra.lacking, "versions": extra.versions,
                   "install": extra.install, "purpose": extra.purpose}
            for name, extra in found.items()
        },
    }  # fmt: skip
    return Answer(result, _lines(result, here, [found[name] for name in require]))


def _lines(result: dict[str, Any], here: Machine, required: list[Found]) -> Iterator[str]:
    columns = width(sys.stdout, without=1000)
    packages = ", ".join(
        f"{name} {found or 'missing'}" for name, found in result["packages"].items()
    )
    rows = [
        ("steepest", f"{VERSION} in {result['folder']}"),
        ("Python", f"{result['python']}, {packages}"),
        ("engine", _engine(here)),
        ("processor", f"{here.processor} ({here.architecture})"),
        ("vectors", f"{here.vector_bits} bits" if here.vector_bits else "not known"),
        ("caches", ", ".join(_levels(here)) or "not known"),
        ("threads", _threads(here)),
        ("cache folder", _folder(result)),
        ("data folder", str(result["data_folder"] or "none (STEEPEST_DATA names one)")),
    ]
    yield from table(rows, columns, "")
    yield ""
    yield "extras"
    yield from table([_row(extra) for extra in found_extras()], columns)
    if lacking := [extra for extra in required if extra.lacking]:
        names = " and ".join(extra.name for extra in lacking)
        install = f"pip install 'steepest[{','.join(extra.name for extra in lacking)}]'"
        raise ConditionFailed(f"not installed: the extra {names}; {install}")


def _engine(here: Machine) -> str:
    known = {"cpu": "machine code made by LLVM", "numpy": "NumPy", "xla": "code made by JAX"}
    described = known.get(here.engine, "")
    return f"{here.engine}: {described}" + (f"; {here.reason}" if here.reason else "")


def _levels(here: Machine) -> list[str]:
    return [f"L{level} {size_of(size)}" for level, size in enumerate(here.cache_bytes or (), 1)]


def _threads(here: Machine) -> str:
    chosen = f"{here.threads} (STEEPEST_THREADS)" if here.threads else "chosen by the engine"
    return f"{chosen}, of {here.cores} core{'s' * (here.cores > 1)}"


def _folder(result: dict[str, Any]) -> str:
    if result["cache_folder"] is None:
        return "none: caching is off (STEEPEST_CACHE)"
    parts = [
        f"{part} {size_of(held['bytes'])} in {held['files']} files"
        for part, held in result["cached"].items()
    ]
    return f"{result['cache_folder']}: {', '.join(parts)}"


def _row(extra: Found) -> tuple[str, str, str]:
    held = ", ".join(f"{name} {version}" for name, version in extra.versions.items() if version)
    if not extra.lacking:
        return extra.name, held, extra.purpose
    state = f"{held}: too old or incomplete" if held else "not installed"
    return extra.name, state, f"{extra.purpose}: {extra.install}"


def _files_below(folder: Path | None) -> dict[str, int]:
    sizes = []
    for path in folder.rglob("*") if folder else ():
        with suppress(OSError):  # another process may have removed it
            sizes += [path.stat().st_size] if path.is_file() else []
    return {"files": len(sizes), "bytes": sum(sizes)}


VERB = Verb(
    name="info",
    summary="shows version, engine, processor and extras",
    examples=(
        ("steepest info", "shows them, for a report of an error for example"),
        ("steepest info --json", "gives them to a program"),
        ("steepest info --require plot", "ends with exit code 3 if that extra is not installed"),
    ),
    options=(
        Option(
            "--require",
            "an extra that must be installed; may be repeated",
            "EXTRA",
            choices=tuple(EXTRAS),
            many=True,
        ),
    ),
    run=run,
)  # fmt: skip
