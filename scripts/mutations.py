"""Single changes of a source file, each of which a test should notice. Depends on ast alone.

An operator or a comparison is replaced by another, a condition is negated, an integer is one more,
a `not` is removed. Annotations, strings and `assert` are not changed: an assertion states what
holds anyway, for readers and type checkers.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

OPERATORS: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"), ast.Mod: ("%", "*"), ast.Pow: ("**", "*"),
    ast.LShift: ("<<", ">>"), ast.RShift: (">>", "<<"), ast.BitAnd: ("&", "|"),
    ast.BitOr: ("|", "&"), ast.BitXor: ("^", "&"), ast.MatMult: ("@", "*"),
}  # fmt: skip
COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="), ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"), ast.Is: ("is", "is not"), ast.IsNot: ("is not", "is"),
}  # fmt: skip


@dataclass(frozen=True)
class Mutation:
    """The replacement of bytes `start` to `stop` of a file; `kind` names the kind of change."""

    path: Path
    kind: str
    line: int
    start: int
    stop: int
    new: str

    def applied(self, text: bytes) -> bytes:
        """The file's content after the change."""
        return text[: self.start] + self.new.encode() + text[self.stop :]

    def diff(self, text: bytes) -> str:
        """The changed lines, in the form of a diff."""
        before, after = (part.decode().splitlines() for part in (text, self.applied(text)))
        first, lines = self.line - 1, text[self.start : self.stop].count(b"\n") + 1
        old = before[first : first + lines]
        new = after[first : first + 1 + self.new.count("\n")]
        shown = [("-", line) for line in old] + [("+", line) for line in new]
        return "\n".join(f"{sign} {line.strip()}" for sign, line in shown)


def mutations_of(path: Path) -> list[Mutation]:
    """All single changes of a file, in order."""
    source = _Source(path, path.read_bytes())
    return sorted(source.mutations(), key=lambda mutation: (mutation.start, mutation.stop))


@dataclass(frozen=True)
class _Source:
    """A file, its syntax tree and the offsets of its lines."""

    path: Path
    text: bytes

    @cached_property
    def lines(self) -> list[int]:
        """The offset of each line's first byte."""
        starts = [0]
        for line in self.text.split(b"\n"):
            starts.append(starts[-1] + len(line) + 1)
        return starts

    def mutations(self) -> Iterator[Mutation]:
        for node in _nodes(ast.parse(self.text)):
            yield from self._of_operators(node)
            yield from self._of_conditions(node)
            if isinstance(node, ast.Constant) and type(node.value) is int:
                yield self._changed("constant", node, str(node.value + 1))

    def _of_operators(self, node: ast.AST) -> Iterator[Mutation]:
        if isinstance(node, ast.BinOp):
            yield self._between("operator", node.left, node.right, *OPERATORS[type(node.op)])
        elif isinstance(node, ast.AugAssign):
            old, new = OPERATORS[type(node.op)]
            yield self._between("operator", node.target, node.value, f"{old}=", f"{new}=")
        elif isinstance(node, ast.BoolOp):
            words = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
            for left, right in zip(node.values, node.values[1:], strict=False):
                yield self._between("operator", left, right, *words)
        elif isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            for left, right, op in zip(sides, sides[1:], node.ops, strict=False):
                yield self._between("comparison", left, right, *COMPARISONS[type(op)])

    def _of_conditions(self, node: ast.AST) -> Iterator[Mutation]:
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield self._changed("not", node, f"({self._text_of(node.operand)})")
        tests: Iterable[ast.expr] = getattr(node, "ifs", ())
        if isinstance(node, (ast.If, ast.While, ast.IfExp)):
            tests = [node.test]
        for test in tests:
            if not (isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)):
                yield self._changed("condition", test, f"(not ({self._text_of(test)}))")

    def _place(self, line: int, column: int) -> int:
        return self.lines[line - 1] + column

    def _span(self, node: ast.expr) -> tuple[int, int]:
        assert node.end_lineno is not None and node.end_col_offset is not None
        start = self._place(node.lineno, node.col_offset)
        return start, self._place(node.end_lineno, node.end_col_offset)

    def _text_of(self, node: ast.expr) -> str:
        start, stop = self._span(node)
        return self.text[start:stop].decode()

    def _changed(self, kind: str, node: ast.expr, new: str) -> Mutation:
        return Mutation(self.path, kind, node.lineno, *self._span(node), new)

    def _between(self, kind: str, left: ast.expr, right: ast.expr, old: str, new: str) -> Mutation:
        """The replacement of the operator between two operands, with parentheses and blanks."""
        begin, end = self._span(left)[1], self._span(right)[0]
        first = self.text.index(old.split()[0].encode(), begin, end)
        last = self.text.index(old.split()[-1].encode(), first, end) + len(old.split()[-1])
        line = self.text.count(b"\n", 0, first) + 1
        return Mutation(self.path, kind, line, first, last, new)


def _nodes(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes except annotations, assertions, code for type checkers and parts of f-strings."""
    if isinstance(node, ast.Assert):
        return
    if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
        return
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns") or isinstance(node, ast.JoinedStr):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _nodes(child)
