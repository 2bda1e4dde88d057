"""The list of configurations, and the table of the benchmark of many networks."""

from __future__ import annotations

from benchmarks.contestants import unsupported
from benchmarks.many import QUICK, WAYS, XOR, table
from benchmarks.many_configurations import configurations
from benchmarks.rows import Dropout


def test_there_are_24_configurations_in_halves_of_equal_work():
    rows = configurations("mnist")
    assert len({row.name for row in rows}) == len(rows) == 24
    assert {tuple(layer.units for layer in row.dense_layers) for row in rows} == {
        (100, 10), (100, 50, 10), (250, 10), (250, 100, 10),
    }  # fmt: skip
    assert {(row.optimizer, row.rate) for row in rows} == {("adam", 0.001), ("momentum", 0.05)}
    rates = {layer.rate for row in rows for layer in row.network if isinstance(layer, Dropout)}
    assert rates == {0.2, 0.5} and sum(not row.has_dropout for row in rows) == 8
    assert {(row.batch, row.epochs, row.data) for row in rows} == {(128, 5, "mnist")}
    halves = [
        sum(layer.units for row in rows[part::2] for layer in row.dense_layers) for part in (0, 1)
    ]
    assert halves[0] == halves[1]


def test_the_quick_form_trains_networks_that_every_peer_takes():
    rows = configurations("mnist")[:: QUICK["step"]]
    assert 2 <= len(rows) <= 4 and not any(unsupported("scikit_learn", row) for row in rows)


def test_scikit_learn_takes_those_without_dropout():
    supported = [row for row in configurations("mnist") if not unsupported("scikit_learn", row)]
    assert len(supported) == 8


def test_ratios_are_against_the_fastest_peer_that_takes_all():
    ways = {way.worker: way for way in WAYS}
    seconds = {"together": 2.0, "torch": 5.0, "scikit_learn": 1.0}
    found = {
        ways[worker]: [
            {"seconds": each, "processor": 3.0, "beyond_mb": 1.0, "accuracy": {"a": 0.5}}
        ]
        for worker, each in seconds.items()
    }
    for worker in ("together", "torch"):
        found[ways[worker]][0]["accuracy"] = dict.fromkeys("abc", 0.5)
    lines = table(found, count=3).splitlines()
    assert [line.split()[-4] for line in lines[1:3]] == ["3.00", "3.00"]
    assert [line.split()[-3] for line in lines[1:3]] == ["2.50", "1.00"]
    assert lines[3].endswith("(1 of 3)")
    one = {"seconds": 4.0, "processor": 3.0, "beyond_mb": 1.0, "accuracy": {}, "solved": 1.0}
    assert not any(line.endswith(")") for line in lines[1:3])
    assert " - " in table({XOR: [one]}, count=24).splitlines()[1]
