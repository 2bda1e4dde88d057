"""Text fits its terminal, and is plain where it should be."""

from __future__ import annotations

import io

import pytest

from steepest.cli import terminal


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("columns", "expected"),
    [("10", terminal.NARROW), ("60", 60), ("999", terminal.WIDE), ("0", 80), ("wide", 80)],
)
def test_width_is_that_of_the_variable_within_bounds(columns, expected, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    assert terminal.width(io.StringIO()) == expected


def test_styles_are_for_terminals_that_take_them(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert terminal.styled("x", "1", Terminal()) == "\x1b[1mx\x1b[0m"
    assert terminal.styled("x", "1", io.StringIO()) == "x"
    monkeypatch.setenv("TERM", "dumb")
    assert terminal.styled("x", "1", Terminal()) == "x"
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "")  # by its definition, an empty one does not count
    assert terminal.styled("x", "1", Terminal()) != "x"
    monkeypatch.setenv("NO_COLOR", "1")
    assert terminal.styled("x", "1", Terminal()) == "x"


def test_a_closed_stream_is_no_terminal():
    stream = Terminal()
    stream.close()
    assert not terminal.is_terminal(stream) and not terminal.is_terminal(None)


def test_the_last_column_is_wrapped_beside_the_others():
    rows = [("a", "x", "one two three four five six seven eight"), ("bbb", "y", "nine")]
    assert list(terminal.table(rows, 40)) == [
        "  a    x  one two three four five six",
        "          seven eight",
        "  bbb  y  nine",
    ]


def test_the_last_column_goes_below_where_it_has_no_room():
    rows = [("a long name", "x", "one two three four five six")]
    assert list(terminal.table(rows, 30)) == [
        "  a long name x",
        "      one two three four five",
        "      six",
    ]


def test_the_last_column_stays_beside_the_others_as_long_as_it_has_room():
    rows = [("name", "one two three four five six")]
    left = len("  name  ")
    room = left + terminal.LEAST_TEXT
    assert next(terminal.table(rows, room)) == "  name  one two three four five"
    assert next(terminal.table(rows, room - 1)) == "  name"


def test_paragraphs_join_lines_by_their_marks():
    text = "a:\n  b\n\n c.\nd"
    assert terminal.paragraph(text) == "a: b; c. d"
    assert terminal.paragraph("") == ""


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (1023, "1023 bytes"), (1024, "1 KB"), (1536, "1.5 KB"), (3 << 30, "3 GB"),
     (5 << 40, "5120 GB")],
)  # fmt: skip
def test_sizes_are_written_in_their_largest_unit(count, text):
    assert terminal.size_of(count) == text
