"""Splits a module into parts that LLVM can compile in parallel. Depends on module.py."""

from __future__ import annotations

import re

from .module import Function, Module

_NAMES = re.compile(r'@"[^"]*"')


def parts_of(module: Module, count: int) -> list[str]:
    """Splits a module into `count` texts of about equal length, fewer if it has fewer functions.

    Linked together they are the module. Internal functions become hidden ones, which the parts can
    call and no other code. Constants are repeated in each part that reads them.
    """
    functions = [f for f in module.globals.values() if isinstance(f, Function) and f.blocks]
    texts = {function.name: function.definition for function in functions}
    groups = [group for group in _balanced(texts, count) if group]
    if len(groups) < 2:
        return [str(module)]
    return [_part(module, texts, group) for group in groups]


def _balanced(texts: dict[str, str], count: int) -> list[list[str]]:
    """Divides the names into groups: the longest text first, each to the shortest group so far."""
    groups: list[list[str]] = [[] for _ in range(count)]
    lengths = [0] * count
    for name in sorted(texts, key=lambda name: -len(texts[name])):
        shortest = lengths.index(min(lengths))
        groups[shortest].append(name)
        lengths[shortest] += len(texts[name])
    return groups


def _part(module: Module, texts: dict[str, str], group: list[str]) -> str:
    """The module's text with declarations in place of the functions that are not in the group."""
    own = set(group)
    bodies = {name: texts[name] for name in texts if name in own}
    needed = {name for body in bodies.values() for name in _NAMES.findall(body)}
    lines = []
    for item in module.globals.values():
        if item.name in own:
            lines.append(re.sub(r"^define internal ", "define hidden ", bodies[item.name]))
        elif item.name in needed:
            lines.append(item.declaration if isinstance(item, Function) else item.definition)
    return "\n".join(lines) + "\n"
