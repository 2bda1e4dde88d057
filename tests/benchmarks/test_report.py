"""Medians, ratios and the peers that count, on made-up lines without measurements."""

from __future__ import annotations

import pytest

from benchmarks import report
from benchmarks.rows import BY_NAME


def line(row, contestant, value=None, **more):
    found = {} if value is None else {"value": value}
    return {"kind": "result", "row": row, "contestant": contestant, "load": 0.0, **found, **more}


def ratio_of(contestant, lines, row="mnist"):
    everyone = report.entries(lines)
    return next(
        report.ratio(entry, everyone)
        for entry in everyone
        if entry.contestant == contestant and entry.row.name == row
    )


def test_the_median_of_the_repetitions_counts():
    (entry,) = report.entries([line("mnist", "jax", value) for value in (1.0, 9.0, 2.0)])
    assert entry.middle("value") == 2.0


def test_the_ratio_is_against_the_fastest_peer():
    lines = [
        line("mnist", "steepest", 1.0, accuracy=0.97),
        line("mnist", "jax", 3.0, accuracy=0.97),
        line("mnist", "torch", 7.0, accuracy=0.97),
    ]
    assert ratio_of("steepest", lines) == 3.0
    assert ratio_of("jax", lines) == 1.0
    assert ratio_of("torch", lines) == pytest.approx(3 / 7)


def test_a_peer_that_did_not_learn_does_not_count():
    lines = [
        line("mnist", "steepest", 1.0, accuracy=0.97),
        line("mnist", "jax", 0.5, accuracy=0.60),
        line("mnist", "torch", 2.0, accuracy=0.96),
    ]
    assert ratio_of("steepest", lines) == 2.0
    assert any("(!)" in cell for words in report.table(lines) for cell in words)


def test_the_8_bit_row_is_compared_with_the_dense_one_too():
    lines = [
        line("mnist_8bit", "steepest", 1.0),
        line("mnist_8bit", "jax", 4.0),
        line("mnist", "jax", 3.0),
    ]
    assert ratio_of("steepest", lines, "mnist_8bit") == 3.0


def test_without_peers_there_is_no_ratio():
    assert ratio_of("steepest", [line("mnist", "steepest", 1.0)]) is None


def test_a_slow_down_has_no_ratio():
    lines = [line("busy", "steepest", 1.2, busy=1e-4), line("busy", "jax", 3.4, busy=1e-3)]
    assert ratio_of("steepest", lines, "busy") is None


def test_a_reason_is_printed_once_with_its_rows():
    lines = [
        line("mnist", "torch", absent="torch is not installed"),
        line("mnist", "jax", 1.0),
        line("cancer", "torch", absent="torch is not installed"),
    ]
    assert report.absences(lines) == ["torch: torch is not installed (cancer, mnist)"]
    assert len(report.table(lines)) == 2


def test_the_other_repetitions_count_after_a_failed_one():
    lines = [line("mnist", "jax", failed="no answer in 30 s"), line("mnist", "jax", 2.0)]
    (entry,) = report.entries(lines)
    assert (entry.trouble, entry.middle("value")) == ("", 2.0)


@pytest.mark.parametrize(
    ("value", "words"),
    [(1.5e-4, "150 us"), (9.998e-4, "1 ms"), (0.036, "36 ms"), (2.0, "2 s"), (7.7e-6, "7.7 us")],
)
def test_times_in_their_unit(value, words):
    assert report.seconds(value) == words


def test_text_and_markdown_hold_the_same_cells():
    machine = {
        "kind": "machine",
        "when": "2026-01-02 03:04",
        "processor": "a processor",
        "cores": 2,
        "threads": 2,
        "system": "Linux",
        "python": "3.11",
        "numpy": "2.0",
        "load": 0.1,
    }
    ceilings = {"kind": "ceilings", "gflops": 200.0, "copy_gb": 54.0}
    lines = [machine, ceilings, line("mnist", "jax", 3.26e-4, accuracy=0.9741, peak_mb=500.0)]
    for text in (report.plain(lines), report.markdown(lines)):
        assert "326 us a step" in text
        assert "accuracy 0.9741" in text
        assert "200 GFLOP/s" in text


def test_every_row_has_its_own_name():
    assert all(row.name == name for name, row in BY_NAME.items())
