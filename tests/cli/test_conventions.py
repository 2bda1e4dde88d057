"""The conventions hold for every verb of the table, however its function ends."""

from __future__ import annotations

import json
import shlex
import signal

import pytest

from steepest.cli.help import help_lines
from steepest.cli.main import main
from steepest.cli.parser import parse
from steepest.cli.table import NAMES, root
from steepest.cli.verb import EVERYWHERE, Verb
from tests.cli.tables import ENDINGS, LEAVES, doing, words_for


def all_verbs(verb: Verb, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Verb]]:
    """Every verb with its path, the root first."""
    below = [found for one in verb.verbs for found in all_verbs(one, (*path, one.name))]
    return [(path, verb), *below]


VERBS = all_verbs(root())
pytestmark = pytest.mark.filterwarnings("always")  # as outside of tests, no warning is an error
every_verb = pytest.mark.parametrize(
    ("path", "verb"), VERBS, ids=[" ".join(path) or "steepest" for path, _ in VERBS]
)
every_leaf = pytest.mark.parametrize(
    ("path", "verb"), LEAVES, ids=[" ".join(path) for path, _ in LEAVES]
)
every_ending = pytest.mark.parametrize("ending", ENDINGS)


@pytest.fixture(autouse=True)
def interruptible():
    """Python's own answer to SIGINT, also where the process that runs the tests ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def document(capsys) -> dict[str, object]:
    """The one document that was printed, with nothing beside it."""
    return json.loads(capsys.readouterr().out)


def test_the_table_has_every_file_of_verbs():
    from importlib.resources import files

    found = {one.name for one in files("steepest.cli.verbs").iterdir()} - {"__init__.py"}
    assert {name.removesuffix(".py") for name in found if name.endswith(".py")} == set(NAMES)
    assert [verb.name for verb in root().verbs] == list(NAMES)


@every_verb
def test_a_verb_has_a_function_or_verbs_of_its_own(path, verb):
    assert bool(verb.run) != bool(verb.verbs)
    assert verb.run or not (verb.options or verb.arguments)
    assert verb.summary[0].islower() and not verb.summary.endswith(".")
    own = {option.name for option in verb.options}
    assert not own & {option.name for option in EVERYWHERE}
    assert len({one.key for one in (*verb.arguments, *verb.options)}) == len(
        verb.arguments + verb.options
    )


@every_verb
def test_help_begins_with_examples(path, verb, capsys):
    assert main([*path, "--help"]) == 0
    said = capsys.readouterr()
    headings = [line for line in said.out.splitlines() if line and line[0].isupper()]
    assert headings[0] == "Examples" and headings[1] == "Usage" and not said.err
    assert all(example in said.out for example, _ in verb.examples)
    assert all(option.name in said.out for option in verb.options)


@every_verb
def test_examples_are_valid_commands(path, verb):
    assert verb.examples
    for example, meaning in verb.examples:
        words = shlex.split(example.replace("<(", " ").replace(")", " "))
        words = words[words.index("steepest") + 1 :]
        words = words[: words.index("|")] if "|" in words else words
        assert parse(root(), words).path[: len(path)] == path
        assert meaning


@every_verb
@pytest.mark.parametrize("columns", [24, 40, 80])
def test_help_fits_a_narrow_terminal(path, verb, columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    for line in help_lines(verb, path):
        longest = max(map(len, line.split()), default=0)
        assert len(line) <= max(columns, longest + 6), line


@every_leaf
@every_ending
def test_text_has_one_paragraph_for_an_error(path, verb, ending, capsys):
    run, _, code = ENDINGS[ending]
    assert main(words_for(path, verb), doing(run)) == code
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    if code:
        assert said.err.startswith("error: ") and said.err.count("\n") == 1
    assert "{" not in said.out


@every_leaf
@every_ending
def test_json_is_one_document(path, verb, ending, capsys):
    run, outcome, code = ENDINGS[ending]
    words = [*words_for(path, verb), "--json"]
    assert main(words, doing(run)) == code
    found = document(capsys)
    assert (found["outcome"], found["exit_code"]) == (outcome, code)
    assert found["command"] == words
    assert ("error" in found) == (code != 0)


@every_verb
@pytest.mark.parametrize("wrong", [["--jsom"], ["--debug=1"], ["no such word"] * 9])
def test_wrong_words_are_unusable_input(path, verb, wrong, capsys):
    assert main([*path, *wrong]) == 2
    said = capsys.readouterr()
    assert not said.out and said.err.count("\n") == 1
    if wrong == ["--jsom"]:
        assert "did you mean '--json'?" in said.err
    assert main([*path, *wrong, "--json"]) == 2
    assert document(capsys)["error"]["type"] in ("UsageError", "UnknownNameError")


@every_verb
def test_help_and_version_are_documents_too(path, verb, capsys):
    assert main([*path, "--help", "--json"]) == 0
    assert "Examples" in document(capsys)["result"]["help"]


@every_leaf
def test_debug_adds_the_traceback(path, verb, capsys):
    run, *_ = ENDINGS["bug"]
    words = [*words_for(path, verb), "--debug"]
    assert main(words, doing(run)) == 1
    said = capsys.readouterr().err
    assert said.startswith("Traceback") and said.splitlines()[-1].startswith("error: ")
    assert main([*words, "--json"], doing(run)) == 1
    assert document(capsys)["error"]["traceback"].startswith("Traceback")


@every_leaf
def test_a_result_is_there_when_a_condition_failed(path, verb, capsys):
    run, *_ = ENDINGS["condition"]
    main([*words_for(path, verb), "--json"], doing(run))
    found = document(capsys)
    assert found["result"] == {"accuracy": 0.5}
    assert found["error"]["message"] == "accuracy 0.5 is below 0.9"


@pytest.mark.parametrize("path", [p for p, v in VERBS if v.verbs and p])
def test_a_verb_with_verbs_needs_one(path, capsys):
    assert main(path) == 2
    assert "needs a verb: " in capsys.readouterr().err


def test_no_words_show_the_help(capsys):
    assert main([]) == 0
    assert capsys.readouterr().out == "\n".join(help_lines(root(), ())) + "\n"


def test_help_of_words_that_lead_to_no_verb_is_refused(capsys):
    assert main(["help", "info", "datasets"]) == 2
    assert "steepest info has no verb 'datasets'" in capsys.readouterr().err


def test_a_warning_is_one_paragraph(capsys):
    run, *_ = ENDINGS["chatty"]
    assert main(["info"], doing(run)) == 0
    assert capsys.readouterr().err == "warning: columns differ in scale\n"
    assert main(["info", "--json"], doing(run)) == 0
    found = document(capsys)
    assert found["warnings"] == ["columns differ in scale"]
    assert found["result"] == {"loss": None}
