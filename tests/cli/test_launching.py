"""`steepest launch`: how processes are started, how they end, and what is said of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import steepest
from steepest.cli.launching import ending, job
from steepest.cli.main import main

ROOT = Path(steepest.__file__).parents[1]
SHOW = """
import os, sys
print(os.environ["STEEPEST_PROCESS_ID"], os.environ["STEEPEST_NUM_PROCESSES"], *sys.argv[1:])
"""
FAILS = """
import os, sys, time
if os.environ["STEEPEST_PROCESS_ID"] == "1":
    sys.exit({how})
time.sleep(600)
"""
WAITS = """
import os, pathlib, sys, time
pathlib.Path(sys.argv[1], os.environ["STEEPEST_PROCESS_ID"]).write_text(str(os.getpid()))
time.sleep(600)
"""


def script(folder: Path, text: str) -> str:
    """The path of a script."""
    path = folder / "train.py"
    path.write_text(text)
    return str(path)


def test_each_process_knows_its_place_and_the_words_of_the_script(tmp_path, capfd):
    path = script(tmp_path, SHOW)
    words = ["launch", "--processes", "2", "--logs", str(tmp_path), path, "--", "--epochs", "3"]
    assert main(words) == 0
    assert capfd.readouterr().out == "0 2 --epochs 3\n"  # the first prints, the other to a file
    assert (tmp_path / "process-1.txt").read_text() == "1 2 --epochs 3\n"


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("7", "process 1 of 2 ended with exit code 7, so the others were ended"),
        ("os.kill(os.getpid(), 9)", "process 1 of 2 was ended by the signal SIGKILL, so the"),
        ("'no rows are left'", "process 1 of 2 ended with exit code 1"),
    ],
)
def test_a_process_that_fails_ends_the_job_and_is_named(tmp_path, capfd, how, words):
    assert main(["launch", "--processes", "2", script(tmp_path, FAILS.format(how=how))]) == 3
    said = capfd.readouterr()
    assert said.err.startswith(f"error: {words}") and said.err.count("\n") == 1
    assert "BackupAndRestore" in said.err
    assert ("no rows are left" in said.out) == ("no rows" in how)  # its last lines


def test_a_script_that_is_no_python_gets_no_advice_to_go_on(tmp_path, capfd):
    path = script(tmp_path, "x = (")
    assert main(["launch", "--processes", "2", path]) == 3
    said = capfd.readouterr().err.splitlines()[-1]
    assert said.endswith(f"{path} is no valid Python, as said above") and "Backup" not in said


def test_a_program_is_given_one_document(tmp_path, capfd):
    path = script(tmp_path, FAILS.format(how="7"))
    assert main(["launch", "--processes", "2", path, "--json"]) == 3
    found = json.loads(capfd.readouterr().out)
    assert found["outcome"] == "failed" and found["result"] == {
        "script": path, "processes": 2, "failed": 1, "exit_code_of_failed": 7,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["no_such.py", "--processes", "2"], "no_such.py: there is no such file"),
        ([__file__], "--processes: a number from 1 to 256 was expected"),
        ([__file__, "--processes", "0"], "--processes: a number from 1 to 256 was expected, got 0"),
        ([__file__, "--processes", "100000"], "from 1 to 256 was expected, got 100000"),
    ],
)
def test_what_cannot_be_started_is_named(words, message, capsys):
    assert main(["launch", *words]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="signals as POSIX has them")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_a_request_to_end_reach_all_processes(tmp_path, number):
    command = [sys.executable, "-m", "steepest", "launch", "--processes", "2"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    answer = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    start = [sys.executable, "-c", f"{answer}import os, sys; os.execv(sys.argv[1], sys.argv[1:])"]
    path = script(tmp_path, WAITS)
    launcher = subprocess.Popen(
        [*start, *command, path, str(tmp_path)],
        env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    files = [tmp_path / "0", tmp_path / "1"]
    while not all(file.exists() and file.read_text() for file in files):
        assert launcher.poll() is None
        time.sleep(0.02)
    launcher.send_signal(number)
    _, said = launcher.communicate(timeout=60)
    assert (launcher.returncode, said) == (130, "error: interrupted\n")
    for file in files:
        with pytest.raises(ProcessLookupError):
            os.kill(int(file.read_text()), 0)


def test_a_process_that_ignores_the_request_is_ended_by_force(tmp_path, monkeypatch):
    monkeypatch.setattr("steepest.cli.launching.PATIENCE", 0.2)
    code = "import signal, time; signal.signal(signal.SIGTERM, lambda *_: None); time.sleep(600)"
    with job(["-c", code], 1, None, sys.stdout) as started:
        time.sleep(0.5)  # until it ignores it, or else it ends by request
    assert started.children[0].returncode in (-signal.SIGKILL, -signal.SIGTERM)


def test_an_unknown_signal_has_its_number():
    assert ending(-250) == "was ended by the signal 250"
