"""Rows whose targets are probably wrong are found."""

import numpy as np

import steepest as st
from tests.doctor.cases.case import blobs


def test_replaced_classes_are_found():
    x, y = blobs(300)
    wrong = np.random.default_rng(0).random(300) < 0.2
    found = st.doctor.doubtful(x, np.where(wrong, (y + 1) % 3, y))
    assert found[wrong].mean() > 0.9 and found[~wrong].mean() < 0.1


def test_replaced_quantities_are_found():
    random = np.random.default_rng(0)
    x = random.normal(size=(400, 3))
    y = x @ [3.0, -2.0, 1.0] + random.normal(scale=0.1, size=400)
    wrong = random.random(400) < 0.3
    found = st.doctor.doubtful(x, np.where(wrong, random.permutation(y), y))
    assert found[wrong].mean() > 0.6 and found[~wrong].mean() < 0.1


def test_of_right_targets_few_are_doubted():
    x, y = blobs(300)
    assert st.doctor.doubtful(x, y).mean() < 0.05
    random = np.random.default_rng(1)
    x = random.normal(size=(400, 3))
    assert st.doctor.doubtful(x, x @ [3.0, -2.0, 1.0] + random.normal(size=400)).mean() < 0.05


def test_targets_times_a_number_are_doubted_alike():
    random = np.random.default_rng(2)
    x = random.normal(size=(200, 3))
    y = np.where(random.random(200) < 0.3, random.normal(size=200) * 3, x.sum(axis=1))
    assert (st.doctor.doubtful(x, y) == st.doctor.doubtful(x, 100 * y + 7)).all()


def test_few_rows_are_not_doubted():
    assert not st.doctor.doubtful(np.eye(4), np.arange(4) % 2).any()
