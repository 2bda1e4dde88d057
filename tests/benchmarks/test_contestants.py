"""Every row of the sweep is learned, and the contestants have the same loss after one epoch."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import cache

import pytest

from benchmarks import contestants, data, sweep_report
from benchmarks.measure import learned
from benchmarks.report import Entry
from benchmarks.sweep_rows import SWEEP_BY_NAME
from benchmarks.task import make_task

KINDS = [
    "width_16",
    "batch_1",
    "million_1024",
    "deep_classes",
    "float64",
    "batch_normalization",
    "layer_normalization",
    "tanh",
    "gelu",
    "selu",
    "swish",
    "clipnorm",
    "global_clipnorm",
    "l2",
    "dropout",
    "residual",
]


def small(name):
    """The row with few examples, strong penalties and limits, in order."""
    row = SWEEP_BY_NAME[name]
    return replace(
        row,
        data=replace(row.data, examples=min(16 * row.batch, 4096)),
        shuffle=False,
        l2=100 * row.l2,
        clipnorm=row.clipnorm / 10,
        global_clipnorm=row.global_clipnorm / 10,
        rate=0.003,
    )


@cache
def loss(name, contestant, **changes):
    row = replace(small(name), **changes)
    task = make_task(row, data.load(row.data), threads=1)
    session = contestants.BY_NAME[contestant].prepare(task)
    session.train(0)
    return learned(session, task)["loss"]


@pytest.fixture(autouse=True)
def single_precision():
    """JAX computes in float64 only while the row of float64 is trained."""
    yield
    if "jax" in sys.modules:
        sys.modules["jax"].config.update("jax_enable_x64", False)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("contestant", ["jax", "torch"])
def test_contestants_have_the_same_loss(name, contestant, peer):
    peer(contestant)
    ours, theirs = (
        Entry(small(name), who, ({"loss": loss(name, who)},)) for who in ("steepest", contestant)
    )
    assert not sweep_report.unequal(ours, theirs), (ours.middle("loss"), theirs.middle("loss"))


@pytest.mark.parametrize("setting", ["l2", "clipnorm", "global_clipnorm"])
def test_a_penalty_or_limit_changes_the_training(setting):
    plain = loss(setting, "steepest", **{setting: 0.0})
    assert abs(loss(setting, "steepest") - plain) > 0.001


@pytest.mark.parametrize("name", ["batch_normalization", "layer_normalization", "residual", "tanh"])
def test_a_feature_of_the_network_changes_the_training(name):
    plain = SWEEP_BY_NAME["width_128"].network
    assert abs(loss(name, "steepest") - loss(name, "steepest", network=plain)) > 0.001
