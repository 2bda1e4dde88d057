"""The sampler of single changes: each kind is seen, and tests kill what they look at."""

from __future__ import annotations

import ast
import json
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import CodeType

import pytest

from scripts import entered, mutants
from scripts.mutations import COMPARISONS, OPERATORS, Mutation, mutations_of
from scripts.tests_by_function import Record, Records, Timed, function_at, likely

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
    "path, own, others",
    [
        ("core/sums.py", ["tests/core/test_sums.py"], ["tests/core"]),
        ("core/deep/far.py", [], ["tests/core"]),
        ("core/wide/far.py", [], ["tests/core/wide", "tests/core"]),
        ("top.py", ["tests/test_top.py"], []),
        ("other.py", [], ["tests/test_house.py", "tests/test_top.py"]),
    ],
)
def test_the_tests_of_the_nearest_folder(
    tree: Path, path: str, own: list[str], others: list[str]
) -> None:
    assert mutants.tests_of(tree, tree / "src" / "steepest" / path) == (own, [], others)


def test_examples_of_the_module_are_tests_too() -> None:
    tape = mutants.ROOT / "src" / "steepest" / "core" / "tape.py"
    examples = "tests/test_docs.py::test_docstring_examples_run[steepest.core.tape]"
    found = mutants.tests_of(mutants.ROOT, tape)
    assert found == (["tests/core/test_tape.py"], [examples], ["tests/core"])


def test_the_cpu_engine_is_compared_with_numpy_too() -> None:
    engine = mutants.ROOT / "src" / "steepest" / "engines" / "cpu"
    for path, folder in (("plan/fusing.py", "plan"), ("engine.py", ".")):
        *_, found = mutants.tests_of(mutants.ROOT, engine / path)
        assert (mutants.ROOT / "tests" / "engines" / "cpu" / folder).is_dir()
        assert Path("tests", "engines", "cpu", folder).as_posix() in found
        assert tuple(found[-3:]) == mutants.ENGINE_TESTS
    assert all((mutants.ROOT / test).is_file() for test in mutants.ENGINE_TESTS)
    *_, other = mutants.tests_of(mutants.ROOT, engine.parent / "numpy.py")
    assert not set(other) & set(mutants.ENGINE_TESTS)


SHAPES = """
@decorated(
    by=1,
)
class Shape:
    sides = 4

    @property
    def area(self, factor=lambda: 2):
        def inner():
            return [side for side in self]
        return inner


def ends(*, at=3): return at
TABLE = {
    "ends": 1,
}
"""


@pytest.mark.parametrize(
    "line, function",
    [
        (3, "Shape"),
        (6, "Shape"),
        (8, "Shape.area"),
        (9, "Shape.area"),
        (11, "Shape.area.<locals>.inner"),
        (12, "Shape.area"),
        (15, "ends"),
        (17, ""),
    ],
)
def test_the_function_of_a_line(line: int, function: str) -> None:
    assert function_at("core/shapes.py", SHAPES.encode(), line) == f"core/shapes.py:{function}"


def test_the_plugin_names_functions_as_the_lines_do() -> None:
    code = compile(SHAPES, "/copy/src/steepest/core/shapes.py", "exec")
    found, waiting = set(), [code]
    while waiting:
        one = waiting.pop()
        found.add(entered.name_of(one))
        waiting += [part for part in one.co_consts if isinstance(part, CodeType)]
    inside = ("Shape", "Shape.area", "Shape.area.<locals>.inner", "ends")
    assert found == {"", *(f"core/shapes.py:{name}" for name in inside)}
    assert entered.name_of(compile("1", "/numpy/core/shapes.py", "exec")) == ""


def record(*tests: tuple[float, str, list[str]]) -> Record:
    by: dict[str, list[int]] = {}
    for place, (_, _, functions) in enumerate(tests):
        for function in functions:
            by.setdefault(function, []).append(place)
    return Record([Timed(seconds, name) for seconds, name, _ in tests], by)


OWN = record((3, "slow", ["a.py:f"]), (2, "mid", []), (1, "quick", ["a.py:f", "a.py:g"]))
OTHER = record(
    (9, "long", ["a.py:f"]), (5, "far", ["a.py:f.<locals>.h"]), (1, "none", ["a.py:fine"])
)


@pytest.mark.parametrize(
    "function, every, seconds, tests",
    [
        ("a.py:f", False, 100, ["quick", "slow", "far", "long"]),
        ("a.py:f", True, 100, ["quick", "slow", "far", "long", "none", "mid"]),
        ("a.py:f", False, 9, ["quick", "slow", "far"]),
        ("a.py:f", False, 8.9, ["quick", "slow"]),
        ("a.py:f", True, 0.5, ["quick"]),
        ("a.py:fine", False, 100, ["none"]),
        ("a.py:unknown", False, 100, ["none", "quick", "mid", "slow", "far", "long"]),
        ("a.py:", False, 100, ["none", "quick", "slow", "far", "long"]),
    ],
)
def test_the_likely_tests_of_a_function(
    function: str, every: bool, seconds: float, tests: list[str]
) -> None:
    found, total = likely([OWN, OTHER], function, seconds, every)
    assert found == tests
    assert total == sum(t.seconds for r in (OWN, OTHER) for t in r.tests if t.name in tests)


def test_each_file_is_recorded_once_and_again_when_it_changes(tree: Path) -> None:
    runs: list[list[str]] = []

    def run(tests: Sequence[str], target: Path) -> None:
        runs.append([*tests])
        passed = {f"{test}::test": (0.5, [1]) for test in tests}
        target.write_text(json.dumps({"functions": ["a.py:f", "a.py:g"], "tests": passed}))

    files = ["tests/core/test_sums.py", "tests/core/test_else.py", "tests/test_top.py"]

    def found() -> list[Record]:
        return Records(tree, tree / ".mutants_cache", run).of(files)

    assert found() == found()
    assert found()[0] == Record([Timed(0.5, f"{files[0]}::test")], {"a.py:g": [0]})
    assert runs == [files[:2], files[2:]]
    (tree / files[1]).write_text("# another text")
    assert found() == found()
    assert runs[2:] == [[files[1]]]


def test_a_record_of_real_tests(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    (tree / "tests/core/test_else.py").write_text(
        "import threading, steepest.core.sums as s\n"
        "def test_other_thread():\n"
        "    (t := threading.Thread(target=s.endless, args=(0,))).start()\n    t.join()\n"
        "def test_fails():\n    assert s.total(1, 1) == 3\n"
        "def test_nothing():\n    pass\n"
    )
    bench = mutants.Bench(tree, tmp_path_factory.mktemp("copies"), jobs=1)
    sums, other = bench.records.of(["tests/core/test_sums.py", "tests/core/test_else.py"])
    assert sums.entering == {f"core/sums.py:{n}": [0] for n in ("total", "called", "endless")}
    assert [test.name.rpartition("::")[2] for test in other.tests] == [
        "test_other_thread", "test_nothing",
    ]  # fmt: skip
    assert other.entering == {"core/sums.py:endless": [0]}


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


def test_further_tests_that_enter_the_function_are_tried_last(tree: Path) -> None:
    sums, top = tree / "src" / "steepest" / "core" / "sums.py", tree / "tests" / "test_top.py"
    top.write_text("def test_it():\n    from steepest.core.sums import called\n"
                   "    assert called(3, 1) == 2\n")  # fmt: skip
    (change,) = (m for m in mutations_of(sums) if m.line == 6)
    for also, how in (((), "survived"), (("tests",), "killed")):
        (verdict,) = mutants.verdicts(tree, [change], also=also)
        assert (verdict.how, verdict.by) == (how, "tests/test_top.py::test_it" if also else "")


def test_folders_after_the_one_that_kills_are_not_recorded(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sums, near = tree / "src" / "steepest" / "core" / "sums.py", tree / "tests/core/test_else.py"
    near.write_text("def test_it():\n    from steepest.core.sums import called\n"
                    "    assert called(3, 1) == 2\n")  # fmt: skip
    (change,) = (m for m in mutations_of(sums) if m.line == 6)
    (verdict,) = mutants.verdicts(tree, [change], also=["tests"])
    assert verdict.by == "tests/core/test_else.py::test_it"
    printed = capsys.readouterr().out
    assert "tests/core/test_else.py" in printed and "tests/test_" not in printed


def test_survivors_of_a_file_s_own_tests_are_tried_after_all_others(tree: Path) -> None:
    sums = tree / "src" / "steepest" / "core" / "sums.py"
    chosen = [next(m for m in mutations_of(sums) if m.line == line) for line in (6, 2)]
    found = [(one.mutation.line, one.how) for one in mutants.verdicts(tree, chosen)]
    assert found == [(2, "killed"), (6, "survived")]


def test_each_folder_is_recorded_by_one_thread_and_others_at_the_same_time(tree: Path) -> None:
    both, runs = threading.Barrier(2, timeout=60), []

    def run(tests: Sequence[str], target: Path) -> None:
        runs.append([*tests])
        both.wait()  # for the other folder
        target.write_text(json.dumps({"functions": [], "tests": {}}))

    records = Records(tree, tree / ".mutants_cache", run)
    files = ["tests/core/test_sums.py", "tests/test_top.py"]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(records.of, [[files[0]], [files[1]], [files[0]], [files[1]]]))
    assert sorted(runs) == [[files[0]], [files[1]]]
    assert found[0][0] is found[2][0] and found[1][0] is found[3][0]


# ---------------------------------------------------------------- sampling and trying


def test_the_seed_chooses(tree: Path) -> None:
    whole = mutants.sampled(tree, 100, seed=0)
    assert len(whole) == len(set(whole)) == 10
    assert mutants.sampled(tree, 4, seed=1) == mutants.sampled(tree, 4, seed=1)
    assert len({tuple(mutants.sampled(tree, 4, seed=seed)) for seed in range(5)}) > 1
    only = mutants.sampled(tree, 100, 0, tree / "src" / "steepest" / "top.py")
    assert [mutation.path.name for mutation in only] == ["top.py"]


def test_what_a_test_looks_at_is_killed_and_what_none_does_survives(tree: Path) -> None:
    sums = tree / "src" / "steepest" / "core" / "sums.py"
    before = sums.read_bytes()
    wanted = {2: "killed", 6: "survived"}
    chosen = [m for m in mutations_of(sums) if m.line in wanted]
    found = {v.mutation.line: v for v in mutants.verdicts(tree, chosen, jobs=2)}
    assert {line: verdict.how for line, verdict in found.items()} == wanted
    assert found[2].by == "tests/core/test_sums.py::test_sums"
    assert sums.read_bytes() == before


def test_a_change_that_does_not_end_is_noticed(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutants, "GRACE", 5.0)
    (change,) = (
        m for m in mutations_of(tree / "src" / "steepest" / "core" / "sums.py")
        if m.line == 11 and m.kind == "operator"
    )  # fmt: skip
    assert [verdict.how for verdict in mutants.verdicts(tree, [change])] == ["timed out"]


def test_tests_that_fail_without_a_change_are_named_and_left_out(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree / "tests" / "core" / "test_else.py").write_text("def test_no():\n    assert False\n")
    (change,) = (
        m for m in mutations_of(tree / "src" / "steepest" / "core" / "sums.py") if m.line == 6
    )
    (verdict,) = mutants.verdicts(tree, [change])
    assert verdict.survived
    printed = capsys.readouterr().out
    assert "fails without any change: tests/core/test_else.py::test_no" in printed


def test_a_file_that_cannot_be_imported_ends_the_search(tree: Path) -> None:
    (tree / "tests" / "core" / "test_sums.py").write_text("import absent_package\n")
    (change, *_) = mutations_of(tree / "src" / "steepest" / "core" / "sums.py")
    with pytest.raises(SystemExit, match=r"cannot be recorded: (.|\n)*tests/core/test_sums.py"):
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


def test_a_search_is_continued_from_its_journal(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tried: list[Mutation] = []

    def two(_: Path, mutations: Sequence[Mutation], *__: object) -> object:
        for mutation in mutations[:2]:
            tried.append(mutation)
            yield mutants.Verdict(mutation, "killed", "tests/test_top.py::test_top")

    monkeypatch.setattr(mutants, "ROOT", tree)
    monkeypatch.setattr(mutants, "verdicts", two)
    sums = tree / "src" / "steepest" / "core" / "sums.py"
    journal = tree / "journal.jsonl"
    search = ["9", "--only", str(sums), "--journal", str(journal)]
    for known in (2, 4):
        assert mutants.main(search) == 0
        assert capsys.readouterr().out.endswith(f"{known} of {known} killed\n")
    assert len(set(tried)) == 4
    sums.write_text(sums.read_text().replace("a + b", "a + b + 0"))
    assert mutants.main(search) == 0
    assert capsys.readouterr().out.endswith("2 of 2 killed\n")  # the text has changed


def test_an_abandoned_search_leaves_nothing_running(tree: Path) -> None:
    sums = tree / "src" / "steepest" / "core" / "sums.py"
    search = mutants.verdicts(tree, mutations_of(sums))
    assert isinstance(next(search).mutation, Mutation)
    search.close()
