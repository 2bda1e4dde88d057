"""Trainings on virtual devices and by several processes give what one device gives."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest
from steepest.distribution.start import NO_ANSWER
from tests.distribution.training import EPOCHS, trained

ROOT = Path(steepest.__file__).parents[1]
SCRIPT = Path(__file__).with_name("training.py")
DEVICES = "--xla_force_host_platform_device_count"
ALONE = "import steepest as st; st.distribution.initialize('127.0.0.1:9', 2, {process}, timeout=1)"
OTHER_VERSION = """
import os
from steepest.distribution import start
start.VERSION = "0." + os.environ["STEEPEST_PROCESS_ID"]
start.initialize()
"""
RAISES = """
import steepest as st
from steepest.distribution.agreement import agree
st.distribute()
if st.distribution.process_id():
    raise KeyError("this process alone")
agree("the end", "")
"""
CONNECTED = """
import steepest as st
from jax._src.distributed import global_state
from steepest.engines.xla.placement import placement
st.distribute()
before = global_state.client.key_value_dir_get_bytes("cpu:gloo/")
placement()
found = global_state.client.key_value_dir_get_bytes("cpu:gloo/")
if st.distribution.is_chief():
    print(len(before), len(found) > 0)
"""


@pytest.fixture(autouse=True)
def jax(peer: Callable) -> object:
    """JAX, or a skip that is counted."""
    return peer("jax")


def python(*words: object, devices: int = 1) -> subprocess.CompletedProcess[str]:
    """A process of Python with some virtual devices."""
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "JAX_PLATFORMS": "cpu",
        "XLA_FLAGS": f"{DEVICES}={devices}",
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, *map(str, words)],
        env=environment, capture_output=True, text=True, timeout=240,
    )  # fmt: skip


def launched(*words: object) -> subprocess.CompletedProcess[str]:
    """Two processes of a script."""
    return python("-m", "steepest", "launch", "--processes", 2, *words)


on_one_device = cache(trained)
"""What the training gives on one device."""


def close(found: dict[str, Any], tolerance: float = 1e-5) -> bool:
    """Whether a training gave what one device gives."""
    alone = on_one_device()
    assert found["history"].keys() == alone["history"].keys()
    pairs = [*zip(found["weights"], alone["weights"], strict=True)]
    pairs += [(found["history"][name], alone["history"][name]) for name in alone["history"]]
    pairs.append((found["outputs"], alone["outputs"]))
    return all(np.allclose(a, b, rtol=tolerance, atol=tolerance) for a, b in pairs)


def test_several_devices_give_what_one_gives():
    done = python(SCRIPT, devices=4)
    assert done.returncode == 0, done.stderr
    by_data, by_both = json.loads(done.stdout)
    assert (by_data["layout"], by_both["layout"]) == ([], [None, "model"])
    assert close(by_data) and close(by_both)


def test_a_job_whose_process_is_killed_goes_on_with_the_same_losses(tmp_path):
    killed = launched(SCRIPT, tmp_path, 2)
    assert killed.returncode == 3, killed.stderr
    assert "process 1 of 2 was ended by the signal SIGKILL, so the others" in killed.stderr
    again = launched(SCRIPT, tmp_path, -1)
    assert again.returncode == 0, again.stderr
    (found,) = json.loads(again.stdout.splitlines()[-1])
    assert close(found)
    with (tmp_path / "log.csv").open() as file:
        lines = [*csv.DictReader(file)]
    assert [int(line["epoch"]) for line in lines] == [*range(EPOCHS)]  # one process wrote it
    assert [float(line["loss"]) for line in lines] == found["history"]["loss"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log.csv"]


@pytest.mark.parametrize(
    ("process", "message"),
    [
        (0, "error: process 0 of 2 has waited 1 s at 127.0.0.1:9 for the others"),
        (1, "error: process 1 of 2 got no answer from process 0 at 127.0.0.1:9 within 1 s"),
    ],
)
def test_a_process_whose_job_does_not_answer_says_so(process, message):
    done = python("-c", ALONE.format(process=process))
    assert done.returncode == NO_ANSWER and message in done.stderr


def test_processes_of_other_versions_are_refused(tmp_path):
    path = tmp_path / "other.py"
    path.write_text(OTHER_VERSION)
    done = launched(path)
    assert done.returncode == 3
    said = done.stdout + done.stderr
    assert "DataError: the versions of the processes differ: steepest 0.0, jax" in said
    assert "(process 0 on " in said and "; steepest 0.1, jax" in said


def test_a_process_that_raises_does_not_wait_for_the_others(tmp_path):
    path = tmp_path / "raises.py"
    path.write_text(RAISES)
    done = launched(path)
    assert done.returncode == 3
    assert "KeyError: 'this process alone'" in done.stdout + done.stderr
    assert "process 1 of 2 ended with exit code 1, so the others were ended" in done.stderr


def test_processes_connect_before_they_compile(tmp_path):
    path = tmp_path / "connects.py"
    path.write_text(CONNECTED)
    done = launched(path)
    assert done.stdout.splitlines()[-1] == "0 True", done.stderr
