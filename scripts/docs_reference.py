"""The pages of the reference: each public name with its signature and its docstring.

`scripts.docs_site` adds them to the site; nothing of them is stored. Depends on the package itself.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from inspect import getdoc
from types import ModuleType
from typing import Any

from scripts.reference import namespaces, public_names

CODE = re.compile(r"(`[^`]*`)")
SPECIAL = re.compile(r"([*_<>\[\]#|])")
BULLET = re.compile(r"^(\s*)([*-]|\d+\.) ")
WIDE = 60  # characters of a signature on one line
ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def pages(root: ModuleType) -> dict[str, tuple[str, str]]:
    """The title and the text of a page for each namespace, by the name of its file."""
    known: dict[int, str] = {}
    found = {}
    for short, namespace in namespaces(root):
        entries = list(_entries(short, namespace, known))
        summary = _prose((getdoc(namespace) or "").partition("\n\n")[0])
        text = "\n\n".join([f"# {short}", summary, *entries])
        found[f"reference/{short}.md"] = (short, f"{text}\n")
    return found


def _entries(short: str, namespace: ModuleType, known: dict[int, str]) -> Iterator[str]:
    """The names of a namespace; those of an earlier one are listed as the same."""
    again = []
    for name, value in sorted(public_names(namespace), key=lambda pair: pair[0].lower()):
        if isinstance(value, ModuleType):
            continue
        described = inspect.isroutine(value) or inspect.isclass(value)
        if described and id(value) in known:
            again.append(f"`{name}` is `{known[id(value)]}`")
            continue
        if described:
            known[id(value)] = f"{short}.{name}"
        yield entry(f"{short}.{name}", value)
    if again:
        yield "## The same under two names\n\n" + "".join(f"* {line}\n" for line in again)


def entry(name: str, value: Any) -> str:
    """One name: its signature, its docstring, and the methods of a class."""
    parts = [f"## `{name}`"]
    if not (inspect.isroutine(value) or inspect.isclass(value)):
        return "\n\n".join([*parts, f"`{ADDRESS.sub('', repr(value))[:200]}`"])
    parts += [fenced("python", name + in_lines(signature(value))), docstring(value)]
    if inspect.isclass(value):
        parts += [
            f"### `{each}{signature(method, bound=True)}`\n\n{docstring(method)}"
            for each, method in own_methods(value)
        ]
    return "\n\n".join(filter(None, parts))


def own_methods(cls: type) -> Iterator[tuple[str, Any]]:
    """The public methods and properties that a class of the package defines itself."""
    for name, value in vars(cls).items():
        inner = getattr(value, "fget", None) or getattr(value, "__func__", value)
        is_method = inspect.isfunction(inner) or isinstance(value, property)
        if is_method and not name.startswith("_") and getdoc(inner):
            yield name, inner if not isinstance(value, property) else value


def signature(value: Any, bound: bool = False) -> str:
    """The arguments of a callable, without annotations; none for a property.

    >>> signature(lambda x, axis=-1: x)
    '(x, axis=-1)'
    """
    if isinstance(value, property):
        return ""
    try:
        found = inspect.signature(value)
    except (TypeError, ValueError):
        return "(...)"
    first = list(found.parameters.values())[bound:]
    plain = [each.replace(annotation=inspect.Parameter.empty) for each in first]
    text = str(found.replace(parameters=plain, return_annotation=inspect.Signature.empty))
    return ADDRESS.sub("", text)


def in_lines(arguments: str) -> str:
    """A signature with each argument on a line of its own, if it is long.

    >>> in_lines("(x, axis=-1)")
    '(x, axis=-1)'
    """
    if len(arguments) <= WIDE:
        return arguments
    inner = re.sub(r", (?=[\w*/]+(=|,|$))", ",\n    ", arguments[1:-1])
    return f"(\n    {inner},\n)"


def docstring(value: Any) -> str:
    """A docstring as Markdown: prose, and its examples as blocks of code."""
    return "\n\n".join(
        fenced("pycon", part) if part.lstrip().startswith(">>>") else _prose(part)
        for part in (getdoc(value) or "").split("\n\n")
    )


def fenced(language: str, code: str) -> str:
    """A block of code."""
    return f"```{language}\n{code}\n```"


def _prose(text: str) -> str:
    """A paragraph of a docstring, in which only backticks have a meaning."""
    if text.startswith("    "):
        return fenced("text", inspect.cleandoc(text))
    lines = []
    for line in text.splitlines():
        bullet = BULLET.match(line)
        head, rest = (bullet[0], line[bullet.end() :]) if bullet else ("", line)
        parts = CODE.split(rest)
        lines.append(
            head + "".join(p if p.startswith("`") else SPECIAL.sub(r"\\\1", p) for p in parts)
        )
    return "\n".join(lines)
