"""Every example in the documentation runs: docstrings, README.md and docs/*.md.

In docstrings `st` and `np` are at hand, and a number is compared in the digits shown. The
```python blocks of a page run in order in one namespace; ```python no-run is skipped and counted.
After ```python picture the variable `picture` is one, which the site of the documentation shows.
"""

from __future__ import annotations

import contextlib
import doctest
import importlib
import inspect
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from scripts import reference

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "steepest"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
NUMBER = re.compile(r"-?\d+\.\d*(?:e[+-]?\d+)?")
FENCED = re.compile(
    r"^```python([^\n]*)\n(.*?)^```[ ]*$(?:\n+^```text printed\n(.*?)^```[ ]*$)?",
    re.MULTILINE | re.DOTALL,
)


def module_names() -> list[str]:
    """The dotted name of every file of the package."""
    paths = (path.relative_to(PACKAGE.parent).with_suffix("") for path in PACKAGE.rglob("*.py"))
    return sorted(".".join(path.parts).removesuffix(".__init__") for path in paths)


def import_or_skip(name: str) -> ModuleType:
    """A module of the package; one that needs an absent extra is skipped and counted."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if (error.name or "steepest").startswith("steepest"):
            raise
        pytest.skip(f"missing peer: {name} needs {error.name}")


class DigitsShown(doctest.OutputChecker):
    """Takes 0.6000000238 for an expected 0.6: an example shows the digits that it is about."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        numbers = iter(NUMBER.findall(want))
        got = NUMBER.sub(lambda match: as_shown(match[0], next(numbers, match[0])), got)
        return super().check_output(want, got, optionflags)


def as_shown(got: str, want: str) -> str:
    """The expected number if it rounds to that, else the number itself."""
    mantissa, _, exponent = want.partition("e")
    unit = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    return want if abs(float(got) - float(want)) <= 0.501 * unit else got


def run_doctests(tests: list[doctest.DocTest]) -> list[str]:
    """Runs examples and returns the failures as text."""
    runner = doctest.DocTestRunner(DigitsShown(), verbose=False, optionflags=FLAGS)
    wrong: list[str] = []
    for test in tests:
        runner.run(test, out=wrong.append, clear_globs=False)  # a page goes on with its names
    return wrong


@pytest.mark.parametrize("name", [n for n in module_names() if not n.endswith("__main__")])
def test_docstring_examples_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    import steepest as st

    module = import_or_skip(name)
    monkeypatch.chdir(tmp_path)
    tests = doctest.DocTestFinder().find(module, extraglobs={"st": st, "np": np})
    assert not (wrong := run_doctests(tests)), "".join(wrong)


def public_callables() -> Iterator[tuple[str, object]]:
    """Every public function and class but the errors, with its name as a user types it."""
    import steepest

    for short, namespace in reference.namespaces(steepest):
        for name, value in reference.public_names(namespace):
            raised = inspect.isclass(value) and issubclass(value, Exception)
            if (inspect.isroutine(value) or inspect.isclass(value)) and not raised:
                yield f"{short}.{name}", value


def test_every_public_name_has_an_example():
    without = [name for name, value in public_callables() if ">>>" not in (value.__doc__ or "")]
    assert without == []


@dataclass(frozen=True)
class Block:
    """One fenced block of a page: its words after ```python, its line, its code, what it prints."""

    words: str
    line: int
    code: str
    printed: str | None = None  # the ```text printed block that follows

    def run(self, path: Path, namespace: dict[str, object]) -> None:
        """Execute the code, as a doctest where it has prompts; tracebacks show the page's lines."""
        if self.code.lstrip().startswith(">>>"):
            parser = doctest.DocTestParser()
            test = parser.get_doctest(self.code, namespace, path.name, str(path), self.line)
            test.globs = namespace
            assert not (wrong := run_doctests([test])), "".join(wrong)
        else:
            with contextlib.redirect_stdout(io.StringIO()) as output:
                exec(compile("\n" * self.line + self.code, str(path), "exec"), namespace)
            if self.printed is not None:
                shown = output.getvalue()
                same = DigitsShown().check_output(self.printed, shown, FLAGS)
                assert same, f"{path.name}, line {self.line}: the block prints\n{shown}"


def blocks_of(text: str) -> list[Block]:
    """The ```python blocks of a page, in order."""
    return [
        Block(match[1].strip(), text.count("\n", 0, match.start()) + 1, match[2], match[3])
        for match in FENCED.finditer(text)
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_page_examples_run(page: Path, tmp_path: Path, monkeypatch, record_property):
    monkeypatch.chdir(tmp_path)
    blocks = blocks_of(page.read_text(encoding="utf-8"))
    unknown = {block.words for block in blocks} - {"", "no-run", "picture"}
    assert not unknown, f"{page.name}: a block is opened with ```python, and no-run or picture"
    namespace: dict[str, object] = {"__name__": "__main__"}
    for block in blocks:
        if block.words != "no-run":
            block.run(page, namespace)
        if block.words == "picture":
            assert namespace["picture"].text, f"{page.name}, line {block.line}: no picture"
    record_property("documentation blocks not run", sum(b.words == "no-run" for b in blocks))


def test_a_wrong_page_is_found(tmp_path: Path):
    page = "# Title\n```python\nx = 1\n```\ntext\n```python\n>>> x + 1\n3\n```\n"
    first, second = blocks_of(page)
    namespace: dict[str, object] = {}
    first.run(tmp_path / "page.md", namespace)
    with pytest.raises(AssertionError, match="line 7"):
        second.run(tmp_path / "page.md", namespace)


def test_wrong_output_of_a_page_is_found(tmp_path: Path):
    page = "```python\nprint(1 + 1)\n```\n\n```text printed\n{}\n```\n"
    (right,), (wrong,) = blocks_of(page.format(2)), blocks_of(page.format(3))
    right.run(tmp_path / "page.md", {})
    with pytest.raises(AssertionError, match=r"page.md, line 1: the block prints\s+2"):
        wrong.run(tmp_path / "page.md", {})


def test_a_failing_block_names_the_line_of_its_page(tmp_path: Path):
    (block,) = blocks_of("one\n```python\nx = 1\n1 / 0\n```\n")
    with pytest.raises(ZeroDivisionError) as caught:
        block.run(tmp_path / "page.md", {})
    assert caught.traceback[-1].lineno + 1 == 4


def test_a_wrong_docstring_is_found():
    module = ModuleType("made_up", ">>> 1 + 1\n3\n")
    assert run_doctests(doctest.DocTestFinder().find(module))


@pytest.mark.parametrize(
    ("want", "got", "same"),
    [
        ("[0.6, 1]", "[0.6000000238, 1]", True),
        ("[0.6, 1]", "[0.66, 1]", False),
        ("[0.60, -2.5]", "[0.6, 2.5]", False),
        ("[0.6]", "[0.6, 0.6]", False),
        ("1.5e-07", "1.51234e-07", True),
        ("1.50e-07", "1.51234e-07", False),
        ("0.5", "nan", False),
    ],
)
def test_numbers_are_compared_in_the_digits_shown(want: str, got: str, same: bool):
    assert DigitsShown().check_output(f"{want}\n", f"{got}\n", FLAGS) == same
