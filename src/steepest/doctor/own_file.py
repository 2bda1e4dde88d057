"""The difference of two setups in the user's own file, where its calls are those of the setup.

The file is parsed and never run. Calls of layers are found by their arguments, those of compile and
fit by their names. Depends on writing.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator

from steepest import layers
from steepest.constructors import constructor_parameters
from steepest.doctor.setup import Setup
from steepest.doctor.writing import written

BY_NAME = {"compile": ("optimizer", "loss"), "fit": ("x", "y")}
"""Methods that a file calls once, with the names of their first arguments."""
Arguments = dict[str, ast.expr]
Edit = tuple[int, int, str]
"""The first and the last place of a text in the source, and what comes instead."""


def own_difference(before: Setup, after: Setup, source: str, name: str = "program.py") -> str:
    """The unified difference in a user's source; empty where its calls are not those of `before`.

    >>> source = '''
    ... net = st.Sequential([st.Input((2,)), st.layers.Dense(units=1)])
    ... net.compile(optimizer="sgd", loss="mse")
    ... net.fit(inputs, targets, epochs=3, verbose=0)
    ... '''
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> setup = Setup.of(model, np.ones((4, 2)), np.ones(4), epochs=3)
    >>> print(own_difference(setup, setup.with_fit(epochs=9), source), end="")
    --- program.py
    +++ program.py
    @@ -4 +4 @@
    -net.fit(inputs, targets, epochs=3, verbose=0)
    +net.fit(inputs, targets, epochs=9, verbose=0)
    """
    try:
        edits = list(_edits(before, after, source))
    except (SyntaxError, LookupError):
        return ""
    changed = source.encode()
    for start, end, text in sorted(edits, reverse=True):
        changed = changed[:start] + text.encode() + changed[end:]
    old, new = (text.splitlines(keepends=True) for text in (source, changed.decode()))
    return "".join(difflib.unified_diff(old, new, name, name, n=0))


def _edits(before: Setup, after: Setup, source: str) -> Iterator[Edit]:
    """What changes in the source where two programs differ; LookupError without such calls."""
    old, new = (written(setup).splitlines() for setup in (before, after))
    calls = _Calls(source, [_call(line) for line in old])
    for kind, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        if kind != "replace" or j - i != m - k:
            raise LookupError("a line is added or removed")
        for at, line in zip(range(i, j), new[k:m], strict=True):
            was, will = _call(old[at]), _call(line)
            if was is None or will is None or _name(was) != _name(will):
                raise LookupError(line)
            yield from calls.edits(at, was, will)


class _Calls:
    """The calls of a source, each found by a line of the program that the doctor writes."""

    def __init__(self, source: str, lines: list[ast.Call | None]) -> None:
        self.starts = [0]
        for line in source.encode().splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.lines = lines
        found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
        self.calls = sorted(found, key=lambda node: (node.lineno, node.col_offset))

    def edits(self, at: int, was: ast.Call, will: ast.Call) -> Iterator[Edit]:
        """The edits of the call of a line, by the arguments that differ."""
        call = self._of_line(at, was)
        given, old, new = _arguments(call), _arguments(was), _arguments(will)
        for name in [*old, *(name for name in new if name not in old)]:
            if name not in new:
                raise LookupError(name)
            text = ast.unparse(new[name])
            if name in old and ast.unparse(old[name]) == text:
                continue
            if name in given:
                start = self.starts[given[name].lineno - 1] + given[name].col_offset
                yield start, self._end(given[name]), _with_quotes(text)
            elif call.args or call.keywords:
                last = max(
                    self._end(part) for part in [*call.args, *(one.value for one in call.keywords)]
                )
                yield last, last, f", {name}={_with_quotes(text)}"
            else:
                raise LookupError(name)

    def _of_line(self, at: int, was: ast.Call) -> ast.Call:
        """The call of a line: the only one of its name, or that of equal arguments and place."""
        name = _name(was)
        if name in BY_NAME:
            named = [one for one in self.calls if _name(one) == name]
            if len(named) != 1:
                raise LookupError("the call is not the only one")
            return named[0]
        same = [number for number, line in enumerate(self.lines) if line and _is_same(line, was)]
        own = [one for one in self.calls if _is_same(one, was)]
        if len(same) != len(own):
            raise LookupError(name)
        return own[same.index(at)]

    def _end(self, node: ast.expr) -> int:
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self.starts[node.end_lineno - 1] + node.end_col_offset


def _call(line: str) -> ast.Call | None:
    """The call that a line of the program is, without its comma."""
    try:
        found = ast.parse(line.strip().removesuffix(","), mode="eval").body
    except SyntaxError:
        return None
    return found if isinstance(found, ast.Call) else None


def _name(call: ast.Call) -> str:
    """The last name of what is called: "Dense" of `st.layers.Dense(3)`."""
    func = call.func
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def _arguments(call: ast.Call) -> Arguments:
    """The arguments by their names."""
    kind = getattr(layers, _name(call), None)
    names = BY_NAME.get(_name(call)) or (constructor_parameters(kind) if kind else ())
    named = dict(zip(names, call.args, strict=False))
    return named | {one.arg: one.value for one in call.keywords if one.arg}


def _is_same(one: ast.Call, other: ast.Call) -> bool:
    """Whether two calls have the same name and arguments; the name of a layer does not matter."""
    if _name(one) != _name(other):
        return False
    first, second = (
        {name: ast.unparse(value) for name, value in _arguments(call).items() if name != "name"}
        for call in (one, other)
    )
    return first == second


def _with_quotes(text: str) -> str:
    """A value with double quotes, as the program has them."""
    return text.replace("'", '"') if '"' not in text else text
