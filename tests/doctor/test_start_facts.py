"""What is known of a new model at its start: rows are prepared before a sample of them is drawn."""

import numpy as np

import steepest as st
from steepest.doctor.data_changes import rows_shifted
from steepest.doctor.records import GROUP_ROWS, GROUPS, Recorder
from steepest.doctor.setup import Setup
from steepest.doctor.start_facts import started

ROWS = 2 * GROUPS * GROUP_ROWS


def shifted():
    """A model that returns its input, and targets that are the input of the next row, mended."""
    ones = {"kernel_initializer": "ones", "use_bias": False}
    model = st.Sequential([st.layers.Dense(1, input_shape=(1,), name="dense", **ones)])
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(size=(ROWS, 1)).astype(np.float32)
    return rows_shifted(1).applied(Setup.of(model, x, np.roll(x, -1)))


def test_a_start_is_that_of_prepared_rows():
    start = started(shifted())
    assert start.loss == 0.0 and not start.fault and len(start.layers[0].inputs) > 1
    assert len(started(shifted(), rows=2 * ROWS).layers[0].inputs) == ROWS - 1


def test_a_record_is_that_of_prepared_rows():
    setup = shifted()
    record = Recorder(setup).record(setup.seeded(0), step=0, epoch=0)
    assert record.loss == 0.0
