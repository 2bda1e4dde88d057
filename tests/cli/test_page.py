"""The commands of docs/command_line.md print what the page shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from steepest.cli.main import main
from steepest.cli.outcome import BUG, DONE, OUTCOMES
from tests.test_docs import FLAGS, DigitsShown

PAGE = (Path(__file__).parents[2] / "docs" / "command_line.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```console\n\$ (steepest[^\n]*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_page_has_commands():
    assert len(BLOCKS) == PAGE.count("```console") >= 5


@pytest.mark.parametrize(("command", "shown"), BLOCKS, ids=[command for command, _ in BLOCKS])
def test_a_command_prints_what_the_page_shows(command, shown, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    main(shlex.split(command)[1:])
    said = capsys.readouterr()
    printed = said.out + said.err
    assert DigitsShown().check_output(shown, printed, FLAGS), printed


def test_the_page_lists_the_outcomes():
    rows = re.findall(r"^\| (\d+) \| (\w+) \|", PAGE, re.MULTILINE)
    known = {outcome for _, outcome in OUTCOMES} | {DONE, BUG}
    assert {(name, int(code)) for code, name in rows} == {tuple(one) for one in known}
