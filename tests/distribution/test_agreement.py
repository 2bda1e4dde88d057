"""What processes tell each other, with a coordinator that is a dictionary."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest

import steepest as st
from steepest import processes
from steepest.distribution import agreement
from steepest.distribution.agreement import agree, from_chief, together
from steepest.errors import DataError, EngineUnavailable


class Coordinator(dict):
    """Keeps texts under names, as that of JAX does."""

    def key_value_set(self, key: str, value: str) -> None:
        """Writes a text."""
        assert key not in self
        self[key] = value

    def blocking_key_value_get(self, key: str, milliseconds: int) -> str:
        """Reads a text."""
        return self[key]


@pytest.fixture
def coordinator(monkeypatch):
    """The coordinator of two processes, of which a test is one after the other."""
    made = Coordinator()
    monkeypatch.setattr(agreement, "_coordinator", lambda: made)
    monkeypatch.setattr(agreement, "_questions", itertools.count())
    yield made
    processes.join(0, 1, b"")


def in_process(number: int) -> None:
    """Makes this the process of a number, which has asked nothing yet."""
    processes.join(number, 2, b"")
    agreement._questions = itertools.count()


def test_all_have_the_value_of_the_chief(coordinator):
    in_process(0)
    assert [from_chief(3), from_chief("three")] == [3, "three"]
    in_process(1)
    assert [from_chief(4), from_chief("four")] == [3, "three"]


def test_a_process_alone_asks_nothing(coordinator):
    assert from_chief(3) == 3
    agree("the numbers", "3")
    assert not coordinator


@pytest.mark.parametrize("process", [0, 1])
def test_who_gives_something_else_is_named_in_every_process(coordinator, process):
    in_process(process)
    other = 1 - process
    said = f"value {other} (process {other} on another machine)"
    coordinator[f"steepest/agree/0/{other}"] = json.dumps([f"value {other}", said])
    expected = r"the numbers differ: value 0 \(process 0 .*; value 1 \(process 1 .*same program"
    with pytest.raises(DataError, match=expected):
        agree("the numbers", f"value {process}")


def test_processes_that_give_the_same_go_on(coordinator):
    in_process(0)
    coordinator["steepest/agree/0/1"] = json.dumps(["equal", "equal (process 1)"])
    agree("the numbers", "equal")


def test_an_error_of_another_process_is_said_to_be_one(coordinator):
    in_process(0)
    with (
        pytest.raises(EngineUnavailable, match=r"process 0 of 2 waits for another.*Gloo"),
        together(),
    ):
        raise ValueError("UNKNOWN: Gloo all-reduce failed: connection reset\nmore")
    with pytest.raises(ValueError, match="rows"), together():
        raise ValueError("rows")
    processes.join(0, 1, b"")
    with pytest.raises(ValueError, match="Gloo"), together():
        raise ValueError("Gloo")


def test_a_backup_that_one_process_does_not_see_is_named(coordinator, tmp_path):
    in_process(0)
    there = json.dumps(["epoch 3, batches None", "epoch 3, batches None (process 1)"])
    coordinator["steepest/agree/0/1"] = there
    with pytest.raises(DataError, match=r"BackupAndRestore finds at .* differ: none \(process 0"):
        st.callbacks.BackupAndRestore(tmp_path).restore()


def test_the_clock_of_the_chief_limits_the_time(coordinator):
    in_process(1)
    coordinator["steepest/chief/0"] = "true"
    limit = st.callbacks.TimeLimit(1e6)
    limit.set_model(st.Sequential([st.layers.Dense(1)]))
    limit.on_train_begin()
    limit.on_batches_done(1, 10)
    assert limit.model.stop_training


def test_variables_that_differ_are_named(coordinator, peer):
    peer("jax")
    from steepest.engines.xla.bound import _agree_on

    digests = []
    for values in ([1.0, 2.0], [1.0, 2.0], [1.0, 3.0]):
        in_process(1)
        coordinator.clear()
        coordinator["steepest/agree/0/0"] = json.dumps(["another", "another (process 0)"])
        with pytest.raises(DataError, match="the values of w and so on differ"):
            _agree_on([st.Variable(np.float32(values), name="w")])
        digests.append(json.loads(coordinator["steepest/agree/0/1"])[0])
    assert digests[0] == digests[1] != digests[2]
    _agree_on([])
