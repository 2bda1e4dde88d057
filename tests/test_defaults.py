"""Default values of public functions and classes, for rooms without such a test of their own.

The other rooms have a `test_defaults.py` in their folder.
"""

from __future__ import annotations

import inspect
from typing import Any

import pytest

import steepest as st
from tests.signatures import defaults_of

MODULES: dict[str, list[Any]] = {
    "classroom": [st.classroom],
    "core": [st],
    "distribution": [st.distribution],
    "doctor": [st.doctor],
    "io": [st.io],
    "plot": [st.plot],
    "storage": [st, st.saving],
    "studio": [st.studio],
}
DEFAULTS = {
    "classroom": """\
Check: differences=<factory>
NeuralNetwork: epochs=100, batch_size=128, learning_rate=0.01, momentum=0.9, verbose=False,
    loss='mse'
SGD: learning_rate=0.01, momentum=0.9
read_csv: sep=','
""",
    "core": """\
GradientTape: persistent=False, watch_accessed_variables=True
TensorShape: iterable=()
UnconnectedGradients: start=1
Variable: trainable=True
argmax: output_type=dtype('int64'), keepdims=False
argmin: output_type=dtype('int64'), keepdims=False
concat: axis=0
cumsum: axis=0, exclusive=False, reverse=False
gather: batch_dims=0
gradcheck: directions=3, tolerance=1e-06, seed=0
matmul: transpose_a=False, transpose_b=False
reduce_max: keepdims=False
reduce_mean: keepdims=False
reduce_min: keepdims=False
reduce_sum: keepdims=False
split: axis=0
""",
    "distribution": """\
distribute: model=1
initialize: timeout=300.0
""",
    "doctor": """\
DoctorRule: of_repairs=False
Report: verdicts=(), share=1.0, readings=()
Setup: fit=<factory>, callbacks=(), preparations=()
Status: start=1
Suspicion: changes=(), next_action=''
Verdict: diff='', failure='', beside=()
check: callbacks=()
diagnose: callbacks=()
examine: callbacks=()
""",
    "io": """\
decode_csv: field_delim=',', use_quote_delim=True, na_value=''
""",
    "plot": """\
Descent: dtype='float32'
LossAlong: rows=1000, seed=0, who='st.plot.LossAlong'
LossSurface: x=(-2.0, 2.0), y=(-2.0, 2.0), start=(-1.5, 1.5), minima=(), formula='', place=(0.0,
    0.0), labels=('', ''), rows=0, total_rows=0, seed=0
Picture: axes=<factory>, text=''
Recorder: of='weights', every=1, bins=50
Surface: x=(-2.0, 2.0), y=(-2.0, 2.0), start=(-1.5, 1.5), minima=(), formula=''
SvgPicture: text=''
activations: names=('sigmoid', 'tanh', 'relu'), low=-6.0, high=6.0
activations_data: names=('sigmoid', 'tanh', 'relu'), low=-6.0, high=6.0, points=401
averages: betas=(0.9, 0.98)
averages_data: betas=(0.9, 0.98)
basins: points=64, steps=200
basins_data: points=64, steps=200
boundary: held='median', points=200
boundary_data: held='median', points=200
calibration: bins=10
calibration_data: bins=10
curves: log=False
filter_normalised: seed=0
first_layer: units=25
first_layer_data: units=25
histograms: of='weights', bins=50
histograms_data: of='weights', bins=50
initial_weights: layers=10, units=100, rows=500, activation='tanh', seed=0
initial_weights_data: layers=10, units=100, rows=500, activation='tanh', seed=0
loss_line: points=61, rows=1000, seed=0
loss_line_data: points=61, rows=1000, seed=0
loss_plane: points=51, rows=1000, seed=0
loss_plane_data: points=51, rows=1000, seed=0
loss_surface: rows=1000, seed=0
mistakes: count=12
mistakes_data: count=12
network: expand_nested=False
network_data: expand_nested=False
parallel: best='low'
paths: steps=200, noise=0.0, seed=0
paths_data: steps=200, noise=0.0, seed=0
residuals: unit=''
runs_data: best='low'
schedules: log=False
scores: best='high', name='score'
scores_data: best='high'
slices: best='low'
surface: points=101
surface_data: points=101
training_path: points=41, rows=1000, seed=0
training_path_data: points=41, rows=1000, seed=0
warp: lines=11
warp_data: lines=11
""",
    "storage": """\
deserialize_keras_object: safe_mode=True
load_model: compile=True, safe_mode=True
load_weights: skip_mismatch=False
register_keras_serializable: package='Custom'
save_model: overwrite=True
save_weights: overwrite=True
""",
    "studio": """\
Watch: folder='runs', examine=False
serve: browser=True
""",
}
LOAD_DATA = {
    "blobs": {
        "samples": 1000,
        "classes": 3,
        "features": 2,
        "spread": 1.0,
        "test_split": 0.2,
        "seed": 113,
    },
    "boston_housing": {"test_split": 0.2, "seed": 113},
    "breast_cancer": {"test_split": 0.2, "seed": 113},
    "california_housing": {"version": "large", "test_split": 0.2, "seed": 113},
    "cifar100": {"label_mode": "fine"},
    "circles": {"samples": 1000, "noise": 0.05, "factor": 0.5, "test_split": 0.2, "seed": 113},
    "diabetes": {"test_split": 0.2, "seed": 113},
    "digits": {"test_split": 0.2, "seed": 113},
    "imdb": {
        "num_words": None,
        "skip_top": 0,
        "maxlen": None,
        "seed": 113,
        "start_char": 1,
        "oov_char": 2,
        "index_from": 3,
    },
    "iris": {"test_split": 0.2, "seed": 113},
    "moons": {"samples": 1000, "noise": 0.1, "test_split": 0.2, "seed": 113},
    "reuters": {
        "num_words": None,
        "skip_top": 0,
        "maxlen": None,
        "test_split": 0.2,
        "seed": 113,
        "start_char": 1,
        "oov_char": 2,
        "index_from": 3,
    },
    "spirals": {
        "samples": 1000,
        "classes": 2,
        "turns": 1.5,
        "noise": 0.02,
        "test_split": 0.2,
        "seed": 113,
    },
    "wine": {"test_split": 0.2, "seed": 113},
}


@pytest.mark.parametrize("room", DEFAULTS)
def test_defaults(room: str) -> None:
    assert defaults_of(MODULES[room], f"steepest.{room}") == DEFAULTS[room]


@pytest.mark.parametrize("name", sorted(st.datasets.__all__))
def test_defaults_of_data_sets(name: str) -> None:
    load = getattr(getattr(st.datasets, name), "load_data", None)
    parameters = inspect.signature(load).parameters.values() if load is not None else ()
    defaults = {each.name: each.default for each in parameters if each.default is not each.empty}
    assert defaults == LOAD_DATA.get(name, {})
