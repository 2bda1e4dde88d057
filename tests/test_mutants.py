"""The sampler of single changes: each kind is seen, and tests kill what they look at."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from scripts import mutants
from scripts.mutations import COMPARISONS, OPERATORS, Mutation, mutations_of

CHANGES = {
    "a + b": [("operator", "a - b")],
    "(a) * (b)": [("operator", "(a) / (b)")],
    "a ** b // c": [("operator", "a * b // c"), ("operator", "a ** b * c")],
    "a += 1": [("operator", "a -= 1"), ("constant", "a += 2")],
    "a and b and c": [("operator", "a or b and c"), ("operator", "a and b or c")],
    "a or b": [("operator", "a and b")],
    "a < b": [("comparison", "a <= b")],
    "a >= b": [("comparison", "a > b")],
    "a == b != c": [("comparison", "a != b != c"), ("comparison", "a == b == c")],
    "a in b": [("comparison", "a not in b")],
    "a  not  in b": [("comparison", "a  in b")],
    "a is b": [("comparison", "a is not b")],
    "a is not b": [("comparison", "a is b")],
    "not a": [("not", "(a)")],
    "x = 5": [("constant", "x = 6")],
    "x = 'é' + y": [("operator", "x = 'é' - y")],
    "if a:\n    b": [("condition", "if (not (a)):\n    b")],
    "if not a:\n    b": [("not", "if (a):\n    b")],
    "while a:\n    b": [("condition", "while (not (a)):\n    b")],
    "x = a if b else c": [("condition", "x = a if (not (b)) else c")],
    "[a for a in b if a]": [("condition", "[a for a in b if (not (a))]")],
}


def write(folder: Path, text: str) -> Path:
    path = folder / "some.py"
    path.write_text(text)
    return path


@pytest.mark.parametrize("text", CHANGES)
def test_each_kind_of_change(text: str, tmp_path: Path) -> None:
    path = write(tmp_path, text)
    found = [(m.kind, m.applied(path.read_bytes()).decode()) for m in mutations_of(path)]
    assert sorted(found) == sorted(CHANGES[text])


LEFT_ALONE = [
    "x: int | None = None",
    "def f(x: Literal[3]) -> A | B: ...",
    "f'{a + 1}'",
    "'''a + b is not c'''",
    "x = True",
    "x = 1.5",
    "if TYPE_CHECKING:\n    x = 1 + 1",
    "assert a is not None and b > 0, f(1)",
]


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_is_left_alone(text: str, tmp_path: Path) -> None:
    assert mutations_of(write(tmp_path, text)) == []


def test_changes_of_a_folder_can_be_read() -> None:
    for mutation in mutants.sampled(
        mutants.ROOT, 150, 0, mutants.ROOT / "src" / "steepest" / "core"
    ):
        text = mutation.path.read_bytes()
        assert ast.dump(ast.parse(mutation.applied(text))) != ast.dump(ast.parse(text)), mutation


def test_every_operator_has_another() -> None:
    kinds = {kind for kind in vars(ast).values() if isinstance(kind, type)}
    assert OPERATORS.keys() == {k for k in kinds if issubclass(k, ast.operator)} - {ast.operator}
    assert COMPARISONS.keys() == {k for k in kinds if issubclass(k, ast.cmpop)} - {ast.cmpop}
    assert all(old != new for old, new in (*OPERATORS.values(), *COMPARISONS.values()))


def test_a_diff_shows_the_line(tmp_path: Path) -> None:
    path = write(tmp_path, "def f(a):\n    return (\n        a +\n        1\n    )\n")
    operator = next(m for m in mutations_of(path) if m.kind == "operator")
    assert (operator.line, operator.diff(path.read_bytes())) == (3, "- a +\n+ a -")


# ---------------------------------------------------------------- which tests


SUMS_TEST = """
from steepest.core.sums import called, endless, total


def test_sums():
    assert total(2, 3) == 5
    called(2, 3)
    assert endless(0) == 3
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A made-up package: one function is tested, the other is only called."""
    files = {
        "src/steepest/__init__.py": "",
        "src/steepest/core/__init__.py": "",
        "src/steepest/core/sums.py": "def total(a, b):\n    return a + b\n\n\n"
        "def called(a, b):\n    return a - b\n\n\n"
        "def endless(a):\n    while a < 3:\n        a += 1\n    return a\n",
        "src/steepest/core/deep/far.py": "x = 1\n",
        "src/steepest/top.py": "x = 1\n",
        "src/steepest/other.py": "x = 1\n",
        "tests/core/test_sums.py": SUMS_TEST,
        "tests/core/test_else.py": "",
        "tests/core/wide/test_near.py": "",
        "tests/test_top.py": "def test_top():\n    import steepest.top\n",
        "tests/test_house.py": "",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    "path, tests",
    [
        ("core/sums.py", ["tests/core/test_sums.py", "tests/core"]),
        ("core/deep/far.py", ["tests/core"]),
        ("core/wide/far.py", ["tests/core/wide", "tests/core"]),
        ("top.py", ["tests/test_top.py"]),
        ("other.py", ["tests/test_house.py", "tests/test_top.py"]),
    ],
)
def test_the_tests_of_the_nearest_folder(tree: Path, path: str, tests: list[str]) -> None:
    assert mutants.tests_of(tree, tree / "src" / "steepest" / path) == tests


def test_examples_of_the_module_are_tests_too() -> None:
    tape = mutants.ROOT / "src" / "steepest" / "core" / "tape.py"
    examples = "tests/test_docs.py::test_docstring_examples_run[steepest.core.tape]"
    found = mutants.tests_of(mutants.ROOT, tape)
    assert found == ["tests/core/test_tape.py", examples, "tests/core"]


def test_the_cpu_engine_is_compared_with_numpy_too() -> None:
    engine = mutants.ROOT / "src" / "steepest" / "engines" / "cpu"
    for path, folder in (("plan/fusing.py", "plan"), ("engine.py", ".")):
        found = mutants.tests_of(mutants.ROOT, engine / path)
        assert (mutants.ROOT / "tests" / "engines" / "cpu" / folder).is_dir()
        assert Path("tests", "engines", "cpu", folder).as_posix() in found
        assert tuple(found[-3:]) == mutants.ENGINE_TESTS
    assert all((mutants.ROOT / test).is_file() for test in mutants.ENGINE_TESTS)
    other = mutants.tests_of(mutants.ROOT, engine.parent / "numpy.py")
    assert not set(other) & set(mutants.ENGINE_TESTS)


def test_each_test_is_timed_once_without_a_change(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[tuple[str, ...]] = []

    def passes(self: object, copy: Path, tests: tuple[str, ...], limit: float | None) -> int:
        runs.append(tuple(tests))
        return 0

    monkeypatch.setattr(mutants.Bench, "_run", passes)
    sums, far = (tree / "src" / "steepest" / "core" / name for name in ("sums.py", "deep/far.py"))
    assert len(list(mutants.verdicts(tree, [*mutations_of(sums)[:2], *mutations_of(far)]))) == 3
    both = ("tests/core/test_sums.py", "tests/core")
    assert runs == [("tests/core",), both, both, ("tests/core",)]


def test_the_file_s_own_tests_are_run_first_and_each_file_once(tree: Path) -> None:
    (tree / "tests/core/deep").mkdir()
    (tree / "tests/core/deep/test_far.py").touch()
    found = mutants.in_order(
        tree, ["tests/core/test_sums.py", "tests/core", "tests/test_top.py::t"]
    )
    own, *folder, last = found
    assert own == "tests/core/test_sums.py" and last == "tests/test_top.py::t"
    assert folder == [
        f"tests/core/{name}.py" for name in ("test_else", "deep/test_far", "wide/test_near")
    ]
    missing = mutants.in_order(tree, ["tests/core/deep", "tests/none"])
    assert missing == ["tests/core/deep/test_far.py", "tests/none"]


@pytest.mark.parametrize("killer", ["tests/core", "tests/test_top.py"])
def test_further_tests_are_run_for_survivors_alone(
    tree: Path, monkeypatch: pytest.MonkeyPatch, killer: str
) -> None:
    runs: list[tuple[str, ...]] = []

    def result(self: object, copy: Path, tests: tuple[str, ...], limit: float | None) -> int:
        changed = "a * b" in (copy / "src/steepest/core/sums.py").read_text()
        runs.append((*tests, *(("changed",) if changed else ())))
        return int(changed and killer in tests)

    monkeypatch.setattr(mutants.Bench, "_run", result)
    sums = tree / "src" / "steepest" / "core" / "sums.py"
    text = sums.read_bytes()
    start = text.index(b"a + b")
    change = Mutation(sums, "operator", 2, start, start + 5, "a * b")
    near, also = ("tests/core/test_sums.py", "tests/core"), ("tests/test_top.py",)
    (verdict,) = mutants.verdicts(tree, [change], also=also)
    assert verdict.how == "killed"
    further = [also, (*also, "changed")] if killer in also else []
    assert runs == [("tests/core",), (*near, "changed"), *further]


# ---------------------------------------------------------------- sampling and trying


def test_the_seed_chooses(tree: Path) -> None:
    whole = mutants.sampled(tree, 100, seed=0)
    assert len(whole) == len(set(whole)) == 10
    assert mutants.sampled(tree, 4, seed=1) == mutants.sampled(tree, 4, seed=1)
    assert len({tuple(mutants.sampled(tree, 4, seed=seed)) for seed in range(5)}) > 1
    only = mutants.sampled(tree, 100, 0, tree / "src" / "steepest" / "top.py")
    assert [mutation.path.name for mutation in only] == ["top.py"]


def test_what_a_test_looks_at_is_killed_and_what_none_does_survives(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutants, "GRACE", 3.0)
    sums = tree / "src" / "steepest" / "core" / "sums.py"
    before = sums.read_bytes()
    wanted = {2: "killed", 6: "survived", 11: "timed out"}
    chosen = [m for m in mutations_of(sums) if m.kind == "operator" and m.line in wanted]
    found = {v.mutation.line: v.how for v in mutants.verdicts(tree, chosen, jobs=2)}
    assert found == wanted
    assert sums.read_bytes() == before


def test_tests_that_fail_without_a_change_are_named(tree: Path) -> None:
    (tree / "tests" / "core" / "test_else.py").write_text("def test_no():\n    assert False\n")
    (change, *_) = mutations_of(tree / "src" / "steepest" / "core" / "sums.py")
    with pytest.raises(SystemExit, match=r"fails without any change: tests/core$"):
        list(mutants.verdicts(tree, [change]))


def test_survivors_are_listed(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(mutants, "ROOT", tree)
    assert mutants.main(["9", "--only", str(tree / "src" / "steepest" / "top.py")]) == 0
    printed = capsys.readouterr().out
    assert "survived: src/steepest/top.py:1 (constant)\n- x = 1\n+ x = 2" in printed
    assert printed.endswith("0 of 1 killed\n")


def test_an_interrupt_lists_what_was_found(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (change,) = mutations_of(tree / "src" / "steepest" / "top.py")

    def some(*_: object) -> object:
        yield mutants.Verdict(change, "survived")
        raise KeyboardInterrupt

    monkeypatch.setattr(mutants, "ROOT", tree)
    monkeypatch.setattr(mutants, "verdicts", some)
    assert mutants.main(["9"]) == 0
    assert "interrupted\n\nsurvived: src/steepest/top.py:1" in capsys.readouterr().out


def test_an_abandoned_search_leaves_nothing_running(tree: Path) -> None:
    sums = tree / "src" / "steepest" / "core" / "sums.py"
    search = mutants.verdicts(tree, mutations_of(sums))
    assert isinstance(next(search).mutation, Mutation)
    search.close()
