"""Processes that compute end with their block or their parent, and the table of a busy machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress

import pytest

from benchmarks import load_report, machine
from benchmarks.sweep_rows import LOADS_BY_NAME

SCRIPT = """
import signal, time
from benchmarks.machine import spinning
signal.signal(signal.SIGINT, signal.default_int_handler)
with spinning(2) as others:
    print(*(one.pid for one in others), flush=True)
    time.sleep(60)
"""


def line(row, contestant, spinning, value):
    found = {"spinning": spinning, "value": value}
    return {"kind": "result", "row": row, "contestant": contestant, "load": 0.0, **found}


def by_load(contestant, *times, row="load"):
    return [line(row, contestant, spinning, value) for spinning, value in enumerate(times)]


def test_spinning_processes_end_with_the_block():
    with machine.spinning(2) as others:
        assert [one.poll() for one in others] == [None, None]
    assert [one.returncode for one in others] == [-signal.SIGKILL] * 2


@pytest.mark.parametrize("trouble", [KeyboardInterrupt, ValueError])
def test_spinning_processes_end_with_an_error(trouble):
    with pytest.raises(trouble), machine.spinning(1) as others:
        raise trouble
    assert others[0].returncode == -signal.SIGKILL


def test_a_process_that_cannot_be_started_ends_the_others(monkeypatch):
    started = [machine.occupy_a_core()]

    def occupy():
        if len(started) == 2:
            raise OSError("no more processes")
        started.append(first := started[0])
        return first

    monkeypatch.setattr(machine, "occupy_a_core", occupy)
    with pytest.raises(OSError, match="no more"), machine.spinning(2):
        pass
    assert started[0].returncode == -signal.SIGKILL


def test_spinning_processes_end_after_ctrl_c():
    command = [sys.executable, "-c", SCRIPT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parent:
        assert parent.stdout is not None
        pids = [int(word) for word in parent.stdout.readline().split()]
        assert len(pids) == 2
        parent.send_signal(signal.SIGINT)
        parent.wait(timeout=30)
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def test_times_are_multiples_of_the_quiet_time():
    lines = [*by_load("steepest", 1.0, 1.3, 2.0), *by_load("jax", 2.0, 2.5, 4.0)]
    rows = load_report.table(lines)[1:]
    assert [row[1] for row in rows] == ["0", "1", "2"]
    assert [row[3] for row in rows] == ["1.00", "1.30", "2.00"]
    assert [row[6] for row in rows] == ["2.00x", "1.92x", "2.00x"]
    assert [row[8] for row in rows] == ["", "reached", "reached"]


def test_the_median_of_the_repetitions_counts():
    lines = [line("load", "steepest", 0, value) for value in (1.0, 9.0, 2.0)]
    (found,) = load_report.loaded(lines)
    assert found.times == {0: 2.0}


@pytest.mark.parametrize(
    ("ours", "peer", "spinning"),
    [
        ((1.0, 1.5, 2.0), (9.0, 9.0, 9.0), 1),
        ((1.0, 1.0, 2.3), (9.0, 9.0, 9.0), 2),
        ((1.0, 1.0, 1.0), (9.0, 1.4, 9.0), 1),
    ],
)
def test_a_slow_down_or_a_ratio_misses_its_bar(ours, peer, spinning):
    lines = [*by_load("steepest", *ours), *by_load("jax", *peer)]
    verdicts = [row[8] for row in load_report.table(lines)[1:]]
    assert verdicts[spinning] == "missed"
    assert verdicts.count("missed") == 1


def test_a_load_that_a_peer_did_not_bear_has_no_line():
    ours, theirs = by_load("steepest", 1.0, 1.3, 2.0), by_load("jax", 2.0, 2.5)
    assert [row[1] for row in load_report.table([*ours, *theirs])[1:]] == ["0", "1"]
    assert load_report.table([*ours, *theirs[1:]])[1:] == []


def test_a_row_without_a_bar_has_no_verdict():
    assert not LOADS_BY_NAME["load_predict"].bar
    lines = [
        *by_load("steepest", 1.0, 9.0, 9.0, row="load_predict"),
        *by_load("jax", 1.0, 1.0, 1.0, row="load_predict"),
    ]
    assert [row[8] for row in load_report.table(lines)[1:]] == ["", "", ""]
