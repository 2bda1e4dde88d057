"""Which process of a job this is: who prints and writes, and random numbers that all share."""

from __future__ import annotations

import pytest

import steepest as st
from steepest import processes
from steepest.callbacks.csv_logger import CSVLogger
from steepest.callbacks.event_files import EventFile
from steepest.callbacks.progress import EpochLines, display_for
from steepest.functions import generators
from steepest.neuralnet.batch_count import AMONG_PROCESSES, BatchCount
from steepest.neuralnet.running.interrupt import watched
from steepest.storage.whole_file import write_whole


@pytest.fixture
def place():
    """A function that makes this the process of a number, of two, until the test ends."""
    yield lambda process: processes.join(process, 2, b"shared")
    processes.join(0, 1, b"")


def test_one_process_is_the_chief():
    assert (processes.process_id(), processes.num_processes()) == (0, 1)
    assert processes.is_chief()


def test_only_the_chief_prints(place, capsys):
    for process in (0, 1):
        place(process)
        processes.say(f"from {process}")
        lines = EpochLines()
        lines.on_epoch_begin(0)
        lines.on_epoch_end(0, {"loss": 0.5})
    printed = capsys.readouterr().out
    assert printed.startswith("from 0\nEpoch 1/1\n") and printed.count("\n") == 3


def test_all_processes_have_the_same_hooks_whatever_they_print(place, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    kinds = []
    for process in (0, 1):
        place(process)
        kinds.append([type(display).__name__ for display in display_for("auto")])
    assert kinds == [["ProgressBar"], ["EpochLines"]]


@pytest.mark.parametrize("process", [0, 1])
def test_only_the_chief_writes_files(place, process, tmp_path):
    place(process)
    write_whole(tmp_path / "whole", b"content")
    log = CSVLogger(tmp_path / "log.csv")
    log.on_train_begin()
    log.on_epoch_end(0, {"loss": 0.5})
    log.close()
    events = EventFile(str(tmp_path / "events"))
    events.write(b"", 0)
    events.close()
    written = sorted(path.name for path in tmp_path.iterdir())
    assert written == ([] if process else ["events", "log.csv", "whole"])


def test_only_the_chief_removes_the_backup(place, tmp_path):
    backup = st.callbacks.BackupAndRestore(tmp_path)
    backup._complete = True
    (tmp_path / backup.FILE).write_bytes(b"state")
    for process in (1, 0):
        place(process)
        backup.on_train_end()
        assert (tmp_path / backup.FILE).exists() == bool(process)


def test_seeds_of_the_system_are_those_of_all_processes(place):
    drawn = []
    for process in (0, 1):
        place(process)
        drawn.append([processes.random_seed(31), processes.random_seed(63)])
    assert drawn[0] == drawn[1] and drawn[0][0] != drawn[0][1]
    assert all(0 <= seed < 2**31 for seed, _ in drawn)


def test_unseeded_weights_are_those_of_all_processes(place):
    import contextvars

    def weights() -> list:
        generators._current.set(generators._Default())
        return st.initializers.GlorotUniform()((3, 2)).numpy().tolist()

    drawn = []
    for process in (0, 1):
        place(process)
        drawn.append(contextvars.copy_context().run(weights))
    assert drawn[0] == drawn[1]


def test_processes_run_the_same_number_of_batches_whatever_their_clocks_say(place):
    counts = []
    for seconds in (1e-6, 10.0):
        place(1)
        count = BatchCount()
        count.learn(1, seconds)
        counts.append((count.next(1000), count.next(3)))
    assert counts == [(AMONG_PROCESSES, 3)] * 2


def test_one_of_several_processes_is_interrupted_at_once(place):
    import signal

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        place(1)
        with watched():
            assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
