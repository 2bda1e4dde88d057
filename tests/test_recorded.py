"""Recorded results: what counts as the same, and how a section is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recorded import compare, is_same, sections_of


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("rate 0.25", "rate 0.26", True),
        ("rate 0.25", "rate 0.27", False),
        ("1.50e-03", "1.51e-03", True),
        ("1.50e-03", "1.50e-02", False),
        ("-0.5", "0.5", False),
        ("3 rows", "4 rows", False),
        ("dense_3", "dense_4", False),
        ("loss 0.25", "cost 0.25", False),
        ("[1, 0.5]", "[1, 0.5, 2]", False),
    ],
)
def test_numbers_with_a_fraction_may_differ_in_the_last_digit(old: str, new: str, same: bool):
    assert is_same(old, new) is same


def test_a_section_is_written_once_and_then_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "results.txt"
    monkeypatch.setenv("STEEPEST_RECORD", "1")
    for name, text in (("b", "two\n"), ("a", "first"), ("a", "one\n\n1.5")):
        compare(path, name, text)
    assert path.read_text() == "== a\none\n\n1.5\n== b\ntwo\n"
    monkeypatch.delenv("STEEPEST_RECORD")
    assert sections_of(path) == {"a": "one\n\n1.5\n", "b": "two\n"}
    compare(path, "a", "one\n\n1.6")
    with pytest.raises(AssertionError):
        compare(path, "a", "one\n\n1.8")
    with pytest.raises(AssertionError, match="no section"):
        compare(path, "c", "")
