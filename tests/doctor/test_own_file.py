"""Differences in the user's own file: found by its calls, and empty where they are others."""

import ast

import numpy as np
import pytest

import steepest as st
from steepest.doctor.changes import (
    compiled_with,
    fitted_with,
    layer_option,
    optimizer_option,
    scaled_inputs,
    several,
)
from steepest.doctor.own_file import own_difference
from steepest.doctor.report import Report
from steepest.doctor.setup import Setup

SOURCE = """\
import steepest as st  # ein Bäcker

layers = st.layers
x, y = read("cars.csv")
net = st.Sequential([
    st.Input((4,)),
    layers.Dense(8, activation="sigmoid"),
    layers.Dense(units=8, activation="sigmoid", name="second"),
    layers.Dense(1),
])
net.compile(
    optimizer=st.optimizers.SGD(0.5),
    loss="mse",
)
net.fit(x, y, batch_size=16, verbose=0)
"""


def setup_of():
    sigmoids = [st.layers.Dense(8, "sigmoid", name=name) for name in ("first", "second")]
    model = st.Sequential([st.Input((4,)), *sigmoids, st.layers.Dense(1, name="last")])
    model.compile(st.optimizers.SGD(0.5), "mse")
    return Setup.of(model, np.ones((40, 4)), np.ones(40), batch_size=16)


def changed(*changes, source=SOURCE):
    """The lines that the difference removes and those that it adds."""
    setup = setup_of()
    diff = own_difference(setup, several("all", changes).applied(setup), source, "net.py")
    lines = diff.splitlines()[2:]
    return [[line[1:].strip() for line in lines if line.startswith(sign)] for sign in ("-", "+")]


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (
            optimizer_option(learning_rate=0.01),
            "optimizer=st.optimizers.SGD(0.5),",
            "optimizer=st.optimizers.SGD(0.01),",
        ),
        (compiled_with(loss="mean_absolute_error"), 'loss="mse",', 'loss="mean_absolute_error",'),
        (
            fitted_with(batch_size=32),
            "net.fit(x, y, batch_size=16, verbose=0)",
            "net.fit(x, y, batch_size=32, verbose=0)",
        ),
        (
            fitted_with(epochs=9),
            "net.fit(x, y, batch_size=16, verbose=0)",
            "net.fit(x, y, batch_size=16, verbose=0, epochs=9)",
        ),
        (
            layer_option("second", activation="relu"),
            'layers.Dense(units=8, activation="sigmoid", name="second"),',
            'layers.Dense(units=8, activation="relu", name="second"),',
        ),
        (
            layer_option("last", kernel_initializer="zeros"),
            "layers.Dense(1),",
            'layers.Dense(1, kernel_initializer="zeros"),',
        ),
    ],
)
def test_one_argument_changes(change, before, after):
    assert changed(change) == [[before], [after]]


def test_several_changes_and_equal_layers():
    relu = [layer_option(name, activation="relu") for name in ("first", "second")]
    removed, added = changed(*relu, fitted_with(epochs=9))
    assert len(removed) == len(added) == 3
    assert added[0] == 'layers.Dense(8, activation="relu"),'


@pytest.mark.parametrize(
    "source",
    [
        SOURCE.replace('"sigmoid", name="second"', '"tanh"'),  # another network
        SOURCE.replace("layers.Dense(8", "layers.Dense(*sizes"),
        SOURCE + SOURCE,  # two of each
        "net = made(",
        "",
    ],
)
def test_a_file_of_other_calls_has_no_difference(source):
    assert changed(layer_option("second", activation="relu"), source=source) == [[], []]


def test_a_line_that_is_added_has_no_difference():
    assert changed(scaled_inputs()) == [[], []]


def test_the_file_is_read_and_not_run(tmp_path):
    path = tmp_path / "net.py"
    path.write_text("raise SystemExit\n" + SOURCE, "utf-8")
    setup = setup_of()
    repaired = optimizer_option(learning_rate=0.01).applied(setup)
    diff = Report(setup, "explained variance", (), repaired).own_diff(path)
    assert f"--- {path}" in diff and "+    optimizer=st.optimizers.SGD(0.01)," in diff
    assert Report(setup, "explained variance").own_diff(path) == ""
    ast.parse(path.read_text("utf-8"))
