"""The words of a command line mean what they should, and wrong ones name what was meant."""

from __future__ import annotations

import pytest

from steepest.cli.help import usage
from steepest.cli.parser import near, parse
from steepest.cli.table import root
from steepest.cli.verb import UsageError
from tests.cli.tables import MADE_UP

NOTHING = {
    "data": "d.csv", "extra_data": (), "epochs": None, "rate": None, "engine": None,
    "drop": (), "log": None, "no_browser": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("d.csv", {}),
        ("d.csv a b", {"extra_data": ("a", "b")}),
        ("--epochs 3 d.csv", {"epochs": 3}),
        ("d.csv --epochs=3", {"epochs": 3}),
        ("d.csv --rate -1e-3", {"rate": -0.001}),
        ("d.csv --rate=-.5", {"rate": -0.5}),
        ("d.csv --drop a --drop=b", {"drop": ("a", "b")}),
        ("d.csv --no-browser --engine cpu", {"no_browser": True, "engine": "cpu"}),
        ("d.csv --engine cpu --engine numpy", {"engine": "numpy"}),
        ("--json d.csv --debug", {}),
        ("-- d.csv --epochs", {"extra_data": ("--epochs",)}),
        ("- a", {"data": "-", "extra_data": ("a",)}),
        ("d.csv --log=", {"log": ""}),
    ],
)
def test_words_become_values(words, values):
    call = parse(MADE_UP, ["fit", *words.split()])
    assert call.values == NOTHING | values and call.path == ("fit",)


def test_options_of_all_verbs_may_come_first():
    call = parse(MADE_UP, ["--json", "fit", "--debug", "d.csv"])
    assert call.values == NOTHING


@pytest.mark.parametrize(
    "words", ["fit --help", "fit -h d.csv", "-h fit --wrong", "fit --epochs -h"]
)
def test_help_goes_before_all_else(words):
    assert parse(MADE_UP, words.split()).values == {"help": True}


def test_help_after_two_dashes_is_a_value():
    assert parse(MADE_UP, ["fit", "--", "-h"]).values["data"] == "-h"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("fitt", "steepest has no verb 'fitt': did you mean 'fit'?"),
        ("zzz", "steepest has no verb 'zzz': known names: fit, fix."),
        ("Fit", "steepest has no verb 'Fit': did you mean 'fit'?"),
        ("help", "steepest has no verb 'help': did you mean '--help'?"),
        ("version", "steepest has no verb 'version': did you mean '--version'?"),
        ("fit", "steepest fit needs DATA, the rows: a file."),
        ("fix now", "steepest fix takes no argument, and got 'now'."),
        ("fit d.csv --epoch 3", "has no option '--epoch': did you mean '--epochs'?"),
        ("fit d.csv --no", "did you mean '--no-browser'?"),
        ("fit d.csv -e", "has no option '-e'"),
        ("fit d.csv --epochs", "needs a value after --epochs: a whole number."),
        ("fit d.csv --epochs --rate 1", "needs a value after --epochs: a whole number."),
        ("fit d.csv --epochs 1.5", "expects a whole number as --epochs, and got '1.5'."),
        ("fit d.csv --rate fast", "expects a number as --rate, and got 'fast'."),
        ("fit d.csv --engine nump", "does not know the --engine 'nump': did you mean 'numpy'?"),
        ("fit d.csv --engine", "needs a value after --engine: cpu, numpy."),
        ("fit d.csv --no-browser=yes", "takes --no-browser without a value, and got 'yes'."),
        ("--epochs 3 fit d.csv", "has no verb '3'"),
        ("-- fit", "needs a verb: fit, fix."),
        ("fit d.csv --version", "has no option '--version'"),
    ],
)
def test_wrong_words_are_named_with_what_was_meant(words, said):
    with pytest.raises(UsageError) as caught:
        parse(MADE_UP, words.split())
    message = str(caught.value)
    assert said in message and message.count("See `steepest") == 1 and message.endswith("--help`.")


def test_the_beginning_of_a_name_finds_it():
    assert near("--d", ["--drop", "--engine"]) == "did you mean '--drop'?"
    assert near("--", ["--drop", "--engine"]) == "known names: --drop, --engine"
    assert near("MNI", ["mnist", "moons"]) == "did you mean 'mnist'?"
    assert near("da", ["data", "datasets"]) == "did you mean 'data' or 'datasets'?"


def test_a_verb_below_another_is_found():
    with pytest.raises(UsageError, match="did you mean 'steepest datasets list'"):
        parse(root(), ["list"])


def test_usage_shows_what_may_be_left_out():
    assert usage(MADE_UP.verbs[0], ("fit",)).startswith(
        "steepest fit DATA [EXTRA-DATA ...] [--epochs COUNT]"
    )
