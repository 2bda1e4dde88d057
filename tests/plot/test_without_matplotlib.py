"""Without matplotlib: data can be computed, and drawing says what to install."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import steepest as st
from steepest.errors import MissingExtra

X, Y = np.float32([[0.0], [1.0], [2.0]]), np.float32([[1.0], [3.0], [5.0]])


def fitted():
    path = st.plot.WeightPath()
    model = st.Sequential([st.layers.Dense(1, input_shape=(1,))])
    model.compile(st.optimizers.SGD(0.1), "mse")
    model.fit(X, Y, epochs=4, verbose=0, callbacks=[path])
    other = st.Sequential([st.layers.Dense(1, input_shape=(1,), kernel_initializer="ones")])
    return path, model, other


DIRECTIONS = [[np.ones((1, 1)), np.zeros(1)], [np.zeros((1, 1)), np.ones(1)]]
ARGUMENTS = {
    "surface": lambda: ("bowl",),
    "paths": lambda: ("bowl", "sgd"),
    "basins": lambda: ("bowl", "sgd", 4, 5),
    "loss_plane": lambda: (fitted()[1], X, Y, DIRECTIONS),
    "loss_line": lambda: (fitted()[1], X, Y, fitted()[2]),
    "training_path": lambda: (*fitted()[:2], X, Y),
    "scores": lambda: ([0.5, 0.6],),
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_data_need_no_matplotlib_and_pictures_name_the_extra(name, monkeypatch):
    arguments = ARGUMENTS[name]()
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    getattr(st.plot, f"{name}_data")(*arguments)
    with pytest.raises(
        MissingExtra, match=rf"st\.plot\.{name} needs .*pip install 'steepest\[plot\]'"
    ):
        getattr(st.plot, name)(*arguments)


def test_data_do_not_import_matplotlib():
    code = (
        "import sys, steepest as st; "
        "st.plot.surface_data('bowl'); st.plot.paths_data('bowl', 'sgd'); "
        "st.plot.network(st.Sequential([st.layers.Dense(1, input_shape=(2,))])); "
        "print('matplotlib' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
