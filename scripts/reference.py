"""Writes docs/reference.md: every public name with the first line of its docstring.

Run `python -m scripts.reference`; with --check it only compares the file.
Depends on the package itself, whose `__all__` lists are the single source.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from inspect import getdoc
from pathlib import Path
from types import ModuleType

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference.md"
OPENING = """# Reference

Every public name, as `import steepest as st` gives it. `help(st.Tensor)` prints the whole docstring
of a name. This page is written by `make reference`; edit the docstrings instead.
"""


def public_names(namespace: ModuleType) -> list[tuple[str, object]]:
    """The names of a namespace's `__all__` with their objects, in that order."""
    if not hasattr(namespace, "__all__"):
        raise AttributeError(
            f"{namespace.__name__} is a public namespace without __all__: add the list of names"
        )
    return [(name, getattr(namespace, name)) for name in namespace.__all__]


def namespaces(root: ModuleType) -> Iterator[tuple[str, ModuleType]]:
    """The package and each public namespace in it (`st`, `st.nn`, ...), with its short name."""
    yield "st", root
    for name, value in public_names(root):
        if isinstance(value, ModuleType):
            yield f"st.{name}", value


def line_of(short: str, name: str, value: object) -> str:
    """One line of the page."""
    summary = (getdoc(value) or "").strip().partition("\n\n")[0].replace("\n", " ")
    described = callable(value) or isinstance(value, ModuleType)
    return f"* `{short}.{name}`: {summary if described else type(value).__name__}"


def section(short: str, names: list[tuple[str, object]], known: dict[str, object]) -> str:
    """One namespace of the page: its own names, then those that `st` has too."""
    again = [name for name, value in names if known.get(name) is value]
    lines = [line_of(short, name, value) for name, value in names if name not in again]
    if again:
        lines.append(f"* as in `st`: {', '.join(f'`{name}`' for name in again)}")
    return "\n".join([f"## {short}", "", *lines, ""])


def page(root: ModuleType) -> str:
    """The whole page."""
    first, *others = [(short, public_names(space)) for short, space in namespaces(root)]
    sections = [section(*first, {}), *(section(*each, dict(first[1])) for each in others)]
    return "\n".join([OPENING, *sections])


def main(arguments: list[str]) -> int:
    """Writes the page, or with --check compares it and prints the lines that differ."""
    new = page(importlib.import_module("steepest"))
    if "--check" not in arguments:
        PAGE.write_text(new, encoding="utf-8")
        return 0
    old = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    wanted, written = set(new.splitlines()), set(old.splitlines())
    for line in sorted(wanted ^ written):
        print(f"{'missing' if line in wanted else 'outdated'}: {line}")
    print(f"reference: {'current' if new == old else 'outdated; run `make reference`'}")
    return int(new != old)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
