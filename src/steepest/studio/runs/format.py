"""The format of a run folder: names, version, limits. docs/studio.md describes it.

    run.json              what is known at the beginning; written whole
    events.jsonl          one event a line, only ever added to
    layers-00000012.npz   histograms of the layers after 12 epochs; written whole

Depends on errors.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from steepest.errors import DataError

VERSION = 1
HEAD, EVENTS, LAYERS = "run.json", "events.jsonl", "layers-{:08d}.npz"
MOST_OF_HEAD = 1 << 20
MOST_OF_LINE = 1 << 20
MOST_OF_EVENTS = 1 << 30
MOST_OF_LAYERS = 64 << 20


def read_head(folder: Path) -> dict[str, Any]:
    """What run.json of a folder says; raises where it is of no run, or of a later version.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / HEAD).write_text('{"format": "steepest run", "version": 1, "name": "a"}')
    >>> read_head(folder)["name"]
    'a'
    """
    path = folder / HEAD
    if not path.is_file():
        raise DataError(f"{folder}: has no {HEAD}; the folder of a run was expected")
    if path.stat().st_size > MOST_OF_HEAD:
        raise DataError(f"{path}: at most {MOST_OF_HEAD:,} bytes were expected")
    head = json_of(path.read_bytes(), str(path))
    if head.get("format") != "steepest run" or not isinstance(head.get("version"), int):
        raise DataError(f"{path}: is not the beginning of a run")
    if head["version"] > VERSION:
        raise DataError(
            f"{path}: has version {head['version']} of the format, and this steepest reads up to "
            f"{VERSION}; install a newer one"
        )
    return head


def json_of(text: bytes, where: str) -> dict[str, Any]:
    """The object of JSON that a text holds; raises for anything else.

    >>> json_of(b'{"event": "began"}', "events.jsonl, line 1")
    {'event': 'began'}
    """
    try:
        found = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise DataError(f"{where}: is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise DataError(f"{where}: an object of JSON was expected")
    return found
