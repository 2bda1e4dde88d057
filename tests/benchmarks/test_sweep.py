"""The rows of the sweep, the operations of a step, and the table of made-up lines."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from benchmarks import __main__ as command
from benchmarks import data, rows, sweep_report
from benchmarks.networks import Dense, Dropout, Normalization, step_operations
from benchmarks.rows import MadeUp
from benchmarks.sweep_rows import KNOWN, LOADS_BY_NAME, SWEEP_BY_NAME
from benchmarks.task import make_task

SWEEP = list(SWEEP_BY_NAME.values())
MACHINE = {
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
CORE = {
    "kind": "ceilings",
    "gflops": 190.0,
    "copy_gb": 16.0,
    "core_gflops": {"float32": 100.0, "float64": 50.0},
    "vector_bits": 256,
}


def line(row, contestant, value, loss=0.5, **more):
    found = {"value": value, "loss": loss, "source": "synthetic"}
    return {"kind": "result", "row": row, "contestant": contestant, "load": 0.0, **found, **more}


def cells(lines):
    return [tuple(row) for row in sweep_report.table([MACHINE, CORE, *lines])[1:]]


def test_the_operations_of_a_step_are_counted_by_hand():
    # 784-50-50-10, batch 100: 39,200 weights twice, 2,500 + 500 three times, 100 multiply-adds each
    network = (Dense(50, "relu"), Dense(50, "relu"), Dense(10, "softmax"))
    assert step_operations(network, 784, 100) == 2 * 100 * (2 * 39_200 + 3 * 3_000)
    assert step_operations((Dense(7, "softmax"),), 5, 3) == 2 * 3 * 2 * 35


def test_layers_without_products_add_no_operations():
    plain = (Dense(8, "relu"), Dense(2, "softmax"))
    more = (Dense(8, "relu"), Normalization("batch"), Dropout(0.5), Dense(2, "softmax"))
    assert step_operations(plain, 4, 10) == step_operations(more, 4, 10)


def test_each_name_belongs_to_one_row():
    assert len(KNOWN) == len(rows.BY_NAME) + len(SWEEP_BY_NAME) + len(LOADS_BY_NAME)
    assert all(row.name == name for name, row in KNOWN.items())
    assert len({row.title for row in SWEEP}) == len(SWEEP)


@pytest.mark.parametrize(
    "row", [row for row in SWEEP if isinstance(row.data, MadeUp)], ids=lambda row: row.name
)
def test_made_up_data_fill_whole_batches(row):
    assert row.data.examples >= 4 * row.batch
    assert row.data.examples % row.batch == 0 or row.data.examples == 1_000_000


@pytest.mark.parametrize("row", SWEEP, ids=lambda row: row.name)
def test_the_operations_of_each_row_are_known(row):
    assert sweep_report.operations(row) > 0


def test_made_up_data_have_no_zeros_and_the_dtype_of_the_row():
    made = data.load(MadeUp(5, 3, 100, "float64"))
    assert made.x.dtype == np.float64
    assert made.x.all()
    assert set(made.y) == {0, 1, 2}
    assert set(data.load(MadeUp(5, 1, 100)).y) == {0, 1}


def test_weights_have_the_dtype_of_the_row():
    row = SWEEP_BY_NAME["float64"]
    small = replace(row, data=replace(row.data, examples=512))
    task = make_task(small, data.load(small.data), threads=1)
    assert {array.dtype for pair in task.weights for array in pair} == {np.dtype("float64")}


def test_examples_stay_in_order_without_a_shuffle():
    row = replace(SWEEP_BY_NAME["width_16"], data=MadeUp(128, 10, 256), epochs=2, shuffle=False)
    task = make_task(row, data.load(row.data), threads=1)
    assert (task.orders(3).reshape(2, 256) == np.arange(256)).all()


def test_a_share_is_of_the_rate_of_all_threads():
    row = SWEEP_BY_NAME["width_128"]
    seconds = sweep_report.operations(row) / 50e9
    ((*_, ratio, _, _, _),) = found = cells([
        line("width_128", "steepest", seconds),
        line("width_128", "jax", 2 * seconds),
    ])
    assert (found[0][2], found[0][4], ratio) == ("25%", "12%", "2.00x")


def test_float64_has_its_own_ceiling():
    seconds = sweep_report.operations(SWEEP_BY_NAME["float64"]) / 50e9
    assert cells([line("float64", "steepest", seconds)])[0][2] == "50%"


@pytest.mark.parametrize(("peer", "verdict"), [(1.99, "missed"), (2.01, "reached")])
def test_a_bar_is_reached_or_missed(peer, verdict):
    lines = [line("width_64", "steepest", 1.0), line("width_64", "jax", peer)]
    assert cells(lines)[0][-2] == verdict


def test_the_fastest_peer_counts():
    lines = [
        line("deep", "steepest", 1.0),
        line("deep", "jax", 3.0),
        line("deep", "torch", 1.5),
        line("deep", "torch", 1.7),
    ]
    assert cells(lines)[0][3:6] == ("torch 1.6 s", "0%", "1.60x")


@pytest.mark.parametrize("loss", [0.6, math.nan, None])
def test_a_peer_with_another_loss_does_not_count(loss):
    lines = [line("deep", "steepest", 1.0), line("deep", "jax", 3.0, loss)]
    assert cells(lines)[0][5] == ""
    assert "not the same work" in sweep_report.troubles(lines)[0]


def test_losses_with_dropout_may_differ_more():
    def lines(row):
        return [line(row, "steepest", 1.0, 0.50), line(row, "jax", 3.0, 0.53)]

    assert sweep_report.troubles(lines("dropout")) == []
    assert len(sweep_report.troubles(lines("tanh"))) == 1


def test_a_failure_is_listed_with_its_row():
    lines = [line("deep", "steepest", 1.0), line("deep", "jax", None, failed="out of memory")]
    assert sweep_report.troubles(lines) == ["deep, jax: out of memory"]


def test_text_and_markdown_have_the_machine_and_the_ceiling():
    lines = [MACHINE, CORE, line("deep", "steepest", 1e-3), line("deep", "jax", 2e-3)]
    for text in (sweep_report.plain(lines), sweep_report.markdown(lines)):
        assert "200 GFLOP/s in float32" in text
        assert "vectors of 256 bits" in text
        assert "2.00x" in text


def test_each_kind_of_rows_has_its_table():
    swept = [MACHINE, CORE, line("deep", "steepest", 1e-3)]
    ordinary = line("mnist", "steepest", 1e-3, accuracy=0.9)
    assert "share" in command._table(swept, markdown=False)
    assert "memory" not in command._table(swept, markdown=False)
    both = command._table([*swept, ordinary], markdown=True)
    assert "share" in both
    assert "memory" in both
