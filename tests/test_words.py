"""The project's prose uses the words of the field; each banned word is seen to be found."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import words


def test_the_project_uses_no_banned_word():
    assert [str(use) for use in words.faults_of(words.ROOT)] == []


@pytest.mark.parametrize("word", words.BANNED)
def test_each_banned_word_is_found(word: str):
    (use,) = words.uses_in(Path("page.md"), f"First line.\nA {word.capitalize()} here.\n")
    assert (use.line, use.word, use.text) == (2, word, f"A {word.capitalize()} here.")


def test_a_banned_word_is_found_inside_an_identifier_but_not_inside_a_word():
    assert [use.word for use in words.uses_in(Path("a.py"), "is_kept = unkept + keptsake")] == [
        "kept"
    ]


def test_a_phrase_is_found_across_a_line_end():
    (use,) = words.uses_in(Path("a.md"), "how it is spelled\nout\n")
    assert (use.line, use.word) == (1, "spelled out")


def test_an_exception_allows_one_word_in_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "README.md").write_text("A file kept; a coin told.\n")
    monkeypatch.setattr(words, "EXCEPTIONS", {("README.md", "kept")})
    assert [use.word for use in words.faults_of(tmp_path)] == ["told"]


def test_the_pages_and_sources_are_searched(tmp_path: Path):
    for name in ("CHANGELOG.md", "docs/data.md", "src/steepest/a/b.py", "tests/core/test_a.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("told\n")
    assert len(words.faults_of(tmp_path)) == 4
