"""The scripts complete every verb, option and value of the table, in the shells themselves."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from steepest.cli.completion import places, script
from steepest.cli.table import root
from steepest.cli.verb import Verb
from steepest.cli.verbs.completion import SHELLS
from tests.cli.tables import MADE_UP

BASH = """
COMP_WORDS=({words} "{last}"); COMP_CWORD={count}; COMPREPLY=()
_steepest
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
ZSH = """
compdef() {{ : }}
{script}
_describe() {{ print -rl -- "${{(@P)2}}" }}
_files() {{ print -rl -- *(N) }}
words=({words} "{last}") CURRENT={count} PREFIX="{last}"
_steepest
"""


def completed(shell: str, table: Verb, line: str, folder) -> set[str]:
    """The words that a shell offers for the last, perhaps empty, word of a line."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"needs {shell}")
    *words, last = line.split(" ")
    text = script(shell, table)
    if shell == "fish":
        code, flags = f"{text}\ncomplete -C '{line}'", ["--no-config"]
    elif shell == "zsh":
        fields = {"words": " ".join(words), "last": last, "count": len(words) + 1}
        code, flags = ZSH.format(script=text, **fields), ["-f"]
    else:
        fields = {"words": " ".join(words), "last": last, "count": len(words)}
        code, flags = text + BASH.format(**fields), ["--norc", "--noprofile"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "TERM": "dumb"}
    done = subprocess.run(
        [program, *flags, "-c", code], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert not done.stderr, done.stderr
    offered = {entry.partition("\t")[0].partition(":")[0] for entry in done.stdout.splitlines()}
    return {word for word in offered if word.startswith(last)} - {""}


every_shell = pytest.mark.parametrize("shell", SHELLS)


@every_shell
@pytest.mark.parametrize("place", list(places(root())), ids=lambda place: place.path or "steepest")
def test_every_place_offers_its_words_and_options(shell, place, tmp_path):
    line = f"steepest {place.path} ".replace("  ", " ")
    options = {name for name, _ in place.options}
    words = {name for name, _ in place.words}
    assert completed(shell, root(), f"{line}--", tmp_path) == options
    offered = completed(shell, root(), line, tmp_path)
    assert offered == words or (not words and offered <= options)


@every_shell
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("steepest dat", {"datasets"}),
        ("steepest --json dat", {"datasets"}),
        ("steepest datasets --debug fetch mn", {"mnist"}),
        ("steepest info --require pl", {"plot"}),
        ("steepest help dat", {"datasets"}),
        ("steepest help datasets ", {"list", "fetch", "describe"}),
        ("steepest help datasets fetch m", set()),
        ("steepest nothing ", set()),
    ],
)
def test_lines_are_completed(shell, line, expected, tmp_path):
    offered = completed(shell, root(), line, tmp_path)
    assert offered == expected or (line.endswith("nothing ") and "info" in offered)


@every_shell
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("steepest fit d", {"data.csv"}),
        ("steepest fit --log d", {"data.csv"}),
        ("steepest fit --engine ", {"cpu", "numpy"}),
        ("steepest fit --epochs ", set()),
        ("steepest fit --no", {"--no-browser"}),
        ("steepest fix d", set()),
    ],
)
def test_files_and_values_of_options_are_completed(shell, line, expected, tmp_path):
    (tmp_path / "data.csv").touch()
    assert completed(shell, MADE_UP, line, tmp_path) == expected


@every_shell
def test_a_script_calls_no_program(shell):
    text = script(shell, root())
    code = [line for line in text.splitlines() if not line.startswith("#")]
    assert not any("steepest completion" in line or "python" in line for line in code)
