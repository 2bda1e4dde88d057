"""Reads a package's source: its modules, imports and functions, by ast.

Depends on the standard library alone; nothing of the package that is read is executed.
"""

from __future__ import annotations

import ast
import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True)
class Import:
    """One imported name: `from steepest.core import tensor as t` at line 3 of some file."""

    target: str  # steepest.core.tensor
    origin: str  # steepest.core, or the target itself for `import steepest.core`
    bound: str  # t
    line: int
    eager: bool  # executed when the file is imported
    for_types: bool  # under `if TYPE_CHECKING:`
    root: str  # the package being read

    @property
    def package(self) -> str:
        """The first part of the dotted name."""
        return self.target.partition(".")[0]

    @property
    def is_ours(self) -> bool:
        """Whether the name belongs to the package being read."""
        return self.package == self.root

    @property
    def room(self) -> str:
        """The part after the package's name; empty for the package itself."""
        return [*self.target.split("."), ""][1]


@dataclass(frozen=True)
class Function:
    """A function's name, place and length: its body without docstring and blank lines."""

    path: Path
    line: int
    name: str
    length: int
    reason: str  # what follows `# long:` on the def line


@dataclass(frozen=True)
class Module:
    """One source file: its dotted name, its text and what was read from it."""

    path: Path
    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text, filename=str(self.path))

    @cached_property
    def imports(self) -> list[Import]:
        """Every imported name, at the top of the file or inside a function."""
        reader = _ImportReader(self)
        reader.visit(self.tree)
        return reader.found

    @cached_property
    def functions(self) -> list[Function]:
        """Every function and method of the file; nested ones are also listed separately."""
        return list(_functions_of(self))

    @cached_property
    def uses(self) -> Counter[str]:
        """How often each name is read in the file, by itself or as an attribute."""
        return Counter(
            node.id if isinstance(node, ast.Name) else node.attr
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Attribute)
            or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
        )

    @property
    def room(self) -> str:
        """The part after the package's name; empty for the package itself."""
        return [*self.name.split("."), ""][1]

    @property
    def is_roof(self) -> bool:
        """Whether this is the package's own __init__."""
        return not self.room

    @property
    def folder(self) -> str:
        """The dotted name that a relative import starts from."""
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]

    @property
    def lines(self) -> int:
        """The number of lines of the file."""
        return self.text.count("\n")


def read_package(folder: Path) -> list[Module]:
    """Every module under a package's folder, in order of path."""
    modules = [
        Module(path, _dotted(folder, path), path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.py"))
    ]
    with _without_collection():
        for module in modules:
            _ = module.tree
    return modules


@contextmanager
def _without_collection() -> Iterator[None]:
    """Switches the garbage collector off: it takes twice the time of the trees that it visits."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _dotted(folder: Path, path: Path) -> str:
    parts = path.relative_to(folder.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


class _ImportReader(ast.NodeVisitor):
    """Lists the imports of a file, and whether each runs at once or is only for types."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.found: list[Import] = []
        self.in_function = False
        self.in_types = False

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._visit_later(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._visit_later(node)

    def _visit_later(self, node: ast.AST) -> None:
        outer, self.in_function = self.in_function, True
        self.generic_visit(node)
        self.in_function = outer

    def visit_If(self, node: ast.If) -> None:
        outer = self.in_types
        self.in_types = outer or ast.unparse(node.test).endswith("TYPE_CHECKING")
        for statement in node.body:
            self.visit(statement)
        self.in_types = outer
        for statement in node.orelse:
            self.visit(statement)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            self._note(alias.name, alias.name, bound, node.lineno)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        origin = self._origin(node)
        for alias in node.names:
            self._note(f"{origin}.{alias.name}", origin, alias.asname or alias.name, node.lineno)

    def _origin(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.module.folder.split(".")
        base = parts[: len(parts) - node.level + 1]
        return ".".join([*base, node.module] if node.module else base)

    def _note(self, target: str, origin: str, bound: str, line: int) -> None:
        eager = not (self.in_function or self.in_types)
        root = self.module.name.partition(".")[0]
        self.found.append(Import(target, origin, bound, line, eager, self.in_types, root))


def names_used(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Line, owner and name of every `owner.name` whose owner is a plain name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield node.lineno, node.value.id, node.attr


def _functions_of(module: Module) -> Iterator[Function]:
    lines = module.text.splitlines()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            head = " ".join(lines[node.lineno - 1 : node.body[0].lineno - 1] or [""])
            reason = head.partition("# long:")[2].strip()
            yield Function(module.path, node.lineno, node.name, _length(node, lines), reason)


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> int:
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    if not body:
        return 0
    last = body[-1].end_lineno or body[-1].lineno
    return sum(bool(line.strip()) for line in lines[body[0].lineno - 1 : last])
