"""steepest studio: what it opens, what it says, and what it refuses."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from steepest.cli.main import main
from steepest.studio.server.start import StudioServer, listening

ENDED = "The studio has ended."


@pytest.fixture
def ran(monkeypatch, tmp_path):
    """The servers that were run; each ends at once."""
    servers = []
    monkeypatch.setattr(StudioServer, "run_here", lambda server: servers.append(server))
    monkeypatch.chdir(tmp_path)
    lines = [f"{20 + at},{'yes' if at % 3 else 'no'},name {at}" for at in range(60)]
    (tmp_path / "table.csv").write_text("\n".join(["age,kind,who", *lines]))
    np.savez(tmp_path / "rows.npz", x=np.eye(20, 2), y=np.arange(20) % 2)
    (tmp_path / "notes.txt").write_text("a")
    return servers


def test_it_opens_without_anything(ran, capsys):
    assert main(["studio", "--no-browser"]) == 0
    (server,) = ran
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"The studio is at http://127.0.0.1:{server.port}/"
    assert lines[-2:] == ["Ctrl-C ends it.", ENDED]
    assert server.token not in "\n".join(lines) and not server.file.path.exists()


def test_it_says_how_a_table_was_read(ran, capsys):
    assert main(["studio", "table.csv", "--target", "kind", "--no-browser"]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("table.csv: 60 rows, 1 columns; the target 'kind' is one of 2 classes")
    assert first.endswith("left out: 'who' (text).")
    assert ran[0].session.opened.x.shape == (48, 1)


def test_a_port_can_be_named(ran, capsys):
    with listening(None) as free:
        port = free.getsockname()[1]
    assert main(["studio", "rows.npz", "--port", str(port), "--no-browser"]) == 0
    assert ran[0].port == port


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["absent.csv"], "absent.csv: there is no such file or folder"),
        (["notes.txt"], "notes.txt: a model"),
        (["table.csv"], "--target COLUMN"),
        (["table.csv", "--target", "kidn"], "did you mean 'kind'"),
        (["--target", "kind"], "--target kind needs the file that has it"),
        (["--port", "80"], "port: a number from 1024 to 65535"),
        (["--port", "x"], "--port"),
    ],
)
def test_what_cannot_be_opened_is_said(ran, capsys, words, message):
    assert main(["studio", *words, "--no-browser"]) == 2
    assert message in capsys.readouterr().err and not ran


def test_a_port_in_use_is_said(ran, capsys):
    with listening(None) as taken:
        port = taken.getsockname()[1]
        assert main(["studio", "--port", str(port)]) == 2
    assert f"port {port} is in use; name another (--port)" in capsys.readouterr().err


def test_a_missing_package_is_named_with_the_command_that_installs_it(ran, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "starlette", None)
    assert main(["studio", "--no-browser"]) == 2
    assert "pip install 'steepest[studio]'" in capsys.readouterr().err
