"""`steepest launch`: runs a script as several processes of one job on this machine."""

from __future__ import annotations

import ast
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from steepest.cli.verb import Answer, Argument, ConditionFailed, Option, UsageError, Verb
from steepest.errors import DataError

MOST = 256  # processes on one machine: more are a slip of the key


def run(
    script: str,
    arguments: tuple[str, ...] = (),
    processes: int | None = None,
    logs: str | None = None,
) -> Answer:
    """The job: what the script prints in its first process, and how it ended."""
    if processes is None or not 1 <= processes <= MOST:
        given = "" if processes is None else f", got {processes}"
        wanted = f"a number from 1 to {MOST} was expected"
        raise UsageError(f"steepest launch: --processes: {wanted}{given}")
    if not os.path.isfile(script):
        raise DataError(f"{script}: there is no such file; give the script that trains")
    result: dict[str, Any] = {"script": script, "processes": processes, "failed": None}
    return Answer(result, _lines(result, [script, *arguments], processes, logs))


def _lines(
    result: dict[str, Any], words: list[str], processes: int, logs: str | None
) -> Iterator[str]:
    from steepest.cli.launching import ending, job

    with job(words, processes, logs, sys.stdout) as started:
        failed = started.wait()
        if failed is None:
            return
        started.end()
        code = started.children[failed].returncode
        result |= {"failed": failed, "exit_code_of_failed": code}
        yield from started.last_lines(failed)
    others = ", so the others were ended" if processes > 1 else ""
    said = f"process {failed} of {processes} {ending(code)}{others}"
    try:
        with warnings.catch_warnings(action="ignore"):
            ast.parse(Path(words[0]).read_bytes(), words[0])
    except (SyntaxError, ValueError):
        raise ConditionFailed(f"{said}: {words[0]} is no valid Python, as said above") from None
    raise ConditionFailed(
        f"{said}. If {words[0]} has "
        "st.callbacks.BackupAndRestore, the same command goes on from the last epoch stored"
    )


VERB = Verb(
    name="launch",
    summary="runs a script as several processes of one training",
    examples=(
        ("steepest launch --processes 2 train.py", "trains by two processes on this machine"),
        ("steepest launch --processes 2 train.py -- --epochs 3", "hands --epochs 3 to the script"),
        ("steepest launch --processes 2 --logs logs train.py", "stores what process 1 prints"),
    ),
    arguments=(
        Argument("SCRIPT", "the script, which calls st.distribute()", kind="file"),
        Argument(
            "ARGUMENTS",
            "words for it, after -- if they have dashes",
            required=False,
            many=True,
        ),
    ),
    options=(
        Option("--processes", "how many processes", value="N", kind="integer"),
        Option("--logs", "files of what the others print", value="FOLDER", kind="folder"),
    ),
    run=run,
    needs_library=False,
)
