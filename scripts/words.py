"""Words that the project's prose avoids: images that stand in for the terms of the field.

Run `python -m scripts.words`; it prints every use with the term to write instead and fails if there
is one. Identifiers count too: `is_kept` holds "kept". Depends on the standard library only.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# A word or phrase, and what to write instead.
BANNED = {
    "kept": "cached, stored, retained, unchanged",
    "told": "given, reported, known",
    "tells of": "reports, shows",
    "chance": "random, random generator, probability",
    "apart": "separate, separately, except for",
    "spelled out": "dense, expanded, explicit",
    "stretch": "run of batches, batch run",
    "stretches": "runs of batches",
    "booth": "workspace",
    "dealt": "partitioned, distributed",
    "seldom": "rarely",
    "kin": "related functions",
    "nobody": "no caller, no thread, nothing",
    "somebody": "a caller, a thread",
    "at work": "active, current, running",
    "kind of number": "dtype",
    "kinds of number": "dtypes",
    "one's own": "user-defined, custom, its own",
    "what came of": "the result of",
    "rehearse": "trace, record",
    "rehearsed": "traced, recorded",
    "rehearsal": "recording",
    "held against": "compared with",
    "goes home": "returns",
    "on its way": "being moved, in flight",
    "of use": "useful",
}

# Where a banned word is the right one: the end of a path, and the word ("*" for all of them).
EXCEPTIONS = {
    ("scripts/words.py", "*"),
    ("tests/test_words.py", "*"),
    ("CHANGELOG.md", "stretch"),  # earlier names
    ("CHANGELOG.md", "chance"),
}

PLACES = ("src/**/*.py", "scripts/*.py", "benchmarks/**/*.py", "tests/**/*.py", "examples/*.py")
PAGES = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/*.md", "benchmarks/*.md")
_PHRASES = "|".join(word.replace(" ", r"\s+") for word in sorted(BANNED, key=len, reverse=True))
_SEARCH = re.compile(rf"(?<![A-Za-z])(?:{_PHRASES})(?![A-Za-z])", re.IGNORECASE)


@dataclass(frozen=True)
class Use:
    """One banned word: where it is and the line that holds it."""

    path: Path
    line: int
    word: str
    text: str

    def __str__(self) -> str:
        remedy = BANNED[self.word]
        return f"{self.path}:{self.line}: {self.word!r}; write: {remedy}\n    {self.text.strip()}"


def uses_in(path: Path, text: str) -> Iterator[Use]:
    """The banned words of one file; a phrase may go on in the next line."""
    lines = text.splitlines()
    for match in _SEARCH.finditer(text):
        line = text.count("\n", 0, match.start())
        yield Use(path, line + 1, " ".join(match[0].lower().split()), lines[line])


def faults_of(root: Path) -> list[Use]:
    """Every banned word in the sources and pages under a project's root."""
    paths = [path for pattern in (*PLACES, *PAGES) for path in sorted(root.glob(pattern))]
    found = [use for path in paths for use in uses_in(path, path.read_text(encoding="utf-8"))]
    return [use for use in found if not _is_allowed(use, root)]


def _is_allowed(use: Use, root: Path) -> bool:
    place = use.path.relative_to(root).as_posix()
    return bool(EXCEPTIONS & {(place, use.word), (place, "*")})


def main() -> int:
    """Print every use of a banned word, and say by the exit code whether there is one."""
    faults = faults_of(ROOT)
    for fault in faults:
        print(fault)
    print(f"words: {len(faults)} to replace")
    return min(len(faults), 1)


if __name__ == "__main__":
    sys.exit(main())
