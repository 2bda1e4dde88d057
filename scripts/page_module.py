"""Joins the sources of the studio's page into one module, since widgets load a single file.

Run `python -m scripts.page_module` after a change in `src/steepest/studio/page/source`; with
`--check` it only says whether the joined file is that of the sources. Sources import by name, as
`import { a, b } from "./file.js";`, and export different names. Each becomes a function that
returns its exports; comments and indents are removed. Depends on the standard library alone.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "src" / "steepest" / "studio" / "page"
FIRST = "main.js"

_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w]+\.js)";\n', re.MULTILINE)
_EXPORTED = re.compile(r"^export (?:async )?(?:const|function|class) (\w+)", re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)
_BLOCK_COMMENT = re.compile(r"^ */\*\*.*?\*/\n", re.MULTILINE | re.DOTALL)
_LINE_COMMENT = re.compile(r"^ *//.*\n", re.MULTILINE)


class PageFault(Exception):
    """What is wrong with a source of the page."""


def joined(folder: Path) -> str:
    """The text of the module that the sources of a folder make."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.js"))}
    order = _order(texts)
    unused = sorted(set(texts) - set(order))
    if unused:
        raise PageFault(f"no file imports {', '.join(unused)}")
    _check_names(order, texts)
    parts = [_as_function(texts[name]) for name in order]
    return "// Made by scripts/page_module.py from the files in source/.\n" + "".join(parts)


def _order(texts: dict[str, str]) -> list[str]:
    """The files such that each stands behind those that it imports."""
    order: list[str] = []
    open_files: list[str] = []

    def visit(name: str, importer: str) -> None:
        if name not in texts:
            raise PageFault(f"{importer} imports {name}, which does not exist")
        if name in open_files:
            raise PageFault(f"imports in a circle: {' -> '.join([*open_files, name])}")
        if name in order:
            return
        open_files.append(name)
        for match in _IMPORT.finditer(texts[name]):
            visit(match[2], name)
        open_files.pop()
        order.append(name)

    visit(FIRST, FIRST)
    return order


def _check_names(order: list[str], texts: dict[str, str]) -> None:
    """Raises if two files export one name, or if a file imports what is not exported."""
    exports = {name: _EXPORTED.findall(texts[name]) for name in order}
    owners: dict[str, str] = {}
    for name in order:
        for exported in exports[name]:
            if owners.setdefault(exported, name) != name:
                raise PageFault(f"{owners[exported]} and {name} both export {exported}")
        for match in _IMPORT.finditer(texts[name]):
            for wanted in match[1].replace(",", " ").split():
                if wanted not in exports[match[2]]:
                    raise PageFault(f"{name} imports {wanted}, which {match[2]} does not export")


def _as_function(text: str) -> str:
    """A source as a function that returns what it exports; the first file stays as it is."""
    names = ", ".join(_EXPORTED.findall(text))
    body = _reduced(text)
    return (
        f"const {{ {names} }} = (() => {{\n{body}return {{ {names} }};\n}})();\n" if names else body
    )


def _reduced(text: str) -> str:
    """A source without imports, exports, comments, indents and empty lines."""
    for pattern in (_IMPORT, _EXPORT, _BLOCK_COMMENT, _LINE_COMMENT):
        text = pattern.sub("", text)
    if any(line.count("`") % 2 for line in text.splitlines()):
        raise PageFault("a template of several lines, whose indents would be lost")
    if re.search(r"^import ", text, re.MULTILINE):
        raise PageFault('an import of another form than import { a } from "./file.js";')
    return "".join(f"{line.strip()}\n" for line in text.splitlines() if line.strip())


def main(arguments: list[str]) -> int:
    """Write the module, or compare it with the file."""
    try:
        text = joined(PAGE / "source")
    except PageFault as fault:
        print(f"page: {fault}")
        return 1
    target = PAGE / "studio.js"
    if "--check" not in arguments:
        target.write_text(text, encoding="utf-8")
        return 0
    same = target.exists() and target.read_text(encoding="utf-8") == text
    print("page: as its sources" if same else "page: run python -m scripts.page_module")
    return int(not same)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
