"""A training of very many steps with a page that reads: memory stays as it is."""

from __future__ import annotations

import gc
import json
import tracemalloc

import pytest

from steepest.studio.frame import Frame
from steepest.studio.runs.format import EVENTS, HEAD
from steepest.studio.runs.reader import RunReader
from steepest.studio.session import Session
from steepest.studio.view import Opened

FRAMES = 1_000_000
GROWTH = 5 << 20


def growth(work):
    """The bytes that are held more after a function than before; it has run once already."""
    work(0)
    gc.collect()
    tracemalloc.start()
    try:
        work(1)
        gc.collect()
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


@pytest.mark.long
def test_a_million_frames_leave_nothing_behind():
    """A page reads a frame in ten, one is asleep, and pages come and go."""
    session = Session()
    asleep = session.listen("asleep", lambda: None)
    reads = session.listen("reads", lambda: None)

    def work(part):
        for number in range(FRAMES // 2 if part else 1000):
            session.push(Frame("progress", {"number": number}), "playground")
            if number % 10 == 0 and (frame := reads.take()) is not None:
                reads.acknowledge(frame.number)
            if number % 1000 == 0:
                guest = session.listen(f"guest {number}", lambda: None)
                session.leave(f"guest {number}", guest)

    assert growth(work) < GROWTH
    assert reads.take() is not None and asleep.take() is not None and session.pages == 2
    session.close()


@pytest.mark.long
def test_a_day_of_a_run_is_read_with_little_memory(tmp_path):
    """1e8 steps: a line for each 5 seconds of a day within one epoch, read as it grows."""
    run = tmp_path / "day"
    run.mkdir()
    (run / HEAD).write_text(json.dumps({"format": "steepest run", "version": 1, "name": "day"}))
    lines = 24 * 3600 // 5
    session = Session(Opened(folder=str(tmp_path)))
    page = session.listen("page", lambda: None)
    with (run / EVENTS).open("a") as file:

        def work(part):
            for number in range(lines if part else 4100):  # as many as are held
                done = number * (100_000_000 // lines)
                event = {"event": "batches", "epoch": 0, "done": done, "total": 100_000_000,
                         "step": done, "logs": {"loss": 1.0 / (1 + number)}}  # fmt: skip
                file.write(json.dumps(event) + "\n")
                if number % 100 == 0:
                    file.flush()
                    session.request({"view": "training", "do": "open", "with": {"runs": ["day"]}})
                    while (frame := page.take()) is not None:
                        page.acknowledge(frame.number)
                        frame.to_bytes()

        assert growth(work) < GROWTH
    reader = RunReader(run)
    reader.update()
    assert reader.step > 99_000_000 and len(reader.batches) <= 4001
    session.close()


@pytest.mark.long
def test_many_epochs_are_read_with_memory_for_their_values_alone(tmp_path):
    """A million epochs: the curve of a run, as 500 values a line at most, is all that is held."""
    run = tmp_path / "long"
    run.mkdir()
    (run / HEAD).write_text(json.dumps({"format": "steepest run", "version": 1, "name": "long"}))
    reader = RunReader(run)
    with (run / EVENTS).open("a") as file:

        def work(part):
            for number in range(2000 if part else 10):
                epochs = list(range(500 * number, 500 * number + 500))
                event = {
                    "event": "epochs",
                    "epochs": epochs,
                    "step": number,
                    "logs": {"loss": epochs},
                }
                file.write(json.dumps(event) + "\n")
                file.flush()
                reader.update()

        assert growth(work) < 1_000_000 * 80
    assert len(reader.epochs) >= 1_000_000
