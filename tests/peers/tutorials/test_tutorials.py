"""Each listing of the tutorials prints under steepest what it prints under TensorFlow and Keras."""

from __future__ import annotations

import importlib.util
import re

import pytest

from tests.peers.tutorials import collection
from tests.peers.tutorials.known_failures import KNOWN_FAILURES


def topics() -> list[str]:
    """The topics of the list, as section/name."""
    found, section = [], ""
    for line in (collection.LISTINGS.parent / "topics.md").read_text("utf-8").splitlines():
        if heading := re.match(r"## (\w+):", line):
            section = heading[1]
        elif topic := re.match(r"\* (\w+):", line):
            found.append(f"{section}/{topic[1]}")
    return found


def test_each_topic_has_one_listing_and_its_expected_output():
    assert sorted(topics()) == collection.names()
    assert [name for name in topics() if not collection.expected(name).exists()] == []


def test_known_failures_are_listings_with_a_reason():
    assert set(KNOWN_FAILURES) <= set(collection.names())
    assert all(KNOWN_FAILURES.values())


def test_the_comparison_notices_words_numbers_and_lines():
    assert collection.difference("a 1.00001\n[2e0]", "a  1.0\n[2.]") is None
    assert collection.difference("a 1.01", "a 1.0") == "printed 'a 1.01', expected 'a 1.0'"
    assert collection.difference("b 1", "a 1") is not None
    assert collection.difference("nan 1", "nan 1") is None
    assert collection.difference("['a', 'b']", "[np.str_('a'), 'b']") is None
    assert collection.difference("['a', 'b']", "[b'a', 'b']") is not None
    assert collection.difference("1\n2", "1") == "printed '2', expected ''"


def test_numbers_are_compared_without_words():
    assert collection.numbers_agree("a 1.00001", "b'c' 1.0")
    assert not collection.numbers_agree("1.01", "1.0") and not collection.numbers_agree("1 2", "1")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(
            name,
            marks=pytest.mark.xfail(reason=KNOWN_FAILURES[name]) if name in KNOWN_FAILURES else (),
        )
        for name in collection.names()
    ],
)
def test_listing_prints_what_keras_prints(name):
    if "import pandas" in (collection.LISTINGS / f"{name}.py").read_text("utf-8"):
        pytest.importorskip("pandas")
    wanted = collection.expected(name).read_text("utf-8")
    assert collection.difference(collection.printed(name), wanted) is None


def test_nineteen_of_twenty_listings_run_and_print_the_numbers_of_keras():
    wrong = [name for name in KNOWN_FAILURES if not prints_the_numbers(name)]
    assert len(wrong) <= 0.05 * len(collection.names()), wrong


def prints_the_numbers(name: str) -> bool:
    """Whether a listing runs and prints the peer's numbers, whatever the words between them."""
    try:
        found = collection.printed(name)
    except Exception:  # any failure counts
        return False
    return collection.numbers_agree(found, collection.expected(name).read_text("utf-8"))


@pytest.mark.long
def test_the_peer_still_prints_the_expected_outputs(peer):
    peer("tensorflow")
    peer("keras")
    wrong = {}
    for name in collection.names():
        if name == "callbacks/tensorboard" and not importlib.util.find_spec("tensorboard"):
            continue
        wanted = collection.expected(name).read_text("utf-8")
        if found := collection.difference(collection.printed(name, by_peer=True), wanted):
            wrong[name] = found
    assert wrong == {}
