"""A worker that takes turns: its answers, its failures and its end."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import replace

import pytest

from benchmarks import contestants, live_worker, machine, session
from benchmarks.live import Live
from benchmarks.rows import MadeUp
from benchmarks.sweep_rows import KNOWN

ECHO = """
import json, sys
print(json.dumps({"loss": 0.5}), flush=True)
for request in sys.stdin:
    print(json.dumps({"value": len(request.strip())}), flush=True)
"""


def worker(script, timeout=30.0):
    return Live([script], dict(os.environ), timeout, command=(sys.executable, "-c"))


def test_a_worker_answers_when_it_is_ready_and_then_each_request():
    with worker(ECHO) as live:
        assert live.answer() == {"loss": 0.5}
        assert live.answer("turns") == {"value": 5}
        assert live.answer("load") == {"value": 4}


def test_a_failure_is_the_last_line_of_the_error():
    with worker("raise ValueError('no such weights')") as live:
        assert live.answer() == {"failed": "ValueError: no such weights"}
        assert live.answer("turns") == {"failed": "ValueError: no such weights"}


def test_a_worker_that_does_not_answer_is_killed():
    with worker("import time; time.sleep(60)", timeout=0.2) as live:
        assert live.answer() == {"failed": "no answer in 0 s"}
        assert live.process.returncode is not None


@pytest.mark.parametrize("trouble", [KeyboardInterrupt, ValueError])
def test_a_worker_ends_with_the_block(trouble):
    with pytest.raises(trouble), worker(ECHO) as live:
        live.answer()
        raise trouble
    assert live.process.returncode is not None


def test_a_worker_ends_when_its_parent_does():
    with worker(ECHO) as live:
        live.answer()
        assert live.process.stdin is not None
        live.process.stdin.close()
        assert live.process.wait(timeout=30) == 0
        live.process.stdin = None


def test_a_network_is_measured_by_the_step():
    row = replace(KNOWN["width_16"], data=MadeUp(128, 10, 1280))
    measured = live_worker.Measured(row, contestants.BY_NAME["steepest"], 1, seconds=0.01)
    assert 0 < measured.found["loss"] < 5
    assert measured.task.row.epochs >= 1
    assert live_worker._answer(measured, "turns", 0.01)["value"] > 0
    predicted = live_worker._answer(measured, "load_predict", 0.01)
    assert predicted["value"] >= predicted["median"] > 0


class Recorded:
    """A worker that notes who was asked what, and fails as one of its name does."""

    def __init__(self, name, asked):
        self.name, self.asked = name, asked

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.asked.append((self.name, "end"))

    def answer(self, request=""):
        self.asked.append((self.name, request))
        if self.name == "jax":
            return {"failed": "no memory"}
        return {"value": 1.0} if request else {"loss": 0.5}


def turns(row, names, monkeypatch, repeat=2):
    asked, loads = [], []

    @contextmanager
    def spinning(count):
        loads.append(count)
        yield

    monkeypatch.setattr(machine, "spinning", spinning)
    monkeypatch.setattr(session, "_live", lambda row, one, selection: Recorded(one.name, asked))
    monkeypatch.setattr(contestants.Contestant, "missing", lambda self: "")
    chosen = tuple(contestants.BY_NAME[name] for name in names)
    selection = session.Selection((KNOWN[row],), chosen, repeat, 2, 0, 10.0, 0.1)
    return list(session._turns(KNOWN[row], selection)), asked, loads


def test_contestants_take_turns_and_then_end(monkeypatch):
    lines, asked, loads = turns("width_16", ["steepest", "torch"], monkeypatch)
    one, two = ("steepest", "turns"), ("torch", "turns")
    assert asked[2:6] == [one, two, one, two]
    assert asked[6:] == [("torch", "end"), ("steepest", "end")]
    assert [line["contestant"] for line in lines] == ["steepest", "torch"] * 2
    assert all((line["value"], line["loss"]) == (1.0, 0.5) for line in lines)
    assert loads == [0]


def test_a_loaded_row_is_measured_under_each_load(monkeypatch):
    lines, _, loads = turns("load", ["steepest"], monkeypatch)
    assert loads == [0, 1, 2]
    assert [line["spinning"] for line in lines] == [0, 0, 1, 1, 2, 2]


def test_one_that_could_not_prepare_is_not_asked_again(monkeypatch):
    lines, asked, _ = turns("width_16", ["steepest", "jax"], monkeypatch)
    assert asked.count(("jax", "turns")) == 0
    assert [line.get("failed") for line in lines] == [None, "no memory"] * 2


def test_one_that_takes_no_turns_says_so(monkeypatch):
    lines, _, _ = turns("width_16", ["steepest", "scikit_learn"], monkeypatch, repeat=1)
    assert [line.get("absent") for line in lines] == ["takes no turns", None]
